"""Lengths of time as authors write them and as people read them: `90m`, `1h30m`, `2 h 5 min`.

A day here is 24 hours; a day of the calendar, which can have 23 or 25, is in `hours.py`. Read that next.
"""

from __future__ import annotations

import re

from standards.calendar.spelling import seconds_meant

MILLISECOND = 1_000
SECOND = 1_000 * MILLISECOND
MINUTE = 60 * SECOND
HOUR = 60 * MINUTE
DAY = 24 * HOUR
WEEK = 7 * DAY

LONGEST = 100 * 366 * DAY
"""No promise is longer than a century; a longer text is a slip of the pen, and would overflow 64 bits soon after."""

_UNITS = {"w": WEEK, "d": DAY, "h": HOUR, "m": MINUTE, "s": SECOND, "ms": MILLISECOND}
_SPOKEN = (("day", DAY), ("h", HOUR), ("min", MINUTE), ("s", SECOND))

_WHOLE = re.compile(r"(?:[0-9]+[^\W0-9]+)+", re.ASCII)
_SAID = re.compile(r"([0-9]+)\s*(weeks?|wks?|days?|hours?|hrs?|minutes?|mins?|seconds?|secs?|[wdhms])", re.ASCII)
"""A length as people say it: `1 minute`, `5 mins`, `2 hours`."""
_OPEN_HOURS = re.compile(r"([0-9]+) (?:working|opening|open|business) (hours?|minutes?)", re.ASCII)
_PART = re.compile(r"([0-9]+)([^\W0-9]+)", re.ASCII)


def parse(text: str) -> int:
    """Read `60s`, `24h`, `1h30m`: whole numbers with the units w d h m s ms, largest first, each at most once.

    Returns microseconds. Raises ValueError, saying what was found and what would fix it.
    """
    said = _SAID.fullmatch(text.strip().lower())
    if said is not None and f"{said[1]}{said[2][0]}" != text:
        raise ValueError(f"{text!r} is not a length of time; write {said[1]}{said[2][0]}")
    if not _WHOLE.fullmatch(text):
        raise ValueError(_misreading(text))
    total, smallest = 0, LONGEST
    for digits, unit in _PART.findall(text):
        size = _UNITS.get(unit)
        if size is None:
            seconds = seconds_meant(text)
            fix = f"write {describe(int(seconds * SECOND))}" if seconds and seconds < LONGEST / SECOND else ""
            raise ValueError(
                f"{unit!r} in {text!r} is not a unit of time; {fix or 'the units are w, d, h, m, s and ms'}"
            )
        if size >= smallest:
            raise ValueError(f"{text!r} has {unit!r} out of order; write each unit once, the largest first: 1h30m")
        if len(digits) > len(str(LONGEST)) or (total := total + int(digits) * size) > LONGEST:
            raise ValueError(f"{text!r} is longer than a hundred years; write a shorter time")
        smallest = size
    return total


def describe(us: int) -> str:
    """Write a length (microseconds) as `parse` reads it: `1h30m`, `2w`, `0s`.

    Exact for whole milliseconds, the finest unit there is; what is below one is dropped. Weeks are used only where
    nothing is left over: ten days are `10d`, two weeks `2w`. A length below zero gets a minus, which `parse` refuses.
    """
    left, text = abs(us) // MILLISECOND * MILLISECOND, ""
    for unit, size in _UNITS.items():
        count = 0 if size == WEEK and left % WEEK else left // size
        if count:
            text += f"{count}{unit}"
            left -= count * size
    return f"{'-' if us < 0 else ''}{text}" if text else "0s"


def spoken(us: int) -> str:
    """Say a length (microseconds) in a message: `40 s`, `1 min 20 s`, `2 h 5 min`, `3 days`.

    At most two neighbouring units, towards zero: 1 day 0 h 59 min is `1 day`, and 900 ms are `0 s`.
    """
    return " ".join(
        f"{count} {'days' if unit == 'day' and abs(count) != 1 else unit}" for count, unit in spoken_parts(us)
    )


def spoken_parts(us: int) -> list[tuple[int, str]]:
    """Give the one or two parts of a length as it is said: how many, and the unit, `day`, `h`, `min` or `s`."""
    left, sign = abs(us), -1 if us < 0 else 1
    for index, (unit, size) in enumerate(_SPOKEN):
        count, left = divmod(left, size)
        if count:
            finer = [(left // size, unit) for unit, size in _SPOKEN[index + 1 : index + 2] if left // size]
            return [(sign * count, unit), *finer]
    return [(0, "s")]


def _misreading(text: str) -> str:
    if (hours := _OPEN_HOURS.fullmatch(text.strip().lower())) is not None:
        return f"{text!r} is not a length of time; write {hours[1]}{hours[2][0]}, and under calendar: whose hours count"
    if not text:
        return "an empty text is not a length of time; write a number with a unit, such as 60s, 24h or 1h30m"
    if re.fullmatch(r"[0-9]+", text):
        return f"{text!r} has no unit; write {text}s, {text}m or {text}h"
    seconds = seconds_meant(text)
    meant = 0 if seconds is None else int(min(seconds * SECOND, LONGEST))
    if re.search(r"[0-9][.,][0-9]", text):
        fix = f"write {describe(meant)}" if meant else "write whole numbers, such as 1h30m for one hour and a half"
        return f"{text!r} has a fraction; {fix}"
    if meant:
        return f"{text!r} is not a length of time; write {describe(meant)}"
    return f"{text!r} is not a length of time; write a number with a unit and no spaces, such as 60s, 24h or 1h30m"
