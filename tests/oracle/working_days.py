"""Working days, reckoned by looking at the clock on the wall once a minute.

Read `opening_hours.py` first. Knows: a calendar as an author writes it. Must not know: promises.
"""

import re
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import Any

from tests.oracle.opening_hours import MINUTE, bounds, key, local, rules_of, said, shifts_on, wall


@lru_cache(1 << 17)
def day_of(calendar: str, minute: int) -> date | None:
    """Tell which working day an open minute belongs to: that on which its shift begins; None where it is closed."""
    today, clock = wall(rules_of(calendar)["timezone"], minute)
    for ago in (1, 0):
        day = today - timedelta(days=ago)
        for start, end in shifts_on(calendar, day):
            over_night = end <= start
            if (over_night and clock < end) if ago else (start <= clock and (over_night or clock < end)):
                return day
    return None


def _known(calendar: str, changes: list[Any]) -> str:
    rules = {name: one for name, one in rules_of(calendar).items() if name != "changes"}
    return key(rules, changes)


def _now(calendar: str) -> str:
    """Give the calendar in which a day is closed whose new hours were over when they were said."""
    found = []
    for since, text, shifts in rules_of(calendar).get("changes", []):
        ends = [end for _, end in bounds(calendar, date.fromisoformat(text))]
        found.append([since, text, [] if said(calendar, date.fromisoformat(text)) >= max(ends, default=0) else shifts])
    return _known(calendar, found)


def _as_opened(calendar: str, at: int) -> str:
    """Give the calendar as it is now, but for the day of `at`, which stays what it was then."""
    changes = rules_of(calendar).get("changes", [])
    then = _known(calendar, [one for one in changes if one[0] <= at])
    day = day_of(then, at // MINUTE) or wall(rules_of(calendar)["timezone"], at // MINUTE)[0]
    later = [one for one in rules_of(_now(calendar)).get("changes", []) if one[1] != day.isoformat()]
    return _known(calendar, [*later, *(one for one in changes if one[0] <= at and one[1] == day.isoformat())])


@lru_cache(1 << 14)
def deadline(calendar: str, at: int, text: str, limit: int) -> int:
    """Give the deadline of `2 working days` or `end of next working day` from `at`; past `limit` nobody asks."""
    found = re.fullmatch(r"(end of )?(?:(next|\d+) )?working days?", text)
    assert found
    number = {None: 0, "next": 1}[found[2]] if found[2] in {None, "next"} else int(found[2])
    now, calendar = _now(calendar), _as_opened(calendar, at)
    if found[1] and number:
        first = day_of(calendar, at // MINUTE) or local(rules_of(calendar)["timezone"], at).date()
        return _end(calendar, at, first, number, limit)
    start = at if day_of(calendar, at // MINUTE) else next(_open_minutes(calendar, at // MINUTE + 1, limit), limit)
    first_day = day_of(calendar, start // MINUTE)
    if first_day is None:
        return limit + 1
    if found[1]:  # of a day that is closed by now it is the end of the next one
        number = 0 if _minutes_of(now, start, first_day, 0, limit) else 1
        return _end(now, start, first_day, number, limit)
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
    zone = rules_of(calendar)["timezone"]
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
