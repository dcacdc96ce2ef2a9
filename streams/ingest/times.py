"""The times of a table.

One that cannot be read is an EventError that names a format which would read it, if there is one. Read next: `cells.py`
for the other values.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from standards.errors import EventError
from streams.ingest.time_forms import ISO, NUMBERS, parsed

ISO_TIME: Final = "as ISO 8601 writes it, as in 2020-01-31 07:58"
_LONGEST_SHOWN: Final = 60
_TRIES: Final = 100
"""How many times that cannot be read a clock looks at from near; a million of them are hardly of a hundred forms."""
_DATES: Final = ("%d.%m.%Y", "%d/%m/%Y", "%m/%d/%Y", "%d-%m-%Y", "%Y/%m/%d", "%d.%m.%y", "%d/%m/%y", "%m/%d/%y")
_HOURS: Final = (" %H:%M:%S", " %H:%M", " %I:%M:%S %p", " %I:%M %p", ", %H:%M:%S", ", %H:%M", " %H.%M", "")
_KNOWN: Final = tuple(day + hour for day in _DATES for hour in _HOURS)
_USUAL: Final = {"mmmm": "%B", "mmm": "%b", "mm": "%m", "m": "%m", "hh": "%H", "h": "%H", "ss": "%S", "s": "%S"}
_DAY: Final = {"dd": "%d", "d": "%d"}
_WORDS: Final[tuple[Mapping[str, str], ...]] = (
    {**_USUAL, **_DAY, "yyyy": "%Y", "yy": "%y"},
    {**_USUAL, "tt": "%d", "t": "%d", "jjjj": "%Y", "jj": "%y"},  # German
    {**_USUAL, **_DAY, "jjjj": "%Y", "uu": "%H", "u": "%H"},  # Dutch
    {**_USUAL, **_DAY, "jj": "%d", "j": "%d", "aaaa": "%Y", "aa": "%y"},  # French, Spanish, Portuguese
    {**_USUAL, "gg": "%d", "g": "%d", "aaaa": "%Y"},  # Italian
    {**_USUAL, **_DAY, "rrrr": "%Y", "rr": "%y", "gg": "%H", "g": "%H"},  # Polish, Czech
    {"gg": "%d", "g": "%d", "aa": "%m", "a": "%m", "yyyy": "%Y", "yy": "%y", "ss": "%H", "dd": "%M"},  # Turkish
    {"pp": "%d", "p": "%d", "kk": "%m", "k": "%m", "vvvv": "%Y", "tt": "%H", "mm": "%M", "ss": "%S"},  # Finnish
    {**_USUAL, **_DAY, "å" * 4: "%Y", "tt": "%H"},  # Swedish, Danish, Norwegian
    {"é" * 4: "%Y", "hh": "%m", "nn": "%d", "pp": "%M"},  # Hungarian
    {"дд": "%d", "мм": "%m", "гггг": "%Y", "чч": "%H", "сс": "%S"},  # noqa: RUF001 - these letters are Russian
)
"""What spreadsheets call the parts of a time, language by language; `mm` after an hour is minutes."""


def shown(cell: str) -> str:
    """Quote a cell for a message, shortened where it is long."""
    return repr(cell if len(cell) <= _LONGEST_SHOWN else f"{cell[:_LONGEST_SHOWN]}...")


class Clock:
    """Reads the times of a table, by the first of its `forms` that fits; without any by ISO 8601.

    A form is a pattern of `datetime.strptime`, or one of `NUMBERS`. Times come in UTC, so that they compare. `pattern`
    is the form, where there is one alone. Months in letters are in English, or in the `language`.
    A time without an offset is local time in `zone`, and an error if there is none. One that the clock shows twice,
    when it is put back, is the first of the two; one that it never shows, when it is put forward, is an error.
    `days` are the local days of the times that were read.
    """

    def __init__(self, zone: ZoneInfo | None, forms: Sequence[str] = (), language: str = "") -> None:
        self.pattern = forms[0] if len(forms) == 1 else ""
        self._forms = tuple(forms) or ("",)
        self._language = language
        self.days: set[date] = set()
        self._zone = zone
        self._known: dict[str, datetime] = {}  # polled tables write each time on many rows
        self._hints: dict[str, str] = {}
        self._tries = 0

    def __call__(self, cell: str) -> datetime:
        """Read a time. Raises EventError."""
        known = self._known.get(cell)
        if known is None:
            known = self._known[cell] = self._read(cell)
        return known

    def following(self, cell: str, earlier: datetime, most: int = 1) -> datetime:
        """Read a time that follows an earlier one: where its clock says less, it is the next day. Raises EventError.

        `most` is how many days it may be put on: one for each time in the chain that it follows.
        """
        read = self(cell)
        for days in range(1, most + 1):
            if read >= earlier:
                break
            read = self._read(cell, days)
        return read

    def _read(self, cell: str, days: int = 0) -> datetime:
        time = self._parsed(cell)
        try:
            if days:
                time += timedelta(days=days)
            read = time.astimezone(UTC) if time.tzinfo else self._from_local(time)
        except (ValueError, OverflowError):
            found = shown(cell)
            message = f"{found} is outside of all dates, from the year 1 to 9999 in UTC; see to the year"
            raise EventError("time", message, found=found) from None
        self.days.add(time.date())
        return read

    def _parsed(self, cell: str) -> datetime:
        for form in self._forms:
            try:
                return parsed(cell, form, self._language)
            except (ValueError, OverflowError):
                continue
        raise self._unread(cell)

    def _unread(self, cell: str) -> EventError:
        written = " or ".join(NUMBERS.get(form, form) for form in self._forms)
        form = f"of the form {written}" if written else ISO_TIME
        return EventError("time", f"{shown(cell)} is not a time {form}{self._hint(cell)}", found=shown(cell))

    def _from_local(self, local: datetime) -> datetime:
        if self._zone is None:
            found = shown(str(local))
            raise EventError("zone", f"{found} has no offset; name the table's zone in the mapping", found=found)
        time = local.replace(tzinfo=self._zone).astimezone(UTC)
        if time.astimezone(self._zone).replace(tzinfo=None) != local:
            found = shown(str(local))
            message = f"{found} never was: the clock in {self._zone.key} was put forward over it"
            raise EventError("time", f"{message}; see to the time or the zone", found=found)
        return time

    def _hint(self, cell: str) -> str:
        """Say which format would read the cell: what was said before, for as long as it would read this one too."""
        for pattern, hint in self._hints.items():
            if _reads(pattern, cell):
                return hint
        self._tries += 1
        found = formats_of(cell) if self._tries <= _TRIES else []
        if not found:
            return ""
        other = f', or "{found[1]}" if the month comes first' if len(found) > 1 else ""
        write = f'write format: "{found[0]}" beside its column in the mapping{other}'
        self._hints[found[0]] = f"; {write if found[0] else 'it is as ISO 8601 has it: leave format: out'}"
        return self._hints[found[0]]


def formats_of(cell: str) -> list[str]:
    """Give the usual format that reads a cell; and the one with day and month swapped, where that reads it too.

    The empty one is ISO 8601.
    """
    found = next((pattern for pattern in ("", *_KNOWN) if _reads(pattern, cell)), None)
    if found is None:
        return []
    other = swapped(found)
    return [found, other] if other != found and "." not in found and _reads(other, cell) else [found]


def swapped(pattern: str) -> str:
    """Give a format with day and month in each other's place."""
    return re.sub(r"%[dm]", lambda mark: "%m" if mark[0] == "%d" else "%d", pattern)


def _reads(pattern: str, cell: str) -> bool:
    try:
        parsed(cell, pattern)
    except (ValueError, OverflowError):
        return False
    return True


def check_pattern(pattern: str) -> None:
    """Raise ValueError where a time cannot be told for certain by this form."""
    if pattern in NUMBERS or pattern == ISO:
        return
    marks = set(re.findall(r"%(.)", pattern.replace("%%", "")))
    try:
        sample = datetime(2020, 1, 31, 7, 58, tzinfo=UTC).strftime(pattern)
        datetime.strptime(sample, pattern)  # noqa: DTZ007 - only asked whether it can be read
    except (ValueError, re.error):
        raise ValueError(f"{pattern} is not a valid time format; write one like %Y-%m-%d %H:%M") from None
    if not marks:
        fix = f'write "{_of_spreadsheet(pattern)}", if that is meant'
        raise ValueError(f"{pattern} says nothing of a time: its parts are written with a %; {fix}")
    if "Z" in marks:
        raise ValueError("%Z is a zone's short name, which is never certain; leave it out, or give offsets by %z")
    if not _has_date(marks):
        raise ValueError("a time needs year, month and day; join the column that has them: column: [date, time]")
    if "I" in marks and "p" not in marks:
        raise ValueError("%I counts to 12 and needs %p; write %H for hours up to 23")


def _of_spreadsheet(pattern: str) -> str:
    """Write `dd.mm.yyyy hh:mm:ss`, or `TT.MM.JJJJ`, as strptime has it; the usual format where it is nothing such."""
    for words in _WORDS:
        written = _in_words(pattern, words)
        if written is not None and _has_date(set(re.findall(r"%(.)", written))):
            return written
    return "%Y-%m-%d %H:%M"


def _in_words(pattern: str, words: Mapping[str, str]) -> str | None:
    """Write a pattern by the words of one language; None where it has others."""
    hours = False
    written = ""
    for part in re.findall(r"T(?=[hH])|(?:(?!T[hH])[^\W\d_])+|[\W\d_]+", pattern):
        mark = words.get(part.lower())
        if mark is None and part.isalpha() and part != "T":
            return None
        if mark == "%m" and hours:
            mark = "%M"
        hours = hours or mark == "%H"
        written += mark or part
    return written


def _has_date(marks: set[str]) -> bool:
    year, month = marks & {"Y", "y"}, marks & {"m", "b", "B"}
    day = (month and "d" in marks) or "j" in marks
    return bool(marks & {"c", "x"} or (year and day) or {"G", "V"} <= marks)
