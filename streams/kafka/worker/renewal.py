"""Rows that name places in `facts` do not outlive what is there: they are written anew in time.

A busy case comes to it by itself: its snapshot moves on, and its rows are written whole now and then. One that falls
silent is written once more, with the events themselves.
Read next: `partition.py`, `row_log.py`.
"""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING, Final

from streams.runtime.pump import SETTLE

if TYPE_CHECKING:
    from collections.abc import Iterable

    from standards.judge.case import Case
    from standards.judge.events import Event
    from streams.kafka.worker.journal import Journal
    from streams.runtime.pump import Pump
    from streams.storage.cases.case_parts import CaseKey

OLD: Final = 2 * SETTLE
"""For how long rows may stay that name places, in microseconds; what they name may be as old when it is written."""


class Renewal:
    """The cases of a partition whose rows name places, in the order in which they are to be looked at."""

    def __init__(self, pump: Pump, journal: Journal) -> None:
        self._pump = pump
        self._journal = journal
        self._since: deque[tuple[int, CaseKey]] = deque()
        self._known: set[CaseKey] = set()
        found = sorted((case.log[0].received if case.log else -1, case.group, case.key) for case in pump.cases())
        for received, group, key in found:
            self.note([(group, key)], received)

    def note(self, names: Iterable[CaseKey], wall: int) -> None:
        """Note which of some cases have rows that name places, written at `wall`, in microseconds UTC."""
        for name in names:
            if name not in self._known and self._journal.names_places(name):
                self._known.add(name)
                self._since.append((wall, name))

    def due(self, wall: int) -> Iterable[CaseKey]:
        """Take the cases that are to be written anew by `wall`, and have that be done."""
        while self._since and self._since[0][0] <= wall - OLD:
            _, name = self._since.popleft()
            self._known.discard(name)
            case = self._pump.case(*name)
            if case is not None and self._journal.names_places(name):
                _leave(case, wall - OLD)
                self._journal.write_anew(name)
                yield name

    def all(self) -> Iterable[CaseKey]:
        """Give all cases, and have them be written anew: what their rows name can be other facts soon."""
        for case in self._pump.cases():
            name = (case.group, case.key)
            if self._journal.names_places(name):
                self._journal.write_anew(name)
                yield name


def _leave(case: Case[Event], until: int) -> None:
    """Have the events of a case that were received up to an instant be written as they are from now on."""
    for event in (*case.log, *case.held):
        if event.received <= until:
            event.place = -1
