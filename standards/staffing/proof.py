"""The model's own error: each day is foretold from the others and from who was there, and compared with what it was.

Foretold is the share kept in each hour; the error is its difference from the share that was kept, weighted by how many
were judged in that hour. With one day only there is nothing to hold out: the error is then that of describing the day
the model was made from, which proves nothing, and says so (`held_out` is false).
Read next: `plan.py`.
"""

from __future__ import annotations

from math import ceil, floor
from statistics import fmean
from typing import TYPE_CHECKING, Final

import msgspec

from standards.staffing.draws import Draws
from standards.staffing.floor import HOURS, whole_day
from standards.staffing.model import Model, staff_of
from standards.staffing.target import kept_rate

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from standards.staffing.floor import Served, Tally, Verdict
    from standards.staffing.patience import Load
    from standards.staffing.record import Day
    from standards.staffing.target import Target

MOST_DAYS: Final = 14
"""How many days are held out at most; of more, each so many-th."""
EXCESS: Final = 0.05
LEANING: Final = 0.10
"""A model is poor that is off by so much more than chance, or that leans so far to one side."""


class Error(msgspec.Struct, frozen=True):
    """How far shares foretold lay from shares seen: on average either way, and on average with their sign.

    `chance` is what the first would be if the model were true: how far one drawn day lies from the mean of all.
    """

    mean: float
    bias: float
    chance: float

    @property
    def poor(self) -> bool:
        """Whether there is more wrong with the model than chance."""
        return self.mean - self.chance >= EXCESS or abs(self.bias) >= LEANING


class Proof(msgspec.Struct, frozen=True):
    """The errors of both ways over `hours` hours of `days` days with `judged` verdicts; None where there were none."""

    held_out: bool
    days: int
    hours: int
    judged: float
    simulation: Error | None
    formula: Error | None

    @property
    def prefers_formula(self) -> bool:
        """Whether the formulas foretold unseen days well, and at least as well as the simulation."""
        if not self.held_out or self.formula is None or self.simulation is None:
            return False
        return not self.formula.poor and self.formula.mean <= self.simulation.mean


class _Guess(msgspec.Struct, frozen=True):
    """One hour: the shares foretold by both ways, how far chance strays from them, what was seen, and its weight."""

    simulation: float
    formula: float
    chance: float
    seen: float
    judged: float


def prove(days: Sequence[Day], target: Target, *, replications: int) -> Proof:
    """Measure the error of both ways on the days of a line. Each is drawn so many times."""
    held_out = len(days) > 1
    every = ceil(len(days) / MOST_DAYS)
    tried = days[::every]
    guesses: list[_Guess] = []
    for day in tried:
        model = Model([other for other in days if other is not day] if held_out else days)
        guesses += _foretold(model, day, target, replications)
    return Proof(
        held_out=held_out, days=len(tried), hours=len(guesses), judged=sum(guess.judged for guess in guesses),
        simulation=_error(guesses, "simulation"), formula=_error(guesses, "formula"),
    )  # fmt: skip


def by_formula(target: Target, load: Load, there: float) -> float:
    """Give the share kept by so many people, where a part of a person counts for its part of the way."""
    few = kept_rate(target, load, floor(there)) if load.rate > 0 else 1.0
    if there == floor(there) or load.rate <= 0:
        return few
    return few + (there - floor(there)) * (kept_rate(target, load, ceil(there)) - few)


def verdict_for(target: Target) -> Callable[[Served], Verdict]:
    """Give what says of somebody in the simulation whether the promise was kept."""
    within = target.within

    def of_answer(served: Served) -> Verdict:
        if served.gave_up:
            return None if target.forgiving and served.waited <= within else False
        return None if served.waited <= 0 and not target.at_once else served.waited <= within

    def of_share(served: Served) -> Verdict:
        return None if served.gave_up else served.waited <= within

    def of_line(served: Served) -> Verdict:
        return served.found <= target.most

    return {"answer": of_answer, "share": of_share, "line": of_line}[target.kind]


def _foretold(model: Model, day: Day, target: Target, replications: int) -> Iterator[_Guess]:
    draws, staff, verdict = Draws(day.date), staff_of(day), verdict_for(target)
    tallies = [whole_day(model.crowd(day.weekday, draws.split()), staff, verdict) for _ in range(replications)]
    for hour in range(HOURS):
        judged = day.kept[hour] + day.broken[hour]
        there = day.staffed(hour)
        kept, broken = sum(tally.kept[hour] for tally in tallies), sum(tally.broken[hour] for tally in tallies)
        if judged and there and kept + broken:
            share = kept / (kept + broken)
            formula = by_formula(target, model.load(day.weekday, hour), there)
            yield _Guess(share, formula, _strays(share, tallies, hour), day.kept[hour] / judged, judged)


def _strays(share: float, tallies: Sequence[Tally], hour: int) -> float:
    """Give how far the share of one drawn day lies from that of all, on average."""
    counts = [(tally.kept[hour], tally.kept[hour] + tally.broken[hour]) for tally in tallies]
    return fmean(abs(kept / judged - share) for kept, judged in counts if judged)


def _error(guesses: Sequence[_Guess], way: str) -> Error | None:
    judged = sum(guess.judged for guess in guesses)
    if not judged:
        return None
    errors = [(getattr(guess, way) - guess.seen, guess.judged) for guess in guesses]
    return Error(
        sum(abs(error) * weight for error, weight in errors) / judged,
        sum(error * weight for error, weight in errors) / judged,
        sum(guess.chance * guess.judged for guess in guesses) / judged,
    )
