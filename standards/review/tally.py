"""Tallies: fates counted by when they began and by how long they took, for tables and pictures.

Read next: `streams/review/pictures.py`.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Final

import msgspec

from standards.judge.events import moment
from standards.judge.promise import VERDICTS
from standards.judge.score import Score

if TYPE_CHECKING:
    from collections.abc import Iterable
    from zoneinfo import ZoneInfo

    from standards.review.fate import Fate

BINS: Final = 30
"""Into how many parts three times the deadline is cut; what took longer is in one more."""
PER_DEADLINE: Final = 10
HOUR: Final = 3_600_000_000

Slot = tuple[int, int]
"""A day (proleptic ordinal) or a weekday (Monday is 0), and an hour of it, by local time."""


class Tally(msgspec.Struct):
    """Promises of one standard by how they ended: altogether, by day and hour, by weekday and hour.

    `took` counts those that were fulfilled, by tenths of the deadline; the last counts all from three deadlines on. It
    is empty where the standard has no deadline. `told` is how often somebody was told.
    """

    standard: str
    ends: Counter[str]
    days: dict[Slot, Counter[str]]
    week: dict[Slot, Counter[str]]
    took: list[int]
    told: int = 0

    @property
    def score(self) -> Score:
        """The counts as a score, without its clocks."""
        ends = {name: self.ends[name] for name in VERDICTS.values() if name != "withdrawn"}
        return Score(opened=sum(self.ends.values()), **ends)


def tally(standard: str, fates: Iterable[Fate], zone: ZoneInfo, within: int | None) -> Tally:
    """Count fates of one standard, whose deadline is `within` (microseconds of open time), by local time in a zone."""
    found = Tally(standard, Counter(), {}, {}, [0] * (BINS + 1) if within else [])
    places: dict[int, tuple[Slot, Slot]] = {}
    for fate in fates:
        begun = fate.opened - fate.opened % (HOUR // 4)  # zones differ by quarters of an hour
        if begun not in places:
            places[begun] = _slots(begun, zone)
        day, weekday = places[begun]
        found.ends[fate.end] += 1
        found.days.setdefault(day, Counter())[fate.end] += 1
        found.week.setdefault(weekday, Counter())[fate.end] += 1
        found.told += len(fate.told)
        if within and fate.took >= 0:
            tenth = max(0, fate.took * PER_DEADLINE - 1) // within  # exactly at the deadline is in time
            found.took[min(BINS, tenth)] += 1
    return found


def slot(at: int, zone: ZoneInfo) -> Slot:
    """Give the weekday (Monday is 0) and the hour of an instant (microseconds UTC)."""
    return _slots(at, zone)[1]


def _slots(at: int, zone: ZoneInfo) -> tuple[Slot, Slot]:
    local = moment(at).astimezone(zone)
    return (local.toordinal(), local.hour), (local.weekday(), local.hour)
