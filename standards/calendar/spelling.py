"""Times, days and dates as people write them, for messages that say how Kept wants them.

Nothing here is accepted anywhere: it only says what was likely meant. Read next: `hours.py`, `duration.py`.
"""

from __future__ import annotations

import re
from datetime import date
from typing import Final

_CLOCK: Final = r"([0-9]{{1,2}})(?:[:.h ]?([0-9]{{2}}))?\s*(?P<{0}>am|pm|a\.m\.|p\.m\.|h|uhr)?"
_TO: Final = r"\s*(?:-|\u2013|\u2014|\bto\b|\bbis\b|\bdo\b|\buntil\b|\btill\b)\s*"
_SHIFT: Final = re.compile(rf"(?:from |von |od )?{_CLOCK.format('a')}{_TO}{_CLOCK.format('b')}")
_DAY_WORDS: Final = {
    "mon": "monday montag mo pon poniedzialek poniedziałek pn lundi lun lunes lunedì lunedi",
    "tue": "tuesday tues tu dienstag di wt wto wtorek mardi martes martedì martedi",
    "wed": "wednesday we mittwoch mi śr sr środa sroda mercredi mer miércoles miercoles mercoledì mercoledi",
    "thu": "thursday thur thurs th donnerstag do cz czw czwartek jeudi jeu jueves giovedì giovedi",
    "fri": "friday fr freitag pt pi piątek piatek vendredi ven viernes vie venerdì venerdi",
    "sat": "saturday sa samstag sonnabend sob sobota samedi sam sábado sabado sabato",
    "sun": "sunday su sonntag so nd nie niedz niedziela dimanche dim domingo dom domenica",
}
_DAYS: Final = {word: day for day, words in _DAY_WORDS.items() for word in (day, *words.split())}
_SPANS: Final = re.compile(r"\s*(?:-|\u2013|\u2014|\bto\b|\bbis\b)\s*")
_DMY: Final = re.compile(r"([0-9]{1,2})[./-]([0-9]{1,2})[./-]([0-9]{4})")
_YMD: Final = re.compile(r"([0-9]{4})[./-]([0-9]{1,2})[./-]([0-9]{1,2})|([0-9]{4})([0-9]{2})([0-9]{2})")
_FRACTION: Final = re.compile(r"([0-9]+)[.,]([0-9]+)\s*([a-zäöüß.]+)")
_COUNT: Final = re.compile(r"([0-9]+)\s*([a-zäöüßż.]+)")
_ABOUT: Final = re.compile(r"^(?:[<>=~\u2264]+|max(?:imum)?|at most|under|up to|about|within|in)[ :.]*")
_OF_CLOCK: Final = re.compile(r"([0-9]{1,3}):([0-5][0-9])(?::([0-5][0-9]))?")
_NUMBERS: Final = {
    "half a": 0.5, "half an": 0.5, "a": 1, "an": 1, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "ten": 10,
    "thirty": 30, "quarter of an": 0.25,
}  # fmt: skip
_SAID: Final = re.compile(rf"(?:in |within )?({'|'.join(_NUMBERS)})[ -]([a-z]+)")
_UNITS: Final = (
    ("ms", 0.001), ("mil", 0.001), ("mo", None), ("sem", 604_800), ("se", 1), ("st", 3600), ("s", 1), ("mi", 60),
    ("m", 60), ("go", 3600), ("h", 3600), ("u", 3600), ("da", 86_400), ("d", 86_400), ("gi", 86_400), ("ta", 86_400),
    ("jo", 86_400), ("w", 604_800), ("ty", 604_800),
)  # fmt: skip
"""The first letters of units of time in some languages, and their seconds; the first that fits counts."""


def shift_meant(text: str) -> str:
    """Write `8-16`, `8am to 4:30pm` or `08.00\N{EN DASH}16.00` as a shift; empty where it is nothing of the kind."""
    found = _SHIFT.fullmatch(text.strip().lower())
    if found is None:
        return ""
    times = [_clock(found[1], found[2], found["a"]), _clock(found[4], found[5], found["b"])]
    return "-".join(times) if all(times) else ""


def _clock(hour: str, minute: str | None, half: str | None) -> str:
    hours, minutes = int(hour), int(minute or 0)
    if half in ("pm", "p.m.") and hours < 12:  # noqa: PLR2004 - as many hours as the clock's face has
        hours += 12
    elif half in ("am", "a.m.") and hours == 12:  # noqa: PLR2004 - midnight is 12 am
        hours = 0
    return f"{hours:02}:{minutes:02}" if hours <= 24 and minutes < 60 else ""  # noqa: PLR2004 - of a day, of an hour


def days_meant(text: str) -> str:
    """Write `Monday-Friday`, `Mo-Fr` or `sat and sun` as days; empty where it is nothing of the kind."""
    parts = re.split(r"\s*(?:,|;|&|\+|\band\b|\bund\b|/)\s*", text.strip().lower())
    spans = [[_DAYS.get(day.strip(" .")) for day in _SPANS.split(part)] for part in parts]
    if any(None in span or len(span) > 2 for span in spans):  # noqa: PLR2004 - a first and a last day
        return "daily" if text.strip().lower() in {"every day", "all days", "all", "always", "mon-sun"} else ""
    return ",".join("-".join(filter(None, span)) for span in spans)


def date_meant(text: str) -> str:
    """Write `25.12.2026` or `2026/12/25` as a date; empty where it is none, or could be two."""
    found = _DMY.fullmatch(text.strip())
    if found is not None:
        day, month, year = map(int, found.groups())
        if "/" in text and day != month and max(day, month) <= 12:  # noqa: PLR2004 - a month either way
            return ""
        return _iso(year, month, day) or _iso(year, day, month)
    other = _YMD.fullmatch(text.strip())
    return "" if other is None else _iso(*map(int, filter(None, other.groups())))


def _iso(year: int, month: int, day: int) -> str:
    try:
        return date(year, month, day).isoformat()
    except ValueError:
        return ""


def seconds_meant(text: str) -> float | None:
    """Read a length of time as people write it: `1,5h`, `00:01:30`, `half an hour`, `2 Stunden`; None for no such."""
    plain = _ABOUT.sub("", text.strip().lower())
    if (clock := _OF_CLOCK.fullmatch(plain)) is not None:
        first, second, third = (int(part or 0) for part in clock.groups())
        return first * 3600 + second * 60 + third
    if (said := _SAID.fullmatch(plain)) is not None:
        return _in_seconds(_NUMBERS[said[1]], said[2])
    if (fraction := _FRACTION.fullmatch(plain)) is not None:
        return _in_seconds(float(f"{fraction[1]}.{fraction[2]}"), fraction[3])
    count = _COUNT.fullmatch(plain)
    return None if count is None else _in_seconds(int(count[1]), count[2])


def _in_seconds(number: float, unit: str) -> float | None:
    size = next((size for begin, size in _UNITS if unit.startswith(begin)), None)
    return None if size is None else number * size
