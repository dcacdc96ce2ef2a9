"""Judging the bounded shape: at most so many events, in any stretch of time, over a life, or up to an end.

The promise opens with the first event that counts. It breaks once, at the event that exceeds the bound; with `within`
it opens again when the count has fallen back to the bound. An event counts up to and including `within` after it.
Knows: one standard of this shape. Must not know: other standards. Read next: `judge.py`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from standards.judge.events import type_of
from standards.judge.promise import NEVER, VERDICTS, Promise
from standards.judge.shapes.response import opening_data, test_for

if TYPE_CHECKING:
    from standards.judge.case import Case, Docket, Slot
    from standards.judge.events import Event
    from standards.judge.promise import Kind
    from standards.judge.shapes.response import Reaction
    from standards.judge.standard import Bounded, Standard


class BoundedMachine:
    """Judges one bounded standard, one subject at a time. `siblings` are other revisions of the same standard."""

    def __init__(self, standard: Standard, shape: Bounded, siblings: tuple[str, ...]) -> None:
        self.standard = standard
        self.shape = shape
        self.siblings = siblings

    def reaction(self, event_type: str) -> Reaction:
        """Give the function that judges events of one type."""
        revision, retired = self.standard.revision, self.standard.retired
        when, until = test_for(self.shape.when, event_type), test_for(self.shape.until, event_type)

        def react(case: Case[Event], event: Event, docket: Docket[Event]) -> None:
            slot = case.slots.get(revision)
            if when is not None and when(event.data, None):
                if slot is None and not retired and not docket.owes(self.siblings):
                    slot = case.slot(revision)
                if slot is not None and (slot.open or not retired):
                    self._count(slot, event, docket)
            if until is not None and slot is not None:
                opening = opening_data(slot.open[0]) if slot.open else None
                if (slot.times or slot.tripped) and until(event.data, opening):
                    self._close(slot, event.at, docket, event)

        return react

    def _count(self, slot: Slot[Event], event: Event, docket: Docket[Event]) -> None:
        shape = self.shape
        opens = not slot.open and not slot.tripped and (slot.up or not slot.times)
        times = slot.times = [*(slot.times or ()), event.at][-shape.at_most - 1 :]  # older ones decide nothing
        if opens:
            slot.up = False
            promise: Promise[Event] = Promise(opened=event.at, opening=event)
            slot.open.append(promise)
            docket.write(self.standard, promise, "opened", event.at, cause=event)
        if shape.within is not None:
            slot.wake = times[0] + shape.within
            docket.case.wake = min(docket.case.wake, slot.wake)
        if len(times) > shape.at_most and slot.open:
            promise = slot.open[0]
            docket.write(self.standard, promise, "broken", event.at, cause=event)
            docket.settle(slot, promise, event.at)
            slot.tripped = True
        if shape.within is None and slot.tripped:
            slot.times = None  # broken for good: nothing is left to count, nor to remember the subject for

    def _close(self, slot: Slot[Event], at: int, docket: Docket[Event], cause: Event | None) -> None:
        """End the count: what was not exceeded is kept, unless the feed was too dark to know."""
        for promise in tuple(slot.open):
            kind: Kind = "lost" if docket.dark(self.standard, at) else "kept"
            docket.write(self.standard, promise, kind, at, cause=cause)
            docket.settle(slot, promise, at)
        slot.times, slot.tripped, slot.up, slot.wake = None, False, False, NEVER

    def ring(self, slot: Slot[Event], at: int, docket: Docket[Event]) -> None:
        """Let the events that no longer count fall out of the stretch of time."""
        within = self.shape.within or 0
        slot.times = [time for time in slot.times or () if time + within > at]
        if not slot.times:
            self._close(slot, at, docket, None)
            return
        if slot.tripped and len(slot.times) <= self.shape.at_most:
            slot.tripped, slot.up = False, True
        slot.wake = slot.times[0] + within
        docket.case.wake = min(docket.case.wake, slot.wake)

    def evidence(self, slot: Slot[Event], event: Event, docket: Docket[Event]) -> bool:
        """Hear after its time that the count had ended: the open promise is kept since then."""
        until = test_for(self.shape.until, type_of(event))
        for promise in tuple(slot.open):
            if until is None or event.at < promise.opened or not until(event.data, opening_data(promise)):
                continue
            if promise.state not in VERDICTS:
                docket.reveal(self.standard, promise, "kept", event)
                docket.settle(slot, promise, event.at)
                slot.times, slot.tripped, slot.wake = None, False, NEVER
                return True
        return False
