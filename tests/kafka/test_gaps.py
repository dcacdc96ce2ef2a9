"""What is fetched, fails or changes hands at the wrong moment leaves nothing out: the promises of worker and intake."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import msgspec
import pytest

from streams.kafka.clients.edge import wall
from streams.kafka.clients.log import KafkaError, Message, TopicPartition
from streams.kafka.intake.commits import Done, noted
from streams.kafka.intake.intake import Intake, Terms
from streams.kafka.records.facts import Facts, Revision
from streams.kafka.records.topics import Names
from streams.kafka.rulebooks.revisions import RulebookCache
from streams.kafka.worker.partition import Setting
from streams.kafka.worker.worker import Worker, WorkerDeps
from streams.metrics.kafka import KafkaMetrics
from tests.kafka.chain import NAMES, Chain, given_standards
from tests.streams.asking import waiting
from tests.streams.hosting import NO_WAIT, SECOND, T0

TICK = msgspec.msgpack.encode(Facts[Any](wall=T0, lows=[T0]))


def chain_of() -> Chain:
    return Chain([given_standards(NO_WAIT)], partitions=1, draw=random.Random(1), crashes=0)


async def test_a_record_that_is_ahead_is_not_taken() -> None:
    """Where records before it were left out, a record changes nothing, and it is said which one has to come."""
    worker = chain_of().worker
    assert await worker.take(0, 3, TICK) == 0
    assert (worker.waiting, worker.partitions[0].offset) == (0, -1)
    assert [await worker.take(0, offset, TICK) for offset in (0, 1)] == [1, 2]
    assert await worker.flush() == {0: 1}
    assert await worker.take(0, 1, TICK) == 2
    worker.pass_over(0, 5)
    assert await worker.take(0, 5, TICK) == 6


async def test_a_partition_that_went_away_meanwhile_is_not_taken_up() -> None:
    """Partitions that change hands while one is being brought back are not judged here any more."""
    chain = chain_of()

    async def lose() -> None:
        await worker.drop()

    known: dict[str, Revision] = {}
    ways = WorkerDeps(chain.topics.publish, chain.disk, KafkaMetrics("worker"), lambda: None, chain.topics)
    worker = Worker(NAMES, Setting(1), RulebookCache(chain.shops[0], known, lose), ways)
    assert await worker.take(0, 0, TICK) == 1
    assert (worker.partitions, worker.waiting) == ({}, 0)


class Record(NamedTuple):
    value: bytes
    offset: int
    timestamp: int = T0 // 1_000
    timestamp_type: int = 1
    topic: str = "events"
    partition: int = 0
    headers: tuple[tuple[str, bytes], ...] = ()


class Consumer:
    """Has some batches to give of one partition, and begins again where it is told to."""

    def __init__(self, batches: Sequence[list[Record]]) -> None:
        self.batches = list(batches)
        self.where = TopicPartition("events", 0)
        self.done: list[Done] = []

    def assignment(self) -> set[TopicPartition]:
        return {self.where}

    async def position(self, where: TopicPartition) -> int:
        return 0

    async def getmany(self, **_: object) -> Mapping[TopicPartition, list[Record]]:
        return {self.where: self.batches.pop(0)}

    async def commit(self, offsets: Mapping[TopicPartition, tuple[int, str]]) -> None:
        """Note what is committed."""
        self.done.append(noted(*offsets[self.where]))


class Commits:
    """Nothing was committed."""

    async def read(self) -> dict[int, Done]:
        return {}


class Producer:
    """Takes what is sent to it when it does not fail."""

    def __init__(self) -> None:
        self.taken: list[bytes] = []
        self.fails = True

    async def send(self, topic: str, raw: bytes, *, partition: int) -> Any:  # noqa: ANN401 - a future, as the client's
        async def acknowledged() -> None:
            if self.fails:
                raise KafkaError
            self.taken.append(raw)

        return acknowledged()


async def test_a_batch_that_was_not_published_is_not_noted() -> None:
    """When it comes again in parts, each commit notes how far that part goes: time by events goes by these notes."""
    loaded = given_standards(NO_WAIT).load(())
    records = [Record(msgspec.json.encode(waiting(f"e{place}", T0 + place * 60 * SECOND)), place) for place in range(4)]
    consumer, producer = Consumer([records, records[:2], records[2:]]), Producer()
    intake = Intake(Names(""), KafkaMetrics("intake"), Commits(), Terms(2 * SECOND, 300 * SECOND), clock=wall)
    intake.adopt(loaded, partitions=1)
    with pytest.raises(KafkaError):
        await intake.step(consumer, producer)
    producer.fails = False
    assert [await intake.step(consumer, producer) for _ in range(2)] == [2, 2]
    assert [(done.offset, done.newest) for done in consumer.done] == [(2, T0 + 60 * SECOND), (4, T0 + 180 * SECOND)]


class SlowLog:
    """A log that takes what is published when it is let, as one does whose broker was away."""

    def __init__(self) -> None:
        self.topics: list[str] = []
        self.asked, self.there = asyncio.Event(), asyncio.Event()

    async def publish(self, messages: Sequence[Message]) -> list[int]:
        self.asked.set()
        await self.there.wait()
        self.topics += [message.topic for message in messages]
        return list(range(len(messages)))


async def test_what_was_published_too_late_is_not_remembered() -> None:
    """Where partitions changed hands while a flush waited for the broker, it may not write over another's state."""
    chain, slow = chain_of(), SlowLog()
    ways = WorkerDeps(slow.publish, chain.disk, KafkaMetrics("worker"), lambda: None, chain.topics)
    worker = Worker(NAMES, Setting(1), chain.bench, ways)
    await worker.take(0, 0, TICK)
    flushing = asyncio.create_task(worker.flush())
    await slow.asked.wait()
    dropping = asyncio.create_task(worker.drop())
    await asyncio.wait([dropping], timeout=0.05)  # it waits for the flush, and is known of
    assert not dropping.done()
    slow.there.set()
    assert await flushing == {}
    await dropping
    assert (slow.topics, chain.disk.of, worker.partitions) == ([], {}, {})
