"""The broker's side of a measurement: topics, records that all become visible at one instant, and what came out.

Records are produced in a transaction that stays open until everybody is ready: what it holds is on the broker's disk by
then, and nobody is shown it. Knows: confluent-kafka. Must not know: contenders.
Read next: `measuring.py`.
"""

from __future__ import annotations

import time
from collections import Counter
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import msgspec
from confluent_kafka import Consumer, Producer, TopicPartition

from benchmarks.contest import FailedError
from benchmarks.kafka.records import EVENTS_PARTITIONS, PARTITIONS
from streams.kafka.clients.admin import create
from streams.kafka.clients.connection import KafkaSettings
from streams.kafka.records.topics import wanted

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from benchmarks.kafka.records import Record

SETTINGS: Final = {"log.message.timestamp.type": "LogAppendTime"}
"""The broker says when it has got a record; whoever sent it may say anything."""
BATCH: Final = 64 << 10
"""How large the batches are in which the records lie, in bytes."""
QUIET: Final = 2.0
"""For how long nothing may have come before it is counted, in seconds."""


ONLY_KEPT: Final = "fulfilled_late"
"""A kind of line that nobody else tells: what was promised came after all. It is not counted."""


class _Kind(msgspec.Struct):
    kind: str


_KINDS: Final = msgspec.json.Decoder(_Kind)


class Found(NamedTuple):
    """What is in a topic: how many lines of which kind, and when the first and the last record came, in seconds.

    `at_first` is how many lines that first record has.
    """

    kinds: Counter[str]
    first: float
    last: float
    at_first: int


def topics(servers: str, prefix: str) -> KafkaSettings:
    """Create all of Kept's topics; the others read and write the same ones."""
    settings = KafkaSettings(brokers=servers, prefix=prefix, partitions=PARTITIONS, events_partitions=EVENTS_PARTITIONS)
    create(settings, wanted(settings.names, partitions=PARTITIONS, events_partitions=EVENTS_PARTITIONS))
    return settings


def produce(servers: str, topic: str, records: Sequence[Record]) -> None:
    """Produce records; returns when the broker has them."""
    _send(_producer(servers), topic, records)


@contextmanager
def hidden(servers: str, topic: str, records: Sequence[Record]) -> Iterator[Callable[[], float]]:
    """Produce records that nobody sees until what is given is called; that gives the instant, in seconds."""
    producer = _producer(servers, {"transactional.id": topic, "transaction.timeout.ms": 900_000})
    producer.init_transactions(30)
    producer.begin_transaction()
    _send(producer, topic, records)

    def show() -> float:
        at = time.time()
        producer.commit_transaction(30)
        return at

    yield show


def _producer(servers: str, more: dict[str, Any] | None = None) -> Producer:
    return Producer(
        {
            "bootstrap.servers": servers,
            "linger.ms": 20,
            "batch.size": BATCH,
            "queue.buffering.max.messages": 500_000,
            "enable.idempotence": True,
            "log_level": 0,
        }
        | (more or {})
    )


def _send(producer: Producer, topic: str, records: Sequence[Record]) -> None:
    failed: list[object] = []
    for number, record in enumerate(records):
        while True:
            try:
                producer.produce(
                    topic, record.value, record.key, record.partition,
                    on_delivery=lambda error, _: failed.append(error) if error is not None else None,
                )  # fmt: skip
                break
            except BufferError:
                producer.poll(0.05)
        if not number % 1_000:
            producer.poll(0)
    if producer.flush(120) or failed:
        raise FailedError(f"not all records could be produced to {topic}: {failed[:1]}")


def until_there(servers: str, topic: str, lines: int, *, seconds: float, alive: Callable[[], None]) -> Found:
    """Wait until a topic has so many lines, looking only at where it ends while it grows. Raises FailedError."""
    consumer = Consumer({"bootstrap.servers": servers, "group.id": "nobody", "enable.auto.commit": False})
    try:
        deadline, ends, since = time.monotonic() + seconds, [0] * PARTITIONS, time.monotonic()
        pause = QUIET if lines > 100 else 0.2
        found = _Nothing
        while time.monotonic() < deadline:
            alive()
            time.sleep(0.1)
            now = [consumer.get_watermark_offsets(TopicPartition(topic, each))[1] for each in range(PARTITIONS)]
            if now != ends:
                ends, since = now, time.monotonic()
            elif any(ends) and time.monotonic() - since > pause:
                found = _counted(consumer, topic, ends)
                if found.kinds.total() >= lines:
                    return found
                since = time.monotonic() + 3
        raise FailedError(f"{topic} has {found.kinds.total()} of {lines} lines after {seconds:.0f} s: {found.kinds}")
    finally:
        consumer.close()


_Nothing: Final = Found(Counter(), 0.0, 0.0, 0)


def _counted(consumer: Consumer, topic: str, ends: Sequence[int]) -> Found:
    consumer.assign([TopicPartition(topic, each, 0) for each, end in enumerate(ends) if end])
    kinds = Counter[str]()
    times: list[tuple[int, int]] = []
    missing = sum(ends)
    while missing > 0:
        messages = consumer.consume(10_000, 1.0)
        if not messages:  # the marks of transactions have offsets too, and are not shown
            break
        missing -= len(messages)
        for message in messages:
            lines = _KINDS.decode_lines(message.value())
            kinds.update([line.kind for line in lines if line.kind != ONLY_KEPT])
            times.append((message.timestamp()[1], len(lines)))
    if not times:
        return _Nothing
    first, at_first = min(times)
    return Found(kinds, first / 1_000, max(times)[0] / 1_000, at_first)
