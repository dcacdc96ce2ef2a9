"""Granting exceptions over HTTP: from what a person asks to the `exception.granted` event that the judge understands.

What can be said at once is said at once: that there is no such standard, that someone else grants this, that nothing is
owed. The judge still has the last word, for it alone sees every event in order.
The event's id is derived: from the caller's Idempotency-Key or else from the grant and the promises that it reaches. A
repeat is therefore inert, and asking again for what was excused already adds nothing.
Read next: `standards/judge/excuse.py`.
"""

from __future__ import annotations

from hashlib import blake2b
from http import HTTPStatus
from typing import TYPE_CHECKING, Final, NamedTuple

import msgspec
from pydantic import ValidationError

from standards.errors import EventError
from standards.judge.events import iso
from standards.judge.shapes import Response
from standards.judge.standard import CORRECTIONS_HORIZON
from streams.storage.rows import PromiseFilter
from streams.web.api.intake import check_open
from streams.web.api.reading import no_standard
from streams.web.api.views import GrantAnswer
from streams.web.body import check_type, read_body
from streams.web.forms import Grant, NoQuery
from streams.web.operation import Operation, asked, json_answer, read_query, told
from streams.web.problem import Problem

if TYPE_CHECKING:
    from aiohttp import web

    from standards.judge.events import Event
    from standards.judge.rulebook import Rulebook
    from streams.host import Host
    from streams.storage.rows import PromiseRow

SOURCE: Final = "kept/exceptions"
"""The `source` of the events made here."""

_BODY: Final = 1 << 16
_MOST: Final = 100
_UNPROCESSABLE: Final = HTTPStatus(422)  # its name differs between versions of Python


def still_excusable(row: PromiseRow, rulebook: Rulebook, now: int) -> bool:
    """Say whether a verdict can still be excused: that of a response while it is overdue, any for a day."""
    standard = rulebook.standards.get(row.revision)
    shape = None if standard is None or row.state != "broken" else standard.shape
    owed_for = shape.owed_for if isinstance(shape, Response) else 0
    return now - row.settled <= max(owed_for, CORRECTIONS_HORIZON)


class _Reach(NamedTuple):
    """The promises that a grant is for, and whether all of them are excused already."""

    standard: str
    subject: str
    promises: list[PromiseRow]

    @property
    def already(self) -> bool:
        return all(row.verdict == "excused" for row in self.promises)


class Grants:
    """Takes exceptions in."""

    def __init__(self, host: Host) -> None:
        self._host = host

    def operations(self) -> list[Operation]:
        """Say what can be done."""
        problems = (
            HTTPStatus.NOT_FOUND, HTTPStatus.REQUEST_TIMEOUT, HTTPStatus.CONFLICT, HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
            HTTPStatus.UNSUPPORTED_MEDIA_TYPE, _UNPROCESSABLE, HTTPStatus.TOO_MANY_REQUESTS,
        )  # fmt: skip
        answers = {HTTPStatus.ACCEPTED: GrantAnswer, HTTPStatus.OK: GrantAnswer}
        summary = "Grant an exception: the promise is excused, or was not broken."
        return [Operation("POST", "/v1/exceptions", summary, self.grant, answers, problems, body=Grant)]

    async def grant(self, request: web.Request) -> web.Response:
        """Answer `POST /v1/exceptions`."""
        read_query(request, NoQuery)
        check_open(self._host)
        check_type(request, ("application/json",))
        asked_for = _read(await read_body(request, _BODY))
        answer = await self.take(asked_for, request.headers.get("Idempotency-Key", ""))
        return json_answer(answer, HTTPStatus.OK if answer.already else HTTPStatus.ACCEPTED)

    async def take(self, asked_for: Grant, key: str = "") -> GrantAnswer:
        """Take an exception in; `key` names it. Raises Problem where it cannot be granted."""
        reach = await self._reach(asked_for)
        self._check_may(asked_for, reach)
        event = self._event(asked_for, reach, key)
        if not reach.already:
            await self._host.submit([event])
        return GrantAnswer(
            event=event.id,
            standard=reach.standard,
            subject=reach.subject,
            by=asked_for.by,
            reason=asked_for.reason,
            promises=[row.id for row in reach.promises],
            already=reach.already,
        )

    async def _reach(self, grant: Grant) -> _Reach:
        """Find the promises that a grant is for."""
        if grant.promise is not None:
            return await self._reach_one(grant, grant.promise)
        if grant.standard is None or grant.subject is None:
            raise Problem(_UNPROCESSABLE, "say which promise is excused, or give a standard and a subject")
        current = self._host.rulebook.current
        if grant.standard not in current:
            raise no_standard(grant.standard, current)
        rows = await self._owed(grant.standard, grant.subject, is_open=True)
        rows = rows or self._broken_last(await self._owed(grant.standard, grant.subject, is_open=False))
        if not rows:
            per = "/".join(current[grant.standard].per) or "the whole house, which is written as an empty text"
            owes = f"nothing that {grant.standard} owes {grant.subject[:200]!r}"
            words = f"{owes} is open or overdue, or was broken within a day"
            raise Problem(HTTPStatus.CONFLICT, f"{words}; its subjects are {per}")
        return _Reach(grant.standard, grant.subject, rows)

    async def _reach_one(self, grant: Grant, promise: str) -> _Reach:
        found = await asked(self._host.read_model.promise, promise)
        if found is None:
            raise Problem(HTTPStatus.NOT_FOUND, f"there is no promise {promise[:100]!r}; /v1/promises lists them")
        row = found.row
        if grant.standard not in (None, row.standard) or grant.subject not in (None, row.subject):
            words = f"the promise {row.id} is of {row.standard} for {row.subject!r}; leave both out, or give these"
            raise Problem(_UNPROCESSABLE, words)
        if row.verdict in ("kept", "void"):
            raise Problem(HTTPStatus.CONFLICT, f"the promise is {row.verdict}; there is nothing to excuse")
        if row.settled >= 0 and not self._recent(row):
            raise Problem(HTTPStatus.CONFLICT, "the promise was settled too long ago; its verdict stays")
        return _Reach(row.standard, row.subject, [row])

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

    def _check_may(self, grant: Grant, reach: _Reach) -> None:
        """Refuse who may not grant, by the revisions under which the promises were opened."""
        rulebook = self._host.rulebook
        for row in reach.promises:
            standard = rulebook.standards.get(row.revision) or rulebook.current.get(row.standard)
            may = () if standard is None else standard.may_excuse
            if grant.by not in may:
                who = " or ".join(may) or "nobody"
                raise Problem(_UNPROCESSABLE, f"{grant.by[:100]!r} may not excuse {row.standard}; {who} may")

    def _event(self, grant: Grant, reach: _Reach, key: str) -> Event:
        parts = (
            [key] if key else [reach.standard, reach.subject, grant.by, grant.reason, *(p.id for p in reach.promises)]
        )
        data = {"standard": reach.standard, "subject": reach.subject, "by": grant.by, "reason": grant.reason}
        if grant.promise is not None:
            data["promise"] = grant.promise
        event = {
            "specversion": "1.0",
            "id": blake2b(msgspec.json.encode(parts), digest_size=10).hexdigest(),
            "source": SOURCE,
            "type": "exception.granted",
            "time": iso(self._host.wall()),
            "data": data,
        }
        try:
            return self._host.reader.one(msgspec.json.encode(event))
        except EventError as error:
            raise Problem(_UNPROCESSABLE, str(error)) from None


def _read(body: bytes) -> Grant:
    try:
        return Grant.model_validate_json(body)
    except ValidationError as error:
        found = told(error)
        broken = any(part["type"] == "json_invalid" for part in error.errors(include_url=False))
        words = "; ".join(f"{part['field']}: {part['message']}" for part in found)
        status = HTTPStatus.BAD_REQUEST if broken else _UNPROCESSABLE
        raise Problem(status, words, members={"errors": found}) from None
