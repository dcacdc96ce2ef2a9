"""Judging the recurrence shape: something happens in every period.

A period is open at its start and closed at its end: what happens exactly at the end still counts for it. A period that
was kept early stays kept, and the next one starts when it ends, not when it was kept. One without open time owes
nothing: there is no promise for it, and time goes on to the next that has some.
Read next: `periods.py`, which lays them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

import msgspec

from standards.judge.promise import CHANGED_DAY, NEVER, Promise
from standards.judge.shapes.machine import Machine, test_for
from standards.judge.shapes.periods import Periods
from standards.judge.standard import UTC_ZONE

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

    from standards.calendar.hours import Hours
    from standards.judge.case import Case, StandardState
    from standards.judge.context import JudgeContext
    from standards.judge.events import Event
    from standards.judge.shapes.machine import Reaction
    from standards.judge.standard import Clause, Period, Standard


class Recurrence(msgspec.Struct, frozen=True):
    """`expect` happens in every period: each `every` microseconds (of open time, with `hours`), or calendar period.

    `by_wall`: `every` is whole days by the clock on the wall. Of these, and of calendar periods, those without open
    time in `hours` owe nothing; `zone` places both. `subjects` are the values of `per` that are owed from the start;
    without them a subject is owed from the first event of the expected type that names it. `warn` are microseconds
    after a period begins or, below 0, before it ends.
    """

    awaits: ClassVar[tuple[str, ...]] = ("expect",)
    expect: Clause
    every: int | Period
    hours: Hours | None = None
    zone: ZoneInfo = UTC_ZONE
    subjects: tuple[tuple[str | int, ...], ...] = ()
    warn: tuple[int, ...] = ()
    by_wall: bool = False

    def machine(self, standard: Standard, siblings: tuple[str, ...]) -> RecurrenceMachine:
        """Build what judges a standard of this shape."""
        return RecurrenceMachine(standard, self, siblings)


class RecurrenceMachine(Machine):
    """Judges one recurrence standard, one subject at a time. `siblings` are other revisions of the same standard."""

    endless = True
    opens_by_type = True

    def __init__(self, standard: Standard, shape: Recurrence, siblings: tuple[str, ...]) -> None:
        self.standard = standard
        self.shape = shape
        self.siblings = siblings
        self.listed = () if standard.retired else shape.subjects
        self.periods = Periods(shape.every, shape.hours, shape.zone, by_wall=shape.by_wall)

    def reaction(self, event_type: str, *, counts: bool = True) -> Reaction:
        """Give the function that judges events of one type."""
        revision = self.standard.revision
        expect = test_for(self.shape.expect, event_type) if counts else None
        names_subjects = not self.standard.retired and not self.shape.subjects

        def on_event(case: Case[Event], event: Event, context: JudgeContext[Event]) -> None:
            if expect is None:
                return
            state = case.states.get(revision)
            if state is None:
                if not names_subjects or context.owes(self.siblings):
                    return
                state = case.state_of(revision)
            if state.until < 0:
                self._begin(state, event.at, context, event)
            if state.open and expect(event.data, None):
                promise = state.open[0]
                elapsed = self.periods.elapsed(promise.opened, event.at)
                context.write(self.standard, promise, "kept", event.at, cause=event, elapsed=elapsed)
                context.close(state, promise, event.at)
                self._set_alarm(state, event.at, context)

        return on_event

    def on_scope(self, case: Case[Event], event: Event, context: JudgeContext[Event]) -> None:
        """Begin a period when there is something to owe, and let it be void when there is nothing any more."""
        owes, state = self.standard.owes(case.holds), case.states.get(self.standard.revision)
        if owes and (state is None or state.until < 0):
            listed = not self.shape.subjects or case.key in self.listed
            if listed and not self.standard.retired and not context.owes(self.siblings):
                self._begin(case.state_of(self.standard.revision), event.at, context, event)
        elif state is not None and not owes:
            for promise in tuple(state.open):
                elapsed = self.periods.elapsed(promise.opened, event.at)
                context.write(self.standard, promise, "voided", event.at, event, elapsed)
                context.close(state, promise, event.at)
            state.wake, state.until = NEVER, -1

    def on_start(self, case: Case[Event], at: int, context: JudgeContext[Event]) -> None:
        """Begin to owe a subject that the standard lists, unless it is owed already."""
        if case.key not in self.listed or context.owes(self.siblings) or not self.standard.owes(case.holds):
            return
        state = case.state_of(self.standard.revision)
        if state.until < 0:
            self._begin(state, at, context, None)

    def _begin(self, state: StandardState[Event], at: int, context: JudgeContext[Event], cause: Event | None) -> None:
        starts = self.periods.owing_from(at)
        if starts > at:
            state.until = starts
            self._set_alarm(state, at, context)
            return
        promise: Promise[Event] = Promise(opened=at, opening=cause, running_since=at)
        promise.due = state.until = self.periods.end(at)
        state.open.append(promise)
        context.write(self.standard, promise, "opened", at, cause=cause)
        self._set_alarm(state, at, context)

    def on_changed_days(self, state: StandardState[Event], at: int, context: JudgeContext[Event]) -> None:
        """Let the period end, or the next one begin, by the hours as they are known from `at` on.

        One that has no open time now owes nothing. What has begun as one that owes nothing goes on so.
        """
        periods = self.periods.as_known(at)
        if state.until >= 0 and not state.open:
            state.until = periods.starts_after(at, state.until)
            self._set_alarm(state, at, context)
        for promise in tuple(state.open):
            end = periods.end(promise.opened)
            if periods.is_closed(promise.opened, promise.due):
                context.write(self.standard, promise, "voided", at, reason=CHANGED_DAY)
                context.close(state, promise, at)
            elif max(end, at) != promise.due:
                promise.due = state.until = max(end, at)
                behind = sum(periods.mark(promise.opened, promise.due, mark) <= at for mark in self.shape.warn)
                promise.step = max(min(promise.step, behind), behind - 1)
                context.move(self.standard, promise, at, periods.elapsed(promise.opened, at))
            self._set_alarm(state, at, context)

    def _set_alarm(self, state: StandardState[Event], at: int, context: JudgeContext[Event]) -> None:
        state.wake, periods = state.until, self.periods.as_known(at)
        state.wake -= self._ahead(state)
        for promise in state.open:
            marks = self.shape.warn[promise.step :]
            warnings = (periods.mark(promise.opened, promise.due, mark) for mark in marks)
            state.wake = min(state.until, max(at, next(warnings, state.until)))
        context.case.wake = min(context.case.wake, state.wake)

    def _ahead(self, state: StandardState[Event]) -> int:
        """Give how long before it begins the next period is opened: what happens at that instant counts for a shift.

        Unless the one before it is still owed: then it counts for that, as it is its end.
        """
        return 1 if self.shape.every == "shift" and not state.open else 0

    def on_timer(self, state: StandardState[Event], at: int, context: JudgeContext[Event]) -> None:
        """Warn, or end the period and begin the next one."""
        if at >= state.until - self._ahead(state):
            at = max(at, state.until)
        for promise in tuple(state.open):
            elapsed = self.periods.elapsed(promise.opened, at)
            if at < state.until:
                context.write(self.standard, promise, "warned", at, elapsed=elapsed)
                promise.step += 1
            else:
                dark = context.dark(self.standard, at, promise.opened)
                context.write(self.standard, promise, "lost" if dark else "broken", at, elapsed=elapsed)
                context.close(state, promise, at)
        if at < state.until:
            self._set_alarm(state, at, context)
        elif self.standard.retired:
            state.wake, state.until = NEVER, -1
        else:
            self._begin(state, at, context, None)
