"""The text of a table's cells, read as the values that events carry.

Whatever cannot be read is an EventError with a reason that can be counted.
Read next: `times.py` for times; `table.py`, which takes the cells from the file.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from functools import partial
from typing import Any, Final

from standards.errors import EventError
from standards.expressions.expression import FieldType
from streams.ingest.times import Clock, shown

MAX_TEXT = 4096
"""Characters of the longest text that a field of an event can hold."""

_WHOLE = re.compile(r"([+-]?[0-9]{1,19})(?:\.0*)?\Z", re.ASCII)  # spreadsheets write whole numbers as 7.0 too
_NUMBER = re.compile(r"[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]{1,3})?\Z", re.ASCII)
_SPAN = re.compile(r"([0-9]{1,6}):([0-5][0-9]):([0-5][0-9](?:\.[0-9]{1,9})?)\Z", re.ASCII)
_TRUTHS = {"true": True, "yes": True, "1": True, "false": False, "no": False, "0": False}
_LARGEST = 2**63 - 1
_IN_DIGITS = "write it in digits, without quotes"
_WRITTEN: Final[dict[FieldType, tuple[tuple[type, ...], str]]] = {
    "text": ((str,), "write it in quotes"), "time": ((str,), "write it in quotes"),
    "integer": ((int, float), _IN_DIGITS), "number": ((int, float), _IN_DIGITS),
    "boolean": ((bool,), "write true or false, without quotes"),
}  # fmt: skip
"""How a mapping gives a value of each type: what YAML reads it as, and the fix where it does not."""

Reader = Callable[[str], Any]
"""Reads one cell's text, without blanks around it. Raises EventError."""


def reader(field_type: FieldType, clock: Clock, decimal: str = ".") -> Reader:
    """Give the function that reads a cell as a value of the field's type; times by the `clock`.

    `decimal` stands before the fraction of a number.
    """
    readers: dict[FieldType, Reader] = {
        "text": text, "integer": partial(whole, decimal=decimal), "number": partial(number, decimal=decimal),
        "boolean": truth, "time": clock,
    }  # fmt: skip
    return readers[field_type]


def constant(value: str | float, field_type: FieldType, clock: Clock) -> Any:  # noqa: ANN401 - of the field's type
    """Take a value that the mapping itself gives as one of the field's type. Raises EventError."""
    types, fix = _WRITTEN[field_type]
    if type(value) not in types:
        raise EventError("constant", f"{value!r} is not of type {field_type}; {fix}")
    return reader(field_type, clock)(str(value))


def text(cell: str) -> str:
    """Take a cell as it is, if it is not longer than an event's text may be."""
    if len(cell) > MAX_TEXT:
        found = f"{shown(cell)} has {len(cell):,} characters"
        raise EventError("text", f"{found}; a text has at most {MAX_TEXT:,}", found=found)
    return cell


def whole(cell: str, decimal: str = ".") -> int:
    """Read `7`, `-7` or `7.0` as a whole number of at most 64 bits, and a span, `1:02:03`, as its seconds."""
    found = _WHOLE.match(_with_point(cell, decimal))
    value = int(found[1]) if found else int(seconds) if (seconds := _span(cell, decimal)) is not None else None
    if value is None or not -_LARGEST - 1 <= value <= _LARGEST:
        raise EventError("integer", f"{shown(cell)} is not a whole number; write it in digits alone", found=shown(cell))
    return value


def number(cell: str, decimal: str = ".") -> float:
    """Read `7`, `-7.5` or `7e3`, and a span, `1:02:03.5`, as its seconds; `decimal` stands before a fraction."""
    written = _with_point(cell, decimal)
    value = float(written) if _NUMBER.match(written) else _span(cell, decimal)
    if value is None or not math.isfinite(value):
        other = "; where a comma stands before the fraction, write decimal: ',' under table:" if "," in cell else ""
        fix = f"write digits, with a {'point' if decimal == '.' else 'comma'} for the fraction{other}"
        raise EventError("number", f"{shown(cell)} is not a number; {fix}", found=shown(cell))
    return value


def _with_point(cell: str, decimal: str) -> str:
    """Give a number with a point before its fraction; nothing for one whose point stands between thousands."""
    return cell if decimal == "." else "" if "." in cell else cell.replace(decimal, ".")


def _span(cell: str, decimal: str) -> float | None:
    """Give the seconds of `h:mm:ss`, with a fraction or without; None for anything else."""
    found = _SPAN.match(cell.replace(decimal, "."))
    return None if found is None else int(found[1]) * 3600 + int(found[2]) * 60 + float(found[3])


def truth(cell: str) -> bool:
    """Read true, yes or 1, and false, no or 0, in any case."""
    value = _TRUTHS.get(cell.casefold())
    if value is None:
        raise EventError("boolean", f"{shown(cell)} is neither true nor false; write true or false", found=shown(cell))
    return value
