"""The board's forms: taking a promise on, excusing it, and talking it over: each becomes an event, with who and when.

Every form carries the proof of its session, and a name. The event's id is made of what it says, so sending a form twice
changes nothing.
Read next: `streams/web/api/grants.py`, which takes exceptions in; `streams/web/session.py` for the proof.
"""

from __future__ import annotations

from datetime import datetime
from difflib import get_close_matches
from http import HTTPStatus
from typing import TYPE_CHECKING, Final, TypeVar
from urllib.parse import parse_qsl

from aiohttp import web
from pydantic import ValidationError

from alerts.routing.actions import DEBRIEFED, DONE, SILENCED, UNSILENCED
from alerts.words.later import Either, Later, later
from alerts.words.words import phrase
from standards.calendar.duration import parse
from standards.judge.events import iso, microseconds
from standards.natural import same
from streams.board.reportable import not_reportable, reports
from streams.board.shell import LONGEST
from streams.board.silences import SPANS, TERMS
from streams.web.actions import check_open, known_sites, take_in
from streams.web.board.board import LOOK
from streams.web.board.chosen import Chosen
from streams.web.board.fields import (
    NAME,
    SOURCE,
    WHY,
    bounded,
    by_script,
    needed,
    no_standard,
    of_own_team,
    of_persons,
    read_own,
    said_event,
    unfit,
)
from streams.web.board.known import Unknown, check_known
from streams.web.board.places import zone_at
from streams.web.board.practising import Practising
from streams.web.board.reporting import check_keeps, data_of
from streams.web.board.sent_before import sender_of
from streams.web.board.taking import Taking
from streams.web.board.way_back import about_of, came_from_of, way_back
from streams.web.forms import DayChange, Grant, Settlement, ShiftNote
from streams.web.guard import SESSION, see_other
from streams.web.naming import own_name, referred
from streams.web.problem import Problem

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping, Sequence

    from standards.judge.events import Event
    from standards.judge.ledger import Plain
    from streams.storage.rows import PromiseRow
    from streams.web.api.days import Days
    from streams.web.api.grants import Grants
    from streams.web.api.handing_over import HandingOver
    from streams.web.api.letters import Letters
    from streams.web.board.board import Board
    from streams.web.board.fields import Given

M = TypeVar("M", Grant, Settlement, DayChange, ShiftNote)

_GRANT: Final = ("promise", "group", "by", "reason")
"""What a button for a known reason says at one tap; whatever else stands in its value is not heard."""
WHICH_EVENT: Final = phrase("Say which event; then it can be done.")


class Acts:
    """Answers the board's forms. `actions` take what was filled in, with their `source` in it, and who does it.

    Each says what whoever pressed did not expect: for how many of those that were shown it was done.
    """

    def __init__(self, board: Board, grants: Grants, letters: Letters, days: Days, handing_over: HandingOver) -> None:
        self._board = board
        self._handing_over = handing_over
        self._days = days
        self._grants = grants
        self._letters = letters
        self._host = board.host
        self._chosen, self._sent = Chosen(board), board.sent
        taking, practising = Taking(board.host, self._chosen), Practising(board.host, grants)
        self.actions: dict[str, Callable[[Given, str], Awaitable[Later | None]]] = {
            "acknowledge": taking.acknowledge, "hand-on": taking.hand_on, "give-back": taking.give_back,
            "done": self._done, "excuse": self._excuse, "debrief": self._debrief,
            "silence": self._silence, "unsilence": self._unsilence, "change-day": self._change_day,
            "resend": self._resend, "set-aside": self._set_aside, "hand-over": self._hand_over,
            "share": practising.share, "thank": practising.thank, "reward": practising.reward,
            "propose": practising.propose, "review": practising.review,
            "make-exception": practising.make_exception,
        }  # fmt: skip

    def routes(self) -> list[web.RouteDef]:
        """Give what can be done."""
        return [web.post(f"/acts/{name}", self._answering(take)) for name, take in self.actions.items()]

    def _answering(
        self, take: Callable[[Given, str], Awaitable[Later | None]]
    ) -> Callable[[web.Request], Awaitable[web.Response]]:
        """Wrap an action: the form is read, the name kept, and the browser sent back to where it came from."""

        async def answer(request: web.Request) -> web.Response:
            board, came_from = self._board, ""
            try:
                given = bounded(await read_own(request, board))
                came_from = came_from_of(given)
                given = of_own_team(request, given)
                check_open(self._host)
                own = await referred(self._host, own_name(self._host, request[SESSION]))
                await check_known(self._host, given, own)
                given = await of_persons(request, board, given)
                name = needed({"name": given.get("name") or own}, "name", NAME)
                async with self._sent.knowing(sender_of(request), given) as before:
                    said = None if before else await take(given, name)
            except Problem as problem:
                if by_script(request):
                    raise
                if isinstance(problem, Unknown):
                    return board.question(request, problem, given, came_from)
                return board.refusal(request, problem, pressed=came_from)
            response = self._done_with(request, given, said)
            board.sessions.write(request, response, board.sessions.named(request[SESSION], name))
            return response

        return answer

    def _done_with(self, request: web.Request, given: Given, later: Later | None) -> web.Response:
        """Answer what was done: back to the page, but for what has to be said."""
        said = later.said(self._board.words(request)) if later is not None else ""
        if by_script(request):
            answer = {"said": said, "at": about_of(given), "look": self._board.words(request).say(LOOK)}
            return web.json_response(answer) if said else web.Response(status=HTTPStatus.NO_CONTENT)
        if not said:
            return see_other(way_back(given))
        return self._board.partly(request, said, way_back(given), about_of(given))

    async def _done(self, given: Given, name: str) -> None:
        """Take in the event that the promise waits for, and that somebody says so: together, or neither."""
        promise, rulebook = await self._chosen.one(given), self._host.rulebook
        standard = rulebook.standards.get(promise.revision)
        told = reports(standard, rulebook.vocabulary, promise.fields)
        if not told:
            events = Either(not_reportable(standard, rulebook.vocabulary))
            words = later("Nobody can say here that it is done: {event} tells it, and that no person sends.",
                          event=events)  # fmt: skip
            raise Problem(HTTPStatus.CONFLICT, words if events.names else later("Nothing can be done about it here."))
        self._chosen.check_owed(promise)
        wanted = given.get("event") or told[0].kind.name
        report = next((each for each in told if each.kind.name == wanted), None)
        if report is None:
            words = later("{event} does not keep this promise; what does: {events}.", event=repr(wanted[:100]),
                          events=Either([each.kind.name for each in told]))  # fmt: skip
            raise Problem(HTTPStatus.CONFLICT, words)
        said = self._event(DONE, {"promise": promise.id, "by": name}, given)
        zone = zone_at(self._host, promise.fields.get("site"), self._board.zone)
        data = data_of(report, given, name, zone)
        work = self._event(report.kind.name, data, given, about=promise.id)
        check_keeps(report, work, promise.fields)
        await take_in(self._host, [work, said])

    async def _excuse(self, given: Given, name: str) -> Later | None:
        """Excuse one promise, all of a group, or what a site has owed for some time."""
        pressed = dict(parse_qsl(given.get("grant", "")))
        given = {**given, **{name: pressed[name] for name in _GRANT if name in pressed}}
        by, reason = (
            needed(given, "by", phrase("Say in which role; then it can be done.")),
            needed(given, "reason", WHY),
        )
        if given.get("site") and not given.get("group"):
            promises, said = await self._chosen.of_site(given["site"], given.get("span", ""), by)
        elif given.get("group"):
            promises, said = await self._chosen.group(given["group"])
        else:
            promises, said = [await self._chosen.one(given)], None
        grants = [_valid(Grant, promise=each.id, by=by, person=name, reason=reason) for each in promises]
        await self._grants.take_all(grants, source=given["source"])
        return said

    async def _debrief(self, given: Given, name: str) -> Later | None:
        """Take in what came of a talk: about one promise or, if it is said, others of its kind that were shown."""
        promise = await self._chosen.one(given)
        if promise.verdict != "broken":
            raise Problem(HTTPStatus.CONFLICT, later("This promise is not broken; there is nothing to talk over."))
        cause = needed(given, "cause", phrase("Say what got in the way; then it can be done."))
        following = needed(given, "next_step", phrase("Say what we try now; then it can be done."))
        more = {key: given[key] for key in ("team", "involved", "missed") if given.get(key)}
        data = {"by": name, "cause": cause, "next_step": following, **more}
        alike = given.get("alike")
        together, said = await self._chosen.of_its_kind(promise, alike) if alike else ([], None)
        rows = {row.id: row for row in [promise, *together]}.values()
        await take_in(self._host, [
            self._event(DEBRIEFED, {"promise": row.id, **data, **self._by_when(given, row)}, given) for row in rows
        ])  # fmt: skip
        return said

    def _by_when(self, given: Given, row: PromiseRow) -> dict[str, str]:
        """Give the last second of the day by which a next step is to be taken where the promise is, if one is said."""
        if not given.get("next_step_by"):
            return {}
        try:
            day = datetime.fromisoformat(given["next_step_by"])
            zone = zone_at(self._host, row.fields.get("site"), self._board.zone)
            return {"next_step_by": iso(microseconds(day.replace(hour=23, minute=59, second=59, tzinfo=zone)))}
        except (ValueError, OverflowError):
            raise Problem(HTTPStatus.BAD_REQUEST, later("Say by which day, as in 2026-12-24.")) from None

    async def _silence(self, given: Given, name: str) -> None:
        reason, span = needed(given, "reason", WHY), given.get("span", "")
        if span not in SPANS:
            raise Problem(HTTPStatus.BAD_REQUEST, later("Say for how long: choose one of the spans."))
        until = iso(self._host.wall() + parse(span))
        terms = {key: given[key] for key in TERMS if given.get(key)}
        if not terms and not given.get("everything"):
            words = later("Say what is to be silent: a standard, a site, or both. To silence everything, tick that.")
            raise Problem(HTTPStatus.BAD_REQUEST, words)
        standard = terms.get("standard", "")
        if standard and standard not in self._host.rulebook.current:
            raise Problem(HTTPStatus.BAD_REQUEST, no_standard(standard))
        if terms.get("site") and not given.get("new"):
            _check_site(terms["site"], await known_sites(self._board.host))
        silence = "-".join(filter(None, ("board", *terms.values(), until)))[:LONGEST]
        await self._submit(SILENCED, {"silence": silence, "until": until, "by": name, "reason": reason, **terms}, given)

    async def _unsilence(self, given: Given, name: str) -> None:
        await self._submit(
            UNSILENCED,
            {"silence": needed(given, "silence", phrase("Say which silence; then it can be done.")), "by": name},
            given,
        )

    async def _change_day(self, given: Given, name: str) -> None:
        by, reason = given.get("by") or name, needed(given, "reason", WHY)
        calendar, date = (
            needed(given, "calendar", phrase("Say which calendar; then it can be done.")),
            needed(given, "date", phrase("Say which day; then it can be done.")),
        )
        why = reason if same(by, name) else f"{reason} ({name})"
        said = _valid(
            DayChange, date=date, by=by, reason=why, **({"open": shifts} if (shifts := given.get("open")) else {})
        )
        await self._days.take(calendar, said, role=given["role"], source=given["source"])

    async def _hand_over(self, given: Given, name: str) -> None:
        """Take in what the next shift has to know: once for each page that the form stood on."""
        note = needed(given, "note", phrase("Say what the next shift has to know; then it can be done."))
        note = note.replace("\r\n", "\n")  # as it was written: a form ends its lines with both
        said = _valid(ShiftNote, note=note, by=name, **({"site": site} if (site := given.get("site")) else {}))
        await self._handing_over.take(said, given.get("after", ""), source=given["source"])

    async def _resend(self, given: Given, name: str) -> None:
        event = needed(given, "raw", phrase("Say what is to be sent; then it can be done."))
        letter = needed(given, "letter", WHICH_EVENT)
        await self._letters.resend(letter, _valid(Settlement, by=name, event=event), source=SOURCE)

    async def _set_aside(self, given: Given, name: str) -> None:
        reason = needed(given, "reason", WHY)
        letter = needed(given, "letter", WHICH_EVENT)
        await self._letters.set_aside(letter, _valid(Settlement, by=name, reason=reason), source=SOURCE)

    async def _submit(self, kind: str, data: Mapping[str, str], given: Given) -> None:
        await take_in(self._host, [self._event(kind, data, given)])

    def _event(self, kind: str, data: Mapping[str, Plain], given: Given, *, about: str = "") -> Event:
        return said_event(self._host, kind, data, given, about=about)


def _valid(model: type[M], **given: str) -> M:
    try:
        return model(**given)
    except ValidationError as error:
        raise Problem(HTTPStatus.BAD_REQUEST, unfit(error)) from None


def _check_site(site: str, known: Sequence[str]) -> None:
    """Refuse a site that no promise was ever about, unless it is said to be new: a slip would silence nothing."""
    if site in known:
        return
    close = get_close_matches(site, known, 3, 0.5)
    given = repr(site[:100])
    words = later("Kept knows no site {site}. If it is a new one, tick that it is.", site=given)
    if close:
        words = later("Kept knows no site {site}. Did you mean {close}? If it is a new one, tick that it is.",
                      site=given, close=Either(close))  # fmt: skip
    raise Problem(HTTPStatus.BAD_REQUEST, words)
