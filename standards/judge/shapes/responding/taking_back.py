"""Taking back what was done: the newest promise goes on with what was left, or its need stands while nothing is owed.

Read next: `response_machine.py`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from standards.judge.shapes.machine import opening_data, test_for
from standards.judge.shapes.responding.response_moves import ResponseMoves

if TYPE_CHECKING:
    from standards.judge.case import StandardState
    from standards.judge.context import JudgeContext
    from standards.judge.events import Event
    from standards.judge.promise import Promise
    from standards.judge.shapes.responding.response_moves import Carry


class TakingBack(ResponseMoves):
    """Takes back what was done, by the events of `undo`."""

    def _taking_back(self, carry_on: Carry, event_type: str) -> Carry:
        """Let events take back what was done, after they have ended what they end."""
        undo = None if self.shape.undo is None else test_for(self.shape.undo.when, event_type)

        def carry_on_or_back(state: StandardState[Event], event: Event, context: JudgeContext[Event]) -> None:
            done = state.undoable
            carry_on(state, event, context)
            if undo is None or done is None or state.undoable is not done:  # an event does not take back what it does
                return
            if undo(event.data, opening_data(done)):
                self._undo(state, event, context)
                self._set_alarm(state, context)

        return carry_on_or_back

    def _undo(self, state: StandardState[Event], event: Event, context: JudgeContext[Event]) -> None:
        """Take back that the newest promise was done: its clock goes on with what was left, or it is overdue again."""
        undo, promise = self.shape.undo, state.undoable
        if undo is None or promise is None or event.at - promise.last_at > undo.within:
            return
        if promise.state == "late" and promise.settled + self.shape.owed_for <= event.at:
            return  # nobody would wait for it any more
        if context.owes(self.siblings):
            return
        if not self.standard.owes(context.case.holds):
            self._let_stand(state, promise)
            return
        state.undoable, promise.runs = None, None
        state.rest_until, state.waiting = -1, None
        if self.standard.needed is not None and state.standing is None:
            self._stand(state, promise)  # should there be nothing to owe for a while
        if promise.state == "late":
            context.write(self.standard, promise, "undone", event.at, event, self.clock.elapsed(promise, event.at))
            context.owe(state, promise, promise.settled, promise.settled + self.shape.owed_for)
            return
        promise.settled = -1
        self.clock.take_back(promise, event.at)
        state.open.append(promise)
        context.write(self.standard, promise, "undone", event.at, event, promise.spent)
        if self._paused_by is not None and self._paused_by.test(context.case.holds):
            self._pause(promise, event.at, event, context)

    def _let_stand(self, state: StandardState[Event], done: Promise[Event]) -> None:
        """Let the need of what was done stand, though nothing is owed now: it begins anew when something is.

        What happened since stands already, and is the newer need.
        """
        state.outside, state.rest_until = True, -1
        if state.standing is None:
            self._stand(state, done)

    @staticmethod
    def _stand(state: StandardState[Event], promise: Promise[Event]) -> None:
        """Let the need of a promise stand, by what followed it."""
        state.standing = promise.opening
        state.brought = None if promise.target is None else promise.target.facts
