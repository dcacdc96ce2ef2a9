"""The entrance: records of `events` read, names in them made references, and held against what is agreed on.

Nobody behind it sees a name. All partitions are let in at once: whoever is new in a batch is claimed by one publishing.
Read next: `arrivals.py`, `streams/names/door.py`, `streams/ingest/agreement.py`.
"""

from __future__ import annotations

import asyncio
from collections import defaultdict, deque
from typing import TYPE_CHECKING

import msgspec

from streams.ingest.agreement import gone
from streams.ingest.wire import Refusal
from streams.kafka.intake.arrivals import letter_of
from streams.kafka.records.facts import WORDS

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from standards.judge.case import Unused
    from standards.judge.events import Event
    from streams.ingest.agreement import Agreement
    from streams.kafka.clients.log import ConsumerRecord, TopicPartition
    from streams.kafka.intake.arrivals import Arrivals
    from streams.kafka.records.facts import Letter
    from streams.names.door import Door

    Found = Mapping[TopicPartition, Sequence[ConsumerRecord]]
    Read = dict[TopicPartition, Sequence[Event]]


class Entrance:
    """Lets events in. Without a `door` names stay where they are, as in a story."""

    def __init__(self, arrivals: Arrivals, door: Door | None, agreement: Agreement) -> None:
        self._arrivals, self._door, self._agreement = arrivals, door, agreement

    async def let_in(self, found: Found, letters: list[Letter]) -> tuple[Read, list[Unused[Event]]]:
        """Read records by their partitions; what is refused of them is added to `letters`, with nobody's name.

        Gives what is let in, and of it what was to excuse something and did not. Raises StateError where nobody can
        say who somebody is.
        """
        refused: list[Letter] = []
        read: Read = {origin: self._arrivals.read(records, refused) for origin, records in found.items()}
        if self._door is not None:
            read = await self._referred(self._door, read, found, refused)
        read, unused = self._agreed(read, found, refused)
        if self._door is not None and refused:  # which may claim references too
            refused = await asyncio.to_thread(_without_names, refused, self._door)
        letters += refused
        return read, unused

    def _agreed(self, read: Read, found: Found, letters: list[Letter]) -> tuple[Read, list[Unused[Event]]]:
        taken: Read = {}
        unused: list[Unused[Event]] = []
        for origin, events in read.items():
            refusals: list[Refusal] = []
            taken[origin], idle = self._agreement.held(events, refusals)
            unused += idle
            if refusals:
                why = _why(events, taken[origin], refusals)
                letters += self._refused([event for event in events if id(event) in why], why, found[origin])
        return taken, unused

    async def _referred(self, door: Door, read: Read, found: Found, letters: list[Letter]) -> Read:
        together = [event for events in read.values() for event in events]
        refusals: list[Refusal] = []
        inside = await asyncio.to_thread(door.let_in, together, refusals)
        if not refusals:
            return read
        why = _why(together, inside, refusals)
        for origin, events in read.items():
            letters += self._refused([event for event in events if id(event) in why], why, found[origin])
        return {origin: [event for event in events if id(event) not in why] for origin, events in read.items()}

    def _refused(
        self, events: Iterable[Event], why: Mapping[int, Refusal], records: Sequence[ConsumerRecord]
    ) -> Iterable[Letter]:
        """Make letters of events that were refused: where each stood is looked up, as it hardly ever happens."""
        gone: defaultdict[tuple[str, str], deque[Event]] = defaultdict(deque)
        for event in events:
            gone[event.source, event.id].append(event)
        for each, record, place in self._arrivals.places(records) if gone else ():
            if again := gone.get((each.source, each.id)):
                event = again.popleft()
                yield letter_of(record, why[id(event)], place, event.received)


def _why(events: Iterable[Event], inside: Iterable[Event], refusals: Iterable[Refusal]) -> dict[int, Refusal]:
    """Say why each event was refused, by its object's id: the refusals come in the order of the events."""
    return {id(event): refusal for event, refusal in gone(events, inside, refusals)}


def _without_names(letters: Iterable[Letter], door: Door) -> list[Letter]:
    found = []
    for each in letters:
        kept = door.kept_of(Refusal(0, each.reason, each.message, each.raw)) if each.raw else each
        found.append(msgspec.structs.replace(each, message=kept.message[:WORDS], raw=kept.raw))
    return found
