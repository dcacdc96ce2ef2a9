"""When the next promise of a response opens: what `again` and `rest` say, and what an excuse bars.

An event at which `when` holds opens a promise, joins one that is owed, or waits for the end of a rest.
Knows: what is owed at this moment. Must not know: deadlines, or how a promise ends.
Read next: `response_machine.py`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, NamedTuple, assert_never

from standards.judge.events import type_of
from standards.judge.numbers import Numbers, asked_of, given

if TYPE_CHECKING:
    from collections.abc import Callable

    from standards.judge.case import StandardState
    from standards.judge.context import JudgeContext
    from standards.judge.events import Event
    from standards.judge.promise import Promise
    from standards.judge.shapes.machine import Test
    from standards.judge.standard import Clause

    Begin = Callable[[int, StandardState[Event], Event, JudgeContext[Event]], None]

Again = Literal["done", "judged", "each", "rise"]
"""When the next promise may open: when none is owed, when none is on the clock, always, or when it begins to be so."""


class Openings(NamedTuple):
    """Opens promises by `again`, with `open_at`. `siblings` are other revisions of the same standard.

    `always_rise` names the event types without a condition that could begin to hold, so that each of them is a rise.
    `several`: what is so is remembered by event type. `asked` are the fields that `when` asks about.
    """

    again: Again
    siblings: tuple[str, ...]
    open_at: Begin
    always_rise: frozenset[str]
    several: bool
    asked: tuple[str, ...]

    @classmethod
    def of(cls, when: Clause, again: Again, siblings: tuple[str, ...], open_at: Begin) -> Openings:
        """Give the openings of a response by its `when`."""
        always_rise = frozenset(clause.event for clause in when.all if clause.where is None)
        several = len(when.events) > 1 or any(clause.lasting for clause in when.all)
        return cls(again, siblings, open_at, always_rise, several, asked_of(when))

    def begin(self) -> Begin:
        """Give what an event at which `when` holds does, at its own time or at that from which it counts."""
        match self.again:
            case "each":
                return self.open_at
            case "rise":
                return self._at_a_rise if self.several or self.always_rise else self._when_it_rises
            case "judged":
                return self._when_judged
            case "done":
                return self._when_done
            case _:
                assert_never(self.again)

    def _when_it_rises(self, at: int, state: StandardState[Event], event: Event, context: JudgeContext[Event]) -> None:
        if not state.up:
            self._when_judged(at, state, event, context)

    def _at_a_rise(self, at: int, state: StandardState[Event], event: Event, context: JudgeContext[Event]) -> None:
        event_type = type_of(event)
        was_so = event_type in state.up_by if self.several else state.up
        if not was_so or event_type in self.always_rise:
            self._when_judged(at, state, event, context)

    def _when_judged(self, at: int, state: StandardState[Event], event: Event, context: JudgeContext[Event]) -> None:
        if state.open:
            self.join(state.open[-1], event)
        elif context.owes(self.siblings):
            self.join(context.owed(self.siblings), event)
        else:
            self.open_at(at, state, event, context)

    def _when_done(self, at: int, state: StandardState[Event], event: Event, context: JudgeContext[Event]) -> None:
        if owed := self._owed(state, context):
            self.join(owed, event)
        elif state.barred is not None:
            return
        elif at <= state.rest_until:
            state.waiting = event
        else:
            self.open_at(at, state, event, context)

    def end_rest(self, state: StandardState[Event], at: int, context: JudgeContext[Event], *, retired: bool) -> None:
        """Open at the end of a rest, `at`, what waited for it. A retired standard opens nothing any more."""
        event, state.waiting = state.waiting, None
        if event is None or retired:
            return
        if owed := self._owed(state, context):
            self.join(owed, event)
        else:
            self.open_at(at, state, event, context)

    def join(self, promise: Promise[Event] | None, event: Event) -> None:
        """Note on a promise that is owed an event that would otherwise have opened one of its own."""
        if promise is not None:
            promise.joined += 1
            promise.joined_at = event.at
            if self.asked and (numbers := given(event.data, self.asked)):
                promise.numbers = Numbers(event.at, numbers)

    def _owed(self, state: StandardState[Event], context: JudgeContext[Event]) -> Promise[Event] | None:
        if state.open:
            return state.open[-1]
        return state.overdue[-1] if state.overdue else context.owed(self.siblings)


def ends(opening: object, expect: Test | None, unless: Test | None, event: Event) -> bool:
    """Say whether an event ends the need that another one, with this data, spoke of: it was done, or it is no more."""
    return any(test is not None and test(event.data, opening) for test in (expect, unless))
