"""The shapes, but for the level in `levels.py`, each as docs/semantics.md tells it, in its order of sentences.

Read `watch.py` first.
"""

from collections.abc import Iterator
from functools import partial
from typing import Any

from tests.oracle import opening_hours
from tests.oracle.language import holds, span
from tests.oracle.levels import Level, Rolling
from tests.oracle.targets import Targets
from tests.oracle.watch import Event, Owed, Ring, Watch, clause, names

PERIODS = ("day", "week", "month")


class Response(Targets):
    awaited = ("expect", "unless")

    def forget(self) -> None:
        super().forget()
        self.held = False
        self.still = False
        self.rest = -1
        self.waits: Event | None = None
        self.excused: Event | None = None

    def event(self, event: Event) -> None:
        if self._pauses_all():
            ends = self.still and self.matches("pause.until", event)
            self.still = self.matches("pause.when", event) or (self.still and not ends)
        self.waits, self.excused = (need and self._left(need, event) for need in (self.waits, self.excused))
        for promise in self.overdue():
            if self.matches("expect", event, promise.opening):
                self._end(promise, "fulfilled_late", event["time"])
            elif self.matches("unless", event, promise.opening):
                self._end(promise, "ended", event["time"])
        for promise in self.open():
            self._touch(promise, event)
        if event["type"] == names(self.standard)["when"]:
            self._see(event)

    def _left(self, need: Event, event: Event) -> Event | None:
        """Give what was needed, unless this event ends it: it was done, or is not needed, or is not so any more."""
        over = self.matches("expect", event, need) or self.matches("unless", event, need)
        gone = event["type"] == names(self.standard)["when"] and not self.matches("when", event)
        return None if over or gone else need

    def _see(self, event: Event) -> None:
        """Open a promise, where `again` lets this event open one."""
        _, where = clause(self.standard["when"])
        rises = where is None or not self.held
        self.held = self.matches("when", event)
        followed = any(self.matches("follow", event, promise.opening) for promise in self.owed())
        if not self.held or followed or self.owes_nothing(event):
            return
        match self._again():
            case "each":
                self.begin(event["time"], event)
            case "rise" if rises and not self.open():
                self.begin(event["time"], event)
            case "judged" if not self.open():
                self.begin(event["time"], event)
            case "done" if not self.owed() and not self.excused:
                if event["time"] <= self.rest:
                    self.waits = event
                else:
                    self.begin(event["time"], event)

    def _pauses_all(self) -> bool:
        """Say whether what stops the clock is the same for every promise, and so was there before one was made."""
        return "pause" in self.standard and "opening." not in str(self.standard["pause"])

    def begin(self, at: int, opening: Event | None) -> Owed:
        promise = super().begin(at, opening)
        if self.still:
            self.stop(promise, at)
            promise.say("paused", at)
        return promise

    def _stops(self, promise: Owed, event: Event) -> bool:
        return self.still if self._pauses_all() else self.matches("pause.when", event, promise.opening)

    def _goes_on(self, promise: Owed, event: Event) -> bool:
        return not self.still if self._pauses_all() else self.matches("pause.until", event, promise.opening)

    def _touch(self, promise: Owed, event: Event) -> None:
        at = event["time"]
        if self.matches("expect", event, promise.opening):
            promise.say("kept", at, "kept")
            if "rest" in self.standard:
                self.rest = at + span(self.standard["rest"])
        elif self.matches("unless", event, promise.opening):
            promise.say("voided", at, "void")
        else:
            self._carry_on(promise, event)

    def _carry_on(self, promise: Owed, event: Event) -> None:
        at = event["time"]
        if self.matches("follow", event, promise.opening):
            self.follow(promise, event)
        if promise.verdict != "open":
            return
        if promise.paused and self._goes_on(promise, event):
            self.go_on(promise, at)
            promise.say("resumed", at)
        elif not promise.paused and self._stops(promise, event):
            self.stop(promise, at)
            promise.say("paused", at)

    def overdue(self) -> list[Owed]:
        return [promise for promise in self.reach if promise.verdict == "broken" and promise.ended < 0]

    def excuse(self, promise: Owed) -> None:
        self.excused = promise.opening if self.held else None

    @staticmethod
    def _end(promise: Owed, kind: str, at: int) -> None:
        promise.ended = at
        promise.say(kind, at)

    def rings(self) -> Iterator[Ring]:
        if self.waits:
            yield self.rest, self._rested
        for promise in self.overdue():
            owed_for = span(self.standard.get("owed_for", "7d"))
            yield promise.settled + owed_for, partial(self._end, promise, "given_up")
        for promise in self.open():
            if not promise.paused:
                yield from self.target_rings(promise, self._due)

    def _rested(self, at: int) -> None:
        opening, self.waits = self.waits, None
        self.begin(at, opening)

    def _due(self, promise: Owed, at: int) -> None:
        self.settle(promise, "broken", at)


class Precedence(Watch):
    awaited = ("expect",)

    def forget(self) -> None:
        super().forget()
        self.before: list[Event] = []

    def event(self, event: Event) -> None:
        at = event["time"]
        if self.matches("when", event):
            promise = self.begin(at, event)
            earliest = at - span(self.standard["within_last"])
            if any(earliest <= one["time"] and self.matches("expect", one, event) for one in self.before):
                promise.say("kept", at, "kept")
            else:
                self.settle(promise, "broken", at)
        self.before.append(event)


class Universality(Watch):
    def event(self, event: Event) -> None:
        if self.matches("when", event):
            verdict = "kept" if holds(self.standard["must"], event["data"]) else "broken"
            self.begin(event["time"], event).say(verdict, event["time"], verdict)


class Bounded(Watch):
    awaited = ("when",)

    def forget(self) -> None:
        super().forget()
        self.counted: list[int] = []
        self.over = False

    def counting(self, at: int) -> int:
        within = self.standard.get("within")
        return sum(within is None or at - one <= span(within) for one in self.counted)

    def event(self, event: Event) -> None:
        at, most = event["time"], self.standard["at_most"]
        opening = self.reach[-1].opening if self.reach else None
        if self.matches("until", event, opening):
            for promise in self.open():
                self.settle(promise, "kept", at)
            self.counted, self.over = [], False
        if not self.matches("when", event):
            return
        before = self.counting(at)
        opens = before <= most if self.over else before == 0
        self.counted.append(at)
        if opens and not self.open():
            self.begin(at, event)
            self.over = False
        if self.open() and self.counting(at) > most:
            self.open()[0].say("broken", at, "broken")
            self.over = True

    def rings(self) -> Iterator[Ring]:
        for promise in self.open():
            if "within" in self.standard:
                yield self.counted[-1] + span(self.standard["within"]), partial(self.settle, promise, "kept")


class Recurrence(Watch):
    awaited = ("expect",)

    def forget(self) -> None:
        super().forget()
        self.period: Owed | None = None
        self.closed_until: int | None = None

    def owes(self) -> bool:
        return self.period is not None or self.closed_until is not None

    def event(self, event: Event) -> None:
        if not self.owes():
            self._start(event["time"], event)
        if self.period and self.period.verdict == "open" and self.matches("expect", event):
            self.period.say("kept", event["time"], "kept")

    def rings(self) -> Iterator[Ring]:
        if self.closed_until is not None:
            yield self.closed_until, lambda at: self._start(at, None)
        if self.period is None:
            return
        opened, end = self.period.opened, self._end(self.period.opened)
        every = self.standard["every"]
        marks = [] if every in PERIODS else self.marks(span(every))
        if self.period.verdict == "open" and self.period.step < len(marks):
            mark = marks[self.period.step]
            at = max(opened, end - (span(every) - mark)) if self._days() else self.after(opened, mark)
            yield at, self._remind
        else:
            yield end, self._turn

    def _days(self) -> int:
        """Give how many days by the wall a period has; 0 where it is not made of such."""
        every = self.standard["every"]
        return span(every) // span("1d") if every[-1] in "dw" else 0

    def _end(self, at: int) -> int:
        every = self.standard["every"]
        if every in PERIODS:
            return opening_hours.next_bound(self.zone, at, every)
        if days := self._days():
            return opening_hours.same_time(self.zone, at, days)
        return self.after(at, span(every))

    def _start(self, at: int, opening: Event | None) -> None:
        """Begin a period, or wait for the first that has open time."""
        start, by_wall = at, self.standard["every"] in PERIODS or self._days()
        while (
            by_wall and start <= self.world.end and not opening_hours.open_time(self.calendar, start, self._end(start))
        ):
            start = self._end(start)
        self.period = self.begin(at, opening) if start == at else None
        self.closed_until = None if start == at else start

    def _remind(self, at: int) -> None:
        assert self.period
        self._warn(self.period, at)

    def _turn(self, at: int) -> None:
        assert self.period
        if self.period.verdict == "open":
            self.settle(self.period, "broken", at)
        self._start(at, None)


def watch_class(standard: dict[str, Any]) -> type[Watch]:
    """Tell the shape by its keys."""
    if "measure" in standard:
        return Rolling if "step" in standard else Level
    if "at_most" in standard:
        return Bounded
    if "every" in standard:
        return Recurrence
    if "must" in standard:
        return Universality
    return Precedence if "within_last" in standard else Response
