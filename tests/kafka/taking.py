"""An intake for tests, on a real broker: what it reads is produced here, and what it publishes is read here."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import asynccontextmanager, closing, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import msgspec

from standards.judge.events import Event
from streams.kafka.clients.connection import KafkaSettings
from streams.kafka.clients.edge import wall
from streams.kafka.clients.log import TopicPartition, consuming, producing
from streams.kafka.intake.intake import Terms
from streams.kafka.intake.intake_host import IntakeHost
from streams.kafka.persons.shared_names import SharedNames
from streams.kafka.records.facts import DeadLetters, Facts, FactsCodec
from streams.metrics.kafka import KafkaMetrics
from streams.settings import StandardsFiles
from tests.streams.asking import waiting
from tests.streams.hosting import SECOND, T0

TERMS = Terms(grace=2 * SECOND, max_skew=300 * SECOND)
SECRET = "the secret of these tests"
PATIENCE = 40.0
"""How long a test waits for what must come, in seconds of real time."""


def raw(name: str, at: int = T0, **more: Any) -> bytes:  # noqa: ANN401 - whatever a queue's length is told with
    """Make a structured `queue.length` as a producer sends it."""
    return msgspec.json.encode(waiting(name, at, **more))


@asynccontextmanager
async def intake(
    kafka: KafkaSettings, standards: StandardsFiles, *, clock: Callable[[], int] = wall, terms: Terms = TERMS
) -> AsyncIterator[IntakeHost]:
    """Run an intake until left; it must end in order. Its file of names is gone then, as its machine might be."""
    with TemporaryDirectory() as folder, closing(SharedNames(Path(folder), SECRET.encode())) as names:
        terms = terms._replace(names=terms.names or names)
        host = IntakeHost(kafka, standards, terms, clock=clock, metrics=KafkaMetrics("intake"))
        stopping = asyncio.Event()
        running = asyncio.create_task(host.run(stopping))
        try:
            yield host
        finally:
            stopping.set()
            await running


class Reading:
    """Reads a topic from its beginning, as far as a test needs it."""

    def __init__(self, consumer: Any) -> None:  # noqa: ANN401 - the client comes without types
        self.consumer = consumer
        self.records: list[Any] = []

    async def until(self, holds: Callable[[list[Any]], bool]) -> list[Any]:
        """Give all records as soon as they are as they should be; fail when they do not come to be."""
        last = time.monotonic() + PATIENCE
        while not holds(self.records):
            assert time.monotonic() < last, f"what must come did not come; there are {len(self.records)} records"
            for found in (await self.consumer.getmany(timeout_ms=200)).values():
                self.records += found
        return self.records


@asynccontextmanager
async def reading(kafka: KafkaSettings, topic: str, partitions: int) -> AsyncIterator[Reading]:
    """Give a reader of a topic."""
    async with consuming(kafka) as consumer:
        consumer.assign([TopicPartition(topic, partition) for partition in range(partitions)])
        await consumer.seek_to_beginning()
        yield Reading(consumer)


class FactsRead(Reading):
    """Reads `facts`."""

    def __init__(self, consumer: Any, codec: FactsCodec) -> None:  # noqa: ANN401 - the client comes without types
        super().__init__(consumer)
        self._codec = codec

    def facts(self) -> list[tuple[int, Facts[Event]]]:
        return [(record.partition, self._codec.decode(record.value)) for record in self.records]

    def ids(self) -> Counter[str]:
        return Counter(event.id for _, facts in self.facts() for event in facts.events)

    def ticks(self) -> list[tuple[int, Facts[Event]]]:
        return [each for each in self.facts() if each[1].lows]

    async def until_ids(self, wanted: Sequence[str]) -> Counter[str]:
        """Give how often each event is there, as soon as all are."""
        seen: Counter[str] = Counter()
        done = 0
        names = set(wanted)

        def holds(records: list[Any]) -> bool:
            nonlocal done
            for record in records[done:]:
                seen.update(event.id for event in self._codec.decode(record.value).events)
            done = len(records)
            return names <= seen.keys()

        await self.until(holds)
        return seen


@asynccontextmanager
async def facts_of(kafka: KafkaSettings, host: IntakeHost) -> AsyncIterator[FactsRead]:
    """Give a reader of `facts`."""
    codec = FactsCodec(host.loaded.rulebook.classes)
    async with reading(kafka, kafka.names.facts, kafka.partitions) as found:
        yield FactsRead(found.consumer, codec)


async def letters_of(kafka: KafkaSettings, count: int) -> DeadLetters:
    """Give the dead letters as soon as there are so many."""

    def read(records: list[Any]) -> DeadLetters:
        return [each for record in records for each in msgspec.json.decode(record.value, type=DeadLetters)]

    async with reading(kafka, kafka.names.dead_letters, 1) as found:
        return read(await found.until(lambda records: len(read(records)) >= count))


async def produce(kafka: KafkaSettings, *values: bytes | None, partition: int = 0, **more: Any) -> None:  # noqa: ANN401 - the client's own options
    """Produce records to `events`; returns when they are there."""
    headers = more.pop("headers", None)
    async with producing(kafka, **more) as producer:
        topic = kafka.names.events
        while partition not in await producer.partitions_for(topic):  # one that is new may not be told of at once
            await producer.client.force_metadata_update()
        sent = [await producer.send(topic, value, key=b"k", partition=partition, headers=headers) for value in values]
        await asyncio.gather(*sent)


@contextmanager
def intake_process(
    kafka: KafkaSettings, standards: StandardsFiles, log: Path, *, http: bool = False
) -> Iterator[subprocess.Popen[bytes]]:
    """Run `kept intake` as a process of its own; it is killed in the end, if it still runs."""
    settings = {
        "KEPT_KAFKA__BROKERS": kafka.brokers, "KEPT_KAFKA__PREFIX": kafka.prefix, "KEPT_LISTEN": "127.0.0.1:0",
        "KEPT_STANDARDS": ",".join(standards.paths), "KEPT_PERSON_SECRET": SECRET,
        "KEPT_DATA": str(log.with_suffix("")),
    }  # fmt: skip
    program = (
        "import asyncio; from streams.settings import read_settings;"
        "from streams.embedded.steady_clock import SteadyClock;"
        "from streams.kafka.intake.intake_process import run;"
        f"asyncio.run(run(read_settings(), clock=SteadyClock(), http={http}))"
    )
    with log.open("ab") as stream:
        process = subprocess.Popen(
            [sys.executable, "-c", program], stdout=stream, stderr=stream, env={**os.environ, **settings}
        )
        try:
            yield process
        finally:
            if process.poll() is None:
                process.send_signal(signal.SIGKILL)
            process.wait()


async def holds_soon(holds: Callable[[], bool], patience: float = PATIENCE) -> None:
    """Return when a condition holds; fail when it does not in time."""
    last = time.monotonic() + patience
    while not holds():
        assert time.monotonic() < last, "what must come did not come"
        await asyncio.wait([asyncio.get_running_loop().create_future()], timeout=0.02)
