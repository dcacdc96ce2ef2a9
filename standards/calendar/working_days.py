"""Working days: `3 working days`, `end of working day`, `end of next working day`, `end of 3 working days`.

A working day is a local day on which a shift begins; a night shift belongs to the day on which it begins, to its end.
Instants are integer microseconds UTC.

* *N working days* after an instant: the same time by the clock on the wall, on the N-th working day after. What is
  outside all hours counts from the next opening. Where that time is outside the hours of that day, it is the next open
  instant of that day, or else its end.
* *The end of the working day* is that of the day on which the shop is open at that instant, or opens next.
* *The end of N working days* is that of the N-th working day after the date of that instant.

Where days were changed since, the day from which it counts stays what it was then; those after it are as they are now.

Read next: `hours.py`, which knows when a day's shifts are.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final, NamedTuple

from standards.calendar.duration import DAY
from standards.calendar.hours import FARTHEST, LONGEST_CLOSURE

if TYPE_CHECKING:
    from standards.calendar.hours import Hours

_FORM: Final = re.compile(r"(end of )?(?:(next|[1-9][0-9]{0,3}) )?working days?")
_NEAR: Final = re.compile(r"\b(?:work\w*|business|office|banking|opening)\b.*\bdays?\b|workdays?|end of", re.IGNORECASE)


class WorkingDays(NamedTuple):
    """So many working days; `to_end`: to the end of the last of them, which is the same day where `days` is 0."""

    days: int
    to_end: bool = False

    def __str__(self) -> str:
        """Write it as `parse` reads it."""
        if not self.to_end:
            return f"{self.days} working day{'' if self.days == 1 else 's'}"
        which = {0: "", 1: "next "}.get(self.days, f"{self.days} ")
        return f"end of {which}working day{'s' if self.days > 1 else ''}"


def parse(text: str) -> WorkingDays | None:
    """Read a number of working days; None for what is none. Raises ValueError for what is nearly one."""
    found = _FORM.fullmatch(text)
    if found is None or (found[1] is None and found[2] in (None, "next")):
        if _NEAR.search(text):
            raise ValueError(
                f"{text!r} is not a number of working days; write 3 working days, end of working day, "
                "end of next working day or end of 3 working days"
            )
        return None
    which = found[2] or "0"
    return WorkingDays(1 if which == "next" else int(which), to_end=found[1] is not None)


def number_of(text: str) -> WorkingDays | None:
    """Do as `parse`, but give None for what is nearly one too."""
    try:
        return parse(text)
    except ValueError:
        return None


def add(hours: Hours, at: int, amount: WorkingDays) -> int:
    """Return the instant at which so many working days after `at` are over. Raises ValueError where it is too far."""
    then = hours.as_known(at)
    if amount.to_end:
        if amount.days:
            return hours.shifts_on(_following(hours, _date(then, at), amount.days))[-1][1]
        day, _ = _working_day(then, at)
        return hours.shifts_on(day if hours.shifts_on(day) else _following(hours, day, 1))[-1][1]
    day, start = _working_day(then, at)
    last = _following(hours, day, amount.days)
    return _within(hours, last, hours.same_time(start, day, last))


def due(hours: Hours, at: int, amount: WorkingDays) -> int:
    """Do as `add`, but give an instant 20 years away where that would raise: the judge is never stopped."""
    try:
        return add(hours, at, amount)
    except ValueError:
        return at + FARTHEST * DAY


def _working_day(hours: Hours, at: int) -> tuple[int, int]:
    """Give the working day that is open at an instant, or the next one, and the instant from which it counts."""
    today = hours.day_of(at)
    for day in range(today - 1, today + LONGEST_CLOSURE + 1):
        for opens, closes in hours.shifts_on(day):
            if at < closes:
                return day, max(opens, at)
    raise ValueError(f"no opening within {LONGEST_CLOSURE} days; add shifts")


def _date(hours: Hours, at: int) -> int:
    """Give the day that an instant belongs to: that of the shift that it is in, or else its date."""
    today = hours.day_of(at)
    days = (today - 1, today)
    return next((day for day in days if any(opens <= at < closes for opens, closes in hours.shifts_on(day))), today)


def _following(hours: Hours, day: int, number: int) -> int:
    """Give the working day that is the `number`-th after a day."""
    for following in range(day + 1, day + FARTHEST):
        number -= bool(hours.shifts_on(following))
        if number == 0:
            return following
    raise ValueError("so many working days are not over within 20 years; write fewer or add shifts")


def _within(hours: Hours, day: int, at: int) -> int:
    """Give an instant of a working day: `at` where it is open then, else its next open instant, else its end."""
    shifts = hours.shifts_on(day)
    return next((max(opens, at) for opens, closes in shifts if at < closes), shifts[-1][1])
