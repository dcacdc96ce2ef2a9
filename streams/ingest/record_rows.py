"""Rows of records: JSON of any shape, as one document or a record a line.

A column is a path into a record.
Read next: `record_paths.py`; `xes_rows.py` for records that are not JSON.
"""

from __future__ import annotations

from itertools import chain
from typing import IO, TYPE_CHECKING, Final

import msgspec

from standards.errors import EventError
from streams.ingest.record_paths import Paths, Record, cell_of
from streams.ingest.rows import MAX_ROW, Rows, composed

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from streams.ingest.mapping import TableMapping

MAX_DOCUMENT: Final = 1 << 30
"""Bytes of the longest JSON document that is read whole; more than that is to be written a record a line."""
_BLANK: Final = b" \t\r\n"
_MARK: Final = b"\xef\xbb\xbf"


class RecordRows(Rows):
    """Rows of records, of which each column takes a value; `empty` are the columns of which none has any so far."""

    def __init__(self, name: str, columns: Sequence[str]) -> None:
        super().__init__(name)
        self.header = [composed(column) for column in columns]
        self.empty = set(self.header)

    def _cells(self, values: Iterable[Record]) -> list[str]:
        cells = [cell_of(value).strip() for value in values]
        if self.empty:
            self.empty -= {name for name, cell in zip(self.header, cells, strict=True) if cell}
        return cells

    def doubts(self) -> Iterator[str]:
        """Say which columns no record has: a path that is misspelt finds nothing, and that is no fault of a record."""
        if self.row:
            for name in (name for name in self.header if name in self.empty):
                yield f"{self.name}: no record has anything at {name!r}."


def documents(body: bytes) -> Iterator[tuple[bytes, Record | EventError]]:
    """Give each item that was sent, as bytes and decoded: those of an array, one document, or one a line.

    Of several lines one may be an error. Raises EventError for what is not JSON.
    """
    whole = _decoded(body.removeprefix(_MARK))
    if not isinstance(whole, EventError):
        yield from _items(body, whole)
        return
    lines = [line for line in body.split(b"\n") if line.strip(_BLANK)]
    found = [each for line in lines for each in _items(line, _decoded(line))]
    if len(lines) < 2 or all(isinstance(document, EventError) for _, document in found):  # noqa: PLR2004 - no lines
        raise whole
    yield from found


def _items(line: bytes, document: Record | EventError) -> Iterator[tuple[bytes, Record | EventError]]:
    several = document if isinstance(document, list) else None
    yield from [(line, document)] if several is None else ((msgspec.json.encode(item), item) for item in several)


class JsonRows(RecordRows):
    """Records of a JSON array, of one object, or of a text with an object a line."""

    def __init__(self, lines: IO[bytes], mapping: TableMapping, name: str, columns: Sequence[str]) -> None:
        super().__init__(name, columns)
        self._paths = Paths(mapping.model.table.each, columns)
        self._records = chain.from_iterable(map(self._inside, self._documents(lines)))

    def next(self) -> list[str] | None:
        """Read the next record's values."""
        record = next(self._records, None)
        if record is None:
            return None
        self.row += 1
        return self._cells(self._paths.values(record))

    def _inside(self, document: Record | EventError) -> Iterator[Record]:
        if isinstance(document, EventError):
            self.row += 1
            raise document
        for item in document if isinstance(document, list) else [document]:
            yield from self._paths.records(item)

    def _documents(self, lines: IO[bytes]) -> Iterator[Record | EventError]:
        """Give what the text has: one document, or one a line where the first line is a whole one."""
        first = lines.readline(MAX_ROW + 1).removeprefix(_MARK)
        while first and not first.strip(_BLANK):
            self.last += 1
            first = lines.readline(MAX_ROW + 1)
        if not first:
            raise self.unusable("this file is empty", "give one that has JSON in it")
        document = None if first.lstrip(_BLANK)[:1] == b"[" else _decoded(first)
        if document is None or isinstance(document, EventError):
            yield self._whole(first + lines.read(MAX_DOCUMENT))
            return
        line = first
        while line:
            self.last += 1
            self.first = self.last
            if line.strip(_BLANK):
                yield _decoded(line)
            line = lines.readline(MAX_ROW + 1)

    def _whole(self, text: bytes) -> Record:
        found = _decoded(text)
        if isinstance(found, EventError):
            raise self.unusable(str(found), "write one JSON document, or one record a line")
        self.first = self.last = 1
        return found


def _decoded(text: bytes) -> Record | EventError:
    try:
        return msgspec.json.decode(text)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        return EventError("not-json", f"not JSON: {error}")
