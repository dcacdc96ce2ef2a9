"""Scopes, distances and what takes "done" back, as docs/language.md tells them, beside what any response does.

Read `responses.py` first.
"""

from typing import Any

from tests.oracle import opening_hours, shapes
from tests.oracle.language import span
from tests.oracle.responses import Response
from tests.oracle.watch import Event, Owed, Watch, clauses, names


class Scoped(Response):
    """A response with `while`, `during`, `apart` or `undo`."""

    def forget(self) -> None:
        super().forget()
        self.so = False
        self.outside = False
        self.need: Owed | None = None
        self.counted: dict[int, int] = {}
        self.done: Owed | None = None

    def memory(self) -> int:
        undo = self.standard.get("undo", {}).get("within", "0s")
        return max(super().memory(), *(span(text) for text in (undo, *self._distances().values())))

    def _distances(self) -> dict[int, str]:
        """Give how far apart events must be, by the place of the clause that says so."""
        return {place: one["apart"] for place, one in enumerate(self.clauses("when")) if "apart" in one}

    def event(self, event: Event) -> None:
        at, done = event["time"], self.done
        self.follow_states(event)
        self.waits, self.excused = (need and self._left(need, event) for need in (self.waits, self.excused))
        self.need = self.need and self._stands(self.need, event)
        self.waits = self.waits if self._owes_anything() else None
        for promise in self.overdue():
            if self.ends("expect", event, promise):
                self.late(promise, at)
            elif not self._owes_anything() or self.ends("unless", event, promise):
                self._end(promise, "ended", at)
        for promise in self.open():
            self._touch(promise, event)
        back = done is not None and self.done is done and self._take_back(done, event)
        if event["type"] in names(self.standard)["when"]:
            self.see_in_scope(event, back=back)
        self._look_at_scope(event)

    def follow_states(self, event: Event) -> None:
        super().follow_states(event)
        if "while" in self.standard:
            self.so = self.states.see("while", self.standard["while"], event)

    def _stands(self, need: Owed, event: Event) -> Owed | None:
        """Give what was spoken of: while nothing is owed, an event of another type does not say that it is over."""
        if self.outside and need.opening and event["type"] != need.opening["type"]:
            over = self.ends("expect", event, need) or self.ends("unless", event, need)
            return None if over else need
        return self._left(need, event)

    def _owes_anything(self) -> bool:
        return "while" not in self.standard or self.so

    def _touch(self, promise: Owed, event: Event) -> None:
        if self._owes_anything() or self.ends("expect", event, promise):
            super()._touch(promise, event)
        else:
            promise.say("voided", event["time"], "void")

    def _keep(self, promise: Owed, at: int) -> None:
        if not promise.paused:
            promise.spent += opening_hours.open_time(self.hours(promise), promise.since, at)
            promise.since = at
        super()._keep(promise, at)
        self._did(promise)

    def late(self, promise: Owed, at: int) -> None:
        super().late(promise, at)
        self._did(promise)

    def _did(self, promise: Owed) -> None:
        """Remember the newest promise, where it was done."""
        newest = [it.opened for it in (*self.open(), *filter(None, [self.done]))]
        if promise.opened >= max(newest, default=-1):
            self.done = promise

    def _take_back(self, done: Owed, event: Event) -> bool:
        at, undo = event["time"], self.standard.get("undo")
        if undo is None or done.verdict not in {"kept", "broken"}:
            return False
        if not self.matches("undo.when", event, done.opening):
            return False
        when_done = done.told[-1][1]
        if at - when_done > span(undo["within"]):
            return False
        if done.verdict == "broken" and done.settled + span(self.standard.get("owed_for", "7d")) <= at:
            return False
        if not self._owes_anything():
            self.need, self.outside, self.rest = self.need or Owed(at, done.opening), True, -1
            return False
        self.need = self.need or Owed(at, done.opening)
        if done.verdict == "broken":
            done.ended = -1
        else:
            done.verdict, done.since, done.paused = "open", at, False
            whole = span(self.standard["within"])
            done.step = sum(mark <= done.spent for mark in self.marks(whole))
        self.done, self.rest, self.waits, done.runs = None, -1, None, {}
        done.say("undone", at)
        done.due = self.deadline(done)
        if done.verdict == "open" and self.still:
            self.stop(done, at)
            done.say("paused", at)
        return True

    def begin(self, at: int, opening: Event | None) -> Owed:
        self.done = None
        return super().begin(at, opening)

    def see_in_scope(self, event: Event, *, back: bool) -> None:
        if not self.matches("when", event):
            self._see(event)
            return
        if not self._in_hours(event["time"]):
            return
        if not self._owes_anything():
            self.need, self.outside = Owed(event["time"], event), True
            return
        if not self._counts(event):
            return
        if back:
            self.held = self.held_after(event)
        else:
            self._see(event)
        self.need = Owed(event["time"], event)

    def _in_hours(self, at: int) -> bool:
        named = self.standard.get("during")
        if named is None:
            return True
        is_open = opening_hours.is_open(self.hours_of(named.removeprefix("not ")), at // opening_hours.MINUTE)
        return not is_open if named.startswith("not ") else is_open

    def _counts(self, event: Event) -> bool:
        """Tell whether the event is far enough from the last that counted, by one of the clauses."""
        at: int = event["time"]
        apart = self._distances()
        far = [
            it
            for it in self.holding("when", event)
            if it not in apart or at - self.counted.get(it, at - span(apart[it])) >= span(apart[it])
        ]
        self.counted |= dict.fromkeys(far, at)
        return bool(far)

    def _look_at_scope(self, event: Event) -> None:
        if "while" not in self.standard:
            return
        was, self.outside = self.outside, not self.so
        if self.outside:
            self.excused, self.held = None, frozenset()
        elif was and self.need is not None and not self.open() and self._in_hours(event["time"]):
            if self.need.opening and self.owes_nothing(self.need.opening):
                return
            if self._again() == "done" and event["time"] <= self.rest:
                self.waits = self.need
            else:
                self.begin(event["time"], self.need.opening)


def watch_class(standard: dict[str, Any]) -> type[Watch]:
    """Tell the shape by its keys; a response with a scope is one that knows of it."""
    scoped = {"while", "during", "undo"} & standard.keys() or any(
        "apart" in one for one in clauses(standard.get("when", []))
    )
    shape = shapes.watch_class(standard)
    return Scoped if scoped and shape is Response else shape
