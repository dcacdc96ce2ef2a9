"""The worker: applies the records of some partitions of `facts`, and flushes: publish, remember, acknowledge.

Read next: `partition.py` for the judging, `faust_app.py` for the host.
"""

from __future__ import annotations

import asyncio
from bisect import bisect_left
from functools import partial
from time import perf_counter
from typing import TYPE_CHECKING, NamedTuple, Protocol

import msgspec
import structlog

from streams.kafka.clients.log import Message
from streams.kafka.records.facts import FactsCodec
from streams.kafka.records.places import events_at, offset_of
from streams.kafka.records.rows import CASE, by_kind, owed, places_in
from streams.kafka.worker.partition import Partition
from streams.kafka.worker.trail import unlike_from
from streams.kafka.worker.watermark import MARK, mark_of

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence

    from standards.judge.events import Event
    from standards.judge.rulebook import Rulebook
    from streams.kafka.records.topics import Names
    from streams.kafka.rulebooks.revisions import Judging, RulebookCache
    from streams.kafka.worker.flushing import Flush
    from streams.kafka.worker.partition import Setting
    from streams.metrics.kafka import KafkaMetrics

log = structlog.get_logger("kept")


class Remembered(NamedTuple):
    """A row of the table that the changelog has: its offset there, its key, and its value or None."""

    offset: int
    key: bytes
    value: bytes | None


class Table(Protocol):
    """Where a worker keeps the rows of its partitions, beside the changelog."""

    def rows(self, partition: int) -> Iterable[tuple[bytes, bytes]]:
        """Give all rows of a partition."""

    def remember(self, partition: int, rows: Sequence[Remembered]) -> None:
        """Keep rows that the changelog has already."""


class FactsAgain(Protocol):
    """What a worker asks of `facts` when it takes a partition up, however long that takes."""

    async def stamp_of(self, partition: int, offset: int) -> int | None:
        """Give the stamp of a record, as `unlike_from` wants it."""

    async def records(self, partition: int, offsets: Sequence[int]) -> Mapping[int, bytes]:
        """Give those of some records, whose offsets are in order, that are there, by their offsets."""


class WorkerDeps(NamedTuple):
    """What a worker works with. `publish` gives the offsets when all of it is safe, however long it takes.

    `awake` raises StateError after so long a sleep that others may have its work.
    """

    publish: Callable[[Sequence[Message]], Awaitable[list[int]]]
    table: Table
    metrics: KafkaMetrics
    awake: Callable[[], None]
    facts: FactsAgain


class Worker:
    """Some partitions, and how many records they have taken since the last flush."""

    def __init__(self, names: Names, setting: Setting, rulebooks: RulebookCache, deps: WorkerDeps) -> None:
        self.partitions: dict[int, Partition] = {}
        self._names = names
        self._setting = setting
        self._rulebooks = rulebooks
        self._publish, self._table, self._metrics, self._awake, self._facts = deps
        self._waiting: dict[int, int] = {}
        self._last: dict[int, int] = {}
        self._stopped: dict[int, frozenset[str]] = {}
        self._flushing = asyncio.Lock()
        self._drops = 0

    @property
    def waiting(self) -> int:
        """How many records have been taken since the last flush."""
        return sum(self._waiting.values())

    @property
    def ticked(self) -> bool:
        """Whether there is anything to flush: a tick came since."""
        return any(partition.ticked for partition in self.partitions.values())

    @property
    def problems(self) -> list[str]:
        """What is wrong in any partition, each once."""
        return list(dict.fromkeys(problem for partition in self.partitions.values() for problem in partition.problems))

    async def take(self, number: int, offset: int, raw: bytes, stamp: int = -1) -> int:
        """Apply one record, if none before it was left out; gives the offset of the one that has to come next.

        `stamp` is when the broker says that it was appended, in microseconds UTC. Where records begin anew, the
        partition is taken up again from what was remembered: its topic may be another one now.
        Raises StateError for bytes that are not a record of facts, or rows that cannot be read back.
        """
        if offset <= self._last.get(number, -1):
            self._forget(number)
        if not await self.restore(number):
            return offset + 1
        partition = self.partitions[number]
        if offset > partition.offset + 1:
            return partition.offset + 1
        self._last[number] = offset
        facts = partition.apply(offset, raw, stamp)
        self._waiting[number] = self._waiting.get(number, 0) + 1
        self._metrics.read(self._names.facts, 1, facts)
        return partition.offset + 1

    async def restore(self, number: int) -> bool:
        """Read a partition from the table, if need be; says whether it is still this worker's. Raises StateError."""
        if number not in self.partitions:
            drops = self._drops
            await self._rulebooks.refresh()
            if drops != self._drops:  # the partition may be another worker's by now
                return False
            rows = list(self._table.rows(number))
            sorted_rows = by_kind(rows)
            judging = self._rulebooks.judging(owed(sorted_rows[CASE]))
            unlike = await unlike_from(mark_of(sorted_rows[MARK]).trail, partial(self._facts.stamp_of, number))
            facts = await self._read_again(number, places_in(sorted_rows[CASE]), unlike, judging.rulebook)
            if drops != self._drops:
                return False
            partition = self._restored(number, rows, judging, facts)
            if unlike is not None:
                log.error("facts are not those that were read before", partition=number, first=unlike)
                partition.go_on_from(unlike)
            self.partitions[number] = partition
        return True

    def _forget(self, number: int) -> None:
        """Let go of a partition as it stands in memory."""
        self.partitions.pop(number, None)
        self._last.pop(number, None)
        self._waiting.pop(number, None)

    def pass_over(self, number: int, offset: int) -> None:
        """Go on with this record: those before it, which have not been applied, are gone for good."""
        if number in self.partitions:  # it may have gone away while it was asked what there is
            self.partitions[number].pass_over(offset)

    async def _read_again(
        self, number: int, places: set[int], unlike: int | None, rulebook: Rulebook
    ) -> dict[int, Event]:
        """Give the events at some places of a partition, but for those where other facts can be now."""
        offsets = sorted({offset_of(place) for place in places})
        there = offsets if unlike is None else offsets[: bisect_left(offsets, unlike)]
        records = await self._facts.records(number, there) if there else {}
        return events_at(places, records, FactsCodec(rulebook.classes))

    def _restored(
        self, number: int, rows: Sequence[tuple[bytes, bytes]], judging: Judging, facts: Mapping[int, Event]
    ) -> Partition:
        partition = Partition(number, judging.rulebook, rows, self._setting, problems=judging.problems, facts=facts)
        self._stopped[number] = judging.stopped
        self._metrics.stopped(set().union(*self._stopped.values()))
        for problem in judging.problems:
            log.error("a standard is stopped in this partition", partition=number, why=problem)
        return partition

    async def flush(self) -> Mapping[int, int]:
        """Flush what ticks have judged; gives, by partition, the offset of the last record that may be acknowledged.

        One flush at a time; when partitions are lost in its midst, it ends without remembering anything of them.
        """
        async with self._flushing:
            began, records, drops = perf_counter(), self.waiting, self._drops
            flushes = {number: each.flush() for number, each in self.partitions.items() if each.ticked}
            if not flushes:
                return {}
            self._waiting = {}
            await self._publish([told for number, each in flushes.items() for told in self._told(number, each)])
            self._awake()
            if drops != self._drops:  # however long it took: whoever has them next says the same again, and remembers
                return {}
            await self._remember(flushes)
            progress = [(str(number).encode(), msgspec.json.encode(each.progress)) for number, each in flushes.items()]
            await self._publish([Message(self._names.progress, 0, value, key) for key, value in progress])
            self._count(flushes, perf_counter() - began, records)
            return {number: each.offset for number, each in flushes.items()}

    async def _remember(self, flushes: Mapping[int, Flush]) -> None:
        """Write the rows to the changelog, and what the changelog has to the table."""
        topic = self._names.changelog
        rows = [(number, *write) for number, each in flushes.items() for write in each.writes]
        offsets = await self._publish([Message(topic, number, value, key) for number, key, value in rows])
        kept: dict[int, list[Remembered]] = {}
        for (number, key, value), offset in zip(rows, offsets, strict=True):
            kept.setdefault(number, []).append(Remembered(offset, key, value))
        for number, remembered in kept.items():
            self._table.remember(number, remembered)

    async def drop(self) -> None:
        """Forget all partitions: others may have them from now on. What is being remembered is finished first."""
        self._drops += 1
        async with self._flushing:
            for number in self.partitions:
                self._metrics.gone(number)
            self.partitions = {}
            self._waiting, self._last = {}, {}
            self._stopped = {}

    def _told(self, number: int, flush: Flush) -> Iterable[Message]:
        names = self._names
        for topic, value in ((names.ledger, flush.ledger), (names.tellings, flush.told)):
            if value:
                yield Message(topic, number, value)
        if flush.letters:
            yield Message(names.dead_letters, 0, flush.letters)
        for target, value in flush.derived.items():
            yield Message(names.facts, target, value)

    def _count(self, flushes: Mapping[int, Flush], seconds: float, records: int) -> None:
        metrics = self._metrics
        metrics.flushed(seconds, records)
        for number, flush in flushes.items():
            metrics.lines(flush.counted)
            metrics.duplicates(flush.duplicates)
            metrics.settled_early(flush.settled_early)
            metrics.late(flush.effects)
            metrics.watermark(number, flush.progress.lows[0])
            for each in flush.unused:
                metrics.unused(each.reason)
            if flush.progress.newest >= 0 and flush.progress.wall >= 0:
                metrics.lag(number, (flush.progress.wall - flush.progress.newest) / 1_000_000)
