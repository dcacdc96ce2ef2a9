"""Checks of windows and periods: where they begin and end, what they look back on, and whether there is one at all.

Read next: `lint_input.py` for what it is given.
"""

from __future__ import annotations

from math import inf
from typing import TYPE_CHECKING, Final

from standards.calendar.duration import DAY, MINUTE, WEEK, describe, spoken
from standards.calendar.shifts import breaks
from standards.judge.shapes import Level, Recurrence
from standards.lint.lint_input import openings

if TYPE_CHECKING:
    from standards.judge.standard import Standard
    from standards.lint.lint_input import LintInput

_MINUTES_A_DAY: Final = DAY // MINUTE


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
        shape, during = standard.shape, standard.during
        hours = getattr(shape, "hours", None) or (None if during is None or during.outside else during.hours)
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


def utc_days(lint: LintInput) -> None:
    """Find days, weeks and months that begin at midnight in Greenwich, as no calendar says where."""
    for standard in lint.standards.values():
        key, named = _by_days(standard)
        entry = lint.entries[standard.id]
        if named and not entry.has("calendar") and not entry.has("during"):
            found = f"without a calendar, a {named} begins at midnight UTC, wherever you are"
            fix = "add calendar: NAME, of a calendar that has a timezone; without hours in it, all time counts"
            entry.at(key).warning("utc-days", found, fix)


def _by_days(standard: Standard) -> tuple[str, str]:
    """Give the key of a window or period that begins with a day, and what it is; "" where it does not."""
    match standard.shape:
        case Recurrence(every=str() as every):
            return "every", every
        case Level(period=str() as period):
            return "over", period
        case Level(count=False, over=over) as level if over >= DAY or level.step:
            return "over", "day"
        case _:
            return "", ""


def empty_window(lint: LintInput) -> None:
    """Find counts that have to reach something: where nothing comes at all, there is no window to be judged."""
    for standard in lint.standards.values():
        shape = standard.shape
        if not isinstance(shape, Level) or shape.count or shape.measure.kind not in {"count", "sum"}:
            continue
        if shape.must.test(inf) and not shape.must.test(0) and not _owed_beside(lint, standard):
            events = " and ".join(openings(standard))
            found = (
                f"a window opens with its first {events}: one in which none comes at all is not judged, and each other "
                "one is warned of until there are enough"
            )
            every = shape.period or describe(shape.over)
            fix = f"add a standard beside it: expect: {events}, every: {every}, with subjects for whom it is owed"
            lint.entries[standard.id].at("must").warning("empty-window", found, fix)


def _owed_beside(lint: LintInput, level: Standard) -> bool:
    """Say whether another standard owes that what a level counts comes at all, again and again."""
    return any(
        isinstance(each.shape, Recurrence) and each.per == level.per and set(openings(each)) & set(openings(level))
        for each in lint.standards.values()
    )


def _clock(minute: int) -> str:
    """Write a minute of a week as the time of its day."""
    hour, past = divmod(minute % _MINUTES_A_DAY, 60)
    return f"{hour:02}:{past:02}"
