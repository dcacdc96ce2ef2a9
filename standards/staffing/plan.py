"""The answer: hour by hour of the week, who is needed, who was there, and what the gap costs.

Needed is found by the simulation, which carries a line from one hour into the next, or by the formulas where they have
foretold days that they had not seen at least as well (`proof.py`). The interval of who is needed is that of the
formulas at both ends of the intervals of arrivals and of work.
Read next: `shortfall.py`, which says it in a sentence.
"""

from __future__ import annotations

from math import ceil
from statistics import fmean
from typing import TYPE_CHECKING, Literal

import msgspec

from standards.judge.score import wilson
from standards.staffing.draws import Draws
from standards.staffing.erlang import least_servers
from standards.staffing.floor import AN_HOUR, HOURS, least_staff, whole_day
from standards.staffing.interval import Span, of_draws
from standards.staffing.model import Model, staff_of
from standards.staffing.proof import Proof, prove, verdict_for
from standards.staffing.target import kept_rate

if TYPE_CHECKING:
    from collections.abc import Sequence

    from standards.staffing.floor import Tally
    from standards.staffing.proof import Error
    from standards.staffing.record import Day, Key, Record
    from standards.staffing.target import Target

SEED = 1
"""The same history gives the same plan."""
MOST, FEWEST, PEOPLE = 100, 40, 150_000
"""How often each day of the week is drawn: most and fewest, and in between until so many people have come."""
PRESENT = 0.5
"""An hour in which fewer were there on average, in its quarters in which anybody was, is a closed one."""
Method = Literal["simulation", "formula"]


class Hour(msgspec.Struct, frozen=True):
    """One hour of the week in which somebody was there.

    `arrivals` are people an hour, `each` seconds of work; `there` and `needed` people. `needed` is None where no number
    of people would do. `kept` and `broken` are what history had in this hour on `days` days; `expected` is the share
    that the model expects to be kept by those who were there. `cost` is how many are broken on such a day, in this
    hour, that would not be with the needed staff. Spans are 95 % intervals; that of `cost` is of one day, not of the
    average.
    """

    weekday: int
    hour: int
    days: int
    arrivals: float
    arrivals_span: Span
    each: float
    each_span: Span
    there: float
    needed: int | None
    needed_span: tuple[int, int | None]
    kept: float
    broken: float
    expected: float | None
    cost: float
    cost_span: Span

    @property
    def seen(self) -> float | None:
        """The share that was kept; None where nothing was judged."""
        judged = self.kept + self.broken
        return self.kept / judged if judged >= 0.5 else None  # noqa: PLR2004 - half a person of a polled line is nobody

    @property
    def seen_span(self) -> Span | None:
        """Its 95 % interval."""
        judged = round(self.kept + self.broken)
        return wilson(min(judged, round(self.kept)), judged) if judged else None

    @property
    def more(self) -> int:
        """How many people are missing."""
        return 0 if self.needed is None else max(0, self.needed - int(self.there + 0.5))


class Plan(msgspec.Struct, frozen=True):
    """What one line needs to keep one standard.

    `first` and `last` are the days of history, as proleptic ordinals. `cost` is over all of its days, with the 95 %
    interval of what chance makes of as many days. `patience` is a mean, in seconds.
    """

    target: Target
    key: Key
    days: int
    first: int
    last: int
    hours: tuple[Hour, ...]
    proof: Proof
    method: Method
    cost: float
    cost_span: Span
    patience: float | None

    @property
    def error(self) -> Error | None:
        """How far the method that was used lay from what was seen."""
        return self.proof.formula if self.method == "formula" else self.proof.simulation


def plan(record: Record, target: Target, *, most: int = MOST) -> Plan:
    """Work out what a line needs. The record must have no gaps."""
    days = [record.days[date] for date in sorted(record.days)]
    crowd = sum(sum(day.arrivals) for day in days) / len(days)
    replications = min(most, max(FEWEST, int(PEOPLE / max(1.0, crowd))))
    promised = msgspec.structs.replace(target, at_once=record.at_once)
    proof = prove(days, promised, replications=ceil(replications / 2))
    method: Method = "formula" if proof.prefers_formula else "simulation"
    model = Model(days)
    hours: list[Hour] = []
    totals = [0.0] * replications
    for weekday in sorted({day.weekday for day in days}):
        week = _Weekday(model, promised, weekday)
        needed, costs, went = week.simulated(method, replications)
        hours += [week.row(hour, needed[hour], [cost[hour] for cost in costs], went) for hour in week.open]
        for day in range(len(model.own(weekday))):  # each of them another draw: chance evens out over many days
            totals = [total + sum(costs[(at + day) % replications]) for at, total in enumerate(totals)]
    return Plan(target, record.key, len(days), days[0].date, days[-1].date, tuple(hours), proof, method,
                fmean(totals), of_draws(totals), model.patience)  # fmt: skip


class _Weekday:
    """One day of the week of one line."""

    def __init__(self, model: Model, target: Target, weekday: int) -> None:
        self.model = model
        self.target = target
        self.weekday = weekday
        self.days: Sequence[Day] = model.own(weekday)
        self.open = [hour for hour in range(HOURS) if any(day.staffed(hour) >= PRESENT for day in self.days)]

    def least(self, hour: int, end: int = 0) -> int | None:
        """Give the smallest staff by the formulas, at the middle or at an end of the intervals."""
        load = self.model.load(self.weekday, hour, end)
        if load.rate <= 0 or load.each <= 0:
            return 1
        return least_servers(load.erlangs, self.target.goal, lambda n: kept_rate(self.target, load, n))

    def simulated(self, method: Method, replications: int) -> tuple[list[int], list[list[float]], list[Tally]]:
        """Draw days; give the needed staff by hour, what the gap costs on each day by hour, and how each day went."""
        draws = Draws(SEED * 1_000_003 + self.weekday)
        crowds = [self.model.crowd(self.weekday, draws.split()) for _ in range(replications)]
        verdict = verdict_for(self.target)
        guess = [(self.least(hour) or 0) if hour in self.open else 0 for hour in range(HOURS)]
        needed = guess if method == "formula" else least_staff(crowds, guess, self.target.goal, verdict)
        costs: list[list[float]] = []
        went: list[Tally] = []
        for number, crowd in enumerate(crowds):
            there = staff_of(self.days[number % len(self.days)])
            filled = [max(staff, needed[slot // AN_HOUR]) for slot, staff in enumerate(there)]
            went.append(whole_day(crowd, there, verdict))
            could = whole_day(crowd, filled, verdict)
            costs.append([float(a - b) for a, b in zip(went[-1].broken, could.broken, strict=True)])
        return needed, costs, went

    def row(self, hour: int, needed: int, costs: list[float], went: Sequence[Tally]) -> Hour:
        """Make the row of an open hour."""
        arrivals, many = self.model.arrivals(self.weekday, hour)
        work = self.model.work(self.weekday, hour)
        there = [day.staffed(hour) for day in self.days]
        kept, broken = sum(tally.kept[hour] for tally in went), sum(tally.broken[hour] for tally in went)
        return Hour(
            weekday=self.weekday, hour=hour, days=len(self.days), arrivals=arrivals, arrivals_span=many,
            each=work.mean, each_span=work.span, there=fmean(there), needed=needed or None,
            needed_span=self._span(hour, needed),
            kept=sum(day.kept[hour] for day in self.days), broken=sum(day.broken[hour] for day in self.days),
            expected=kept / (kept + broken) if kept + broken else None, cost=fmean(costs), cost_span=of_draws(costs),
        )  # fmt: skip

    def _span(self, hour: int, needed: int) -> tuple[int, int | None]:
        low, middle, high = (self.least(hour, end) for end in (-1, 0, 1))
        if middle is None or low is None or not needed:
            return 1, None
        return max(1, needed + low - middle), None if high is None else max(needed, needed + high - middle)
