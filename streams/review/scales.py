"""The scales of a review's pictures: which days and hours are drawn, how high, and in which colours.

Those beside each other share one, so that less looks like less.
Read next: `pictures.py`.
"""

from __future__ import annotations

from collections import Counter
from datetime import date
from typing import TYPE_CHECKING, Final, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Sequence

    from standards.review.tally import Slot, Tally

_FEW_DAYS: Final = 3
"""Up to how many days are drawn hour by hour."""
_HOURS: Final = 24
_SHADES: Final = ("some", "many", "most", "all")
"""The colours of hours in which promises were broken, by quarters of the most in any hour."""


class Scale(NamedTuple):
    """From which day and hour to which it is drawn, and whether by the hour; the most promises of one of those.

    `hours` are the rows of a week, `most` the most promises that were broken in an hour of it.
    """

    first: Slot
    last: Slot
    by_hour: bool
    top: int
    hours: range
    most: int


def scale_of(tallies: Sequence[Tally]) -> Scale:
    """Give the scale on which all of these have room; each of them has promises."""
    slots = [slot for tally in tallies for slot in tally.days]
    hours = [hour for tally in tallies for _, hour in tally.week]
    first, last = min(slots), max(slots)
    found = Scale(
        first, last, last[0] - first[0] < _FEW_DAYS, 0, range(min(hours), max(hours) + 1),
        max(ends["broken"] for tally in tallies for ends in tally.week.values()),
    )  # fmt: skip
    return found._replace(top=max(sum(counts) for tally in tallies for _, counts in days_of(tally, found)))


def days_of(tally: Tally, scale: Scale) -> list[tuple[str, tuple[int, int, int]]]:
    """Give the days or, where they are few, their hours, each with its counts, in their order; none is left out."""
    if scale.by_hour:
        (first, begin), (last, end) = scale.first, scale.last
        numbers = range(first * _HOURS + begin, last * _HOURS + end + 1)
        slots = [divmod(number, _HOURS) for number in numbers]
        found = [(slot, tally.days.get(slot, Counter())) for slot in slots]
        return [(f"{date.fromordinal(day):%m-%d} {hour:02}h", split(ends)) for (day, hour), ends in found]
    days: dict[int, Counter[str]] = {day: Counter() for day in range(scale.first[0], scale.last[0] + 1)}
    for (day, _), ends in tally.days.items():
        days[day].update(ends)
    return [(f"{date.fromordinal(day):%m-%d}", split(ends)) for day, ends in days.items()]


def split(ends: Counter[str]) -> tuple[int, int, int]:
    """Give how many were kept, were broken, and ended otherwise or not at all."""
    return ends["kept"], ends["broken"], sum(ends.values()) - ends["kept"] - ends["broken"]


def shade(broken: int, most: int) -> str:
    """Say which colour an hour has: `fine` where none was broken, or by its quarter of the most in any hour."""
    return _SHADES[(4 * broken - 1) // most] if broken else "fine"


def shades(most: int) -> list[tuple[str, str]]:
    """Give the colours that there are, each with the numbers of broken promises that it stands for."""
    found = [("fine", "none broken")]
    for quarter, kind in enumerate(_SHADES):
        low, high = most * quarter // 4 + 1, most * (quarter + 1) // 4
        if low <= high:
            numbers = f"{low:,}" if low == high else f"{low:,} to {high:,}"
            found.append((kind, numbers if len(found) > 1 else f"{numbers} broken"))
    return found
