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
from alerts.words.words import ENGLISH, Words
from standards.errors import DeliveryError
from streams.web.actions import PROBLEMS, read_action
from streams.web.api.act_views import OwnPagesAnswer
from streams.web.forms import OwnPages as Asked
from streams.web.operation import Operation, json_answer
from streams.web.problem import Problem

if TYPE_CHECKING:
    from aiohttp import web

    from alerts.channels.letter import Envelope
    from alerts.policy.policy import People, Person
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

    def reached(self) -> tuple[str, ...]:
        """Name those to whom it can be sent: none, where there is no way to send any."""
        people = self._host.people
        if people is None or self._mail() is None:
            return ()
        return tuple(each.name for each in _persons(people) if Mail.name in each.addresses)

    async def take(self, given: Given, _: str) -> Later:
        """Send them as a form of the board asks, and say what came of it. Raises Problem."""
        sent, missed = await self.send(given.get("to", ""))
        said = later_many(len(sent), "The link went to {count} person.", "The link went to {count} people.")
        for name, why in list(missed.items())[:MOST_SAID]:
            said = later("{said} Not sent to {name}: {why}.", said=said, name=name, why=why)
        left = len(missed) - MOST_SAID
        return (
            later_many(left, "{said} Nor to {count} more.", "{said} Nor to {count} more.", said=said)
            if left > 0
            else said
        )

    async def send(self, person: str) -> tuple[list[str], dict[str, Later]]:
        """Send one of the policy, or everybody, their link; give to whom it went, and why not to others.

        Raises Problem, also for one whose mail address the policy does not have.
        """
        mail, people = self._mail(), self._host.people
        if mail is None or people is None:
            raise Problem(HTTPStatus.CONFLICT, later(
                "Kept can send nobody their own page: it needs a mail server, a public address, and a policy with "
                "people.",
            ))  # fmt: skip
        wanted = people.known_as(person) if person else ""
        if wanted and wanted not in self.reached():
            raise Problem(HTTPStatus.NOT_FOUND, later("The policy has no mail address for {name}.", name=person))
        chosen = [people.people[wanted]] if wanted else _persons(people)
        results = await asyncio.gather(*(self._one(mail, each) for each in chosen))
        missed = {it.name: why for it, why in zip(chosen, results, strict=True) if why is not None}
        return [it.name for it in chosen if it.name not in missed], missed

    async def _one(self, mail: Mail, person: Person) -> Later | None:
        """Send one; give why it could not be sent, or nothing."""
        if Mail.name not in person.addresses:
            return later("the policy has no mail address for them")
        assert self._links is not None  # noqa: S101 - `_mail` says so
        link, words = self._links.mine(person.name, self._host.wall()), Words(person.language or self._usual)

        def written(envelope: Envelope, now: int) -> bytes:
            return invitation(envelope, link, words, now)

        address = self._host.names.address(person.name, Mail.name) if self._host.names is not None else None
        if address is None:
            return later("the policy has no mail address for them")
        async with self._turns:
            try:
                await mail.write(address, person.name, written)
            except DeliveryError as error:
                return later("their letter was not taken ({said})", said=str(error))
        return None

    def _mail(self) -> Mail | None:
        found = self._host.channels.get(Mail.name)
        ready = self._links is not None and self._host.names is not None
        return found if ready and isinstance(found, Mail) else None

    async def _answer(self, request: web.Request) -> web.Response:
        given = await read_action(request, self._host, Asked, _BODY)
        sent, missed = await self.send(given.person or "")
        return json_answer(OwnPagesAnswer(sent, {name: why.said(ENGLISH) for name, why in missed.items()}))


def _persons(people: People) -> list[Person]:
    """Give the people of the policy in its order, without the rooms of teams."""
    return [each for name, each in people.people.items() if name not in people.teams]
