"""The clock of a promise whose target its event chose: as `clock.py`, by what the promise was given.

Read next: `response_moves.py`.
"""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Final, NamedTuple

from msgspec.structs import replace

from standards.judge.events import microseconds
from standards.judge.shapes.responding.clock import STOPPED

if TYPE_CHECKING:
    from collections.abc import Mapping

    from standards.calendar.hours import Hours
    from standards.judge.events import Event
    from standards.judge.promise import Promise
    from standards.judge.targets.table import Columns
    from standards.judge.targets.target import Looked, Target, TargetRule


LATEST: Final = 253_402_128_000_000_000
"""The latest instant that a deadline can be, in microseconds UTC: two days before the year 10000, in any zone."""


class TargetClock(NamedTuple):
    """Counts what each promise was given by `rule`, which looks at `fields` of its events, and at columns of tables."""

    rule: TargetRule
    fields: tuple[str, ...]
    columns: Columns

    @classmethod
    def of(cls, rule: TargetRule) -> TargetClock:
        """Make the clock of a rule, with the fields that it looks at."""
        return cls(rule, tuple(sorted(rule.fields)), rule.columns)

    def target(self, event: Event, opened: int, brought: Mapping[str, Looked] | None = None) -> Target | None:
        """Give what a promise that an event opens is given, by what followed it, too; None: nothing is owed."""
        return self.rule.resolve(self._look_up({**self._facts(event), **(brought or {})}), opened, opened)

    def news(self, event: Event) -> dict[str, Looked]:
        """Give the values that an event has of what is looked at."""
        return {name: value for name, value in self._facts(event).items() if value is not None}

    def bring(self, promise: Promise[Event], event: Event) -> None:
        """Let a promise that was done go by what an event brings, should that be taken back."""
        promise.target = self.rule.resolve(self._brought(promise, event), promise.opened, event.at) or promise.target

    def _look_up(self, facts: dict[str, Looked]) -> dict[str, Looked]:
        """Give what is looked at with what the tables say beside it; what a table that is not at hand said stays."""
        said = {
            name: table.value(facts.get(table.key), column)
            for name, (table, column) in self.columns.items()
            if table.digest or name not in facts
        }
        return {**facts, **said}

    def _facts(self, event: Event) -> dict[str, Looked]:
        return {name: _looked(getattr(event.data, name, None)) for name in self.fields}

    def run(self, promise: Promise[Event]) -> None:
        """Set the deadline and the next wake-up of a promise whose clock runs since `running_since`."""
        target = _given(promise)
        hours, marks = self._hours(target), self.rule.marks(target.whole)
        promise.due = promise.wake = self._due(promise)
        if promise.step < len(marks):
            promise.wake = min(_after(promise, hours, marks[promise.step]), promise.due)

    def elapsed(self, promise: Promise[Event], at: int) -> int:
        """Give the open time, in microseconds, that the promise's clock has counted up to `at`."""
        if at <= promise.running_since or promise.state in STOPPED:
            return promise.spent
        hours, since = self._hours(_given(promise)), promise.running_since
        return promise.spent + (at - since if hours is None else hours.between(since, at))

    def stop(self, promise: Promise[Event], at: int) -> None:
        """Let the clock stand still from `at` on."""
        self._count(promise, at)

    def go_on(self, promise: Promise[Event], at: int) -> None:
        """Let the clock go on at `at`. A deadline of its own moves on by the open time for which it stood."""
        self._count(promise, at)
        self.run(promise)

    def take_back(self, promise: Promise[Event], at: int) -> None:
        """Let the clock go on at `at` with what was left when the promise was kept; one that an event names stays.

        A deadline in working days moves on by the open time since it was done or, where it was paused then, since that.
        It goes by the days as they are known now.
        """
        given = _given(promise)
        now = self.rule.resolve(given.facts, promise.opened, at) or given
        promise.target = replace(now, tables=given.tables)
        target, ran = _given(promise), promise.last_elapsed > promise.spent
        if target.fixed >= 0 and not isinstance(target.facts.get(self.rule.due), int):
            promise.stood += self._between(target, promise.last_at if ran else promise.running_since, at)
        promise.spent = promise.last_elapsed
        promise.step = sum(mark <= promise.spent for mark in self.rule.marks(_given(promise).whole))
        promise.running_since = at
        self.run(promise)

    def _count(self, promise: Promise[Event], at: int) -> None:
        """Count the open time since the clock was last looked at, as spent or as that for which it stood."""
        counted = self._between(_given(promise), promise.running_since, at)
        if promise.state in STOPPED:
            promise.stood += counted
        else:
            promise.spent += counted
        promise.running_since = at

    def _between(self, target: Target, since: int, at: int) -> int:
        hours = self._hours(target)
        return at - since if hours is None else hours.between(since, at)

    def is_over(self, promise: Promise[Event], event: Event) -> bool:
        """Say whether nothing is owed any more by what an event brings."""
        return self.rule.resolve(self._brought(promise, event), promise.opened, event.at) is None

    def follow(self, promise: Promise[Event], event: Event) -> bool:
        """Let a promise go by what an event brings from its time on; say whether its deadline moves.

        What has been counted stays. A warning that lies ahead again is given again; of those that lie behind now and
        were not given, the last one is.
        """
        facts = self._brought(promise, event)
        target = self.rule.resolve(facts, promise.opened, event.at)
        if target is None or facts == _given(promise).facts:
            return False
        self._count(promise, event.at)
        return self._go_by(target, promise, event.at, self._due(promise))

    def recount(self, promise: Promise[Event], at: int) -> bool:
        """Go by the hours as they are known from `at` on; say whether the deadline moves. What was counted stays."""
        given, before = _given(promise), promise.due
        target = self.rule.resolve(given.facts, promise.opened, at)
        if target is None:
            return False
        moves = self._go_by(replace(target, tables=given.tables), promise, at, before)
        return moves and promise.state not in STOPPED

    def _go_by(self, target: Target, promise: Promise[Event], at: int, before: int) -> bool:
        self._count(promise, at)
        promise.target = target
        behind = sum(mark <= promise.spent for mark in self.rule.marks(target.whole))
        promise.step = max(min(promise.step, behind), behind - 1)
        if promise.state in STOPPED:
            promise.due = self._due(promise)
        else:
            self.run(promise)
        return promise.due != before

    def _brought(self, promise: Promise[Event], event: Event) -> dict[str, Looked]:
        """Give what was looked at, with what an event brings; what it has no value of stays."""
        return self._look_up({**_given(promise).facts, **self.news(event)})

    def _due(self, promise: Promise[Event]) -> int:
        """Give the deadline of a promise, as if its clock ran since `running_since`."""
        target = _given(promise)
        hours = self._hours(target)
        if target.fixed < 0:
            return _after(promise, hours, target.whole)
        since = promise.running_since
        due = (
            target.fixed + promise.stood if hours is None else hours.as_known(since).moved(target.fixed, promise.stood)
        )
        return max(due, since)

    def _hours(self, target: Target) -> Hours | None:
        return self.rule.calendars[target.calendar]


def _looked(value: Looked | datetime) -> Looked:
    return min(microseconds(value), LATEST) if isinstance(value, datetime) else value


def _given(promise: Promise[Event]) -> Target:
    assert promise.target is not None, "a promise of such a standard is given its target as it opens"  # noqa: S101
    return promise.target


def _after(promise: Promise[Event], hours: Hours | None, mark: int) -> int:
    left = max(0, mark - promise.spent)
    return promise.running_since + left if hours is None else hours.due(promise.running_since, left)
