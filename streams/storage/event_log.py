"""The log of events in a host's data folder, in the order in which they happened: what history is judged from.

It is only read, whether or not a host runs on it, and by whatever Kept it was written, up to this one.
Read next: `sqlite.py`.
"""

from __future__ import annotations

from contextlib import closing
from datetime import datetime
from heapq import heappop, heappush
from typing import TYPE_CHECKING, NamedTuple

import msgspec

from standards.judge.events import microseconds, moment
from standards.judge.ledger import Plain
from standards.judge.promise import NEVER
from streams.runtime.position import Position
from streams.storage.sqlite import FILE, Database

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator
    from pathlib import Path


class _Fact(msgspec.Struct):
    """An event as its sender wrote it."""

    type: str
    id: str
    source: str
    time: datetime
    data: msgspec.Raw


class _Stored(_Fact):
    """The same as it is stored, with when it happened as it was judged (microseconds UTC), where it says so."""

    at: int = msgspec.field(default=NEVER, name="$at")


class _Typed(msgspec.Struct):
    """All that has to be read of an event to pass it over."""

    type: str


_stored = msgspec.json.Decoder(_Stored).decode
_typed = msgspec.json.Decoder(_Typed).decode


def events_in_order(folder: Path) -> Iterator[bytes]:
    """Give the events of a folder as JSON lines without their ends, by their times; of one time, as they came.

    A time that was ahead of the host's clock is the one that it was taken for. Raises StateError where the store cannot
    be read, or is a newer Kept's.
    """
    with closing(Database(folder / FILE, read_only=True)) as database, database.reading():
        ahead: list[tuple[int, int, bytes]] = []
        number = 0
        for seq, first in database.all("SELECT seq, first FROM events ORDER BY first, seq"):
            while ahead and ahead[0][0] < first:
                yield heappop(ahead)[2]
            for (body,) in database.all("SELECT body FROM events WHERE seq = ?", (seq,)):
                for raw in body.splitlines():
                    number += 1
                    heappush(ahead, _placed(raw, number))
        while ahead:
            yield heappop(ahead)[2]


def _placed(raw: bytes, number: int) -> tuple[int, int, bytes]:
    stored = _stored(raw)
    at = min(stored.at, microseconds(stored.time))
    return at, number, msgspec.json.encode(_Fact(stored.type, stored.id, stored.source, moment(at), stored.data))


class Happened(NamedTuple):
    """What an event of the log says: when it happened, as it was judged (microseconds UTC), its type and its fields."""

    at: int
    type: str
    data: dict[str, Plain]


def happened(folder: Path, types: Collection[str], since: int) -> list[Happened]:
    """Give the events of some types from an instant on (microseconds UTC), in their order. Raises StateError."""
    found: list[Happened] = []
    with closing(Database(folder / FILE, read_only=True)) as database, database.reading():
        for (seq,) in database.all("SELECT seq FROM events WHERE last >= ? ORDER BY seq", [since]):
            for (body,) in database.all("SELECT body FROM events WHERE seq = ?", [seq]):
                found += (_happened(_stored(raw)) for raw in body.splitlines() if _typed(raw).type in types)
    return sorted((each for each in found if each.at >= since), key=lambda each: each.at)


def reached(folder: Path) -> int:
    """Give how far the clock had come when the store was last written, in microseconds UTC; -1: nowhere yet.

    Raises StateError where the store cannot be read.
    """
    with closing(Database(folder / FILE, read_only=True)) as database:
        row = database.one("SELECT body FROM position")
    return -1 if row is None else msgspec.json.decode(row[0], type=Position).reached


def _happened(stored: _Stored) -> Happened:
    at = min(stored.at, microseconds(stored.time))
    return Happened(at, stored.type, msgspec.json.decode(stored.data, type=dict[str, Plain]))
