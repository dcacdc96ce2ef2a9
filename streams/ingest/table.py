"""Read a table and give the events that its mapping makes of it, in order of time.

The events of the whole table are in memory while they are sorted: by time, then as `same_time.py` has it, then as the
rows stand. Read next: `columns.py`, which makes the events of one row; `mapping.py` for the document.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from operator import itemgetter
from pathlib import Path
from typing import IO, NamedTuple

import msgspec

from standards.errors import EventError
from standards.judge.events import Event, microseconds
from streams.ingest.columns import bind
from streams.ingest.csv_rows import CsvRows
from streams.ingest.derived import FILE, columns_read, derived
from streams.ingest.doubts import Unmet, days_apart
from streams.ingest.file_forms import form_of
from streams.ingest.keys_of_formats import keys_fit
from streams.ingest.makers import Bound, Maker, Seen
from streams.ingest.mapping import TableMapping
from streams.ingest.rows import BadRow, Rows
from streams.ingest.same_time import Rank, SameTime, Stamp

_CellsOf = Callable[[list[str], int], list[str]]


class Counts(msgspec.Struct):
    """How many rows a table has, and how many of those became no event, or not all of theirs, as they are not valid."""

    rows: int = 0
    unread: int = 0
    in_part: int = 0


def read_table(  # noqa: PLR0913 - what is told while it is read
    lines: IO[bytes],
    mapping: TableMapping,
    *,
    bad: Callable[[BadRow], None],
    doubt: Callable[[str], None] = lambda _: None,
    counts: Counts | None = None,
    name: str = "table.csv",
    label: str = "",
) -> Iterator[Event]:
    """Give the events of a table, sorted by time; `bad` is called for each row or event that could not be read.

    When all was read, `doubt` is called with what is odd about the table though it could be read, and `counts` is added
    to. `name` is the file, for messages and for its format where the mapping names none; the ids of its events begin
    with `label`. `lines` is read to its end. Raises SpecError at once where a column of the mapping is missing, and
    while reading where the file is not a table.
    """
    rows = rows_of(lines, mapping, name)
    columns, own = derived(mapping, rows.header), {FILE: Path(name).name}
    told = _Told(bad, doubt, Counts() if counts is None else counts)
    bound = bind(mapping, columns.header, name, label)
    ordered = mapping.model.table.ordered
    return _events(rows, lambda row, number: columns.cells(row, number, own), bound, told, ordered=ordered)


def rows_of(lines: IO[bytes], mapping: TableMapping, name: str) -> Rows:
    """Give the rows of a file as it is written: as the mapping says, or by its name."""
    form = mapping.model.table.format or form_of(name)
    if form is not None:
        keys_fit(mapping, form)
    match form:
        case "workbook":
            from streams.ingest.sheet_rows import SheetRows  # noqa: PLC0415 - few tables need it

            return SheetRows(lines, mapping, name)
        case "json":
            from streams.ingest.record_rows import JsonRows  # noqa: PLC0415 - few tables need it

            return JsonRows(lines, mapping, name)
        case "xes":
            from streams.ingest.xes_rows import XesRows  # noqa: PLC0415 - few tables need it

            return XesRows(lines, name, columns_read(mapping.model))
        case _:
            return CsvRows(lines, mapping, name)


class _Told(NamedTuple):
    """Who hears of what was found."""

    bad: Callable[[BadRow], None]
    doubt: Callable[[str], None]
    counts: Counts


class _Found(NamedTuple):
    """What a row gave: an event, or what was wrong with it, or (None) only what it says to `changed`."""

    at: int
    position: int
    outcome: Event | BadRow | None
    seen: Seen | None


def _events(rows: Rows, cells_of: _CellsOf, bound: Bound, told: _Told, *, ordered: bool) -> Iterator[Event]:
    found: list[_Found] = []
    makers, counts = bound.makers, told.counts
    unmet, same_time = Unmet(makers), SameTime([(maker.event, maker.moment) for maker in makers])
    for row in rows.read(told.bad):
        first = len(found)
        try:
            cells = cells_of(row, rows.row)
        except EventError as error:
            rows.unread += 1
            told.bad(rows.refused(error))
            continue
        refused = _of_row(makers, cells, rows, found, unmet)
        for each in refused:
            told.bad(each)
        if refused and any(isinstance(each.outcome, Event) for each in found[first:]):
            counts.in_part += 1
        elif refused:
            counts.unread += 1
        if not ordered:
            stamps = [Stamp(each.at, each.position, place) for place, each in enumerate(found[first:], first)]
            same_time.take(stamps, bound.thing(cells))
    found = sorted(found, key=itemgetter(0)) if ordered else _in_order(found, same_time.ranks())
    for said in (
        *rows.doubts(),
        *unmet.said(rows.name, rows.row),
        *days_apart(rows.name, makers),
        *same_time.said(rows.name),
        *same_time.past_midnight(rows.name),
    ):
        told.doubt(said)
    counts.rows += rows.row
    counts.unread += rows.unread
    for outcome in _changes(found):
        if isinstance(outcome, BadRow):
            counts.in_part += 1
            told.bad(outcome)
        else:
            yield outcome


def _of_row(makers: Sequence[Maker], cells: list[str], rows: Rows, found: list[_Found], unmet: Unmet) -> list[BadRow]:
    """Add what a row gives to what was found; give what could not be read of it."""
    refused: list[BadRow] = []
    for position, maker in enumerate(makers):
        try:
            made = _made(maker, position, cells, rows)
        except EventError as error:
            refused.append(rows.refused(error, maker.event))
            unmet.met(position)
            continue
        if made is not None:
            found.append(made)
        if made is None or made.outcome is None:
            unmet.look(position, cells)
        else:
            unmet.met(position)
    return refused


def _in_order(found: list[_Found], ranks: Mapping[int, Rank]) -> list[_Found]:
    """Sort by time; at the same time by rank, which is that of the mapping's list where none is given."""
    if not ranks:
        return sorted(found, key=itemgetter(0, 1))

    def key(place: int) -> tuple[int, Rank]:
        at, position, *_ = found[place]
        return at, ranks.get(place, (position, 0))

    return [found[place] for place in sorted(range(len(found)), key=key)]


def _made(maker: Maker, position: int, cells: list[str], rows: Rows) -> _Found | None:
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
