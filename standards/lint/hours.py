"""Checks of opening hours: days counted as open time, a last minute that is closed, time that is in no hours.

Read next: `windows.py` for what begins and ends by them.
"""

from __future__ import annotations

from datetime import timedelta
from itertools import combinations
from typing import TYPE_CHECKING, Final

from standards.calendar.duration import DAY, MINUTE, describe, spoken
from standards.calendar.shifts import fill_the_week, meet
from standards.judge.shapes import Recurrence, Response
from standards.judge.shapes.scope import opening
from standards.lint.lint_input import said

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date

    from standards.calendar.hours import Hours
    from standards.judge.standard import Standard
    from standards.lint.lint_input import LintInput

_MINUTES_A_DAY: Final = DAY // MINUTE
_A_YEAR: Final = 366
_LONG_DAY: Final = 20 * 60
"""From so many open minutes a day on, a day of open time is about a day."""


def days_of_hours(lint: LintInput) -> None:
    """Find whole days that a calendar makes several: 24 hours of open time are three days of eight."""
    for standard in lint.standards.values():
        for key, whole, hours in _open_lengths(standard):
            day = _open_day(hours)
            if whole % DAY or day >= _LONG_DAY:
                continue
            entry, days = lint.entries[standard.id], whole / (day * MINUTE)
            found = (
                f"only open time counts here: with {spoken(round(day) * MINUTE)} a day, {describe(whole)} take "
                f"{days:.3g} days that are open"
            )
            one = describe(round(day * whole / DAY) * MINUTE)
            count = whole // DAY
            days_of = f"{count} working day{'s' if count > 1 else ''} (or {one})" if key == "within" else one
            fix = f"write {key}: {days_of}, or leave calendar out for time by the clock on the wall"
            entry.at(key).warning("days-of-hours", found, fix)


def _open_lengths(standard: Standard) -> Iterator[tuple[str, int, Hours]]:
    """Give the lengths of a standard that count open time."""
    match standard.shape:
        case Response(within=int() as within, hours=hours) if hours is not None:
            yield "within", within, hours
        case Recurrence(every=int() as every, hours=hours, by_wall=False) if hours is not None:
            yield "every", every, hours
        case _:
            return


def _open_day(hours: Hours) -> float:
    """Give how many minutes a day is open on which anything is, on average over a week."""
    days = [sum(end - start for start, end in shifts) for shifts in hours.week if shifts]
    return sum(days) / len(days) if days else _MINUTES_A_DAY


def minute_short(lint: LintInput) -> None:
    """Find shifts that end at the 59th minute: their last minute is closed."""
    for entry, calendar in lint.calendars.values():
        for days, shifts in (calendar.model.hours or {}).items():
            for index, shift in enumerate(shifts):
                if shift.endswith(":59"):
                    opens, closes = shift.split("-")
                    hour = int(closes.partition(":")[0]) + 1
                    found = f"{shift} leaves a minute out: what happens in the minute after {closes} is out of hours"
                    at = entry.at("hours", days, index)
                    at.warning(
                        "minute-short", found, f"write {opens}-{hour:02}:00: a shift holds its start, not its end"
                    )


def between_hours(lint: LintInput) -> None:
    """Find two standards that divide all time by `during`, but for the holidays of one of them."""
    parted = [(each, each.during.hours) for each in lint.standards.values() if each.during and not each.during.outside]
    for (earlier, one), (later, other) in combinations(parted, 2):
        opened = said(opening(earlier)) == said(opening(later))
        same = earlier.per == later.per and one.timezone == other.timezone and opened
        parts = not meet(one.week, other.week) and fill_the_week(one.week, other.week)
        if not same or not parts or lint.terms.today is None:
            continue
        days = (lint.terms.today + timedelta(days=ahead) for ahead in range(_A_YEAR))
        closed = next((day for day in days if _closes(one, day) != _closes(other, day)), None)
        if closed is not None:
            named, rest = (one, later) if _closes(one, closed) else (other, earlier)
            found = (
                f"{earlier.id} and {later.id} divide the week between them, but {closed} is a holiday of {named.name}: "
                "what comes in its hours then opens neither"
            )
            fix = f"write during: not {named.name}, which is all other time, its holidays too"
            lint.entries[rest.id].at("during").warning("between-hours", found, fix)


def _closes(hours: Hours, day: date) -> bool:
    """Say whether a holiday takes a shift away."""
    return bool(hours.week[day.weekday()]) and hours.is_holiday(day)


def same_hours(lint: LintInput) -> None:
    """Find clocks that stop out of the very hours in which things open: what opens late is due another day."""
    for standard in lint.standards.values():
        shape = standard.shape
        during = standard.during
        if not isinstance(shape, Response) or not isinstance(shape.within, int):
            continue  # the end of a working day is that of this one for whatever opens in its hours
        if during and not during.outside and during.hours is shape.hours:
            found = (
                "nothing opens out of these hours, and the clock stands still there too: what opens just before they "
                "end is due on the next open day"
            )
            fix = (
                "leave calendar out if it is to be done all the same, or during if what comes out of hours is owed too"
            )
            lint.entries[standard.id].at("during").warning("same-hours", found, fix)
