"""The desk room: the desk cases of one host, and when each wants to hear of time.

To the desk it is what the pump is to the judge.

Knows: lines of the ledger, desk cases. Must not know: stores, channels. Read next: `alerts/desk.py`.
"""

from __future__ import annotations

from heapq import heapify, heappop, heappush
from typing import TYPE_CHECKING

import msgspec

from alerts.desk import DeskCase, feed
from alerts.notice import Notice, Reason
from standards.events import Tick

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from alerts.desk import Policy
    from standards.ledger import Line

DeskKey = tuple[str, str]


class Told(msgspec.Struct):
    """What the desk made of some lines: the notices, each line's reason by its id, the cases that changed."""

    notices: list[Notice] = []
    reasons: dict[str, Reason] = {}
    touched: dict[DeskKey, DeskCase | None] = {}


class DeskRoom:
    """All desk cases, decided upon by one policy."""

    def __init__(self, policy: Policy, cases: Iterable[DeskCase]) -> None:
        self.policy = policy
        self.cases = {case.key: case for case in cases}
        self._alarms = [(feed(case, (), policy).wake_at, key) for key, case in self.cases.items()]
        heapify(self._alarms)

    def push(self, lines: Sequence[Line], low: int) -> Told:
        """Decide on lines, in their order; `low` is how far time has come, in microseconds UTC."""
        told = Told()
        facts: dict[DeskKey, list[Line | Tick]] = {}
        for line in lines:
            facts.setdefault((line.standard, line.subject), []).append(line)
        while self._alarms and self._alarms[0][0] <= low:
            facts.setdefault(heappop(self._alarms)[1], []).append(Tick(low))
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
            heappush(self._alarms, (step.wake_at, key))
