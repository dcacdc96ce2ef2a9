"""The past of cases: what each is judged again by, and what it has settled, in one row for all cases of a commit.

Both grow with the traffic, and would be stored as often as their case changes if they lay in its snapshot. So a commit
appends what is new: events of logs, promises that were settled or corrected, the ids of those that no longer are, and
now and then what a log goes on from. What happened up to a case's base needs no deletion: it is passed over when read.

Some cases need for days what others need for minutes. So the oldest row is taken out when less than half of all that is
stored is needed, and what is still needed of it is appended anew, case by case. There is never much more than twice of
what is needed, and nothing is written much more than twice.
Read next: `case_past.py`, which says what is new; `case_store.py`.
"""

from __future__ import annotations

from collections import deque
from functools import partial
from typing import TYPE_CHECKING, Final

import msgspec

from streams.storage.cases.case_parts import Settled, new_marks, settled_marks, with_settled
from streams.storage.cases.case_past import (
    BasisMark,
    basis,
    basis_mark,
    join_log,
    joined_log,
    new_logged,
    stamp,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Container, Mapping

    from standards.judge.case import Case
    from standards.judge.events import Event
    from standards.judge.rulebook import Key
    from streams.storage.cases.case_parts import CaseKey, Marks
    from streams.storage.cases.case_store import Snapshots
    from streams.storage.sqlite import Database

SLACK: Final = 1_000
"""So much more than twice of what is needed may be stored, in things: events, promises, and bases by their size."""
AT_ONCE: Final = 4
"""How many old rows a commit takes out at most."""
_HEAVY: Final = 256
"""The bytes of a basis that count as one thing."""


class Entry(msgspec.Struct, array_like=True):
    """What is new in one case, as it is stored; `anew`: nothing that an earlier entry says of it holds any more.

    `settled` are promises by revision, `gone` the ids of those that are no longer settled, `basis` the bytes of the
    newest one, if it is new.
    """

    group: str
    key: tuple[str | int, ...]
    anew: bool
    settled: dict[str, list[msgspec.Raw]] = {}
    events: list[msgspec.Raw] = []
    gone: list[str] = []
    basis: bytes = b""

    def weigh(self) -> int:
        """Count the things in it."""
        return sum(map(len, self.settled.values())) + len(self.events) + _weight(self.basis)


class _Past:
    """What all entries of one case come to: promises and events as they were written."""

    __slots__ = ("based_in", "basis", "events", "settled", "since")

    def __init__(self, since: int) -> None:
        self.since, self.based_in = since, -1
        self.basis = b""
        self.settled: dict[str, dict[str, msgspec.Raw]] = {}
        self.events: list[msgspec.Raw] = []

    def take(self, entry: Entry, row: int) -> None:
        for revision, promises in entry.settled.items():
            self.settled.setdefault(revision, {}).update({_read_mark(raw).id: raw for raw in promises})
        for known in self.settled.values() if entry.gone else ():
            for name in entry.gone:
                known.pop(name, None)
        self.events += entry.events
        if entry.basis:
            self.basis, self.based_in = entry.basis, row


class _Stored(msgspec.Struct):
    """What is stored of a case: `since` which row, the row of its basis and the weight, what its promises are."""

    case: Case[Event]
    since: int
    marks: Marks = {}
    logged: list[Event] = []
    basis: BasisMark = BasisMark()
    based_in: int = -1
    weight: int = 0

    def weigh(self) -> int:
        return len(self.marks) + len(self.logged) + self.weight

    def needs(self, entry: Entry, row: int) -> bool:
        """Say whether anything in an entry still counts."""
        if row < self.since:
            return False
        if entry.basis and row == self.based_in:
            return True
        after = -1 if self.basis.base is None else self.basis.base.time
        marks = (_read_mark(raw) for promises in entry.settled.values() for raw in promises)
        return any(stamp(raw) > after for raw in entry.events) or any(
            it.id in self.marks and self.marks[it.id][0] == it.ordinal for it in marks
        )


class _Mark(msgspec.Struct):
    id: str = ""
    ordinal: int = 0


_read_mark = msgspec.msgpack.Decoder(_Mark).decode
_encode = msgspec.msgpack.Encoder().encode


class PastLog:
    """The past of one database's cases. After an error, use another one."""

    def __init__(self, database: Database, snapshots: Snapshots) -> None:
        self._database = database
        self._snapshots = snapshots
        self._found: dict[CaseKey, _Past] = {}
        self._stored: dict[CaseKey, _Stored] = {}
        self._rows: deque[tuple[int, int]] = deque()
        self._things = self._needed = 0
        self._last = 0

    def read(self) -> None:
        """Read all there is, for `join`. Raises StateError for what cannot be read."""
        for row, body in self._database.all("SELECT seq, body FROM past ORDER BY seq"):
            weight = 0
            for entry in self._snapshots.decode_entries(body):
                key = (entry.group, entry.key)
                past = self._found.get(key)
                if past is None or entry.anew:
                    past = self._found[key] = _Past(row)
                past.take(entry, row)
                weight += entry.weigh()
            self._note_row(row, weight)

    def join(self, case: Case[Event], order: Callable[[Event], object]) -> None:
        """Give a case, as it was read, its past back. Raises StateError as `read` does."""
        key = (case.group, case.key)
        past = self._found.pop(key, None)
        if past is None:
            return
        join_log(case, past.basis, self._snapshots.decode_basis, partial(self._since, past.events), order)
        for revision in past.settled.keys() & case.states.keys():
            settled = past.settled[revision].values()
            case.states[revision].settled = [self._snapshots.decode_promise(raw) for raw in settled]
        stored = _Stored(case, past.since, settled_marks(case), list(case.log), basis_mark(case), past.based_in)
        stored.weight = _weight(past.basis)
        self._stored[key] = stored
        self._needed += stored.weigh()

    def _since(self, log: list[msgspec.Raw], time: int) -> list[Event]:
        return [self._snapshots.decode_event(raw) for raw in log if stamp(raw) > time]

    def write(self, cases: Mapping[CaseKey, Case[Event] | None], changed: Container[Key] | None = None) -> None:
        """Note, inside a transaction, what is new in cases, None for a forgotten one.

        `changed` are the subjects of which a promise changed, if that is known: those of others are not looked at.
        """
        row, entries = self._last + 1, []
        for key, case in cases.items():
            if case is None:
                entries += self._forgotten(key)
            else:
                entries += self._news(key, case, row, look=changed is None or key[1] in changed or not case.states)
        entries += self._cleaned(row)
        if entries:
            self._database.put("INSERT INTO past VALUES (?,?)", [(row, self._snapshots.encode(entries))])
            self._note_row(row, sum(_weigh(entry) for entry in entries))

    def _note_row(self, row: int, weight: int) -> None:
        self._rows.append((row, weight))
        self._things += weight
        self._last = row

    def _forgotten(self, key: CaseKey) -> list[_Written]:
        stored = self._stored.pop(key, None)
        if stored is None:
            return []
        self._needed -= stored.weigh()
        return [(*key, True, {}, [], [], b"")]

    def _news(self, key: CaseKey, case: Case[Event], row: int, *, look: bool) -> list[_Written]:
        """Give the entry of what is new in a case, if anything is."""
        stored = self._stored.get(key)
        if stored is None:
            stored = _Stored(case, row, logged=[])
        now = settled_marks(case) if look else stored.marks
        fresh = new_marks(now, stored.marks) if look else {}
        gone = [name for name in stored.marks if name not in now] if look else []
        events = new_logged(case, stored.logged, stored.basis.base)
        based = stored.basis.stands_for(case)
        if not (fresh or gone or events) and based:
            return []
        raw = b"" if based else _encode(basis(case))
        self._needed -= stored.weigh() if key in self._stored else 0
        stored.logged = joined_log(case, stored.logged, events)
        if not based:
            stored.basis, stored.based_in, stored.weight = basis_mark(case), row, _weight(raw)
        stored.case, stored.marks = case, now
        self._stored[key] = stored
        self._needed += stored.weigh()
        return [(*key, False, _chosen(case, fresh), events, gone, raw)]

    def _cleaned(self, row: int) -> list[_Written]:
        """Take the oldest rows out while less than half of all is needed; give anew what still is."""
        entries: list[_Written] = []
        out: list[tuple[int]] = []
        while len(out) < AT_ONCE and self._rows and self._things > 2 * self._needed + SLACK:
            oldest, weight = self._rows.popleft()
            self._things -= weight
            out.append((oldest,))
            for (body,) in self._database.all("SELECT body FROM past WHERE seq = ?", [oldest]):
                for entry in self._snapshots.decode_entries(body):
                    stored = self._stored.get((entry.group, entry.key))
                    if stored is not None and stored.needs(entry, oldest):
                        entries.append(self._anew(stored, row))
        self._database.put("DELETE FROM past WHERE seq = ?", out)
        return entries

    def _anew(self, stored: _Stored, row: int) -> _Written:
        case = stored.case
        raw = _encode(basis(case))
        self._needed -= stored.weigh()
        stored.since = stored.based_in = row
        stored.marks, stored.logged, stored.basis, stored.weight = (
            settled_marks(case), list(case.log), basis_mark(case), _weight(raw),
        )  # fmt: skip
        self._needed += stored.weigh()
        return (case.group, case.key, True, _chosen(case, stored.marks), case.log, [], raw)


_Written = tuple[str, "Key", bool, "Settled[Event]", "list[Event]", list[str], bytes]
"""An `Entry` as it is written: its promises and events are not bytes yet."""


def _weigh(entry: _Written) -> int:
    return sum(map(len, entry[3].values())) + len(entry[4]) + _weight(entry[6])


def _weight(raw: bytes) -> int:
    return 1 + len(raw) // _HEAVY if raw else 0


def _chosen(case: Case[Event], marks: Marks) -> Settled[Event]:
    if not marks:
        return {}
    chosen = {revision: with_settled(state, marks).settled for revision, state in case.states.items()}
    return {revision: promises for revision, promises in chosen.items() if promises}
