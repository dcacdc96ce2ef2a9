"""The model's own error: each day is foretold from the others and from who was there, and compared with what it was.

Foretold is the share kept in each hour; the error is its difference from the share that was kept, weighted by how many
were judged in that hour. With one day only there is nothing to hold out: the error is then that of describing the day
the model was made from, which proves nothing, and says so (`held_out` is false).
Knows: models, targets. Must not know: plans. Read next: `plan.py`.
"""

from __future__ import annotations

from math import ceil, floor
from typing import TYPE_CHECKING, Final

import msgspec

from standards.staffing.draws import Draws
from standards.staffing.floor import HOURS, whole_day
from standards.staffing.model import Model, staff_of
from standards.staffing.target import kept_rate

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from standards.staffing.floor import Served, Verdict
    from standards.staffing.patience import Load
    from standards.staffing.record import Day
    from standards.staffing.target import Target

MOST_DAYS: Final = 14
"""How many days are held out at most; of more, each so many-th."""
REPLICATIONS: Final = 40
"""How often a day is drawn that is held out."""
LARGE: Final = 0.10
"""From a mean error of ten points on, a model is a poor one."""


class Error(msgspec.Struct, frozen=True):
    """How far shares foretold lay from shares seen: on average either way, and on average with their sign."""

    mean: float
    bias: float


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
        return self.formula.mean <= min(LARGE, self.simulation.mean)


class _Guess(msgspec.Struct, frozen=True):
    """One hour: the shares foretold by both ways, what was seen, and its weight."""

    simulation: float
    formula: float
    seen: float
    judged: float


def prove(days: Sequence[Day], target: Target, *, at_once: bool) -> Proof:
    """Measure the error of both ways on the days of a line."""
    held_out = len(days) > 1
    every = ceil(len(days) / MOST_DAYS)
    tried = days[::every]
    guesses: list[_Guess] = []
    for day in tried:
        model = Model([other for other in days if other is not day] if held_out else days)
        guesses += _foretold(model, day, target, at_once=at_once)
    return Proof(
        held_out=held_out, days=len(tried), hours=len(guesses), judged=sum(guess.judged for guess in guesses),
        simulation=_error(guesses, "simulation"), formula=_error(guesses, "formula"),
    )  # fmt: skip


def by_formula(target: Target, load: Load, there: float, *, at_once: bool) -> float:
    """Give the share kept by so many people, where a part of a person counts for its part of the way."""
    few = kept_rate(target, load, floor(there), at_once=at_once) if load.rate > 0 else 1.0
    if there == floor(there) or load.rate <= 0:
        return few
    return few + (there - floor(there)) * (kept_rate(target, load, ceil(there), at_once=at_once) - few)


def verdict_for(target: Target, *, at_once: bool) -> Callable[[Served], Verdict]:
    """Give what says of somebody in the simulation whether the promise was kept."""
    within, most, forgiving = target.within, target.most, target.forgiving

    def of_answer(served: Served) -> Verdict:
        if served.gave_up:
            return None if forgiving and served.waited <= within else False
        return None if served.waited <= 0 and not at_once else served.waited <= within

    def of_share(served: Served) -> Verdict:
        return None if served.gave_up else served.waited <= within

    def of_line(served: Served) -> Verdict:
        return served.found <= most

    return {"answer": of_answer, "share": of_share, "line": of_line}[target.kind]


def _foretold(model: Model, day: Day, target: Target, *, at_once: bool) -> Iterator[_Guess]:
    draws, staff, verdict = Draws(day.date), staff_of(day), verdict_for(target, at_once=at_once)
    tallies = [whole_day(model.crowd(day.weekday, draws.split()), staff, verdict) for _ in range(REPLICATIONS)]
    for hour in range(HOURS):
        judged = day.kept[hour] + day.broken[hour]
        there = day.staffed(hour)
        kept, broken = sum(tally.kept[hour] for tally in tallies), sum(tally.broken[hour] for tally in tallies)
        if judged and there and kept + broken:
            formula = by_formula(target, model.load(day.weekday, hour), there, at_once=at_once)
            yield _Guess(kept / (kept + broken), formula, day.kept[hour] / judged, judged)


def _error(guesses: Sequence[_Guess], way: str) -> Error | None:
    judged = sum(guess.judged for guess in guesses)
    if not judged:
        return None
    errors = [(getattr(guess, way) - guess.seen, guess.judged) for guess in guesses]
    return Error(sum(abs(e) * w for e, w in errors) / judged, sum(e * w for e, w in errors) / judged)
