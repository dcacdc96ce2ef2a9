"""The records of the topic `names`: what references stand for, who was seen, who erased, and the mark of their secret.

Read next: `names_topic.py`, which reads and publishes them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import msgspec
import structlog

from streams.ingest.wire import UNREADABLE
from streams.kafka.clients.log import Message
from streams.kafka.persons.shared_names import Read
from streams.names.rows import Row

if TYPE_CHECKING:
    from collections.abc import Sequence

    from streams.kafka.clients.log import ConsumerRecord

MARK: Final = b"secret"
"""The key of the mark; those of names are the 64 hexadecimal digits of their HMAC."""
BLOCK: Final = b"erased/"
"""How the keys begin of what is kept, for a while, of who was erased; the same digits follow."""

SEEN: Final = b"seen/"
"""How the keys begin of what says when somebody was last named; the same digits follow."""
DAY_MS: Final = 86_400_000

log = structlog.get_logger("kept")


class Named(msgspec.Struct, frozen=True, omit_defaults=True):
    """A record: what a reference stands for. `kind` is `p` for a person and `t` for a text.

    One that is `joined` is another name of somebody, and stands for them whoever it stood for before.
    """

    reference: str
    text: str
    kind: str
    joined: bool = False


class Block(msgspec.Struct, frozen=True):
    """A record: somebody was erased at an instant (microseconds UTC), and what happened before then names nobody."""

    at: int


class Seen(msgspec.Struct, frozen=True):
    """A record: something named somebody on a day, counted from 1970. So it is on the day of their own record."""

    day: int


class Mark(msgspec.Struct, frozen=True, omit_defaults=True):
    """The record that says under which secret the others are found: a HMAC of a word, in hexadecimal digits.

    It takes the place of a `former` one, where it says whose.
    """

    mark: str
    former: str = ""


_encode = msgspec.json.encode
_named = msgspec.json.Decoder(Named).decode
_block = msgspec.json.Decoder(Block).decode
_seen = msgspec.json.Decoder(Seen).decode
_mark = msgspec.json.Decoder(Mark).decode


class NameRecords:
    """Reads records, and makes them. `marked` is the first mark that was read, or what took its place.

    `unreadable` are places, by key.
    """

    def __init__(self, topic: str) -> None:
        self.marked = ""
        self.unreadable: dict[bytes, str] = {}
        self._topic = topic

    def read(self, records: Sequence[ConsumerRecord]) -> Read:
        """Read some records, in their order; what cannot be read is named in the log and changes nothing."""
        changes: list[tuple[bytes, Row | None]] = []
        blocks: dict[bytes, int | None] = {}
        seen: dict[bytes, int] = {}
        for record in records:
            key, value = record.key or b"", record.value
            place = f"the name in {record.topic}/{record.partition}/{record.offset}"
            self.unreadable.pop(key, None)  # it was written anew
            try:
                if key == MARK:
                    self._take_mark(_mark(value or b""))
                elif key.startswith(BLOCK):
                    blocks[_found_by(key.removeprefix(BLOCK))] = None if value is None else _block(value).at
                elif key.startswith(SEEN):
                    seen |= {} if value is None else {_found_by(key.removeprefix(SEEN)): _seen(value).day}
                else:
                    changes.append(_change(_found_by(key), value))
                    seen[_found_by(key)] = record.timestamp // DAY_MS
            except (ValueError, *UNREADABLE) as error:
                log.error("a name cannot be read", place=place, why=type(error).__name__)  # noqa: TRY400 - of a newer Kept
                self.unreadable[key] = place
        return Read(changes, blocks, seen)

    def _take_mark(self, found: Mark) -> None:
        if not self.marked or found.former == self.marked:
            self.marked = found.mark

    def message(self, key: bytes, row: Row | None) -> Message:
        """Give the record of a row; None deletes what there is."""
        value = None if row is None else _encode(Named(row.reference, row.text, row.reference[:1], row.joined))
        return Message(self._topic, 0, value, key.hex().encode())

    def block(self, key: bytes, at: int | None) -> Message:
        """Give the record that says when who is found by a key was erased; None: it is long ago."""
        return Message(self._topic, 0, None if at is None else _encode(Block(at)), BLOCK + key.hex().encode())

    def seen(self, key: bytes, day: int | None) -> Message:
        """Give the record that says on which day who is found by a key was named last; None: they are forgotten."""
        return Message(self._topic, 0, None if day is None else _encode(Seen(day)), SEEN + key.hex().encode())

    def mark(self, mark: str, *, former: str = "") -> Message:
        """Give the record of a mark, which may take the place of a former one."""
        return Message(self._topic, 0, _encode(Mark(mark, former)), MARK)


def erased_at(value: bytes | None) -> int:
    """Say when who is found by the key of a record was erased, in microseconds UTC; -1 where it does not say so."""
    try:
        return -1 if value is None else _block(value).at
    except UNREADABLE:
        return -1


def _found_by(key: bytes) -> bytes:
    return bytes.fromhex(key.decode())


def _change(by: bytes, value: bytes | None) -> tuple[bytes, Row | None]:
    if value is None:
        return by, None
    found = _named(value)
    return by, Row(by, found.reference, found.text, found.joined)
