"""Open time, counted by looking at the clock on the wall once a minute.

Knows: a calendar as an author writes it. Opening and closing times are whole minutes, so a minute is open or it is
not. Must not know: promises.
"""

import json
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any
from zoneinfo import ZoneInfo

MINUTE = 60 * 10**6
PERIODS = ("day", "week", "month")
DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def local(zone: str, at: int) -> datetime:
    return (EPOCH + timedelta(microseconds=at)).astimezone(ZoneInfo(zone))


def utc(moment: datetime) -> int:
    return (moment - EPOCH) // timedelta(microseconds=1)


def next_midnight(zone: str, at: int, days: int = 1) -> int:
    """Give the local midnight that begins the day `days` after the local day of `at`."""
    day = local(zone, at).date() + timedelta(days=days)
    return utc(datetime(day.year, day.month, day.day, tzinfo=ZoneInfo(zone)))


def same_time(zone: str, at: int, days: int) -> int:
    """Give the instant so many days after `at` by the wall: at the same time or, where none is, the next."""
    return shown(zone, local(zone, at).replace(tzinfo=None, fold=0) + timedelta(days=days))


def shown(zone: str, wall: datetime) -> int:
    """Give the instant at which the wall first shows a time or, if it never does, a later one."""
    found = utc(wall.replace(tzinfo=ZoneInfo(zone)))
    while local(zone, found - MINUTE).replace(tzinfo=None) >= wall:
        found -= MINUTE
    return found


def next_bound(zone: str, at: int, period: str) -> int:
    """Give the next local midnight, Monday or first of the month after `at`, looking at one midnight after another."""
    for days in range(1, 40):
        bound = next_midnight(zone, at, days)
        day = local(zone, bound)
        if period == "day" or (period == "week" and day.weekday() == 0) or (period == "month" and day.day == 1):
            return bound
    raise AssertionError(period)


@cache
def spans_of(calendar: str) -> dict[str, list[tuple[str, str]]]:
    """Give the shifts of each day of the week."""
    spans: dict[str, list[tuple[str, str]]] = {day: [] for day in DAYS}
    for days, texts in json.loads(calendar).get("hours", {"mon-sun": ["00:00-24:00"]}).items():
        first, _, last = days.partition("-")
        named = DAYS[DAYS.index(first) : DAYS.index(last or first) + 1]
        for day in named:
            spans[day] += [(text[:5], text[6:]) for text in texts]
    return spans


@cache
def is_open(calendar: str, minute: int) -> bool:
    """Tell whether the minute that starts `minute` minutes after 1970 is open."""
    rules = json.loads(calendar)
    if "hours" not in rules:
        return True
    wall = local(rules["timezone"], minute * MINUTE)
    clock = wall.strftime("%H:%M")
    spans = spans_of(calendar)

    def shifts(day: datetime) -> list[tuple[str, str]]:
        return [] if day.date().isoformat() in rules.get("holidays", ()) else spans[DAYS[day.weekday()]]

    today = any(start <= clock < end if start < end else start <= clock for start, end in shifts(wall))
    return today or any(end <= start and clock < end for start, end in shifts(wall - timedelta(days=1)))


def shift(calendar: str, at: int) -> tuple[int, int]:
    """Give the shift, as it is written, that `at` lies in."""
    rules = json.loads(calendar)
    zone = rules["timezone"]
    for back in (1, 0):
        day = datetime.combine(local(zone, at).date() - timedelta(days=back), datetime.min.time())
        spans = [] if day.date().isoformat() in rules.get("holidays", ()) else spans_of(calendar)[DAYS[day.weekday()]]
        for texts in spans:
            opens, closes = (day + timedelta(hours=int(text[:2]), minutes=int(text[3:])) for text in texts)
            if closes <= opens:
                closes += timedelta(days=1)
            if shown(zone, opens) <= at < shown(zone, closes):
                return shown(zone, opens), shown(zone, closes)
    raise AssertionError(at)


def key(calendar: dict[str, Any] | None) -> str:
    return json.dumps(calendar, sort_keys=True) if calendar else ""


@cache
def open_time(calendar: str, start: int, end: int) -> int:
    """Count the open time from `start` to `end` in microseconds."""
    if not calendar:
        return end - start
    total = 0
    while start < end:
        step = min(start // MINUTE * MINUTE + MINUTE, end)
        total += (step - start) * is_open(calendar, start // MINUTE)
        start = step
    return total


@cache
def instant_after(calendar: str, start: int, amount: int, limit: int) -> int:
    """Give the first instant by which `amount` of open time has passed since `start`; past `limit` nobody asks."""
    if not calendar or amount == 0:
        return start + amount
    while start <= limit:
        step = start // MINUTE * MINUTE + MINUTE
        if is_open(calendar, start // MINUTE):
            if amount <= step - start:
                return start + amount
            amount -= step - start
        start = step
    return limit + 1
