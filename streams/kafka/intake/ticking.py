"""Ticking: looks where `events` ends and how far the intakes are, and tells every partition of `facts` what time it is.

Every intake looks, and the one that has partition 0 of `events` tells; when it dies, another gets that partition. Two
that tell do no harm: what they say is true, and nobody goes back. While the intakes are far behind, the brokers' stamps
say where `events` ended at instants of the past; else the whole backlog would wait in the workers' memory.
Read next: `ticker.py` and `leaders.py`, which it asks; `intake_host.py`, which runs it.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Final, NamedTuple

import msgspec

from standards.calendar.duration import DAY, SECOND
from streams.kafka.clients.log import PATIENCE, KafkaError, TopicPartition, acknowledged, told
from streams.kafka.intake.stamps import LOG_APPEND_TIME
from streams.kafka.records.facts import Facts, Progress

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from standards.judge.events import Event
    from streams.kafka.clients.log import Consumer, ConsumerRecord, Producer
    from streams.kafka.intake.event_time import EventTime
    from streams.kafka.intake.leaders import Leaders
    from streams.kafka.intake.places import ReadsCommits
    from streams.kafka.intake.ticker import Ticker
    from streams.kafka.records.topics import Names
    from streams.metrics.kafka import KafkaMetrics

TICK_SECONDS: Final = 0.5
"""How often time is told, in seconds of real time."""
STEP: Final = 10 * SECOND
"""How exactly instants of the past are found while the intakes are behind, in microseconds."""
BEHIND: Final = 3
"""How many such steps they may be behind before the past is looked at."""
FARTHEST: Final = 7 * DAY
"""How far back it is looked, in microseconds: as long as `events` is kept."""
_MILLISECOND: Final = 1_000


class Ways(NamedTuple):
    """How time is told. `clock` does not step; `stamped` says whether the brokers' stamps can be used.

    With `events`, those move time.
    """

    ticker: Ticker
    leaders: Leaders
    clock: Callable[[], int]
    stamped: Callable[[], bool]
    commits: ReadsCommits
    events: EventTime | None = None


class _Found(NamedTuple):
    """What a look found, by partition of `events`: where it ends, and the offset that comes next into `facts`."""

    at: int
    ends: Mapping[int, int]
    committed: Mapping[int, int]


class Ticking:
    """Looks, and tells where it is this process' turn. `fault` says why Kafka cannot be asked, and is empty if it can.

    `asking` is a consumer in the intakes' group that reads nothing, and sees what is committed only.
    """

    def __init__(self, names: Names, ways: Ways, metrics: KafkaMetrics) -> None:
        self.fault = ""
        self.progress: dict[int, list[int]] = {}
        self._names = names
        self._ways = ways
        self._metrics = metrics

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
                await self.step(asking, producer, ours=ours())
                await pause
            finally:
                pause.cancel()

    async def step(self, asking: Consumer, producer: Producer, *, ours: bool) -> None:
        """Look once, and tell if it is `ours` to tell."""
        answered = await self._looked(asking, producer)
        if not ours:
            self._ways.leaders.forget()
        elif answered:
            await self._tell(producer)

    def unanswered(self) -> None:
        """Note that Kafka is away."""
        self._ways.ticker.unanswered()

    async def _looked(self, asking: Consumer, producer: Producer) -> bool:
        """Look once; says whether Kafka answered."""
        try:
            async with asyncio.timeout(PATIENCE):
                await self._look(asking, producer)
        except (KafkaError, OSError, TimeoutError) as error:
            found = f"no answer within {PATIENCE:.0f} s" if isinstance(error, TimeoutError) else told(error)
            self.fault = f"Kafka does not say how far it is: {found}; it is asked again"
            self.unanswered()
            return False
        self.fault = ""
        return True

    async def _look(self, asking: Consumer, producer: Producer) -> None:
        at = self._ways.clock()
        if not await producer.client.force_metadata_update():  # a partition that is new may hold events already
            raise KafkaError("the brokers do not say which partitions there are")
        there = await partitions_of(producer, self._names.events)
        found = await asking.end_offsets(there)
        ends = {each.partition: found[each] for each in there}
        if self._ways.events is not None:
            self._go_by_events(self._ways.events.low(at, ends, await self._ways.commits.read()))
            return
        offsets = await asyncio.gather(*(asking.committed(each) for each in there))
        committed = {each.partition: offset or 0 for each, offset in zip(there, offsets, strict=True)}
        if any(committed[each] > end for each, end in ends.items()):
            committed = await self._without_cut(asking, there, committed)
        self._ways.ticker.look(at, ends)
        self._ways.ticker.reached(committed)
        if at - self._ways.ticker.covered > BEHIND * STEP and self._ways.stamped():
            await self._look_back(asking, there, _Found(at, ends, committed))

    def _go_by_events(self, low: int) -> None:
        if low >= 0:
            self._ways.ticker.cover(low + self._ways.ticker.grace)

    async def _without_cut(
        self, asking: Consumer, there: Iterable[TopicPartition], committed: Mapping[int, int]
    ) -> dict[int, int]:
        """Leave out what is committed beyond a partition's end: Kafka lost its last records, and it is read anew."""
        ends = await asking.end_offsets(list(there))
        now = {each.partition: end for each, end in ends.items()}
        return {each: offset for each, offset in committed.items() if offset <= now[each]}

    async def _look_back(self, asking: Consumer, there: Iterable[TopicPartition], found: _Found) -> None:
        """Find the last instant of the past up to which all is in `facts`, to a step; the fewer steps, the later."""
        ticker, behind = self._ways.ticker, self._ways.leaders.behind  # the brokers' stamps are of the brokers' clocks
        now, known = found.at - behind, max(ticker.covered, found.at - FARTHEST)
        fewest, most = BEHIND, (found.at - known) // STEP + 1  # so many steps before, it is known or nothing is kept
        while fewest < most:
            middle = (fewest + most) // 2
            if await _was_reached(asking, there, found, _instant(now, middle)):
                most = middle
            else:
                fewest = middle + 1
        if _instant(now, most) + behind > known:
            ticker.cover(_instant(now, most) + behind)

    async def _tell(self, producer: Producer) -> None:
        """Tell the time, by the slowest leader's clock; the first time, it has to be asked first."""
        leaders = self._ways.leaders
        there = [each.partition for each in await partitions_of(producer, self._names.facts)]
        if not leaders.known:
            await self._publish(Facts(), there, producer)  # which says nothing, and is stamped
        behind = 0 if self._ways.events else leaders.behind
        await self._publish(self._ways.ticker.tick(self.progress, there, behind), there, producer)
        self._metrics.clocks_apart(leaders.apart)

    async def _publish(self, facts: Facts[Event], there: Sequence[int], producer: Producer) -> None:
        raw = msgspec.msgpack.encode(facts)
        sent = [await producer.send(self._names.facts, raw, partition=each) for each in there]
        await acknowledged(sent, self._slow)
        appended = [each.result() for each in sent]
        stamps = [each.timestamp for each in appended if each.timestamp_type == LOG_APPEND_TIME]
        self._ways.leaders.measure(stamps, self._ways.clock())

    def _slow(self) -> None:
        self.fault = f"Kafka has not acknowledged what was published to {self._names.facts}; it is tried again"


def _instant(at: int, steps: int) -> int:
    """Give an instant so many steps before another: a whole millisecond, as brokers stamp."""
    return (at - steps * STEP) // _MILLISECOND * _MILLISECOND


async def _was_reached(asking: Consumer, there: Iterable[TopicPartition], found: _Found, at: int) -> bool:
    """Say whether all that was appended before an instant of the past is in `facts`."""
    firsts = await asking.offsets_for_times(dict.fromkeys(there, at // _MILLISECOND))
    for where, first in firsts.items():
        end = found.ends[where.partition]
        if found.committed.get(where.partition, -1) < (end if first is None else min(first.offset, end)):
            return False
    return True


async def partitions_of(producer: Producer, topic: str) -> list[TopicPartition]:
    """Give all partitions of a topic. Raises KafkaError when Kafka does not say, or has no such topic."""
    return [TopicPartition(topic, partition) for partition in sorted(await producer.partitions_for(topic))]
