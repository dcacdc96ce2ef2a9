"""Paths into records, as JMESPath has them: what stands there, and where a document has its records.

The only file that knows the library.
Read next: `record_rows.py`, which asks.
"""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import jmespath
import msgspec
from jmespath.exceptions import JMESPathError

from standards.errors import EventError
from streams.ingest.rows import composed

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

Record = Any
"""What a JSON text stands for."""


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
        return [cell_of(value).strip() for value in self.values(record)]


@contextmanager
def _paths_told() -> Iterator[None]:
    try:
        yield
    except JMESPathError as error:
        raise EventError("path", str(error).replace("\n", " ")) from None


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


def cell_of(value: Record) -> str:
    """Write a value as a cell: a text as it is, nothing for none, what is no single value as JSON."""
    if isinstance(value, str):
        return value
    return "" if value is None else msgspec.json.encode(value).decode()
