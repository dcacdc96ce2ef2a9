"""Facts that are looked up by a field of an event: one row for each key.

Read next: `target.py`, which chooses by them; `compiler/targets/columns.py`, which lets conditions ask them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar

import msgspec

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from standards.judge.standard import Standard

    Columns = Mapping[str, tuple["Table", str]]

T = TypeVar("T")


class Table(msgspec.Struct, frozen=True):
    """Rows by the value of the column `key`, which is also the field of the event that they are looked up by.

    A cell that is empty is None. `digest` is the hash of its file; "" where the file is not at hand, as for a rule of
    former times: then nothing is looked up, and what was known stays.
    """

    name: str
    key: str
    columns: tuple[str, ...]
    rows: Mapping[str, Mapping[str, str | None]]
    digest: str

    def value(self, key: object, column: str) -> str | None:
        """Give what a row says, or None where there is no such row, or nothing in it."""
        row = None if key is None else self.rows.get(str(key))
        return None if row is None else row[column]


class WithRows:
    """The data of an event with what tables say beside its own fields, as `TABLE.COLUMN`."""

    __slots__ = ("_data", "_said")

    def __init__(self, data: object, said: Mapping[str, str | None]) -> None:
        self._data = data
        self._said = said

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401 - a field's value, of any field type
        """Give a field or a column; no field has a dot in its name."""
        return self._said[name] if name in self._said else getattr(self._data, name)


def columns_of(tables: Mapping[str, Table], names: Iterable[str]) -> Columns:
    """Give the columns among some names: of which table each is, and what it is called there."""
    every = {f"{name}.{each}": (table, each) for name, table in tables.items() for each in table.columns}
    return {name: every[name] for name in names if name in every}


def said_of(columns: Columns, data: object) -> dict[str, str | None]:
    """Give what the rows of an event say in some columns."""
    return {name: table.value(getattr(data, table.key, None), column) for name, (table, column) in columns.items()}


def looked_up(test: Callable[..., T], columns: Columns) -> Callable[..., T]:
    """Let a test that asks columns find them by the event, which is the first that it is given."""
    return lambda data, *others: test(WithRows(data, said_of(columns, data)), *others)


def tables_of(standards: Iterable[Standard]) -> list[str]:
    """Give the hashes of the tables that standards look facts up in: what was judged by other rows has settled."""
    return sorted({table.digest for standard in standards for table in standard.tables.values()})
