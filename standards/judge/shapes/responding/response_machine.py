"""Judging the response shape: after `when`, `expect` follows within the time, unless the need goes away first.

An event that both fulfils and voids, fulfils. A promise breaks at its deadline, not when that is noticed. The clock
counts open time only; a pause stops it, and a pause outside opening hours therefore costs nothing. A broken promise is
overdue until it is fulfilled late, the need ends, it is excused, or `owed_for` has gone by. An event first ends what it
ends, and may then open the next one. Read next: `again.py`, which says when the next one may open.
"""

from __future__ import annotations

from itertools import chain
from typing import TYPE_CHECKING

from standards.judge.events import type_of
from standards.judge.shapes.machine import OpeningRows, opening_data, test_for
from standards.judge.shapes.responding.again import Openings, ends
from standards.judge.shapes.responding.clock import PromiseClock
from standards.judge.shapes.responding.taking_back import TakingBack
from standards.judge.shapes.responding.target_clock import TargetClock
from standards.judge.shapes.scope import counts_late, within_hours
from standards.judge.standard import Pause, clauses

if TYPE_CHECKING:
    from standards.judge.case import Case, StandardState
    from standards.judge.context import JudgeContext
    from standards.judge.events import Event
    from standards.judge.promise import Kind, State
    from standards.judge.shapes.machine import Reaction, Test
    from standards.judge.shapes.responding.response_moves import Carry
    from standards.judge.shapes.response import Response
    from standards.judge.standard import Standard


class ResponseMachine(TakingBack):
    """Judges one response standard, one subject at a time. `siblings` are other revisions of the same standard."""

    def __init__(self, standard: Standard, shape: Response, siblings: tuple[str, ...]) -> None:
        self.standard = standard
        self.shape = shape
        self.siblings = siblings
        self.targeted = None if shape.target is None else TargetClock.of(shape.target)
        self.clock = self.targeted or PromiseClock(shape.within or 0, shape.hours, shape.warn)
        self.owed_for = shape.owed_for
        self._rows = OpeningRows.of(standard)
        self._paused_by = shape.pause if not isinstance(shape.pause, Pause) else None
        self.openings = Openings.of(shape.when, shape.again, siblings, self._open_at)

    def reaction(self, event_type: str, *, counts: bool = True) -> Reaction:
        """Give the function that judges events of one type. A closure, since it runs for every event there is."""
        shape, revision = self.shape, self.standard.revision
        carry_on, begin = self._carry_on(event_type), self._begin(event_type)
        when = None if self.standard.retired or not counts else test_for(shape.when, event_type)
        closes = event_type in self._closing_types()
        stands, several = self.standard.needed is not None, self.openings.several
        stays = stands or shape.undo is not None
        if when is None:
            return self._closing(carry_on)

        def on_event(case: Case[Event], event: Event, context: JudgeContext[Event]) -> None:
            try:
                state = case.states[revision]
            except KeyError:
                state = case.state_of(revision)
            if closes and (
                state.open or state.overdue or state.waiting or state.barred
                or (stays and (state.standing or state.undoable))
            ):  # fmt: skip
                carry_on(state, event, context)
            if when(event.data, None):
                begin(event.at, state, event, context)
                state.up = True
                if several:
                    self._note(state, event_type, context, so=True)
                if stands:
                    state.standing, state.brought = event, None
                if state.waiting is event:
                    self._set_alarm(state, context)
            elif state.up or state.standing is not None:
                self._note(state, event_type, context, so=False)

        return on_event

    def _note(self, state: StandardState[Event], event_type: str, context: JudgeContext[Event], *, so: bool) -> None:
        """Note whether `when` holds at the last event of a type. What it spoke of is over when nothing says so."""
        if self.openings.several:
            others = tuple(name for name in state.up_by if name != event_type)
            state.up_by = (*others, event_type) if so else others
        state.up = so or self._is_so(state)
        if not state.up:
            self._unsay(state, event_type)
            self._stop_waiting(state, context)

    def _is_so(self, state: StandardState[Event]) -> bool:
        """Say whether it is so by another event type than the one that says it is not."""
        return bool(state.up_by)

    def _closing(self, carry_on: Carry) -> Reaction:
        revision = self.standard.revision

        def close(case: Case[Event], event: Event, context: JudgeContext[Event]) -> None:
            state = case.states.get(revision)
            if state is not None and (
                state.open or state.overdue or state.waiting or state.barred or state.standing or state.undoable
            ):
                carry_on(state, event, context)

        return close

    def _closing_types(self) -> frozenset[str]:
        """Name the event types that can end a promise, or stop or start its clock."""
        closing = [clause.events for name, clause in clauses(self.shape).items() if name != "when"]
        return frozenset(chain(*closing, *(state.events for state in self.standard.states)))

    def on_scope(self, case: Case[Event], event: Event, context: JudgeContext[Event]) -> None:
        """Open what stands when there is something to owe again; `carry_on` has ended what is not owed any more."""
        state = case.states.get(self.standard.revision)
        if state is None:
            return
        was_outside, state.outside = state.outside, not self.standard.owes(case.holds)
        if state.outside:
            state.barred, state.up, state.up_by = None, False, ()
            return
        opens = not self.standard.retired and within_hours(self.standard, event.at)
        if was_outside and opens and state.standing is not None and not state.open:
            self._begin_at(event.at, state, state.standing, context)
            self._set_alarm(state, context)

    def _stop_waiting(self, state: StandardState[Event], context: JudgeContext[Event]) -> None:
        if state.waiting is not None:
            state.waiting = None
            self._set_alarm(state, context)

    def _carry_on(self, event_type: str) -> Carry:
        expect, unless = test_for(self.shape.expect, event_type), test_for(self.shape.unless, event_type)
        stop, start = self._pause_tests(event_type)
        paused_by, needed, follow = self._paused_by, self.standard.needed, test_for(self.shape.follow, event_type)
        asks_rows = bool(self._rows.columns)

        def carry_on(state: StandardState[Event], event: Event, context: JudgeContext[Event]) -> None:
            lines = len(context.transitions)
            data = event.data
            if state.overdue or state.waiting is not None or state.barred is not None or state.standing is not None:
                self._catch_up(state, event, context, (expect, unless))
            over = needed is not None and not needed.test(context.case.holds)
            paused = paused_by is not None and paused_by.test(context.case.holds)
            for promise in state.open:  # settling one gives the state a new list, and leaves this one as it is
                opening = opening_data(promise) if asks_rows else promise.opening and promise.opening.data
                if expect is not None and expect(data, opening):
                    self._settle(state, promise, "kept", event, context)
                elif (
                    over
                    or (unless is not None and unless(data, opening))
                    or (follow is not None and follow(data, opening) and self._follow(promise, state, event, context))
                ):
                    self._settle(state, promise, "voided", event, context)
                    self._keep_brought(state, promise)
                elif promise.state in ("paused", "paused_warned"):
                    if (start is not None and start(data, opening)) or (paused_by is not None and not paused):
                        self._resume(promise, event, context)
                elif paused or (stop is not None and stop(data, opening)):
                    self._pause(promise, event.at, event, context)
            if len(context.transitions) > lines:
                self._set_alarm(state, context)

        carry_or_take_back = carry_on if self.shape.undo is None else self._taking_back(carry_on, event_type)
        return carry_or_take_back if follow is None else self._bringing(carry_or_take_back, follow)

    def _let_go(
        self,
        state: StandardState[Event],
        event: Event,
        context: JudgeContext[Event],
        ending: tuple[Test | None, Test | None],
    ) -> None:
        """Let go of needs that were not owed yet, or not any more, where the event ends them."""
        data = self._rows.data
        if state.standing is not None and ends(data(state.standing), *ending, event):
            state.standing = None
        if state.barred is not None and ends(data(state.barred), *ending, event):
            state.barred = None
        waiting = state.waiting
        if waiting is not None and (not self.standard.owes(context.case.holds) or ends(data(waiting), *ending, event)):
            self._stop_waiting(state, context)

    def _catch_up(
        self,
        state: StandardState[Event],
        event: Event,
        context: JudgeContext[Event],
        ending: tuple[Test | None, Test | None],
    ) -> None:
        """End what is overdue, was excused or waits for the end of a rest: it was done, or is not needed any more."""
        expect, unless = ending
        over = not self.standard.owes(context.case.holds)
        self._let_go(state, event, context, ending)
        for promise in state.overdue:
            opening = opening_data(promise)
            if promise.opened > event.at:  # what comes too late can be from before it
                continue
            if expect is not None and expect(event.data, opening):
                kind: Kind = "fulfilled_late"
                in_time: State = "kept"
            elif over or (unless is not None and unless(event.data, opening)):
                kind, in_time = "ended", "void"
            else:
                continue
            elapsed = self.clock.elapsed(promise, event.at)
            if context.settle and event.at <= promise.due:  # it was in time, and has come too late to be judged there
                context.reveal(self.standard, promise, "corrected", event, elapsed, in_time)
            else:
                context.write(self.standard, promise, kind, event.at, event, elapsed)
            context.relieve(state, promise, event.at)
            if kind == "fulfilled_late":
                self._done(state, promise)
            else:
                self._keep_brought(state, promise)

    def end_late(self, event: Event, context: JudgeContext[Event]) -> None:
        """End, by an event that came too late, what is overdue and, live, what is on the clock."""
        event_type = type_of(event)
        ending = test_for(self.shape.expect, event_type), test_for(self.shape.unless, event_type)
        state = context.case.states.get(self.standard.revision)
        if state is None or ending == (None, None):
            return
        self._catch_up(state, event, context, ending)
        if context.settle:
            self._end_open(state, event, context, ending)

    def _end_open(
        self,
        state: StandardState[Event],
        event: Event,
        context: JudgeContext[Event],
        ending: tuple[Test | None, Test | None],
    ) -> None:
        """End what is on the clock by an event that came too late, and was in time."""
        (expect, unless), before = ending, state.open
        for promise in before:
            if not promise.opened <= event.at <= promise.due:
                continue
            if expect is not None and expect(event.data, opening_data(promise)):
                self._settle(state, promise, "kept", event, context)
            elif unless is not None and unless(event.data, opening_data(promise)):
                self._settle(state, promise, "voided", event, context)
        if state.open is not before:
            self._set_alarm(state, context)

    def on_timer(self, state: StandardState[Event], at: int, context: JudgeContext[Event]) -> None:
        """Give the warnings and verdicts that fall exactly at `at`, and open what waited for the end of a rest."""
        if state.waiting is not None and state.rest_until <= at:
            self.openings.end_rest(state, at, context, retired=self.standard.retired)
        for promise in state.overdue:
            if promise.wake <= at:
                context.write(self.standard, promise, "given_up", at, elapsed=self.clock.elapsed(promise, at))
                context.relieve(state, promise, at)
        for promise in tuple(state.open):
            if promise.wake != at:
                continue
            elapsed = self.clock.elapsed(promise, at)
            if at < promise.due:
                context.write(self.standard, promise, "warned", at, elapsed=elapsed)
                promise.step += 1
                self.clock.run(promise)
                continue
            dark = context.dark(self.standard, at, promise.opened)
            context.write(self.standard, promise, "lost" if dark else "broken", at, elapsed=elapsed)
            if dark:
                context.close(state, promise, at)
            else:
                context.owe(state, promise, at, promise.due + self.shape.owed_for)
        self._set_alarm(state, context)

    def on_late_event(self, case: Case[Event], event: Event, context: JudgeContext[Event]) -> bool:
        """Take in an event that came too late to be judged where it belongs. Says whether it changed anything.

        It ends what is overdue and, live, what is on the clock, and opens what it would have opened: on the clock where
        that is due ahead, and unknown where it was due before this was known, since what happened meanwhile was judged
        without it.
        """
        event_type = type_of(event)
        lines = len(context.transitions)
        when = None if self.standard.retired else test_for(self.shape.when, event_type)
        opens = when is not None and when(event.data, None) and self._is_owed(event)
        opens = opens and counts_late(self.standard, event_type, case, event)
        state = case.state_of(self.standard.revision) if opens else case.states.get(self.standard.revision)
        if state is None:
            return False
        self.end_late(event, context)
        if opens:
            self._begin(event_type)(event.at, state, event, context)
            if state.waiting is event and state.rest_until <= case.time:
                self.openings.end_rest(state, state.rest_until, context, retired=False)
            known = max(case.time, event.received)
            for promise in [each for each in state.open if each.opening is event and each.due <= known]:
                context.write(self.standard, promise, "lost", promise.due, reason="came-too-late")
                context.close(state, promise, promise.due)
            self._set_alarm(state, context)
        return len(context.transitions) > lines
