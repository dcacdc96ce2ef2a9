"""Forgetting somebody over HTTP: what they are owed ends, their name is erased, and what is left to look at is said.

The order is what a crash may not break: they leave, as any event says it, and that is judged; then it is stored that
they are erased, by their reference alone; then the name goes. What was stored is done again at each start, so that a
file of names that is put back forgets them too.
Read next: `streams/names/erasing.py`.
"""

from __future__ import annotations

import asyncio
from http import HTTPStatus
from typing import TYPE_CHECKING, Final

import structlog

from alerts.routing.actions import ERASED
from standards.judge.events import moment
from streams.names.erasing import SOURCE
from streams.names.references import is_reference
from streams.web.actions import PROBLEMS, action_event, read_form
from streams.web.api.person_views import ErasedAnswer, NearItem
from streams.web.forms import Erasure
from streams.web.naming import referred
from streams.web.operation import Operation, asked, json_answer
from streams.web.problem import Problem, retry

if TYPE_CHECKING:
    from aiohttp import web

    from alerts.routing.actions import Action
    from streams.host import Host
    from streams.names.erasing import Erased
    from streams.names.names import Names

PUSH: Final = "push"
LEFT: Final = "colleague.left"
JUDGED_WITHIN: Final = 60
"""How long it is waited for that their leaving is judged, in seconds."""
_LOOK: Final = 0.05
_BODY: Final = 1 << 14

log = structlog.get_logger("kept")


class Persons:
    """Forgets people, for a host that keeps apart who they are."""

    def __init__(self, host: Host, names: Names) -> None:
        self._host, self._names = host, names

    def operations(self) -> list[Operation]:
        """Say what can be done."""
        answers, summary = {HTTPStatus.OK: ErasedAnswer}, "Forget somebody: from now on their reference names nobody."
        return [Operation("POST", "/v1/persons/erase", summary, self._erase, answers, PROBLEMS, body=Erasure)]

    async def _erase(self, request: web.Request) -> web.Response:
        given = await read_form(request, self._host, Erasure, _BODY)
        return json_answer(await self.take(given))

    async def take(self, given: Erasure) -> ErasedAnswer:
        """Forget somebody, or a text, and say what came of it. Raises Problem where that cannot be, StateError."""
        reference = await asked(self._find, given.person)
        by = await referred(self._host, given.by)
        if is_reference(reference, "p"):
            await asked(self._check_policy, reference)
            await self._judged(await self._send(LEFT, {"agent": reference}))
        at = await self._send(ERASED, {"agent": reference, "by": by})
        erased = await asked(self._names.erase, reference, at)
        devices = await self._forget_devices(reference, erased)
        log.info("a name was erased", reference=reference, by=by)
        acts = await asked(self._host.read_model.board.written, erased.near)
        near = [_near_item(each, acts.get(each)) for each in erased.near]
        return ErasedAnswer(reference, erased.rows, erased.texts, devices, near, erased.near_count - len(near))

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
        await self._host.submit([event])
        return event.at

    async def _judged(self, at: int) -> None:
        """Return when time has come past an instant for the judge. Raises Problem where it does not come."""
        deadline = asyncio.get_running_loop().time() + JUDGED_WITHIN
        while self._host.now_status().low <= at:
            if asyncio.get_running_loop().time() > deadline:
                words = f"their leaving was not judged within {JUDGED_WITHIN} s, so nothing is erased yet; ask again"
                raise retry(HTTPStatus.SERVICE_UNAVAILABLE, words, JUDGED_WITHIN)
            await asyncio.sleep(_LOOK)

    async def _forget_devices(self, reference: str, erased: Erased) -> int:
        devices, people = self._host.devices, self._host.people
        if devices is None or not erased.names:
            return 0
        told = people.people.values() if people else ()
        ringing = {each.addresses[PUSH] for each in told if PUSH in each.addresses}
        return await devices.forget((reference, *erased.names), ringing if people else None)


def _near_item(reference: str, act: Action | None) -> NearItem:
    if act is None:
        return NearItem(reference)
    return NearItem(reference, act.type, act.promise, moment(act.at))
