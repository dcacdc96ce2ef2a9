"""Events of `facts` that wait for the tick that covers them, so that all are judged in the order of their receipt.

The intakes publish one partition of `events` before another, and a tick says that nothing is missing any more that was
received up to its instant. What was received is taken then, in that order, whatever the order of the records.
Read next: `partition.py`.
"""

from __future__ import annotations

from operator import attrgetter
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from standards.judge.events import Event
    from streams.kafka.records.facts import Facts

_RECEIVED = attrgetter("received")


class Waiting:
    """The events that wait, by the record that they came in."""

    def __init__(self) -> None:
        self._records: list[tuple[int, list[Event]]] = []

    def __len__(self) -> int:
        return sum(len(events) for _, events in self._records)

    def add(self, offset: int, facts: Facts[Event], covered: int, *, known: bool) -> None:
        """Stamp a record's events, and let them wait. `covered` is the instant of the last tick: microseconds UTC.

        An event counts as received no earlier than the tick before it, and none happens after it was received. Of a
        record that is `known`, since it came before that tick, only those wait that the tick did not cover.
        """
        events = facts.events
        for event, received in zip(events, facts.received(), strict=True):
            event.received = received
        if known:
            events = [event for event in events if event.received > covered]
        for event in events:
            event.received = received = max(event.received, covered, 1)
            event.at = min(event.at, received)
        if events:
            self._records.append((offset, events))

    def due(self, covered: int) -> list[Event]:
        """Take what was received up to an instant, in the order of receipt."""
        taken: list[Event] = []
        left = []
        for offset, events in self._records:
            rest = [event for event in events if event.received > covered]
            taken += [event for event in events if event.received <= covered] if rest else events
            if rest:
                left.append((offset, rest))
        self._records = left
        taken.sort(key=_RECEIVED)
        return taken

    @property
    def since(self) -> int:
        """The first record of which something waits, or -1."""
        return self._records[0][0] if self._records else -1
