"""The stamps of records of `facts`, asked from the broker, by a consumer that reads nothing else.

Read next: `trail.py`.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Final

import structlog

from streams.kafka.clients.log import PATIENCE, KafkaError, TopicPartition, told

if TYPE_CHECKING:
    from streams.kafka.clients.log import Consumer

AGAIN_SECONDS: Final = 1.0
"""How long to wait before the broker is asked again, in seconds."""

log = structlog.get_logger("kept")


def stamp_of_millisecond(millisecond: int) -> int:
    """Give the instant at the end of a millisecond, in microseconds UTC: no record of it was appended later."""
    return millisecond * 1_000 + 999


class FactsStamps:
    """Asks for stamps, one after another; while Kafka does not answer, whoever asked waits."""

    def __init__(self, consumer: Consumer, topic: str) -> None:
        self._consumer = consumer
        self._topic = topic
        self._asking = asyncio.Lock()

    async def of(self, partition: int, offset: int) -> int | None:
        """Give the stamp of a record: -1 where there is none yet, None where it was deleted."""
        async with self._asking:
            while True:
                try:
                    async with asyncio.timeout(PATIENCE):
                        return await self._stamp(TopicPartition(self._topic, partition), offset)
                except (KafkaError, OSError, TimeoutError) as error:
                    log.warning("Kafka does not say which facts it has; it is asked again", reason=told(error))
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
