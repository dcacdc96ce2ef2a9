"""The rows of a table, however it is written: their cells as texts, under the names of its columns.

Read next: `csv_rows.py`, `sheet_rows.py`, `record_rows.py`, `xes_rows.py` for the ways to write one; `table.py`, which
reads them.
"""

from __future__ import annotations

import unicodedata
from abc import ABC, abstractmethod
from typing import TYPE_CHECKING, Final

import msgspec

from standards.errors import EventError, Finding, Place, SpecError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from streams.ingest.mapping import TableMapping

MAX_ROW: Final = 1_000_000
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


class Rows(ABC):
    """The rows of one file. `row` is the number of the last one, `unread` counts those whose cells cannot be read."""

    header: Sequence[str]

    def __init__(self, name: str) -> None:
        self.name = name
        self.row = self.unread = 0
        self.first = self.last = 0

    @abstractmethod
    def next(self) -> list[str] | None:
        """Read the next row; None at the end. Raises EventError for one that cannot be read, SpecError for no table."""

    def read(self, bad: Callable[[BadRow], None]) -> Iterator[list[str]]:
        """Yield the cells of each row, one for each column."""
        while True:
            try:
                cells = self.next()
            except EventError as error:
                self.unread += 1
                bad(self.refused(error))
            else:
                if cells is None:
                    return
                yield cells

    def refused(self, error: EventError, event: str = "") -> BadRow:
        """Say which row, or which event of it, could not be read, and why."""
        message = f"{event}: {error}" if event else str(error)
        return BadRow(self.row, (self.first, self.last), event, error.reason, message, error.found)

    def doubts(self) -> Iterator[str]:
        """Say what is odd about the rows that were read; to be asked at their end."""
        return iter(())

    def unusable(self, found: str, fix: str) -> SpecError:
        """Make the error for a file that is no table, at the row that is being read."""
        return SpecError([Finding("bad-table", Place(self.name, max(self.first, 1), 1), found, fix)])


class GridRows(Rows):
    """Rows of cells below each other; the first one names the columns, where the mapping does not do it itself.

    Subclasses say what `cells` the next line has, and call `begin` once they have passed over the lines to skip.
    """

    def __init__(self, name: str, mapping: TableMapping) -> None:
        super().__init__(name)
        self._table = mapping.model.table

    @abstractmethod
    def cells(self) -> list[str] | None:
        """Read the cells of the next line that has any; None at the end. Raises EventError."""

    def begin(self) -> None:
        """Find the names of the columns. Raises SpecError where there are none."""
        try:
            given = self._table.header
            named = given or self.cells()
        except EventError as error:
            raise self.unusable(f"the header cannot be read: {error}", "see to the first line") from None
        if named is None:
            raise self.unusable("this table is empty", "give one whose first line names the columns")
        self.header = list(told_apart([composed(cell.strip()) for cell in named]))
        self.row = 0

    def next(self) -> list[str] | None:
        """Read the next row, which has as many cells as there are columns."""
        try:
            cells = self.cells()
        except EventError:
            self.row += 1
            raise
        if cells is None:
            return None
        self.row += 1
        return [cell.strip() for cell in self._fitted(cells)]

    def _fitted(self, cells: list[str]) -> list[str]:
        width = len(self.header)
        if len(cells) > width and not any(cells[width:]):
            return cells[:width]  # a separator at the end of the line
        if len(cells) == width:
            return cells
        if self._table.ragged:
            return (cells + [""] * width)[:width]
        found = f"{len(cells)} cells where the header has {width}"
        fix = "put a cell that holds the separator in quotes, or write ragged: true where rows differ in length"
        raise EventError("columns", f"{found}; {fix}")


def told_apart(names: Sequence[str]) -> Iterator[str]:
    """Give each name once: a second column of the same name is `Name (2)`."""
    seen: dict[str, int] = {}
    for name in names:
        seen[name] = seen.get(name, 0) + 1
        yield name if seen[name] == 1 or not name else f"{name} ({seen[name]})"


def composed(text: str) -> str:
    """Give a text with each accented letter in one piece, as some programs write it in two (Unicode's form NFC)."""
    return text if text.isascii() else unicodedata.normalize("NFC", text)
