"""Hears the workers while they work: how far each partition has come, how long each was silent, when a line comes.

Knows: topics. Must not know: processes, what the lines should be. Read next: `killing.py`.
"""

from __future__ import annotations

import asyncio

import msgspec

from streams.kafka.clients.connection import KafkaSettings
from streams.kafka.clients.log import ConsumerRecord, KafkaError, TopicPartition, consuming
from streams.kafka.records.facts import Progress
from tests.kafka.fleet import pause


class Listener:
    """What was heard so far. `longest` is the longest time, in seconds, that any partition was without a word."""

    def __init__(self, kafka: KafkaSettings) -> None:
        self.progress: dict[int, Progress] = {}
        self.longest = 0.0
        self._kafka = kafka
        self._heard: dict[int, float] = {}
        self._line: asyncio.Future[int] | None = None

    async def run(self) -> None:
        """Listen, for ever."""
        names = self._kafka.names
        there = [TopicPartition(names.ledger, number) for number in range(self._kafka.partitions)]
        async with consuming(self._kafka) as consumer:
            consumer.assign([*there, TopicPartition(names.progress, 0)])
            while True:
                try:
                    found = await consumer.getmany(timeout_ms=200)
                except KafkaError:
                    await pause(0.2)
                    continue
                for place, records in found.items():
                    if place.topic == names.ledger:
                        self._hear_lines(place.partition)
                    else:
                        self._hear_words(records)

    async def next_line(self, patience: float) -> int:
        """Give the partition in which the next line is published, at once when it is; -1 when none comes in time."""
        self._line = asyncio.get_running_loop().create_future()
        try:
            async with asyncio.timeout(patience):
                return await self._line
        except TimeoutError:
            return -1

    def low(self, strata: int) -> int:
        """Give the instant that all strata of all partitions have come to; -1 where one has said nothing."""
        said = self.progress.values()
        if len(said) < self._kafka.partitions or any(len(each.lows) < strata for each in said):
            return -1
        return min(low for each in said for low in each.lows)

    def _hear_lines(self, partition: int) -> None:
        if self._line is not None and not self._line.done():
            self._line.set_result(partition)

    def _hear_words(self, records: list[ConsumerRecord]) -> None:
        for record in records:
            progress = msgspec.json.decode(record.value, type=Progress)
            at = record.timestamp / 1_000
            self.longest = max(self.longest, at - self._heard.get(progress.partition, at))
            self._heard[progress.partition] = at
            self.progress[progress.partition] = progress
