"""Sending people the link to their own page, each by the mail address that the policy has for them.

The link is made as its letter is written, and stored nowhere. Whoever has it sent never sees it.
Read next: `streams/board/mine.py`, the page; `streams/delivery/links.py`, the link.
"""

from __future__ import annotations

import asyncio
from http import HTTPStatus
from typing import TYPE_CHECKING, Final

from alerts.channels.invitation import invitation
from alerts.channels.mail import Mail
from alerts.words.later import later, later_many
from alerts.words.words import Words
from standards.errors import DeliveryError
from streams.web.actions import PROBLEMS, read_action
from streams.web.api.act_views import OwnPagesAnswer
from streams.web.forms import OwnPages as Asked
from streams.web.operation import Operation, json_answer
from streams.web.problem import Problem

if TYPE_CHECKING:
    from aiohttp import web

    from alerts.channels.letter import Envelope
    from alerts.policy.policy import Person
    from alerts.words.later import Later
    from streams.delivery.links import Links
    from streams.host import Host
    from streams.web.board.fields import Given

_BODY: Final = 1 << 12
_AT_ONCE: Final = 4
"""How many letters are handed over at a time."""
MOST_SAID: Final = 5
"""Of how many to whom none could be sent it is said why."""


class OwnPages:
    """Sends them, where there is a mail server, and names are kept apart; `usual` is the language of who has none."""

    def __init__(self, host: Host, links: Links | None, usual: str) -> None:
        self._host, self._links, self._usual = host, links, usual
        self._turns = asyncio.Semaphore(_AT_ONCE)

    def operations(self) -> list[Operation]:
        """Say what can be done."""
        told = "Send the people of the policy, or one of them, the link to their own page."
        return [Operation("POST", "/v1/persons/mine", told, self._answer, {HTTPStatus.OK: OwnPagesAnswer}, PROBLEMS,
                          body=Asked)]  # fmt: skip

    @property
    def can(self) -> bool:
        """Say whether there is a way to send any."""
        return self._mail() is not None

    async def take(self, given: Given, _: str) -> Later:
        """Send them as a form of the board asks, and say what came of it. Raises Problem."""
        answer = await self.send(given.get("to", ""))
        said = later_many(len(answer.sent), "The link went to {count} person.", "The link went to {count} people.")
        if not answer.missed:
            return said
        why = "; ".join(f"{name}: {why}" for name, why in list(answer.missed.items())[:MOST_SAID])
        return later("{said} Not sent: {why}.", said=said, why=why)

    async def send(self, person: str) -> OwnPagesAnswer:
        """Send one of the policy, or everybody with an address, their link. Raises Problem."""
        mail, people = self._mail(), self._host.people
        if mail is None or people is None:
            raise Problem(HTTPStatus.CONFLICT, later(
                "Kept can send nobody their own page: it needs a mail server, a public address, and a policy with "
                "people.",
            ))  # fmt: skip
        own = {name: it for name, it in people.people.items() if name not in people.teams and Mail.name in it.addresses}
        wanted = people.known_as(person) if person else ""
        if wanted and wanted not in own:
            raise Problem(HTTPStatus.NOT_FOUND, later("The policy has no mail address for {name}.", name=person))
        chosen = [own[wanted]] if wanted else list(own.values())
        results = dict(zip((it.name for it in chosen), await self._to(mail, chosen), strict=True))
        missed = {name: why for name, why in results.items() if why}
        return OwnPagesAnswer([name for name, why in results.items() if not why], missed)

    async def _to(self, mail: Mail, chosen: list[Person]) -> list[str]:
        return list(await asyncio.gather(*(self._one(mail, person) for person in chosen)))

    async def _one(self, mail: Mail, person: Person) -> str:
        """Send one; give why it could not be sent, or nothing."""
        assert self._links is not None  # noqa: S101 - `_mail` says so
        link, words = self._links.mine(person.name, self._host.wall()), Words(person.language or self._usual)

        def written(envelope: Envelope, now: int) -> bytes:
            return invitation(envelope, link, words, now)

        address = self._host.names.address(person.name, Mail.name) if self._host.names is not None else None
        if address is None:
            return "the policy has no mail address for them any more"
        async with self._turns:
            try:
                await mail.write(address, person.name, written)
            except DeliveryError as error:
                return str(error)
        return ""

    def _mail(self) -> Mail | None:
        found = self._host.channels.get(Mail.name)
        ready = self._links is not None and self._host.names is not None
        return found if ready and isinstance(found, Mail) else None

    async def _answer(self, request: web.Request) -> web.Response:
        given = await read_action(request, self._host, Asked, _BODY)
        return json_answer(await self.send(given.person or ""))
