"""The window of a level: how long it is, or how many events, or that it is a day, week, month or shift.

Read next: `shaping.py`.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final, NamedTuple

from standards.calendar.duration import MINUTE, describe
from standards.calendar.shifts import overlaps
from standards.compiler.editions import PERIODS
from standards.judge.standard import DAY

if TYPE_CHECKING:
    from standards.calendar.hours import Hours
    from standards.documents.entries import Entry
    from standards.judge.standard import Period

_EVENTS: Final = re.compile(r"([1-9][0-9]{0,8}) events?")
SHIFT: Final = "shift"
MOST_STEPS: Final = 1_000
"""So many steps at most has a window: each has a running measure of its own."""


class Window(NamedTuple):
    """A window of so many microseconds, or (`of_events`) events, or a `period` of the calendar: then `over` is 0.

    With a `step`, in microseconds, it rolls.
    """

    over: int
    of_events: bool = False
    period: Period | None = None
    step: int = 0


def window(text: str | None, entry: Entry, hours: Hours | None) -> Window | None:
    """Read the window that stands at an entry; None where it has errors, which are reported, or is not there."""
    if text is None:
        return None
    if events := _EVENTS.fullmatch(text):
        return Window(int(events[1]), of_events=True)
    if text in PERIODS:
        found = period(text, entry, hours)
        return found and Window(0, period=found)
    over = entry.duration(text)
    if over is not None and DAY % over and over % DAY:
        fix = "take one that divides a day, such as 30m, or whole days"
        entry.error("bad-duration", f"windows of {text} do not fit into a day", fix)
    return None if over is None else Window(over)


def rolling(texts: tuple[str, str], entry: Entry, hours: Hours | None) -> Window | None:
    """Read `over` and `step` of a standard's entry; None where they have errors, which are reported."""
    over_text, step_text = texts
    if over_text in PERIODS or _EVENTS.fullmatch(over_text):
        found = f"a window of {over_text if _EVENTS.fullmatch(over_text) else f'a {over_text}'} does not roll"
        entry.at("step").error("misplaced-key", found, "leave step out, or give over as a length of time", key=True)
        return None
    over, step = entry.at("over").duration(over_text), entry.at("step").duration(step_text)
    if over is None or step is None:
        return None
    if DAY % step:
        entry.at("step").error("bad-duration", f"steps of {step_text} do not fit into a day", "take one that does: 5m")
    elif over % step or over == step:
        found = f"a window of {over_text} is not made of several steps of {step_text}"
        entry.at("step").error("bad-duration", found, "take one that divides over, such as 5m for 30m")
    elif over > MOST_STEPS * step:
        found = f"a window of {over_text} has {over // step} steps of {step_text}; {MOST_STEPS} are the limit"
        entry.at("step").error("bad-duration", found, f"take a step of {describe(-(-over // MOST_STEPS))} or more")
    elif hours is not None and overlaps(hours.week):
        entry.at("step").error("wrong-value", *OVERLAP)
    else:
        return Window(over, step=step)
    return None


def period(text: str, entry: Entry, hours: Hours | None) -> Period | None:
    """Read a day, week, month or shift; None where it is a shift and there are none, which is reported."""
    if text != SHIFT:
        return PERIODS[text]
    if hours is None:
        found = "a shift is one of a calendar's, and there are none here"
        entry.error("wrong-value", found, 'name a calendar with hours, such as mon-fri: ["06:00-14:00", "14:00-22:00"]')
        return None
    if overlaps(hours.week):
        entry.error("wrong-value", *OVERLAP)
        return None
    return PERIODS[text]


def longest_of(text: str, hours: Hours | None) -> int:
    """Give how long a day, week, month or shift is at most, in microseconds."""
    shifts = [] if hours is None else [shift for day in hours.week for shift in day]
    of_shifts = max((shift.end - shift.start for shift in shifts), default=24 * 60) * MINUTE
    return {"day": DAY, "week": 7 * DAY, "month": 31 * DAY}.get(text, of_shifts)


OVERLAP: Final = (
    "shifts of this calendar overlap, so that what happens would be in two of them",
    "let each begin when the one before it ends, or write two standards with a calendar each",
)
"""What is wrong with shifts that overlap, and what would mend it."""
