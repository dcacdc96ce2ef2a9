"""The days of calendars that were changed, as a partition knows them, and the rules that go by them.

Read next: `standards/judge/changed_days.py` for what counts; `pump.py`, which lets its cases go by them.
"""

from __future__ import annotations

from bisect import insort
from operator import attrgetter
from typing import TYPE_CHECKING, Literal

from standards.judge.case import Unused
from standards.judge.changed_days import KEPT_FOR, MOST, change_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from standards.calendar.changes import Change
    from standards.judge.events import Event
    from standards.judge.rulebook import Rulebook
    from streams.runtime.batch_result import BatchResult
    from streams.runtime.pump import Pump

WhyNot = Literal["repeated", "not-allowed", "no-such-day", "too-many-changes"]

_AT = attrgetter("at")


class ChangedDays:
    """The changes of a partition, in order of time, and its `rulebook`, which goes by them."""

    def __init__(self, rulebook: Rulebook, changes: Iterable[Change]) -> None:
        self.changes = list(changes)
        self.rulebook = rulebook.changed(self.changes) if self.changes else rulebook

    def take(self, event: Event, in_place: int) -> Change | WhyNot:
        """Take a change in, and give it; or say why it does not count.

        One from `in_place` (microseconds UTC) or before holds from when it was received or, in history, from there on.
        """
        if any(it.id == event.id and it.source == event.source for it in self.changes):
            return "repeated"
        change = change_of(event, self.rulebook.may_change)
        if isinstance(change, str):
            return change
        is_so = self._is_so(change)
        if change.at <= in_place:
            if is_so:
                return "repeated"
            change = change._replace(at=event.received or in_place + 1)
        kept = [it for it in self._needed(in_place) if it.at > change.at - KEPT_FOR]
        if len(kept) >= MOST:
            return "repeated" if is_so else "too-many-changes"
        insort(kept, change, key=_AT)
        self.changes = kept
        if is_so:  # it is remembered all the same: another one from before it may still come
            return "repeated"
        self.rulebook = self.rulebook.changed(self.changes)
        return change

    def _needed(self, in_place: int) -> Iterator[Change]:
        """Give the changes without those that say what was so, and before which no other one can come any more."""
        last: dict[tuple[str, int], Change] = {}
        for it in self.changes:
            before = last.get((it.calendar, it.day))
            if before is None or before.shifts != it.shifts or it.at > in_place:
                last[it.calendar, it.day] = it
                yield it

    def _is_so(self, change: Change) -> bool:
        """Say whether a day has these hours already, by what was said last of it."""
        same = [it for it in self.changes if (it.calendar, it.day) == (change.calendar, change.day)]
        return bool(same) and same[-1].at <= change.at and same[-1].shifts == change.shifts


def change_day(pump: Pump, event: Event, low: int, outcome: BatchResult) -> None:
    """Let all of a partition go by a day that an event changes; `low` is how far its time has come.

    What is known of too late to be judged where it belongs holds from when it is known.
    """
    states = pump.group_states
    reached = {name: pump.reached_by(low, state) for name, state in states.items()}
    settle = max((state.settle for state in states.values()), default=0)
    in_place = event.received - settle if event.received else max(reached.values(), default=low)
    change = pump.changed_days.take(event, in_place)
    if isinstance(change, str):
        _pass_over(event, change, pump, outcome)
        return
    late = {name: until for name, until in reached.items() if change.at <= until}
    for name, until in late.items():
        states[name].bring_up(until)
    if late:  # what was received before it was judged by what was known then
        pump.judge(outcome, late)
    pump.rulebook = pump.changed_days.rulebook
    for name, state in states.items():
        state.group = pump.rulebook.groups[name]
        state.change(change, event.received, reached[name])


def _pass_over(event: Event, why: WhyNot, pump: Pump, outcome: BatchResult) -> None:
    """Count what changes no day, once for all shares; that there are too many, only who has them can tell."""
    if not pump.share.first and why != "too-many-changes":
        return
    if why == "repeated":
        outcome.duplicates += 1
    else:
        outcome.unused.append(Unused(event, why))
