"""Where an event stands in a partition of `facts`, so that rows need not repeat what can be read again there.

A place is one number: that of the record, and within it that of the event. Only an event that is judged just as its
record has it has a place.
Read next: `streams/kafka/worker/waiting.py`, which gives them; `streams/kafka/worker/journal.py`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Container, Mapping

    from standards.judge.events import Event
    from streams.kafka.records.facts import FactsCodec

_BITS: Final = 20
"""A record has fewer events than this power of two: it has a few megabytes at most."""


def first_place(offset: int) -> int:
    """Give the place of the first event of a record."""
    return offset << _BITS


def offset_of(place: int) -> int:
    """Say which record a place is in."""
    return place >> _BITS


def events_at(places: Container[int], records: Mapping[int, bytes], codec: FactsCodec) -> dict[int, Event]:
    """Give the events at some places from their records, by offset. Raises StateError for other bytes."""
    found: dict[int, Event] = {}
    for offset, raw in records.items():
        first = first_place(offset)
        for place, event in enumerate(codec.decode(raw).events, first):
            event.place = place if event.place < 0 else first + event.place
            event.at = min(event.at, event.received)
            if event.place in places:
                found[event.place] = event
    return found
