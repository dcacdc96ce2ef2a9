"""What history says of one line of people: who came, who was there, how long it took, and how many were kept.

All by the wall clock of its place, in quarter-hours and hours of the local day. A day whose clock is changed has its
odd hour where the clock showed it.
Read next: `contacts.py` and `polls.py`, which count; `model.py`, which reads this.
"""

from __future__ import annotations

from datetime import datetime
from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

import msgspec

from standards.calendar.duration import SECOND
from standards.staffing.floor import AN_HOUR, HOURS, SLOT, SLOTS

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

Key = tuple[str, ...]
"""The values of the fields that name a line."""


class Day(msgspec.Struct):
    """One local day. Lists of 96 are by quarter-hour, lists of 24 by hour.

    `arrivals` are people; `present` are seconds that people were there, of `watched` seconds in which that is known.
    `kept` and `broken` count by the hour of coming. `work` are the seconds that contacts took, by the hour in which
    they were taken. A line that is only polled has none: it has the `busy` seconds of those who serve, while somebody
    waited, and how many they `called` in them.
    """

    date: int
    arrivals: list[float] = msgspec.field(default_factory=lambda: [0.0] * SLOTS)
    present: list[float] = msgspec.field(default_factory=lambda: [0.0] * SLOTS)
    watched: list[float] = msgspec.field(default_factory=lambda: [0.0] * SLOTS)
    kept: list[float] = msgspec.field(default_factory=lambda: [0.0] * HOURS)
    broken: list[float] = msgspec.field(default_factory=lambda: [0.0] * HOURS)
    work: list[list[float]] = msgspec.field(default_factory=lambda: [[] for _ in range(HOURS)])
    busy: list[float] = msgspec.field(default_factory=lambda: [0.0] * HOURS)
    called: list[float] = msgspec.field(default_factory=lambda: [0.0] * HOURS)
    waited: float = 0.0
    gave_up: int = 0

    @property
    def weekday(self) -> int:
        """Monday is 0."""
        return (self.date - 1) % 7

    def there(self, slot: int) -> float:
        """Give how many people were there on average."""
        return self.present[slot] / self.watched[slot] if self.watched[slot] else 0.0

    def staffed(self, hour: int) -> float:
        """Give how many were there in an hour, on average over its quarters in which anybody was."""
        there = [self.there(slot) for slot in range(hour * AN_HOUR, (hour + 1) * AN_HOUR)]
        some = [number for number in there if number > 0]
        return sum(some) / len(some) if some else 0.0

    def came(self, hour: int) -> float:
        """Give how many came in an hour."""
        return sum(self.arrivals[hour * AN_HOUR : (hour + 1) * AN_HOUR])


class Record(msgspec.Struct):
    """All days of one line. `at_once`: those answered without a wait were promised something as well."""

    key: Key
    days: dict[int, Day] = {}
    at_once: bool = True

    def day(self, date: int) -> Day:
        """Give a day, a new one if need be."""
        return self.days.setdefault(date, Day(date))

    @property
    def gaps(self) -> list[str]:
        """Name what nothing is known of, and without which nothing can be said: who came, who was there, the work."""
        days = self.days.values()
        known = {
            "arrivals": any(any(day.arrivals) for day in days),
            "people": any(any(day.present) for day in days),
            "work": any(any(map(any, day.work)) or any(day.called) for day in days),
        }
        return [name for name, there in known.items() if not there]


class Wall(NamedTuple):
    """What the wall clock shows: the proleptic ordinal of the day, and the seconds since 00:00 on its face."""

    date: int
    seconds: float

    @property
    def slot(self) -> int:
        """The quarter-hour."""
        return min(SLOTS - 1, int(self.seconds // SLOT))

    @property
    def hour(self) -> int:
        """The hour."""
        return self.slot // AN_HOUR


def wall(at: int, zone: ZoneInfo) -> Wall:
    """Read the wall clock of a place at an instant."""
    seconds, part = divmod(at, SECOND)
    shown = datetime.fromtimestamp(seconds, zone)
    return Wall(shown.toordinal(), shown.hour * 3600 + shown.minute * 60 + shown.second + part / SECOND)


class Slice(NamedTuple):
    """A piece of a stretch of time that lies within one quarter-hour."""

    wall: Wall
    seconds: float


def slices(start: int, end: int, zone: ZoneInfo) -> list[Slice]:
    """Cut a stretch (microseconds UTC) at the quarter-hours. Offsets of zones are whole quarters, but for history."""
    quarter = int(SLOT) * SECOND
    cuts = [start, *range(start - start % quarter + quarter, end, quarter), end]
    return [Slice(wall(a, zone), (b - a) / SECOND) for a, b in pairwise(cuts) if b > a]
