"""Rows of a text whose cells are separated: by commas, semicolons, tabs or bars.

Read next: `rows.py`.
"""

from __future__ import annotations

import csv
import io
import re
from typing import IO, TYPE_CHECKING, Final, Literal

from standards.errors import EventError
from streams.ingest.file_forms import form_of
from streams.ingest.rows import MAX_ROW, GridRows

if TYPE_CHECKING:
    from collections.abc import Iterator

    from streams.ingest.mapping import TableMapping

SEPARATORS: Final = (",", ";", "\t", "|")
"""What cells are separated by, where nothing says it: the first of these that the first line has."""
_DECLARED: Final = re.compile(r"sep=([^\"\r\n])\r?\n?\Z", re.IGNORECASE)
"""How the first line of a file may declare its separator, as spreadsheets write it."""
_MARK: Final = "\N{ZERO WIDTH NO-BREAK SPACE}"
_QUOTING: Final[dict[str, Literal[0, 3]]] = {
    "strict": csv.QUOTE_MINIMAL,
    "lenient": csv.QUOTE_MINIMAL,
    "none": csv.QUOTE_NONE,
}


csv.field_size_limit(MAX_ROW)  # a cell may be as long as a row, which is bounded here


class CsvRows(GridRows):
    """The rows of a text.

    Bytes that the encoding does not know are let through as lone surrogates, so that they cost their own row only.
    """

    def __init__(self, lines: IO[bytes], mapping: TableMapping, name: str) -> None:
        super().__init__(name, mapping)
        self._encoding = self._table.encoding
        self._text = io.TextIOWrapper(lines, self._encoding, errors="surrogateescape", newline="")
        self._start()
        line = self._first_line()
        declared = _DECLARED.match(line)
        for _ in range((declared is not None) + self._table.skip):
            self.last += bool(line)
            line = self._read()
        tabbed = (self._table.format or form_of(name)) == "tsv"
        found = declared[1] if declared else "\t" if tabbed else separator_of(line)
        quotes = self._table.quotes
        self._rows = csv.reader(
            self._lines(line), delimiter=self._table.separator or found, strict=quotes == "strict",
            quoting=_QUOTING[quotes],
        )  # fmt: skip
        self.begin()

    def cells(self) -> list[str] | None:
        """Read the cells of the next line that has any."""
        cells: list[str] = []
        try:
            while not cells:
                self._start()
                cells = next(self._rows)
        except StopIteration:
            return None
        except csv.Error as error:
            fix = "a quote inside a quoted cell is written twice, or write quotes: lenient or none under table:"
            raise EventError("quotes", f"{error}; {fix}") from None
        if self._damaged:
            found = f"not all of it is {self._encoding}"
            raise EventError("encoding", f"{found}; write its encoding under table: in the mapping, cp1250 for one")
        return cells

    def _start(self) -> None:
        self.first = self.last + 1
        self._damaged = False
        self._size = 0

    def _first_line(self) -> str:
        """Read the first line. Raises SpecError where it is of an encoding that shows itself."""
        line = self._read().removeprefix(_MARK)
        if "\0" in line:  # each letter of UTF-16 is two bytes, and one of them is 0 for most
            encoding = "utf-16" if line[:1] > "\x7f" else "utf-16-be" if line[:1] == "\0" else "utf-16-le"
            fix = f"write encoding: {encoding} under table: in the mapping"
            raise self.unusable(f"this is {encoding}, and was read as {self._encoding}", fix)
        return line

    def _lines(self, line: str) -> Iterator[str]:
        """Give the lines from the first one on, for the csv reader. Raises SpecError for a row without an end."""
        while line:
            self.last += 1
            self._size += len(line)
            if self._size > MAX_ROW:
                fix = "see that this file is a table, and that each quote in it has its end"
                raise self.unusable(f"this row is longer than {MAX_ROW:,} characters", fix)
            self._damaged |= not line.isascii() and any("\ud800" <= character <= "\udfff" for character in line)
            yield line
            line = self._read()

    def _read(self) -> str:
        try:
            return self._text.readline(MAX_ROW + 1 - self._size)
        except UnicodeError as error:
            found = f"this is not valid {self._encoding}: {error}"
            raise self.unusable(found, "name the encoding in the mapping") from None


def separator_of(line: str) -> str:
    """Find what separates the cells of a line: a comma where it has one."""
    return next((each for each in SEPARATORS if each in line), ",")
