"""The journal: cases as rows of a table that can only be written row by row.

A crash may come between any two rows, so all that is new in a case stands in one, with the last record of `facts` that
is in it (`applied_offset`). Small cases are written whole. A busy one gets a short row for what is new each time, and a
whole one now and then, which voids the short ones before it. Nobody writes over another worker's rows: the first time a
case is written here it is written whole, and what others wrote of it is deleted after that.
What cannot be read under these standards is carried along as it is, for whoever can.
Read next: `streams/storage/cases/case_parts.py`, `streams/storage/cases/case_past.py`; `streams/kafka/records/rows.py`.
"""

from __future__ import annotations

from functools import partial
from operator import attrgetter
from typing import TYPE_CHECKING, Any, NamedTuple

import msgspec

from standards.judge.case import Case, StandardState
from standards.judge.events import Event, union_of
from streams.ingest.wire import UNREADABLE
from streams.kafka.records.rows import (
    VERSION,
    Row,
    UndecodableState,
    chain,
    collected,
    name,
    owes,
    pack,
    states_of,
    unpack,
)
from streams.kafka.worker.row_log import RowLogs, split
from streams.storage.cases.case_parts import (
    Seen,
    SeenMark,
    bare_core,
    join_seen,
    new_marks,
    new_seen,
    seen_mark,
    settled_marks,
    take_over,
    unreadable,
    with_settled,
)
from streams.storage.cases.case_past import (
    Basis,
    BasisMark,
    basis,
    basis_mark,
    join_log,
    joined_log,
    new_logged,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from standards.judge.promise import Promise
    from standards.judge.rulebook import Rulebook
    from streams.kafka.records.rows import Write
    from streams.storage.cases.case_parts import CaseKey, Marks

SMALL = 64
"""A case with no more identities, settled promises and logged events than this is always written whole."""
SHORT_ROWS = 32
"""After so many short rows comes a whole one..."""
THINGS_A_ROW = 8
"""... or, if that is more, after one for so many of these things: what is large is written whole more seldom."""


class Restored(NamedTuple):
    """A case as it was stored, the last record that is in it, and what of it cannot be judged here."""

    case: Case[Event]
    applied_offset: int
    parked: UndecodableState | None


class _News(NamedTuple):
    """What is new in a case: identities of the last generation and of this one, promises, events of its log.

    `gone` are the promises that are no longer settled; `based`: what the log goes on from is another one.
    """

    rest: Seen
    seen: Seen
    settled: Marks
    gone: list[str]
    events: list[Event]
    based: bool


class _Written(NamedTuple):
    """What is stored of a case: its identities, settled promises, log and basis, and how many short rows.

    `others` are the names of what other workers wrote of it, in the order in which to delete them; `ours`: what we
    wrote came further than they did; `names_places`: some of its log is to be read again from `facts`.
    """

    seen: SeenMark
    settled: Marks
    logged: list[Event]
    basis: BasisMark
    rows: int
    others: tuple[bytes, ...] = ()
    ours: bool = True
    names_places: bool = False


_NOTHING = SeenMark(generation=-9)
"""A generation that no case can follow: whatever is written next is written whole."""
_UNWRITTEN = _Written(_NOTHING, {}, [], BasisMark(), 0)

_at = attrgetter("at")
_encode = msgspec.msgpack.Encoder().encode
_read_core = msgspec.msgpack.Decoder(Case[Event]).decode
_read_raws = msgspec.msgpack.Decoder(list[msgspec.Raw]).decode


class Journal:
    """The rows of one partition's cases, under one rulebook. No two workers have the same `writer_id`.

    `facts` are the events that rows name by their places in `facts`.
    """

    def __init__(self, rulebook: Rulebook, writer_id: int = 0, facts: Mapping[int, Event] | None = None) -> None:
        self._writer_id = writer_id
        union: Any = union_of(rulebook.classes.values())
        self._revisions = rulebook.standards.keys()
        self._state: msgspec.msgpack.Decoder[StandardState[Event]] = msgspec.msgpack.Decoder(StandardState[union])
        self._held: msgspec.msgpack.Decoder[list[Event]] = msgspec.msgpack.Decoder(list[union])
        self._event: msgspec.msgpack.Decoder[Event] = msgspec.msgpack.Decoder(union)
        self.logs = RowLogs(self._event.decode, facts or {})
        self._basis: msgspec.msgpack.Decoder[Basis[Event]] = msgspec.msgpack.Decoder(Basis[union])
        self._groups = rulebook.groups
        self._written: dict[CaseKey, _Written] = {}

    def write(self, case: Case[Event], applied_offset: int, parked: UndecodableState | None = None) -> Iterator[Write]:
        """Give the rows to write for a case, in order; `applied_offset` is the last record of `facts` that is in it."""
        key = (case.group, case.key)
        marks = settled_marks(case)
        before = self._written.get(key, _UNWRITTEN)
        found = _news(case, before, marks)
        whole = found is None
        number = 0 if whole else before.rows + 1
        news = found or _News(*new_seen(case, _NOTHING), marks, [], case.log, based=True)
        row = self._row(case, news, applied_offset, parked, whole=whole)
        logged = list(case.log) if whole else joined_log(case, before.logged, news.events)
        others = () if whole else before.others
        names_places = bool(row.places) or (before.names_places and not whole)
        self._written[key] = _Written(
            seen_mark(case), marks, logged, basis_mark(case), number, others, names_places=names_places
        )
        yield self._name(key, number), _encode(row)
        if whole:
            yield from ((self._name(key, old), None) for old in range(1, before.rows + 1))
            yield from ((other, None) for other in before.others)

    @staticmethod
    def _row(
        case: Case[Event], news: _News, applied_offset: int, parked: UndecodableState | None, *, whole: bool
    ) -> Row:
        states = {rev: _encode(with_settled(state, news.settled)) for rev, state in case.states.items()}
        apart, places = split(news.events)
        log = pack(_encode(apart)) if apart else b""
        based = pack(_encode(basis(case))) if news.based else b""
        return Row(
            VERSION, applied_offset, whole, _encode(bare_core(case)), states, _encode(case.held), news.rest, news.seen,
            parked, log, based, news.gone, places,
        )  # fmt: skip

    def names_places(self, key: CaseKey) -> bool:
        """Say whether rows of a case name places in `facts`, where Kafka deletes what is old."""
        return self._written.get(key, _UNWRITTEN).names_places

    def write_anew(self, key: CaseKey) -> None:
        """Have a case be written whole the next time."""
        if key in self._written:
            self._written[key] = self._written[key]._replace(seen=_NOTHING)

    def delete(self, key: CaseKey) -> Iterator[Write]:
        """Give a case's deletions: a whole row first, and who came furthest last, so that what is left is as it was."""
        before = self._written.pop(key, _UNWRITTEN)
        ours = [self._name(key, number) for number in range(before.rows + 1)]
        gone = [*before.others, *ours] if before.ours else [*ours, *before.others]
        yield from ((each, None) for each in gone)

    def _name(self, key: CaseKey, number: int) -> bytes:
        return name(key, number, self._writer_id)

    def read(self, rows: Iterable[tuple[bytes, bytes]]) -> Iterator[Restored]:
        """Give the cases of a partition's rows, in any order. Raises StateError for what this Kept cannot read."""
        for key, writer_ids in collected(rows).items():
            chains = sorted(chain(writer_id, numbered) for writer_id, numbered in writer_ids.items())
            applied_offset, best, numbers = chains[-1]
            if applied_offset < 0:
                continue
            restored = self._restored([writer_ids[best][number] for number in numbers])
            case, parked = restored.case, writer_ids[best][numbers[-1]].parked
            ours = best == self._writer_id
            others = tuple(
                name(key, number, writer_id)
                for _, writer_id, _ in chains
                if writer_id != self._writer_id
                for number in sorted(writer_ids[writer_id])
            )
            # what a short row would add to is not ours then, and what was parked is in no state: write it whole
            seen = seen_mark(case) if ours and restored.parked == parked else _NOTHING
            last = max(writer_ids.get(self._writer_id, {}), default=0)
            named = any(row.places for numbered in writer_ids.values() for row in numbered.values())
            self._written[key] = _Written(
                seen, settled_marks(case), list(case.log), basis_mark(case), last, others, ours, named
            )
            yield restored

    def _restored(self, rows: list[Row]) -> Restored:
        last = rows[-1]
        case = _read_core(last.core)
        parked = UndecodableState() if last.parked is None else last.parked
        case.held, unread = self._events(last.held, parked.held)
        for event in case.held:
            event.place = -1
        by_generation: dict[int, Seen] = {}
        for row in rows:
            generation = _read_core(row.core).generation
            by_generation.setdefault(generation - 1, []).extend(row.rest)
            by_generation.setdefault(generation, []).extend(row.seen)
        join_seen(case, by_generation)
        self._join_log(case, rows)
        kept: dict[str, list[bytes]] = {}
        for revision, states in (states_of(rows) | parked.states).items():
            if revision in self._revisions:
                case.states[revision] = self._merged(states)
                case.wake = min(case.wake, case.states[revision].wake)
            elif any(owes(state) for state in states):
                kept[revision] = states
        take_over(case)
        if not (kept or unread):
            return Restored(case, last.applied_offset, None)
        case.base, case.younger, case.log = None, None, []  # nothing tells what all of it was
        case.forgotten, case.too_late = {}, []
        return Restored(case, last.applied_offset, UndecodableState(kept, unread))

    def _join_log(self, case: Case[Event], rows: list[Row]) -> None:
        """Give a case back what it is judged again by."""
        group = self._groups.get(case.group)
        raw_basis = next((row.basis for row in reversed(rows) if row.basis), b"")
        order = group.order if group else _at
        join_log(case, unpack(raw_basis), self._basis.decode, partial(self.logs.since, rows), order)

    def _events(self, held: bytes, parked: list[bytes]) -> tuple[list[Event], list[bytes]]:
        """Give the events that can be read, in order of time, and the others as they are."""
        if not parked:
            try:
                return self._held.decode(held), []
            except UNREADABLE:
                pass
        events, unread = [], []
        for raw in [*parked, *(bytes(raw) for raw in _read_raws(held))]:
            try:
                events.append(self._event.decode(raw))
            except UNREADABLE:
                unread.append(raw)
        return sorted(events, key=lambda event: event.at), unread

    def _merged(self, states: list[bytes]) -> StandardState[Event]:
        """Put a standard's state together from its rows: the last one's state, and the settled promises of all."""
        settled: dict[str, Promise[Event]] = {}
        try:
            for raw in states:
                state = self._state.decode(raw)
                settled |= {promise.id: promise for promise in state.settled}
        except UNREADABLE as error:
            raise unreadable(error) from None
        state.settled = list(settled.values())
        return state


def _news(case: Case[Event], before: _Written, marks: Marks) -> _News | None:
    """Give what is new in a case; None where it is to be written whole.

    So it is while it is small, where a generation of identities was passed over, and once there are many short rows.
    """
    things = len(case.seen) + len(case.seen_before) + len(marks) + len(case.log)
    if things <= SMALL or before.rows >= max(SHORT_ROWS, things // THINGS_A_ROW):
        return None
    if case.generation - before.seen.generation not in {0, 1}:
        return None
    gone = [promise for promise in before.settled if promise not in marks]
    events = new_logged(case, before.logged, before.basis.base)
    based = not before.basis.stands_for(case)
    return _News(*new_seen(case, before.seen), new_marks(marks, before.settled), gone, events, based)
