"""The clock of a promise whose target its event chose: as `clock.py`, by what the promise was given.

Read next: `response.py`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from standards.calendar.hours import Hours
    from standards.judge.events import Event
    from standards.judge.promise import Promise
    from standards.judge.target import Looked, Target, TargetRule


class TargetClock(NamedTuple):
    """Counts what each promise was given by `rule`."""

    rule: TargetRule

    def target(self, event: Event, opened: int) -> Target | None:
        """Give what a promise that an event opens is given; None: nothing is owed."""
        return self.rule.resolve(self._facts(event), opened)

    def _facts(self, event: Event) -> dict[str, Looked]:
        return {name: getattr(event.data, name, None) for name in sorted(self.rule.fields)}

    def run(self, promise: Promise[Event]) -> None:
        """Set the deadline and the next wake-up of a promise whose clock runs since `running_since`."""
        target = _given(promise)
        hours, marks = self._hours(target), self.rule.marks(target.whole)
        promise.due = promise.wake = _due(promise, target, hours)
        if promise.step < len(marks):
            promise.wake = min(_after(promise, hours, marks[promise.step]), promise.due)

    def elapsed(self, promise: Promise[Event], at: int) -> int:
        """Give the open time, in microseconds, that the promise's clock has counted up to `at`."""
        if at <= promise.running_since or promise.state in ("paused", "paused_warned"):
            return promise.spent
        hours, since = self._hours(_given(promise)), promise.running_since
        return promise.spent + (at - since if hours is None else hours.between(since, at))

    def stop(self, promise: Promise[Event], at: int) -> None:
        """Let the clock stand still from `at` on."""
        promise.spent = self.elapsed(promise, at)
        if _given(promise).fixed >= 0:
            promise.running_since = at

    def go_on(self, promise: Promise[Event], at: int) -> None:
        """Let the clock go on at `at`. A deadline of its own moves on by the open time for which it stood."""
        target = _given(promise)
        if target.fixed >= 0:
            hours, since = self._hours(target), promise.running_since
            promise.stood += at - since if hours is None else hours.between(since, at)
        promise.running_since = at
        self.run(promise)

    def take_back(self, promise: Promise[Event], at: int) -> None:
        """Let the clock go on at `at` with what was left when the promise was kept; a deadline of its own stays."""
        promise.spent = promise.last_elapsed
        promise.step = sum(mark <= promise.spent for mark in self.rule.marks(_given(promise).whole))
        promise.running_since = at
        self.run(promise)

    def _hours(self, target: Target) -> Hours | None:
        return self.rule.calendars[target.calendar]


def _given(promise: Promise[Event]) -> Target:
    assert promise.target is not None, "a promise of such a standard is given its target as it opens"  # noqa: S101
    return promise.target


def _due(promise: Promise[Event], target: Target, hours: Hours | None) -> int:
    if target.fixed < 0:
        return _after(promise, hours, target.whole)
    due = target.fixed + promise.stood if hours is None else hours.due(target.fixed, promise.stood)
    return max(due, promise.running_since)


def _after(promise: Promise[Event], hours: Hours | None, mark: int) -> int:
    left = max(0, mark - promise.spent)
    return promise.running_since + left if hours is None else hours.due(promise.running_since, left)
