"""The log of events in a host's data folder, in the order in which they happened: what history is judged from.

It is only read, whether or not a host runs on it, and by whatever Kept it was written, up to this one.
Read next: `sqlite.py`.
"""

from __future__ import annotations

from contextlib import closing
from datetime import datetime
from heapq import heappop, heappush
from typing import TYPE_CHECKING

import msgspec

from standards.judge.events import microseconds, moment
from standards.judge.promise import NEVER
from streams.storage.sqlite import FILE, Database

if TYPE_CHECKING:
    from collections.abc import Iterator
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


_stored = msgspec.json.Decoder(_Stored).decode


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
