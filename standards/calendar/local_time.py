"""Local time: when a local day, week or month begins, and when the clock on the wall shows a time.

Instants are integer microseconds UTC, lengths integer microseconds. On the two odd days of the year two rules decide:
a time that the clock jumps over is at the jump, and one that it shows twice is the first of the two. A local day runs
from its first midnight to the next day's. Read next: `hours.py`.
"""

from __future__ import annotations

from bisect import bisect_left
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from typing import Literal, assert_never
from zoneinfo import ZoneInfo

from standards.calendar.duration import DAY, SECOND, spoken

Period = Literal["day", "week", "month"]

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_EPOCH_DAY = date(1970, 1, 1).toordinal()
_MICROSECOND = timedelta(microseconds=1)


def end_of_period(at: int, period: Period, zone: ZoneInfo) -> int:
    """Return the first bound of local days, weeks (Monday 00:00) or months strictly after `at`."""
    day = local_day(at, zone)
    today = date.fromordinal(day)
    match period:
        case "day":
            following = day + 1
        case "week":
            following = day + 7 - today.weekday()
        case "month":
            following = (today.replace(day=1) + timedelta(days=31)).replace(day=1).toordinal()
        case _:
            assert_never(period)
    return midnight(following, zone)


def window_of(at: int, length: int, zone: ZoneInfo) -> tuple[int, int]:
    """Return the window [start, end) of the given length that `at` lies in.

    A length below a day is laid end to end from local midnight, in elapsed time; the day's last window ends at the next
    midnight at the latest, so every window stays inside its day. Whole days are counted from 1970-01-01, local midnight
    to local midnight, whatever the days' real lengths. Raises ValueError for any other length.
    """
    day = local_day(at, zone)
    if length >= DAY and length % DAY == 0:
        days = length // DAY
        first = day - (day - _EPOCH_DAY) % days
        return midnight(first, zone), midnight(first + days, zone)
    if not 0 < length < DAY:
        raise ValueError(f"a window of {spoken(length)} has no place in the calendar; take up to a day, or whole days")
    start = at - (at - midnight(day, zone)) % length
    return start, min(start + length, midnight(day + 1, zone))


def local_day(at: int, zone: ZoneInfo) -> int:
    """Return the proleptic ordinal of the local day [midnight, next midnight) that `at` lies in."""
    day = datetime.fromtimestamp(at // SECOND, zone).toordinal()
    # Where the clock is put back over midnight it shows the old date again, but the new day has begun.
    return day + 1 if at >= midnight(day + 1, zone) else day


@lru_cache(maxsize=8_192)
def midnight(day: int, zone: ZoneInfo) -> int:
    """Return when a local day (a proleptic ordinal) begins."""
    return instant(day, 0, zone)


def instant(day: int, minute: int, zone: ZoneInfo) -> int:
    """Return when the local clock first shows this minute of this day or, in a gap, jumps over it."""
    return first_shown(datetime.fromordinal(day) + timedelta(minutes=minute), zone)


def first_shown(wall: datetime, zone: ZoneInfo) -> int:
    """Return when the local clock first shows a date and time (without a zone) or, in a gap, jumps over it."""
    by_earlier_offset = (wall.replace(tzinfo=zone) - _EPOCH) // _MICROSECOND
    by_later_offset = (wall.replace(tzinfo=zone, fold=1) - _EPOCH) // _MICROSECOND
    if by_earlier_offset <= by_later_offset:
        return by_earlier_offset

    def wall_clock(second: int) -> datetime:
        return datetime.fromtimestamp(second, zone).replace(tzinfo=None)

    # In a gap the two readings lie on either side of the jump (PEP 495), and offsets change on whole seconds.
    seconds = range(by_later_offset // SECOND, by_earlier_offset // SECOND + 1)
    return seconds[bisect_left(seconds, wall, key=wall_clock)] * SECOND


def known_zone(name: str) -> ZoneInfo | None:
    """Look up a time zone by its IANA name; None for one that this machine does not know."""
    try:
        return ZoneInfo(name)
    except (LookupError, OSError, ValueError):  # it depends on what the name happens to hit in the zone files
        return None
