"""How far the fastest of the senders' clocks was ahead lately: of each batch the intake notes the one that is most.

All sources by name are kept by one machine's host (`streams/runtime/source_clocks.py`); here nothing is stored, and a
batch is worth one look only.
Pure: no Kafka, no clock. Read next: `arrivals.py`, which tells it.
"""

from __future__ import annotations

from operator import attrgetter, sub
from typing import TYPE_CHECKING, Final

from streams.runtime.source_clocks import FAST, STRETCH

if TYPE_CHECKING:
    from collections.abc import Sequence

    from standards.judge.events import Event

HOUR: Final = 2 * STRETCH
_AT: Final = attrgetter("at")
_RECEIVED: Final = attrgetter("received")


class FastestClock:
    """The fastest of the senders' clocks, by half-hours. All instants and spans are in microseconds."""

    def __init__(self) -> None:
        self._fastest: dict[int, tuple[int, str]] = {}
        self._named: set[tuple[int, str]] = set()

    def hear_all(self, events: Sequence[Event]) -> None:
        """Note the one of these events that is most ahead of its stamp."""
        ahead = list(map(sub, map(_AT, events), map(_RECEIVED, events)))
        if ahead:
            event = events[ahead.index(max(ahead))]
            self.hear(event.source, event.at, event.received)

    def hear(self, source: str, claimed: int, received: int) -> None:
        """Note an event by the time that it claimed and its stamp, also where it was too far ahead to be taken."""
        since, ahead = received - received % STRETCH, claimed - received
        if since not in self._fastest:
            self._fastest = {at: it for at, it in self._fastest.items() if at > since - HOUR - STRETCH}
            self._named = {(at, name) for at, name in self._named if at in self._fastest}
        self._fastest[since] = max(self._fastest.get(since, (ahead, source)), (ahead, source))

    def ahead(self, now: int) -> int | None:
        """Give how far the fastest was ahead within the last hour; None: nothing was heard."""
        return max((ahead for at, (ahead, _) in self._fastest.items() if at > now - HOUR - STRETCH), default=None)

    def unnamed(self) -> tuple[str, int] | None:
        """Take the source that is fastest now, and by how much, if it is to be named: once in half an hour."""
        since = max(self._fastest, default=-1)
        ahead, source = self._fastest.get(since, (0, ""))
        if ahead < FAST or (since, source) in self._named:
            return None
        self._named.add((since, source))
        return source, ahead
