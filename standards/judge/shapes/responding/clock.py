"""The clock of a promise: how much open time it has counted, when it warns next, and when it is due.

Knows: one promise's time. Must not know: events, or what a deadline leads to. Read next: `response_moves.py`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

if TYPE_CHECKING:
    from standards.calendar.hours import Hours
    from standards.judge.events import Event
    from standards.judge.promise import Promise


STOPPED: Final = ("paused", "paused_warned")
"""The states of promises whose clock stands still."""


class PromiseClock(NamedTuple):
    """Counts `within` microseconds, of the open time of `hours` where there are any; warns at the marks `warn`."""

    within: int
    hours: Hours | None
    warn: tuple[int, ...]

    def run(self, promise: Promise[Event]) -> None:
        """Set the deadline and the next wake-up of a promise whose clock runs since `running_since`."""
        if self.hours is None and not self.warn:
            promise.due = promise.wake = promise.running_since + self.within - promise.spent
            return
        promise.due = self._after(promise, self.within)
        step = promise.step
        promise.wake = (
            promise.due if step >= len(self.warn) else min(self._after(promise, self.warn[step]), promise.due)
        )

    def stop(self, promise: Promise[Event], at: int) -> None:
        """Let the clock stand still from `at` on."""
        promise.spent = self.elapsed(promise, at)

    def go_on(self, promise: Promise[Event], at: int) -> None:
        """Let the clock go on at `at`."""
        promise.running_since = at
        self.run(promise)

    def take_back(self, promise: Promise[Event], at: int) -> None:
        """Let the clock go on at `at` with what was left when the promise was kept; steps that lie ahead are given."""
        promise.spent = promise.last_elapsed
        promise.step = sum(mark <= promise.spent for mark in self.warn)
        self.go_on(promise, at)

    def recount(self, promise: Promise[Event], at: int) -> bool:
        """Go by the hours as they are known from `at` on; say whether the deadline moves. What was counted stays."""
        if promise.state in STOPPED:
            return False
        before = promise.due
        promise.spent = self.elapsed(promise, at)
        self.go_on(promise, at)
        return promise.due != before

    def _after(self, promise: Promise[Event], mark: int) -> int:
        left = max(0, mark - promise.spent)
        return promise.running_since + left if self.hours is None else self.hours.due(promise.running_since, left)

    def elapsed(self, promise: Promise[Event], at: int) -> int:
        """Give the open time, in microseconds, that the promise's clock has counted up to `at`."""
        if at <= promise.running_since or promise.state in STOPPED:
            return promise.spent
        since = promise.running_since
        return promise.spent + (at - since if self.hours is None else self.hours.between(since, at))
