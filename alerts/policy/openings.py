"""When hours close after an instant, and since when they have been open. Read next: `policy.py`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from standards.calendar.duration import DAY

if TYPE_CHECKING:
    from standards.calendar.hours import Hours


def closes_after(hours: Hours, at: int) -> int:
    """Give the first instant from `at` on that is not open, or the one eight days later."""
    low, high = at, at + 8 * DAY
    if hours.between(at, high) == high - at:
        return high
    while low < high:
        middle = (low + high) // 2
        if hours.is_open(middle) and hours.between(at, middle) == middle - at:
            low = middle + 1
        else:
            high = middle
    return low


def open_since(hours: Hours, at: int) -> int:
    """Give the first instant from which on all up to `at` is open, or the one eight days before."""
    low, high = at - 8 * DAY, at
    while low < high:
        middle = (low + high) // 2
        if hours.between(middle, at) == at - middle:
            high = middle
        else:
            low = middle + 1
    return low
