"""The state of a group: its cases, what is to be told to them next, and when they must wake.

Read next: `pump.py`.
"""

from __future__ import annotations

from collections import defaultdict, deque
from heapq import heappop, heappush
from operator import attrgetter
from typing import TYPE_CHECKING

from standards.judge.events import Event, Tick
from standards.judge.feeds import Heard
from standards.judge.judge import Changed
from standards.judge.judging_again import must_settle, settle_now
from standards.judge.promise import NEVER

if TYPE_CHECKING:
    from collections.abc import Iterable

    from standards.calendar.changes import Change
    from standards.judge.case import Case
    from standards.judge.judge import Fact
    from standards.judge.rulebook import Group, Key


class GroupState:
    """The cases of one group, what is to be told to them next, and when they must wake.

    `delay` is how long its verdicts wait for what comes late, and `settle` how long an earlier event finds its place,
    in microseconds; both are 0 in history, where all is there.
    """

    def __init__(self, group: Group, settle: int = 0) -> None:
        self.group = group
        self.delay = group.lateness if settle else 0
        self.settle = settle and max(settle, group.lateness)
        self.cases: dict[Key, Case[Event]] = {}
        self.pending: defaultdict[Key, list[Fact]] = defaultdict(list)
        self.derived: dict[Key, list[Event]] = {}
        self.alarms: list[tuple[int, Key]] = []
        self.alarm_of: dict[Key, int] = {}

    @property
    def wake(self) -> int:
        """When time alone changes a case next, in microseconds UTC, or earlier."""
        return self.alarms[0][0] if self.alarms else NEVER

    def put(self, case: Case[Event]) -> None:
        """Take a case in, as it was stored; nothing is judged again by standards that were not in force then."""
        if must_settle(case, self.group):
            settle_now(case, self.group)
        case.wake = min(case.wake, self.group.next_change(case.time))  # it may not have come about yet
        self.cases[case.key] = case
        self.note(case.key, min([case.wake, *(event.at for event in case.held)]))

    def note(self, key: Key, wake: int) -> None:
        """Note that a case must wake at an instant, if it would not do so earlier."""
        if wake < self.alarm_of.get(key, NEVER):
            self.alarm_of[key] = wake
            heappush(self.alarms, (wake, key))

    def change(self, change: Change, known: int, reached: int) -> None:
        """Let each case go by a day that is changed: when time has come there or, where it has, by judging it again.

        `known` is when that is known, `reached` how far the group's time has come, in microseconds UTC.
        """
        if change.at not in self.group.changed_at:
            return
        for key, case in self.cases.items():
            if change.at <= reached:
                self.pending[key].append(Changed(change.at, known))
            elif any(not state.idle for state in case.states.values()):
                case.wake = min(case.wake, change.at)
                self.note(key, change.at)

    def bring_up(self, reached: int) -> None:
        """Let all cases be judged up to an instant, by what has been known so far."""
        for key in [*self.cases, *self.pending]:
            self.pending[key].append(Tick(reached))

    def collect(self, low: int) -> dict[Key, list[Fact]]:
        """Take what each case is to be told: what was derived and what arrived; cases that only wake get nothing."""
        told = dict(self.pending)
        self.pending.clear()
        for key, events in self.derived.items():
            arrived = told.get(key, [])
            told[key] = _by_receipt(events, arrived) if self.settle else [*events, *arrived]
        self.derived = {}
        alarms = self.alarms
        while alarms and alarms[0][0] <= low:
            wake, key = heappop(alarms)
            if self.alarm_of.get(key) == wake:
                del self.alarm_of[key]
                told.setdefault(key, [])
        return told


def _by_receipt(derived: Iterable[Event], arrived: Iterable[Fact]) -> list[Fact]:
    """Put what was derived before what was received later: however much comes at once, a case is told in one order.

    A case remembers what it was told last, so what was told too early would take the place of what comes again. This is
    for hosts that make the promises' events themselves; a worker on Kafka has them as records.
    """
    waiting = deque(sorted(derived, key=attrgetter("at")))
    told: list[Fact] = []
    for fact in arrived:
        while waiting and waiting[0].at <= _received(fact):
            told.append(waiting.popleft())
        told.append(fact)
    return [*told, *waiting]


def _received(fact: Fact) -> int:
    """Say when an event was received, or of which instant another fact is; what was heard of feeds is of none."""
    if isinstance(fact, Event):
        return fact.received
    return -1 if isinstance(fact, Heard) else fact.at
