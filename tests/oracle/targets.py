"""How long a response has: by the event that opens it, as docs/semantics.md tells it.

Read `watch.py` first.
"""

from collections.abc import Callable, Iterator
from typing import Any

from tests.oracle import opening_hours, working_days
from tests.oracle.language import choose, span
from tests.oracle.watch import Event, Owed, Ring, Watch

ENOUGH = 15 * 86_400 * 10**6
"""Two working days of any calendar are over by then."""


class Targets(Watch):
    """What each promise was given."""

    def owes_nothing(self, event: Event) -> bool:
        return choose(self.standard["within"], event["data"]) == "none"

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
        within = self.chosen("within", promise)
        if "working" not in within:
            yield from self.clock(promise, span(within), due)
            return
        hours = self.hours(promise)
        deadline = working_days.deadline(hours, promise.opened, within, promise.opened + ENOUGH)
        whole = opening_hours.open_time(hours, promise.opened, deadline)
        marks = [mark for mark in self.marks(whole) if 0 < mark < whole]
        if promise.rung < len(marks):
            warned = self.after(promise.since, marks[promise.rung] - promise.spent, hours)
            yield warned, lambda at: self._warn(promise, at)
        else:
            yield self.after(deadline, promise.stood, hours), lambda at: due(promise, at)
