"""Paths into records, as JMESPath has them: what stands there, and where a document has its records.

The only file that knows the library.
Read next: `record_rows.py`, which asks.
"""

from __future__ import annotations

import re
from functools import partial
from typing import TYPE_CHECKING, Any, Final

import jmespath
import msgspec
from jmespath.exceptions import JMESPathError

from standards.documents.entries import Entry
from standards.errors import EventError, SpecError
from streams.ingest.derived import columns_read
from streams.ingest.rows import composed
from streams.ingest.times import shown

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from streams.ingest.mapping import TableMapping
    from streams.ingest.mapping_model import MappingModel

Record = Any
"""What a JSON text stands for."""
Each = str | dict[str, str] | None
"""Where in an item of a document its records stand: it is one, at one path, or by named paths one within another."""
_FAILS: Final = (JMESPathError, ValueError, TypeError, ArithmeticError, RecursionError)
"""What a path raises for a value that it does not fit: the library lets through what Python says of some."""


class Paths:
    """What stands at some paths of a record, and where a document has its records."""

    def __init__(self, each: Each, columns: Sequence[str]) -> None:
        self.header = [composed(column) for column in columns]
        self._paths = [_search(column) for column in self.header]
        names = each if isinstance(each, dict) else {}
        whole = any(re.split(r"\W", column, maxsplit=1)[0] not in names for column in self.header)
        self.records: Callable[[Record], Iterator[Record | EventError]] = _unrolled(each, stands_alone=whole)
        """Gives the records of an item of a document, and in the place of each that cannot be had why not."""

    def cells(self, record: Record | EventError) -> list[str]:
        """Give what stands at each path as the cells of a row. Raises EventError, also for what is not a record."""
        if isinstance(record, EventError):
            raise record
        cells = [_cell(value).strip() for value in (path(record) for path in self._paths)]
        if not isinstance(record, dict) and not any(cells):
            raise _no_record(record)
        return cells


def _search(path: str) -> Callable[[Record], Record]:
    """Give what finds the value at a path in a record. It raises EventError."""
    search = jmespath.compile(path).search

    def found(record: Record) -> Record:
        try:
            return search(record)
        except _FAILS as error:
            words = str(error).replace("\n", " ")
            raise EventError("path", f"the path {path!r} does not fit: {words}", found=words) from None

    return found


def _unrolled(each: Each, *, stands_alone: bool) -> Callable[[Record], Iterator[Record | EventError]]:
    """Give what makes records of an item of a document.

    A path gives those that stand there. Named paths each lead on from the one before: a record then has what the item
    has, and under each name what stands there. Where nothing does, what is above it is one record by itself: a ticket
    that nobody changed was opened all the same. An item has only where something `stands_alone` in it. Of several
    records one may be an error.
    """
    if each is None:
        return lambda item: iter([item])
    named = not isinstance(each, str)
    steps = [(name, _search(path)) for name, path in (each.items() if not isinstance(each, str) else [("", each)])]

    def within(at: Record, above: dict[str, Record], depth: int) -> Iterator[Record | EventError]:
        if depth == len(steps):
            yield above if named else at
            return
        name, search = steps[depth]
        try:
            parts = _listed(search(at))
        except EventError as error:
            yield error
            return
        if not parts and not isinstance(at, dict) and at != []:
            yield _no_record(at)
        elif not parts and named and isinstance(at, dict) and (depth or stands_alone):
            yield {**above, **dict.fromkeys(rest for rest, _ in steps[depth:])}
        for part in parts:
            if part is None:
                yield _no_record(part)
            else:
                yield from within(part, {**above, name: part} if named else above, depth + 1)

    return lambda item: within(item, dict(item) if isinstance(item, dict) else {}, 0)


def _no_record(found: Record) -> EventError:
    text = shown(_cell(found) or "null")
    return EventError("no-record", f"{text} is not a record with fields; see to what wrote it", found=text)


def _listed(found: Record) -> list[Record]:
    return found if isinstance(found, list) else [] if found is None else [found]


def _cell(value: Record) -> str:
    """Write a value as a cell: text as it is, nothing for none, what has parts as JSON. Raises EventError."""
    if isinstance(value, str):
        return value
    try:
        return "" if value is None else msgspec.json.encode(value).decode()
    except (TypeError, ValueError, RecursionError) as error:
        raise EventError("path", f"what a path finds is not a value: {error}") from None


def check_paths(entry: Entry, model: MappingModel) -> None:
    """Report paths that are none: where records stand, and what of them is a column."""
    check_each(entry.at("table"), model)
    for column in columns_read(model):
        place = _named_at(entry, model, column)
        place.attempt("bad-path", partial(_check_path, column), key=column in model.columns or place is entry)


def _named_at(entry: Entry, model: MappingModel, column: str) -> Entry:
    """Find where a column is named first: among the columns, as a field of an event or as its time; else the whole."""
    if column in model.columns:
        return entry.at("columns", column)
    if model.table.time is not None and column in model.table.time.column:
        return entry.at("table", "time")
    for index, event in enumerate(model.events):
        if event.time is not None and column in event.time.column:
            return entry.at("events", index, "time")
        for name, value in event.fields.items():
            if value.column == column:
                return entry.at("events", index, "fields", name)
    return entry


def check_each(entry: Entry, model: MappingModel) -> None:
    """Report paths to records that are none."""
    each = model.table.each
    for name, path in {"": each}.items() if isinstance(each, str) else (each or {}).items():
        place = entry.at("each", name) if name else entry.at("each")
        place.attempt("bad-path", partial(_check_path, path))


def sound_paths(mapping: TableMapping) -> Sequence[str]:
    """Give the columns of a mapping that are read as paths. Raises SpecError where one is none."""
    entry = Entry(mapping.document, (), [])
    check_paths(entry, mapping.model)
    if entry.findings:
        raise SpecError(entry.findings)
    return columns_read(mapping.model)


def _check_path(path: str) -> None:
    try:
        parsed = jmespath.compile(path).parsed
    except JMESPathError as error:
        at = getattr(error, "lex_position", len(path))
        raise ValueError(f"{path!r} is not a valid path from character {at + 1} on; write it like Queue.Name") from None
    except RecursionError:
        raise ValueError("this path has too many brackets in one another; write it like Queue.Name") from None
    if _stands_still(parsed):
        raise ValueError(f"{path!r} has a slice whose step is 0; write another step, or leave it out")


def _stands_still(part: Mapping[str, Any]) -> bool:
    """Say whether a slice of a path has a step of 0, with which it has no end."""
    if part["type"] == "slice":
        return bool(part["children"][2] == 0)
    return any(_stands_still(each) for each in part["children"] if isinstance(each, dict))
