"""Following the topics into the read model: what is read is folded, batch after batch, and listeners hear what was new.

In no group: every `kept serve` reads everything, from where its own database ends. An empty database is therefore
filled from the topics, and one that was deleted comes again.
Read next: `projection.py`.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Final

import structlog

from standards.errors import StateError
from streams.kafka.clients.log import KafkaError, TopicPartition, told
from streams.kafka.records.unpacking import READ, Record

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Container, Mapping

    from streams.kafka.clients.log import Consumer
    from streams.kafka.records.facts import Progress
    from streams.kafka.records.topics import Names
    from streams.kafka.serve.projection import Projection
    from streams.storage.status import Committed

    Places = Mapping[TopicPartition, int]
    FoldIn = Callable[[list[Record], int], Awaitable[Committed]]

POLL_MS: Final = 200
"""How long the broker is waited for when there is nothing new, in milliseconds."""
CALM_SECONDS: Final = 5.0
"""How long no partition may fail before all count as read again, in seconds: those that can be read go on meanwhile."""
LONGEST_PAUSE: Final = 30.0
"""The longest pause between two tries while the store takes nothing, in seconds; it doubles up to here."""

log = structlog.get_logger("kept")


class ProjectionConsumer:
    """Follows the topics for one process. `fold_in` folds records, at an instant by the wall clock, in its own thread.

    `fault` says why what is shown is not up to date; it is empty while all is well.
    """

    def __init__(
        self, consumer: Consumer, names: Names, fold: Projection, *, clock: Callable[[], int], fold_in: FoldIn
    ) -> None:
        self._state = "it is reading what there was before its start"
        self._unread = ""
        self.partitions = 0
        self._consumer = consumer
        self._fold = fold
        self._clock = clock
        self._fold_in = fold_in
        self._names = {names.prefix + topic: topic for topic in READ}
        self._ledger = names.ledger
        self._wanted: dict[TopicPartition, int] = {}
        self._reached = asyncio.Condition()
        self._listeners: list[Callable[[Committed], None]] = []

    @property
    def fault(self) -> str:
        """Why what is shown is not up to date."""
        return self._unread or self._state

    @property
    def progress(self) -> Mapping[int, Progress]:
        """How far the worker of each partition has come, by its last word."""
        return self._fold.progress

    def listen(self, listener: Callable[[Committed], None]) -> None:
        """Have a function called, on the event loop, with what each transaction stored, after it is durable."""
        self._listeners.append(listener)

    async def begin(self, count: Callable[[str], Awaitable[int]]) -> None:
        """Go to where the database ends; `count` says how many partitions a topic has.

        Raises StateError for a missing topic, or a database of another Kafka.
        """
        there = [TopicPartition(topic, number) for topic in self._names for number in range(await count(topic))]
        self.partitions = sum(each.topic == self._ledger for each in there)
        stored = self._fold.offsets()
        self._consumer.assign(there)
        first, ends = await self._consumer.beginning_offsets(there), await self._consumer.end_offsets(there)
        for (topic, partition), following in stored.items():
            end = ends.get(TopicPartition(topic, partition), -1)
            if following > end:
                raise StateError(
                    f"the database has read {topic}/{partition} up to {following}, and it ends at {end}: it is another "
                    "Kafka, or the topic was made anew; move the database away, and it is made again from the topics"
                )
        for each in there:
            self._consumer.seek(each, max(stored.get((each.topic, each.partition), 0), first[each]))
        self._wanted = {each: end for each, end in ends.items() if end > first[each]}

    async def run(self) -> None:
        """Fold what comes, for ever."""
        loop, failed = asyncio.get_running_loop(), 0.0
        while True:
            try:
                found = await self._consumer.getmany(timeout_ms=POLL_MS)
            except KafkaError as error:
                if not self._unread:
                    log.warning("the topics cannot be read", why=told(error))
                self._unread = f"the topics cannot be read: {told(error)}"
                failed = loop.time()
                await asyncio.sleep(1)
                continue
            if self._unread and loop.time() - failed > CALM_SECONDS:
                self._unread = ""
            records = [
                Record(self._names[it.topic], it.topic, it.partition, it.offset, it.timestamp * 1_000, it.value, it.key)
                for batch in found.values()
                for it in batch
            ]
            if records:
                self._tell(await self._folded(records))
            await self._note_reached()

    def followed(self, topics: Container[str]) -> list[TopicPartition]:
        """Give the partitions of topics that are followed."""
        return [it for it in self._consumer.assignment() if it.topic in topics]

    async def until(self, places: Places) -> None:
        """Return when everything before these places was folded."""
        async with self._reached:
            for each, end in places.items():
                self._wanted[each] = max(end, self._wanted.get(each, 0))
            await self._reached.wait_for(lambda: not self._wanted.keys() & places.keys())

    async def _folded(self, records: list[Record]) -> Committed:
        """Store records, however often it takes; the state says so meanwhile."""
        before, pause = self._state, 1.0
        while True:
            try:
                stored = await self._fold_in(records, self._clock())
            except Exception as error:
                self._state = str(error) if isinstance(error, StateError) else f"a defect in Kept: {error!r}"
                defect = not isinstance(error, StateError)
                log.error("batch not folded", why=self._state, exc_info=defect)  # noqa: TRY400 - a defect's only
                await asyncio.sleep(pause)
                pause = min(LONGEST_PAUSE, pause * 2)
            else:
                self._state = before
                return stored

    async def _note_reached(self) -> None:
        """Strike out the places that were reached. All that was read was folded: this comes between two reads."""
        if not self._wanted:
            return
        for each, end in list(self._wanted.items()):
            if await self._consumer.position(each) >= end:
                del self._wanted[each]
        async with self._reached:
            self._reached.notify_all()

    async def caught_up(self) -> None:
        """Return when all was folded that was there at the start, and say that what is shown is up to date."""
        await self.until(dict(self._wanted))
        self._state = ""

    def _tell(self, stored: Committed) -> None:
        for listener in self._listeners:
            try:
                listener(stored)
            except Exception:  # whoever looks on must not stop the work
                log.exception("a listener failed")
