"""Whoever asks what is stored about them, and forgetting somebody, over HTTP.

What they are owed ends, their name is erased, and what is left to look at is said.

The order is what a crash may not break: they leave, as any event says it, and that is judged; then their devices go;
then it is stored that they are erased, by their reference alone; then the name goes, and the file is written anew. Who
asks again goes on where it ended. What was stored is done again at each start, so that a file of names that is put back
forgets them too.
Read next: `streams/names/erasing.py`.
"""

from __future__ import annotations

import asyncio
from http import HTTPStatus
from itertools import islice
from typing import TYPE_CHECKING, Final

import structlog
from aiohttp import web

from alerts.routing.actions import ERASED
from standards.calendar.duration import SECOND
from standards.judge.events import moment
from streams.names.erasing import SOURCE, Erased
from streams.names.exporting import UnknownPersonError, exported
from streams.names.policy import push_names
from streams.names.references import is_reference
from streams.web.actions import PROBLEMS, action_event, read_as_sent, take_in
from streams.web.api.person_views import ErasedAnswer, NearItem
from streams.web.forms import Erasure, Export
from streams.web.given_out import note
from streams.web.guard import HEADERS
from streams.web.naming import referred
from streams.web.operation import Operation, asked, json_answer
from streams.web.problem import Problem, retry

if TYPE_CHECKING:
    from alerts.routing.actions import Action
    from streams.host import Host
    from streams.names.names import Names
    from streams.storage.status import Status

LEFT: Final = "colleague.left"
LINES: Final = "application/x-ndjson"
"""The media type of what is stored about somebody."""
JUDGED_WITHIN: Final = 60
"""How long their leaving may take to be judged, in seconds, once judging does not wait for events any more."""
_LOOK: Final = 0.05
_BODY: Final = 1 << 14
_AT_ONCE: Final = 100

log = structlog.get_logger("kept")


class Persons:
    """Forgets people, and says what is stored about one, for a host that keeps apart who they are."""

    def __init__(self, host: Host, names: Names) -> None:
        self._host, self._names = host, names
        self._leaving: dict[str, int] = {}

    def operations(self) -> list[Operation]:
        """Say what can be done."""
        answers, summary = {HTTPStatus.OK: ErasedAnswer}, "Forget somebody: from now on their reference names nobody."
        all_of_one = "Give all that is stored about one person, as JSON lines, with their name and nobody else's."
        lines = {HTTPStatus.OK: LINES}
        return [
            Operation("POST", "/v1/persons/erase", summary, self._erase, answers, PROBLEMS, body=Erasure),
            Operation("POST", "/v1/persons/export", all_of_one, self._export, lines, PROBLEMS, body=Export),
        ]

    async def _export(self, request: web.Request) -> web.StreamResponse:
        """Send it as it is found: nobody knows how much there is. An answer that breaks off is no whole one."""
        given = await read_as_sent(request, self._host, Export, _BODY)
        try:
            lines = await asked(exported, self._names, self._host.read_model.board.standing, given.person)
        except UnknownPersonError as error:
            raise Problem(HTTPStatus.NOT_FOUND, str(error)) from None
        person = given.person if is_reference(given.person, "p") else await asked(self._names.find, given.person)
        note(request, "person", reference=person)
        response = web.StreamResponse(headers={**HEADERS, "Content-Type": LINES})
        await response.prepare(request)
        try:
            while some := await asked(lambda: [*islice(lines, _AT_ONCE)]):
                await response.write(b"".join(line + b"\n" for line in some))
        except BaseException:
            if request.transport is not None:
                request.transport.abort()
            raise
        await response.write_eof()
        return response

    async def _erase(self, request: web.Request) -> web.Response:
        given = await read_as_sent(request, self._host, Erasure, _BODY)
        return json_answer(await self.take(given))

    async def take(self, given: Erasure) -> ErasedAnswer:
        """Forget somebody, or a text, and say what came of it. Raises Problem where that cannot be, StateError."""
        left, before = await asked(self._finished, given.person), await asked(self._erased_before, given.person)
        if before is not None:
            reference, erased = left or (before[0], Erased(0))
            return await self._answer(reference, erased, at=before[1])
        if left is not None:
            return await self._answer(*left)
        reference, devices = await asked(self._find, given.person), 0
        by = await referred(self._host, given.by)
        if is_reference(reference, "p"):
            await asked(self._check_policy, reference)
            await self._leave(reference)
            devices = await self._forget_devices(reference)
        at = await self._send(ERASED, {"agent": reference, "by": by})
        erased = await asked(self._names.erase, reference, at)
        log.info("a name was erased", reference=reference, by=by)
        return await self._answer(reference, erased, devices, at)

    async def _answer(self, reference: str, erased: Erased, devices: int = 0, at: int = -1) -> ErasedAnswer:
        acts = await asked(self._host.read_model.board.written, erased.near)
        near = [_near_item(each, acts.get(each)) for each in erased.near]
        until = await asked(self._names.held_until, at)
        return ErasedAnswer(
            reference, erased.rows, erased.texts, devices, near, erased.near_count - len(near),
            until >= 0 if self._names.is_shared else None, moment(until) if until >= 0 else None,
        )  # fmt: skip

    def _erased_before(self, person: str) -> tuple[str, int] | None:
        """Find who was erased, and when, where brokers may hold their name still, and nobody has it by now."""
        if not self._names.is_shared or self._names.are_known([person]) or self._names.find(person):
            return None
        when = self._names.erased([person]).get(person, -1)
        found = self._host.read_model.board.erasures(ERASED, SOURCE)
        return next((each for each in found if person == each[0] or when == each[1]), None)

    def _finished(self, person: str) -> tuple[str, Erased] | None:
        """End an erasure whose name went, and whose file could not be written anew; None where there is none."""
        if self._names.are_known([person]) or self._names.find(person):
            return None
        left = self._names.finish()
        return left if left is not None and (left[0] == person or self._names.erased([person])) else None

    def _find(self, person: str) -> str:
        """Find a reference, by itself or by a name. Raises Problem."""
        if self._names.are_known([person]):
            return person
        if found := self._names.find(person):
            return found
        words = "nobody is known by this name, or this reference; give the name as events write it"
        raise Problem(HTTPStatus.NOT_FOUND, words)

    def _check_policy(self, reference: str) -> None:
        """Refuse somebody whom the policy names: it would make them known again. Raises Problem."""
        people = self._host.people
        if people is None:
            return
        places = [f"people: {self._names.entry(reference)}"] if reference in people.people else []
        silences = (each for each in people.silences if reference in (each.by, self._names.find(each.by)))
        places += [f"silences: by, of {each.name}" for each in silences]
        if places:
            words = f"the policy still names them ({'; '.join(places)}); take them out of it first"
            raise Problem(HTTPStatus.CONFLICT, words)

    async def _send(self, kind: str, data: dict[str, str]) -> int:
        """Send an event the way that all come; gives when it happened. Raises Problem, StateError."""
        event = action_event(self._host, kind, data, SOURCE, identity=[kind, data["agent"], self._host.wall()])
        await take_in(self._host, [event])
        return event.at

    async def _leave(self, reference: str) -> None:
        """Have them leave, and that be judged; who asks again waits for the same. Raises Problem, StateError."""
        if reference not in self._leaving:
            self._leaving[reference] = await self._send(LEFT, {"agent": reference})
        await self._judged(self._leaving[reference])
        self._leaving.pop(reference, None)

    async def _judged(self, at: int) -> None:
        """Return when time has come past an instant for the judge. Raises Problem where it does not come."""
        seconds = patience(self._host.now_status())
        deadline = asyncio.get_running_loop().time() + seconds
        while self._host.now_status().low <= at:
            if asyncio.get_running_loop().time() > deadline:
                words = f"their leaving was not judged within {seconds} s, so nothing is erased yet; ask again"
                raise retry(HTTPStatus.SERVICE_UNAVAILABLE, words, JUDGED_WITHIN)
            await asyncio.sleep(_LOOK)

    async def _forget_devices(self, reference: str) -> int:
        """Forget the devices by all that they are called; what rings for others, who share an address, stays."""
        devices = self._host.devices
        if devices is None:
            return 0
        theirs = await asked(self._signed_in, reference)
        return await devices.forget(theirs, set(push_names(self._host.people)))

    def _signed_in(self, reference: str) -> set[str]:
        called = self._names.called(reference)
        return {reference, *called, *filter(None, map(self._names.find, called))}


def patience(status: Status) -> int:
    """Say how many seconds to wait for a judgement: as long as judging waits for events, and a while."""
    return JUDGED_WITHIN + -(-status.grace // SECOND)


def _near_item(reference: str, act: Action | None) -> NearItem:
    if act is None:
        return NearItem(reference)
    return NearItem(reference, act.type, act.promise, moment(act.at))
