"""The journal: cases as rows of a table that can only be written row by row.

A crash may come between any two rows, so all that is new in a case stands in one, with the last record of `facts` that
is in it (`applied_offset`). Small cases are written whole. A busy one gets a short row for what is new each time, and a
whole one now and then, which voids the short ones before it. Nobody writes over another worker's rows: the first time a
case is written here it is written whole, and what others wrote of it is deleted after that.
What cannot be read under these standards is carried along as it is, for whoever can.
Read next: `streams/storage/case_parts.py`, which says what is new; `streams/kafka/records/rows.py`, `partition.py`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import msgspec
from msgspec.structs import replace

from standards.judge.case import Case, StandardState
from standards.judge.events import Event, union_of
from streams.ingest.wire import UNREADABLE
from streams.kafka.records.rows import VERSION, Row, UndecodableState, chain, collected, name, owes
from streams.storage.case_parts import (
    SeenMark,
    join_seen,
    new_marks,
    new_seen,
    seen_mark,
    settled_marks,
    take_over,
    unreadable,
    with_settled,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from standards.judge.promise import Promise
    from standards.judge.rulebook import Rulebook
    from streams.kafka.records.rows import Write
    from streams.storage.case_parts import CaseKey, Marks, Seen

SMALL = 64
"""A case with no more identities and settled promises than this is always written whole."""
SHORT_ROWS = 32
"""After so many short rows comes a whole one."""


class Restored(NamedTuple):
    """A case as it was stored, the last record that is in it, and what of it cannot be judged here."""

    case: Case[Event]
    applied_offset: int
    parked: UndecodableState | None


class _Written(NamedTuple):
    """What is stored of a case: how many of its identities, its settled promises, how many short rows.

    `others` are the names of what other workers wrote of it, in the order in which to delete them; `ours`: what we
    wrote came further than they did.
    """

    seen: SeenMark
    settled: Marks
    rows: int
    others: tuple[bytes, ...] = ()
    ours: bool = True


_NOTHING = SeenMark(generation=-9)
"""A generation that no case can follow: whatever is written next is written whole."""
_UNWRITTEN = _Written(_NOTHING, {}, 0)

_encode = msgspec.msgpack.Encoder().encode
_read_core = msgspec.msgpack.Decoder(Case[Event]).decode
_read_raws = msgspec.msgpack.Decoder(list[msgspec.Raw]).decode


class Journal:
    """The rows of one partition's cases, under one rulebook. No two workers have the same `writer_id`."""

    def __init__(self, rulebook: Rulebook, writer_id: int = 0) -> None:
        self._writer_id = writer_id
        union: Any = union_of(rulebook.classes.values())
        self._revisions = rulebook.standards.keys()
        self._state: msgspec.msgpack.Decoder[StandardState[Event]] = msgspec.msgpack.Decoder(StandardState[union])
        self._held: msgspec.msgpack.Decoder[list[Event]] = msgspec.msgpack.Decoder(list[union])
        self._event: msgspec.msgpack.Decoder[Event] = msgspec.msgpack.Decoder(union)
        self._written: dict[CaseKey, _Written] = {}

    def write(self, case: Case[Event], applied_offset: int, parked: UndecodableState | None = None) -> Iterator[Write]:
        """Give the rows to write for a case, in order; `applied_offset` is the last record of `facts` that is in it."""
        key = (case.group, case.key)
        marks = settled_marks(case)
        before = self._written.get(key, _UNWRITTEN)
        small = len(case.seen) + len(case.seen_before) + len(marks) <= SMALL
        news = None if small or before.rows >= SHORT_ROWS else _news(case, before, marks)
        whole = news is None
        number = 0 if whole else before.rows + 1
        rest, seen, fresh = news or (*new_seen(case, _NOTHING), marks)
        states = {rev: _encode(with_settled(state, fresh)) for rev, state in case.states.items()}
        core = _encode(replace(case, held=[], states={}, seen={}, seen_before={}))
        row = Row(VERSION, applied_offset, whole, core, states, _encode(case.held), rest, seen, parked)
        self._written[key] = _Written(seen_mark(case), marks, number, () if whole else before.others)
        yield self._name(key, number), _encode(row)
        if whole:
            yield from ((self._name(key, old), None) for old in range(1, before.rows + 1))
            yield from ((other, None) for other in before.others)

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
            self._written[key] = _Written(seen, settled_marks(case), last, others, ours)
            yield restored

    def _restored(self, rows: list[Row]) -> Restored:
        last = rows[-1]
        case = _read_core(last.core)
        parked = UndecodableState() if last.parked is None else last.parked
        case.held, unread = self._events(last.held, parked.held)
        by_generation: dict[int, Seen] = {}
        for row in rows:
            generation = _read_core(row.core).generation
            by_generation.setdefault(generation - 1, []).extend(row.rest)
            by_generation.setdefault(generation, []).extend(row.seen)
        join_seen(case, by_generation)
        kept: dict[str, list[bytes]] = {}
        blobs = {rev: [row.states[rev] for row in rows if rev in row.states] for rev in last.states}
        for revision, states in (blobs | parked.states).items():
            if revision in self._revisions:
                case.states[revision] = self._merged(states)
                case.wake = min(case.wake, case.states[revision].wake)
            elif any(owes(state) for state in states):
                kept[revision] = states
        take_over(case)
        return Restored(case, last.applied_offset, UndecodableState(kept, unread) if kept or unread else None)

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


def _news(case: Case[Event], before: _Written, marks: Marks) -> tuple[Seen, Seen, Marks] | None:
    """Give what is new in a case: identities of the last generation and of this one, settled promises.

    None where more changed than a short row can say: a promise is no longer settled, or a generation was passed over.
    """
    if before.settled.keys() - marks.keys() or case.generation - before.seen.generation not in (0, 1):
        return None
    return (*new_seen(case, before.seen), new_marks(marks, before.settled))
