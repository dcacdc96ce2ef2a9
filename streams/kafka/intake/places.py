"""Places: where each partition of `events` is read on, and what of it Kafka deleted before anybody read it.

Read next: `intake.py`, which reads; `commits.py` for what is noted beside an offset.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple, Protocol

import structlog

from streams.kafka.clients.log import CommitFailedError, IllegalStateError
from streams.kafka.intake.commits import Done, note

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from streams.kafka.clients.log import Consumer, TopicPartition

log = structlog.get_logger("kept")


class ReadsCommits(Protocol):
    """What says how far each partition of `events` is in `facts`."""

    async def read(self) -> Mapping[int, Done]:
        """Say so. Raises KafkaError."""


class Deleted(NamedTuple):
    """Records of a partition that were deleted before they were read: their first and last offset."""

    where: TopicPartition
    first: int
    last: int


class Places:
    """How far the partitions are that are read here: `done`, by partition, with the offset to be read next."""

    def __init__(self, commits: ReadsCommits) -> None:
        self.done: dict[TopicPartition, Done] = {}
        self._commits = commits
        self._committed: dict[TopicPartition, int] = {}

    def forget(self) -> None:
        """Forget all: partitions change hands."""
        self.done.clear()
        self._committed.clear()

    async def begin(self, consumer: Consumer, new: Iterable[TopicPartition]) -> None:
        """Note where partitions were left, whether or not that is still there; or where they begin."""
        missing = [each for each in new if each not in self.done]
        left = await self._commits.read() if missing else {}
        for each in missing:
            place = await consumer.position(each)
            self.done[each] = left.get(each.partition, Done(place))

    async def now(self, consumer: Consumer) -> dict[TopicPartition, int]:
        """Say where each partition is read on; that passes marks of transactions, which no consumer is shown."""
        return {each: await consumer.position(each) for each in consumer.assignment() if each in self.done}

    async def deleted(self, consumer: Consumer, firsts: Mapping[TopicPartition, int]) -> list[Deleted]:
        """Say what is gone between where partitions were left and where they are read on."""
        await self.begin(consumer, firsts)  # one may have come and been read at once
        passed = [each for each, place in firsts.items() if place > self.done[each].offset]
        begins = await consumer.beginning_offsets(passed) if passed else {}
        return [
            Deleted(each, self.done[each].offset, min(begins[each], firsts[each]) - 1)
            for each in passed
            if begins[each] > self.done[each].offset
        ]

    def read(self, where: TopicPartition, received: int, newest: int) -> None:
        """Note the latest stamp and event time that are in `facts`; what is later already stays."""
        done = self.done.get(where, Done(-1))
        self.done[where] = done._replace(received=max(done.received, received), newest=max(done.newest, newest))

    async def commit(self, consumer: Consumer, places: Mapping[TopicPartition, int]) -> None:
        """Commit how far has been dealt with, where that is not committed yet."""
        new = {each: place for each, place in places.items() if place != self._committed.get(each)}
        reached = {each: self.done.get(each, Done(-1))._replace(offset=place) for each, place in new.items()}
        if reached:
            try:
                await consumer.commit({each: (done.offset, note(done)) for each, done in reached.items()})
            except (CommitFailedError, IllegalStateError):
                log.info("partitions changed hands; their last batch will be published again")
            else:
                self.done |= reached
                self._committed |= new
