"""The response: what opens a promise, what ends it, and when the next one may open, as docs/semantics.md tells it.

Read `watch.py` and `targets.py` first.
"""

from collections.abc import Iterator
from functools import partial
from typing import Any

from tests.oracle.language import span
from tests.oracle.states import States
from tests.oracle.targets import Targets
from tests.oracle.watch import Event, Owed, Ring, names, types_of


class Response(Targets):
    awaited = ("expect", "unless")

    def forget(self) -> None:
        super().forget()
        self.held: frozenset[Any] = frozenset()
        self.still = False
        self.states = States()
        self.rest = -1
        self.waits: Owed | None = None
        self.excused: Owed | None = None

    def event(self, event: Event) -> None:
        self.follow_states(event)
        self.waits, self.excused = (need and self._left(need, event) for need in (self.waits, self.excused))
        for promise in self.overdue():
            if self.ends("expect", event, promise):
                self.late(promise, event["time"])
            elif self.ends("unless", event, promise):
                self._end(promise, "ended", event["time"])
        for promise in self.open():
            self._touch(promise, event)
        if event["type"] in names(self.standard)["when"]:
            self._see(event)

    def follow_states(self, event: Event) -> None:
        if self._pauses_all():
            self.still = self.states.see("pause", self.standard["pause"], event)

    def ends(self, name: str, event: Event, owed: Owed) -> bool:
        """Tell whether the event is what `expect` or `unless` asks for, of what is owed or would be."""
        return self.matches(name, event, owed.opening)

    def _left(self, need: Owed, event: Event) -> Owed | None:
        """Give what was needed, unless this event ends it: it was done, or is not needed, or is not so any more."""
        over = self.ends("expect", event, need) or self.ends("unless", event, need)
        gone = event["type"] in names(self.standard)["when"] and not self.held_after(event)
        return None if over or gone else need

    def says(self, event: Event) -> frozenset[Any]:
        """Give what says by this event that it is so: its type, where `when` holds."""
        return frozenset({event["type"]} if self.matches("when", event) else ())

    def rises(self, event: Event) -> bool:
        """Tell whether it was not so before by what says so now."""
        return not self.says(event) <= self.held

    def held_after(self, event: Event) -> frozenset[Any]:
        """Give what says that it is so after an event of `when`: each type speaks for itself."""
        return self.held - {event["type"]} | self.says(event)

    def _see(self, event: Event) -> None:
        """Open a promise, where `again` lets this event open one."""
        always = any("where" not in one and event["type"] in types_of(one) for one in self.clauses("when"))
        holds, rises = self.says(event), always or self.rises(event)
        self.held = self.held_after(event)
        followed = any(self.matches("follow", event, promise.opening) for promise in self.owed())
        if not holds or followed or self.owes_nothing(event):
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
                    self.waits = Owed(event["time"], event)
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
        if self.ends("expect", event, promise):
            self._keep(promise, at)
        elif self.ends("unless", event, promise):
            promise.say("voided", at, "void")
        else:
            self._carry_on(promise, event)

    def _keep(self, promise: Owed, at: int) -> None:
        promise.say("kept", at, "kept")
        if "rest" in self.standard:
            self.rest = at + span(self.standard["rest"])

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
        self.excused = promise if self.held else None

    @staticmethod
    def _end(promise: Owed, kind: str, at: int) -> None:
        promise.ended = at
        promise.say(kind, at)

    def late(self, promise: Owed, at: int) -> None:
        self._end(promise, "fulfilled_late", at)

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
        opening = self.waits.opening if self.waits else None
        self.waits = None
        self.begin(at, opening)

    def _due(self, promise: Owed, at: int) -> None:
        self.settle(promise, "broken", at)
