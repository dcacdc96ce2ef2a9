"""The host of stories: pump and alerts in memory, and a store of nothing but bytes.

It judges and tells by the same parts as the embedded host. Before a host ends, what its steps say that they changed is
written down as bytes; the next one begins with those and nothing else, so that a story sees what is forgotten.
Read next: `playing.py`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

import msgspec

from alerts.policy.policy import Policy
from alerts.routing.actions import actions_of
from alerts.routing.stalls import Stall, stall_of
from standards.judge.ledger import Line, line
from streams.runtime.alert_pipeline import AlertPipeline
from streams.runtime.position import Position
from streams.runtime.pump import SETTLE, Pump
from streams.runtime.router_runtime import AlertResult, stored_case
from streams.storage.cases.case_store import Snapshots

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence
    from zoneinfo import ZoneInfo

    from standards.judge.case import Unused
    from standards.judge.events import Event
    from standards.judge.rulebook import Key
    from streams.documents.rules import Rules
    from streams.runtime.router_runtime import CaseName, Stored

Name = TypeVar("Name")

_encode = msgspec.json.encode


class Store(msgspec.Struct):
    """What a host leaves behind: bytes."""

    position: bytes = b""
    cases: dict[tuple[str, Key], bytes] = {}
    calls: dict[CaseName, bytes] = {}


class Stepped(msgspec.Struct):
    """What one step did."""

    lines: list[Line]
    alerts: AlertResult
    unused: list[Unused[Event]]


class StoryHost:
    """Judges and tells in memory. `zone` is the one in which times are told to who has none of their own.

    Of `channels`, those that lead to machines are told every promise; people have all that they need.
    """

    def __init__(self, rules: Rules, zone: ZoneInfo, store: Store, *, channels: Collection[str] = ()) -> None:
        """Begin with what is in the store: an empty one, or what another host left."""
        rulebook = rules.loaded.rulebook
        self.store = store
        self._snapshots = Snapshots(rulebook)
        position = msgspec.json.decode(store.position, type=Position) if store.position else None
        self.pump = Pump(rulebook, settle=SETTLE, position=position)
        self._since = self.pump.low
        self.pump.adopt([self._snapshots.decode(body) for body in store.cases.values()])
        cases = {(kind, name): stored_case(kind, body) for (kind, name), body in sorted(store.calls.items())}
        scenarios = rules.practice.scenarios if rules.practice is not None else {}
        self.alerts = AlertPipeline(
            Policy(rulebook.standards, zone, rules.people, scenarios=scenarios), cases, channels=channels
        )
        self._cases: dict[tuple[str, Key], None] = {}
        self._calls: dict[CaseName, Stored | None] = {}
        self._lists = any(group.listed for group in rulebook.groups.values())

    @property
    def wake(self) -> int:
        """When time alone changes something next, in microseconds UTC, or earlier."""
        return min(self.alerts.wake, self.pump.wake)

    def step(self, events: Sequence[Event], wall: int, *, stepped: int = 0) -> Stepped:
        """Judge events that came together, and tell; `wall` in microseconds UTC.

        The clock was set forward by `stepped` before, in microseconds.
        """
        if self._lists:
            self.pump.begin(wall)
            self._lists = False
        for event in events:
            event.received = wall
            event.at = min(event.at, wall)
        outcome = self.pump.push(events, now=wall)
        lines = [line(transition) for transition in outcome.transitions]
        low = self.pump.low
        stall = Stall(low - stepped, low, stepped=True) if stepped else stall_of(self._since, low)
        self._since = -1
        alerts = self.alerts.push(outcome.transitions, lines=lines, low=low, actions=actions_of(events), stall=stall)
        self._cases.update(dict.fromkeys(outcome.touched))
        self._calls.update(alerts.touched)
        return Stepped(lines, alerts, outcome.unused)

    def write_down(self) -> Store:
        """Give what is stored by now. It would be written at each step in earnest; nothing changes in between."""
        store = self.store
        for name in self._cases:
            case = self.pump.case(*name)
            _put(store.cases, name, None if case is None else self._snapshots.encode(case))
        for call, called_case in self._calls.items():
            _put(store.calls, call, None if called_case is None else _encode(called_case))
        store.position = _encode(self.pump.position())
        return store


def _put(found: dict[Name, bytes], name: Name, body: bytes | None) -> None:
    if body is None:
        found.pop(name, None)
    else:
        found[name] = body
