"""The running measure of a level's samples, and which samples count: what windows that stand and that roll share.

Knows: numbers, and opening hours. Must not know: where a window begins or ends. Read next: `level.py`.
"""

from __future__ import annotations

from bisect import insort
from typing import TYPE_CHECKING

from standards.calendar.shifts import shift_at
from standards.judge.case import Tally
from standards.judge.numbers import Numbers
from standards.judge.shapes.machine import Machine

if TYPE_CHECKING:
    from collections.abc import Iterable

    from standards.calendar.hours import Hours
    from standards.expressions.expression import Measure
    from standards.judge.case import Case, StandardState
    from standards.judge.context import JudgeContext
    from standards.judge.events import Event
    from standards.judge.shapes.level import Level
    from standards.judge.shapes.machine import Reaction
    from standards.judge.standard import Standard


class MeasuringMachine(Machine):
    """Judges one level, one subject at a time. `siblings` are other revisions of the same standard."""

    def __init__(self, standard: Standard, shape: Level, siblings: tuple[str, ...]) -> None:
        self.standard = standard
        self.shape = shape
        self.siblings = siblings

    def good(self, tally: Tally) -> bool:
        """Say whether the measure is where it must be, over at least one sample."""
        return self.shape.must.test(measured(tally, self.shape.measure))

    def warn(self, state: StandardState[Event], tally: Tally, event: Event, context: JudgeContext[Event]) -> None:
        """Warn once of a window whose measure is not where it must be, though there is time left."""
        for promise in state.open:
            if not promise.step and tally.count and tally.count >= self.shape.at_least and not self.good(tally):
                promise.numbers = self.numbers(tally, event.at)
                context.write(self.standard, promise, "warned", event.at, cause=event)
                promise.step = 1

    def numbers(self, tally: Tally, at: int) -> Numbers:
        """Give the measure at an instant, over at least one sample."""
        return Numbers(at, value=measured(tally, self.shape.measure), samples=tally.count)

    def shift_of(self, state: StandardState[Event], at: int) -> tuple[int, int] | None:
        """Give the shift that is being measured, as it is known at an instant; None where there is none."""
        hours = self.shape.hours
        since = max([at - 1, *(promise.opened for promise in state.open)])
        return None if hours is None or state.until < 0 else shift_at(hours.as_known(at), since)

    def end_at(self, until: int, state: StandardState[Event], at: int, context: JudgeContext[Event]) -> None:
        """Let what is measured end at another instant, as is known from `at` on."""
        if until != state.until:
            state.until = until
            for promise in state.open:
                promise.due = until
                context.move(self.standard, promise, at)


def add_sample(tally: Tally, measure: Measure, data: object) -> bool:
    """Take one event's data into the running measure. A sample whose value is missing does not count: gives False."""
    raw = measure.of(data) if measure.of is not None else 1.0
    if raw is None:
        return False
    value = float(raw)
    tally.least = value if not tally.count else min(tally.least, value)
    tally.most = value if not tally.count else max(tally.most, value)
    tally.count += 1
    _add(tally, value)
    if measure.kind == "percentile":
        tally.samples = tally.samples or []
        insort(tally.samples, value)
    return True


def together(tallies: Iterable[Tally]) -> Tally:
    """Give the running measure of the samples of several, with what rounding took from the sum of their sums."""
    found = Tally()
    for tally in tallies:
        if not tally.count:
            continue
        found.least = tally.least if not found.count else min(found.least, tally.least)
        found.most = tally.most if not found.count else max(found.most, tally.most)
        found.count += tally.count
        _add(found, tally.total)
        found.lost += tally.lost
        if tally.samples is not None:
            found.samples = sorted([*(found.samples or ()), *tally.samples])
    return found


def _add(tally: Tally, value: float) -> None:
    """Add to the sum, and carry its rounding error along (Neumaier 1974): the mean of equal samples is that sample."""
    total = tally.total + value
    larger, smaller = (tally.total, value) if abs(tally.total) >= abs(value) else (value, tally.total)
    tally.lost += (larger - total) + smaller
    tally.total = total


def measured(tally: Tally, measure: Measure) -> float:
    """Give the measure's value over a tally of at least one sample.

    A percentile is by nearest rank: the smallest sample that at least that share of the samples does not exceed
    (Hyndman and Fan 1996, definition 1).
    """
    match measure.kind:
        case "mean" | "share":
            return (tally.total + tally.lost) / tally.count
        case "sum":
            return tally.total + tally.lost
        case "min":
            return tally.least
        case "max":
            return tally.most
        case "count":
            return float(tally.count)
        case "percentile":
            samples = tally.samples or [0.0]
            rank = -(-len(samples) * measure.percent // 100)  # ceiling
            return samples[max(0, int(rank) - 1)]


def only_in(hours: Hours, on_event: Reaction) -> Reaction:
    """Let a reaction hear only what happens in opening hours."""

    def react(case: Case[Event], event: Event, context: JudgeContext[Event]) -> None:
        if hours.is_open(event.at):
            on_event(case, event, context)

    return react
