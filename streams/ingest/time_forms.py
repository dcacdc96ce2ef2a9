"""The forms in which tables write a time, and reading one of a form.

Read next: `times.py`, which reads the times of a column.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Final

from alerts.words.catalogues import months

if TYPE_CHECKING:
    from collections.abc import Mapping

NUMBERS: Final[Mapping[str, str]] = {
    "unix": "seconds since 1970, in UTC", "unix-ms": "milliseconds since 1970, in UTC",
    "excel": "days since 1899-12-30, as a spreadsheet counts them",
}  # fmt: skip
"""The forms of which a time is a number, and what it counts."""
ISO: Final = "iso"
"""The form that is meant where none is given (ISO 8601), to be named beside others."""
_OUT_OF_UTC: Final = re.compile(r"\s*(?:UTC|GMT)\Z")
_WRITTEN: Final = re.compile(r"[^\W\d_]+\.?")
_ENGLISH: Final = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
    "December",
)  # fmt: skip
_SPREADSHEET: Final = datetime(1899, 12, 30)  # noqa: DTZ001 - the table's zone is put on afterwards
"""Day 0 of a spreadsheet: its 1900 has a 29th of February, which never was (ECMA-376 part 1, 18.17.4.1)."""


def parsed(cell: str, form: str, language: str = "") -> datetime:
    """Read a time of a form, with a zone where it says one. Raises ValueError, OverflowError."""
    if not form or form == ISO:
        utc = _OUT_OF_UTC.sub("", cell)
        time = datetime.fromisoformat(utc)
        return time if utc == cell else time.replace(tzinfo=UTC)
    if form in NUMBERS:
        return _counted(float(cell.replace(",", ".")), form)
    written = _in_english(cell, language, long="%B" in form) if language else cell
    time = datetime.strptime(written, form)  # noqa: DTZ007 - the table's zone is put on afterwards
    return time.replace(tzinfo=UTC) if time.tzinfo is None and _OUT_OF_UTC.search(form) else time


def _counted(number: float, form: str) -> datetime:
    if form == "excel":
        return _SPREADSHEET + timedelta(milliseconds=round(number * 86_400_000))
    seconds = number if form == "unix" else number / 1000
    return datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=round(seconds * 1_000_000))


def _in_english(cell: str, language: str, *, long: bool) -> str:
    """Write the month of a time as English has it: in full, or in three letters."""
    known = months(language)

    def english(word: re.Match[str]) -> str:
        number = known.get(word[0].rstrip(".").casefold())
        return word[0] if number is None else _ENGLISH[number - 1][: None if long else 3]

    return _WRITTEN.sub(english, cell)
