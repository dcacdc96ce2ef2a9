"""The entrance: records of `events` read, and names in them made references, before anything is routed or published.

Nobody behind it sees a name. All partitions are let in at once: whoever is new in a batch is claimed by one publishing.
Read next: `arrivals.py`, `streams/names/door.py`.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import msgspec

from streams.ingest.wire import Refusal
from streams.kafka.intake.arrivals import letter_of
from streams.kafka.records.facts import WORDS

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from standards.judge.events import Event
    from streams.kafka.clients.log import ConsumerRecord, TopicPartition
    from streams.kafka.intake.arrivals import Arrivals
    from streams.kafka.records.facts import Letter
    from streams.names.door import Door

    Found = Mapping[TopicPartition, Sequence[ConsumerRecord]]


class Entrance:
    """Lets events in. Without a `door` names stay where they are, as in a story."""

    def __init__(self, arrivals: Arrivals, door: Door | None) -> None:
        self._arrivals, self._door = arrivals, door

    async def let_in(self, found: Found, letters: list[Letter]) -> dict[TopicPartition, list[Event]]:
        """Read records by their partitions; what is refused of them is added to `letters`, with nobody's name.

        Raises StateError where nobody can say who somebody is.
        """
        refused: list[Letter] = []
        read = {origin: self._arrivals.read(records, refused) for origin, records in found.items()}
        if self._door is not None:
            read = await self._referred(self._door, read, found, refused)
        if self._door is not None and refused:  # which may claim references too
            refused = await asyncio.to_thread(_without_names, refused, self._door)
        letters += refused
        return read

    async def _referred(
        self, door: Door, read: dict[TopicPartition, list[Event]], found: Found, letters: list[Letter]
    ) -> dict[TopicPartition, list[Event]]:
        together = [event for events in read.values() for event in events]
        refusals: list[Refusal] = []
        inside = await asyncio.to_thread(door.let_in, together, refusals)
        if not refusals:
            return read
        kept = set(map(id, inside))
        why = dict(zip((id(event) for event in together if id(event) not in kept), refusals, strict=True))
        for origin, events in read.items():
            letters += self._strangers([event for event in events if id(event) in why], why, found[origin])
        return {origin: [event for event in events if id(event) in kept] for origin, events in read.items()}

    def _strangers(
        self, events: Iterable[Event], why: Mapping[int, Refusal], records: Sequence[ConsumerRecord]
    ) -> Iterable[Letter]:
        """Make letters of events that the door refused: where each stood is looked up, as it hardly ever happens."""
        gone = {(event.source, event.id): event for event in events}
        for each, record, place in self._arrivals.places(records) if gone else ():
            if (event := gone.pop((each.source, each.id), None)) is not None:
                yield letter_of(record, why[id(event)], place, event.received)


def _without_names(letters: Iterable[Letter], door: Door) -> list[Letter]:
    found = []
    for each in letters:
        kept = door.kept_of(Refusal(0, each.reason, each.message, each.raw)) if each.raw else each
        found.append(msgspec.structs.replace(each, message=kept.message[:WORDS], raw=kept.raw))
    return found
