"""Give the rows of a workbook's sheet as lines of JSON: run as a process of its own, which may run out of memory.

The only file that knows python-calamine, which reads values as they are kept, not as they are shown, and the whole
rectangle of a sheet at once: one cell far out takes more memory than there is, and ends the process.
Takes the workbook on stdin, and the name of a sheet. The first line of stdout is what is wrong, or the sheets.
Imports nothing of Kept, so that it starts at once. Read next: `sheet_rows.py`, which runs it.
"""

from __future__ import annotations

import io
import json
import sys
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from typing import Final

from python_calamine import CalamineError, CalamineWorkbook

MEMORY: Final = 4 << 30
"""Bytes that reading a workbook may take."""


def lines(workbook: bytes, sheet: str) -> Iterator[object]:
    """Give what is wrong as [kind, words or names]; or ["", names of the sheets], then each row's cells as texts."""
    try:
        book = CalamineWorkbook.from_filelike(io.BytesIO(workbook))
        wanted = sheet or next(iter(book.sheet_names), "")
        if wanted not in book.sheet_names:
            yield ["no-sheet", book.sheet_names]
            return
        rows = book.get_sheet_by_name(wanted).iter_rows()
    except CalamineError as error:
        yield ["unreadable", [str(error)]]
        return
    yield ["", book.sheet_names]
    for row in rows:
        yield [_text(value) for value in row]


def _text(value: object) -> str:
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


def _bound() -> None:
    try:
        import resource  # noqa: PLC0415 - where there is none, memory has the end that the machine has
    except ImportError:
        return
    _, most = resource.getrlimit(resource.RLIMIT_AS)
    least = MEMORY if most == resource.RLIM_INFINITY else min(MEMORY, most)
    resource.setrlimit(resource.RLIMIT_AS, (least, most))


if __name__ == "__main__":
    _bound()
    for line in lines(sys.stdin.buffer.read(), sys.argv[1]):
        sys.stdout.write(f"{json.dumps(line)}\n")
