"""The intake: reads `events`, finds whose they are, publishes them to `facts`, and only then commits.

A crash between the two publishes the same events again, and their ids make that inert. One batch is read at a time, and
finished before partitions are let go. What is damaged is passed over record by record, each with a letter. What Kafka
deleted before it was read has a letter too, and all partitions of `facts` are told between which stamps it is missing.
Read next: `arrivals.py`, `routing.py`, and `intake_process.py`, which runs it.
"""

from __future__ import annotations

import asyncio
from operator import attrgetter
from time import perf_counter
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import msgspec
import structlog

from alerts.routing.actions import actions_of
from standards.calendar.duration import SECOND
from streams.ingest.agreement import Agreement
from streams.ingest.wire import Reader
from streams.kafka.clients.log import ConsumerRebalanceListener, IllegalStateError, acknowledged
from streams.kafka.intake.arrivals import Arrivals
from streams.kafka.intake.damage import damaged, is_damage, unread
from streams.kafka.intake.entrance import Entrance
from streams.kafka.intake.fastest_clock import FastestClock
from streams.kafka.intake.places import Places
from streams.kafka.intake.routing import Routing
from streams.kafka.intake.stamps import Stamps
from streams.kafka.records.facts import Facts, FactsCodec, Late, Letter, PersonsAct
from streams.kafka.records.packing import bounded, facts_records
from streams.live.refusal_log import RefusalLog
from streams.names.door import Door
from streams.names.references import ERASED
from streams.runtime.pump import LATENESS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from standards.compiler.spec import Loaded
    from standards.judge.events import Event
    from standards.practice.practice import Practice
    from streams.documents.rules import Practices
    from streams.kafka.clients.log import Consumer, ConsumerRecord, Producer, TopicPartition
    from streams.kafka.intake.places import ReadsCommits
    from streams.kafka.persons.shared_names import SharedNames
    from streams.kafka.records.topics import Names
    from streams.metrics.kafka import KafkaMetrics

POLL_MS: Final = 250
"""How long to wait for records before looking up, in milliseconds."""
MOST: Final = 40_000
"""How many records are taken at once."""
LONGEST_BATCH: Final = 10.0
"""How long a change of hands waits for the batch under way, in seconds; less than the group allows."""

_AT: Final = attrgetter("at")
_RECEIVED: Final = attrgetter("received")

log = structlog.get_logger("kept")


class Terms(NamedTuple):
    """How to take events in, in microseconds: see the settings of the same names. `by_events`: those move time.

    `names` keep who people are apart; without them names stay where they are, as in a story. `practices` read people's
    practice.
    """

    grace: int
    max_skew: int
    lateness: int = LATENESS
    by_events: bool = False
    names: SharedNames | None = None
    practices: Practices | None = None


class _BatchExtras(msgspec.Struct):
    """What a batch comes to beside facts: letters, records of `acts`, and how far each partition comes.

    `reached` are the latest stamps and event times, in microseconds UTC.
    """

    refused: list[Letter] = []
    late: list[Late] = []
    acts: list[bytes] = []
    reached: dict[TopicPartition, tuple[int, int]] = {}


class Intake(ConsumerRebalanceListener):  # type: ignore[misc]
    """Reads, routes and publishes, with the standards that were adopted last.

    `fault` says why the batch under way takes so long; it is empty while all is well.
    """

    def __init__(
        self, names: Names, metrics: KafkaMetrics, commits: ReadsCommits, terms: Terms, *, clock: Callable[[], int]
    ) -> None:
        self.names = names
        self.stamps = Stamps(clock, metrics.unstamped)
        self.fault = ""
        self._metrics = metrics
        self._clock = clock
        self._terms = terms
        self._clocks = FastestClock()
        metrics.source_clocks(lambda: self._clocks.ahead(clock()))
        self._places = Places(commits)
        self._refusals = RefusalLog()
        self._busy = asyncio.Lock()

    @property
    def newest(self) -> int:
        """Give the latest event time that is in `facts`, of the partitions here: microseconds UTC, or -1."""
        return max((done.newest for done in self._places.done.values()), default=-1)

    def adopt(self, loaded: Loaded, *, partitions: int, practice: Practice | None = None) -> None:
        """Go over to these documents, and so many `partitions` of `facts`. Call it between two batches."""
        rulebook, terms = loaded.rulebook, self._terms
        reader = Reader(rulebook.classes)
        self._arrivals = Arrivals(
            reader, stamps=self.stamps.of, max_skew=terms.max_skew, by_events=terms.by_events,
            clocks=self._clocks,
        )  # fmt: skip
        self._routing = Routing(rulebook, partitions)
        self._codec = FactsCodec(rulebook.classes)
        door = None if terms.names is None else Door(rulebook, terms.names)
        self._entrance = Entrance(self._arrivals, door, Agreement(practice, reader, nobody=ERASED))

    async def step(self, consumer: Consumer, producer: Producer) -> int:
        """Read one batch, publish it and commit; gives how many records there were.

        Raises KafkaError, and then nothing of the batch was committed: begin again with new clients.
        """
        try:
            await self._places.begin(consumer, consumer.assignment())
        except IllegalStateError:  # a partition went to another while its place was asked
            return 0
        try:
            found = await consumer.getmany(timeout_ms=POLL_MS, max_records=MOST)
        except Exception as error:  # each way of packing has errors of its own
            if not is_damage(error):
                raise
            return await self._pass_damage(consumer, producer)
        async with self._busy:
            ends = {each: records[-1].offset + 1 for each, records in found.items()} or await self._places.now(consumer)
            firsts = {each: records[0].offset for each, records in found.items()} or ends
            deleted = await self._places.deleted(consumer, firsts)
            await self._tell_gaps([(each.where, found.get(each.where, ())) for each in deleted], producer)
            if found:
                await self._take(found, producer)
            await self._publish_letters([unread(each, self._clock()) for each in deleted], producer)
            await self._places.commit(consumer, ends)
            self._refusals.say(asyncio.get_running_loop().time())
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
        self._places.forget()

    async def _take(self, found: Mapping[TopicPartition, Sequence[ConsumerRecord]], producer: Producer) -> None:
        """Publish what some records came to; returns when all of it is safe."""
        began = perf_counter()
        beside = _BatchExtras()
        sent: list[asyncio.Future[Any]] = []
        inside, unused = await self._entrance.let_in(found, beside.refused)
        beside.late += [Late.of(each.event, each.reason, self._clock()) for each in unused]
        for origin, events in inside.items():
            for partition, raw in self._packed(origin, len(found[origin]), events, beside):
                sent.append(await producer.send(self.names.facts, raw, partition=partition))
        await self._acknowledged(sent, self.names.facts)
        acts = [await producer.send(self.names.acts, raw, partition=0) for raw in beside.acts]
        await self._acknowledged(acts, self.names.acts)
        for origin, reached in beside.reached.items():  # not before: a batch that fails may come again in parts
            self._places.read(origin, *reached)
        await self._publish_letters([*beside.refused, *beside.late], producer)
        self._metrics.flushed(perf_counter() - began, sum(map(len, found.values())))

    def _packed(
        self, origin: TopicPartition, count: int, events: Sequence[Event], beside: _BatchExtras
    ) -> list[tuple[int, bytes]]:
        """Make the records of `facts` that a batch of one partition of `events` comes to, and note how far it goes."""
        wall = self._clock()
        self._name_fast_clock()
        routed = self._routing.route(events, wall)
        newest = max(map(_AT, events), default=-1)
        beside.reached[origin] = max(map(_RECEIVED, events), default=-1), newest
        beside.late.extend(routed.late)
        beside.acts.extend(msgspec.json.encode(PersonsAct(action)) for action in actions_of(events))
        self._metrics.read(self.names.events, count, len(events))
        self._metrics.unmatched(routed.unmatched)
        self._metrics.published(sum(map(len, routed.buckets)))
        if newest >= 0:
            self._metrics.lag(origin.partition, (wall - newest) / SECOND)
        whole = Facts[Any](wall=wall, hearings=routed.hearings)
        return list(facts_records(whole, routed.buckets, self._codec.encode))

    def _name_fast_clock(self) -> None:
        """Say whose clock it is that the metric tells of: a source's name is never a label."""
        if fast := self._clocks.unnamed():
            source, ahead = fast
            log.warning("a sender's clock is fast; have it set by a time server", source=source, seconds=ahead / SECOND)

    async def _tell_gaps(
        self, deleted: Iterable[tuple[TopicPartition, Sequence[ConsumerRecord]]], producer: Producer
    ) -> None:
        """Tell all partitions of `facts` between which stamps facts are missing: any of them may miss one."""
        sent: list[asyncio.Future[Any]] = []
        for where, after in deleted:
            first = max(0, self._places.done[where].received)
            gap = [first, max(first, self._received(after[:1]))]
            raw = self._codec.encode(Facts(wall=self._clock(), gap=gap))
            everywhere = range(self._routing.partitions)
            sent += [await producer.send(self.names.facts, raw, partition=each) for each in everywhere]
        await self._acknowledged(sent, self.names.facts)

    def _received(self, records: Sequence[ConsumerRecord]) -> int:
        """Say when a record was received; now, if there is none."""
        events = self._arrivals.read(records, []) if self._terms.by_events else []
        return next((event.received for event in events), next(iter(self.stamps.of(records)), self._clock()))

    async def _publish_letters(self, letters: Sequence[Letter | Late], producer: Producer) -> None:
        topic = self.names.dead_letters
        sent = [await producer.send(topic, raw) for raw in bounded(letters, msgspec.json.encode)]
        await self._acknowledged(sent, topic)
        for letter in letters:
            if isinstance(letter, Letter):
                self._metrics.refused(letter.reason)
                self._refusals.add({letter.reason: 1})
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

    # --- damage ----------------------------------------------------------------------------------------------------

    async def _pass_damage(self, consumer: Consumer, producer: Producer) -> int:
        """Read each partition by itself from where it was left, record by record, and pass over what is damaged."""
        count = 0
        here = [each for each in self._places.done if each in consumer.assignment()]
        for each in here:
            consumer.seek(each, self._places.done[each].offset)
        for each in here:
            if each in consumer.assignment():
                count += await self._pass_damage_in(each, consumer, producer)
        return count

    async def _pass_damage_in(self, where: TopicPartition, consumer: Consumer, producer: Producer) -> int:
        records: list[ConsumerRecord] = []
        letters: list[Letter | Late] = []
        place, passing = self._places.done[where].offset, True
        while passing and len(records) < MOST:
            try:
                found = await consumer.getmany(where, timeout_ms=2 * POLL_MS, max_records=1)
            except Exception as error:
                if not is_damage(error):
                    raise
                letters.append(damaged(where, place, error, self._clock()))
                place += 1
                consumer.seek(where, place)
                continue
            records += found.get(where, [])
            passing = bool(found) and not letters
            place = records[-1].offset + 1 if found else place
        async with self._busy:
            await self._take({where: records} if records else {}, producer)
            await self._publish_letters(letters, producer)
            await self._places.commit(consumer, {where: place})
        return len(records)
