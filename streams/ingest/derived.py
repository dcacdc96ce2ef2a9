"""What a mapping makes of the cells of a row before it is looked at: words for none, patterns, columns of our own.

Read next: `columns.py`, which finds columns by their names.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from standards.documents.entries import Entry
from standards.errors import SpecError
from streams.ingest.cutting import Cut, groups_of
from streams.ingest.mapping_model import columns_of
from streams.ingest.rows import composed

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from streams.ingest.mapping import TableMapping
    from streams.ingest.mapping_model import MappingModel

ROW, FILE = "#row", "#file"
"""The columns that every table has: the number of the row, from 1 below the header, and the name of the file."""
RECEIVED, TOPIC = "#received", "#topic"
"""The columns of what comes live: when it was received, and the topic that it was published in."""


class Derived(NamedTuple):
    """The columns that there are then, and what gives the cells of a row for them.

    It takes the row's number, and what else those columns hold that do not stand in a row.
    """

    header: list[str]
    cells: Callable[[list[str], int, Mapping[str, str]], list[str]]


class _Cut(NamedTuple):
    place: int
    header: str
    pattern: Cut


def columns_read(model: MappingModel) -> list[str]:
    """Give the columns that are read from a file of records: those that are named, but for those of our own."""
    own = {ROW, FILE, RECEIVED, TOPIC}.union(
        *(groups_of(column.pattern) for column in model.columns.values() if column.pattern)
    )
    return [name for name in columns_of(model) if name not in own]


def derived(mapping: TableMapping, header: Sequence[str], offered: Sequence[str] = (FILE,)) -> Derived:
    """Give what a mapping makes of the cells of a table's rows. Columns that are not there are found out later.

    `offered` are the columns that do not stand in a row, but for its number. Raises SpecError for a group of a pattern
    that is called like a column that is there.
    """
    model = mapping.model
    asked = columns_of(model)
    own = [name for name in (ROW, *offered) if name in asked]
    present = [*header, *own]
    cuts = [
        _Cut(present.index(composed(name.strip())), name, Cut(column.pattern))
        for name, column in model.columns.items()
        if column.pattern is not None and composed(name.strip()) in present
    ]
    _check_groups(mapping, present, cuts)
    none = frozenset(model.table.missing)
    names = [*present, *(name for cut in cuts for name in cut.pattern.named)]

    def cells(row: list[str], number: int, others: Mapping[str, str]) -> list[str]:
        found = [("" if cell in none else cell if cell.isascii() else composed(cell)) for cell in row]
        found += [str(number) if name == ROW else others[name] for name in own]
        for cut in cuts:
            found += _cut(cut, found)
        return found

    return Derived(names, cells)


def _check_groups(mapping: TableMapping, present: Sequence[str], cuts: Sequence[_Cut]) -> None:
    """Raise SpecError for each group of a pattern that is called like a column that is there: it would be lost."""
    entry = Entry(mapping.document, ("columns",), [])
    for cut in cuts:
        for name in (name for name in cut.pattern.named if name in present):
            found = f"the group {name!r} of this pattern is called like a column of the table"
            entry.at(cut.header, "pattern").error("bad-name", found, "give the group another name")
    if entry.findings:
        raise SpecError(entry.findings)


def _cut(cut: _Cut, cells: list[str]) -> list[str]:
    """Give what the named groups of a pattern found; without any the cell itself becomes what was found."""
    found = cut.pattern.found(cells[cut.place], cut.header)
    if cut.pattern.named:
        return found
    cells[cut.place] = found[0]
    return []
