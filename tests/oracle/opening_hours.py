"""Open time, counted by looking at the clock on the wall once a minute.

Knows: a calendar as an author writes it. Opening and closing times are whole minutes, so a minute is open or it is
not. Must not know: promises.
"""

import json
from datetime import UTC, date, datetime, timedelta
from functools import cache, lru_cache
from typing import Any
from zoneinfo import ZoneInfo

MINUTE = 60 * 10**6
ENOUGH = 15 * 86_400 * 10**6
"""Two working days of any calendar are over by then."""
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
def rules_of(calendar: str) -> dict[str, Any]:
    """Read a calendar as its key has it."""
    rules: dict[str, Any] = json.loads(calendar)
    return rules


@lru_cache(1 << 17)
def wall(zone: str, minute: int) -> tuple[date, str]:
    """Give the date and the time that the wall shows in a minute."""
    shows = local(zone, minute * MINUTE)
    return shows.date(), shows.strftime("%H:%M")


@lru_cache(1 << 14)
def _versions(calendar: str, day: date) -> list[tuple[int, list[tuple[str, str]]]]:
    """Give the shifts that begin on a day, each with the instant from which it was known so."""
    rules = rules_of(calendar)
    usual = [] if day.isoformat() in rules.get("holidays", ()) else spans_of(calendar)[DAYS[day.weekday()]]
    found = [(-1, usual)]
    for since, changed, shifts in rules.get("changes", ()):
        if changed == day.isoformat():
            found.append((since, usual if shifts is None else [(text[:5], text[6:]) for text in shifts]))
    return found


def shifts_on(calendar: str, day: date, known: int | None = None) -> list[tuple[str, str]]:
    """Give the shifts that begin on a day, as was known at an instant, or as is known now."""
    return [shifts for since, shifts in _versions(calendar, day) if known is None or since <= known][-1]


def said(calendar: str, day: date) -> int:
    """Give the instant at which the day was changed last, -1 if never."""
    return _versions(calendar, day)[-1][0]


@lru_cache(1 << 17)
def is_open(calendar: str, minute: int) -> bool:
    """Tell whether the minute that starts `minute` minutes after 1970 is open: as was known then, or is now."""
    rules = rules_of(calendar)
    if "hours" not in rules and "changes" not in rules:
        return True
    day, clock = wall(rules["timezone"], minute)
    today, yesterday = (shifts_on(calendar, day - timedelta(days=ago), minute * MINUTE) for ago in (0, 1))
    if any(start <= clock < end if start < end else start <= clock for start, end in today):
        return True
    return any(end <= start and clock < end for start, end in yesterday)


def bounds(calendar: str, day: date) -> list[tuple[int, int]]:
    """Give the instants between which the shifts of a day lie, as is known now."""
    zone = rules_of(calendar)["timezone"]
    midnight = datetime.combine(day, datetime.min.time())
    found = []
    for texts in shifts_on(calendar, day):
        opens, closes = (midnight + timedelta(hours=int(text[:2]), minutes=int(text[3:])) for text in texts)
        found.append((shown(zone, opens), shown(zone, closes + timedelta(days=closes <= opens))))
    return found


def shift(calendar: str, at: int) -> tuple[int, int] | None:
    """Give the shift, as it is written now, that `at` lies in."""
    today = local(rules_of(calendar)["timezone"], at).date()
    shifts = [one for back in (1, 0) for one in bounds(calendar, today - timedelta(days=back))]
    return next((one for one in shifts if one[0] <= at < one[1]), None)


def next_shift(calendar: str, at: int) -> int:
    """Give the instant at or after `at` at which the next shift begins."""
    today = local(rules_of(calendar)["timezone"], at).date()
    shifts = [one for ahead in range(-1, 40) for one in bounds(calendar, today + timedelta(days=ahead))]
    return min((start for start, end in shifts if at <= start < end), default=utc(datetime(2100, 1, 1, tzinfo=UTC)))


def shift_day(calendar: str, start: int) -> date:
    """Give the day to which a shift belongs that begins at `start`."""
    return local(rules_of(calendar)["timezone"], start).date()


def key(calendar: dict[str, Any] | None, changes: list[Any] | None = None) -> str:
    """Give all that is known of a calendar as a text; "" where it is always open."""
    return json.dumps(calendar | ({"changes": changes} if changes else {}), sort_keys=True) if calendar else ""


@lru_cache(1 << 14)
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


@lru_cache(1 << 14)
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


def next_open(calendar: str, at: int, limit: int) -> int:
    """Give the first open instant not before `at`, or `at` where there is none by `limit`."""
    start = at
    while start <= limit:
        if is_open(calendar, start // MINUTE):
            return start
        start = start // MINUTE * MINUTE + MINUTE
    return at
