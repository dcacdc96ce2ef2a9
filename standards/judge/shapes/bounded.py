"""Judging the bounded shape: at most so many events, in any stretch of time, over a life, or up to an end.

The promise opens with the first event that counts. It breaks once, at the event that exceeds the bound; with `within`
it opens again when the count has fallen back to the bound. An event counts up to and including `within` after it.
Read next: `judge.py`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

import msgspec

from standards.judge.promise import NEVER, Promise
from standards.judge.shapes.machine import Machine, OpeningRows, opening_data, test_for

if TYPE_CHECKING:
    from standards.judge.case import Case, StandardState
    from standards.judge.context import JudgeContext
    from standards.judge.events import Event
    from standards.judge.promise import Kind
    from standards.judge.shapes.machine import Reaction
    from standards.judge.standard import Clause, Standard


class Bounded(msgspec.Struct, frozen=True):
    """At most `at_most` of `when`: in any `within` microseconds, or over the subject's life, or up to `until`."""

    awaits: ClassVar[tuple[str, ...]] = ("when",)
    when: Clause
    at_most: int
    within: int | None = None
    until: Clause | None = None

    @property
    def ends(self) -> bool:
        """Say whether it can be kept: without an end it waits for a break for as long as its subject lives."""
        return self.within is not None or self.until is not None

    def machine(self, standard: Standard, siblings: tuple[str, ...]) -> BoundedMachine:
        """Build what judges a standard of this shape."""
        return BoundedMachine(standard, self, siblings)


class BoundedMachine(Machine):
    """Judges one bounded standard, one subject at a time. `siblings` are other revisions of the same standard."""

    def __init__(self, standard: Standard, shape: Bounded, siblings: tuple[str, ...]) -> None:
        self.standard = standard
        self.shape = shape
        self.siblings = siblings
        self._rows = OpeningRows.of(standard)

    def reaction(self, event_type: str, *, counts: bool = True) -> Reaction:
        """Give the function that judges events of one type."""
        revision, retired = self.standard.revision, self.standard.retired
        when = test_for(self.shape.when, event_type) if counts else None
        until = test_for(self.shape.until, event_type)

        def on_event(case: Case[Event], event: Event, context: JudgeContext[Event]) -> None:
            state = case.states.get(revision)
            if when is not None and when(event.data, None):
                if state is None and not retired and not context.owes(self.siblings):
                    state = case.state_of(revision)
                if state is not None and (state.open or not retired):
                    self._count(state, event, context)
            if until is not None and state is not None:
                opening = opening_data(state.open[0]) if state.open else None
                if (state.times or state.tripped) and until(event.data, opening):
                    self._close(state, event.at, context, event)

        return on_event

    def _count(self, state: StandardState[Event], event: Event, context: JudgeContext[Event]) -> None:
        shape = self.shape
        opens = not state.open and not state.tripped and (state.up or not state.times)
        times = state.times = [*(state.times or ()), event.at][-shape.at_most - 1 :]  # older ones decide nothing
        if opens:
            state.up = False
            promise: Promise[Event] = Promise(opened=event.at, opening=event, rows=self._rows.copy(event))
            state.open.append(promise)
            context.write(self.standard, promise, "opened", event.at, cause=event)
        if shape.within is not None:
            state.wake = times[0] + shape.within
            context.case.wake = min(context.case.wake, state.wake)
        if len(times) > shape.at_most and state.open:
            promise = state.open[0]
            context.write(self.standard, promise, "broken", event.at, cause=event)
            context.close(state, promise, event.at)
            state.tripped = True
        if shape.within is None and state.tripped:
            state.times = None  # broken for good: nothing is left to count, nor to remember the subject for

    def _close(self, state: StandardState[Event], at: int, context: JudgeContext[Event], cause: Event | None) -> None:
        """End the count: what was not exceeded is kept, unless the feed was too dark to know."""
        for promise in tuple(state.open):
            kind: Kind = "lost" if context.dark(self.standard, at, promise.opened) else "kept"
            context.write(self.standard, promise, kind, at, cause=cause)
            context.close(state, promise, at)
        self.forget(state)

    def forget(self, state: StandardState[Event]) -> None:
        """Count anew from the next event that counts."""
        state.times, state.tripped, state.up, state.wake = None, False, False, NEVER

    def on_timer(self, state: StandardState[Event], at: int, context: JudgeContext[Event]) -> None:
        """Let the events that no longer count fall out of the stretch of time."""
        within = self.shape.within or 0
        state.times = [time for time in state.times or () if time + within > at]
        if not state.times:
            self._close(state, at, context, None)
            return
        if state.tripped and len(state.times) <= self.shape.at_most:
            state.tripped, state.up = False, True
        state.wake = state.times[0] + within
        context.case.wake = min(context.case.wake, state.wake)
