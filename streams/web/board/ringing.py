"""The devices that ring, over HTTP: a device is switched on by whoever signed in on it, if the policy can tell them.

A browser gives the address that pushes go to, so it is held against the list of push services before it is kept. What
is answered names no address: a device goes by a name that is made of it. Read next: `streams/board/push.js`, which
asks; `streams/storage/devices.py`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

from aiohttp import web

from alerts.channels.push import Device
from alerts.words.later import Later, RefusedError, later
from alerts.words.words import phrase
from standards.natural import name_key, same
from streams.board.devices import Phones, Ringing
from streams.names.policy import push_names
from streams.storage.devices import device_id
from streams.web.actions import UNPROCESSABLE
from streams.web.board.fields import by_script, needed, read_form
from streams.web.guard import ROLE, SESSION, see_other
from streams.web.problem import Problem
from streams.web.session import may

if TYPE_CHECKING:
    from alerts.policy.policy import People
    from streams.storage.devices import DeviceBook
    from streams.web.board.board import Board

KEY: Final = phrase("Say with which key this device is reached; then it can be done.")
NOBODY: Final = later("There is no policy that says who is told, so no phone can ring.")
NAMELESS: Final = later(
    "Kept does not know your name yet: it asks for it with the first thing that you do here. Then switch this on."
)


class Rings:
    """Answers what devices ask, and what is switched on and off."""

    def __init__(self, board: Board, devices: DeviceBook) -> None:
        self._board = board
        self._devices = devices

    def routes(self) -> list[web.RouteDef]:
        """Give the routes."""
        return [
            web.get("/acts/ring", self._state), web.post("/acts/ring", self._on), web.post("/acts/ring-off", self._off),
        ]  # fmt: skip

    async def _state(self, request: web.Request) -> web.Response:
        """Say how a device stands: whether it rings, for whom, and what keeps it from that."""
        name = _name(request)
        known = request.query.get("device", "")[:100]
        device, silent = self._devices.get(known), self._devices.silent(known)
        mine = device is not None and same(device.whose, name)
        why = why_not(self._board.host.people, name)
        if why is None and silent is not None and not same(silent.whose, name):
            why = later(
                "It was switched on for {name}, and for another key than this server has. “{button}” has it ring for "
                "you.",
                name=silent.whose, button=later("Ring this phone"),
            )  # fmt: skip
        return web.json_response({
            "key": self._devices.public,
            "why": why.said(self._board.words(request)) if why is not None else "",
            "on": mine,
            "whose": device.whose if device is not None else "",
            "trouble": self._devices.trouble([device]) if device is not None and mine else "",
        })  # fmt: skip

    async def _on(self, request: web.Request) -> web.Response:
        given = await read_form(request, self._board)
        name = _name(request)
        if why := why_not(self._board.host.people, name):
            raise Problem(UNPROCESSABLE, why)
        endpoint = needed(given, "endpoint", phrase("Say where this device is reached; then it can be done."))
        keys = needed(given, "p256dh", KEY), needed(given, "auth", KEY)
        device = Device(device_id(endpoint), name, endpoint, *keys, self._devices.public, self._board.host.wall())
        former = given.get("former", "")
        try:
            await self._devices.add(device, instead=device_id(former) if former else "")
        except RefusedError as error:
            raise Problem(UNPROCESSABLE, error.why) from None
        return web.Response(status=204)

    async def _off(self, request: web.Request) -> web.Response:
        """Switch a device off: this one, which knows its address, or one of one's own by its name."""
        given = await read_form(request, self._board)
        endpoint = given.get("endpoint", "")
        name = device_id(endpoint) if endpoint else given.get("device", "")
        device = self._devices.get(name) or self._devices.silent(name)
        if device is not None:
            if not (endpoint or same(device.whose, _name(request)) or may(request[ROLE], "admin")):
                raise Problem(UNPROCESSABLE, whose(device.whose))
            await self._devices.remove(device)
        return web.Response(status=204) if by_script(request) else see_other("/people#phones")

    def phones(self, request: web.Request) -> list[Phones]:
        """Say of everybody with an address for push which devices they have, for the page of people."""
        people, name = self._board.host.people, _name(request)
        found = []
        for whose in sorted(set(push_names(people)), key=name_key):
            mine = same(whose, name) or may(request[ROLE], "admin")
            rows = [
                Ringing(each.id, urlsplit(each.endpoint).hostname or "", each.since, self._devices.trouble([each]))
                for each in self._devices.of(whose)
            ]
            rows += [
                Ringing(each.id, urlsplit(each.endpoint).hostname or "", each.since, "", other_key=True)
                for each in self._devices.silent_of(whose)
            ]
            dropped = self._devices.dropped(whose)
            lost = (dropped.at, dropped.reason) if dropped is not None else None
            found.append(Phones(whose, rows, lost, switchable=mine))
        return found


def whose(name: str) -> Later:
    """Say to whom it is left to switch a device off."""
    return later("This device rings for {name}; they can switch it off, or an admin.", name=name)


def why_not(people: People | None, name: str) -> Later | None:
    """Say why no device of somebody can ring; nothing where one can."""
    if people is None:
        return NOBODY
    if not name:
        return NAMELESS
    if any(same(name, each) for each in push_names(people)):
        return None
    return later(
        "The policy tells nobody by push who signs in as {name}. Ask whoever writes it for an address: {fix}.",
        name=name, fix=f"{{addresses: {{push: {name}}}}}",
    )  # fmt: skip


def _name(request: web.Request) -> str:
    session = request.get(SESSION)
    return session.name if session is not None else ""
