"""Judging a response of which some clause must have been so for a while: `for`.

A run that is complete counts as an event does: what it opens, it opens at its end, by the last event of it; what it
ends, it ends there, before the deadlines of that instant. What ends a promise counts from its opening on.
Read next: `scope.py`, which says what counts.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from standards.judge.shapes.machine import opening_data, test_for
from standards.judge.shapes.responding import needs
from standards.judge.shapes.responding.lasting import carried_on, complete, lasting, soonest
from standards.judge.shapes.responding.response_machine import ResponseMachine
from standards.judge.shapes.scope import pass_over, within_hours

if TYPE_CHECKING:
    from collections.abc import Sequence

    from standards.judge.case import Case, StandardState
    from standards.judge.context import JudgeContext
    from standards.judge.events import Event
    from standards.judge.promise import Kind, Promise
    from standards.judge.shapes.machine import Reaction
    from standards.judge.shapes.response import Response
    from standards.judge.standard import Standard


class LastingResponseMachine(ResponseMachine):
    """Judges one response standard with runs: those of `when` belong to the subject, the others to each promise."""

    def __init__(self, standard: Standard, shape: Response, siblings: tuple[str, ...]) -> None:
        super().__init__(standard, shape, siblings)
        told_by = standard.told_by
        self._opens = () if standard.retired else lasting(shape.when, told_by)
        self._fulfils, self._voids = lasting(shape.expect, told_by), lasting(shape.unless, told_by)
        self._ends = (*self._fulfils, *self._voids)

    def reaction(self, event_type: str, *, counts: bool = True) -> Reaction:
        """Give the function that judges events of one type."""
        at_once, revision = super().reaction(event_type, counts=counts), self.standard.revision
        when = test_for(self.shape.when, event_type) if counts else None

        def on_event(case: Case[Event], event: Event, context: JudgeContext[Event]) -> None:
            state = case.states.get(revision)
            if state is not None:
                needs.carry_on(state, self._ends, event, event_type, self._rows)
            before, owed = needs.of(state), () if state is None else (*state.overdue, *state.open)
            at_once(case, event, context)
            state = case.states.get(revision)
            if state is None and carried_on(None, self._opens, event, event_type, None) is None:
                return
            state = case.state_of(revision)
            self._carry_ends(state, owed, event, event_type, context)
            begun = when is not None and when(event.data, None)
            self._carry_opening(state, event, event_type, context, begun=begun)
            needs.begin_anew(state, before)
            self._set_alarm(state, context)

        return on_event

    def remember(self, case: Case[Event], event: Event) -> None:
        """Remember an event that would open a promise if there were anything to owe: what ends that counts from it."""
        super().remember(case, event)
        state = case.states.get(self.standard.revision)
        if state is not None:
            needs.begin_anew(state, {**needs.of(state), "standing": None})

    def _is_so(self, state: StandardState[Event]) -> bool:
        return super()._is_so(state) or any(run.complete for run in (state.runs or {}).values())

    def _carry_ends(
        self,
        state: StandardState[Event],
        owed: Sequence[Promise[Event]],
        event: Event,
        event_type: str,
        context: JudgeContext[Event],
    ) -> None:
        """Carry on what ends the promises that were owed before the event, and are still."""
        for promise in (*state.overdue, *state.open):
            if not any(promise is before for before in owed):
                continue
            promise.runs = carried_on(promise.runs, self._ends, event, event_type, opening_data(promise))
            for number, run in (promise.runs or {}).items():
                if run.complete:  # it was dark when it should have been
                    kept = any(clause.number == number for clause in self._fulfils)
                    self._end(state, promise, event.at, event, context, fulfils=kept)
                    break

    def _carry_opening(
        self, state: StandardState[Event], event: Event, event_type: str, context: JudgeContext[Event], *, begun: bool
    ) -> None:
        """Carry on what opens; an event with which another clause has `begun` opens nothing a second time."""
        had = state.runs or {}
        state.runs = carried_on(state.runs, self._opens, event, event_type, None)
        runs = state.runs or {}
        so = [number for number, run in runs.items() if run.complete and run.last is event]
        if so:
            known = all(number in had and had[number].complete for number in so)
            opens = not (known if self.shape.again == "rise" else begun)
            self._occur(state, event.at, event, context, opens=opens)
        elif had.keys() - runs.keys() and not self._is_so(state):
            state.up, state.waiting = False, None
            self._unsay(state, event_type)

    def _occur(
        self, state: StandardState[Event], at: int, event: Event, context: JudgeContext[Event], *, opens: bool = True
    ) -> None:
        """Open what has been so for long enough, by its last event, where that counts."""
        if not self.standard.owes(context.case.holds):
            pass_over(self, at, event, context)
        elif within_hours(self.standard, at):
            if self.standard.needed is not None:
                state.standing = event
            if opens:
                self._begin_at(at, state, event, context)
            state.up = True

    def _end(  # noqa: PLR0913 - how, when and by what
        self,
        state: StandardState[Event],
        promise: Promise[Event],
        at: int,
        event: Event,
        context: JudgeContext[Event],
        *,
        fulfils: bool,
    ) -> None:
        overdue = promise.state == "broken"
        kind: Kind = ("fulfilled_late" if overdue else "kept") if fulfils else ("ended" if overdue else "voided")
        context.write(self.standard, promise, kind, at, event, self.clock.elapsed(promise, at))
        promise.runs, state.standing = None, None
        if overdue:
            context.relieve(state, promise, at)
        else:
            context.close(state, promise, at)
        if kind == "kept":
            self._rest(state, at)
        if fulfils:
            self._done(state, promise)

    def on_timer(self, state: StandardState[Event], at: int, context: JudgeContext[Event]) -> None:
        """Complete the runs that end at `at`, before the deadlines of that instant."""
        for promise in (*state.overdue, *state.open):
            for clauses, fulfils in ((self._fulfils, True), (self._voids, False)):
                promise.runs, last = complete(promise.runs, clauses, at, self.standard, context)
                if last is not None:
                    self._end(state, promise, at, last, context, fulfils=fulfils)
                    break
        needs.complete_at(state, self._ends, at, self.standard, context)
        state.runs, last = complete(state.runs, self._opens, at, self.standard, context)
        if last is not None:
            before = needs.of(state)
            self._occur(state, at, last, context)
            needs.begin_anew(state, before)
        super().on_timer(state, at, context)

    def _set_alarm(self, state: StandardState[Event], context: JudgeContext[Event]) -> None:
        super()._set_alarm(state, context)
        ends = [soonest(promise.runs, self._ends) for promise in (*state.overdue, *state.open)]
        ends += [soonest(runs, self._ends) for runs in (state.need_runs or {}).values()]
        state.wake = min([state.wake, soonest(state.runs, self._opens), *ends])
        context.wake(state, self.standard)
