"""The host of stories: pump, desk room and call room in memory, and a store of nothing but bytes.

It judges and tells as the embedded host does, by the same parts. Whatever a step changed is written down as bytes; a
host that is begun on them has nothing else, so what a restart forgets, a story sees.
Knows: one step. Must not know: stories, the order of time in them. Read next: `playing.py`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

import msgspec

from alerts.desk import DeskCase, Policy
from standards.ledger import Line, line
from standards.promise import NEVER
from streams.announcing import Announcer
from streams.callroom import Called, CallRoom, stored_case
from streams.deskroom import DeskRoom, Told
from streams.pump import Position, Pump
from streams.store import Snapshots

if TYPE_CHECKING:
    from collections.abc import Sequence
    from zoneinfo import ZoneInfo

    from standards.case import Unused
    from standards.events import Event
    from standards.rulebook import Key
    from streams.callroom import CaseName
    from streams.deskroom import DeskKey
    from streams.engine import Rules

Name = TypeVar("Name")

_encode = msgspec.json.encode


class Store(msgspec.Struct):
    """What a host leaves behind: bytes."""

    position: bytes = b""
    cases: dict[tuple[str, Key], bytes] = {}
    desk: dict[DeskKey, bytes] = {}
    calls: dict[CaseName, bytes] = {}


class Stepped(msgspec.Struct):
    """What one step did."""

    lines: list[Line]
    told: Told
    called: Called
    unused: list[Unused[Event]]
    duplicates: int


class StoryHost:
    """Judges and tells in memory. `zone` is the one in which times are told to who has none of their own."""

    def __init__(self, rules: Rules, zone: ZoneInfo, store: Store) -> None:
        """Begin with what is in the store: an empty one, or what another host left."""
        rulebook = rules.loaded.rulebook
        self.store = store
        self._snapshots = Snapshots(rulebook)
        position = msgspec.json.decode(store.position, type=Position) if store.position else None
        self.pump = Pump(rulebook, position=position)
        self.pump.adopt([self._snapshots.decode(body) for body in store.cases.values()])
        policy = Policy(rulebook.standards, zone, rules.people)
        cases = {(kind, name): stored_case(kind, body) for (kind, name), body in sorted(store.calls.items())}
        calls = None if rules.people is None else CallRoom(policy, rules.people, cases)
        desk = DeskRoom(policy, [msgspec.json.decode(body, type=DeskCase) for body in store.desk.values()])
        self.announcer = Announcer(desk, calls)
        self._lists = any(group.listed for group in rulebook.groups.values())

    @property
    def wake(self) -> int:
        """When time alone changes something next, in microseconds UTC, or earlier."""
        return min([self.announcer.wake, *(shelf.wake for shelf in self.pump.shelves.values())], default=NEVER)

    def step(self, events: Sequence[Event], wall: int) -> Stepped:
        """Judge events that came together, tell, and write down what changed; `wall` in microseconds UTC."""
        if self._lists:
            self.pump.begin(wall)
            self._lists = False
        outcome = self.pump.push(events, wall=wall)
        lines = [line(transition) for transition in outcome.transitions]
        told, called = self.announcer.announce(events, lines, self.pump.low)
        store = self.store
        for name in outcome.touched:
            _put(store.cases, name, None if (case := self.pump.case(*name)) is None else self._snapshots.encode(case))
        for key, desk_case in told.touched.items():
            _put(store.desk, key, None if desk_case is None else _encode(desk_case))
        for call, called_case in called.touched.items():
            _put(store.calls, call, None if called_case is None else _encode(called_case))
        store.position = _encode(self.pump.position())
        return Stepped(lines, told, called, outcome.unused, outcome.duplicates)


def _put(found: dict[Name, bytes], name: Name, body: bytes | None) -> None:
    if body is None:
        found.pop(name, None)
    else:
        found[name] = body
