"""When the next promise of a response opens: what `again` and `rest` say, and what an excuse bars.

An event at which `when` holds opens a promise, joins one that is owed, or waits for the end of a rest.
Knows: what is owed at this moment. Must not know: deadlines, or how a promise ends. Read next: `response.py`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, NamedTuple, assert_never

if TYPE_CHECKING:
    from collections.abc import Callable

    from standards.judge.case import StandardState
    from standards.judge.context import JudgeContext
    from standards.judge.events import Event
    from standards.judge.promise import Promise
    from standards.judge.shapes.machine import Test

    Begin = Callable[[StandardState[Event], Event, JudgeContext[Event]], None]
    OpenAt = Callable[[int, StandardState[Event], Event, JudgeContext[Event]], None]

Again = Literal["done", "judged", "each", "rise"]
"""When the next promise may open: when none is owed, when none is on the clock, always, or when it begins to be so."""


class Openings(NamedTuple):
    """Opens promises by `again`, with `open_at`. `siblings` are other revisions of the same standard.

    `always_rises`: there is no condition that could begin to hold, so each event is a rise.
    """

    again: Again
    siblings: tuple[str, ...]
    open_at: OpenAt
    always_rises: bool

    def begin(self) -> Begin:
        """Give what an event at which `when` holds does."""
        match self.again:
            case "each":
                return self._open
            case "rise":
                return self._at_a_rise
            case "judged":
                return self._when_judged
            case "done":
                return self._when_done
            case _:
                assert_never(self.again)

    def _open(self, state: StandardState[Event], event: Event, context: JudgeContext[Event]) -> None:
        self.open_at(event.at, state, event, context)

    def _at_a_rise(self, state: StandardState[Event], event: Event, context: JudgeContext[Event]) -> None:
        if self.always_rises or not state.up:
            self._when_judged(state, event, context)

    def _when_judged(self, state: StandardState[Event], event: Event, context: JudgeContext[Event]) -> None:
        if state.open:
            join(state.open[-1], event)
        elif context.owes(self.siblings):
            join(context.owed(self.siblings), event)
        else:
            self._open(state, event, context)

    def _when_done(self, state: StandardState[Event], event: Event, context: JudgeContext[Event]) -> None:
        if owed := self._owed(state, context):
            join(owed, event)
        elif state.barred is not None:
            return
        elif event.at <= state.rest_until:
            state.waiting = event
        else:
            self._open(state, event, context)

    def begin_at(self, at: int, state: StandardState[Event], event: Event, context: JudgeContext[Event]) -> None:
        """Do at `at` what an event does at its own time: it spoke of something that is owed from `at` on."""
        owed = self._owed(state, context) if self.again == "done" else None
        if owed is None and self.again != "each" and (state.open or context.owes(self.siblings)):
            owed = state.open[-1] if state.open else context.owed(self.siblings)
        if owed is not None:
            join(owed, event)
        elif self.again == "done" and state.barred is None and at <= state.rest_until:
            state.waiting = event
        elif state.barred is None and not (self.again == "rise" and state.up and not self.always_rises):
            self.open_at(at, state, event, context)

    def end_rest(self, state: StandardState[Event], at: int, context: JudgeContext[Event], *, retired: bool) -> None:
        """Open at the end of a rest, `at`, what waited for it. A retired standard opens nothing any more."""
        event, state.waiting = state.waiting, None
        if event is None or retired:
            return
        if owed := self._owed(state, context):
            join(owed, event)
        else:
            self.open_at(at, state, event, context)

    def _owed(self, state: StandardState[Event], context: JudgeContext[Event]) -> Promise[Event] | None:
        if state.open:
            return state.open[-1]
        return state.overdue[-1] if state.overdue else context.owed(self.siblings)


def ends(opening: Event, expect: Test | None, unless: Test | None, event: Event) -> bool:
    """Say whether an event ends the need that another one spoke of: it was done, or it is no more."""
    return any(test is not None and test(event.data, opening.data) for test in (expect, unless))


def join(promise: Promise[Event] | None, event: Event) -> None:
    """Note on a promise that is owed an event that would otherwise have opened one of its own."""
    if promise is not None:
        promise.joined += 1
        promise.joined_at = event.at
