"""Events go to their topic: what `kept intake --http` and `kept serve` take in is published.

Events are published in batches, and none counts as taken in before the broker has it.
Read next: `outlet.py`, which publishes.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from hashlib import blake2b
from typing import TYPE_CHECKING, Final

import msgspec

from standards.practice.agreed import objection
from streams.ingest.wire import Reader, Refusal, encode
from streams.kafka.clients.log import Message
from streams.kafka.records.facts import WORDS, Letter
from streams.kafka.records.packing import bounded
from streams.names.door import Door
from streams.names.references import ERASED
from streams.storage.status import Backlog, Committed, Status
from streams.storage.store_writer import RAW_KEPT

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from standards.compiler.spec import Loaded
    from standards.judge.events import Event
    from standards.judge.rulebook import Rulebook
    from standards.practice.practice import Practice
    from streams.kafka.clients.outlet import Outlet
    from streams.names.names import Names as PersonNames

RECORD_BYTES: Final = 200_000
"""How long a record may be, in bytes, before another one is begun."""
BATCH: Final = (("content-type", b"application/cloudevents-batch+json"),)


class KafkaEventSink:
    """Takes events in for one process. `name` tells this process's letters from those of all others.

    `backlog` is how many events may be without the broker's word at a time. Where `names` keep who people are apart,
    what is refused names nobody; events are published as they were sent.
    """

    def __init__(self, loaded: Loaded, outlet: Outlet, *, clock: Callable[[], int], backlog: int, name: str) -> None:
        self.rulebook: Rulebook = loaded.rulebook
        self.reader = Reader(loaded.rulebook.classes)
        self.wall = clock
        self._outlet = outlet
        self._names = outlet.names
        self._backlog = backlog
        self._name = name
        self.names: PersonNames | None = None
        self._door: Door | None = None
        self._letters = 0
        self._turn = 0
        self.practice: Practice | None = None
        self.problems: list[str] = []
        self._listeners: list[Callable[[Committed], None]] = []
        self._refusal_listeners: list[Callable[[Committed], None]] = []

    def room(self) -> bool:
        """Say whether more events are taken now."""
        return self._outlet.waiting < self._backlog

    def listen_refusals(self, listener: Callable[[Committed], None]) -> None:
        """Have a function called with what was refused here, if anything, after each time that something was taken in.

        It does not hear of what an intake refuses of the topic of events.
        """
        self._refusal_listeners.append(listener)

    def now_status(self) -> Status:
        """Say how this process is."""
        revisions = ",".join(sorted(standard.revision for standard in self.rulebook.current.values()))
        return Status(
            ready=not self._outlet.fault,
            reason=self._outlet.fault,
            waiting=self._outlet.waiting,
            revision=blake2b(revisions.encode(), digest_size=6).hexdigest(),
            problems=list(self.problems),
            retired=len(self.rulebook.standards) - len(self.rulebook.current),
        )

    async def submit(self, events: Sequence[Event], refusals: Sequence[Refusal] = ()) -> Mapping[int, Refusal]:
        """Take events and refusals in; returns when the broker has them. Gives what was refused, by its place.

        What speaks against an event only once it is known who somebody is, an intake finds out later.

        Raises Backlog: nothing was kept. Raises StateError: send the same again, what was kept is not taken twice.
        """
        if not self.room():
            raise Backlog(self._outlet.waiting)
        against = self._against(events)
        events, refusals = [it for at, it in enumerate(events) if at not in against], [*refusals, *against.values()]
        kept = await self._kept(refusals) if refusals else ()
        await self._outlet.publish([*await self._messages(events), *self._dead(kept)])
        refused = Committed(refused=Counter(it.reason for it in refusals))
        for listener in self._refusal_listeners:
            listener(refused)
        return against

    def _against(self, events: Sequence[Event]) -> dict[int, Refusal]:
        """Hold events against what is agreed on, before anybody else hears of them."""
        if self.practice is None:
            return {}
        found = ((at, event, objection(event, self.practice, ERASED)) for at, event in enumerate(events))
        return {at: Refusal(0, why.reason, why.found, encode(event)) for at, event, why in found if why is not None}

    def door(self) -> Door | None:
        """Give the door of the rulebook in force, where names are kept apart."""
        if self.names is not None and (self._door is None or self._door.rulebook is not self.rulebook):
            self._door = Door(self.rulebook, self.names)
        return self._door

    async def _kept(self, refusals: Sequence[Refusal]) -> Sequence[Refusal]:
        """Give what is kept of refusals, with references in the place of names."""
        door = self.door()
        return refusals if door is None else await asyncio.to_thread(lambda: [door.kept_of(it) for it in refusals])

    async def _messages(self, events: Sequence[Event]) -> list[Message]:
        """Make records of events; those of one call go to one partition, in their order."""
        if not events:
            return []
        self._turn += 1
        partition = self._turn % await self._outlet.partitions(self._names.events)
        return [
            Message(self._names.events, partition, b"[%s]" % b",".join(raws), None, BATCH, len(raws))
            for raws in _parts(map(encode, events))
        ]

    def _dead(self, refusals: Sequence[Refusal]) -> Iterator[Message]:
        received = self.wall()
        self._letters += 1
        origin = f"{self._name}/{self._letters}"
        letters = [
            Letter(received, it.reason, it.message[:WORDS], f"{origin}#{number}", it.raw[:RAW_KEPT])
            for number, it in enumerate(refusals, 1)
        ]
        for raw in bounded(letters, msgspec.json.encode):
            yield Message(self._names.dead_letters, None, raw)


def _parts(raws: Iterable[bytes]) -> Iterator[list[bytes]]:
    """Divide events so that no part is much larger than a record may be."""
    part: list[bytes] = []
    room = RECORD_BYTES
    for raw in raws:
        if part and room < len(raw):
            yield part
            part, room = [], RECORD_BYTES
        part.append(raw)
        room -= len(raw)
    if part:
        yield part
