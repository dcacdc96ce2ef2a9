"""The level shape, as docs/semantics.md tells it.

Read `watch.py` first.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from tests.oracle import opening_hours
from tests.oracle.language import samples, satisfies, span
from tests.oracle.watch import Event, Owed, Ring, Watch, facts


@dataclass(eq=False)
class Window:
    promise: Owed
    start: int
    end: int | None
    data: list[dict[str, Any]] = field(default_factory=list)
    warned: bool = False
    judged: bool = False


class Sampled(Watch):
    """What a level has in common, whether its window stands still or rolls."""

    awaited = ("when",)

    def in_hours(self, at: int) -> bool:
        return not self.calendar or opening_hours.is_open(self.calendar, at // opening_hours.MINUTE)

    def enough(self, values: list[Any]) -> bool:
        return len(values) >= max(1, int(self.standard.get("at_least", 1)))

    def shift(self, at: int) -> tuple[int, int]:
        found = opening_hours.shift(self.calendar, at)
        assert found
        return found

    def good(self, values: list[Any]) -> bool:
        return satisfies(self.standard["must"], self.standard["measure"], values)


class Level(Sampled):
    def forget(self) -> None:
        super().forget()
        self.windows: list[Window] = []

    def event(self, event: Event) -> None:
        if not self.matches("when", event) or not self.in_hours(event["time"]):
            return
        at, over = event["time"], self.standard["over"]
        window = next((one for one in self.windows if not self._is_over(one, at)), None)
        if window is None:
            end = None if over.endswith("events") else self._end(at)
            start = self.shift(at)[0] if over == "shift" else at
            window = Window(self.begin(at, event), start, end)
            self.windows.append(window)
        window.data.append(facts(event))
        values = samples(self.standard["measure"], window.data)
        if over.endswith("events") and len(values) == int(over.split()[0]):
            self._judge(window, at)
        elif self._looks_bad(window, values):
            window.warned = True
            window.promise.say("warned", at)

    def _looks_bad(self, window: Window, values: list[Any]) -> bool:
        enough = len(values) >= max(1, self.standard.get("at_least", 1))
        fresh = window.promise.verdict == "open" and not window.warned
        return fresh and enough and not satisfies(self.standard["must"], self.standard["measure"], values)

    @staticmethod
    def _is_over(window: Window, at: int) -> bool:
        return window.judged or (window.end is not None and at >= window.end)

    def _end(self, at: int) -> int:
        if self.standard["over"] == "shift":
            return self.shift(at)[1]
        if self.standard["over"] in opening_hours.PERIODS:
            return opening_hours.next_bound(self.zone, at, self.standard["over"])
        midnight = opening_hours.next_midnight(self.zone, at, 0)
        length = span(self.standard["over"])
        if length == span("1d"):  # a day is a day, also where it has 25 hours
            return opening_hours.next_midnight(self.zone, at)
        end = midnight + (at - midnight) // length * length + length
        return min(end, opening_hours.next_midnight(self.zone, at))

    def changed(self, at: int) -> None:
        """Let a shift end when its day says so now, and be judged then."""
        if self.standard["over"] != "shift":
            return
        for window in self.windows:
            day = opening_hours.shift_day(self.calendar, window.start)
            if window.judged or opening_hours.said(self.calendar, day) < at:
                continue
            before, bounds = window.end, opening_hours.bounds(self.calendar, day)
            window.end = next((end for start, end in bounds if start <= at < end), at)
            if window.end != before and window.promise.verdict == "open":
                window.promise.say("moved", at)
            if window.end == at:
                self._judge(window, at)

    def _judge(self, window: Window, at: int) -> None:
        window.judged = True
        if window.promise.verdict != "open":
            return
        values = samples(self.standard["measure"], window.data)
        if len(values) < self.standard.get("at_least", 1):
            verdict = "voided"
        else:
            verdict = "kept" if satisfies(self.standard["must"], self.standard["measure"], values) else "broken"
        self.settle(window.promise, verdict, at)

    def _judge_at_its_end(self, window: Window, end: int, _last: int) -> None:
        """Judge a window at its end, which comes before everything else that happens at that instant."""
        self._judge(window, end)

    def rings(self) -> Iterator[Ring]:
        for window in self.windows:
            if window.end is not None and not window.judged:
                yield window.end - 1, partial(self._judge_at_its_end, window, window.end)


class Rolling(Sampled):
    """A window that rolls: every step of the day is judged anew, from all samples there ever were."""

    def forget(self) -> None:
        super().forget()
        self.taken: list[tuple[int, dict[str, Any]]] = []
        self.day_end: int | None = None
        self.step_end = -1
        self.failed = False
        self.held = False
        self.warned = False

    def _day(self, at: int) -> tuple[int, int]:
        if self.calendar and "hours" in self.world.document["calendars"][self.standard["calendar"]]:
            return self.shift(at)
        return opening_hours.next_midnight(self.zone, at, 0), opening_hours.next_midnight(self.zone, at)

    def _step(self, at: int) -> tuple[int, int]:
        start, end = self._day(at)
        length = span(self.standard["step"])
        begins = start + (at - start) // length * length
        return begins, min(begins + length, end)

    def _values(self, end: int) -> list[Any]:
        since = end - span(self.standard["over"])
        return samples(self.standard["measure"], [data for at, data in self.taken if self._step(at)[0] >= since])

    def event(self, event: Event) -> None:
        at = event["time"]
        if not self.matches("when", event) or not self.in_hours(at):
            return
        if self.day_end is None:
            self.day_end, self.step_end = self._day(at)[1], self._step(at)[1]
            self.failed = self.held = self.warned = False
            self.begin(at, event)
        self.taken.append((at, facts(event)))
        values = self._values(self._step(at)[1])
        if self.open() and not self.warned and self.enough(values) and not self.good(values):
            self.warned = True
            self.open()[0].say("warned", at)

    def rings(self) -> Iterator[Ring]:
        if self.day_end is not None:
            yield self.step_end - 1, self._judge

    def _judge(self, last: int) -> None:
        """Judge a step at its end, which comes before everything else that happens at that instant."""
        end, values = last + 1, self._values(last + 1)
        if self.enough(values) and not self.is_dark(end):
            self._decide(end, holds=self.good(values))
        if end != self.day_end:
            self.step_end = self._step(end)[1]
            return
        for promise in self.open():
            self.settle(promise, "kept" if self.held else "voided", end)
        self.day_end = None

    def _decide(self, end: int, *, holds: bool) -> None:
        if holds:
            self.held = True
            if self.failed and end != self.day_end:
                self.failed = self.warned = False
                self.begin(end, None)
        for promise in [] if holds else self.open():
            promise.say("broken", end, "broken")
            self.failed = True
