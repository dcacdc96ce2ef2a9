"""How long a response has: by the event that opens it, as docs/semantics.md tells it.

Read `watch.py` first.
"""

from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any

from tests.oracle import opening_hours, working_days
from tests.oracle.language import choose, span
from tests.oracle.opening_hours import ENOUGH, MINUTE
from tests.oracle.tables import looked_up
from tests.oracle.watch import Event, Owed, Ring, Watch, names


class Targets(Watch):
    """What each promise was given."""

    def owes_nothing(self, event: Event) -> bool:
        return self._nothing(event["data"])

    def _nothing(self, facts: dict[str, Any]) -> bool:
        return self.named(facts) is None and self._choose(self.standard.get("within", "none"), facts) == "none"

    def named(self, facts: dict[str, Any]) -> int | None:
        """Give the deadline that is named."""
        found = facts.get(self.standard.get("due", ""))
        return None if found is None else opening_hours.utc(datetime.fromisoformat(found))

    def begin(self, at: int, opening: Event | None) -> Owed:
        promise = super().begin(at, opening)
        promise.facts = dict(opening["data"]) if opening else {}
        named = self.named(promise.facts)
        if named is not None and named < at:
            promise.say("broken", at, "broken")
        promise.due = self.deadline(promise)
        return promise

    def changed(self, at: int) -> None:
        """Let what is left of a promise go by the days as they are now; while it is paused nothing is left of it."""
        for promise in self.open():
            if not promise.paused:
                self._count(promise, at)
                self._move(promise, at, promise.due)

    def _move(self, promise: Owed, at: int, before: int) -> None:
        """Say where the deadline is another than before, and give the warnings again that lie ahead again."""
        behind = sum(mark <= promise.spent for mark in self.steps(promise))
        promise.step = max(min(promise.step, behind), behind - 1)
        promise.due = self.deadline(promise)
        if promise.due != before:
            promise.say("moved", at)

    def follow(self, promise: Owed, event: Event) -> None:
        """Take what an event brings: what was counted stays, and the deadline may move, or nothing be owed any more."""
        at = event["time"]
        facts = promise.facts | {name: value for name, value in event["data"].items() if value is not None}
        if self._nothing(facts):
            promise.say("voided", at, "void")
            return
        self._count(promise, at)
        before, promise.facts = self.deadline(promise) if promise.paused else promise.due, facts
        self._move(promise, at, before)

    def _again(self) -> str:
        if "reopen" in self.standard:
            return "each" if self.standard["reopen"] == "each" else "rise"
        if "due" in self.standard:
            return str(self.standard.get("again", "each"))
        reading = names(self.standard)["when"] <= set(self.world.document.get("readings", []))
        return str(self.standard.get("again", "done" if reading else "judged"))

    def hours(self, promise: Owed) -> str:
        return self.hours_of(self.chosen("calendar", promise)) if "calendar" in self.standard else ""

    def chosen(self, key: str, promise: Owed) -> str:
        return self._choose(self.standard[key], promise.facts)

    def _choose(self, given: str | dict[str, Any], facts: dict[str, Any]) -> str:
        return choose(given, looked_up(self.world.document.get("tables", {}), facts))

    def stop(self, promise: Owed, at: int) -> None:
        self._count(promise, at)
        promise.paused = True

    def go_on(self, promise: Owed, at: int) -> None:
        self._count(promise, at)
        promise.paused = False
        promise.due = self.deadline(promise)

    def _count(self, promise: Owed, at: int) -> None:
        counted = opening_hours.open_time(self.hours(promise), promise.since, at)
        if promise.paused:
            promise.stood += counted
        else:
            promise.spent += counted
        promise.since = at

    def fixed(self, promise: Owed) -> int | None:
        """Give the deadline that is an instant of its own, before pauses move it."""
        named = self.named(promise.facts)
        if named is not None:
            return named
        within = self.chosen("within", promise)
        if "working" not in within:
            return None
        return working_days.deadline(self.hours(promise), promise.opened, within, promise.opened + ENOUGH)

    def whole(self, promise: Owed) -> int:
        fixed = self.fixed(promise)
        if fixed is None:
            return span(self.chosen("within", promise))
        return opening_hours.open_time(self.hours(promise), promise.opened, fixed) if fixed > promise.opened else 0

    def steps(self, promise: Owed) -> list[int]:
        whole = self.whole(promise)
        return [mark for mark in self.marks(whole) if 0 < mark < whole]

    def deadline(self, promise: Owed) -> int:
        """Give the deadline, as if the clock ran since it was last looked at."""
        hours, fixed, limit = self.hours(promise), self.fixed(promise), promise.opened + ENOUGH
        if fixed is None:
            left = max(0, self.whole(promise) - promise.spent)
            return opening_hours.instant_after(hours, promise.since, left, limit)
        moved = opening_hours.instant_after(hours, fixed, promise.stood, limit)
        if promise.stood and opening_hours.is_open(hours, fixed // MINUTE):  # it ends in open time, before and after
            moved = opening_hours.next_open(hours, moved, limit)
        return max(moved, promise.since)

    def target_rings(self, promise: Owed, due: Callable[[Owed, int], None]) -> Iterator[Ring]:
        """Give the next warning, or the deadline, of a promise whose clock runs."""
        steps, deadline = self.steps(promise), self.deadline(promise)
        if promise.step < len(steps):
            left = max(0, steps[promise.step] - promise.spent)
            warned = opening_hours.instant_after(self.hours(promise), promise.since, left, promise.opened + ENOUGH)
            if warned < deadline:
                yield warned, lambda at: self._warn(promise, at)
                return
        yield deadline, lambda at: due(promise, at)
