"""What is given out of a store: which, in which form, and how far it goes back.

Read next: `streams/storage/export_queries.py`, `tables.py`.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Final, Literal

from streams.exports.tables import EVENT_COLUMNS, LINE_COLUMNS, event_cells, line_cells, table
from streams.storage.export_queries import START

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from streams.storage.export_queries import Asked, ExportQueries, Place, Window

Form = Literal["lines", "table"]
CHUNK: Final = 1 << 18
"""How many bytes are given at a time, or a little more."""


def events(queries: ExportQueries, asked: Asked, form: Form, start: Place = START, *, last: int) -> Iterator[bytes]:
    """Give events as CloudEvents, a JSON line each, or as a table; up to a last row of the store. Raises StateError."""
    rows = partial(_texts, partial(queries.events, asked, start, last=last))
    return _lines(rows()) if form == "lines" else table(rows, event_cells, EVENT_COLUMNS)


def ledger(queries: ExportQueries, asked: Asked, form: Form, start: Place = START, *, last: int) -> Iterator[bytes]:
    """Give lines of the ledger, as `kept backtest --ledger` writes them, or as a table. Raises StateError."""
    rows = partial(_texts, partial(queries.ledger, asked, start, last=last))
    return _lines(rows()) if form == "lines" else table(rows, line_cells, LINE_COLUMNS)


def in_chunks(lines: Iterable[bytes]) -> Iterator[bytes]:
    """Join lines to chunks."""
    chunk, size = [], 0
    for line in lines:
        chunk.append(line)
        size += len(line)
        if size >= CHUNK:
            yield b"".join(chunk)
            chunk, size = [], 0
    if chunk:
        yield b"".join(chunk)


def _texts(windows: partial[Iterator[Window]]) -> Iterator[bytes]:
    return (each.text for window in windows() for each in window.found)


def _lines(texts: Iterable[bytes]) -> Iterator[bytes]:
    return (text + b"\n" for text in texts)
