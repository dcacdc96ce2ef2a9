"""Another secret for the names in the topic, while nobody follows it: each name is published by a key of the new one.

Then what was found under the former one is deleted, and the mark of the new secret says whose place it takes. That
comes last: what breaks off before is done again under both.
Read next: `name_records.py`; `streams/names/erasing.py`, which does the same for a file.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Final, NamedTuple

from standards.errors import StateError
from streams.kafka.clients.log import TopicPartition, consuming, no_topic, producing
from streams.kafka.persons.name_records import NameRecords
from streams.kafka.persons.names_topic import published
from streams.names.references import index_of, person_index
from streams.names.rows import Row

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from streams.kafka.clients.connection import KafkaSettings
    from streams.kafka.clients.log import ConsumerRecord, Message

AT_ONCE: Final = 2_000
"""How many records are published before they are waited for."""


class Rekeyed(NamedTuple):
    """What is published, in this order, and how many names it is that are found under the new secret then."""

    messages: Sequence[Message]
    names: int


def rekeyed(
    topic: str, records: Iterable[ConsumerRecord], former: bytes, secret: bytes, draw: Callable[[], bytes]
) -> Rekeyed:
    """Say what has the names of a topic be found under a secret in the place of the `former` one. Raises StateError.

    A text is not found any more, so its key is drawn: one that comes again has a new reference. Nor is who was erased,
    nor another name of somebody, which a serve joins anew by the policy.
    """
    known = NameRecords(topic)
    read = known.read(list(records))
    before, after = (index_of(each, "mark").hex() for each in (former, secret))
    if known.marked not in ("", before):
        found = "this secret already" if known.marked == after else "another one than KEPT_PERSON_SECRET_OLD"
        raise StateError(f"the names in {topic} are kept under {found}; nothing was changed")
    if known.unreadable:
        raise StateError(f"{min(known.unreadable.values())} cannot be read; run the Kept that wrote it")
    rows = _first_of_each(read.changes)
    anew: dict[bytes, Row] = {}
    for row in rows.values():
        if row.text:
            key = person_index(secret, row.text) if row.reference[0] == "p" else draw()
            anew.setdefault(key, Row(key, row.reference, row.text))
    gone = [known.message(key, None) for key in rows if key not in anew]
    gone += [known.block(key, None) for key, at in read.blocks.items() if at is not None]
    gone += [known.seen(key, None) for key in read.seen if key not in anew]
    said = [known.message(key, row) for key, row in anew.items()]
    names = sum(row.reference[0] == "p" for row in anew.values())
    return Rekeyed([*said, *gone, known.mark(after, former=before)], names)


def _first_of_each(changes: Iterable[tuple[bytes, Row | None]]) -> dict[bytes, Row]:
    """Give the row of each key: the first claim, until it is deleted or another name is joined."""
    rows: dict[bytes, Row] = {}
    for key, row in changes:
        if row is None:
            rows.pop(key, None)
        elif key not in rows or row.joined or row.reference == rows[key].reference:
            rows[key] = row
    return rows


async def rekey(kafka: KafkaSettings, former: bytes, secret: bytes) -> int:
    """Do it; says how many names are found under the new secret. Raises StateError, KafkaError."""
    topic = kafka.names.persons
    there = TopicPartition(topic, 0)
    async with consuming(kafka) as consumer, producing(kafka) as producer:
        if topic not in await consumer.topics():
            raise StateError(no_topic(topic))
        consumer.assign([there])
        consumer.seek(there, 0)
        end = int((await consumer.end_offsets([there]))[there])
        records: list[ConsumerRecord] = []
        while await consumer.position(there) < end:
            records += (await consumer.getmany(there, timeout_ms=1_000)).get(there, [])
        messages, names = rekeyed(topic, records, former, secret, lambda: os.urandom(32))
        for first in range(0, len(messages), AT_ONCE):
            await published(producer, messages[first : first + AT_ONCE])
    return names
