"""A Kafka topic that is not ours: what others publish there, a record each. Committed is what Kept has.

Read next: `destination.py`; `streams/kafka/clients/log.py` for the consumer.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Final

import msgspec
import structlog

from streams.bridge.destination import AT_ONCE
from streams.ingest.carried_records import NAMES, TOPIC
from streams.kafka.clients.log import CommitFailedError, IllegalStateError, consuming

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from streams.bridge.destination import Destination
    from streams.kafka.clients.connection import KafkaSettings
    from streams.kafka.clients.log import Consumer, ConsumerRecord

WAIT_MS: Final = 500
MOST: Final = 200
"""How many records are sent at once."""
MOST_NAMED: Final = 6_000
"""How many characters the names of records may have that are sent at once: they have to go into a header."""

log = structlog.get_logger("kept")


async def carry(settings: KafkaSettings, topic: str, name: str, destination: Destination) -> None:
    """Carry what is in a topic and what comes, for ever; several processes share its partitions."""
    async with consuming(settings, group=f"{settings.prefix}in.{name}") as consumer:
        consumer.subscribe([topic])
        while True:
            await _carry_some(consumer, destination)


async def _carry_some(consumer: Consumer, destination: Destination) -> None:
    found = await consumer.getmany(timeout_ms=WAIT_MS, max_records=MOST)
    for partition, records in found.items():
        for together in _parts(records):
            names = ",".join(f"{each.topic}-{each.partition}-{each.offset}" for each in together)
            body = b"\n".join(_value(each) for each in together)
            await destination.send(body, {NAMES: names, TOPIC: together[0].topic})
            try:
                await asyncio.shield(consumer.commit({partition: together[-1].offset + 1}))
            except (CommitFailedError, IllegalStateError):
                return  # others have the partition now, and send what was sent again: it is the same events


def _parts(records: Sequence[ConsumerRecord]) -> Iterator[list[ConsumerRecord]]:
    """Divide records into what goes at once: those that are one JSON object on one line, and others alone."""
    part: list[ConsumerRecord] = []
    size = named = 0
    for record in records:
        if record.value is None:
            continue  # says that a key is to be forgotten, and nothing else
        alone = not _is_line(record.value)
        name = len(record.topic) + 32  # a partition's number, an offset's, and what stands between
        if part and (alone or size + len(record.value) > AT_ONCE or named + name > MOST_NAMED):
            yield part
            part, size, named = [], 0, 0
        if alone:
            yield [record]
        else:
            part.append(record)
            size, named = size + len(record.value), named + name
    if part:
        yield part


def _is_line(value: bytes) -> bool:
    if b"\n" in value or not value.lstrip().startswith(b"{"):
        return False
    try:
        msgspec.json.decode(value)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return False
    return True


def _value(record: ConsumerRecord) -> bytes:
    if len(record.value) > AT_ONCE:
        log.warning("a record is longer than can be sent; its beginning is sent", offset=record.offset,
                    partition=record.partition, bytes=len(record.value))  # fmt: skip
    return bytes(record.value[:AT_ONCE])
