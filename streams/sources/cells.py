"""The text of a table's cells, read as the values that events carry.

Knows: how whole numbers, numbers, truths and times are written in exported tables, and the local clock of a zone.
Must not know: rows, columns, mappings. Whatever cannot be read is an EventError with a reason that can be counted.
Read next: `table.py`, which takes the cells from the file.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any, assert_never
from zoneinfo import ZoneInfo

from standards.errors import EventError
from standards.expression import FieldType

MAX_TEXT = 4096
"""Characters of the longest text that a field of an event can hold."""

_WHOLE = re.compile(r"([+-]?[0-9]{1,19})(?:\.0*)?\Z", re.ASCII)  # spreadsheets write whole numbers as 7.0 too
_NUMBER = re.compile(r"[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]{1,3})?\Z", re.ASCII)
_TRUTHS = {"true": True, "yes": True, "1": True, "false": False, "no": False, "0": False}
_LARGEST = 2**63 - 1
_LONGEST_SHOWN = 60

Reader = Callable[[str], Any]
"""Reads one cell's text, without blanks around it. Raises EventError."""


def reader(field_type: FieldType, clock: Clock) -> Reader:
    """Give the function that reads a cell as a value of the field's type; times by the `clock`."""
    match field_type:
        case "text":
            return text
        case "integer":
            return whole
        case "number":
            return number
        case "boolean":
            return truth
        case "time":
            return clock
        case _:
            assert_never(field_type)


def constant(value: str | float, field_type: FieldType, clock: Clock) -> Any:  # noqa: ANN401 - of the field's type
    """Take a value that the mapping itself gives as one of the field's type. Raises EventError."""
    match field_type:
        case "text" | "time":
            if isinstance(value, str):
                return reader(field_type, clock)(value)
            fix = "write it in quotes"
        case "integer" | "number":
            if isinstance(value, int | float) and not isinstance(value, bool):
                return whole(str(value)) if field_type == "integer" else float(value)
            fix = "write it in digits, without quotes"
        case "boolean":
            if isinstance(value, bool):
                return value
            fix = "write true or false, without quotes"
        case _:
            assert_never(field_type)
    raise EventError("constant", f"{value!r} is no {field_type}; {fix}")


def text(cell: str) -> str:
    """Take a cell as it is, if it is not longer than an event's text may be."""
    if len(cell) > MAX_TEXT:
        raise EventError("text", f"{shown(cell)} has {len(cell):,} characters; a text has at most {MAX_TEXT:,}")
    return cell


def whole(cell: str) -> int:
    """Read `7`, `-7` or `7.0` as a whole number of at most 64 bits."""
    found = _WHOLE.match(cell)
    value = int(found[1]) if found else None
    if value is None or not -_LARGEST - 1 <= value <= _LARGEST:
        raise EventError("integer", f"{shown(cell)} is no whole number; write it in digits alone")
    return value


def number(cell: str) -> float:
    """Read `7`, `-7.5` or `7e3`; the decimal sign is a point."""
    value = float(cell) if _NUMBER.match(cell) else math.inf
    if not math.isfinite(value):
        raise EventError("number", f"{shown(cell)} is no number; write digits, with a point for the fraction")
    return value


def truth(cell: str) -> bool:
    """Read true, yes or 1, and false, no or 0, in any case."""
    value = _TRUTHS.get(cell.casefold())
    if value is None:
        raise EventError("boolean", f"{shown(cell)} is neither true nor false; write true or false")
    return value


def shown(cell: str) -> str:
    """Quote a cell for a message, shortened where it is long."""
    return repr(cell if len(cell) <= _LONGEST_SHOWN else f"{cell[:_LONGEST_SHOWN]}...")


class Clock:
    """Reads the times of a table: ISO 8601, or a `pattern` of `datetime.strptime`; in UTC, so that they compare.

    A time without an offset is local time in `zone`, and an error if there is none. One that the clock shows twice,
    when it is put back, is the first of the two; one that it never shows, when it is put forward, is an error.
    """

    def __init__(self, zone: ZoneInfo | None, pattern: str = "") -> None:
        self._zone = zone
        self._pattern = pattern
        self._known: dict[str, datetime] = {}  # polled tables write each time on many rows

    def __call__(self, cell: str) -> datetime:
        """Read a time. Raises EventError."""
        known = self._known.get(cell)
        if known is None:
            known = self._known[cell] = self._read(cell)
        return known

    def _read(self, cell: str) -> datetime:
        try:
            time = self._parse(cell)
            return time.astimezone(UTC) if time.tzinfo else self._from_local(time)
        except (ValueError, OverflowError):
            form = f"of the form {self._pattern}" if self._pattern else "as ISO 8601 writes it, as in 2020-01-31 07:58"
            raise EventError("time", f"{shown(cell)} is no time {form}") from None

    def _parse(self, cell: str) -> datetime:
        if self._pattern:
            return datetime.strptime(cell, self._pattern)  # noqa: DTZ007 - the table's zone is put on afterwards
        return datetime.fromisoformat(cell)

    def _from_local(self, local: datetime) -> datetime:
        if self._zone is None:
            raise EventError("zone", f"{shown(str(local))} has no offset; name the table's zone in the mapping")
        time = local.replace(tzinfo=self._zone).astimezone(UTC)
        if time.astimezone(self._zone).replace(tzinfo=None) != local:
            message = f"{shown(str(local))} never was: the clock in {self._zone.key} was put forward over it"
            raise EventError("time", f"{message}; see to the time or the zone")
        return time


def check_pattern(pattern: str) -> None:
    """Raise ValueError where a time cannot be told for certain by this strptime pattern."""
    marks = set(re.findall(r"%(.)", pattern.replace("%%", "")))
    try:
        sample = datetime(2020, 1, 31, 7, 58, tzinfo=UTC).strftime(pattern)
        datetime.strptime(sample, pattern)  # noqa: DTZ007 - only asked whether it can be read
    except (ValueError, re.error):
        raise ValueError(f"{pattern} is no format of a time; write one like %Y-%m-%d %H:%M") from None
    if "Z" in marks:
        raise ValueError("%Z is a zone's short name, which is never certain; leave it out, or give offsets by %z")
    if not _has_date(marks):
        raise ValueError("a time needs year, month and day; join the column that has them: column: [date, time]")
    if "I" in marks and "p" not in marks:
        raise ValueError("%I counts to 12 and needs %p; write %H for hours up to 23")


def _has_date(marks: set[str]) -> bool:
    year, month = marks & {"Y", "y"}, marks & {"m", "b", "B"}
    day = (month and "d" in marks) or "j" in marks
    return bool(marks & {"c", "x"} or (year and day) or {"G", "V"} <= marks)
