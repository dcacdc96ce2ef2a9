"""The window of a level: how long it is, or how many events, or that it is a shift.

Read next: `shaping.py`.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final, NamedTuple

from standards.calendar.shifts import overlaps
from standards.judge.standard import DAY

if TYPE_CHECKING:
    from standards.calendar.hours import Hours
    from standards.documents.entries import Entry

_EVENTS: Final = re.compile(r"([1-9][0-9]{0,8}) events?")
SHIFT: Final = "shift"


class Window(NamedTuple):
    """A window of so many microseconds, or (`of_events`) events, or of a shift: then `over` is 0."""

    over: int
    of_events: bool = False
    by_shift: bool = False


def window(text: str | None, entry: Entry, hours: Hours | None) -> Window | None:
    """Read the window that stands at an entry; None where it has errors, which are reported, or is not there."""
    if text is None:
        return None
    if events := _EVENTS.fullmatch(text):
        return Window(int(events[1]), of_events=True)
    if text == SHIFT:
        return _shift(entry, hours)
    over = entry.duration(text)
    if over is not None and DAY % over and over % DAY:
        fix = "take one that divides a day, such as 30m, or whole days"
        entry.error("bad-duration", f"windows of {text} do not fit into a day", fix)
    return None if over is None else Window(over)


def _shift(entry: Entry, hours: Hours | None) -> Window | None:
    if hours is None:
        found = "a shift is one of a calendar's, and there are none here"
        entry.error("wrong-value", found, 'name a calendar with hours, such as mon-fri: ["06:00-14:00", "14:00-22:00"]')
        return None
    if overlaps(hours.week):
        entry.error("wrong-value", *OVERLAP)
        return None
    return Window(0, by_shift=True)


OVERLAP: Final = (
    "shifts of this calendar overlap, so that a sample would lie in two of them",
    "let each begin when the one before it ends, or write two standards with a calendar each",
)
"""What is wrong with shifts that overlap, and what would mend it."""
