"""From days that were to a day that could be: rates, times and patience, each with its interval, and people drawn.

The days of a weekday speak for it; a weekday without any is described by all days. So are times of work, where an hour
has too few of its own.
Read next: `plan.py`.
"""

from __future__ import annotations

from math import inf, log
from statistics import fmean
from typing import TYPE_CHECKING, Final, NamedTuple

from standards.staffing.floor import AN_HOUR, HOURS, SLOT, SLOTS, Arrival, Crowd
from standards.staffing.interval import Span, of_count, of_mean
from standards.staffing.patience import Load

if TYPE_CHECKING:
    from collections.abc import Sequence

    from standards.staffing.draws import Draws
    from standards.staffing.record import Day

ENOUGH: Final = 10
"""Fewer times of work than this do not speak for their hour."""
ENOUGH_CALLED: Final = 30
"""The same where calls are only counted between looks at a line: each says less."""
_PARTS: Final = 64
"""In how many equal parts an exponential time is drawn, where only its mean is known."""


class Work(NamedTuple):
    """How long one contact takes: times in seconds to draw from, their mean, and its 95 % interval."""

    times: tuple[float, ...]
    mean: float
    span: Span


class Model:
    """Describes the days it is given, at least one of them."""

    def __init__(self, days: Sequence[Day]) -> None:
        self._days = list(days)
        self._own: dict[int, list[Day]] = {}
        for day in days:
            self._own.setdefault(day.weekday, []).append(day)
        self._all_work = _work(self._days, range(HOURS))
        self._work: dict[tuple[int, int], Work] = {}
        waited, gave_up = sum(day.waited for day in days), sum(day.gave_up for day in days)
        # Of exponential patience: time that was waited over those who gave up, as who was answered did not say when he
        # would have (maximum likelihood of censored times; Brown et al., Telephone call center data, JASA 2005).
        self.patience = waited / gave_up if gave_up else None

    def own(self, weekday: int) -> list[Day]:
        """Give the days that speak for a weekday."""
        return self._own.get(weekday) or self._days

    def arrivals(self, weekday: int, hour: int) -> tuple[float, Span]:
        """Say how many come in an hour, with the 95 % interval of that."""
        days = self.own(weekday)
        count = sum(day.came(hour) for day in days)
        low, high = of_count(count)
        return count / len(days), (low / len(days), high / len(days))

    def work(self, weekday: int, hour: int) -> Work:
        """Say how long a contact takes that is taken in an hour."""
        key = weekday, hour
        if key not in self._work:
            found = _work(self.own(weekday), range(hour, hour + 1))
            self._work[key] = found if found is not None else self._all_work or Work((0.0,), 0.0, (0.0, 0.0))
        return self._work[key]

    def load(self, weekday: int, hour: int, end: int = 0) -> Load:
        """Give the load of an hour. `end` of -1 is the low end of all intervals, of 1 the high end."""
        number, (fewest, most) = self.arrivals(weekday, hour)
        mean, (least, longest) = self.work(weekday, hour)[1:]
        rate = {-1: fewest, 0: number, 1: most}[end] / 3600
        return Load(rate, {-1: least, 0: mean, 1: longest}[end], self.patience)

    def crowd(self, weekday: int, draws: Draws) -> Crowd:
        """Draw a day's people: even within a quarter-hour, by rates that are themselves as unsure as their counts.

        The rate of each hour is drawn from the gamma distribution that its count leaves it with.
        """
        days = self.own(weekday)
        crowd: Crowd = []
        for hour in range(HOURS):
            count = sum(day.came(hour) for day in days)
            sway = draws.gamma(count) / count if count >= 1 else 1.0
            times = self.work(weekday, hour).times
            for slot in range(hour * AN_HOUR, (hour + 1) * AN_HOUR):
                mean = sway * sum([day.arrivals[slot] for day in days]) / len(days)
                number = draws.poisson(mean) if mean > 0 else 0
                crowd.append(self._people(slot, number, times, draws) if number else [])
        return crowd

    def _people(self, slot: int, number: int, times: Sequence[float], draws: Draws) -> list[Arrival]:
        came = sorted((slot + draws.unit()) * SLOT for _ in range(number))
        patience = self.patience
        return [
            Arrival(at, draws.one_of(times), inf if patience is None else draws.exponential(patience)) for at in came
        ]


def staff_of(day: Day) -> list[int]:
    """Give how many were there in each quarter-hour of a day, as whole people."""
    return [int(day.there(slot) + 0.5) for slot in range(SLOTS)]


def _work(days: Sequence[Day], hours: Sequence[int]) -> Work | None:
    """Estimate times of work; None where there are too few to say anything."""
    times = [seconds for day in days for hour in hours for seconds in day.work[hour]]
    if len(times) >= ENOUGH or (times and len(hours) == HOURS):
        return Work(tuple(times), fmean(times), of_mean(times) if len(times) > 1 else (0.0, 2 * times[0]))
    busy, called = (sum(getattr(day, name)[hour] for day in days for hour in hours) for name in ("busy", "called"))
    if called >= ENOUGH_CALLED or (called >= 1 and len(hours) == HOURS):
        mean = busy / called
        low, high = of_count(called)
        times = [-mean * log(1 - (part + 0.5) / _PARTS) for part in range(_PARTS)]
        scale = mean / fmean(times)
        return Work(tuple(time * scale for time in times), mean, (busy / high, busy / low))
    return None
