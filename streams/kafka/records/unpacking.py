"""Unpacking: the records of the topics that `kept serve` reads, as values.

Only Kept writes to these topics. What cannot be read all the same becomes a letter that names its place, so that it can
be looked up, and stops nothing.
Read next: `facts.py` for the shapes.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import msgspec

from alerts.routing.actions import Action
from alerts.routing.notice import Notice, Reason, Withheld
from standards.judge.ledger import Line
from streams.ingest.wire import UNREADABLE
from streams.kafka.records.facts import DeadLetters, Late, Letter, PersonsAct, Progress, Revision, Told
from streams.kafka.records.topics import ACTS, DEAD_LETTERS, DELIVERIES, LEDGER, NOTICES, PROGRESS, REVISIONS
from streams.storage.rows import Delivery

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

UNREADABLE_RECORD = "unreadable-record"
"""The reason of a letter for a record that could not be read."""

_lines = msgspec.json.Decoder(Line).decode_lines
_told = msgspec.json.Decoder(Told).decode
_dead_letters = msgspec.json.Decoder(DeadLetters).decode
_revision = msgspec.json.Decoder(Revision).decode
_progress = msgspec.json.Decoder(Progress).decode
_delivery = msgspec.json.Decoder(Delivery).decode
_act = msgspec.json.Decoder(PersonsAct).decode


class Record(NamedTuple):
    """A record: what its topic holds, as `topics.py` names it, its topic's whole name, its place, time and content.

    `at` is when it was published, in microseconds UTC.
    """

    topic: str
    stream: str
    partition: int
    offset: int
    at: int
    value: bytes | None


class Unpacked(msgspec.Struct):
    """What some records held, in their order. `notices` has (received, partition, notices) of each record.

    `withheld` has (received, what was withheld).
    """

    lines: list[Line] = []
    reasons: dict[str, Reason] = {}
    notices: list[tuple[int, int, list[Notice]]] = []
    withheld: list[tuple[int, Withheld]] = []
    acts: list[Action] = []
    letters: list[Letter] = []
    late: list[Late] = []
    revisions: list[Revision] = []
    progress: list[Progress] = []
    deliveries: list[Delivery] = []


def unpack(records: Iterable[Record]) -> Unpacked:
    """Read records. A record without content is the end of a key, and nothing to us."""
    found = Unpacked()
    for record in records:
        if record.value is None:
            continue
        try:
            _TAKE[record.topic](record, record.value, found)
        except UNREADABLE as error:
            where = f"{record.stream}/{record.partition}/{record.offset}"
            message = f"{where} holds no {record.topic} that this Kept can read: {error}; is an older Kept reading it?"
            found.letters.append(Letter(record.at, UNREADABLE_RECORD, message, f"{where}#1", record.value))
    return found


def _take_lines(_: Record, value: bytes, found: Unpacked) -> None:
    found.lines += _lines(value)


def _take_told(record: Record, value: bytes, found: Unpacked) -> None:
    told = _told(value)
    found.reasons.update(told.reasons)
    if told.notices:
        found.notices.append((record.at, record.partition, told.notices))
    found.withheld += [(record.at, each) for each in told.withheld]


def _take_act(_: Record, value: bytes, found: Unpacked) -> None:
    found.acts.append(_act(value).row)


def _take_letters(_: Record, value: bytes, found: Unpacked) -> None:
    for letter in _dead_letters(value):
        if isinstance(letter, Late):
            found.late.append(letter)
        else:
            found.letters.append(letter)


def _take_revision(_: Record, value: bytes, found: Unpacked) -> None:
    found.revisions.append(_revision(value))


def _take_progress(_: Record, value: bytes, found: Unpacked) -> None:
    found.progress.append(_progress(value))


def _take_delivery(_: Record, value: bytes, found: Unpacked) -> None:
    found.deliveries.append(_delivery(value))


_TAKE: Mapping[str, Callable[[Record, bytes, Unpacked], None]] = {
    LEDGER: _take_lines,
    NOTICES: _take_told,
    ACTS: _take_act,
    DEAD_LETTERS: _take_letters,
    REVISIONS: _take_revision,
    PROGRESS: _take_progress,
    DELIVERIES: _take_delivery,
}
READ = tuple(_TAKE)
"""The topics that are folded, as `topics.py` names them."""
