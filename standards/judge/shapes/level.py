"""Judging the level shape: a measure over a window of time, or over so many events, stays where it must.

A window opens with its first sample; its verdict falls at its end. Windows of time are open at their end: a sample at
that instant belongs to the next. A window with too few samples is void: it says nothing either way. With opening hours
only what happens in them is a sample, so a window without open time never opens.
Read next: `judge.py`.
"""

from __future__ import annotations

from bisect import insort
from typing import TYPE_CHECKING, ClassVar

import msgspec

from standards.calendar.hours import window_of
from standards.calendar.shifts import shift_at
from standards.judge.case import Tally
from standards.judge.promise import NEVER, Promise
from standards.judge.shapes.machine import Machine, test_for
from standards.judge.standard import UTC_ZONE

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

    from standards.calendar.hours import Hours
    from standards.expressions.expression import Measure, Threshold
    from standards.judge.case import Case, StandardState
    from standards.judge.context import JudgeContext
    from standards.judge.events import Event
    from standards.judge.promise import Kind
    from standards.judge.shapes.machine import Reaction
    from standards.judge.standard import Clause, Standard


def add_sample(tally: Tally, measure: Measure, data: object) -> bool:
    """Take one event's data into the running measure. A sample whose value is missing does not count: gives False.

    The sum carries its rounding error along (Neumaier 1974), so that the mean of equal samples is that sample.
    """
    raw = measure.of(data) if measure.of is not None else 1.0
    if raw is None:
        return False
    value = float(raw)
    tally.least = value if not tally.count else min(tally.least, value)
    tally.most = value if not tally.count else max(tally.most, value)
    tally.count += 1
    total = tally.total + value
    larger, smaller = (tally.total, value) if abs(tally.total) >= abs(value) else (value, tally.total)
    tally.lost += (larger - total) + smaller
    tally.total = total
    if measure.kind == "percentile":
        tally.samples = tally.samples or []
        insort(tally.samples, value)
    return True


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


def within_hours(hours: Hours, on_event: Reaction) -> Reaction:
    """Let a reaction hear only what happens in opening hours."""

    def react(case: Case[Event], event: Event, context: JudgeContext[Event]) -> None:
        if hours.is_open(event.at):
            on_event(case, event, context)

    return react


class Level(msgspec.Struct, frozen=True):
    """The `measure` over each window of `when` events satisfies `must`; fewer than `at_least` samples: void.

    `over` is a window in microseconds aligned to local midnight in `zone`, or, with `count` set, a number of events.
    Only samples within `hours` count. `by_shift`: each shift of `hours` is a window, and `over` is 0.
    """

    awaits: ClassVar[tuple[str, ...]] = ("when",)
    when: Clause
    measure: Measure
    over: int
    must: Threshold
    count: bool = False
    at_least: int = 1
    zone: ZoneInfo = UTC_ZONE
    hours: Hours | None = None
    by_shift: bool = False

    def machine(self, standard: Standard, siblings: tuple[str, ...]) -> LevelMachine:
        """Build what judges a standard of this shape."""
        return LevelMachine(standard, self, siblings)


class LevelMachine(Machine):
    """Judges one level standard, one subject at a time. `siblings` are other revisions of the same standard."""

    def __init__(self, standard: Standard, shape: Level, siblings: tuple[str, ...]) -> None:
        self.standard = standard
        self.shape = shape
        self.siblings = siblings

    def reaction(self, event_type: str, *, counts: bool = True) -> Reaction:
        """Give the function that judges events of one type."""
        revision, retired = self.standard.revision, self.standard.retired
        when = test_for(self.shape.when, event_type) if counts else None

        def on_event(case: Case[Event], event: Event, context: JudgeContext[Event]) -> None:
            if when is None or not when(event.data, None):
                return
            state = case.states.get(revision)
            if state is None:
                if retired or context.owes(self.siblings):
                    return
                state = case.state_of(revision)
            if state.tally is None and not retired:
                self._begin(state, event, context)
            if state.tally is not None:
                self._take(state, event, context)

        return on_event if self.shape.hours is None else within_hours(self.shape.hours, on_event)

    def _begin(self, state: StandardState[Event], event: Event, context: JudgeContext[Event]) -> None:
        promise: Promise[Event] = Promise(opened=event.at, opening=event)
        state.tally = Tally()
        if not self.shape.count:
            promise.due = state.until = self._end(event.at)
            state.wake = state.until - 1  # the window's last microsecond: what comes at its end is no longer in it
            context.case.wake = min(context.case.wake, state.wake)
        state.open.append(promise)
        context.write(self.standard, promise, "opened", event.at, cause=event)

    def _end(self, at: int) -> int:
        """Give the end of the window that a sample at an instant lies in."""
        shape = self.shape
        shift = shift_at(shape.hours, at) if shape.by_shift and shape.hours is not None else None
        return (shift or window_of(at, shape.over, shape.zone))[1]

    def _take(self, state: StandardState[Event], event: Event, context: JudgeContext[Event]) -> None:
        shape, tally = self.shape, state.tally
        if tally is None:
            return
        add_sample(tally, shape.measure, event.data)
        if shape.count and tally.count >= shape.over:
            self._close(state, event.at, context, event)
            return
        for promise in state.open:
            if not promise.step and tally.count >= shape.at_least and tally.count and not self._good(tally):
                context.write(self.standard, promise, "warned", event.at, cause=event)
                promise.step = 1

    def _good(self, tally: Tally) -> bool:
        return self.shape.must.test(measured(tally, self.shape.measure))

    def _close(self, state: StandardState[Event], at: int, context: JudgeContext[Event], cause: Event | None) -> None:
        tally = state.tally or Tally()
        for promise in tuple(state.open):
            context.write(self.standard, promise, self._verdict(tally, promise, at, context), at, cause=cause)
            context.close(state, promise, at)
        state.tally, state.wake, state.until = None, NEVER, -1

    def _verdict(self, tally: Tally, promise: Promise[Event], at: int, context: JudgeContext[Event]) -> Kind:
        if context.dark(self.standard, at, promise.opened):
            return "lost"
        if not tally.count or tally.count < self.shape.at_least:
            return "voided"
        return "kept" if self._good(tally) else "broken"

    def on_scope(self, case: Case[Event], event: Event, context: JudgeContext[Event]) -> None:
        """Let the open window be void when there is nothing to owe any more."""
        state = case.states.get(self.standard.revision)
        if state is None or self.standard.owes(case.holds):
            return
        for promise in tuple(state.open):
            context.write(self.standard, promise, "voided", event.at, cause=event)
            context.close(state, promise, event.at)
        state.tally, state.wake, state.until = None, NEVER, -1

    def on_timer(self, state: StandardState[Event], at: int, context: JudgeContext[Event]) -> None:
        """End the window: give its verdict at its end, the instant after its last one."""
        self._close(state, at + 1, context, None)
