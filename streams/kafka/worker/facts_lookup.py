"""Records of `facts`, looked up by their offsets, by a consumer that reads nothing else.

So a worker knows whether the topic is the one that was read before, and gets what cases are judged again by.
Read next: `trail.py`, `row_log.py`.
"""

from __future__ import annotations

import asyncio
from bisect import bisect_left
from typing import TYPE_CHECKING, Final, TypeVar

import structlog

from streams.kafka.clients.log import PATIENCE, KafkaError, TopicPartition, told

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Sequence

    from streams.kafka.clients.log import Consumer

AGAIN_SECONDS: Final = 1.0
"""How long to wait before the broker is asked again, in seconds."""
FAR: Final = 1_000
"""What is further away than so many records is not read on to, but looked up."""

T = TypeVar("T")

log = structlog.get_logger("kept")


def stamp_of_millisecond(millisecond: int) -> int:
    """Give the instant at the end of a millisecond, in microseconds UTC: no record of it was appended later."""
    return millisecond * 1_000 + 999


class FactsLookup:
    """Looks up one thing after another; while Kafka does not answer, whoever asked waits."""

    def __init__(self, consumer: Consumer, topic: str) -> None:
        self._consumer = consumer
        self._topic = topic
        self._asking = asyncio.Lock()

    async def stamp_of(self, partition: int, offset: int) -> int | None:
        """Give the stamp of a record: -1 where there is none yet, None where it was deleted."""
        where = TopicPartition(self._topic, partition)

        async def ask() -> int | None:
            async with asyncio.timeout(PATIENCE):
                return await self._stamp(where, offset)

        return await self._answer(ask)

    async def records(self, partition: int, offsets: Sequence[int]) -> dict[int, bytes]:
        """Give those of some records, whose offsets are in order, that are there."""
        return await self._answer(lambda: self._records(TopicPartition(self._topic, partition), offsets))

    async def _answer(self, ask: Callable[[], Awaitable[T]]) -> T:
        async with self._asking:
            while True:
                try:
                    return await ask()
                except (KafkaError, OSError, TimeoutError) as error:
                    log.warning("Kafka does not say which facts it has; it is asked again", why=told(error))
                await asyncio.sleep(AGAIN_SECONDS)

    async def _stamp(self, where: TopicPartition, offset: int) -> int | None:
        consumer = self._consumer
        consumer.assign([where])
        if offset < (await consumer.beginning_offsets([where]))[where]:
            return None
        if offset >= (await consumer.end_offsets([where]))[where]:
            return -1
        consumer.seek(where, offset)
        record = await consumer.getone(where)
        return stamp_of_millisecond(record.timestamp) if record.offset == offset else -1

    async def _records(self, where: TopicPartition, offsets: Sequence[int]) -> dict[int, bytes]:
        consumer, found = self._consumer, dict[int, bytes]()
        consumer.assign([where])
        async with asyncio.timeout(PATIENCE):
            begins, ends = await consumer.beginning_offsets([where]), await consumer.end_offsets([where])
        missing = [offset for offset in offsets if begins[where] <= offset < ends[where]]
        wanted, place = set(missing), -FAR
        while missing:
            if missing[0] >= place + FAR:
                consumer.seek(where, missing[0])
            async with asyncio.timeout(PATIENCE):
                records = (await consumer.getmany(where, timeout_ms=round(PATIENCE * 500))).get(where, [])
            if not records:
                raise TimeoutError
            found |= {record.offset: record.value for record in records if record.offset in wanted}
            place = records[-1].offset + 1
            missing = missing[bisect_left(missing, place) :]
        return found
