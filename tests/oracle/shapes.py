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
            yield self.closed_until - self._ahead(), lambda at: self._start(at + self._ahead(), None)
        if self.period is None:
            return
        opened, end = self.period.opened, self._end(self.period.opened)
        every = self.standard["every"]
        whole = 0 if every in (*PERIODS, "shift") else span(every)
        marks = self.marks(whole)
        if self.period.verdict == "open" and self.period.step < len(marks):
            mark = marks[self.period.step]
            by_wall = not whole or self._days()
            at = max(opened, end - (whole - mark)) if by_wall else self.after(opened, mark)
            yield at, self._remind
        else:
            yield end - self._ahead(), lambda at: self._turn(at + self._ahead())

    def _ahead(self) -> int:
        """A shift holds its start, where no other is owed till then."""
        owed = self.period is not None and self.period.verdict == "open"
        return int(self.standard["every"] == "shift" and not owed)

    def _days(self) -> int:
        """Give how many days by the wall a period has; 0 where it is not made of such."""
        every = self.standard["every"]
        return span(every) // span("1d") if every[0].isdigit() and every[-1] in "dw" else 0

    def _end(self, at: int) -> int:
        every = self.standard["every"]
        if every == "shift":
            return opening_hours.shift(self.calendar, at)[1]
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
        if self.standard["every"] == "shift":
            start = opening_hours.instant_after(self.calendar, at, 1, self.world.end + 2) - 1
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
