"""Rows of records: JSON of any shape, as one document or a record a line.

A column is a path into a record.
Read next: `record_paths.py`; `xes_rows.py` for records that are not JSON.
"""

from __future__ import annotations

from typing import IO, TYPE_CHECKING, Final

import msgspec

from standards.errors import EventError
from streams.ingest.record_paths import Paths, Record, sound_paths
from streams.ingest.rows import MAX_ROW, Rows, composed
from streams.ingest.wire import UNREADABLE, why_not_json

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

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

    def _seen(self, cells: list[str]) -> list[str]:
        if self.empty:
            self.empty -= {name for name, cell in zip(self.header, cells, strict=True) if cell}
        return cells

    def doubts(self) -> Iterator[str]:
        """Say which columns no record has: a path that is misspelt finds nothing, and that is no fault of a record."""
        if self.row:
            for name in (name for name in self.header if name in self.empty):
                yield f"{self.name}: no record has anything at {name!r}."


def documents(body: bytes) -> Iterator[tuple[bytes, Record | EventError, int]]:
    """Give each item that was sent, as bytes, decoded, and how many bytes stand before its line.

    They are those of an array, one document, or one a line; of several lines one may be an error. Raises EventError for
    what is not JSON.
    """
    whole = _decoded(body.removeprefix(_MARK))
    if not isinstance(whole, EventError):
        yield from _items(body, whole, 0)
        return
    lines, begin = [], 0
    for line in body.split(b"\n"):
        if line.strip(_BLANK):
            lines.append((begin, line))
        begin += len(line) + 1
    found = [each for at, line in lines for each in _items(line, _decoded(line), at)]
    if len(lines) < 2 or all(isinstance(document, EventError) for _, document, _ in found):  # noqa: PLR2004 - no lines
        raise whole
    yield from found


def _items(line: bytes, document: Record | EventError, begin: int) -> Iterator[tuple[bytes, Record | EventError, int]]:
    if isinstance(document, list):
        yield from ((msgspec.json.encode(item), item, begin) for item in document)
    else:
        yield line, document, begin


class JsonRows(RecordRows):
    """Records of a JSON array, of one object, or of a text with an object a line."""

    def __init__(self, lines: IO[bytes], mapping: TableMapping, name: str) -> None:
        columns = sound_paths(mapping)
        super().__init__(name, columns)
        self._each = mapping.model.table.each
        self._paths = Paths(self._each, columns)
        self._is_whole = False
        self._records = self._read(lines)

    def next(self) -> list[str] | None:
        """Read the next record's values."""
        for record in self._records:
            self.row += 1
            if self._is_whole:
                self.first = self.last = self.row  # the lines of a document say nothing of its records
            return self._seen(self._paths.cells(record))
        return None

    def doubts(self) -> Iterator[str]:
        """Say which columns no record has, or that there is none where the mapping looks for them."""
        yield from super().doubts()
        if not self.row and self._each is not None:
            at = " and then ".join([self._each] if isinstance(self._each, str) else self._each.values())
            yield f"{self.name}: nothing stands at {at}, which is each: of the mapping."

    def _read(self, lines: IO[bytes]) -> Iterator[Record | EventError]:
        for document in self._documents(lines):
            if isinstance(document, EventError):
                yield document
                continue
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
            yield self._whole(first + lines.read(MAX_DOCUMENT + 1))
            return
        line = first
        while line:
            self.last += 1
            self.first = self.last
            if len(line) > MAX_ROW:
                fix = "see that this file has a record a line, each with its end"
                raise self.unusable(f"this line is longer than {MAX_ROW:,} bytes", fix)
            if line.strip(_BLANK):
                yield _decoded(line)
            line = lines.readline(MAX_ROW + 1)

    def _whole(self, text: bytes) -> Record:
        if len(text) > MAX_DOCUMENT:
            long = f"this document is longer than {MAX_DOCUMENT >> 30} GB"
            raise self.unusable(long, "write one record a line: then it is never held whole")
        found = _decoded(text)
        if isinstance(found, EventError):
            raise self.unusable(str(found), "write one JSON document, or one record a line")
        self._is_whole = True
        return found


def _decoded(text: bytes) -> Record | EventError:
    try:
        return msgspec.json.decode(text)
    except UNREADABLE as error:
        return EventError("not-json", f"not JSON: {why_not_json(error, text)}")
