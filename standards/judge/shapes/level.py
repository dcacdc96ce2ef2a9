"""Judging the level shape: a measure over a window of time, or over so many events, stays where it must.

A window opens with its first sample; its verdict falls at its end. Windows of time are open at their end: a sample at
that instant belongs to the next. A window with too few samples is void: it says nothing either way. With opening hours
only what happens in them is a sample, so a window without open time never opens.
Read next: `judge.py`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

import msgspec

from standards.calendar.local_time import window_of
from standards.judge.case import Tally
from standards.judge.promise import NEVER, Promise
from standards.judge.shapes.machine import test_for
from standards.judge.shapes.measuring import MeasuringMachine, add_sample, only_in
from standards.judge.shapes.periods import end_of
from standards.judge.shapes.rolling import RollingMachine
from standards.judge.standard import UTC_ZONE

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

    from standards.calendar.hours import Hours
    from standards.expressions.expression import Measure, Threshold
    from standards.judge.case import Case, StandardState
    from standards.judge.context import JudgeContext
    from standards.judge.events import Event
    from standards.judge.promise import Kind
    from standards.judge.shapes.machine import Machine, Reaction
    from standards.judge.standard import Clause, Period, Standard


class Level(msgspec.Struct, frozen=True):
    """The `measure` over each window of `when` events satisfies `must`; fewer than `at_least` samples: void.

    `over` is a window in microseconds aligned to local midnight in `zone`, or, with `count` set, a number of events.
    Only samples within `hours` count. With a `period`, each day, week, month or shift of `hours` is a window, and
    `over` is 0. With a `step`, in microseconds, the window rolls.
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
    period: Period | None = None
    step: int = 0

    def machine(self, standard: Standard, siblings: tuple[str, ...]) -> Machine:
        """Build what judges a standard of this shape."""
        return RollingMachine(standard, self, siblings) if self.step else LevelMachine(standard, self, siblings)


class LevelMachine(MeasuringMachine):
    """Judges one level by windows that stand, one subject at a time."""

    def reaction(self, event_type: str, *, counts: bool = True) -> Reaction:
        """Give the function that judges events of one type."""
        revision, retired = self.standard.revision, self.standard.retired
        when = test_for(self.shape.when, event_type) if counts else None
        measure = self.shape.measure.about(event_type)

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
                self._take(state, event, context, measure=measure)

        return on_event if self.shape.hours is None else only_in(self.shape.hours, on_event)

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
        if shape.period is not None:
            return end_of(at, shape.period, shape.hours, shape.zone)
        return window_of(at, shape.over, shape.zone)[1]

    def on_changed_days(self, state: StandardState[Event], at: int, context: JudgeContext[Event]) -> None:
        """Let the window of a shift end when the shift does, as is known from `at` on."""
        shift = self.shift_of(state, at) if self.shape.period == "shift" else None
        if shift is not None:
            self.end_at(max(shift[1], at + 1), state, at, context)
            state.wake = state.until - 1

    def _take(
        self, state: StandardState[Event], event: Event, context: JudgeContext[Event], *, measure: Measure
    ) -> None:
        shape, tally = self.shape, state.tally
        if tally is None:
            return
        add_sample(tally, measure, event.data)
        if shape.count and tally.count >= shape.over:
            self._close(state, event.at, context, event)
            return
        self.warn(state, tally, event, context)

    def _close(self, state: StandardState[Event], at: int, context: JudgeContext[Event], cause: Event | None) -> None:
        tally = state.tally or Tally()
        for promise in tuple(state.open):
            promise.numbers = self.numbers(tally, at) if tally.count else None
            context.write(self.standard, promise, self._verdict(tally, promise, at, context), at, cause=cause)
            context.close(state, promise, at)
        self.forget(state)

    def forget(self, state: StandardState[Event]) -> None:
        """Forget the open window; the next sample opens another one."""
        state.tally, state.wake, state.until = None, NEVER, -1

    def _verdict(self, tally: Tally, promise: Promise[Event], at: int, context: JudgeContext[Event]) -> Kind:
        if context.dark(self.standard, at, promise.opened):
            return "lost"
        if not tally.count or tally.count < self.shape.at_least:
            return "voided"
        return "kept" if self.good(tally) else "broken"

    def on_timer(self, state: StandardState[Event], at: int, context: JudgeContext[Event]) -> None:
        """End the window: give its verdict at its end, the instant after its last one."""
        self._close(state, at + 1, context, None)
