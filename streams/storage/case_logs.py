"""The held and the settled log: what cases hold, and what they have settled, in rows of their own.

Both would be stored as often as their case changes if they lay in its snapshot. At fifty thousand events a second and a
lateness of one second, cases hold fifty thousand events, and nearly all cases change with each commit; the promises
whose verdict evidence can still correct, for a day, outnumber the open ones by far and seldom change. So a commit
appends what is new, one row for all cases, and drops the rows that time has passed as a whole.
Read next: `case_store.py`.
"""

from __future__ import annotations

from bisect import bisect_right
from operator import attrgetter
from typing import TYPE_CHECKING

from standards.judge.standard import CORRECTIONS_HORIZON
from streams.storage.case_parts import new_marks, settled_marks, with_settled

if TYPE_CHECKING:
    from collections.abc import Container, Mapping

    from standards.judge.case import Case
    from standards.judge.events import Event
    from standards.judge.promise import Promise
    from standards.judge.rulebook import Key
    from streams.storage.case_parts import CaseKey, Holding, Marks, Settled, Settling
    from streams.storage.case_store import Snapshots
    from streams.storage.sqlite import Database

_at = attrgetter("at")


class HeldLog:
    """The held events of one database's cases. After an error, use another one."""

    def __init__(self, database: Database, snapshots: Snapshots) -> None:
        self._database = database
        self._snapshots = snapshots
        self._written: dict[CaseKey, list[Event]] = {}

    def read(self, low: int) -> dict[CaseKey, list[Event]]:
        """Give what each case holds later than `low`, in order of time. Raises StateError for what cannot be read."""
        found: dict[CaseKey, list[Event]] = {}
        for (body,) in self._database.all("SELECT body FROM held ORDER BY seq"):
            for group, key, anew, events in self._snapshots.decode_holdings(body):
                known = [] if anew else found.get((group, key), [])
                found[group, key] = known + [event for event in events if event.at > low]
        self._written = {key: sorted(events, key=_at) for key, events in found.items() if events}
        return {key: list(events) for key, events in self._written.items()}

    def write(self, held: Mapping[CaseKey, list[Event]], low: int) -> None:
        """Note, inside a transaction, what some cases hold now that time has come to `low`: in order, and all later."""
        entries: list[Holding[Event]] = []
        newest = -1
        for key, events in held.items():
            known = self._written.get(key, [])
            known = known[bisect_right(known, low, key=_at) :]
            fresh = _fresh(known, events)
            if fresh is None:
                entries.append((*key, True, events))
                newest = max(newest, known[-1].at)
            elif fresh:
                entries.append((*key, False, fresh))
            if events:
                newest = max(newest, events[-1].at)
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


class SettledLog:
    """The settled promises of one database's cases. After an error, use another one."""

    def __init__(self, database: Database, snapshots: Snapshots) -> None:
        self._database = database
        self._snapshots = snapshots
        self._written: dict[CaseKey, Marks] = {}

    def read(self, low: int) -> dict[CaseKey, Settled[Event]]:
        """Give what can still be corrected at `low` in each case, by revision. Raises StateError as `HeldLog` does."""
        found: dict[CaseKey, dict[str, dict[str, Promise[Event]]]] = {}
        for (body,) in self._database.all("SELECT body FROM settled ORDER BY seq"):
            for group, key, anew, settled in self._snapshots.decode_settlings(body):
                known = {} if anew else found.get((group, key), {})
                for revision, promises in settled.items():
                    known.setdefault(revision, {}).update({it.id: it for it in promises})
                found[group, key] = known
        horizon = low - CORRECTIONS_HORIZON
        return {
            key: {rev: [it for it in known.values() if it.settled >= horizon] for rev, known in of_case.items()}
            for key, of_case in found.items()
        }

    def join(self, case: Case[Event], settled: Settled[Event]) -> None:
        """Give a case, as it was read, its settled promises back."""
        for revision in settled.keys() & case.states.keys():
            case.states[revision].settled = settled[revision]
        self._note((case.group, case.key), settled_marks(case))

    def write(
        self, cases: Mapping[CaseKey, Case[Event] | None], low: int, changed: Container[Key] | None = None
    ) -> None:
        """Note, inside a transaction, what cases have settled by `low`: those of `changed` subjects, or all."""
        horizon, newest = low - CORRECTIONS_HORIZON, -1
        entries: list[Settling[Event]] = []
        for key, case in cases.items():
            known = self._written.get(key, {})
            if case is not None and case.states and changed is not None and key[1] not in changed:
                continue
            now = settled_marks(case)
            lost = [at for name, (_, at) in known.items() if name not in now and at >= horizon]
            fresh = now if lost else new_marks(now, known)
            if lost or fresh:
                entries.append((*key, bool(lost), _chosen(case, fresh)))
                before = (known[name][1] for name in fresh if name in known)  # a correction may settle it earlier
                newest = max([newest, *lost, *before, *(at for _, at in fresh.values())])
            self._note(key, now)
        self._database.put("DELETE FROM settled WHERE newest < ?", [(horizon,)])
        if entries:
            row = (newest, self._snapshots.encode(entries))
            self._database.put("INSERT INTO settled (newest, body) VALUES (?,?)", [row])

    def _note(self, key: CaseKey, marks: Marks) -> None:
        if marks:
            self._written[key] = marks
        else:
            self._written.pop(key, None)


def _chosen(case: Case[Event] | None, fresh: Marks) -> Settled[Event]:
    states = case.states.items() if case else ()
    chosen = {revision: with_settled(state, fresh).settled for revision, state in states}
    return {revision: promises for revision, promises in chosen.items() if promises}
