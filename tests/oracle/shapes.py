"""The other shapes, but for the level in `levels.py`, each as docs/semantics.md tells it, in its order of sentences.

Read `watch.py` and `responses.py` first.
"""

from collections.abc import Iterator
from functools import partial
from typing import Any

from tests.oracle import opening_hours
from tests.oracle.language import holds, span
from tests.oracle.levels import Level, Rolling
from tests.oracle.opening_hours import PERIODS
from tests.oracle.responses import Response
from tests.oracle.watch import Event, Owed, Ring, Watch, facts


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
            verdict = "kept" if holds(self.standard["must"], facts(event)) else "broken"
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
        self.until: int | None = None

    def owes(self) -> bool:
        return self.until is not None

    def event(self, event: Event) -> None:
        if not self.owes():
            self._start(event["time"], event)
        if self.period and self.period.verdict == "open" and self.matches("expect", event):
            self.period.say("kept", event["time"], "kept")

    def rings(self) -> Iterator[Ring]:
        if self.until is None:
            return
        steps = self._warnings(self.until) if self._is_open() else []
        if self.period and self.period.step < len(steps) and max(self.now, steps[self.period.step]) < self.until:
            yield max(self.now, steps[self.period.step]), self._remind
        else:
            ahead, until = int(self.standard["every"] == "shift" and not self._is_open()), self.until
            yield max(self.now, until - ahead), lambda _: self._turn(until)  # a shift holds its start, where it can

    def _warnings(self, end: int) -> list[int]:
        """Give the instants at which to warn, in their order."""
        assert self.period
        opened, every = self.period.opened, self.standard["every"]
        whole = 0 if every in (*PERIODS, "shift") else span(every)
        by_wall = not whole or self._days()
        return [max(opened, end - (whole - it)) if by_wall else self.after(opened, it) for it in self.marks(whole)]

    def changed(self, at: int) -> None:
        """Let the days as they are now end a shift, move what is left of open hours, and leave days without any."""
        every, before = self.standard["every"], self.until
        if before is None:
            return
        now = before
        if every == "shift":
            now = self._changed_shift(at, before)
        elif self._by_wall():
            if self._is_open() and self.period and not self._has_hours(self.period.opened, before):
                self.period.say("voided", at, "void")
        elif self.period:
            now = self._end(self.period.opened)
        self.until = now
        if now != before and self.period and self._is_open():
            behind = sum(one <= at for one in self._warnings(now))
            self.period.step = max(min(self.period.step, behind), behind - 1)
            self.period.say("moved", at)

    def _is_open(self) -> bool:
        return self.period is not None and self.period.verdict == "open"

    def _changed_shift(self, at: int, before: int) -> int:
        """Give where the running shift ends now, or the next one begins: one that has begun by now owes nothing."""
        if self.period is None:
            return opening_hours.next_shift(self.calendar, at + (at != before))
        if opening_hours.said(self.calendar, self.day) < at:
            return before
        return next((end for start, end in opening_hours.bounds(self.calendar, self.day) if start <= at < end), at)

    def _by_wall(self) -> bool:
        return self.standard["every"] in PERIODS or bool(self._days())

    def _has_hours(self, start: int, end: int) -> bool:
        return opening_hours.open_time(self.calendar, start, end) > 0

    def _days(self) -> int:
        """Give how many days by the wall a period has; 0 where it is not made of such."""
        every = self.standard["every"]
        return span(every) // span("1d") if every[0].isdigit() and every[-1] in "dw" else 0

    def _end(self, at: int) -> int:
        every = self.standard["every"]
        if every in PERIODS:
            return opening_hours.next_bound(self.zone, at, every)
        if days := self._days():
            return opening_hours.same_time(self.zone, at, days)
        return opening_hours.instant_after(self.calendar, at, span(every), at + opening_hours.ENOUGH)

    def _start(self, at: int, opening: Event | None) -> None:
        """Begin a period, or let one go by in which nothing is owed."""
        if self.standard["every"] == "shift":
            self._start_shift(at, opening)
            return
        self.until = self._end(at)
        owed = not self._by_wall() or self._has_hours(at, self.until)
        self.period = self.begin(at, opening) if owed else None

    def _start_shift(self, at: int, opening: Event | None) -> None:
        """Begin with the shift that is running, or wait for the next."""
        running = opening_hours.shift(self.calendar, at)
        if running is None:
            self.period, self.until = None, opening_hours.next_shift(self.calendar, at)
        else:
            self.day, self.until = opening_hours.shift_day(self.calendar, running[0]), running[1]
            self.period = self.begin(at, opening)

    def _remind(self, at: int) -> None:
        assert self.period
        self._warn(self.period, at)

    def _turn(self, at: int) -> None:
        if self.period and self.period.verdict == "open":
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
