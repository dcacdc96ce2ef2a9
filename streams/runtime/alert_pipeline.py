"""Announcing: lines of the ledger go to the desk, and on to the people whom a policy names. The same in every host.

Knows: in which order the rooms are asked. Must not know: stores, clocks. Read next: `deskroom.py`, `router_runtime.py`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from alerts.routing.acts import act_of
from streams.runtime.router_runtime import Called

if TYPE_CHECKING:
    from collections.abc import Sequence

    from standards.judge.events import Event
    from standards.judge.ledger import Line
    from streams.runtime.deskroom import DeskRoom, Told
    from streams.runtime.router_runtime import RouterRuntime


class AlertPipeline:
    """The desk room and, where a policy names people, the call room, whose word counts then."""

    def __init__(self, desk: DeskRoom, calls: RouterRuntime | None) -> None:
        self.desk = desk
        self.calls = calls

    @property
    def wake(self) -> int:
        """When time alone changes something next, in microseconds UTC, or earlier."""
        desk = self.desk.wake
        return desk if self.calls is None else min(desk, self.calls.wake)

    def announce(self, events: Sequence[Event], lines: Sequence[Line], low: int) -> tuple[Told, Called]:
        """Decide on lines, and on the acts among some events; `low` is how far time has come, in microseconds UTC."""
        told = self.desk.push(lines, low)
        if self.calls is None:
            return told, Called()
        acts = [act for act in map(act_of, events) if act is not None]
        worth = [line for line in lines if told.reasons.get(line.id) == "told"]
        called = self.calls.push(worth, acts, low)
        told.notices = called.notices
        told.reasons.update(called.reasons)
        return told, called
