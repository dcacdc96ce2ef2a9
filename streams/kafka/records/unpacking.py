"""Unpacking: the records of the topics that `kept serve` reads, as values.

Only Kept writes to these topics. What cannot be read all the same becomes a letter that names its place, so that it can
be looked up, and stops nothing.
Read next: `facts.py` for the shapes.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import msgspec

from alerts.routing.actions import Action
from alerts.routing.incident import PromiseIncidents
from alerts.routing.notice import Notice, Reason, Withheld
from standards.judge.ledger import Line
from streams.ingest.wire import UNREADABLE
from streams.kafka.records import topics
from streams.kafka.records.facts import DeadLetters, Late, Letter, PersonsAct, Progress, Revision, Told
from streams.storage.router_tables import promise_of
from streams.storage.rows import Delivery

if TYPE_CHECKING:
    from collections.abc import Iterable

READ = (
    topics.LEDGER, topics.NOTICES, topics.ACTS, topics.DEAD_LETTERS, topics.REVISIONS, topics.PROGRESS,
    topics.DELIVERIES, topics.DESK,
)  # fmt: skip
"""The topics that are read, without their prefix."""
UNREADABLE_RECORD = "unreadable-record"
"""The reason of a letter for a record that could not be read."""

_lines = msgspec.json.Decoder(Line).decode_lines
_told = msgspec.json.Decoder(Told).decode
_dead_letters = msgspec.json.Decoder(DeadLetters).decode
_revision = msgspec.json.Decoder(Revision).decode
_progress = msgspec.json.Decoder(Progress).decode
_delivery = msgspec.json.Decoder(Delivery).decode
_parts = msgspec.json.Decoder(list[str]).decode
_incidents = msgspec.json.Decoder(PromiseIncidents).decode
_act = msgspec.json.Decoder(PersonsAct).decode


class Record(NamedTuple):
    """A record: its topic without and with the prefix, its place, when it was published (microseconds UTC), content."""

    topic: str
    stream: str
    partition: int
    offset: int
    at: int
    value: bytes | None
    key: bytes | None = None


class Unpacked(msgspec.Struct):
    """What some records held, in their order. `notices` has (received, partition, notices) of each record.

    `withheld` has (received, what was withheld), `acts` (received, what somebody did). `incidents` are by their
    promise, None where they are forgotten.
    """

    lines: list[Line] = []
    reasons: dict[str, Reason] = {}
    notices: list[tuple[int, int, list[Notice]]] = []
    withheld: list[tuple[int, Withheld]] = []
    acts: list[tuple[int, Action]] = []
    letters: list[Letter] = []
    late: list[Late] = []
    revisions: list[Revision] = []
    progress: list[Progress] = []
    deliveries: list[Delivery] = []
    incidents: dict[str, PromiseIncidents | None] = {}


def unpack(records: Iterable[Record]) -> Unpacked:
    """Read records. One without content only ends its key, and is passed over."""
    found = Unpacked()
    for record in records:
        try:
            if record.topic == topics.DESK:
                _add_row(record, found)
            elif record.value is not None:
                _add(record, record.value, found)
        except UNREADABLE as error:
            where = f"{record.stream}/{record.partition}/{record.offset}"
            message = f"{where} holds no {record.topic} that this Kept can read: {error}; is an older Kept reading it?"
            found.letters.append(Letter(record.at, UNREADABLE_RECORD, message, f"{where}#1", record.value or b""))
    return found


def _add_row(record: Record, found: Unpacked) -> None:
    """Take, of what the coordinator remembers, the incidents of promises; the other rows are its own."""
    parts = _parts(record.key or b"[]")
    if parts[:1] == ["matter"]:
        found.incidents[promise_of(parts[-1])] = None if record.value is None else _incidents(record.value)


def _add(record: Record, value: bytes, found: Unpacked) -> None:
    match record.topic:
        case topics.LEDGER:
            found.lines += _lines(value)
        case topics.NOTICES:
            told = _told(value)
            found.reasons.update(told.reasons)
            if told.notices:
                found.notices.append((record.at, record.partition, told.notices))
            found.withheld += [(record.at, each) for each in told.withheld]
        case topics.ACTS:
            found.acts.append((record.at, _act(value).row))
        case topics.DEAD_LETTERS:
            letters = _dead_letters(value)
            found.letters += [each for each in letters if isinstance(each, Letter)]
            found.late += [each for each in letters if isinstance(each, Late)]
        case topics.REVISIONS:
            found.revisions.append(_revision(value))
        case topics.PROGRESS:
            found.progress.append(_progress(value))
        case _:  # only `deliveries` is left
            found.deliveries.append(_delivery(value))
