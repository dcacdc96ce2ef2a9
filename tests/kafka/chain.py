"""A whole chain in memory: facts, workers that crash anywhere, changelogs and ticks, driven by one seed.

Everything of Kept in it is the real thing; only Kafka and Faust are lists. A crash comes in the midst of publishing:
some of the messages are there and some are not, as a broker would have it. The next worker is on the same machine, with
the table as it was, or on another one, with what the changelog has.
Knows: the order of work. Must not know: what the ledger should be.
"""

import asyncio
import random
from collections.abc import Iterable, Sequence
from itertools import accumulate
from typing import Any

import msgspec

from standards.compiler.spec import Loaded, Source, load
from standards.judge.events import Event
from standards.judge.ledger import Line
from streams.documents.rules import Standards
from streams.kafka.clients.log import Message
from streams.kafka.intake.routing import Routing
from streams.kafka.records.facts import Facts, FactsCodec, Progress, Revision
from streams.kafka.records.places import events_at
from streams.kafka.records.rows import CASE, places_in
from streams.kafka.records.topics import Names
from streams.kafka.rulebooks.revisions import RulebookCache
from streams.kafka.worker.journal import Journal
from streams.kafka.worker.partition import Setting
from streams.kafka.worker.worker import Remembered, Worker, WorkerDeps
from streams.metrics.kafka import KafkaMetrics
from streams.runtime.pump import GRACE

NAMES = Names("")


class Crash(Exception):  # noqa: N818 - it is none of ours to mend
    """The process is gone."""


class Topics:
    """All topics, as lists; and the crash that comes after so many more messages."""

    def __init__(self) -> None:
        self.of: dict[tuple[str, int], list[tuple[bytes | None, bytes | None]]] = {}
        self.stamps: dict[tuple[str, int], list[int]] = {}
        self.begins: dict[tuple[str, int], int] = {}
        self.appended = self.looked_up = 0
        self.left = -1

    def log(self, topic: str, partition: int) -> list[tuple[bytes | None, bytes | None]]:
        return self.of.setdefault((topic, partition), [])

    def append(self, topic: str, partition: int, key: bytes | None, value: bytes | None) -> int:
        """Append a record; gives its offset. No two have the same stamp."""
        log, self.appended = self.log(topic, partition), self.appended + 1
        log.append((key, value))
        self.stamps.setdefault((topic, partition), []).append(self.appended)
        return len(log) - 1

    def cut(self, topic: str, partition: int, end: int) -> None:
        """Lose the end of a log, as a broker does that had not written it to its disk."""
        del self.log(topic, partition)[end:]
        del self.stamps[topic, partition][end:]

    async def stamp_of(self, partition: int, offset: int) -> int | None:
        """Give the stamp of a record of `facts`, as a worker asks for it."""
        stamps = self.stamps.get((NAMES.facts, partition), [])
        if offset < self.begins.get((NAMES.facts, partition), 0):
            return None
        return stamps[offset] if offset < len(stamps) else -1

    async def records(self, partition: int, offsets: Sequence[int]) -> dict[int, bytes]:
        """Give those of some records of `facts` that are there, as a worker asks for them."""
        self.looked_up += len(offsets)
        there = [(each, await self.stamp_of(partition, each)) for each in offsets]
        return {each: self.log(NAMES.facts, partition)[each][1] or b"" for each, stamp in there if (stamp or -1) >= 0}

    async def publish(self, messages: Sequence[Message]) -> list[int]:
        offsets = []
        for each in messages:
            if self.left == 0:
                raise Crash
            self.left -= 1
            offsets.append(self.append(each.topic, each.partition or 0, each.key, each.value))
        return offsets


class Disk:
    """A worker's table."""

    def __init__(self) -> None:
        self.of: dict[int, dict[bytes, bytes]] = {}

    def rows(self, partition: int) -> Iterable[tuple[bytes, bytes]]:
        return list(self.of.get(partition, {}).items())

    def remember(self, partition: int, rows: Sequence[Remembered]) -> None:
        kept = self.of.setdefault(partition, {})
        for _, key, value in rows:
            if value is None:
                kept.pop(key, None)
            else:
                kept[key] = value

    @classmethod
    def recovered(cls, topics: Topics, partitions: int) -> "Disk":
        disk = cls()
        for number in range(partitions):
            log = enumerate(topics.log(NAMES.changelog, number))
            disk.remember(number, [Remembered(at, key or b"", value) for at, (key, value) in log])
        return disk


async def _nothing() -> None:
    """There is nothing to refresh: all revisions are known."""


class Chain:
    """One run. `shops` are the standards that its workers may have, each start with one of them, by `draw`.

    `arrivals` draws what comes into `facts`, where that is to be the same in several runs; `flushes` is how likely a
    flush is between two records. With `punctual` each record has a tick, which covers all that it may.
    """

    def __init__(
        self,
        shops: Sequence[Standards],
        *,
        partitions: int,
        draw: random.Random,
        crashes: int,
        arrivals: random.Random | None = None,
        flushes: float = 0.2,
        punctual: bool = False,
    ) -> None:
        self.arrivals, self.flushes, self.punctual = arrivals or draw, flushes, punctual
        self.ticks: list[int] = []
        self.topics = Topics()
        self.draw, self.crashes = draw, crashes
        self.partitions = partitions
        self.shops = list(shops)
        self.known: dict[str, Revision] = {}
        self.committed = dict.fromkeys(range(partitions), 0)
        self.disk = Disk()
        self.writer_ids = 0
        for shop in self.shops:
            for standard in (loaded := shop.load(())).standards:
                excerpt = loaded.excerpt(standard.id)
                self.known[standard.revision] = Revision(standard.revision, standard.id, excerpt, 0)
        self.use(0)

    def use(self, shop: int) -> None:
        """Start another worker, with the standards of a shop."""
        self.writer_ids += 1
        self.bench = RulebookCache(self.shops[shop], self.known, _nothing)
        self.metrics = KafkaMetrics("worker")
        ways = WorkerDeps(self.topics.publish, self.disk, self.metrics, lambda: None, self.topics)
        self.worker = Worker(NAMES, Setting(self.partitions, writer_id=self.writer_ids), self.bench, ways)
        self.read, self.codec = dict(self.committed), FactsCodec(self.bench.loaded.rulebook.classes)

    def put(self, partition: int, facts: Facts[Event]) -> None:
        self.topics.append(NAMES.facts, partition, None, self.codec.encode(facts))

    def tick(self, covered: int, low: int | None = None) -> None:
        """Say to all partitions that what was received up to an instant is there; `low` goes before the grace."""
        lows = [max(-1, covered - GRACE) if low is None else low, *self.lows()]
        self.ticks.append(covered)
        for partition in range(self.partitions):
            self.put(partition, Facts(wall=covered, lows=lows))

    def receive(self, events: Sequence[Event], stamps: Sequence[int], routing: Routing | None = None) -> None:
        """Publish events as the intake does that reads them in one batch; `stamps` say when the broker had them."""
        stamped = [msgspec.structs.replace(event, received=stamp) for event, stamp in zip(events, stamps, strict=True)]
        routed = (routing or self.routing()).route(stamped, stamps[-1])
        for partition, bucket in enumerate(routed.buckets):
            if bucket or routed.hearings or self.arrivals.random() < 0.3:
                self.put(partition, Facts(stamps[-1], hearings=routed.hearings, events=bucket))

    def routing(self) -> Routing:
        """Give an intake's routing by the standards of the worker there is now."""
        return Routing(self.bench.loaded.rulebook, self.partitions)

    async def arrive(self, events: Sequence[Event], stamps: Sequence[int], *, size: int) -> None:
        """Let events arrive in batches of up to `size`, with ticks and work between them, each of them at times only.

        A tick covers no instant at which more was received than there is.
        """
        at, covered, routing = 0, stamps[0] - 1, self.routing()  # one that starts anew has its own event classes
        self.tick(covered, low=-1)
        while at < len(events):
            until = at + self.arrivals.randint(1, size)
            self.receive(events[at:until], stamps[at:until], routing)
            at = until
            latest = max(covered, min(stamps[at:], default=covered) - 1)
            if self.punctual or self.arrivals.random() < 0.7:
                covered = latest if self.punctual else self.arrivals.randint(covered, latest)
                self.tick(covered)
            if self.draw.random() < 0.5:
                await self.work()

    async def work(self) -> None:
        """Take all there is, in any order of the partitions, with crashes on the way."""
        while True:
            try:
                if self.crashes and self.topics.left < 0 and self.draw.random() < 0.2:
                    self.crashes -= 1
                    self.topics.left = self.draw.randint(0, 12)
                if not await self._step():
                    return
            except Crash:
                self.topics.left = -1
                if self.draw.random() < 0.5:
                    self.disk = Disk.recovered(self.topics, self.partitions)
                self.use(self.draw.randrange(len(self.shops)))

    async def _step(self) -> bool:
        waiting = [p for p in self.read if self.read[p] < len(self.topics.log(NAMES.facts, p))]
        if waiting:
            partition = self.draw.choice(waiting)
            self.read[partition] = await self.take(partition, self.read[partition])
        if not waiting or self.draw.random() < self.flushes:  # derived facts may come of it
            for partition, offset in (await self.worker.flush()).items():
                self.committed[partition] = offset + 1
        return bool(waiting) or self.worker.ticked

    async def take(self, partition: int, offset: int) -> int:
        """Have the worker take a record; gives the offset of the one that it wants next."""
        raw = self.topics.log(NAMES.facts, partition)[offset][1] or b""
        return await self.worker.take(partition, offset, raw, self.topics.stamps[NAMES.facts, partition][offset])

    def lows(self) -> list[int]:
        """Give what a ticker would say of the higher strata: what every partition's lower ones have reached."""
        latest: dict[bytes, Progress] = {}
        for key, raw in self.topics.log(NAMES.progress, 0):
            latest[key or b""] = msgspec.json.decode(raw or b"", type=Progress)
        if len(latest) < self.partitions:
            return []
        return [min(each.lows[min(level, len(each.lows) - 1)] for each in latest.values()) for level in range(9)]

    async def end(self, at: int) -> None:
        """Let time reach an instant in every stratum."""
        for _ in range(len(self.bench.loaded.rulebook.strata) + 2):
            self.tick(at + GRACE)
            await self.work()

    def logged(self) -> int:
        """Count the events that are remembered to be judged again, by the rows of the table."""
        book, found = self.bench.loaded.rulebook, 0
        for number, rows in ((number, cases_of(rows)) for number, rows in self.disk.of.items()):
            log = dict(enumerate(raw or b"" for _, raw in self.topics.log(NAMES.facts, number)))
            facts = events_at(places_in(rows), log, FactsCodec(book.classes))
            found += sum(len(each.case.log) for each in Journal(book, facts=facts).read(rows))
        return found

    def ledger(self) -> dict[str, bytes]:
        """Give the ledger's lines by their ids. Raises AssertionError where two with one id differ."""
        found: dict[str, bytes] = {}
        for partition in range(self.partitions):
            for _, raw in self.topics.log(NAMES.ledger, partition):
                for line in (raw or b"").splitlines():
                    name = msgspec.json.decode(line, type=Line).id
                    assert found.setdefault(name, line) == line
        return found


def cases_of(rows: dict[bytes, bytes]) -> list[tuple[bytes, bytes]]:
    """Give the rows of cases among those of a table."""
    return [row for row in rows.items() if row[0][:1] == CASE]


def run(
    chain: Chain, events: Sequence[Event], *, size: int, stamps: Sequence[int] = (), until: int = -1
) -> dict[str, bytes]:
    """Let events arrive, work, and give the ledger as of an instant, or of the newest event.

    Without `stamps` each was received when the newest one before it happened: then none is late.
    """
    received = stamps or list(accumulate((event.at for event in events), max))

    async def all_of_it() -> None:
        await chain.arrive(events, received, size=size)
        await chain.work()
        await chain.end(max(until, *(event.at for event in events)))

    asyncio.run(all_of_it())
    return chain.ledger()


def given_standards(text: Any) -> Standards:  # noqa: ANN401 - whatever `load` takes
    """Give standards from a text, as workers have them."""

    class Given:
        def fingerprint(self) -> object:
            return None

        def load(self, retired: Sequence[str]) -> Loaded:
            return load([Source("rules.yaml", text)], retired=retired)

    return Given()
