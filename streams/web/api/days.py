"""Days of calendars over HTTP: which there are, and a day that has other hours than its calendar says: closed today.

What can be refused at once is: a calendar that there is not, a day that is over, hours that cannot be read, somebody
who may not. Admins may change every calendar; everybody else only where its `may_change` names them.
Read next: `standards/judge/changed_days.py`.
"""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING, Final

from alerts.words.later import Either, Later, later
from alerts.words.words import phrase
from standards.calendar.hours import did_you_mean
from standards.judge.changed_days import CHANGED, OWN_SOURCE, problem_of
from standards.judge.events import iso, moment
from standards.natural import is_among
from streams.web.actions import PROBLEMS, UNPROCESSABLE, action_event, read_action, take_in
from streams.web.api.act_views import CalendarItem, CalendarsAnswer, DayAnswer, DayItem
from streams.web.forms import DayChange, NoQuery
from streams.web.guard import ROLE
from streams.web.operation import Operation, asked, json_answer, read_query
from streams.web.problem import Problem

if TYPE_CHECKING:
    from collections.abc import Sequence

    from aiohttp import web

    from alerts.routing.actions import Action
    from streams.host import Host

SOURCE: Final = "kept/api"
MOST: Final = 500
"""How many of the newest changes are looked at."""
_BODY: Final = 1 << 16
_UNFIT_DAY: Final = {
    "unreadable-day": phrase("{day} is not a day that can be read; write it as {found}"),
    "unreadable-hours": phrase("These hours cannot be read; write them like 08:00-12:00 ({found})"),
    "over": phrase("{day} is over, and what has elapsed stays; excuse what was broken by it"),
    "too-far": phrase("{day} is more than a year away; name it under holidays"),
}
"""What is said of a change that does not count."""


class Days:
    """Takes changed days in, and shows those that are to come."""

    def __init__(self, host: Host) -> None:
        self._host = host

    def operations(self) -> list[Operation]:
        """Say what can be done."""
        listed = {HTTPStatus.OK: CalendarsAnswer}
        taken = {HTTPStatus.ACCEPTED: DayAnswer}
        say = "Say that a day of a calendar has other hours, from now on: closed today, open until noon."
        return [
            Operation("GET", "/v1/calendars", "List the calendars, and their changed days.", self._list, listed),
            Operation("POST", "/v1/calendars/{name}/days", say, self._change, taken, PROBLEMS, body=DayChange),
        ]

    async def _list(self, request: web.Request) -> web.Response:
        read_query(request, NoQuery)
        changed = await self.changed()
        items = [
            CalendarItem(name, list(may), [_item(act) for act in changed if act.data["calendar"] == name])
            for name, may in sorted(self._host.rulebook.may_change.items())
        ]
        return json_answer(CalendarsAnswer(items))

    async def changed(self) -> list[Action]:
        """Give the changes that hold for a day that is not over, by their days: of each day the last one."""
        rows = await asked(self._host.read_model.board.actions, 0, MOST, types=(CHANGED,))
        yesterday = iso(self._host.wall() - 86_400_000_000)[:10]
        may = self._host.rulebook.may_change
        newest: dict[tuple[str, str], Action] = {}
        for _, act in rows:
            name, date = str(act.data.get("calendar")), str(act.data.get("date"))
            counts = act.source == OWN_SOURCE or is_among(act.by, may.get(name, ()))
            if name in may and counts and problem_of(date, _shifts(act), act.at) is None and date >= yesterday:
                newest.setdefault((date, name), act)
        return [newest[each] for each in sorted(newest)]

    async def _change(self, request: web.Request) -> web.Response:
        given = await read_action(request, self._host, DayChange, _BODY)
        answer = await self.take(request.match_info["name"], given, role=request.get(ROLE, ""), source=SOURCE)
        return json_answer(answer, HTTPStatus.ACCEPTED)

    async def take(self, name: str, given: DayChange, *, role: str, source: str) -> DayAnswer:
        """Take a changed day in. Raises Problem where it does not count."""
        may = self._host.rulebook.may_change
        if name not in may:
            hint = did_you_mean(name, may) or f"those that have hours are: {', '.join(sorted(may)) or 'none'}"
            told = later("{name} is not a calendar with hours here.", name=repr(name[:100]))
            words = f"{name[:100]!r} is not a calendar with hours; {hint}"
            raise Problem(HTTPStatus.NOT_FOUND, words, told=told)
        if role != "admin" and not is_among(given.by, may[name]):
            raise Problem(UNPROCESSABLE, _may_not(repr(given.by[:100]), name, may[name]))
        problem = problem_of(given.date, given.open, self._host.wall())
        if problem is not None:
            raise Problem(UNPROCESSABLE, later(_UNFIT_DAY[problem.kind], day=given.date[:40], found=problem.found))
        data = {"calendar": name, **given.model_dump(exclude_none=True)}
        own = OWN_SOURCE if role == "admin" else source
        wall = self._host.wall()
        event = action_event(self._host, CHANGED, data, own, identity=[CHANGED, wall, *sorted(data.items())])
        await take_in(self._host, [event])
        return DayAnswer(event.id, name, given.date, given.open or "closed", given.by)


def _shifts(act: Action) -> str | None:
    return None if act.data.get("open") is None else str(act.data["open"]).strip().lower()


def _item(act: Action) -> DayItem:
    said = {name: str(act.data.get(name) or "") for name in ("date", "reason")}
    return DayItem(said["date"], _shifts(act) or "closed", act.by, moment(act.at), said["reason"])


def _may_not(role: str, calendar: str, may: Sequence[str]) -> Later:
    if not may:
        return later("{role} may not change the calendar {calendar}; an admin may", role=role, calendar=calendar)
    said = Either(may)
    return later("{role} may not change the calendar {calendar}; {may} may", role=role, calendar=calendar, may=said)
