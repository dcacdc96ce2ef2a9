"""Read a table and give the events that its mapping makes of it, in order of time.

The events of the whole table are in memory while they are sorted: by time, then as `same_time.py` has it, then as the
rows stand. Read next: `columns.py`, which makes the events of one row; `mapping.py` for the document.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterator, Mapping, Sequence
from operator import itemgetter
from typing import IO, NamedTuple

import msgspec

from standards.errors import EventError, Finding, Place, SpecError
from standards.judge.events import Event, microseconds
from streams.ingest.columns import bind
from streams.ingest.doubts import Unmet, days_apart
from streams.ingest.makers import Bound, Maker, Seen
from streams.ingest.mapping import TableMapping
from streams.ingest.same_time import Rank, SameTime, Stamp

MAX_ROW = 1_000_000
"""Characters of the longest row that is read; more is not a table, or one with a quote that never ends."""


class BadRow(msgspec.Struct, frozen=True):
    """A row, or one event of it, that could not be read.

    `row` counts rows from 1 below the header; `lines` are the first and the last line that it takes in the file.
    `event` is the type of the event that is left out, empty where the whole row is. `reason` is a short stable word to
    count by. `message` does not say where: for one fault it is the same, but for the quote of the row, `found`.
    """

    row: int
    lines: tuple[int, int]
    event: str
    reason: str
    message: str
    found: str = ""


def read_table(
    lines: IO[bytes],
    mapping: TableMapping,
    *,
    bad: Callable[[BadRow], None],
    doubt: Callable[[str], None] = lambda _: None,
    name: str = "table.csv",
) -> Iterator[Event]:
    """Give the events of a table, sorted by time; `bad` is called for each row or event that could not be read.

    When all was read, `doubt` is called with what is odd about the table though it could be read. `name` is the file,
    for messages and for its format where the mapping names none. `lines` is read to its end and closed. Raises
    SpecError at once where a column of the mapping is missing, and while reading where the file is not a table.
    """
    rows = _Rows(lines, mapping, name)
    return _events(rows, bind(mapping, rows.header, name), bad, doubt, ordered=mapping.model.table.ordered)


class _Found(NamedTuple):
    """What a row gave: an event, or what was wrong with it, or (None) only what it says to `changed`."""

    at: int
    position: int
    outcome: Event | BadRow | None
    seen: Seen | None


def _events(
    rows: _Rows, bound: Bound, bad: Callable[[BadRow], None], doubt: Callable[[str], None], *, ordered: bool
) -> Iterator[Event]:
    found: list[_Found] = []
    makers = bound.makers
    unmet, same_time = Unmet(makers), SameTime([(maker.event, maker.moment) for maker in makers])
    for cells in rows.read(bad):
        first = len(found)
        for position, maker in enumerate(makers):
            try:
                made = _made(maker, position, cells, rows)
            except EventError as error:
                bad(rows.refused(error, maker.event))
                unmet.met(position)
                continue
            if made is not None:
                found.append(made)
            if made is None or made.outcome is None:
                unmet.look(position, cells)
            else:
                unmet.met(position)
        if not ordered:
            stamps = [Stamp(each.at, each.position, place) for place, each in enumerate(found[first:], first)]
            same_time.take(stamps, bound.thing(cells))
    found = sorted(found, key=itemgetter(0)) if ordered else _in_order(found, same_time.ranks())
    for said in (*unmet.said(rows.name, rows.row), *days_apart(rows.name, makers), *same_time.said(rows.name)):
        doubt(said)
    for outcome in _changes(found):
        if isinstance(outcome, BadRow):
            bad(outcome)
        else:
            yield outcome


def _in_order(found: list[_Found], ranks: Mapping[int, Rank]) -> list[_Found]:
    """Sort by time; at the same time by rank, which is that of the mapping's list where none is given."""
    if not ranks:
        return sorted(found, key=itemgetter(0, 1))

    def key(place: int) -> tuple[int, Rank]:
        at, position, *_ = found[place]
        return at, ranks.get(place, (position, 0))

    return [found[place] for place in sorted(range(len(found)), key=key)]


def _made(maker: Maker, position: int, cells: list[str], rows: _Rows) -> _Found | None:
    applies = maker.clause.holds(cells)
    seen = maker.seen(cells) if maker.seen else None
    wanted = seen is not None if maker.seen else applies
    time = maker.time(cells) if wanted else None
    if time is None:
        return None
    at = microseconds(time)
    if not applies:
        return _Found(at, position, None, seen)
    try:
        event = maker.build(cells, rows.row, time)
    except EventError as error:
        if seen is None:
            raise
        # Whether it changed, and so would have happened at all, is known only when the rows are in order.
        return _Found(at, position, rows.refused(error, maker.event), seen)
    event.at = at
    return _Found(at, position, event, seen)


def _changes(found: Sequence[_Found]) -> Iterator[Event | BadRow]:
    """Leave out what did not change: of each key's first row nothing is known to have."""
    last: dict[tuple[int, tuple[str, ...]], str] = {}
    for _, position, outcome, seen in found:
        if seen is not None:
            before = last.get((position, seen.key))
            last[position, seen.key] = seen.value
            if before is None or before == seen.value:
                continue
        if outcome is not None:
            yield outcome


class _Rows:
    """The rows of one file, below its header. `row` is the number of the last one; it began in the line `first`.

    Bytes that the encoding does not know are let through as lone surrogates, so that they cost their own row only.
    """

    def __init__(self, lines: IO[bytes], mapping: TableMapping, name: str) -> None:
        self.name = name
        self.row = self._last = 0
        self._encoding = mapping.model.table.encoding
        self._text = io.TextIOWrapper(lines, self._encoding, errors="surrogateescape", newline="")
        self._begin()
        line = self._first_line()
        form = mapping.model.table.format or ("tsv" if name.lower().endswith((".tsv", ".tab")) else "csv")
        comma = "," if "," in line or ";" not in line else ";"  # spreadsheets, where it is the decimal sign
        delimiter = "\t" if form == "tsv" else comma
        self._rows = csv.reader(self._lines(line), delimiter=delimiter, strict=True)
        self.header = self._header()
        self.row = 0

    def read(self, bad: Callable[[BadRow], None]) -> Iterator[list[str]]:
        """Yield the cells of each row that has as many as the header; lines without any cell are not rows."""
        while True:
            try:
                cells = self._next(len(self.header))
            except EventError as error:
                bad(self.refused(error))
            else:
                if cells is None:
                    return
                yield cells

    def refused(self, error: EventError, event: str = "") -> BadRow:
        """Say which row, or which event of it, could not be read, and why."""
        message = f"{event}: {error}" if event else str(error)
        return BadRow(self.row, (self._first, self._last), event, error.reason, message, error.found)

    def _header(self) -> list[str]:
        try:
            cells = self._next()
        except EventError as error:
            raise self._unusable(f"the header cannot be read: {error}", "see to the first line") from None
        if cells is None:
            raise self._unusable("this table is empty", "give one whose first line names the columns")
        return cells

    def _next(self, width: int | None = None) -> list[str] | None:
        """Read the next row, of `width` cells; None at the end. Raises EventError for a row that cannot be read."""
        try:
            cells: list[str] = []
            while not cells:
                self._begin()
                cells = next(self._rows)
        except StopIteration:
            return None
        except csv.Error as error:
            self.row += 1
            raise EventError("quotes", f"{error}; a quote inside a quoted cell is written twice") from None
        self.row += 1
        if self._damaged:
            found = f"not all of it is {self._encoding}"
            raise EventError("encoding", f"{found}; write its encoding under table: in the mapping, cp1250 for one")
        if width is not None and len(cells) != width:
            found = f"{len(cells)} cells where the header has {width}"
            raise EventError("columns", f"{found}; put a cell that holds the separator in quotes")
        return [cell.strip() for cell in cells]

    def _begin(self) -> None:
        self._first = self._last + 1
        self._damaged = False
        self._size = 0

    def _first_line(self) -> str:
        """Read the first line. Raises SpecError where it is of an encoding that shows itself."""
        line = self._read().removeprefix("\N{ZERO WIDTH NO-BREAK SPACE}")  # the byte order mark
        if "\0" in line:  # each letter of UTF-16 is two bytes, and one of them is 0 for most
            encoding = "utf-16" if line[:1] > "\x7f" else "utf-16-be" if line[:1] == "\0" else "utf-16-le"
            fix = f"write encoding: {encoding} under table: in the mapping"
            raise self._unusable(f"this is {encoding}, and was read as {self._encoding}", fix)
        return line

    def _lines(self, line: str) -> Iterator[str]:
        """Give the lines from the first one on, for the csv reader. Raises SpecError for a row without an end."""
        while line:
            self._last += 1
            self._size += len(line)
            if self._size > MAX_ROW:
                fix = "see that this file is a table, and that each quote in it has its end"
                raise self._unusable(f"this row is longer than {MAX_ROW:,} characters", fix)
            self._damaged |= not line.isascii() and any("\ud800" <= character <= "\udfff" for character in line)
            yield line
            line = self._read()

    def _read(self) -> str:
        try:
            return self._text.readline(MAX_ROW + 1 - self._size)
        except UnicodeError as error:
            found = f"this is not valid {self._encoding}: {error}"
            raise self._unusable(found, "name the encoding in the mapping") from None

    def _unusable(self, found: str, fix: str) -> SpecError:
        return SpecError([Finding("bad-table", Place(self.name, self._first, 1), found, fix)])
