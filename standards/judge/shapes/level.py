"""Judging the level shape: a measure over a window of time, or over so many events, stays where it must.

A window opens with its first sample; its verdict falls at its end. Windows of time are open at their end: a sample at
that instant belongs to the next. A window with too few samples is void: it says nothing either way.
Knows: one standard of this shape. Must not know: other standards. Read next: `judge.py`.
"""

from __future__ import annotations

from bisect import insort
from typing import TYPE_CHECKING

from standards.calendar.hours import window_of
from standards.judge.case import Tally
from standards.judge.events import type_of
from standards.judge.promise import NEVER, Promise
from standards.judge.shapes.response import test_for

if TYPE_CHECKING:
    from standards.expressions.expression import Measure
    from standards.judge.case import Case, Docket, Slot
    from standards.judge.events import Event
    from standards.judge.promise import Kind
    from standards.judge.shapes.response import Reaction
    from standards.judge.standard import Level, Standard


def add_sample(tally: Tally, measure: Measure, data: object) -> bool:
    """Take one event's data into the running measure. A sample whose value is missing does not count: gives False.

    The sum carries its rounding error along (Neumaier 1974), so that the mean of equal samples is that sample.
    """
    raw = measure.of(data) if measure.of is not None else 1.0
    if raw is None:
        return False
    value = float(raw)
    tally.least = value if not tally.count else min(tally.least, value)
    tally.most = value if not tally.count else max(tally.most, value)
    tally.count += 1
    total = tally.total + value
    larger, smaller = (tally.total, value) if abs(tally.total) >= abs(value) else (value, tally.total)
    tally.lost += (larger - total) + smaller
    tally.total = total
    if measure.kind == "percentile":
        tally.samples = tally.samples or []
        insort(tally.samples, value)
    return True


def measured(tally: Tally, measure: Measure) -> float:
    """Give the measure's value over a tally of at least one sample.

    A percentile is by nearest rank: the smallest sample that at least that share of the samples does not exceed
    (Hyndman and Fan 1996, definition 1).
    """
    match measure.kind:
        case "mean" | "share":
            return (tally.total + tally.lost) / tally.count
        case "sum":
            return tally.total + tally.lost
        case "min":
            return tally.least
        case "max":
            return tally.most
        case "count":
            return float(tally.count)
        case "percentile":
            samples = tally.samples or [0.0]
            rank = -(-len(samples) * measure.percent // 100)  # ceiling
            return samples[max(0, int(rank) - 1)]


class LevelMachine:
    """Judges one level standard, one subject at a time. `siblings` are other revisions of the same standard."""

    def __init__(self, standard: Standard, shape: Level, siblings: tuple[str, ...]) -> None:
        self.standard = standard
        self.shape = shape
        self.siblings = siblings

    def reaction(self, event_type: str) -> Reaction:
        """Give the function that judges events of one type."""
        revision, retired = self.standard.revision, self.standard.retired
        when = test_for(self.shape.when, event_type)

        def react(case: Case[Event], event: Event, docket: Docket[Event]) -> None:
            if when is None or not when(event.data, None):
                return
            slot = case.slots.get(revision)
            if slot is None:
                if retired or docket.owes(self.siblings):
                    return
                slot = case.slot(revision)
            if slot.tally is None and not retired:
                self._begin(slot, event, docket)
            if slot.tally is not None:
                self._take(slot, event, docket)

        return react

    def _begin(self, slot: Slot[Event], event: Event, docket: Docket[Event]) -> None:
        promise: Promise[Event] = Promise(opened=event.at, opening=event)
        slot.tally = Tally()
        if not self.shape.count:
            _, end = window_of(event.at, self.shape.over, self.shape.zone)
            promise.due = slot.until = end
            slot.wake = end - 1  # the window's last microsecond: what comes at its end is no longer in it
            docket.case.wake = min(docket.case.wake, slot.wake)
        slot.open.append(promise)
        docket.write(self.standard, promise, "opened", event.at, cause=event)

    def _take(self, slot: Slot[Event], event: Event, docket: Docket[Event]) -> None:
        shape, tally = self.shape, slot.tally
        if tally is None:
            return
        add_sample(tally, shape.measure, event.data)
        if shape.count and tally.count >= shape.over:
            self._close(slot, event.at, docket, event)
            return
        for promise in slot.open:
            if not promise.rung and tally.count >= shape.at_least and tally.count and not self._good(tally):
                docket.write(self.standard, promise, "warned", event.at, cause=event)
                promise.rung = 1

    def _good(self, tally: Tally) -> bool:
        return self.shape.must.test(measured(tally, self.shape.measure))

    def _close(self, slot: Slot[Event], at: int, docket: Docket[Event], cause: Event | None) -> None:
        tally = slot.tally or Tally()
        for promise in tuple(slot.open):
            docket.write(self.standard, promise, self._verdict(tally, at, docket), at, cause=cause)
            docket.settle(slot, promise, at)
        slot.tally, slot.wake, slot.until = None, NEVER, -1

    def _verdict(self, tally: Tally, at: int, docket: Docket[Event]) -> Kind:
        if docket.dark(self.standard, at):
            return "lost"
        if not tally.count or tally.count < self.shape.at_least:
            return "voided"
        return "kept" if self._good(tally) else "broken"

    def ring(self, slot: Slot[Event], at: int, docket: Docket[Event]) -> None:
        """End the window: give its verdict at its end, the instant after its last one."""
        self._close(slot, at + 1, docket, None)

    def evidence(self, slot: Slot[Event], event: Event, docket: Docket[Event]) -> bool:
        """Take a sample that came after its time into the window it belongs to, while that one is open."""
        when = test_for(self.shape.when, type_of(event))
        if when is None or slot.tally is None or not slot.open or not when(event.data, None):
            return False
        if self.shape.count:
            inside = slot.open[0].opened <= event.at
        else:
            inside = window_of(event.at, self.shape.over, self.shape.zone)[1] == slot.until
        if not inside or not add_sample(slot.tally, self.shape.measure, event.data):
            return False
        if self.shape.count and slot.tally.count >= self.shape.over:
            for promise in slot.open:
                docket.reveal(self.standard, promise, self._verdict(slot.tally, event.at, docket), event)
                docket.settle(slot, promise, event.at)
            slot.tally = None
        return True
