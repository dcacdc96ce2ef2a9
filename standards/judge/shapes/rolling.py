"""Judging a level whose window rolls: at the end of each step, the measure over the time before it is where it must be.

One promise is owed a day or, with opening hours, a shift. It opens with the first sample, breaks at the first step that
does not hold, and is kept at the end of the day. After a break the next opens at the first step that holds again. A
step with too few samples, or while a feed is dark, says nothing.

What is remembered is a running measure for each step of the window, and one of the whole window; a percentile needs the
samples themselves. Timers run only while a promise can change: at each step while the window has samples.
Read next: `level.py`, for windows that stand still.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from standards.calendar.local_time import window_of
from standards.calendar.shifts import shift_at
from standards.judge.case import Rolling, Tally
from standards.judge.promise import NEVER, Promise
from standards.judge.shapes.machine import test_for
from standards.judge.shapes.measuring import MeasuringMachine, add_sample, only_in, together
from standards.judge.standard import DAY

if TYPE_CHECKING:
    from standards.expressions.expression import Measure
    from standards.judge.case import Case, StandardState
    from standards.judge.context import JudgeContext
    from standards.judge.events import Event
    from standards.judge.promise import Kind
    from standards.judge.shapes.machine import Reaction


class RollingMachine(MeasuringMachine):
    """Judges one level with a step, one subject at a time."""

    def reaction(self, event_type: str, *, counts: bool = True) -> Reaction:
        """Give the function that judges events of one type."""
        revision, retired = self.standard.revision, self.standard.retired
        when = test_for(self.shape.when, event_type) if counts else None
        measure = self.shape.measure.about(event_type)

        def on_event(case: Case[Event], event: Event, context: JudgeContext[Event]) -> None:
            if when is None or not when(event.data, None):
                return
            state = case.states.get(revision)
            if state is None or state.until < 0:
                if retired or context.owes(self.siblings):
                    return
                state = case.state_of(revision)
                self._begin(state, event, context)
            self._take(state, event, context, measure=measure)

        return on_event if self.shape.hours is None else only_in(self.shape.hours, on_event)

    def _begin(self, state: StandardState[Event], event: Event, context: JudgeContext[Event]) -> None:
        """Begin a day, or a shift; what was measured before it is in the window as long as it is not too old."""
        state.until, state.tripped = self._bounds(event.at)[1], False
        state.rolled = state.rolled or Rolling()
        self._open(state, event.at, context, event)

    def _open(self, state: StandardState[Event], at: int, context: JudgeContext[Event], cause: Event | None) -> None:
        promise: Promise[Event] = Promise(opened=at, opening=cause, due=state.until)
        state.open.append(promise)
        if state.rolled is not None:
            state.rolled.held = cause is None
        context.write(self.standard, promise, "opened", at, cause=cause)

    def _bounds(self, at: int) -> tuple[int, int]:
        """Give the day or the shift that an instant lies in."""
        shift = None if self.shape.hours is None else shift_at(self.shape.hours, at)
        return shift or window_of(at, DAY, self.shape.zone)

    def on_changed_days(self, state: StandardState[Event], at: int, context: JudgeContext[Event]) -> None:
        """Let the day of a shift end when the shift does, as is known from `at` on."""
        rolled, shift = state.rolled, self.shift_of(state, at)
        if rolled is not None and shift is not None:
            self.end_at(max(shift[1], at + 1), state, at, context)
            rolled.ends = min(rolled.starts + self.shape.step, state.until)
            self._set_alarm(state, rolled)

    def _take(
        self, state: StandardState[Event], event: Event, context: JudgeContext[Event], *, measure: Measure
    ) -> None:
        rolled = state.rolled
        if rolled is None:
            return
        if event.at >= rolled.ends or state.tally is None:
            self._roll(state, rolled, event.at)
        if not rolled.began or rolled.began[-1] != rolled.starts:
            rolled.began.append(rolled.starts)
            rolled.tallies.append(Tally())
        whole = state.tally = state.tally or Tally()
        add_sample(rolled.tallies[-1], measure, event.data)
        add_sample(whole, measure, event.data)
        self.warn(state, whole, event, context)
        self._set_alarm(state, rolled)
        context.case.wake = min(context.case.wake, state.wake)

    def _roll(self, state: StandardState[Event], rolled: Rolling, at: int) -> None:
        """Go on to the step that an instant lies in, and leave behind the steps that its window does not hold."""
        step, since = self.shape.step, rolled.starts if state.tally is not None else self._bounds(at)[0]
        rolled.starts = at - (at - since) % step
        rolled.ends = min(rolled.starts + step, state.until)
        earliest = rolled.ends - self.shape.over
        old = sum(began < earliest for began in rolled.began)
        if old or state.tally is None:
            del rolled.began[:old], rolled.tallies[:old]
            state.tally = together(rolled.tallies)

    def _set_alarm(self, state: StandardState[Event], rolled: Rolling) -> None:
        """Wake in the last microsecond of the step, or of the day where no step can change anything."""
        changes = (state.open or state.tripped) and state.tally is not None and state.tally.count
        state.wake = (rolled.ends if changes else state.until) - 1

    def forget(self, state: StandardState[Event]) -> None:
        """Forget the day and what its window holds."""
        state.rolled, state.tripped, state.tally, state.wake, state.until = None, False, None, NEVER, -1

    def on_timer(self, state: StandardState[Event], at: int, context: JudgeContext[Event]) -> None:
        """End the step, and the day with its last one: an instant after its last microsecond."""
        end, rolled = at + 1, state.rolled or Rolling()
        if end == rolled.ends:
            self._judge_step(state, rolled, end, context)
        if end >= state.until:
            self._end_day(state, rolled, end, context)
            return
        self._roll(state, rolled, end)
        self._set_alarm(state, rolled)

    def _judge_step(self, state: StandardState[Event], rolled: Rolling, end: int, context: JudgeContext[Event]) -> None:
        tally = state.tally or Tally()
        if not tally.count or tally.count < self.shape.at_least:
            return
        if context.dark(self.standard, end, end - self.shape.over):
            return
        if self.good(tally):
            rolled.held = True
            if state.tripped and end < state.until and not self.standard.retired:
                state.tripped = False
                self._open(state, end, context, None)
            return
        for promise in tuple(state.open):
            promise.numbers = self.numbers(tally, end)
            context.write(self.standard, promise, "broken", end)
            context.close(state, promise, end)
            state.tripped = True

    def _end_day(self, state: StandardState[Event], rolled: Rolling, end: int, context: JudgeContext[Event]) -> None:
        for promise in tuple(state.open):
            kind: Kind = "kept" if rolled.held else "voided"
            if context.dark(self.standard, end, promise.opened):
                kind = "lost"
            context.write(self.standard, promise, kind, end)
            context.close(state, promise, end)
        state.tripped, state.tally, state.wake, state.until = False, None, NEVER, -1
        if self.standard.retired:
            state.rolled = None
