"""Judging the recurrence shape: something happens in every period.

A period is open at its start and closed at its end: what happens exactly at the end still counts for it. A period that
was kept early stays kept, and the next one starts when it ends, not when it was kept.
Knows: one standard of this shape. Must not know: other standards. Read next: `judge.py`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from standards.calendar.hours import end_of_period
from standards.judge.events import type_of
from standards.judge.promise import NEVER, VERDICTS, Promise
from standards.judge.shapes.response import test_for

if TYPE_CHECKING:
    from standards.judge.case import Case, Docket, Slot
    from standards.judge.events import Event
    from standards.judge.shapes.response import Reaction
    from standards.judge.standard import Recurrence, Standard


class RecurrenceMachine:
    """Judges one recurrence standard, one subject at a time. `siblings` are other revisions of the same standard."""

    def __init__(self, standard: Standard, shape: Recurrence, siblings: tuple[str, ...]) -> None:
        self.standard = standard
        self.shape = shape
        self.siblings = siblings

    def reaction(self, event_type: str) -> Reaction:
        """Give the function that judges events of one type."""
        revision = self.standard.revision
        expect = test_for(self.shape.expect, event_type)
        names_subjects = not self.standard.retired and not self.shape.subjects

        def react(case: Case[Event], event: Event, docket: Docket[Event]) -> None:
            if expect is None:
                return
            slot = case.slots.get(revision)
            if slot is None:
                if not names_subjects or docket.owes(self.siblings):
                    return
                slot = case.slot(revision)
            if slot.until < 0:
                self._begin(slot, event.at, docket, event)
            if slot.open and expect(event.data, None):
                promise = slot.open[0]
                elapsed = self._elapsed(promise, event.at)
                docket.write(self.standard, promise, "kept", event.at, cause=event, elapsed=elapsed)
                docket.settle(slot, promise, event.at)
                self._set_alarm(slot, docket)

        return react

    def start(self, case: Case[Event], at: int, docket: Docket[Event]) -> None:
        """Begin to owe a subject that the standard lists, unless it is owed already."""
        if self.standard.retired or case.key not in self.shape.subjects or docket.owes(self.siblings):
            return
        slot = case.slot(self.standard.revision)
        if slot.until < 0:
            self._begin(slot, at, docket, None)

    def _begin(self, slot: Slot[Event], at: int, docket: Docket[Event], cause: Event | None) -> None:
        shape = self.shape
        promise: Promise[Event] = Promise(opened=at, opening=cause, running_since=at)
        if isinstance(shape.every, str):
            promise.due = end_of_period(at, shape.every, shape.zone)
        else:
            promise.due = self._after(at, shape.every)
        slot.until = promise.due
        slot.open.append(promise)
        docket.write(self.standard, promise, "opened", at, cause=cause)
        self._set_alarm(slot, docket)

    def _after(self, at: int, span: int) -> int:
        hours = self.shape.hours
        return at + span if hours is None else hours.due(at, span)

    def _elapsed(self, promise: Promise[Event], at: int) -> int:
        hours = self.shape.hours
        return at - promise.opened if hours is None else hours.between(promise.opened, at)

    def _set_alarm(self, slot: Slot[Event], docket: Docket[Event]) -> None:
        slot.wake = slot.until
        for promise in slot.open:
            warnings = (self._after(promise.opened, mark) for mark in self.shape.warn[promise.rung :])
            slot.wake = min(slot.until, next(warnings, slot.until))
        docket.case.wake = min(docket.case.wake, slot.wake)

    def ring(self, slot: Slot[Event], at: int, docket: Docket[Event]) -> None:
        """Let time have its say: warn, or end the period and begin the next one."""
        for promise in tuple(slot.open):
            elapsed = self._elapsed(promise, at)
            if at < slot.until:
                docket.write(self.standard, promise, "warned", at, elapsed=elapsed)
                promise.rung += 1
            else:
                dark = docket.dark(self.standard, at)
                docket.write(self.standard, promise, "lost" if dark else "broken", at, elapsed=elapsed)
                docket.settle(slot, promise, at)
        if at < slot.until:
            self._set_alarm(slot, docket)
        elif self.standard.retired:
            slot.wake, slot.until = NEVER, -1
        else:
            self._begin(slot, at, docket, None)

    def evidence(self, slot: Slot[Event], event: Event, docket: Docket[Event]) -> bool:
        """Hear after its time that it happened: the period it happened in is kept."""
        expect = test_for(self.shape.expect, type_of(event))
        if expect is None or not expect(event.data, None):
            return False
        for promise in (*slot.open, *slot.settled):
            if not promise.opened < event.at <= promise.due:
                continue
            elapsed = self._elapsed(promise, event.at)
            if promise.state not in VERDICTS:
                docket.reveal(self.standard, promise, "kept", event, elapsed=elapsed)
                docket.settle(slot, promise, event.at)
                self._set_alarm(slot, docket)
                return True
            if docket.correctable(promise, "kept", event.at):
                docket.reveal(self.standard, promise, "corrected", event, elapsed=elapsed, corrected="kept")
                promise.settled = event.at
                return True
        return False
