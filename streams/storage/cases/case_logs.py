"""The held log: what cases hold, in rows of its own.

It would be stored as often as its case changes if it lay in the snapshot. At fifty thousand events a second and a
lateness of one second, cases hold fifty thousand events, and nearly all cases change with each commit. So a commit
appends what is new, one row for all cases, and drops the rows that time has passed as a whole: of a group whose
verdicts wait, time is so much later. What a case holds of a row is what is later than the case's own time.
Read next: `case_store.py`; `past_log.py` for what lasts longer.
"""

from __future__ import annotations

from bisect import bisect_right
from operator import attrgetter
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from standards.judge.case import Case
    from standards.judge.events import Event
    from streams.storage.cases.case_parts import CaseKey, Holding
    from streams.storage.cases.case_store import Snapshots
    from streams.storage.sqlite import Database

_at = attrgetter("at")


class HeldLog:
    """The held events of one database's cases. After an error, use another one.

    `lateness` is how long the verdicts of a group wait, by its name, in microseconds; 0 where it is not there.
    """

    def __init__(self, database: Database, snapshots: Snapshots, lateness: Mapping[str, int]) -> None:
        self._database = database
        self._snapshots = snapshots
        self._lateness = lateness
        self._written: dict[CaseKey, list[Event]] = {}
        self._found: dict[CaseKey, list[Event]] = {}

    def read(self) -> None:
        """Read all there is, for `join`. Raises StateError for what cannot be read."""
        for (body,) in self._database.all("SELECT body FROM held ORDER BY seq"):
            for group, key, anew, events in self._snapshots.decode_holdings(body):
                known = [] if anew else self._found.get((group, key), [])
                self._found[group, key] = known + events

    def join(self, case: Case[Event]) -> None:
        """Give a case, as it was read, what it holds: what was not judged yet, in order of time."""
        key = (case.group, case.key)
        case.held = sorted((event for event in self._found.pop(key, ()) if event.at > case.time), key=_at)
        if case.held:
            self._written[key] = list(case.held)

    def write(self, held: Mapping[CaseKey, list[Event]], low: int) -> None:
        """Note, inside a transaction, what some cases hold now that time has come to `low`: in order, and all later."""
        entries: list[Holding[Event]] = []
        newest = -1
        for key, events in held.items():
            lateness = self._lateness.get(key[0], 0)
            known = self._written.get(key, [])
            known = known[bisect_right(known, low - lateness, key=_at) :]
            fresh = _fresh(known, events)
            if fresh is None:
                entries.append((*key, True, events))
                newest = max(newest, known[-1].at + lateness)
            elif fresh:
                entries.append((*key, False, fresh))
            if events:
                newest = max(newest, events[-1].at + lateness)
                self._written[key] = list(events)
            else:
                self._written.pop(key, None)
        self._database.put("DELETE FROM held WHERE newest <= ?", [(low,)])
        if entries:
            row = (newest, self._snapshots.encode(entries))
            self._database.put("INSERT INTO held (newest, body) VALUES (?,?)", [row])


def _fresh(known: list[Event], events: list[Event]) -> list[Event] | None:
    """Give the events that are not among the known ones, or None if some of the known ones are gone."""
    count = len(known)
    if events[:count] == known:  # in order, as nearly always: told by comparing addresses
        return events[count:]
    there = set(map(id, known))
    fresh = [event for event in events if id(event) not in there]
    return fresh if len(fresh) + count == len(events) else None
