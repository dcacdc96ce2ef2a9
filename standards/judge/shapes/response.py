"""Judging the response shape: after `when`, `expect` follows within the time, unless the need goes away first.

An event that both fulfils and voids, fulfils. A promise breaks at its deadline, not when that is noticed. The clock
counts open time only; a pause stops it, and a pause outside opening hours therefore costs nothing.
Read next: `judge.py`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

import msgspec

from standards.judge.events import type_of
from standards.judge.promise import NEVER, VERDICTS, Promise
from standards.judge.shapes.machine import Machine, opening_data, test_for
from standards.judge.standard import CORRECTIONS_HORIZON, clauses

if TYPE_CHECKING:
    from collections.abc import Callable

    from standards.calendar.hours import Hours
    from standards.judge.case import Case, JudgeContext, StandardState
    from standards.judge.events import Event
    from standards.judge.promise import Kind, State
    from standards.judge.shapes.machine import Reaction, Test
    from standards.judge.standard import Clause, Pause, Standard

    Carry = Callable[[StandardState[Event], Event, JudgeContext[Event]], None]


class Response(msgspec.Struct, frozen=True):
    """After `when`, `expect` follows within `within` (microseconds), unless `unless` comes first.

    `hours` counts open time only. `warn` are the open-time marks (microseconds since the opening, rising)
    at which someone is warned. `each` opens one promise per event rather than one per rising edge.
    """

    awaits: ClassVar[tuple[str, ...]] = ("expect", "unless")
    when: Clause
    expect: Clause
    within: int
    unless: Clause | None = None
    pause: Pause | None = None
    hours: Hours | None = None
    warn: tuple[int, ...] = ()
    each: bool = False

    def machine(self, standard: Standard, siblings: tuple[str, ...]) -> ResponseMachine:
        """Build what judges a standard of this shape."""
        return ResponseMachine(standard, self, siblings)


class ResponseMachine(Machine):
    """Judges one response standard, one subject at a time. `siblings` are other revisions of the same standard."""

    def __init__(self, standard: Standard, shape: Response, siblings: tuple[str, ...]) -> None:
        self.standard = standard
        self.shape = shape
        self.siblings = siblings

    def reaction(self, event_type: str) -> Reaction:
        """Give the function that judges events of one type. A closure, since it runs for every event there is."""
        shape, revision = self.shape, self.standard.revision
        carry_on, open_one = self._carry_on(event_type), self._open
        when = None if self.standard.retired else test_for(shape.when, event_type)
        always_rising = shape.each or shape.when.where is None
        closes = event_type in {c.event for name, c in clauses(shape).items() if name != "when"}

        def close(case: Case[Event], event: Event, context: JudgeContext[Event]) -> None:
            state = case.states.get(revision)
            if state is not None and (state.open or state.overdue):
                carry_on(state, event, context)

        if when is None:
            return close

        def on_event(case: Case[Event], event: Event, context: JudgeContext[Event]) -> None:
            try:
                state = case.states[revision]
            except KeyError:
                state = case.state_of(revision)
            if closes and (state.open or state.overdue):
                carry_on(state, event, context)
            if when(event.data, None):
                if always_rising or not state.up:
                    open_one(state, event, context)
                state.up = True
            else:
                state.up = False

        return on_event

    def _carry_on(self, event_type: str) -> Carry:
        expect, unless = test_for(self.shape.expect, event_type), test_for(self.shape.unless, event_type)
        pause = self.shape.pause
        stop = test_for(pause.when, event_type) if pause else None
        start = test_for(pause.until, event_type) if pause else None

        def carry_on(state: StandardState[Event], event: Event, context: JudgeContext[Event]) -> None:
            if state.overdue:
                self._catch_up(state, event, context, expect, unless)
            lines = len(context.transitions)
            data = event.data
            for promise in state.open:  # settling one gives the state a new list, and leaves this one as it is
                opening = promise.opening.data if promise.opening is not None else None
                if expect is not None and expect(data, opening):
                    self._settle(state, promise, "kept", event, context)
                elif unless is not None and unless(data, opening):
                    self._settle(state, promise, "voided", event, context)
                elif promise.state in ("paused", "paused_warned"):
                    if start is not None and start(data, opening):
                        self._resume(promise, event, context)
                elif stop is not None and stop(data, opening):
                    self._pause(promise, event, context)
            if len(context.transitions) > lines:
                self._set_alarm(state, context)

        return carry_on

    def _set_alarm(self, state: StandardState[Event], context: JudgeContext[Event]) -> None:
        state.wake = min([promise.wake for promise in state.open]) if state.open else NEVER
        context.wake(state)

    def _open(self, state: StandardState[Event], event: Event, context: JudgeContext[Event]) -> None:
        shape = self.shape
        if not shape.each and (state.open or context.owes(self.siblings)):
            return
        at = event.at
        promise: Promise[Event] = Promise(at, event, running_since=at)
        self._run(promise)
        state.open.append(promise)
        context.write(self.standard, promise, "opened", at, event)
        if promise.wake < state.wake:
            state.wake = promise.wake
            context.case.wake = min(context.case.wake, promise.wake)

    def _run(self, promise: Promise[Event]) -> None:
        """Set the deadline and the next wake-up of a promise whose clock runs since `running_since`."""
        shape = self.shape
        if shape.hours is None and not shape.warn:
            promise.due = promise.wake = promise.running_since + shape.within - promise.spent
            return
        promise.due = self._after(promise, shape.within)
        step = promise.step
        promise.wake = (
            promise.due if step >= len(shape.warn) else min(self._after(promise, shape.warn[step]), promise.due)
        )

    def _after(self, promise: Promise[Event], mark: int) -> int:
        left = max(0, mark - promise.spent)
        hours = self.shape.hours
        return promise.running_since + left if hours is None else hours.due(promise.running_since, left)

    def elapsed(self, promise: Promise[Event], at: int) -> int:
        """Give the open time, in microseconds, that the promise's clock has counted up to `at`."""
        if at <= promise.running_since or promise.state in ("paused", "paused_warned"):
            return promise.spent
        hours = self.shape.hours
        return promise.spent + (
            at - promise.running_since if hours is None else hours.between(promise.running_since, at)
        )

    def _settle(
        self,
        state: StandardState[Event],
        promise: Promise[Event],
        kind: Kind,
        event: Event,
        context: JudgeContext[Event],
    ) -> None:
        context.write(self.standard, promise, kind, event.at, event, self.elapsed(promise, event.at))
        context.settle(state, promise, event.at, reversible=True)

    def _pause(self, promise: Promise[Event], event: Event, context: JudgeContext[Event]) -> None:
        promise.spent = self.elapsed(promise, event.at)
        context.write(self.standard, promise, "paused", event.at, cause=event, elapsed=promise.spent)
        promise.wake = NEVER

    def _resume(self, promise: Promise[Event], event: Event, context: JudgeContext[Event]) -> None:
        promise.running_since = event.at
        self._run(promise)
        context.write(self.standard, promise, "resumed", event.at, cause=event, elapsed=promise.spent)

    def _catch_up(
        self,
        state: StandardState[Event],
        event: Event,
        context: JudgeContext[Event],
        expect: Test | None,
        unless: Test | None,
    ) -> None:
        """Note a fulfilment that came after the deadline; when the need has gone away, stop looking for one."""
        since = state.relieved
        waiting = []
        for promise in reversed(state.settled):
            if promise.settled <= since:
                break
            if _can_be_late(promise, state, event.at):
                waiting.append(promise)
        for promise in waiting:
            if expect is not None and expect(event.data, opening_data(promise)):
                elapsed = self.elapsed(promise, event.at)
                context.write(self.standard, promise, "fulfilled_late", event.at, cause=event, elapsed=elapsed)
            elif unless is not None and unless(event.data, opening_data(promise)):
                state.relieved = event.at
        state.overdue = sum(_can_be_late(promise, state, event.at) for promise in waiting)
        if not state.overdue:
            state.relieved = max(state.relieved, event.at)

    def on_timer(self, state: StandardState[Event], at: int, context: JudgeContext[Event]) -> None:
        """Give the warnings and verdicts that fall exactly at `at`."""
        for promise in tuple(state.open):
            if promise.wake != at:
                continue
            elapsed = self.elapsed(promise, at)
            if at < promise.due:
                context.write(self.standard, promise, "warned", at, elapsed=elapsed)
                promise.step += 1
                self._run(promise)
                continue
            dark = context.dark(self.standard, at)
            context.write(self.standard, promise, "lost" if dark else "broken", at, elapsed=elapsed)
            context.settle(state, promise, at)
            state.overdue += not dark
        self._set_alarm(state, context)

    def on_late_event(self, case: Case[Event], event: Event, context: JudgeContext[Event]) -> bool:
        """Take in an event that came after its time. Says whether it changed anything."""
        state = case.states.get(self.standard.revision)
        if state is None:
            return False
        event_type = type_of(event)
        expect, unless = test_for(self.shape.expect, event_type), test_for(self.shape.unless, event_type)
        lines = len(context.transitions)
        for promise in (*state.open, *state.settled):
            opening = opening_data(promise)
            if event.at < promise.opened:
                continue
            if expect is not None and expect(event.data, opening):
                self._reconsider(state, promise, "kept", event, context)
            elif unless is not None and unless(event.data, opening):
                self._reconsider(state, promise, "void", event, context)
        self._set_alarm(state, context)
        return len(context.transitions) > lines

    def _reconsider(
        self,
        state: StandardState[Event],
        promise: Promise[Event],
        verdict: State,
        event: Event,
        context: JudgeContext[Event],
    ) -> None:
        elapsed = self.elapsed(promise, event.at)
        if promise.state not in VERDICTS:
            context.reveal(self.standard, promise, "kept" if verdict == "kept" else "voided", event, elapsed=elapsed)
            context.settle(state, promise, event.at, reversible=True)
        elif promise.state == "broken" and event.at > promise.due:
            if verdict == "kept" and _can_be_late(promise, state, context.case.time):
                context.reveal(self.standard, promise, "fulfilled_late", event, elapsed=elapsed)
        elif event.at <= promise.due and context.correctable(promise, verdict, event.at):
            context.reveal(self.standard, promise, "corrected", event, elapsed=elapsed, corrected=verdict)
            promise.settled = event.at


def _can_be_late(promise: Promise[Event], state: StandardState[Event], at: int) -> bool:
    return (
        promise.state == "broken" and state.relieved < promise.settled and at - promise.settled <= CORRECTIONS_HORIZON
    )
