"""The ticker: says to every partition of `facts` that time has come to some instant, and that all before it is there.

At an instant t the ends of all partitions of `events` are looked up. Once the intakes together have committed up to
those ends, all that was in `events` at t is in `facts`, as nothing is committed before it was published. So `t - grace`
is what the lowest stratum has reached for sure; a stratum above it has reached what all partitions say, in `progress`,
that the one below has judged. Every intake looks, and the one that has partition 0 of `events` tells; when it dies,
another gets that partition. Two that tell do no harm: what they say is true, and nobody goes back.
Read next: `intake_process.py`, which runs it.
"""

from __future__ import annotations

import asyncio
from collections import deque
from itertools import zip_longest
from typing import TYPE_CHECKING, Final, NamedTuple

import msgspec

from streams.kafka.clients.log import PATIENCE, KafkaError, TopicPartition, acknowledged, told
from streams.kafka.records.facts import Facts, Progress

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from standards.judge.events import Event
    from streams.kafka.clients.log import Consumer, ConsumerRecord, Producer
    from streams.kafka.records.topics import Names

TICK_SECONDS: Final = 0.5
"""How often time is told, in seconds of real time."""
MEMORY: Final = 240
"""How many looks are kept while a partition is behind; beyond that every second one is forgotten."""


class Look(NamedTuple):
    """Where the partitions of `events` ended at an instant of the clock: microseconds UTC, and offset by partition."""

    at: int
    ends: Mapping[int, int]


class Ticker:
    """What instants have been reached. `grace` is in microseconds."""

    def __init__(self, grace: int) -> None:
        self.grace = grace
        self.covered = -1
        self._looks: deque[Look] = deque()
        self._lows: list[int] = []

    def look(self, at: int, ends: Mapping[int, int]) -> None:
        """Remember where the partitions ended; `at` is an instant before that was asked."""
        self._looks.append(Look(at, dict(ends)))
        if len(self._looks) > MEMORY:
            latest = self._looks.pop()
            self._looks = deque([*list(self._looks)[::2], latest])

    def reached(self, committed: Mapping[int, int]) -> None:
        """Note how far each partition of `events` is in `facts`: the offset that comes next."""
        while self._looks and all(committed.get(each, -1) >= end for each, end in self._looks[0].ends.items()):
            self.covered = max(self.covered, self._looks.popleft().at)

    def tick(self, progress: Mapping[int, list[int]], partitions: Iterable[int]) -> Facts[Event]:
        """Say what has been reached; `progress` is what each partition of `facts` says of its strata."""
        strata = max(map(len, progress.values()), default=0)
        reached = [max(-1, self.covered - self.grace)]
        said = [progress.get(each, []) for each in partitions]
        reached += [min((_low(lows, stratum) for lows in said), default=-1) for stratum in range(strata)]
        self._lows = [max(pair) for pair in zip_longest(self._lows, reached, fillvalue=-1)]
        return Facts(wall=self.covered, lows=self._lows[: len(reached)])


def _low(lows: list[int], stratum: int) -> int:
    """Give what a partition's stratum has reached; one with fewer strata is as far as its last."""
    return lows[min(stratum, len(lows) - 1)] if lows else -1


class Ticking:
    """Looks, and tells where it is this process' turn. `fault` says why Kafka cannot be asked, and is empty if it can.

    `asking` is a consumer in the intakes' group that reads nothing.
    """

    def __init__(self, names: Names, ticker: Ticker, clock: Callable[[], int]) -> None:
        self.fault = ""
        self.progress: dict[int, list[int]] = {}
        self._names = names
        self._ticker = ticker
        self._clock = clock

    def take(self, record: ConsumerRecord) -> None:
        """Take a record of `progress` in, for `log.Tail`; one that is none of Kept's changes nothing."""
        try:
            progress = msgspec.json.decode(record.value or b"", type=Progress)
        except (msgspec.DecodeError, UnicodeDecodeError):
            return
        self.progress[progress.partition] = progress.lows

    async def run(self, asking: Consumer, producer: Producer, ours: Callable[[], bool]) -> None:
        """Look and tell for ever, while `ours`. Raises KafkaError when what is told cannot be published."""
        while True:
            pause = asyncio.create_task(asyncio.sleep(TICK_SECONDS))
            try:
                if await self._looked(asking, producer) and ours():
                    await self._tell(producer)
                await pause
            finally:
                pause.cancel()

    async def _looked(self, asking: Consumer, producer: Producer) -> bool:
        """Look once; says whether Kafka answered."""
        try:
            async with asyncio.timeout(PATIENCE):
                await self._look(asking, producer)
        except (KafkaError, OSError, TimeoutError) as error:
            found = f"no answer within {PATIENCE:.0f} s" if isinstance(error, TimeoutError) else told(error)
            self.fault = f"Kafka does not say how far it is: {found}; it is asked again"
            return False
        self.fault = ""
        return True

    async def _look(self, asking: Consumer, producer: Producer) -> None:
        at = self._clock()
        if not await producer.client.force_metadata_update():  # a partition that is new may hold events already
            raise KafkaError("the brokers do not say which partitions there are")
        there = await partitions_of(producer, self._names.events)
        ends = await asking.end_offsets(there)
        self._ticker.look(at, {each.partition: ends[each] for each in there})
        begins = await asking.beginning_offsets(there)  # what has been deleted need not be read any more
        committed = await asyncio.gather(*(asking.committed(each) for each in there))
        pairs = zip(there, committed, strict=True)
        self._ticker.reached({each.partition: max(begins[each], offset or 0) for each, offset in pairs})

    async def _tell(self, producer: Producer) -> None:
        there = [each.partition for each in await partitions_of(producer, self._names.facts)]
        raw = msgspec.msgpack.encode(self._ticker.tick(self.progress, there))
        sent = [await producer.send(self._names.facts, raw, partition=each) for each in there]
        await acknowledged(sent, self._slow)

    def _slow(self) -> None:
        self.fault = f"Kafka has not acknowledged what was published to {self._names.facts}; it is tried again"


async def partitions_of(producer: Producer, topic: str) -> list[TopicPartition]:
    """Give all partitions of a topic. Raises KafkaError when Kafka does not say, or has no such topic."""
    return [TopicPartition(topic, partition) for partition in sorted(await producer.partitions_for(topic))]
