"""Shifts as they are written, each by itself, and days by the clock on the wall.

`Hours` joins adjacent shifts and divides those over midnight: for counting open time that is the same. Here it is not.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from itertools import pairwise
from typing import TYPE_CHECKING, Final

from standards.calendar.duration import DAY, MINUTE, SECOND
from standards.calendar.hours import LONGEST_CLOSURE, WEEKDAYS, Shift, parse_shifts
from standards.calendar.local_time import first_shown

if TYPE_CHECKING:
    from collections.abc import Iterator
    from zoneinfo import ZoneInfo

    from standards.calendar.hours import Hours, Week

MOST: Final = 12
"""How many shifts a changed day has at most."""
_MINUTES_A_DAY: Final = DAY // MINUTE
_MINUTES_A_WEEK: Final = _MINUTES_A_DAY * len(WEEKDAYS)


def shift_at(hours: Hours, at: int) -> tuple[int, int] | None:
    """Return the shift [opens, closes) that an instant lies in; of shifts that overlap, the one begun first.

    One over midnight is whole: it belongs to the day on which it begins.
    """
    today = hours.day_of(at)
    for day in (today - 1, today):
        for opens, closes in hours.shifts_begun(day, at):
            if opens <= at < closes:
                return opens, closes
    return None


def shift_from(hours: Hours, at: int) -> tuple[int, int]:
    """Return the shift [opens, closes) that an instant lies in or, out of hours, the next one.

    Where none comes for very long, it is an empty one far ahead.
    """
    opens = hours.opens_after(at)
    far = at + LONGEST_CLOSURE * DAY
    return (far, far) if opens is None else shift_at(hours, opens) or (far, far)


def changed_shifts(text: str | None) -> tuple[Shift, ...] | None:
    """Read the hours of a changed day: `10:00-14:00, 15:00-18:00`; nothing or `closed` is none at all.

    Gives None for `usual`: the hours that it has as a rule. Raises ValueError for what cannot be read.
    """
    if text is None or text.strip().lower() in ("", "closed"):
        return ()
    if text.strip().lower() == "usual":
        return None
    parts = text.split(",")
    if len(parts) > MOST:
        raise ValueError(f"{len(parts)} shifts are more than a day has; write {MOST} at most")
    found = sorted(parse_shifts(part.strip()) for part in parts)
    if any(later.start < earlier.end for earlier, later in pairwise(found)):
        raise ValueError(f"{text!r} has hours twice; let each shift begin when the one before it ends, or later")
    return tuple(found)


def overlaps(week: Week) -> bool:
    """Tell whether two shifts of a week have time in common."""
    return any(later.start < earlier.end for earlier, later in _following(week))


def breaks(week: Week) -> list[tuple[int, int]]:
    """Give when nothing is open between two shifts of a week, as minutes from the midnight on which it begins."""
    return [(earlier.end, later.start) for earlier, later in _following(week) if later.start > earlier.end]


def meet(one: Week, other: Week) -> bool:
    """Tell whether two weeks of one time zone have open time in common."""
    return any(
        mine.start < its.end + turn and its.start + turn < mine.end
        for mine in _of_week(one)
        for its in _of_week(other)
        for turn in (-_MINUTES_A_WEEK, 0, _MINUTES_A_WEEK)  # a shift can go on into the next week
    )


def fill_the_week(one: Week, other: Week) -> bool:
    """Tell whether every minute of a week is open time of one of two."""
    closes = 0
    for shift in sorted([*_of_week(one), *_of_week(other)]):
        if shift.start > closes:
            return False
        closes = max(closes, shift.end)
    return closes >= _MINUTES_A_WEEK


def _following(week: Week) -> Iterator[tuple[Shift, Shift]]:
    """Give each shift of a week with the one after it; after the last comes the first of the next week."""
    begun = sorted(_of_week(week))
    again = [Shift(start + _MINUTES_A_WEEK, end + _MINUTES_A_WEEK) for start, end in begun[:1]]
    return pairwise([*begun, *again])


def _of_week(week: Week) -> list[Shift]:
    """Give the shifts of a week as minutes from the midnight on which it begins."""
    begins = [day * _MINUTES_A_DAY for day in range(len(WEEKDAYS))]
    return [Shift(start + day, end + day) for day, shifts in zip(begins, week, strict=True) for start, end in shifts]


def days_after(at: int, days: int, zone: ZoneInfo) -> int:
    """Return the instant so many local days after `at`, at the same time by the clock on the wall.

    A time that the clock jumps over is at the jump, and one that it shows twice is the first of the two.
    """
    second, left = divmod(at, SECOND)
    wall = datetime.fromtimestamp(second, zone).replace(tzinfo=None, fold=0) + timedelta(days=days)
    return first_shown(wall, zone) + left
