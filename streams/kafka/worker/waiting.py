"""Events of `facts` that wait for the tick that lets them be judged, so that all are judged in the order of receipt.

The intakes publish one partition of `events` before another, and a tick says that nothing is missing any more that was
received up to its instant. What was received by then is taken, in that order, whatever the order of the records; but
what happened after the time that the tick brings waits on here, as no case could judge it yet.
Read next: `partition.py`.
"""

from __future__ import annotations

from operator import attrgetter
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from standards.judge.events import Event
    from streams.kafka.records.facts import Facts

_RECEIVED = attrgetter("received")
_AT = attrgetter("at")


class _Record(NamedTuple):
    """What waits of a record. `covered` is the tick before it, `span` when the first and the last event happened."""

    offset: int
    covered: int
    span: tuple[int, int]
    events: list[Event]


class Waiting:
    """The events that wait, by the record that they came in. All instants are microseconds UTC."""

    def __init__(self) -> None:
        self._records: list[_Record] = []

    def __len__(self) -> int:
        return sum(len(record.events) for record in self._records)

    def add(self, offset: int, facts: Facts[Event], covered: int, first: int) -> None:
        """Stamp a record's events, and let them wait; `covered` is what the tick before it covered.

        An event counts as received no earlier than that, and none happens after it was received. One that keeps the
        stamp of its record has a place, counted from `first`. This loop runs for every event there is.
        """
        events, before, wall = facts.events, max(covered, 1), facts.wall
        for place, event in enumerate(events, first):
            received = event.received
            if received >= before:
                event.place = place if event.place < 0 else first + event.place
            else:
                stamp = received or wall  # events that an earlier version published have none
                event.received = received = stamp if stamp > before else before  # noqa: FURB136 - a call would be dearer
                event.place = -1
            if event.at > received:  # noqa: PLR1730 - the same
                event.at = received
        self._records.append(_Record(offset, covered, _span(events), events))

    def due(self, covered: int, low: int) -> list[Event]:
        """Take what was received up to `covered` and happened up to `low`, in the order of receipt."""
        taken: list[Event] = []
        left = []
        for record in self._records:
            rest = record.events
            if record.span[1] <= low and max(map(_RECEIVED, rest)) <= covered:
                taken += rest
                continue
            if record.span[0] <= low:
                rest = [event for event in record.events if event.received > covered or event.at > low]
                if len(rest) < len(record.events):
                    taken += [event for event in record.events if event.received <= covered and event.at <= low]
            if rest:
                left.append(record if rest is record.events else record._replace(span=_span(rest), events=rest))
        self._records = left
        taken.sort(key=_RECEIVED)
        return taken

    def first(self, until: int) -> tuple[int, int]:
        """Give the first record up to an offset of which something waits, and the tick before it; or -1 and -1."""
        record = self._records[0] if self._records else None
        return (-1, -1) if record is None or record.offset > until else (record.offset, record.covered)


def _span(events: list[Event]) -> tuple[int, int]:
    return min(map(_AT, events)), max(map(_AT, events))
