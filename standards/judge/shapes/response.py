"""Judging the response shape: after `when`, `expect` follows within the time, unless the need goes away first.

An event that both fulfils and voids, fulfils. A promise breaks at its deadline, not when that is noticed. The clock
counts open time only; a pause stops it, and a pause outside opening hours therefore costs nothing.
Knows: one standard of this shape. Must not know: other standards, or how events were held. Read next: `judge.py`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from standards.judge.events import type_of
from standards.judge.promise import NEVER, VERDICTS, Promise
from standards.judge.standard import CORRECTIONS_HORIZON, clauses

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from standards.judge.case import Case, Docket, Slot
    from standards.judge.events import Event
    from standards.judge.promise import Kind, State
    from standards.judge.standard import Clause, Response, Standard

    Test = Callable[[Any, Any], bool]
    Carry = Callable[[Slot[Event], Event, Docket[Event]], None]
    Reaction = Callable[[Case[Event], Event, Docket[Event]], None]


def always(_data: object, _opening: object) -> bool:
    """Hold for every event: the condition of a clause without `where`."""
    return True


def test_for(clause: Clause | None, event_type: str) -> Test | None:
    """Give the test that a clause makes of events of a type, or None where the type does not concern it."""
    if clause is None or clause.event != event_type:
        return None
    return always if clause.where is None else clause.where.test


def opening_data(promise: Promise[Event]) -> object:
    """Give the data of the event that opened a promise: the `opening` of conditions."""
    return promise.opening.data if promise.opening is not None else None


class ResponseMachine:
    """Judges one response standard, one subject at a time. `siblings` are other revisions of the same standard."""

    def __init__(self, standard: Standard, shape: Response, siblings: tuple[str, ...]) -> None:
        self.standard = standard
        self.shape = shape
        self.siblings = siblings

    def reaction(self, event_type: str) -> Reaction:
        """Give the function that judges events of one type. A closure, since it runs for every event there is."""
        shape, revision = self.shape, self.standard.revision
        carry_on, open_one = self._carry_on(event_type), self._open
        when = None if self.standard.retired else test_for(shape.when, event_type)
        always_rising = shape.each or shape.when.where is None
        closes = event_type in {c.event for name, c in clauses(shape).items() if name != "when"}

        def close(case: Case[Event], event: Event, docket: Docket[Event]) -> None:
            slot = case.slots.get(revision)
            if slot is not None and (slot.open or slot.overdue):
                carry_on(slot, event, docket)

        if when is None:
            return close

        def react(case: Case[Event], event: Event, docket: Docket[Event]) -> None:
            try:
                slot = case.slots[revision]
            except KeyError:
                slot = case.slot(revision)
            if closes and (slot.open or slot.overdue):
                carry_on(slot, event, docket)
            if when(event.data, None):
                if always_rising or not slot.up:
                    open_one(slot, event, docket)
                slot.up = True
            else:
                slot.up = False

        return react

    def _carry_on(self, event_type: str) -> Carry:
        expect, unless = test_for(self.shape.expect, event_type), test_for(self.shape.unless, event_type)
        pause = self.shape.pause
        stop = test_for(pause.when, event_type) if pause else None
        start = test_for(pause.until, event_type) if pause else None

        def carry_on(slot: Slot[Event], event: Event, docket: Docket[Event]) -> None:
            if slot.overdue:
                self._catch_up(slot, event, docket, expect, unless)
            lines = len(docket.transitions)
            data = event.data
            for promise in slot.open:  # settling one gives the slot a new list, and leaves this one as it is
                opening = promise.opening.data if promise.opening is not None else None
                if expect is not None and expect(data, opening):
                    self._settle(slot, promise, "kept", event, docket)
                elif unless is not None and unless(data, opening):
                    self._settle(slot, promise, "voided", event, docket)
                elif promise.state in ("paused", "paused_warned"):
                    if start is not None and start(data, opening):
                        self._resume(promise, event, docket)
                elif stop is not None and stop(data, opening):
                    self._pause(promise, event, docket)
            if len(docket.transitions) > lines:
                self._set_alarm(slot, docket)

        return carry_on

    def _set_alarm(self, slot: Slot[Event], docket: Docket[Event]) -> None:
        slot.wake = min([promise.wake for promise in slot.open]) if slot.open else NEVER
        docket.wake(slot)

    def _open(self, slot: Slot[Event], event: Event, docket: Docket[Event]) -> None:
        shape = self.shape
        if not shape.each and (slot.open or docket.owes(self.siblings)):
            return
        at = event.at
        promise: Promise[Event] = Promise(at, event, running_since=at)
        self._run(promise)
        slot.open.append(promise)
        docket.write(self.standard, promise, "opened", at, event)
        if promise.wake < slot.wake:
            slot.wake = promise.wake
            docket.case.wake = min(docket.case.wake, promise.wake)

    def _run(self, promise: Promise[Event]) -> None:
        """Set the deadline and the next wake-up of a promise whose clock runs since `running_since`."""
        shape = self.shape
        if shape.hours is None and not shape.warn:
            promise.due = promise.wake = promise.running_since + shape.within - promise.spent
            return
        promise.due = self._after(promise, shape.within)
        rung = promise.rung
        promise.wake = (
            promise.due if rung >= len(shape.warn) else min(self._after(promise, shape.warn[rung]), promise.due)
        )

    def _after(self, promise: Promise[Event], mark: int) -> int:
        left = max(0, mark - promise.spent)
        hours = self.shape.hours
        return promise.running_since + left if hours is None else hours.due(promise.running_since, left)

    def elapsed(self, promise: Promise[Event], at: int) -> int:
        """Give the open time, in microseconds, that the promise's clock has counted up to `at`."""
        if at <= promise.running_since or promise.state in ("paused", "paused_warned"):
            return promise.spent
        hours = self.shape.hours
        return promise.spent + (
            at - promise.running_since if hours is None else hours.between(promise.running_since, at)
        )

    def _settle(
        self, slot: Slot[Event], promise: Promise[Event], kind: Kind, event: Event, docket: Docket[Event]
    ) -> None:
        docket.write(self.standard, promise, kind, event.at, event, self.elapsed(promise, event.at))
        docket.settle(slot, promise, event.at, reversible=True)

    def _pause(self, promise: Promise[Event], event: Event, docket: Docket[Event]) -> None:
        promise.spent = self.elapsed(promise, event.at)
        docket.write(self.standard, promise, "paused", event.at, cause=event, elapsed=promise.spent)
        promise.wake = NEVER

    def _resume(self, promise: Promise[Event], event: Event, docket: Docket[Event]) -> None:
        promise.running_since = event.at
        self._run(promise)
        docket.write(self.standard, promise, "resumed", event.at, cause=event, elapsed=promise.spent)

    def _catch_up(
        self, slot: Slot[Event], event: Event, docket: Docket[Event], expect: Test | None, unless: Test | None
    ) -> None:
        """Note a fulfilment that came after the deadline; when the need has gone away, stop looking for one."""
        since = slot.relieved
        waiting = []
        for promise in reversed(slot.settled):
            if promise.settled <= since:
                break
            if _can_be_late(promise, slot, event.at):
                waiting.append(promise)
        for promise in waiting:
            if expect is not None and expect(event.data, opening_data(promise)):
                elapsed = self.elapsed(promise, event.at)
                docket.write(self.standard, promise, "fulfilled_late", event.at, cause=event, elapsed=elapsed)
            elif unless is not None and unless(event.data, opening_data(promise)):
                slot.relieved = event.at
        slot.overdue = sum(_can_be_late(promise, slot, event.at) for promise in waiting)
        if not slot.overdue:
            slot.relieved = max(slot.relieved, event.at)

    def ring(self, slot: Slot[Event], at: int, docket: Docket[Event]) -> None:
        """Let time have its say: give the warnings and verdicts that fall exactly at `at`."""
        for promise in tuple(slot.open):
            if promise.wake != at:
                continue
            elapsed = self.elapsed(promise, at)
            if at < promise.due:
                docket.write(self.standard, promise, "warned", at, elapsed=elapsed)
                promise.rung += 1
                self._run(promise)
                continue
            dark = docket.dark(self.standard, at)
            docket.write(self.standard, promise, "lost" if dark else "broken", at, elapsed=elapsed)
            docket.settle(slot, promise, at)
            slot.overdue += not dark
        self._set_alarm(slot, docket)

    def evidence(self, slot: Slot[Event], event: Event, docket: Docket[Event]) -> bool:
        """Hear an event that came after its time. Says whether it changed anything."""
        event_type = type_of(event)
        expect, unless = test_for(self.shape.expect, event_type), test_for(self.shape.unless, event_type)
        lines = len(docket.transitions)
        for promise in (*slot.open, *slot.settled):
            opening = opening_data(promise)
            if event.at < promise.opened:
                continue
            if expect is not None and expect(event.data, opening):
                self._reconsider(slot, promise, "kept", event, docket)
            elif unless is not None and unless(event.data, opening):
                self._reconsider(slot, promise, "void", event, docket)
        self._set_alarm(slot, docket)
        return len(docket.transitions) > lines

    def _reconsider(
        self, slot: Slot[Event], promise: Promise[Event], verdict: State, event: Event, docket: Docket[Event]
    ) -> None:
        elapsed = self.elapsed(promise, event.at)
        if promise.state not in VERDICTS:
            docket.reveal(self.standard, promise, "kept" if verdict == "kept" else "voided", event, elapsed=elapsed)
            docket.settle(slot, promise, event.at, reversible=True)
        elif promise.state == "broken" and event.at > promise.due:
            if verdict == "kept" and _can_be_late(promise, slot, docket.case.time):
                docket.reveal(self.standard, promise, "fulfilled_late", event, elapsed=elapsed)
        elif event.at <= promise.due and docket.correctable(promise, verdict, event.at):
            docket.reveal(self.standard, promise, "corrected", event, elapsed=elapsed, corrected=verdict)
            promise.settled = event.at


def _can_be_late(promise: Promise[Event], slot: Slot[Event], at: int) -> bool:
    return promise.state == "broken" and slot.relieved < promise.settled and at - promise.settled <= CORRECTIONS_HORIZON
