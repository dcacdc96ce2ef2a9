"""Rows of records: JSON of any shape, as one document or a record a line, and XES, as process mining has it.

A column is a path into a record: for JSON a JMESPath expression, of which this is the only file that knows the library;
for XES the key of an attribute, with `case:` before it for one of the trace.
Read next: `rows.py`.
"""

from __future__ import annotations

from contextlib import contextmanager
from itertools import chain
from typing import IO, TYPE_CHECKING, Any, Final

import jmespath
import msgspec
from defusedxml import DefusedXmlException
from defusedxml.ElementTree import ParseError, iterparse
from jmespath.exceptions import JMESPathError

from standards.errors import EventError
from streams.ingest.rows import MAX_ROW, Rows, composed

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from streams.ingest.mapping import TableMapping

MAX_DOCUMENT: Final = 1 << 30
"""Bytes of the longest JSON document that is read whole; more than that is to be written a record a line."""
Record = Any
"""What a JSON text stands for."""
_BLANK: Final = b" \t\r\n"
_MARK: Final = b"\xef\xbb\xbf"


class RecordRows(Rows):
    """Rows of records, of which each column takes a value; `empty` are the columns of which none has any so far."""

    def __init__(self, name: str, columns: Sequence[str]) -> None:
        super().__init__(name)
        self.header = [composed(column) for column in columns]
        self.empty = set(self.header)

    def _cells(self, values: Iterable[Record]) -> list[str]:
        cells = [_text(value).strip() for value in values]
        if self.empty:
            self.empty -= {name for name, cell in zip(self.header, cells, strict=True) if cell}
        return cells

    def doubts(self) -> Iterator[str]:
        """Say which columns no record has: a path that is misspelt finds nothing, and that is no fault of a record."""
        if self.row:
            for name in (name for name in self.header if name in self.empty):
                yield f"{self.name}: no record has anything at {name!r}."


class Paths:
    """What stands at some paths of a record, and where a document has its records."""

    def __init__(self, each: str | Mapping[str, str] | None, columns: Sequence[str]) -> None:
        self.header = [composed(column) for column in columns]
        self._paths = [jmespath.compile(column).search for column in self.header]
        self._unrolled = unrolled(each)

    def records(self, item: Record) -> Iterator[Record]:
        """Give the records of an item of a document. Raises EventError."""
        with _paths_told():
            yield from self._unrolled(item)

    def values(self, record: Record) -> list[Record]:
        """Give what stands at each path. Raises EventError."""
        with _paths_told():
            return [path(record) for path in self._paths]

    def cells(self, record: Record) -> list[str]:
        """Give that as the cells of a row. Raises EventError."""
        return [_text(value).strip() for value in self.values(record)]


@contextmanager
def _paths_told() -> Iterator[None]:
    try:
        yield
    except JMESPathError as error:
        raise EventError("path", str(error).replace("\n", " ")) from None


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


class XesRows(RecordRows):
    """Events of an XES file, each with the attributes of its trace beside its own."""

    def __init__(self, lines: IO[bytes], name: str, columns: Sequence[str]) -> None:
        super().__init__(name, columns)
        self._events = self._read(lines)

    def next(self) -> list[str] | None:
        """Read the next event's values."""
        found = next(self._events, None)
        if found is None:
            return None
        self.row += 1
        self.first = self.last = self.row
        return self._cells(found.get(column) for column in self.header)

    def _read(self, lines: IO[bytes]) -> Iterator[Mapping[str, str]]:
        try:
            for _, element in iterparse(lines, ("end",)):
                if _local(element.tag) == "trace":
                    trace = {f"case:{key}": value for key, value in _attributes(element).items()}
                    yield from ({**trace, **_attributes(each)} for each in element if _local(each.tag) == "event")
                    element.clear()
        except ParseError as error:
            raise self.unusable(f"this is not XES that can be read: {error}", "export it anew") from None
        except DefusedXmlException:
            found = "this file declares entities, which can grow without end, and XES needs none"
            raise self.unusable(found, "export it anew, without a document type") from None


def check_path(path: str) -> None:
    """Raise ValueError for what is no path."""
    try:
        jmespath.compile(path)
    except JMESPathError as error:
        at = getattr(error, "lex_position", len(path))
        raise ValueError(f"{path!r} is not a valid path from character {at + 1} on; write it like Queue.Name") from None


def unrolled(each: str | Mapping[str, str] | None) -> Callable[[Record], Iterator[Record]]:
    """Give what makes records of an item of a document.

    A path gives those that stand there. Named paths each lead on from the one before: a record then has what the item
    has, and under each name what stands there.
    """
    if each is None:
        return lambda item: iter([item])
    if isinstance(each, str):
        whole = jmespath.compile(each).search
        return lambda item: iter(_listed(whole(item)))
    steps = [(name, jmespath.compile(path).search) for name, path in each.items()]

    def records(item: Record) -> Iterator[Record]:
        found: list[tuple[Record, dict[str, Record]]] = [(item, dict(item) if isinstance(item, dict) else {})]
        for name, search in steps:
            found = [(part, {**record, name: part}) for at, record in found for part in _listed(search(at))]
        return (record for _, record in found)

    return records


def _listed(found: Record) -> list[Record]:
    return found if isinstance(found, list) else [] if found is None else [found]


def _decoded(text: bytes) -> Record | EventError:
    try:
        return msgspec.json.decode(text)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        return EventError("not-json", f"not JSON: {error}")


def _text(value: Record) -> str:
    """Write a value as a cell: a text as it is, nothing for none, what is no single value as JSON."""
    if isinstance(value, str):
        return value
    return "" if value is None else msgspec.json.encode(value).decode()


def _attributes(element: Any) -> dict[str, str]:  # noqa: ANN401 - the library has no types
    found = {}
    for each in element:
        key, value = each.get("key"), each.get("value")
        if key is not None and value is not None and _local(each.tag) not in ("event", "trace"):
            found[key] = value
    return found


def _local(tag: str) -> str:
    return tag.rpartition("}")[2]
