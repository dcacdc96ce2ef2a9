"""The desk room: the desk cases of one host, and when each wants to hear of time.

To the desk it is what the pump is to the judge.

Knows: lines of the ledger, desk cases. Must not know: stores, channels. Read next: `alerts/routing/desk.py`.
"""

from __future__ import annotations

from heapq import heappop, heappush
from typing import TYPE_CHECKING

import msgspec

from alerts.routing.desk import DeskCase, feed
from alerts.routing.notice import Notice, Reason
from standards.judge.events import Tick
from standards.judge.promise import NEVER

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from alerts.routing.desk import Policy
    from standards.judge.ledger import Line

DeskKey = tuple[str, str]


class Told(msgspec.Struct):
    """What the desk made of some lines: the notices, each line's reason by its id, the cases that changed."""

    notices: list[Notice] = []
    reasons: dict[str, Reason] = {}
    touched: dict[DeskKey, DeskCase | None] = {}


class DeskRoom:
    """All desk cases, decided upon by one policy. Each has one alarm at most, however much is told of it."""

    def __init__(self, policy: Policy, cases: Iterable[DeskCase]) -> None:
        self.policy = policy
        self.cases = {case.key: case for case in cases}
        self.alarms: list[tuple[int, DeskKey]] = []
        self._alarm_of: dict[DeskKey, int] = {}
        for key, case in self.cases.items():
            self._note(key, feed(case, (), policy).wake_at)

    @property
    def wake(self) -> int:
        """When a case next wants to hear of time, in microseconds UTC, or earlier."""
        return self.alarms[0][0] if self.alarms else NEVER

    def push(self, lines: Sequence[Line], low: int) -> Told:
        """Decide on lines, in their order; `low` is how far time has come, in microseconds UTC."""
        told = Told()
        facts: dict[DeskKey, list[Line | Tick]] = {}
        for line in lines:
            facts.setdefault((line.standard, line.subject), [Tick(low)]).append(line)
        while self.alarms and self.alarms[0][0] <= low:
            wake, key = heappop(self.alarms)
            if self._alarm_of.get(key) == wake:
                del self._alarm_of[key]
                facts.setdefault(key, [Tick(low)])
        for key, concerned in facts.items():
            self._feed(key, concerned, told)
        return told

    def _feed(self, key: DeskKey, facts: list[Line | Tick], told: Told) -> None:
        known = self.cases.get(key)
        step = feed(known or DeskCase(key), facts, self.policy)
        told.notices += step.notices
        told.reasons.update(step.reasons)
        if known is None and step.case is None:
            return
        told.touched[key] = step.case
        if step.case is None:
            self.cases.pop(key, None)
        else:
            self.cases[key] = step.case
            self._note(key, step.wake_at)

    def _note(self, key: DeskKey, wake: int) -> None:
        """Note when a case must wake, if it would not do so earlier."""
        if wake < self._alarm_of.get(key, NEVER):
            self._alarm_of[key] = wake
            heappush(self.alarms, (wake, key))
