"""Checks of opening hours: days counted as open time, a last minute that is closed, shifts cut or not kept apart.

Read next: `lint_input.py` for what it is given.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from standards.calendar.duration import DAY, MINUTE, WEEK, describe, spoken
from standards.calendar.shifts import breaks
from standards.judge.shapes import Level, Recurrence, Response

if TYPE_CHECKING:
    from collections.abc import Iterator

    from standards.calendar.hours import Hours
    from standards.judge.standard import Standard
    from standards.lint.lint_input import LintInput

_MINUTES_A_DAY: Final = DAY // MINUTE
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


def shift_cut(lint: LintInput) -> None:
    """Find windows of days that end at midnight, in the middle of a shift."""
    for standard in lint.standards.values():
        shape = standard.shape
        if not isinstance(shape, Level) or shape.hours is None or shape.period == "shift" or shape.count or shape.step:
            continue
        if shape.over % DAY == 0 and any(end > _MINUTES_A_DAY for shifts in shape.hours.week for _, end in shifts):
            found = (
                "a window of days ends at midnight, and a shift of this calendar goes on: each half is judged by itself"
            )
            fix = "write over: shift, and each shift is a window, of the day on which it begins"
            lint.entries[standard.id].at("over").warning("shift-cut", found, fix)


def odd_window(lint: LintInput) -> None:
    """Find windows of several days, which begin where nobody expects it: they are counted from 1970."""
    for standard in lint.standards.values():
        shape = standard.shape
        if not isinstance(shape, Level) or shape.count or shape.step or shape.over <= DAY:
            continue
        weeks = shape.over % WEEK == 0
        begins = "on a Thursday" if weeks else "on another day of the week each time"
        found = f"windows of {spoken(shape.over)} are counted from 1 January 1970: each begins {begins}"
        named = "week" if weeks and shape.over < 4 * WEEK else "month"
        fix = f"write over: {named}, by the calendar, or add step: 1d for the last {spoken(shape.over)}, day by day"
        lint.entries[standard.id].at("over").warning("odd-window", found, fix)


def due_at_midnight(lint: LintInput) -> None:
    """Find promises of each day that are due at midnight, when all have gone home."""
    for standard in lint.standards.values():
        match standard.shape:
            case Recurrence(every="day", hours=hours) if hours is not None:
                closes = {shifts[-1].end for shifts in hours.week if shifts}
            case _:
                continue
        if max(closes) < _MINUTES_A_DAY:
            found = f"each day is over at midnight, not when {hours.name} closes at {_clock(max(closes))}"
            fix = "write every: shift, and it is due when each shift ends"
            lint.entries[standard.id].at("every").warning("due-at-midnight", found, fix)


def looks_back(lint: LintInput) -> None:
    """Find rolling windows that hold, after a break, what was measured before it."""
    for standard in lint.standards.values():
        shape, hours = standard.shape, getattr(standard.shape, "hours", None) or standard.during
        if not isinstance(shape, Level) or hours is None or not shape.step:
            continue
        lengths = [(begins - ends, ends, begins) for ends, begins in breaks(hours.week)]
        minutes, ends, begins = min(lengths, default=(_MINUTES_A_DAY, 0, 0))
        if minutes * MINUTE >= shape.over or shape.over >= DAY:  # who looks back over days means all of them
            continue
        found = (
            f"after the break from {_clock(ends)} to {_clock(begins)}, the last {describe(shape.over)} still hold what "
            "was measured before it"
        )
        fits = minutes * MINUTE // shape.step * shape.step
        shorter = f"write over: {describe(fits)} or less, or " if fits >= 2 * shape.step else "write "
        calendar = "" if shape.hours is hours else f"calendar: {hours.name} and "
        fix = f"{shorter}{calendar}over: shift without step, and each shift is judged by itself"
        lint.entries[standard.id].at("over").warning("looks-back", found, fix)


def _clock(minute: int) -> str:
    """Write a minute of a week as the time of its day."""
    hour, past = divmod(minute % _MINUTES_A_DAY, 60)
    return f"{hour:02}:{past:02}"


def same_hours(lint: LintInput) -> None:
    """Find clocks that stop out of the very hours in which things open: what opens late is due another day."""
    for standard in lint.standards.values():
        shape = standard.shape
        if isinstance(shape, Response) and standard.during is not None and shape.hours is standard.during:
            found = (
                "nothing opens out of these hours, and the clock stands still there too: what opens just before they "
                "end is due on the next open day"
            )
            fix = (
                "leave calendar out if it is to be done all the same, or during if what comes out of hours is owed too"
            )
            lint.entries[standard.id].at("during").warning("same-hours", found, fix)
