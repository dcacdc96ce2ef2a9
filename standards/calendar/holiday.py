"""Closed days: from a country's public holidays, from a list of dates, or from the text of an iCalendar file.

Each function returns "is this day a holiday?", which always answers the same for the same day.
Read next: `hours.py`, which asks.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from datetime import date, timedelta
from functools import lru_cache
from itertools import islice
from typing import NamedTuple

from standards.calendar.hours import did_you_mean
from standards.calendar.spelling import date_meant

IsHoliday = Callable[[date], bool]

LARGEST_FILE = 1_000_000
"""Characters in an iCalendar text."""
MOST_EVENTS = 10_000
LONGEST_EVENT = 366
"""Days that one event may close."""

_DAY = timedelta(days=1)
_DURATION = re.compile(r"P([0-9]{1,4})([DW])")
_COUNT = re.compile(r"[1-9][0-9]{0,3}")
_REFUSED = ("RDATE", "EXDATE", "EXRULE", "RECURRENCE-ID")


def by_country(code: str) -> IsHoliday:
    """Take the public holidays of a country or one of its parts: `PL`, `US-CA` (ISO 3166). Observed days included.

    Raises ValueError for a code that is not known. Years are worked out when they are first asked for.
    """
    import holidays  # noqa: PLC0415 - it is slow to load, and most documents name no country

    known = holidays.list_supported_countries(include_aliases=False)
    country, dash, part = code.partition("-")
    if country not in known:
        named = getattr(holidays, code.title().replace(" ", ""), None)  # the library has a class for each country
        near = did_you_mean(country, known) or "write an ISO 3166 code such as PL or US-CA"
        hint = f"write {named.country}" if named is not None and hasattr(named, "country") else near
        raise ValueError(f"no public holidays are known for {code!r}; {hint}")
    if dash and part not in known[country]:
        names = [f"{country}-{each}" for each in known[country]]
        hint = did_you_mean(code, names) or f"leave {country!r} alone"
        raise ValueError(f"{code!r} names a part of {country} whose holidays are not known; {hint}")
    return holidays.country_holidays(country, subdiv=part or None).__contains__


def by_dates(dates: Iterable[str]) -> IsHoliday:
    """Take a list of dates such as `2026-12-25`. Raises ValueError for one that is not in the calendar."""
    days = {text: date_in(text) for text in dates}
    for text, day in days.items():
        if day is None:
            fix = f"write {meant}" if (meant := date_meant(text)) else "write year, month and day like 2026-12-25"
            if ".." in text:
                fix = "write each day by itself, or name an .ics file: there an event can last for weeks"
            raise ValueError(f"{text!r} is not a valid date; {fix}")
    return frozenset(days.values()).__contains__


def date_in(text: str, form: str = "[0-9]{4}-[0-9]{2}-[0-9]{2}") -> date | None:
    """Read a date written in one form; None for any other text, and for a day that is not in the calendar."""
    try:
        return date.fromisoformat(text) if re.fullmatch(form, text) else None
    except ValueError:
        return None


def by_ics(text: str) -> IsHoliday:
    """Take the whole-day events of an iCalendar text (RFC 5545), once or each year (`RRULE:FREQ=YEARLY`).

    Cancelled events are left out. Raises ValueError, naming the line, for an event with a time of day, for any other
    rule of repetition, and for a text over a million characters, 10,000 events or 366 days in one event.
    """
    if len(text) > LARGEST_FILE:
        raise ValueError(f"the calendar has {len(text):,} characters; {LARGEST_FILE:,} are read at most")
    events = list(islice(_events(text), MOST_EVENTS + 1))
    if not events:
        raise ValueError("no event was found; give the text of an iCalendar file with a BEGIN:VEVENT for each holiday")
    if len(events) > MOST_EVENTS:
        raise ValueError(f"the calendar has over {MOST_EVENTS:,} events; leave out the years that have passed")
    closures = [_closure(event) for event in events if event.text("STATUS") != "CANCELLED"]

    @lru_cache(maxsize=64)
    def days_of(year: int) -> frozenset[date]:
        return frozenset(day for closure in closures for first in (year - 1, year) for day in closure.days_from(first))

    return lambda day: day in days_of(day.year)


class _Property(NamedTuple):
    line: int
    value: str


class _Event(NamedTuple):
    line: int
    properties: dict[str, _Property]

    def text(self, name: str) -> str:
        return self.properties[name].value if name in self.properties else ""

    def wrong(self, found: str, name: str = "") -> ValueError:
        at = self.properties[name].line if name in self.properties else self.line
        title = self.text("SUMMARY")
        return ValueError(f"line {at}: the event {title!r} {found}" if title else f"line {at}: the event {found}")


class _Closure(NamedTuple):
    """So many closed days from `first` on, again every `interval` years up to a beginning on `last`."""

    first: date
    days: int
    interval: int
    last: date

    def begins_in(self, year: int) -> date | None:
        """Return the first closed day in a year; 29 February comes in leap years only (RFC 5545, 3.3.10)."""
        if year < self.first.year or (year - self.first.year) % self.interval:
            return None
        try:
            begins = self.first.replace(year=year)
        except ValueError:  # 29 February
            return None
        return begins if begins <= self.last else None

    def days_from(self, year: int) -> Iterator[date]:
        """Yield the closed days of the closure that begins in this year, which may go on into the next."""
        begins = self.begins_in(year)
        if begins is not None:
            yield from (begins + step * _DAY for step in range(self.days))


def _events(text: str) -> Iterator[_Event]:
    """Read the events, without what is nested in them, such as alarms."""
    event, inside = None, list[str]()
    for number, line in _unfolded(text):
        head, _, value = line.partition(":")
        name = head.upper().partition(";")[0]
        word = value.strip().upper()
        if event is None:
            if (name, word) == ("BEGIN", "VEVENT"):
                event, inside = _Event(number, {}), [word]
        elif name == "BEGIN":
            inside.append(word)
        elif name == "END":
            if word != inside.pop():
                raise event.wrong(f"is cut short by END:{word} on line {number}; add the END that is missing before it")
            if not inside:
                yield event
                event = None
        elif len(inside) == 1:
            event.properties[name] = _Property(number, value.strip())
    if event is not None:
        raise event.wrong("never ends; the text may be cut off: add END:VEVENT")


def _unfolded(text: str) -> Iterator[tuple[int, str]]:
    """Yield lines with their number, joined where a line begins with a blank (RFC 5545, 3.1)."""
    first, parts = 1, list[str]()
    for number, line in enumerate(re.split(r"\r?\n", text), start=1):
        if line[:1] in (" ", "\t"):
            parts.append(line[1:])
            continue
        yield first, "".join(parts)
        first, parts = number, [line]
    yield first, "".join(parts)


def _closure(event: _Event) -> _Closure:
    for name in _REFUSED:
        if name in event.properties:
            raise event.wrong(f"has {name}, which is not read here; write each date as an event", name)
    first = _ics_date(event, "DTSTART")
    days = (_ics_date(event, "DTEND") - first).days if "DTEND" in event.properties else _length(event)
    if not 0 < days <= LONGEST_EVENT:
        raise event.wrong(f"closes {days} days; DTEND is the day after the last, 1 to {LONGEST_EVENT} days on", "DTEND")
    return _yearly(event, first, days) if "RRULE" in event.properties else _Closure(first, days, 1, first)


def _length(event: _Event) -> int:
    """Read DURATION in whole days; without one a whole-day event lasts a day (RFC 5545, 3.6.1)."""
    text = event.text("DURATION") or "P1D"
    found = _DURATION.fullmatch(text)
    if not found:
        raise event.wrong(f"has the duration {text!r}; write whole days or weeks, like P1D", "DURATION")
    return int(found[1]) * (7 if found[2] == "W" else 1)


def _ics_date(event: _Event, name: str) -> date:
    if name not in event.properties:
        raise event.wrong(f"has no {name}; add one like {name};VALUE=DATE:20261225")
    text = event.text(name)
    if "T" in text.upper():
        raise event.wrong(f"has a time of day; a holiday is a whole day, like {name};VALUE=DATE:20261225", name)
    return _compact_date(event, name, text)


def _compact_date(event: _Event, name: str, text: str) -> date:
    day = date_in(text, r"[0-9]{8}")
    if day is None:
        raise event.wrong(f"has {text!r} in {name}, which is not a valid date; write it like 20261225", name)
    return day


def _yearly(event: _Event, first: date, days: int) -> _Closure:
    """Read the one rule that holidays on fixed dates need: each year or each n-th, without end or up to a limit."""
    rule = event.text("RRULE")
    parts = dict(part.upper().partition("=")[::2] for part in rule.split(";"))
    redundant = {"WKST": parts.get("WKST"), "BYMONTH": str(first.month), "BYMONTHDAY": str(first.day)}
    left = {key: value for key, value in parts.items() if redundant.get(key) != value}
    frequency, interval = left.pop("FREQ", ""), left.pop("INTERVAL", "1")
    until, count = left.pop("UNTIL", ""), left.pop("COUNT", "")
    numbers = (interval, count) if count else (interval,)
    if frequency != "YEARLY" or left or (until and count) or not all(map(_COUNT.fullmatch, numbers)):
        fix = "FREQ=YEARLY with INTERVAL and UNTIL or COUNT is; write other repetitions as an event for each date"
        raise event.wrong(f"repeats by {rule!r}, which is not read here; {fix}", "RRULE")
    last = _compact_date(event, "RRULE", until[:8]) if until else date.max
    closure = _Closure(first, days, int(interval), last)
    if count:
        begins = filter(None, map(closure.begins_in, range(first.year, last.year + 1)))
        closure = closure._replace(last=next(islice(begins, int(count) - 1, None), last))
    return closure
