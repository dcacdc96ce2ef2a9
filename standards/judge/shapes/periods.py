"""The periods of a recurrence: where each ends, which of them owe anything, and how much of their time has gone by.

Knows: time. Must not know: promises. Read next: `recurrence.py`, which judges them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from standards.calendar.hours import LONGEST_CLOSURE
from standards.calendar.local_time import end_of_period
from standards.calendar.shifts import days_after, shift_from
from standards.judge.standard import DAY

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

    from standards.calendar.hours import Hours
    from standards.judge.standard import Period


def end_of(at: int, period: Period, hours: Hours | None, zone: ZoneInfo) -> int:
    """Give the first bound of the local days, weeks or months after an instant.

    Of shifts it is the end of the one that it lies in or, out of hours, of the next. Raises ValueError for a shift
    without hours.
    """
    return _shift(hours, at)[1] if period == "shift" else end_of_period(at, period, zone)


def _shift(hours: Hours | None, at: int) -> tuple[int, int]:
    if hours is None:
        raise ValueError("a shift is one of a calendar's hours")
    return shift_from(hours, at)


class Periods(NamedTuple):
    """Periods of `every` microseconds (of open time, with `hours`), of so many days by the wall, or of the calendar.

    Those of a shift lie apart: between two shifts nothing is owed.

    Instants and spans are microseconds.
    """

    every: int | Period
    hours: Hours | None
    zone: ZoneInfo
    by_wall: bool = False

    def as_known(self, at: int) -> Periods:
        """Give the periods by the hours as they were known at an instant."""
        return self if self.hours is None else self._replace(hours=self.hours.as_known(at))

    def is_closed(self, since: int, until: int) -> bool:
        """Say whether a period owes nothing, since it has no open time."""
        return self.hours is not None and not self._counts_open_time and not self.hours.between(since, until)

    def starts_after(self, at: int, start: int) -> int:
        """Give the start of the first period after an instant that has open time, where one starts at `start`."""
        first = start
        if self.every == "shift":
            return self._shift_after(at, start)
        if isinstance(self.every, str):
            first = min(start, self.end(at))
        elif not self.by_wall:
            return self._ends_after(at, start)
        else:
            while (earlier := days_after(first, -self.every // DAY, self.zone)) > at:
                first = earlier
        return self.owing_from(first)

    def _ends_after(self, at: int, end: int) -> int:
        """Give the end of a period that ended at `end` by what was known before `at`."""
        if self.hours is None:
            return end
        return self.hours.due(at, self.hours.as_known(at - 1).between(at, end))

    def _shift_after(self, at: int, start: int) -> int:
        """Give the start of the first shift that begins after an instant, or at it where one was to begin there."""
        opens, closes = _shift(self.hours, at)
        return opens if opens > at or opens == start else _shift(self.hours, closes)[0]

    def end(self, at: int) -> int:
        """Give the end of the period that begins at an instant."""
        if isinstance(self.every, str):
            return end_of(at, self.every, self.hours, self.zone)
        if self.by_wall:
            return days_after(at, self.every // DAY, self.zone)
        return at + self.every if self.hours is None else self.hours.due(at, self.every)

    def owing_from(self, at: int) -> int:
        """Give the start of the first period, from the one that begins at `at` on, that has open time.

        Where none comes for very long, it is looked for again from there.
        """
        if self.hours is None or self._counts_open_time:
            return at
        if self.every == "shift":
            return max(at, _shift(self.hours, at)[0])
        opens = self.hours.opens_after(at)
        if opens is None:
            opens = at + LONGEST_CLOSURE * DAY
        while (end := self.end(at)) <= opens:
            at = end
        return at

    def mark(self, opened: int, due: int, mark: int) -> int:
        """Give the instant at which so much of a period has gone by or, below 0, at which so much of it is left.

        By the wall it is reckoned back from the end too, as days differ in length.
        """
        if mark < 0:
            return max(opened, due + mark)
        if self.by_wall and isinstance(self.every, int):
            return max(opened, due - (self.every - mark))
        return opened + mark if self.hours is None else self.hours.due(opened, mark)

    def elapsed(self, opened: int, at: int) -> int:
        """Give how much of a period's time has gone by: open time where that is what it is made of."""
        return at - opened if self.hours is None or not self._counts_open_time else self.hours.between(opened, at)

    @property
    def _counts_open_time(self) -> bool:
        return not (self.by_wall or isinstance(self.every, str))
