"""What can be got out of a store: the events in the order in which they were received, and the lines of the ledger.

It is read window by window, each as of the last commit, so that nobody else has to wait for all of it, and memory does
not grow with it. Read next: `streams/exports/giving.py`, which says what it looks like outside.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

import msgspec

from standards.calendar.duration import HOUR
from standards.judge.events import iso
from standards.judge.ledger import Plain
from standards.judge.promise import NEVER
from streams.runtime.position import Position

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from streams.storage.sqlite import SharedConnection

COMMITS: Final = 500
"""How many commits of the log of events are looked up at a time; of each, its events are one window."""
LINES: Final = 5_000
"""How many lines of the ledger are one window."""
MOST_WINDOWS: Final = 2_000
"""How many windows one page looks at for what is asked for."""


class _Stored(msgspec.Struct):
    """An event as it is stored, with when it was received (microseconds UTC), which an older Kept did not note."""

    type: str
    id: str
    source: str
    time: str
    data: dict[str, Plain]
    received: int = msgspec.field(default=0, name="$received")


class _Outside(msgspec.Struct):
    """The same as a CloudEvent; `keptreceived` is an extension attribute, whose names are lower-case letters."""

    specversion: str
    id: str
    source: str
    type: str
    time: str
    data: dict[str, Plain]
    keptreceived: str


class Asked(NamedTuple):
    """Which part: from `since` up to and without `until`, microseconds UTC; of events perhaps of one `type` alone.

    Events by when they were received, lines of the ledger by when they took effect.
    """

    since: int = -1
    until: int = NEVER
    type: str = ""


class Place(NamedTuple):
    """A place among events or lines: of which row, and there from which one on, from 0."""

    row: int = 0
    at: int = 0


class Found(NamedTuple):
    """An event or a line as JSON, and the place behind it."""

    text: bytes
    behind: Place


class Window(NamedTuple):
    """What was looked at together: what was found in it, and the place behind all of it."""

    found: list[Found]
    behind: Place


class Extent(NamedTuple):
    """Of events: since when the store has all that were received, and how far judging had come by the clock.

    Microseconds UTC; `since` is None where there are none. `last` is the row of the newest.
    """

    since: int | None
    until: int
    last: int


START: Final = Place()

_encode = msgspec.json.encode
_stored = msgspec.json.Decoder(_Stored).decode


class ExportQueries:
    """Reads a store to give it out. Raises StateError."""

    def __init__(self, connection: SharedConnection) -> None:
        self._connection = connection
        self._all = connection.all

    def extent(self) -> Extent:
        """Say from when to when the stored events are."""
        with self._connection.reading() as database:
            oldest = database.one("SELECT received, body FROM events ORDER BY seq LIMIT 1")
            ((last,),) = database.all("SELECT coalesce(max(seq), 0) FROM events")
            row = database.one("SELECT body FROM position")
        position = Position() if row is None else msgspec.json.decode(row[0], type=Position)
        since = None if oldest is None else min(_stored(raw).received or oldest[0] for raw in oldest[1].splitlines())
        return Extent(since, position.reached, int(last))

    def last_line(self) -> int:
        """Say which row of the ledger is the last one; 0: there is none."""
        ((last,),) = self._all("SELECT coalesce(max(seq), 0) FROM ledger")
        return int(last)

    def events(self, asked: Asked, start: Place = START, *, last: int) -> Iterator[Window]:
        """Give events as CloudEvents, in the order in which they were received, up to a last row."""
        row = start.row
        until = min(asked.until + HOUR, NEVER)  # the row says when it was stored, which is never so much later
        sql = (
            "SELECT seq FROM events WHERE seq >= ? AND seq <= ? AND received >= ? AND received < ? ORDER BY seq LIMIT ?"
        )
        while rows := self._all(sql, row, last, asked.since, until, COMMITS):
            for (row,) in rows:
                for received, body in self._all("SELECT received, body FROM events WHERE seq = ?", row):
                    begin = start.at if row == start.row else 0
                    yield Window(list(_outside(body, received, asked, Place(row, begin))), Place(row + 1))
            row += 1

    def ledger(self, asked: Asked, start: Place = START, *, last: int) -> Iterator[Window]:
        """Give lines of the ledger, byte for byte as they were written, up to a last row."""
        sql = "SELECT seq, body FROM ledger WHERE seq >= ? AND seq < ? AND at >= ? AND at < ? ORDER BY seq"
        for row in range(start.row, last + 1, LINES):
            end = min(row + LINES, last + 1)
            rows = self._all(sql, row, end, asked.since, asked.until)
            yield Window([Found(bytes(body), Place(seq + 1)) for seq, body in rows], Place(end))


def _outside(body: bytes, received: int, asked: Asked, start: Place) -> Iterator[Found]:
    for place, raw in enumerate(body.splitlines()):
        if place < start.at:
            continue
        stored = _stored(raw)
        at = stored.received or received
        if asked.since <= at < asked.until and asked.type in ("", stored.type):
            said: dict[str, Plain] = {name: value for name, value in stored.data.items() if value is not None}
            outside = _Outside("1.0", stored.id, stored.source, stored.type, stored.time, said, iso(at))
            yield Found(_encode(outside), Place(start.row, place + 1))


def page_of(windows: Iterable[Window], limit: int) -> tuple[list[bytes], Place | None]:
    """Give a page, and the place where the next one begins; None at the end. A page may be short before the end."""
    page: list[bytes] = []
    for number, window in enumerate(windows, 1):
        wanted = window.found[: limit - len(page)]
        page += [each.text for each in wanted]
        if len(page) == limit:
            return page, wanted[-1].behind
        if number == MOST_WINDOWS:
            return page, window.behind
    return page, None
