"""Rows of a workbook's sheet: what a spreadsheet saves itself (.xlsx, .xlsm, .xlsb, .xls, .ods).

A process of its own reads it, and may fail for lack of memory without taking this one along.
Read next: `sheet_process.py`, which is that process; `rows.py`.
"""

from __future__ import annotations

import subprocess
import sys
from contextlib import suppress
from pathlib import Path
from shutil import copyfileobj
from typing import IO, TYPE_CHECKING, Final

import msgspec

from standards.calendar.hours import did_you_mean
from streams.ingest.rows import GridRows

if TYPE_CHECKING:
    from collections.abc import Iterator

    from streams.ingest.mapping import TableMapping

_READER: Final = Path(__file__).with_name("sheet_process.py")
_head = msgspec.json.Decoder(tuple[str, list[str]])
_row = msgspec.json.Decoder(list[str])


class SheetRows(GridRows):
    """The rows of one sheet: the first, where the mapping names none."""

    def __init__(self, lines: IO[bytes], mapping: TableMapping, name: str) -> None:
        super().__init__(name, mapping)
        self._cells = self._read(lines)
        for _ in range(self._table.skip):
            self.last += next(self._cells, None) is not None
        self.begin()

    def cells(self) -> list[str] | None:
        """Read the cells of the next row that has any."""
        for cells in self._cells:
            self.last += 1
            self.first = self.last
            if any(cells):
                return cells
        return None

    def _read(self, lines: IO[bytes]) -> Iterator[list[str]]:
        sheet = self._table.sheet or ""
        try:
            rows = read_sheet(lines, sheet)
            next(rows)  # the names of all sheets
            yield from rows
        except WorkbookError as error:
            raise self.unusable(*in_words(error, sheet)) from None


class WorkbookError(Exception):
    """A workbook that cannot be read: of which `kind` the fault is, and words or names that go with it."""

    def __init__(self, kind: str, words: list[str]) -> None:
        self.kind, self.words = kind, words
        super().__init__(" ".join([kind, *words]))


def read_sheet(lines: IO[bytes], sheet: str = "") -> Iterator[list[str]]:
    """Give the names of a workbook's sheets, then the rows of one, or of the first. Raises WorkbookError."""
    command = [sys.executable, "-P", str(_READER), sheet]
    with subprocess.Popen(  # noqa: S603 - no shell, and the sheet's name is an argument
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
    ) as reading:
        try:
            yield from _told(reading, lines)
        finally:
            reading.kill()


def _told(reading: subprocess.Popen[bytes], lines: IO[bytes]) -> Iterator[list[str]]:
    if reading.stdin is None or reading.stdout is None:
        raise ValueError("start the process with pipes")
    with suppress(BrokenPipeError), reading.stdin as given:
        copyfileobj(lines, given)
    first = reading.stdout.readline()
    kind, words = _head.decode(first) if first else ("too-large", [])
    if kind:
        raise WorkbookError(kind, words)
    yield words
    for line in reading.stdout:
        if line.endswith(b"\n"):
            yield _row.decode(line)
    if reading.wait():
        raise WorkbookError("too-large", [])


def in_words(error: WorkbookError, sheet: str) -> tuple[str, str]:
    """Say what is wrong with a workbook of which a sheet was asked for, and what would mend it."""
    match error.kind:
        case "no-sheet":
            near = did_you_mean(sheet, error.words) or f"its sheets are: {', '.join(error.words)}"
            return f"this workbook has no sheet {sheet!r}", near
        case "unreadable":
            return f"this is not a workbook that can be read: {error.words[0]}", "save it as .xlsx anew"
        case _:
            found = "this workbook takes more memory than there is: its sheet may have a cell far out"
            return found, "delete the rows and columns behind the table, or save the sheet as .csv"
