"""How long a response has: by the event that opens it, as docs/semantics.md tells it.

Read `watch.py` first.
"""

from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any

from tests.oracle import opening_hours, working_days
from tests.oracle.language import choose, span
from tests.oracle.watch import Event, Owed, Ring, Watch, names

ENOUGH = 15 * 86_400 * 10**6
"""Two working days of any calendar are over by then."""


class Targets(Watch):
    """What each promise was given."""

    def owes_nothing(self, event: Event) -> bool:
        return self.named(event) is None and choose(self.standard.get("within", "none"), event["data"]) == "none"

    def named(self, event: Event) -> int | None:
        """Give the deadline that an event names."""
        found = event["data"].get(self.standard.get("due"))
        return None if found is None else opening_hours.utc(datetime.fromisoformat(found))

    def begin(self, at: int, opening: Event | None) -> Owed:
        promise = super().begin(at, opening)
        named = self.named(opening) if opening else None
        if named is not None and named < at:
            promise.say("broken", at, "broken")
        return promise

    def _again(self) -> str:
        if "reopen" in self.standard:
            return "each" if self.standard["reopen"] == "each" else "rise"
        if "due" in self.standard:
            return str(self.standard.get("again", "each"))
        reading = names(self.standard)["when"] in self.world.document.get("readings", [])
        return str(self.standard.get("again", "done" if reading else "judged"))

    def hours(self, promise: Owed) -> str:
        return self.hours_of(self.chosen("calendar", promise)) if "calendar" in self.standard else ""

    def chosen(self, key: str, promise: Owed) -> str:
        assert promise.opening
        given: str | dict[str, Any] = self.standard[key]
        return choose(given, promise.opening["data"])

    def stop(self, promise: Owed, at: int) -> None:
        promise.paused = True
        promise.spent += opening_hours.open_time(self.hours(promise), promise.since, at)
        promise.since = at

    def go_on(self, promise: Owed, at: int) -> None:
        promise.paused = False
        promise.stood += opening_hours.open_time(self.hours(promise), promise.since, at)
        promise.since = at

    def target_rings(self, promise: Owed, due: Callable[[Owed, int], None]) -> Iterator[Ring]:
        """Give the next warning, or the deadline, of a promise whose clock runs."""
        assert promise.opening
        named, hours = self.named(promise.opening), self.hours(promise)
        within = "" if named is not None else self.chosen("within", promise)
        if within and "working" not in within:
            yield from self.clock(promise, span(within), due)
            return
        deadline = named or working_days.deadline(hours, promise.opened, within, promise.opened + ENOUGH)
        whole = opening_hours.open_time(hours, promise.opened, deadline)
        marks = [mark for mark in self.marks(whole) if 0 < mark < whole]
        if promise.rung < len(marks):
            warned = self.after(promise.since, marks[promise.rung] - promise.spent, hours)
            yield warned, lambda at: self._warn(promise, at)
        else:
            yield self.after(deadline, promise.stood, hours), lambda at: due(promise, at)
