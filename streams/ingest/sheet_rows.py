"""Rows of a workbook's sheet: what a spreadsheet saves itself (.xlsx, .xlsm, .xlsb, .xls, .ods).

The only file that knows python-calamine, which reads values as they are kept, not as they are shown.
Read next: `rows.py`.
"""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import IO, TYPE_CHECKING

from python_calamine import CalamineError, CalamineWorkbook

from standards.calendar.hours import did_you_mean
from streams.ingest.rows import GridRows

if TYPE_CHECKING:
    from streams.ingest.mapping import TableMapping


class SheetRows(GridRows):
    """The rows of one sheet: the first, where the mapping names none."""

    def __init__(self, lines: IO[bytes], mapping: TableMapping, name: str) -> None:
        super().__init__(name, mapping)
        try:
            book = CalamineWorkbook.from_filelike(lines)
            wanted = self._table.sheet or next(iter(book.sheet_names), "")
            if wanted not in book.sheet_names:
                near = did_you_mean(wanted, book.sheet_names) or f"its sheets are: {', '.join(book.sheet_names)}"
                raise self.unusable(f"this workbook has no sheet {wanted!r}", near)
            self._cells = iter(book.get_sheet_by_name(wanted).iter_rows())
        except CalamineError as error:
            raise self.unusable(f"this is not a workbook that can be read: {error}", "save it as .xlsx anew") from None
        self.begin()

    def cells(self) -> list[str] | None:
        """Read the cells of the next row that has any."""
        for row in self._cells:
            self.last += 1
            self.first = self.last
            cells = [text_of(value) for value in row]
            if any(cells):
                return cells
        return None


def text_of(value: object) -> str:
    """Write a cell's value: times as ISO 8601 has it, spans as h:mm:ss, whole numbers without a fraction."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, datetime):
        return value.isoformat(" ")
    if isinstance(value, date | time):
        return value.isoformat()
    if isinstance(value, timedelta):
        minutes, seconds = divmod(int(value.total_seconds()), 60)
        return f"{minutes // 60}:{minutes % 60:02}:{seconds:02}"
    return "" if value is None else str(value)
