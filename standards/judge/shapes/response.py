"""Judging the response shape: after `when`, `expect` follows within the time, unless the need goes away first.

An event that both fulfils and voids, fulfils. A promise breaks at its deadline, not when that is noticed. The clock
counts open time only; a pause stops it, and a pause outside opening hours therefore costs nothing. A broken promise is
overdue until it is fulfilled late, the need ends, it is excused, or `owed_for` has gone by. `again` says when the next
one may open. An event first ends what it ends, and may then open the next one.
Read next: `judge.py`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Literal, assert_never

import msgspec

from standards.judge.events import type_of
from standards.judge.promise import NEVER, Promise
from standards.judge.shapes.machine import Machine, opening_data, test_for
from standards.judge.standard import OWED_FOR, clauses

if TYPE_CHECKING:
    from collections.abc import Callable

    from standards.calendar.hours import Hours
    from standards.judge.case import Case, JudgeContext, StandardState
    from standards.judge.events import Event
    from standards.judge.promise import Kind
    from standards.judge.shapes.machine import Reaction, Test
    from standards.judge.standard import Clause, Pause, Standard

    Carry = Callable[[StandardState[Event], Event, JudgeContext[Event]], None]

Again = Literal["done", "judged", "each", "rise"]
"""When the next promise may open: when none is owed, when none is on the clock, always, or when it begins to be so."""


class Response(msgspec.Struct, frozen=True):
    """After `when`, `expect` follows within `within` (microseconds), unless `unless` comes first.

    `hours` counts open time only. `warn` are the open-time marks (microseconds since the opening, rising)
    at which someone is warned. After a promise was kept, `rest` microseconds pass before the next one opens. A broken
    one is given up `owed_for` microseconds after its deadline.
    """

    awaits: ClassVar[tuple[str, ...]] = ("expect", "unless")
    when: Clause
    expect: Clause
    within: int
    unless: Clause | None = None
    pause: Pause | None = None
    hours: Hours | None = None
    warn: tuple[int, ...] = ()
    again: Again = "judged"
    rest: int = 0
    owed_for: int = OWED_FOR

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
        carry_on, begin = self._carry_on(event_type), self._opener()
        when = None if self.standard.retired else test_for(shape.when, event_type)
        closes = event_type in {c.event for name, c in clauses(shape).items() if name != "when"}

        def close(case: Case[Event], event: Event, context: JudgeContext[Event]) -> None:
            state = case.states.get(revision)
            if state is not None and (state.open or state.overdue or state.waiting):
                carry_on(state, event, context)

        if when is None:
            return close

        def on_event(case: Case[Event], event: Event, context: JudgeContext[Event]) -> None:
            try:
                state = case.states[revision]
            except KeyError:
                state = case.state_of(revision)
            if closes and (state.open or state.overdue or state.waiting):
                carry_on(state, event, context)
            if when(event.data, None):
                begin(state, event, context)
                state.up = True
            elif state.up:
                state.up = state.barred = False
                if state.waiting is not None:
                    self._wait(state, None, context)

        return on_event

    def _opener(self) -> Carry:
        """Give what an event at which `when` holds does, by `again`: it opens a promise, joins one, or waits."""
        match self.shape.again:
            case "each":
                return self._open
            case "rise":
                return self._open_at_a_rise
            case "judged":
                return self._open_when_judged
            case "done":
                return self._open_when_done
            case _:
                assert_never(self.shape.again)

    def _open_at_a_rise(self, state: StandardState[Event], event: Event, context: JudgeContext[Event]) -> None:
        if not state.up or self.shape.when.where is None:
            self._open_when_judged(state, event, context)

    def _open_when_judged(self, state: StandardState[Event], event: Event, context: JudgeContext[Event]) -> None:
        if state.open:
            _join(state.open[-1], event)
        elif context.owes(self.siblings):
            _join(context.owed(self.siblings), event)
        else:
            self._open(state, event, context)

    def _open_when_done(self, state: StandardState[Event], event: Event, context: JudgeContext[Event]) -> None:
        if state.barred:
            return
        if state.open:
            _join(state.open[-1], event)
        elif state.overdue:
            _join(state.overdue[-1], event)
        elif owed := context.owed(self.siblings):
            _join(owed, event)
        elif event.at < state.rest_until:
            self._wait(state, event, context)
        else:
            self._open(state, event, context)

    def _wait(self, state: StandardState[Event], event: Event | None, context: JudgeContext[Event]) -> None:
        """Note the event that opens the next promise when the rest ends; None: there is no need for one any more."""
        state.waiting = event
        self._set_alarm(state, context)

    def _carry_on(self, event_type: str) -> Carry:
        expect, unless = test_for(self.shape.expect, event_type), test_for(self.shape.unless, event_type)
        pause = self.shape.pause
        stop = test_for(pause.when, event_type) if pause else None
        start = test_for(pause.until, event_type) if pause else None

        def carry_on(state: StandardState[Event], event: Event, context: JudgeContext[Event]) -> None:
            lines = len(context.transitions)
            data = event.data
            if state.overdue or state.waiting is not None:
                self._catch_up(state, event, context, expect, unless)
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
        wakes = [promise.wake for promise in state.open]
        if state.overdue:
            wakes += [promise.wake for promise in state.overdue]
        if state.waiting is not None:
            wakes.append(state.rest_until)
        state.wake = min(wakes) if wakes else NEVER
        context.wake(state)

    def _open(self, state: StandardState[Event], event: Event, context: JudgeContext[Event]) -> None:
        self._open_at(event.at, state, event, context)

    def _open_at(self, at: int, state: StandardState[Event], event: Event, context: JudgeContext[Event]) -> None:
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
        context.close(state, promise, event.at)
        if kind == "kept" and self.shape.rest:
            state.rest_until = event.at + self.shape.rest

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
        """End what is overdue or waits for the end of a rest: it was done, or the need for it went away."""
        if state.waiting is not None and any(t and t(event.data, state.waiting.data) for t in (expect, unless)):
            self._wait(state, None, context)
        for promise in state.overdue:
            opening = opening_data(promise)
            if expect is not None and expect(event.data, opening):
                kind: Kind = "fulfilled_late"
            elif unless is not None and unless(event.data, opening):
                kind = "ended"
            else:
                continue
            context.write(self.standard, promise, kind, event.at, event, self.elapsed(promise, event.at))
            context.relieve(state, promise)

    def on_timer(self, state: StandardState[Event], at: int, context: JudgeContext[Event]) -> None:
        """Give the warnings and verdicts that fall exactly at `at`, and open what waited for the end of a rest."""
        if state.waiting is not None and state.rest_until <= at:
            event, state.waiting = state.waiting, None
            self._open_at(at, state, event, context)
        for promise in state.overdue:
            if promise.wake <= at:
                context.write(self.standard, promise, "given_up", at, elapsed=self.elapsed(promise, at))
                context.relieve(state, promise)
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
            if dark:
                context.close(state, promise, at)
            else:
                context.owe(state, promise, at, promise.due + self.shape.owed_for)
        self._set_alarm(state, context)

    def on_late_event(self, case: Case[Event], event: Event, context: JudgeContext[Event]) -> bool:
        """Take in an event that came too late to be judged where it belongs. Says whether it changed anything.

        It ends what is overdue, and opens what it would have opened: on the clock where that is due ahead, and unknown
        where it was due before this was known, since what happened meanwhile was judged without it.
        """
        event_type = type_of(event)
        lines = len(context.transitions)
        expect, unless = test_for(self.shape.expect, event_type), test_for(self.shape.unless, event_type)
        when = None if self.standard.retired else test_for(self.shape.when, event_type)
        opens = when is not None and when(event.data, None)
        state = case.state_of(self.standard.revision) if opens else case.states.get(self.standard.revision)
        if state is None:
            return False
        if expect is not None or unless is not None:
            self._catch_up(state, event, context, expect, unless)
        if opens:
            self._opener()(state, event, context)
            for promise in [each for each in state.open if each.opening is event and each.due <= case.time]:
                context.write(self.standard, promise, "lost", promise.due, known=event.received, reason="came-too-late")
                context.close(state, promise, promise.due)
            self._set_alarm(state, context)
        return len(context.transitions) > lines


def _join(promise: Promise[Event] | None, event: Event) -> None:
    """Note on a promise that is owed an event that would otherwise have opened one of its own."""
    if promise is not None:
        promise.joined += 1
        promise.joined_at = event.at
