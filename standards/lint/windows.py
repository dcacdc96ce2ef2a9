"""Checks of windows and periods: where they begin and end, what they look back on, and whether there is one at all.

Read next: `lint_input.py` for what it is given.
"""

from __future__ import annotations

from math import inf
from typing import TYPE_CHECKING, Final

from standards.calendar.duration import DAY, HOUR, MINUTE, WEEK, describe, spoken
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
        by_day = shape.period == "day" or shape.over == DAY
        if by_day and any(end > _MINUTES_A_DAY for shifts in shape.hours.week for _, end in shifts):
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
        named = "week" if weeks and shape.over < 4 * WEEK else "month" if 4 * WEEK <= shape.over <= 31 * DAY else ""
        by_calendar = f"write over: {named}, by the calendar, or " if named else ""
        fix = f"{by_calendar}add step: 1d for the last {spoken(shape.over)}, day by day"
        lint.entries[standard.id].at("over").warning("odd-window", found, fix)


def due_at_midnight(lint: LintInput) -> None:
    """Find promises of each day that are due at midnight, when all have gone home."""
    for standard in lint.standards.values():
        match standard.shape:
            case Recurrence(every="day", hours=hours) if hours is not None:
                closes = max(shift.end for shifts in hours.week for shift in shifts)
            case _:
                continue
        if closes < _MINUTES_A_DAY:
            found = f"each day is over at midnight, not when {hours.name} closes at {_clock(closes)}"
            once = all(len(shifts) <= 1 for shifts in hours.week)
            fix = "write every: shift, and it is due when each shift ends"
            if not once:
                fix = "for once a day by closing, write every: shift with a calendar that has one shift a day"
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
            begins = "begins at" if named in {"day", "week", "month"} else "is laid from"
            found = f"without a calendar, a {named} {begins} midnight UTC, wherever you are"
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
        case Level(count=False, over=over) if over > HOUR:
            return "over", f"window of {spoken(over)}"
        case _:
            return "", ""


def never_counts(lint: LintInput) -> None:
    """Find periods and windows in which nothing can count, as `during` leaves out the hours that they have."""
    for standard in lint.standards.values():
        shape, during, entry = standard.shape, standard.during, lint.entries[standard.id]
        if not isinstance(shape, Level | Recurrence) or during is None:
            continue
        if during.outside and shape.hours is during.hours:
            found = f"only what happens in {during.hours.name} is looked at here, and during leaves just that out"
            entry.at("during").warning("never-counts", found, "leave out calendar, or during")
            continue
        if not isinstance(shape, Recurrence) or shape.every != "day" or shape.hours is not None or during.outside:
            continue
        if not all(during.hours.week):
            found = f"each day owes it, and nothing counts on the days on which {during.hours.name} is closed"
            fix = f"add calendar: {during.hours.name}: then a day without open time owes nothing"
            entry.at("during").warning("never-counts", found, fix)


def empty_window(lint: LintInput) -> None:
    """Find counts that have to reach something: where nothing comes at all, no window opens."""
    for standard in lint.standards.values():
        shape = standard.shape
        if not isinstance(shape, Level) or shape.count or shape.measure.kind not in {"count", "sum"}:
            continue
        reached = shape.must.test(inf) or "==" in shape.must.source
        if reached and not shape.must.test(0) and not _owed_beside(lint, standard):
            events = openings(standard)
            found = (
                f"a window opens with its first {' or '.join(events)}: one in which none comes at all is not judged, "
                "and each other one is warned of until there are enough"
            )
            expect = events[0] if len(events) == 1 else f"[{', '.join(events)}]"
            calendar = "" if shape.hours is None else f", calendar: {shape.hours.name}"
            fix = (
                f"add a standard beside it: expect: {expect}, every: {shape.period or describe(shape.over)}{calendar}, "
                "with subjects: who is owed it"
            )
            lint.entries[standard.id].at("must").warning("empty-window", found, fix)


def _owed_beside(lint: LintInput, level: Standard) -> bool:
    """Say whether another standard owes that what a level counts comes at all, again and again."""
    return any(
        isinstance(each.shape, Recurrence)
        and each.per == level.per
        and bool(each.shape.subjects)
        and set(openings(each)) & set(openings(level))
        for each in lint.standards.values()
    )


def _clock(minute: int) -> str:
    """Write a minute of a week as the time of its day."""
    hour, past = divmod(minute % _MINUTES_A_DAY, 60)
    return f"{hour:02}:{past:02}"
