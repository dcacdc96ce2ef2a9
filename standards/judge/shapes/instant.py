"""Judging the two shapes whose verdict falls at the event itself: precedence and universality.

Precedence looks back: was `expect` seen at most `within_last` before? Universality looks at the event alone.
Read next: `judge.py`.
"""

from __future__ import annotations

from bisect import insort
from operator import attrgetter
from typing import TYPE_CHECKING, ClassVar

import msgspec

from standards.judge.events import type_of
from standards.judge.promise import NEVER, Promise
from standards.judge.shapes.machine import Machine, OpeningRows, test_for

if TYPE_CHECKING:
    from standards.expressions.expression import Condition
    from standards.judge.case import Case, StandardState
    from standards.judge.context import JudgeContext
    from standards.judge.events import Event
    from standards.judge.promise import Kind
    from standards.judge.shapes.machine import Reaction
    from standards.judge.standard import Clause, Standard


_AT = attrgetter("at")


def _judge_now(
    standard: Standard, state: StandardState[Event], verdict: Kind, event: Event, context: JudgeContext[Event]
) -> None:
    promise: Promise[Event] = Promise(opened=event.at, opening=event, due=event.at)
    context.write(standard, promise, "opened", event.at, cause=event)
    context.write(standard, promise, verdict, event.at, cause=event)
    context.close(state, promise, event.at)


class Universality(msgspec.Struct, frozen=True):
    """Each `when` satisfies `must`."""

    awaits: ClassVar[tuple[str, ...]] = ()
    when: Clause
    must: Condition

    def machine(self, standard: Standard, _siblings: tuple[str, ...]) -> UniversalityMachine:
        """Build what judges a standard of this shape."""
        return UniversalityMachine(standard, self)


class UniversalityMachine(Machine):
    """Judges one universality standard: every `when` satisfies `must`."""

    def __init__(self, standard: Standard, shape: Universality) -> None:
        self.standard = standard
        self.shape = shape

    def reaction(self, event_type: str, *, counts: bool = True) -> Reaction:
        """Give the function that judges events of one type."""
        standard, must = self.standard, self.shape.must.test
        when = None if standard.retired or not counts else test_for(self.shape.when, event_type)

        def on_event(case: Case[Event], event: Event, context: JudgeContext[Event]) -> None:
            if when is not None and when(event.data, None):
                verdict: Kind = "kept" if must(event.data, None) else "broken"
                _judge_now(standard, case.state_of(standard.revision), verdict, event, context)

        return on_event


class Precedence(msgspec.Struct, frozen=True):
    """Each `when` was preceded by `expect` at most `within_last` microseconds before."""

    awaits: ClassVar[tuple[str, ...]] = ("expect",)
    when: Clause
    expect: Clause
    within_last: int

    def machine(self, standard: Standard, _siblings: tuple[str, ...]) -> PrecedenceMachine:
        """Build what judges a standard of this shape."""
        return PrecedenceMachine(standard, self)


class PrecedenceMachine(Machine):
    """Judges one precedence standard: every `when` was preceded by `expect`."""

    def __init__(self, standard: Standard, shape: Precedence) -> None:
        self.standard = standard
        self.shape = shape
        self._rows = OpeningRows.of(standard)
        wheres = [each.where for each in shape.expect.all]
        self._by_opening = any(where is not None and where.opening_fields for where in wheres)

    def reaction(self, event_type: str, *, counts: bool = True) -> Reaction:
        """Give the function that judges events of one type."""
        standard, shape = self.standard, self.shape
        when = None if standard.retired or not counts else test_for(shape.when, event_type)
        remembered = not standard.retired and event_type in shape.expect.events

        def on_event(case: Case[Event], event: Event, context: JudgeContext[Event]) -> None:
            if when is not None and when(event.data, None):
                state = case.state_of(standard.revision)
                verdict: Kind = "lost" if context.dark(standard, event.at, event.at - shape.within_last) else "broken"
                if any(self._precedes(earlier, event) for earlier in state.recent or ()):
                    verdict = "kept"
                _judge_now(standard, state, verdict, event, context)
            if remembered and self._remembers(event, -NEVER):
                self._remember(case.state_of(standard.revision), event, context)

        return on_event

    def _remembers(self, event: Event, now: int) -> bool:
        """Say whether an event may still precede another one that comes after `now`."""
        expect = test_for(self.shape.expect, type_of(event))
        if self.standard.retired or expect is None or event.at + self.shape.within_last <= now:
            return False
        return self._by_opening or expect(event.data, None)

    def _precedes(self, earlier: Event, event: Event) -> bool:
        test = test_for(self.shape.expect, type_of(earlier))
        in_time = event.at - self.shape.within_last <= earlier.at <= event.at
        return in_time and test is not None and test(earlier.data, self._rows.data(event))

    def _remember(self, state: StandardState[Event], event: Event, context: JudgeContext[Event]) -> None:
        if state.recent is None:
            state.recent = []
        elif not self._by_opening:  # the newest serves best, and the others no more
            state.recent = [earlier for earlier in state.recent if earlier.at > event.at]
        insort(state.recent, event, key=_AT)
        state.wake = state.recent[0].at + self.shape.within_last
        context.case.wake = min(context.case.wake, state.wake)

    def on_timer(self, state: StandardState[Event], at: int, context: JudgeContext[Event]) -> None:
        """Forget the events that can no longer precede another."""
        state.recent = [earlier for earlier in state.recent or () if earlier.at + self.shape.within_last > at] or None
        state.wake = state.recent[0].at + self.shape.within_last if state.recent else NEVER
        context.case.wake = min(context.case.wake, state.wake)
