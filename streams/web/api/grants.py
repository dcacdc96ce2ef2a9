"""Granting exceptions over HTTP: from what a person asks to the `exception.granted` event that the judge understands.

What can be refused at once is: an unknown standard, a role that may not grant it, a subject who is owed nothing. The
judge decides, for it alone sees every event in order. The event's id is made of the caller's Idempotency-Key, or else
of the grant and its promises, so that a repeat is inert.
Read next: `standards/judge/excuse.py`.
"""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING, Final

from alerts.words.later import Either, Later, later
from standards.errors import EventError
from standards.judge.shapes import Response
from standards.judge.standard import CORRECTIONS_HORIZON
from standards.natural import is_among
from streams.board.faults import UNTAKEN, unfit_event
from streams.live.wording import VERDICTS
from streams.storage.rows import PromiseFilter
from streams.web.actions import PROBLEMS, UNPROCESSABLE, action_event, key_of, read_action, take_in
from streams.web.api.reading import known_promise, no_standard
from streams.web.api.views import GrantAnswer
from streams.web.forms import Grant
from streams.web.operation import Operation, asked, json_answer
from streams.web.problem import Problem

if TYPE_CHECKING:
    from collections.abc import Sequence

    from aiohttp import web

    from standards.judge.events import Event
    from standards.judge.rulebook import Rulebook
    from streams.host import Host
    from streams.storage.rows import PromiseRow

SOURCE: Final = "kept/exceptions"
"""The `source` of the events made here."""

_BODY: Final = 1 << 16
_MOST: Final = 100


def still_excusable(row: PromiseRow, rulebook: Rulebook, now: int) -> bool:
    """Say whether a verdict can still be excused: that of a response while it is overdue, any for a day."""
    standard = rulebook.standards.get(row.revision)
    shape = None if standard is None or row.state != "broken" else standard.shape
    owed_for = shape.owed_for if isinstance(shape, Response) else 0
    return now - row.settled <= max(owed_for, CORRECTIONS_HORIZON)


class Grants:
    """Takes exceptions in."""

    def __init__(self, host: Host) -> None:
        self._host = host

    def operations(self) -> list[Operation]:
        """Say what can be done."""
        answers = {HTTPStatus.ACCEPTED: GrantAnswer, HTTPStatus.OK: GrantAnswer}
        summary = "Grant an exception: the promise is excused, or was not broken."
        return [Operation("POST", "/v1/exceptions", summary, self._grant, answers, PROBLEMS, body=Grant)]

    async def _grant(self, request: web.Request) -> web.Response:
        asked_for = await read_action(request, self._host, Grant, _BODY)
        answer, event = await self._made(asked_for, key_of(request), SOURCE)
        if not answer.already:
            await take_in(self._host, [event])
        return json_answer(answer, HTTPStatus.OK if answer.already else HTTPStatus.ACCEPTED)

    async def check(self, grant: Grant) -> None:
        """Say what speaks against an exception that something else is to grant. Raises Problem."""
        self._check_may(grant, await self._concerned(grant))

    async def take_all(self, grants: Sequence[Grant], *, source: str) -> None:
        """Take several exceptions in at once: all of them, or none. Raises Problem where one cannot be granted."""
        made = [await self._made(grant, "", source) for grant in grants]
        await take_in(self._host, [event for answer, event in made if not answer.already])

    async def _made(self, grant: Grant, key: str, source: str) -> tuple[GrantAnswer, Event]:
        """Make the event of an exception, and what is answered. Raises Problem where it cannot be granted."""
        rows = await self._concerned(grant)
        self._check_may(grant, rows)
        standard, subject, ids = rows[0].standard, rows[0].subject, [row.id for row in rows]
        identity = [key] if key else [standard, subject, grant.by, grant.reason, *ids]
        data = {"standard": standard, "subject": subject, "by": grant.by, "reason": grant.reason}
        data |= {name: value for name in ("promise", "person") if (value := getattr(grant, name)) is not None}
        try:
            event = action_event(self._host, "exception.granted", data, source, identity=identity)
        except EventError as error:
            raise Problem(UNPROCESSABLE, str(error), told=unfit_event(error, UNTAKEN)) from None
        already = all(row.verdict == "excused" for row in rows)
        return GrantAnswer(event.id, standard, subject, grant.by, grant.reason, ids, already), event

    async def _concerned(self, grant: Grant) -> list[PromiseRow]:
        """Find the promises that a grant is for: at least one, all of one standard and subject."""
        if grant.promise is not None:
            return [await self._concerned_one(grant, grant.promise)]
        if grant.standard is None or grant.subject is None:
            words = "say which promise is excused, or give a standard and a subject"
            raise Problem(UNPROCESSABLE, words, told=later("Say which promise is excused; then it can be done."))
        current = self._host.rulebook.current
        if grant.standard not in current:
            raise no_standard(grant.standard, current)
        rows = await self._owed(grant.standard, grant.subject, is_open=True)
        rows = rows or self._broken_last(await self._owed(grant.standard, grant.subject, is_open=False))
        if not rows:
            per = "/".join(current[grant.standard].per) or "the whole house, which is written as an empty text"
            owes = f"nothing that {grant.standard} owes {grant.subject[:200]!r}"
            words = f"{owes} is open or overdue, or was broken within a day"
            told = later("Nothing that could be excused is owed there any more.")
            raise Problem(HTTPStatus.CONFLICT, f"{words}; its subjects are {per}", told=told)
        return rows

    async def _concerned_one(self, grant: Grant, promise: str) -> PromiseRow:
        row = (await known_promise(self._host, promise)).row
        if grant.standard not in (None, row.standard) or grant.subject not in (None, row.subject):
            words = f"the promise {row.id} is of {row.standard} for {row.subject!r}; leave both out, or give these"
            raise Problem(UNPROCESSABLE, words)
        if row.verdict in ("kept", "void", "withdrawn"):
            raise Problem(
                HTTPStatus.CONFLICT,
                later("the promise is {state}; there is nothing to excuse", state=Later(VERDICTS[row.verdict])),
            )
        if row.settled >= 0 and not self._recent(row):
            raise Problem(HTTPStatus.CONFLICT, later("the promise was settled too long ago; its verdict stays"))
        return row

    async def _owed(self, standard: str, subject: str, *, is_open: bool) -> list[PromiseRow]:
        """List what a standard owes or owed a subject. An empty subject is the whole house, and not every subject."""
        wanted = PromiseFilter(standard=standard, subject=subject, open=is_open)
        page = await asked(self._host.read_model.promises, wanted, "", _MOST)
        return [row for row in page.items if row.subject == subject]

    def _broken_last(self, rows: list[PromiseRow]) -> list[PromiseRow]:
        """Find the last promise that can still be excused, or that was."""
        fitting = [row for row in rows if row.verdict in ("broken", "unknown", "excused") and self._recent(row)]
        return [max(fitting, key=lambda row: row.settled)] if fitting else []

    def _recent(self, row: PromiseRow) -> bool:
        return still_excusable(row, self._host.rulebook, self._host.wall())

    def _check_may(self, grant: Grant, rows: list[PromiseRow]) -> None:
        """Refuse who may not grant, by the revisions under which the promises were opened."""
        rulebook = self._host.rulebook
        for row in rows:
            standard = rulebook.standards.get(row.revision) or rulebook.current.get(row.standard)
            may = () if standard is None else standard.may_excuse
            if not is_among(grant.by, may):
                raise Problem(UNPROCESSABLE, _may_not(repr(grant.by[:100]), row.standard, may))


def _may_not(role: str, standard: str, may: Sequence[str]) -> Later:
    if not may:
        return later("{role} may not excuse {standard}; nobody may", role=role, standard=standard)
    return later("{role} may not excuse {standard}; {may} may", role=role, standard=standard, may=Either(may))
