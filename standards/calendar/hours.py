"""Business time: which moments count, and how much of them lies between two instants.

Instants are integer microseconds UTC, lengths integer microseconds.

Shifts are wall-clock times, so on the two odd days of the year two rules decide when they begin and end:

* the clock is put forward: a time it jumps over happens at the jump. A shift across the gap is shorter in real time.
* the clock is put back: a time that it shows twice happens the first time, for openings and closings alike. It is as if
  the clock stood still until the repeated hour is over. A shift across it is longer in real time.

Both rules keep the order of wall-clock times, so shifts that touch neither overlap nor leave a gap on any day.

Days can be changed later (`changes.py`). Each question is answered by the changes that were known at the instant from
which it is asked, so that an answer that was given stays right.
Read next: `local_time.py` for the bounds of days, `holiday.py`, `working_days.py`.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from difflib import get_close_matches
from functools import lru_cache
from operator import attrgetter
from typing import NamedTuple
from zoneinfo import ZoneInfo, available_timezones

from standards.calendar.changes import Change, in_force
from standards.calendar.duration import DAY, SECOND, spoken
from standards.calendar.local_time import first_shown, instant, known_zone, local_day, midnight
from standards.calendar.spans import together
from standards.calendar.spelling import days_meant, shift_meant

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
LONGEST_CLOSURE = 400
"""Days without any opening after which a calendar counts as closed for good."""
FARTHEST = 20 * 366
"""Days after which the end of a length of business time is no longer looked for."""

_MINUTES_A_DAY = 24 * 60
_EVER = -(1 << 62)
_AT = attrgetter("at")
_SHIFT = re.compile(r"([0-9]{1,2}):([0-5][0-9])-([0-9]{1,2}):([0-5][0-9])")


class Shift(NamedTuple):
    """Opening hours as minutes from the midnight before `start`; an `end` over 1,440 is on the morning after."""

    start: int
    end: int


Week = tuple[tuple[Shift, ...], ...]
"""The shifts of seven weekdays, Monday first."""


def parse_shifts(text: str) -> Shift:
    """Read `08:00-16:00`; `22:00-06:00` ends on the morning after, `00:00-24:00` is the whole day."""
    found = _SHIFT.fullmatch(text)
    if not found:
        fix = f"write {meant}" if (meant := shift_meant(text)) else "write its two times like 08:00-16:00"
        raise ValueError(f"{text!r} is not a valid shift; {fix}")
    from_hour, from_minute, to_hour, to_minute = map(int, found.groups())
    start, end = from_hour * 60 + from_minute, to_hour * 60 + to_minute
    if start >= _MINUTES_A_DAY or end > _MINUTES_A_DAY:
        raise ValueError(f"{text!r} is not a valid shift; a day has the times 00:00 to 23:59, and 24:00 as an end")
    if start == end:
        raise ValueError(f"{text!r} ends as it begins; for the whole day write 00:00-24:00")
    return Shift(start, end if end > start else end + _MINUTES_A_DAY)


def parse_week(mapping: Mapping[str, Sequence[str]]) -> Week:
    """Read the hours of a week: `{"mon-fri": ["08:00-16:00"], "sat,sun": ["10:00-14:00"]}`.

    A key is a day, a span of days (`sat-mon` goes on over the week's end), several with commas between, or `daily`.
    A day that no key names is closed. Raises ValueError for a day named twice and for what cannot be read.
    """
    week: dict[int, tuple[Shift, ...]] = {}
    named: dict[int, str] = {}
    for key, texts in mapping.items():
        shifts = tuple(map(parse_shifts, texts))
        for day in _weekdays(key):
            if day in named:
                raise ValueError(f"{WEEKDAYS[day]} is named twice, in {named[day]!r} and {key!r}; name each day once")
            week[day], named[day] = shifts, key
    return tuple(week.get(day, ()) for day in range(7))


def zone(name: str) -> ZoneInfo:
    """Look up a time zone by its IANA name, such as `Europe/Warsaw`. Raises ValueError for an unknown one."""
    found = known_zone(name)
    if found is None:
        near = did_you_mean(name, available_timezones()) or "write an IANA name such as Europe/Warsaw"
        hint = "write a place's name, such as Europe/Warsaw: its clocks change" if re.search("[0-9]", name) else near
        raise ValueError(f"{name!r} is not a known time zone; {hint}")
    return found


def did_you_mean(found: str, known: Iterable[str]) -> str:
    """Return "did you mean 'x'?" for the known name most like the found one, whatever its case, or an empty text."""
    names = {name.casefold(): name for name in sorted(known)}
    close = get_close_matches(found.casefold(), names, n=1)
    return f"did you mean {names[close[0]]!r}?" if close else ""


@dataclass(frozen=True, slots=True)
class Hours:
    """The business time of one calendar. `is_holiday` closes the shifts that begin on a day, not those that end on it.

    `is_holiday` must always answer the same for the same day: the answers are remembered. `name` is the calendar's, and
    `changes` are those of its days, in order of time. Where they are `known`, all of them count for every question.
    """

    timezone: str
    week: Week
    is_holiday: Callable[[date], bool]
    name: str = ""
    changes: tuple[Change, ...] = ()
    known: bool = False
    _zone: ZoneInfo = field(init=False, repr=False, compare=False)
    _open_on: Callable[[int], tuple[tuple[int, int], ...]] = field(init=False, repr=False, compare=False)
    _changed_on: Callable[[int, int], tuple[tuple[int, int], ...]] = field(init=False, repr=False, compare=False)
    _of_first: Callable[[int], Hours] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        if len(self.week) != len(WEEKDAYS):
            raise ValueError(f"a week of {len(self.week)} days was given; give the shifts of seven, Monday first")
        object.__setattr__(self, "_zone", zone(self.timezone))
        # Five years of days: promises are opened and judged around now, so nearly every day asked for is there.
        object.__setattr__(self, "_open_on", lru_cache(maxsize=2_048)(self._find_open))
        object.__setattr__(self, "_changed_on", lru_cache(maxsize=512)(self._find_changed))
        object.__setattr__(self, "_of_first", lru_cache(maxsize=64)(self._with_first))

    def as_known(self, at: int) -> Hours:
        """Give the hours as they were known at an instant, whenever they are asked for."""
        return self._of_first(self._count(at)) if self.changes else self

    def changed(self, changes: Iterable[Change]) -> Hours:
        """Give the hours of the same calendar with the changes of its days."""
        return self._with(tuple(sorted((it for it in changes if it.calendar == self.name), key=_AT)))

    def _with_first(self, count: int) -> Hours:
        return self._with(self.changes[:count], known=True)

    def _count(self, at: int) -> int:
        """Count the changes that are known at an instant."""
        return bisect_right(self.changes, at, key=_AT)

    def _with(self, changes: tuple[Change, ...], *, known: bool = False) -> Hours:
        found = replace(self, changes=changes, known=known)
        object.__setattr__(found, "_open_on", self._open_on)  # what is so as a rule is remembered once
        return found

    def add(self, start: int, amount: int) -> int:
        """Return the earliest instant not before `start` at which `amount` of business time has passed since.

        An amount used up exactly at closing time ends at that closing time, not at the next opening. Raises ValueError
        for an amount below zero, and when the calendar stays closed too long or the end is over 20 years away.
        """
        if amount < 0:
            raise ValueError(f"{spoken(amount)} of business time cannot be added; give zero or more")
        if amount == 0:
            return start
        first = last_open = local_day(start, self._zone)
        for day in range(first, first + FARTHEST):
            for opens, closes in self._open(day, start):
                if closes <= start:
                    continue
                begin = max(opens, start)
                if amount <= closes - begin:
                    return begin + amount
                amount -= closes - begin
                last_open = day
            if day - last_open > LONGEST_CLOSURE:
                since = date.fromordinal(last_open)
                raise ValueError(f"no opening within {LONGEST_CLOSURE} days of {since}; add shifts")
        since = date.fromordinal(first)
        raise ValueError(f"business time since {since} does not end within 20 years; shorten it or add shifts")

    def due(self, start: int, amount: int) -> int:
        """Do as `add`, but give an instant 20 years away where that would raise: the judge is never stopped."""
        try:
            return self.add(start, amount)
        except ValueError:
            return start + FARTHEST * DAY

    def moved(self, at: int, amount: int) -> int:
        """Move an instant on by business time; an open one stays so: as the doors open, not as they close before."""
        end = self.due(at, amount)
        closed = amount and self.is_open(at) and not self.is_open(end)
        return (self.opens_after(end) if closed else None) or end

    def between(self, start: int, end: int) -> int:
        """Return the business time in [start, end): zero when `end` is not after `start`."""
        if end <= start:
            return 0
        return sum(
            max(0, min(closes, end) - max(opens, start))
            for day in range(local_day(start, self._zone), local_day(end, self._zone) + 1)
            for opens, closes in self._open(day, end)
        )

    def is_open(self, at: int) -> bool:
        """Tell whether business time passes at this instant: an opening is open, a closing is closed."""
        return any(opens <= at < closes for opens, closes in self._open(local_day(at, self._zone), at))

    def shifts_begun(self, day: int, at: int) -> Sequence[tuple[int, int]]:
        """Return the shifts [opens, closes) that begin on a local day, as known at an instant: adjacent ones apart."""
        return self._begun(day, len(self.changes) if self.known else self._count(at))

    def _begun(self, day: int, count: int) -> Sequence[tuple[int, int]]:
        as_a_rule = self._spans(day, sorted(self._shifts(day)))
        changes = [change for change in self.changes[:count] if change.day == day]
        if not changes:
            return as_a_rule
        others = [(it.at, as_a_rule if it.shifts is None else self._spans(day, it.shifts)) for it in changes]
        return in_force([(_EVER, as_a_rule), *others])

    def opens_after(self, at: int) -> int | None:
        """Return the first open instant not before `at`, or None when there is none within 400 local days."""
        today = local_day(at, self._zone)
        for day in range(today, today + LONGEST_CLOSURE + 1):
            for opens, closes in self._open(day, at):
                if at < closes:
                    return max(opens, at)
        return None

    def shifts_on(self, day: int) -> tuple[tuple[int, int], ...]:
        """Return the intervals [opens, closes) of the shifts that begin on a local day, in order and apart.

        The last change of the day that was said before it was over counts for all of it; hours that were over when it
        was said are none.
        """
        ends = midnight(day + 1, self._zone) if self.changes else 0
        last = next((it for it in reversed(self.changes) if it.day == day and it.at < ends), None)
        changed = None if last is None else last.shifts
        found = self._spans(day, together(self._shifts(day) if changed is None else changed))
        return () if last is not None and found and found[-1][1] <= last.at else found

    def day_of(self, at: int) -> int:
        """Return the proleptic ordinal of the local day that an instant lies in."""
        return local_day(at, self._zone)

    def same_time(self, at: int, day: int, other: int) -> int:
        """Return when the clock shows, on another day, what it shows at `at`, counted from the midnight of `day`."""
        shown = datetime.fromtimestamp(at // SECOND, self._zone).replace(tzinfo=None) - datetime.fromordinal(day)
        return first_shown(datetime.fromordinal(other) + max(shown, timedelta()), self._zone) + at % SECOND

    def _open(self, day: int, at: int) -> tuple[tuple[int, int], ...]:
        """Return the open intervals within one local day, as known at an instant, in order and apart."""
        if not (self.changes and any(day - 1 <= change.day <= day for change in self.changes)):
            return self._open_on(day)
        return self._changed_on(day, len(self.changes) if self.known else self._count(at))

    def _find_changed(self, day: int, count: int) -> tuple[tuple[int, int], ...]:
        """Find the open intervals within one local day by so many of the changes."""
        first, last = midnight(day, self._zone), midnight(day + 1, self._zone)
        begun = (*self._begun(day - 1, count), *self._begun(day, count))
        within = [(max(opens, first), min(closes, last)) for opens, closes in begun]
        return together((opens, closes) for opens, closes in within if opens < closes)

    def _find_open(self, day: int) -> tuple[tuple[int, int], ...]:
        """Find the open intervals [opens, closes) within one local day, in order and apart from each other.

        What the evening before left open belongs to this day's list, so no moment is ever counted on two days.
        """
        left_open = [Shift(0, end - _MINUTES_A_DAY) for _, end in self._shifts(day - 1) if end > _MINUTES_A_DAY]
        begun = [Shift(start, min(end, _MINUTES_A_DAY)) for start, end in self._shifts(day)]
        return self._spans(day, together([*left_open, *begun]))

    def _spans(self, day: int, shifts: Iterable[tuple[int, int]]) -> tuple[tuple[int, int], ...]:
        spans = ((instant(day, start, self._zone), instant(day, end, self._zone)) for start, end in shifts)
        return tuple((opens, closes) for opens, closes in spans if opens < closes)  # all of a shift can fall into a gap

    def _shifts(self, day: int) -> tuple[Shift, ...]:
        on = date.fromordinal(day)
        return () if self.is_holiday(on) else self.week[on.weekday()]


def _weekdays(key: str) -> list[int]:
    days: list[int] = []
    for part in ("mon-sun" if key == "daily" else key).split(","):
        first, dash, last = part.partition("-")
        begin = _weekday(first.strip(), key)
        span = (_weekday(last.strip(), key) - begin) % 7 if dash else 0
        days += [(begin + step) % 7 for step in range(span + 1)]
    return days


def _weekday(name: str, key: str) -> int:
    if name in WEEKDAYS:
        return WEEKDAYS.index(name)
    meant = days_meant(key)
    near = did_you_mean(name, [*WEEKDAYS, "daily"]) or "write it like mon, mon-fri, sat,sun or daily"
    hint = f"write {meant}" if meant else near
    raise ValueError(f"{name!r} in {key!r} is not a day of the week ({', '.join(WEEKDAYS)}); {hint}")
