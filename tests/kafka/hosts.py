"""The three hosts, asked the same: a script in, the ledger's lines by their ids out, as bytes.

The clock is the test's: it goes along with the events, and `until` moves it on. So time reaches the same instants on
every host, whatever the machine does meanwhile.
Knows: how each host is run. Must not know: what the ledger should be. Read next: `tests/stories.py`.
"""

import asyncio
import io
import json
import os
import sys
from asyncio.subprocess import Process
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from pathlib import Path

import msgspec

from standards.judge.events import iso
from standards.judge.ledger import Line
from standards.judge.rulebook import Rulebook
from streams.backtest.backtest import Backtest, Task
from streams.embedded.embedded import EmbeddedHost
from streams.embedded.options import Options
from streams.kafka.clients.connection import KafkaSettings
from streams.kafka.clients.log import Consumer, Producer, TopicPartition, consuming, producing
from streams.kafka.intake.intake import Terms
from streams.kafka.intake.intake_host import IntakeHost
from streams.kafka.persons.shared_names import SharedNames
from streams.kafka.records.facts import Progress
from streams.metrics.kafka import KafkaMetrics
from streams.runtime.pump import GRACE, LATENESS
from streams.settings import StandardsFiles
from streams.storage.sqlite import FILE, Database
from tests.history import cloud_event, instant
from tests.streams.hosting import PATIENCE, Clock, until

Step = bytes | int
"""An event as a CloudEvent, or an instant that time reaches, in microseconds UTC."""
Ledger = dict[str, bytes]
SOON = 3 * PATIENCE
FAR = 2**60
"""Later than everything that happens."""


def steps_of(script: str, book: Rulebook) -> list[Step]:
    """Read a script."""
    found: list[Step] = []
    for number, line in enumerate(each.strip() for each in script.splitlines()):
        if line.startswith("until "):
            found.append(instant_of(line.removeprefix("until ")))
        elif line:
            found.append(json.dumps(cloud_event(line, number, book)).encode())
    return found


def at_of(event: bytes) -> int:
    return instant_of(json.loads(event)["time"])


def instant_of(text: str) -> int:
    """Give a time of a script in microseconds UTC."""
    return round(instant(text).timestamp() * 1_000_000)


def by_id(lines: Iterator[bytes] | list[bytes]) -> Ledger:
    """Key lines by their ids. Raises AssertionError where two with one id differ."""
    found: Ledger = {}
    for line in lines:
        assert found.setdefault(msgspec.json.decode(line, type=Line).id, line) == line
    return found


def backtested(folder: Path, rules: Path, steps: list[Step]) -> Ledger:
    """Judge by a backtest. Time reaches an instant when an event comes that is just so much later."""
    file, out = folder / "events.jsonl", io.BytesIO()
    heartbeats = {
        step: {"specversion": "1.0", "type": "feed.heartbeat", "source": "clock", "id": str(step),
               "time": iso(step + LATENESS + 1), "data": {"feed": "clock"}}
        for step in steps if isinstance(step, int)
    }  # fmt: skip
    lines = [json.dumps(heartbeats[step]).encode() if isinstance(step, int) else step for step in steps]
    file.write_bytes(b"\n".join(lines[:-1]))  # at the end of its input, time has reached the newest event and no more
    last = {**heartbeats[_last(steps)], "time": iso(_last(steps))}
    file.write_bytes(file.read_bytes() + b"\n" + json.dumps(last).encode())
    rulebook = StandardsFiles([str(rules)]).load(()).rulebook
    result = Backtest(Task(rulebook, [str(file)]), ledger=out).run()
    assert not result.bad
    return by_id(out.getvalue().splitlines())


def _last(steps: list[Step]) -> int:
    last = steps[-1]
    assert isinstance(last, int), "a script ends with an instant"
    return last


async def embedded(folder: Path, rules: Path, steps: list[Step]) -> Ledger:
    """Judge by the embedded host, each event submitted by itself."""
    clock, options = Clock(), Options(grace=GRACE)
    await embedded_by(
        EmbeddedHost(folder / "data", StandardsFiles([str(rules)]), clock=clock, options=options), clock, steps
    )
    database = Database(folder / "data" / FILE, read_only=True)
    found = by_id([bytes(body) for (body,) in database.all("SELECT body FROM ledger ORDER BY seq")])
    database.close()
    return found


async def embedded_by(host: EmbeddedHost, clock: Clock, steps: Sequence[Step]) -> None:
    """Play a script to a host that is not open yet, and has this clock."""
    clock.at = _first(steps)
    async with host:
        for step in steps:
            if isinstance(step, int):
                clock.at = step + GRACE
                await until(lambda step=step: host.now_status().low >= step)  # type: ignore[misc]
            else:
                clock.at = max(clock.at, at_of(step))
                await host.submit([host.reader.one(step)])


def _first(steps: Sequence[Step]) -> int:
    return next(at_of(step) for step in steps if isinstance(step, bytes))


class KafkaHost:
    """An intake in this process, with the test's clock, and a worker in another one; and what they published."""

    def __init__(self, kafka: KafkaSettings, clock: Clock, commits: Consumer) -> None:
        self.kafka = kafka
        self.commits = commits
        self.clock = clock
        self.lines: list[bytes] = []
        self.lows: dict[int, list[int]] = {}
        self._moved = asyncio.Event()

    async def play(self, steps: list[Step], producer: Producer) -> None:
        """Let events arrive, and time go on. What comes between two ticks keeps its order: it is in one partition."""
        partition, sent, oldest = 0, dict[int, int](), FAR
        for step in steps:
            at = step + GRACE if isinstance(step, int) else max(self.clock.at, at_of(step))
            if oldest + GRACE <= at > self.clock.at:  # it would be late by the clock that comes
                await self.taken_in(sent)
                sent, oldest = {}, FAR
            self.clock.at = at
            if isinstance(step, int):
                await self.reached(step)
                partition = (partition + 1) % self.kafka.events_partitions
            else:
                told = await producer.send_and_wait(self.kafka.names.events, step, partition=partition)
                sent[partition], oldest = told.offset + 1, min(oldest, at_of(step))

    async def taken_in(self, sent: Mapping[int, int]) -> None:
        """Return when the intake has taken what was sent, by partition, and stamped it with the clock that there is."""
        topic = self.kafka.names.events
        async with asyncio.timeout(SOON):
            for partition, end in sent.items():
                while (await self.commits.committed(TopicPartition(topic, partition)) or 0) < end:
                    self._moved.clear()
                    await self._moved.wait()

    async def reached(self, low: int) -> None:
        """Return when every stratum of every partition has come to an instant, and all of it was read here."""
        async with asyncio.timeout(SOON):
            while len(self.lows) < self.kafka.partitions or min(map(min, self.lows.values())) < low:
                self._moved.clear()
                await self._moved.wait()

    def told(self) -> list[Line]:
        """Give the ledger's lines."""
        return [msgspec.json.decode(line, type=Line) for line in by_id(self.lines).values()]

    async def follow(self, consumer: Consumer) -> None:
        """Read the ledger and the workers' progress, for ever: what was published before a progress comes first."""
        names = self.kafka.names
        ledger = [TopicPartition(names.ledger, each) for each in range(self.kafka.partitions)]
        consumer.assign([*ledger, TopicPartition(names.progress, 0)])
        await consumer.seek_to_beginning()
        while True:
            found = await consumer.getmany(timeout_ms=200)
            progress = [record for at, records in found.items() if at.topic == names.progress for record in records]
            ends = await consumer.end_offsets(ledger) if progress else {}
            self._take(found)
            while any([await consumer.position(each) < end for each, end in ends.items()]):
                self._take(await consumer.getmany(*ledger, timeout_ms=200))
            for record in progress:
                told = msgspec.json.decode(record.value, type=Progress)
                self.lows[told.partition] = told.lows
                self._moved.set()

    def _take(self, found: dict[TopicPartition, list[object]]) -> None:
        for at, records in found.items():
            if at.topic == self.kafka.names.ledger:
                for record in records:
                    self.lines += record.value.splitlines()  # type: ignore[attr-defined]


@asynccontextmanager
async def worker(kafka: KafkaSettings, rules: Path, data: Path) -> AsyncIterator[Process]:
    """Run `kept worker` in a process of its own; it is asked to end when this is left."""
    settings = {
        "KEPT_KAFKA__BROKERS": kafka.brokers, "KEPT_KAFKA__PREFIX": kafka.prefix, "KEPT_STANDARDS": str(rules),
        "KEPT_KAFKA__PARTITIONS": str(kafka.partitions), "KEPT_DATA": str(data), "KEPT_LISTEN": "127.0.0.1:0",
    }  # fmt: skip
    data.parent.mkdir(parents=True, exist_ok=True)
    with (data.parent / f"{data.name}.log").open("ab") as talk:
        process = await asyncio.create_subprocess_exec(
            str(Path(sys.executable).with_name("kept")),
            "worker",
            env={**os.environ, **settings},
            stderr=talk,
            stdout=talk,
        )
    try:
        yield process
    finally:
        with suppress(ProcessLookupError):
            process.terminate()
        try:
            async with asyncio.timeout(PATIENCE):
                await process.wait()
        except TimeoutError:
            process.kill()
            await process.wait()


@asynccontextmanager
async def playing(
    kafka: KafkaSettings, rules: Path, first: int, *, names: SharedNames | None = None
) -> AsyncIterator[tuple[KafkaHost, Producer]]:
    """Run an intake here, with the test's clock, and follow what is published; without `names` it has no door."""
    stopping = asyncio.Event()
    async with AsyncExitStack() as stack:
        commits = await stack.enter_async_context(consuming(kafka, group=kafka.names.intake_group))
        host = KafkaHost(kafka, Clock(first), commits)
        producer = await stack.enter_async_context(producing(kafka))
        consumer = await stack.enter_async_context(consuming(kafka))
        intake = IntakeHost(
            kafka,
            StandardsFiles([str(rules)]),
            Terms(GRACE, 300_000_000, names=names),
            clock=host.clock,
            metrics=KafkaMetrics("intake"),
        )
        working = asyncio.create_task(intake.run(stopping))
        following = asyncio.create_task(host.follow(consumer))
        try:
            yield host, producer
        finally:
            stopping.set()
            following.cancel()
            await working


async def on_kafka(kafka: KafkaSettings, folder: Path, rules: Path, steps: list[Step]) -> Ledger:
    """Judge on Kafka, by a worker under Faust."""
    async with playing(kafka, rules, _first(steps)) as (host, producer), worker(kafka, rules, folder / "worker"):
        await host.play(steps, producer)
    return by_id(host.lines)
