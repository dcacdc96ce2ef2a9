"""Kafka in memory: topics as lists, with stamps, transactions, deletion and outages; and clients that use them.

It does what the intake relies on, with the client's own names and answers, and a clock that the test moves.
Knows: what a broker promises. Must not know: what Kept makes of it. Read next: `test_time.py`, which is held to it.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from streams.kafka.clients.log import KafkaError, TopicPartition
from streams.kafka.intake.commits import Done, noted
from streams.kafka.intake.stamps import LOG_APPEND_TIME
from tests.streams.hosting import Clock

MS = 1_000


class Record(NamedTuple):
    """A record, as a consumer gets it. `timestamp` is in milliseconds."""

    topic: str
    partition: int
    offset: int
    timestamp: int
    value: bytes
    timestamp_type: int = LOG_APPEND_TIME
    headers: tuple[tuple[str, bytes], ...] = ()


class Offset(NamedTuple):
    """As `offsets_for_times` answers."""

    offset: int
    timestamp: int


class Memory:
    """A broker. Its clock is `ahead` of the test's, in microseconds; while it is `away` nobody is answered."""

    def __init__(self, clock: Clock, *, events: int, facts: int, ahead: int = 0) -> None:
        self.clock = clock
        self.ahead = ahead
        self.away = False
        self.logs: dict[str, list[list[Record]]] = {"events": [[] for _ in range(events)]}
        self.logs["facts"] = [[] for _ in range(facts)]
        self.logs |= {"acts": [[]], "dead-letters": [[]]}
        self.begins: dict[TopicPartition, int] = {}
        self.open: dict[TopicPartition, int] = {}
        self.committed: dict[TopicPartition, tuple[int, str]] = {}

    def append(self, topic: str, partition: int, value: bytes) -> Record:
        """Append a record, stamped with the broker's clock."""
        self.answer()
        log = self.logs[topic][partition]
        log.append(Record(topic, partition, len(log), (self.clock.at + self.ahead) // MS, value))
        return log[-1]

    def answer(self) -> None:
        """Raise KafkaError while it is away."""
        if self.away:
            raise KafkaError("it is away")

    def end(self, where: TopicPartition) -> int:
        """Give the end of what can be read: what comes after a transaction that is open, cannot."""
        return self.open.get(where, len(self.logs[where.topic][where.partition]))

    def hold(self, partition: int) -> None:
        """Have a sender begin a transaction in a partition of `events`."""
        where = TopicPartition("events", partition)
        self.open.setdefault(where, self.end(where))

    def release(self, partition: int) -> None:
        """Have it committed."""
        self.open.pop(TopicPartition("events", partition), None)

    def cut(self, partition: int, offset: int) -> None:
        """Lose the last records of `events`, as when a leader is elected that has them not."""
        del self.logs["events"][partition][offset:]

    def delete_before(self, partition: int, offset: int) -> None:
        """Delete the oldest records of `events`, as time would."""
        self.begins[TopicPartition("events", partition)] = offset


class Commits:
    """Reads what was committed."""

    def __init__(self, memory: Memory) -> None:
        self._memory = memory

    async def read(self) -> dict[int, Done]:
        """Say how far each partition of `events` is."""
        self._memory.answer()
        return {where.partition: noted(*each) for where, each in self._memory.committed.items()}


class Consumer:
    """A member of the intakes' group that has some partitions of `events`, and reads `most` records at once."""

    def __init__(self, memory: Memory, partitions: Iterable[int], *, most: int = 10_000) -> None:
        self.mine = {TopicPartition("events", each) for each in partitions}
        self.fails_to_commit = False
        self._memory = memory
        self._most = most
        self._places = {each: memory.committed.get(each, (memory.begins.get(each, 0), ""))[0] for each in self.mine}

    def assignment(self) -> set[TopicPartition]:
        """Give its partitions."""
        return self.mine

    async def position(self, where: TopicPartition) -> int:
        """Say what comes next; what is deleted does not come."""
        self._memory.answer()
        place, first = self._places[where], self._memory.begins.get(where, 0)
        there = first <= place <= len(self._memory.logs[where.topic][where.partition])
        return place if there else first

    async def committed(self, where: TopicPartition) -> int | None:
        """Say what the group has committed."""
        self._memory.answer()
        return self._memory.committed[where][0] if where in self._memory.committed else None

    async def getmany(self, **_: object) -> Mapping[TopicPartition, list[Record]]:
        """Give what can be read."""
        self._memory.answer()
        found: dict[TopicPartition, list[Record]] = {}
        for each in sorted(self.mine):
            start = await self.position(each)
            some = self._memory.logs["events"][each.partition][start : min(self._memory.end(each), start + self._most)]
            self._places[each] = start + len(some)
            if some:
                found[each] = some
        return found

    async def commit(self, offsets: Mapping[TopicPartition, tuple[int, str]]) -> None:
        """Commit, unless the process dies before."""
        self._memory.answer()
        if self.fails_to_commit:
            raise KafkaError("the process is gone")
        self._memory.committed |= offsets

    async def end_offsets(self, there: Iterable[TopicPartition]) -> dict[TopicPartition, int]:
        """Say where partitions end, for who reads what is committed only."""
        self._memory.answer()
        return {each: self._memory.end(each) for each in there}

    async def beginning_offsets(self, there: Iterable[TopicPartition]) -> dict[TopicPartition, int]:
        """Say where partitions begin."""
        self._memory.answer()
        return {each: self._memory.begins.get(each, 0) for each in there}

    async def offsets_for_times(self, times: Mapping[TopicPartition, int]) -> dict[TopicPartition, Offset | None]:
        """Give the first record of each partition that is not older than a time, in milliseconds."""
        self._memory.answer()
        found: dict[TopicPartition, Offset | None] = {}
        for where, time in times.items():
            log = self._memory.logs[where.topic][where.partition]
            there = (Offset(each.offset, each.timestamp) for each in log if each.timestamp >= time)
            found[where] = next(there, None)
        return found


class Metadata:
    """Knows at once which partitions there are."""

    def __init__(self, memory: Memory) -> None:
        self._memory = memory

    async def force_metadata_update(self) -> bool:
        """Ask which there are."""
        self._memory.answer()
        return True


class Producer:
    """Publishes."""

    def __init__(self, memory: Memory) -> None:
        self.client = Metadata(memory)
        self._memory = memory

    async def send(self, topic: str, value: bytes, *, partition: int = 0) -> asyncio.Future[Any]:
        """Publish a record; it is acknowledged at once, with its stamp."""
        sent: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
        sent.set_result(self._memory.append(topic, partition, value))
        return sent

    async def partitions_for(self, topic: str) -> set[int]:
        """Say which partitions a topic has."""
        self._memory.answer()
        return set(range(len(self._memory.logs[topic])))
