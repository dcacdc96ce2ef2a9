"""Working days, reckoned by looking at the clock on the wall once a minute.

Read `opening_hours.py` first. Knows: a calendar as an author writes it. Must not know: promises.
"""

import json
import re
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from functools import cache

from tests.oracle.opening_hours import DAYS, MINUTE, local, spans_of


@cache
def day_of(calendar: str, minute: int) -> date | None:
    """Tell which working day an open minute belongs to: that on which its shift begins; None where it is closed."""
    rules = json.loads(calendar)
    wall = local(rules["timezone"], minute * MINUTE)
    clock = wall.strftime("%H:%M")
    for ago in (1, 0):
        day = wall.date() - timedelta(days=ago)
        shifts = [] if day.isoformat() in rules.get("holidays", ()) else spans_of(calendar)[DAYS[day.weekday()]]
        for start, end in shifts:
            over_night = end <= start
            if (over_night and clock < end) if ago else (start <= clock and (over_night or clock < end)):
                return day
    return None


@cache
def deadline(calendar: str, at: int, text: str, limit: int) -> int:
    """Give the deadline of `2 working days` or `end of next working day` from `at`; past `limit` nobody asks."""
    found = re.fullmatch(r"(end of )?(?:(next|\d+) )?working days?", text)
    assert found
    number = {None: 0, "next": 1}[found[2]] if found[2] in {None, "next"} else int(found[2])
    if found[1] and number:
        first = day_of(calendar, at // MINUTE) or local(json.loads(calendar)["timezone"], at).date()
        return _end(calendar, at, first, number, limit)
    start = at if day_of(calendar, at // MINUTE) else next(_open_minutes(calendar, at // MINUTE + 1, limit), limit)
    first_day = day_of(calendar, start // MINUTE)
    if first_day is None:
        return limit + 1
    if found[1]:
        return _end(calendar, start, first_day, 0, limit)
    return _same_time(calendar, start, first_day, number, limit)


def _open_minutes(calendar: str, minute: int, limit: int) -> Iterator[int]:
    while minute * MINUTE <= limit:
        if day_of(calendar, minute):
            yield minute * MINUTE
        minute += 1


def _minutes_of(calendar: str, start: int, first: date, number: int, limit: int) -> list[int]:
    """List the open minutes of the working day that is the `number`-th after `first`."""
    later: list[date] = []
    minutes: list[int] = []
    for at in _open_minutes(calendar, start // MINUTE, limit):
        day = day_of(calendar, at // MINUTE)
        assert day
        if day > first and day not in later:
            later.append(day)
        if len(later) > number + 1:
            break
        if day == (later[number - 1] if 0 < number <= len(later) else first if number == 0 else None):
            minutes.append(at)
    return minutes


def _end(calendar: str, at: int, first: date, number: int, limit: int) -> int:
    minutes = _minutes_of(calendar, at, first, number, limit)
    return minutes[-1] + MINUTE if minutes else limit + 1


def _same_time(calendar: str, start: int, first: date, number: int, limit: int) -> int:
    minutes = _minutes_of(calendar, start, first, number, limit)
    if not minutes:
        return limit + 1
    zone = json.loads(calendar)["timezone"]
    since = _wall(zone, start) - datetime.combine(first, datetime.min.time())
    day = day_of(calendar, minutes[0] // MINUTE)
    assert day
    wanted = datetime.combine(day, datetime.min.time()) + max(since, timedelta())
    around = range(minutes[0] - 2 * 1440 * MINUTE, limit, MINUTE)
    shown = next(at for at in around if _wall(zone, at + MINUTE - 1) >= wanted)
    exact = shown + max(0, (wanted - _wall(zone, shown)) // timedelta(microseconds=1))
    if exact // MINUTE * MINUTE in minutes:
        return exact
    return next((at for at in minutes if at > exact), minutes[-1] + MINUTE)


def _wall(zone: str, at: int) -> datetime:
    return local(zone, at).replace(tzinfo=None)
