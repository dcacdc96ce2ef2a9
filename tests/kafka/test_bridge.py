"""A topic that is not ours, on a real broker: each of its records is one event, through kills of either side."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING
from uuid import uuid4

from streams.kafka.clients.admin import create
from streams.kafka.clients.log import producing
from streams.kafka.records.topics import Topic
from tests.bridge.bridging import all_of, ended, house

if TYPE_CHECKING:
    from streams.kafka.clients.connection import KafkaSettings

MAPPING = """
kept: 1
table: {format: json, source: desk, time: {column: at, format: unix}}
webhook: {name: till}
events:
  - event: queue.length
    fields: {site: {value: s3}, queue: {value: q1}, waiting: people}
"""


async def published(kafka: KafkaSettings, topic: str, first: int, end: int) -> None:
    """Publish records as others do: without keys, some over several lines, some in an array, one that is none."""
    async with producing(kafka) as producer:
        for number in range(first, end):
            record = f'{{"at": {1_772_438_400 + number}, "people": {number}}}'
            forms = (record, record.replace(", ", ",\n  "), f"[{record}]")
            await producer.send_and_wait(topic, forms[number % 3].encode())


async def test_records_of_others_are_events_once(tmp_path: Path, kafka: KafkaSettings) -> None:
    """Killed are the bridge and Kept: what was not committed is sent again, and is the same events."""
    topic = f"{kafka.prefix}of-others-{uuid4().hex[:8]}"
    settings = {"KEPT_KAFKA__BROKERS": kafka.brokers, "KEPT_KAFKA__PREFIX": kafka.prefix}
    create(kafka, [Topic(topic, 3)])
    with house(tmp_path, MAPPING) as kept:
        bridge = kept.bridge("--topic", topic, settings=settings)
        with ended(bridge):
            await published(kafka, topic, 0, 30)
            bridge.start()
            all_of(kept.waiting, 10)
            bridge.kill()
            await published(kafka, topic, 30, 40)
            bridge.start()
            all_of(kept.waiting, 31)
            kept.kept.kill()
            async with producing(kafka) as producer:
                await producer.send_and_wait(topic, b"<none/>")
            await published(kafka, topic, 40, 50)
            kept.kept.start()
            assert sorted(all_of(kept.waiting, 50)) == list(range(50))
            (letter,) = kept.dead_letters()
            assert "<none/>" in letter["raw"]
