"""The intake: reads `events`, finds whose they are, publishes them to `facts`, and only then commits.

A crash between the two publishes the same events again, and their ids make that inert. One batch is read at a time, and
finished before partitions are let go. What is damaged is passed over record by record, each with a letter; what Kafka
deleted before it was read has a letter too.
Read next: `arrivals.py`, `routing.py`, and `intake_process.py`, which runs it.
"""

from __future__ import annotations

import asyncio
from operator import attrgetter
from time import perf_counter
from typing import TYPE_CHECKING, Any, Final

import msgspec
import structlog

from alerts.routing.actions import actions_of
from streams.ingest.wire import Reader
from streams.kafka.clients.log import (
    CommitFailedError,
    ConsumerRebalanceListener,
    IllegalStateError,
    KafkaError,
    acknowledged,
)
from streams.kafka.intake.arrivals import Arrivals
from streams.kafka.intake.routing import Routing
from streams.kafka.intake.stamps import Stamps
from streams.kafka.records.facts import Facts, FactsCodec, Late, Letter, PersonsAct
from streams.kafka.records.packing import bounded, facts_records

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from standards.compiler.spec import Loaded
    from streams.kafka.clients.log import Consumer, ConsumerRecord, Producer, TopicPartition
    from streams.kafka.records.topics import Names
    from streams.metrics.kafka import KafkaMetrics

POLL_MS: Final = 250
"""How long to wait for records before looking up, in milliseconds."""
MOST: Final = 40_000
"""How many records are taken at once."""
LONGEST_BATCH: Final = 10.0
"""How long a change of hands waits for the batch under way, in seconds; less than the group allows."""
_CORRUPT: Final = 2
"""Kafka's number for a record that is not what its checksum says."""

_AT: Final = attrgetter("at")

log = structlog.get_logger("kept")


class _BatchExtras(msgspec.Struct):
    """What a batch comes to beside facts: letters, records of `acts`, and how far it goes in each partition."""

    letters: list[Letter | Late] = []
    acts: list[bytes] = []
    newest: dict[int, int] = {}


class Intake(ConsumerRebalanceListener):  # type: ignore[misc]
    """Reads, routes and publishes, with the standards that were adopted last. `max_skew` is in microseconds.

    `fault` says why the batch under way takes so long; it is empty while all is well.
    """

    def __init__(self, names: Names, metrics: KafkaMetrics, *, clock: Callable[[], int], max_skew: int) -> None:
        self.names = names
        self.stamps = Stamps(clock, metrics.unstamped)
        self.newest: dict[int, int] = {}
        self.fault = ""
        self._metrics = metrics
        self._clock = clock
        self._max_skew = max_skew
        self._origins = 0
        self._next: dict[TopicPartition, int] = {}
        self._committed: dict[TopicPartition, int] = {}
        self._busy = asyncio.Lock()

    def adopt(self, loaded: Loaded, *, partitions: int, origins: int) -> None:
        """Go over to these standards: `partitions` of `facts`, `origins` of `events`. Call it between two batches."""
        rulebook = loaded.rulebook
        self._arrivals = Arrivals(Reader(rulebook.classes), stamps=self.stamps.of, max_skew=self._max_skew)
        self._routing = Routing(rulebook, partitions)
        self._codec = FactsCodec(rulebook.classes)
        self._origins = origins

    async def step(self, consumer: Consumer, producer: Producer) -> int:
        """Read one batch, publish it and commit; gives how many records there were.

        Raises KafkaError, and then nothing of the batch was committed: begin again with new clients.
        """
        try:
            for each in consumer.assignment():
                if each not in self._next:
                    await self._note_left(consumer, each, await consumer.position(each))
        except IllegalStateError:  # a partition went to another while its place was asked
            return 0
        try:
            found = await consumer.getmany(timeout_ms=POLL_MS, max_records=MOST)
        except Exception as error:  # each way of packing has errors of its own
            if not _is_damage(error):
                raise
            return await self._pass_damage(consumer, producer)
        async with self._busy:
            ends = {each: records[-1].offset + 1 for each, records in found.items()} or await self._places(consumer)
            firsts = {each: records[0].offset for each, records in found.items()} or ends
            deleted = await self._deleted(consumer, firsts)
            if found:
                await self._take(found, producer)
            await self._publish_letters(deleted, producer)
            await self._commit(consumer, ends)
        return sum(map(len, found.values()))

    async def on_partitions_revoked(self, revoked: Iterable[TopicPartition]) -> None:
        """Finish the batch under way before partitions change hands."""
        try:
            async with asyncio.timeout(LONGEST_BATCH), self._busy:
                self._forget()
        except TimeoutError:
            log.warning("partitions change hands before the batch was done; it will be published again")
        for each in revoked:
            self._metrics.gone(each.partition)

    async def on_partitions_assigned(self, assigned: Iterable[TopicPartition]) -> None:
        """Begin with partitions where their last owner left off."""
        self._forget()
        self._metrics.rebalanced()
        log.info("partitions of events", here=sorted(each.partition for each in assigned))

    def _forget(self) -> None:
        self.stamps.forget()
        self._next.clear()
        self._committed.clear()

    # --- one batch -------------------------------------------------------------------------------------------------

    async def _take(self, found: Mapping[TopicPartition, Sequence[ConsumerRecord]], producer: Producer) -> None:
        """Publish what some records came to; returns when all of it is safe."""
        began = perf_counter()
        beside = _BatchExtras()
        sent: list[asyncio.Future[Any]] = []
        for origin, records in found.items():
            for partition, raw in self._packed(origin.partition, records, beside):
                sent.append(await producer.send(self.names.facts, raw, partition=partition))
        await self._acknowledged(sent, self.names.facts)
        acts = [await producer.send(self.names.acts, raw, partition=0) for raw in beside.acts]
        await self._acknowledged(acts, self.names.acts)
        self.newest |= beside.newest  # not before: a batch that fails may come again in parts
        await self._publish_letters(beside.letters, producer)
        self._metrics.flushed(perf_counter() - began, sum(map(len, found.values())))

    def _packed(self, origin: int, records: Sequence[ConsumerRecord], beside: _BatchExtras) -> list[tuple[int, bytes]]:
        """Make the records of `facts` that a batch of one partition of `events` comes to, and note how far it goes."""
        wall, before = self._clock(), self.newest.get(origin, -1)
        refused: list[Letter] = []
        events = self._arrivals.read(records, refused)
        routed = self._routing.route(events, wall)
        newest = beside.newest[origin] = max(before, max(map(_AT, events), default=-1))
        beside.letters.extend([*refused, *routed.late])
        beside.acts.extend(msgspec.json.encode(PersonsAct(action)) for action in actions_of(events))
        self._metrics.read(self.names.events, len(records), len(events))
        self._metrics.unmatched(routed.unmatched)
        if newest >= 0:
            self._metrics.lag(origin, (wall - newest) / 1_000_000)
        whole = Facts[Any](wall=wall, origin=origin, origins=self._origins, newest=newest, hearings=routed.hearings)
        self._metrics.published(sum(map(len, routed.buckets)))
        return list(facts_records(whole, routed.buckets, before, self._codec.encode))

    async def _publish_letters(self, letters: Sequence[Letter | Late], producer: Producer) -> None:
        topic = self.names.dead_letters
        sent = [await producer.send(topic, raw) for raw in bounded(letters, msgspec.json.encode)]
        await self._acknowledged(sent, topic)
        for letter in letters:
            if isinstance(letter, Letter):
                self._metrics.refused(letter.reason)
            else:
                self._metrics.unused(letter.reason)

    async def _acknowledged(self, sent: Sequence[asyncio.Future[Any]], topic: str) -> None:
        def slow() -> None:
            if not self.fault:
                log.warning("Kafka does not acknowledge what is published", topic=topic)
            self.fault = f"Kafka has not acknowledged what was published to {topic}; it is tried again"

        try:
            await acknowledged(sent, slow)
        finally:
            self.fault = ""

    async def _places(self, consumer: Consumer) -> dict[TopicPartition, int]:
        """Say where each partition is read on; that passes marks of transactions, which no consumer is shown."""
        return {each: await consumer.position(each) for each in consumer.assignment() if each in self._next}

    async def _deleted(self, consumer: Consumer, places: Mapping[TopicPartition, int]) -> list[Letter]:
        """Give a letter for what Kafka deleted between where a partition was left and where it is read on."""
        for each, place in places.items():
            if each not in self._next:  # it came and was read at once
                await self._note_left(consumer, each, place)
        left = {each: self._next[each] for each in places.keys() & self._next.keys()}
        passed = [each for each, place in left.items() if places[each] > place]
        begins = await consumer.beginning_offsets(passed) if passed else {}
        return [
            self._unread(each, left[each], min(begins[each], places[each]) - 1)
            for each in passed
            if begins[each] > left[each]
        ]

    async def _note_left(self, consumer: Consumer, where: TopicPartition, place: int) -> None:
        """Note where a partition was left, whether or not that is still there; at `place`, if it was never read."""
        left = await consumer.committed(where)
        self._next[where] = place if left is None else left

    def _unread(self, where: TopicPartition, first: int, last: int) -> Letter:
        log.error("Kafka deleted records before they were read", partition=where.partition, first=first, last=last)
        words = (
            f"records {first} to {last} were deleted before they were read; have {where.topic} keep its records for "
            "longer than all intakes may stand still (retention.ms)"
        )
        return Letter(self._clock(), "deleted-unread", words, f"{where.topic}/{where.partition}/{first}#1")

    async def _commit(self, consumer: Consumer, places: Mapping[TopicPartition, int]) -> None:
        """Commit how far has been dealt with, where that is not committed yet."""
        offsets = {each: place for each, place in places.items() if place != self._committed.get(each)}
        if offsets:
            try:
                await consumer.commit(offsets)
            except (CommitFailedError, IllegalStateError):
                log.info("partitions changed hands; their last batch will be published again")
            else:
                self._next |= offsets
                self._committed |= offsets

    # --- damage ----------------------------------------------------------------------------------------------------

    async def _pass_damage(self, consumer: Consumer, producer: Producer) -> int:
        """Read each partition by itself from where it was left, record by record, and pass over what is damaged."""
        count = 0
        for each, place in list(self._next.items()):
            if each in consumer.assignment():
                consumer.seek(each, place)
        for each in list(self._next):
            if each in consumer.assignment():
                count += await self._pass_damage_in(each, consumer, producer)
        return count

    async def _pass_damage_in(self, where: TopicPartition, consumer: Consumer, producer: Producer) -> int:
        records: list[ConsumerRecord] = []
        letters: list[Letter | Late] = []
        place, passing = self._next[where], True
        while passing and len(records) < MOST:
            try:
                found = await consumer.getmany(where, timeout_ms=2 * POLL_MS, max_records=1)
            except Exception as error:
                if not _is_damage(error):
                    raise
                letters.append(self._damaged(where, place, error))
                place += 1
                consumer.seek(where, place)
                continue
            records += found.get(where, [])
            passing = bool(found) and not letters
            place = records[-1].offset + 1 if found else place
        async with self._busy:
            await self._take({where: records} if records else {}, producer)
            await self._publish_letters(letters, producer)
            await consumer.commit({where: place})
            self._next[where] = self._committed[where] = place
        return len(records)

    def _damaged(self, where: TopicPartition, place: int, error: Exception) -> Letter:
        log.error("a record is damaged and was passed over", partition=where.partition, offset=place, error=str(error))
        words = f"the record, or what it is packed with, is damaged: {error}"
        return Letter(self._clock(), "damaged-record", words, f"{where.topic}/{where.partition}/{place}#1")


def _is_damage(error: Exception) -> bool:
    """Say whether what was read is damaged, rather than that it could not be read now."""
    if isinstance(error, KafkaError):
        return getattr(error, "errno", 0) == _CORRUPT
    return not isinstance(error, OSError | TimeoutError)
