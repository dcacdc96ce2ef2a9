"""What can become of one promise of a response: it opens, its clock stops and goes on, it is settled.

Knows: one promise, its clock and its lines. Must not know: which event does it. Read next: `response_machine.py`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from standards.judge.case import Unused
from standards.judge.events import is_same, type_of
from standards.judge.promise import NEVER, Promise
from standards.judge.shapes.machine import Machine, opening_data, test_for
from standards.judge.standard import Pause

if TYPE_CHECKING:
    from collections.abc import Callable

    from standards.expressions.states import StateTest
    from standards.judge.case import Case, StandardState
    from standards.judge.context import JudgeContext
    from standards.judge.events import Event
    from standards.judge.promise import Kind
    from standards.judge.shapes.machine import OpeningRows, Test
    from standards.judge.shapes.responding.again import Begin, Openings
    from standards.judge.shapes.responding.clock import PromiseClock
    from standards.judge.shapes.responding.target_clock import TargetClock
    from standards.judge.shapes.response import Response
    from standards.judge.targets.target import Target

    Carry = Callable[[StandardState[Event], Event, JudgeContext[Event]], None]


class ResponseMoves(Machine):
    """Moves promises and writes their lines. `targeted` is the clock, where an event chooses what it counts to.

    What `_paused_by` says stops the clock, where that is a state. `_rows` copies what is asked of an opening.
    """

    shape: Response
    clock: PromiseClock | TargetClock
    targeted: TargetClock | None
    openings: Openings
    siblings: tuple[str, ...]
    _paused_by: StateTest | None
    _rows: OpeningRows

    def _begin(self, event_type: str) -> Begin:
        """Give what an event at which `when` holds does; one that is owed nothing does nothing, and is counted.

        An event that a promise follows opens no other one while that is owed.
        """
        begin, follow = self.openings.begin(), test_for(self.shape.follow, event_type)
        if self.shape.undo is not None and event_type in self.shape.undo.when.events:
            begin = self._unless_taken_back(begin)
        if self.targeted is None or not (self.targeted.rule.may_owe_nothing or follow is not None):
            return begin

        def begin_if_owed(at: int, state: StandardState[Event], event: Event, context: JudgeContext[Event]) -> None:
            owed = [*state.overdue, *state.open, *filter(None, [context.owed(self.siblings)])]
            followed = [promise for promise in owed if follow is not None and follow(event.data, opening_data(promise))]
            if followed:
                self.openings.join(followed[-1], event)
            elif self.targeted is None or self._target(at, state, event) is not None:
                begin(at, state, event, context)
            else:
                context.unused.append(Unused(event, "owed-nothing", self.standard.id))

        return begin_if_owed

    def _unless_taken_back(self, begin: Begin) -> Begin:
        """Let an event that has just taken back what was done join that promise, and open no other one."""

        def begin_if_new(at: int, state: StandardState[Event], event: Event, context: JudgeContext[Event]) -> None:
            lines = context.transitions[-2:] if at == event.at else []  # it may have been paused at once
            back = (it for it in lines if it.kind == "undone" and it.at == at and it.cause is event)
            again = next((it.promise for it in back if it.standard is self.standard), None)
            if again is not None:
                self.openings.join(again, event)
            else:
                begin(at, state, event, context)

        return begin_if_new

    def _begin_at(self, at: int, state: StandardState[Event], event: Event, context: JudgeContext[Event]) -> None:
        """Do at `at` what an event does at its own time: what it speaks of is owed from `at` on."""
        same = self._over_at_once(at, state, event, context)
        if same is not None:  # it would have the same id
            self._revive(same, state, event, context)
        else:
            self._begin(type_of(event))(at, state, event, context)

    def _over_at_once(
        self, at: int, state: StandardState[Event], event: Event, context: JudgeContext[Event]
    ) -> Promise[Event] | None:
        """Give the promise that an event opened at `at`, and that was void or kept at that very instant."""
        lines = (it for it in reversed(context.transitions) if it.standard is self.standard and it.at == at)
        over = (it.promise for it in lines if it.kind in ("voided", "kept"))
        done = [] if state.undoable is None else [state.undoable]
        return next((it for it in (*over, *done) if it.opened == at and is_same(event, it.opening)), None)

    def _revive(
        self, promise: Promise[Event], state: StandardState[Event], event: Event, context: JudgeContext[Event]
    ) -> None:
        """Let a promise be owed again that was void or kept for no time: its state ended and began at one instant."""
        state.settled = [it for it in state.settled if it is not promise]
        state.undoable = None if state.undoable is promise else state.undoable
        promise.settled, promise.spent, promise.runs = -1, 0, None
        self.clock.run(promise)
        state.open.append(promise)
        context.write(self.standard, promise, "corrected", promise.opened, event, 0, "open")

    def _is_owed(self, event: Event) -> bool:
        """Say whether anything is owed for an event that would open a promise."""
        return self.targeted is None or self.targeted.target(event, event.at) is not None

    def _target(self, at: int, state: StandardState[Event], event: Event) -> Target | None:
        """Give what a promise that an event opens at `at` is given; of what stood a while, by what followed it too."""
        brought = state.brought if is_same(event, state.standing) else None
        return None if self.targeted is None else self.targeted.target(event, at, brought)

    def _bringing(self, carry_on: Carry, follow: Test) -> Carry:
        """Let what a following event brings be remembered of what was done, or stands though nothing is owed."""
        targeted = self.targeted
        if targeted is None:
            return carry_on

        def carry_on_and_bring(state: StandardState[Event], event: Event, context: JudgeContext[Event]) -> None:
            carry_on(state, event, context)
            done, standing = state.undoable, state.standing
            if done is not None and follow(event.data, opening_data(done)):
                targeted.bring(done, event)
            if standing is not None and not state.open and follow(event.data, self._rows.data(standing)):
                state.brought = {**(state.brought or {}), **targeted.news(event)}

        return carry_on_and_bring

    @staticmethod
    def _keep_brought(state: StandardState[Event], promise: Promise[Event]) -> None:
        """Remember what followed a promise that is void, for when its need is owed again."""
        if promise.target is not None and promise.opening is not None and is_same(promise.opening, state.standing):
            state.brought = promise.target.facts

    def _set_alarm(self, state: StandardState[Event], context: JudgeContext[Event]) -> None:
        wakes = [promise.wake for promise in state.open]
        if state.overdue:
            wakes += [promise.wake for promise in state.overdue]
        if state.waiting is not None:
            wakes.append(state.rest_until)
        state.wake = min(wakes) if wakes else NEVER
        context.wake(state, self.standard)

    def _open_at(self, at: int, state: StandardState[Event], event: Event, context: JudgeContext[Event]) -> None:
        promise: Promise[Event] = Promise(at, event, running_since=at, rows=self._rows.copy(event))
        if state.undoable is not None:
            context.settle_done(state)
        if self.targeted is not None:
            promise.target = self._target(at, state, event)
        self.clock.run(promise)
        state.open.append(promise)
        if promise.target is not None and 0 <= promise.target.fixed < at:
            self._open_too_late(promise, state, event, context)
            return
        context.write(self.standard, promise, "opened", at, event)
        if self._paused_by is not None and self._paused_by.test(context.case.holds):
            self._pause(promise, at, event, context)
        if promise.wake < state.wake:
            state.wake = promise.wake
            context.case.wake = min(context.case.wake, promise.wake)

    def _open_too_late(
        self, promise: Promise[Event], state: StandardState[Event], event: Event, context: JudgeContext[Event]
    ) -> None:
        """Open a promise whose deadline, as its event names it, is past: it is broken as it opens."""
        at = promise.opened
        promise.due = promise.target.fixed if promise.target is not None else at
        context.write(self.standard, promise, "opened", at, event)
        context.write(self.standard, promise, "broken", at, elapsed=0)
        context.owe(state, promise, at, at + self.shape.owed_for)
        self._set_alarm(state, context)

    def _settle(
        self,
        state: StandardState[Event],
        promise: Promise[Event],
        kind: Kind,
        event: Event,
        context: JudgeContext[Event],
    ) -> None:
        context.write(self.standard, promise, kind, event.at, event, self.clock.elapsed(promise, event.at))
        context.close(state, promise, event.at)
        if kind == "kept":
            self._rest(state, event.at)
            self._done(state, promise)

    def _done(self, state: StandardState[Event], promise: Promise[Event]) -> None:
        """Remember what was done, where that can be taken back: the newest promise, apart from the settled ones."""
        if self.shape.undo is None:
            return
        newest = max((it.opened for it in (state.undoable, *state.open) if it is not None), default=-1)
        if promise.opened >= newest:
            state.settled = [it for it in state.settled if it is not promise]
            if state.undoable is not None:
                state.settled.append(state.undoable)
            state.undoable = promise

    def _rest(self, state: StandardState[Event], kept: int) -> None:
        if self.shape.rest:
            state.rest_until = max(state.rest_until, kept + self.shape.rest)

    def _follow(
        self, promise: Promise[Event], state: StandardState[Event], event: Event, context: JudgeContext[Event]
    ) -> bool:
        """Let a promise go by what an event brings. Says whether nothing is owed any more."""
        if self.targeted is None or self.targeted.is_over(promise, event):
            return True
        if self.targeted.follow(promise, event):
            context.write(self.standard, promise, "moved", event.at, event, promise.spent)
        self._set_alarm(state, context)
        return False

    def remember(self, case: Case[Event], event: Event) -> None:
        """Remember an event that would open a promise if there were anything to owe."""
        if not self.standard.retired:
            state = case.state_of(self.standard.revision)
            state.standing, state.brought, state.outside = event, None, True

    @staticmethod
    def _unsay(state: StandardState[Event], event_type: str) -> None:
        """Let go of what is not so any more; while nothing is owed, each event type speaks for itself."""
        state.barred = None
        if state.standing is not None and not (state.outside and type_of(state.standing) != event_type):
            state.standing = None

    def on_excused(self, state: StandardState[Event], at: int, context: JudgeContext[Event]) -> None:
        """Wake at once: the alarm of what is not owed any more would hold the subject."""
        state.wake = min(state.wake, at)
        context.wake(state, self.standard)

    def on_changed_days(self, state: StandardState[Event], at: int, context: JudgeContext[Event]) -> None:
        """Let the clocks of what is owed go by the hours as they are known from `at` on."""
        for promise in state.open:
            if self.clock.recount(promise, at):
                context.move(self.standard, promise, at, promise.spent)
        self._set_alarm(state, context)

    def _pause_tests(self, event_type: str) -> tuple[Test | None, Test | None]:
        pause = self.shape.pause
        if not isinstance(pause, Pause):
            return None, None
        return test_for(pause.when, event_type), test_for(pause.until, event_type)

    def _pause(self, promise: Promise[Event], at: int, event: Event, context: JudgeContext[Event]) -> None:
        self.clock.stop(promise, at)
        context.write(self.standard, promise, "paused", at, cause=event, elapsed=promise.spent)
        promise.wake = NEVER

    def _resume(self, promise: Promise[Event], event: Event, context: JudgeContext[Event]) -> None:
        self.clock.go_on(promise, event.at)
        context.write(self.standard, promise, "resumed", event.at, cause=event, elapsed=promise.spent)
