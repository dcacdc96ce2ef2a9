"""The periods of a recurrence: where each ends, which of them owe anything, and how much of their time has gone by.

Knows: time. Must not know: promises. Read next: `recurrence.py`, which judges them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from standards.calendar.hours import LONGEST_CLOSURE
from standards.calendar.local_time import end_of_period
from standards.calendar.shifts import days_after
from standards.judge.standard import DAY

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

    from standards.calendar.hours import Hours
    from standards.judge.standard import Period


class Periods(NamedTuple):
    """Periods of `every` microseconds (of open time, with `hours`), of so many days by the wall, or of the calendar.

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

    def end(self, at: int) -> int:
        """Give the end of the period that begins at an instant."""
        if isinstance(self.every, str):
            return end_of_period(at, self.every, self.zone)
        if self.by_wall:
            return days_after(at, self.every // DAY, self.zone)
        return at + self.every if self.hours is None else self.hours.due(at, self.every)

    def owing_from(self, at: int) -> int:
        """Give the start of the first period, from the one that begins at `at` on, that has open time.

        Where none comes for very long, it is looked for again from there.
        """
        if self.hours is None or self._counts_open_time:
            return at
        opens = self.hours.opens_after(at)
        if opens is None:
            opens = at + LONGEST_CLOSURE * DAY
        while (end := self.end(at)) <= opens:
            at = end
        return at

    def mark(self, opened: int, due: int, mark: int) -> int:
        """Give the instant at which so much of a period has gone by; by the wall it is reckoned back from the end."""
        if self.by_wall and isinstance(self.every, int):
            return max(opened, due - (self.every - mark))
        return opened + mark if self.hours is None else self.hours.due(opened, mark)

    def elapsed(self, opened: int, at: int) -> int:
        """Give how much of a period's time has gone by: open time where that is what it is made of."""
        return at - opened if self.hours is None or not self._counts_open_time else self.hours.between(opened, at)

    @property
    def _counts_open_time(self) -> bool:
        return not (self.by_wall or isinstance(self.every, str))
