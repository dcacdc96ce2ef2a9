"""The journal: cases as rows of a table that can only be written row by row.

A crash may come between any two rows, so everything of a case stands in one: its core, its slots, what it has seen
since it was written last, and the `fence`: the last record of `facts` that is in it. Small cases are written whole. A
busy one remembers thousands of identities, which outweigh all the rest; it gets a short row for what is new each time,
and a whole one now and then, which makes the short ones before it void.
What cannot be read under these standards is carried along as it is, for whoever can.
Knows: the rows' form. Must not know: where they lie, or what a flush is. Read next: `partition.py`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import msgspec
from msgspec.structs import replace

from standards.case import Case, Identity, Slot
from standards.errors import StateError
from standards.events import Event
from streams.wire import UNREADABLE

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from standards.promise import Promise
    from standards.rulebook import Key, Rulebook

VERSION = 1
"""The version of rows that this Kept writes."""
CASE = b"c"
SMALL = 64
"""A case with no more identities and settled promises than this is always written whole."""
SHORT_ROWS = 32
"""After so many short rows comes a whole one."""

CaseKey = tuple[str, "Key"]
Write = tuple[bytes, bytes | None]
"""A key of the table and its new value; None deletes it."""

_Seen = list[tuple[Identity, int]]
_Marks = dict[str, tuple[int, int]]


class Parked(msgspec.Struct, array_like=True):
    """What of a case cannot be judged here: the slots of some revisions, as they were written, and held events."""

    slots: dict[str, list[bytes]] = {}
    held: list[bytes] = []


class Row(msgspec.Struct, array_like=True):
    """One row. `rest` are identities of the leaf before the case's, `seen` of its leaf: all, or what is new.

    `slots` are by revision; in a short row each has only those settled promises that are new or changed.
    """

    version: int
    fence: int
    whole: bool
    core: bytes
    slots: dict[str, bytes]
    held: bytes
    rest: _Seen
    seen: _Seen
    parked: Parked | None = None


class Name(msgspec.Struct, array_like=True, frozen=True):
    """A row's key: its case, and 0 for the whole row or the number of a short one."""

    group: str
    key: tuple[str | int, ...]
    number: int


class Restored(NamedTuple):
    """A case as it was stored, the last record that is in it, and what of it cannot be judged here."""

    case: Case[Event]
    fence: int
    parked: Parked | None


class _Written(NamedTuple):
    """How a case was written last: which leaf, how many identities of it, its settled promises, its short rows."""

    leaf: int
    identities: int
    settled: _Marks
    rows: int


_ANOTHER = -9
"""No leaf that a case can have: whatever is written next is written whole."""


class _Owing(msgspec.Struct):
    open: list[msgspec.Raw] = []
    settled: list[msgspec.Raw] = []


_encode = msgspec.msgpack.Encoder().encode
_read_row = msgspec.msgpack.Decoder(Row).decode
_read_name = msgspec.msgpack.Decoder(Name).decode
_read_core = msgspec.msgpack.Decoder(Case[Event]).decode
_read_owing = msgspec.msgpack.Decoder(_Owing).decode
_read_raws = msgspec.msgpack.Decoder(list[msgspec.Raw]).decode


class Journal:
    """The rows of one partition's cases, under one rulebook."""

    def __init__(self, rulebook: Rulebook) -> None:
        union: Any = Event
        for position, cls in enumerate(rulebook.classes.values()):
            union = cls if not position else union | cls
        self._revisions = rulebook.standards.keys()
        self._slot: msgspec.msgpack.Decoder[Slot[Event]] = msgspec.msgpack.Decoder(Slot[union])
        self._held: msgspec.msgpack.Decoder[list[Event]] = msgspec.msgpack.Decoder(list[union])
        self._event: msgspec.msgpack.Decoder[Event] = msgspec.msgpack.Decoder(union)
        self._written: dict[CaseKey, _Written] = {}

    def write(self, case: Case[Event], fence: int, parked: Parked | None = None) -> Iterator[Write]:
        """Give the rows to write for a case, in order; `fence` is the last record of `facts` that is in it."""
        key = (case.group, case.key)
        marks = _marks(case)
        before = self._written.get(key)
        news = None
        if (
            before is not None
            and before.rows < SHORT_ROWS
            and len(case.seen) + len(case.seen_before) + len(marks) > SMALL
        ):
            news = _news(case, before, marks)
        whole = before is None or news is None
        number = 0 if whole or before is None else before.rows + 1
        rest, seen, fresh = news or (list(case.seen_before.items()), list(case.seen.items()), marks.keys())
        slots = {rev: _encode(_with_settled(slot, fresh)) for rev, slot in case.slots.items()}
        core = _encode(replace(case, held=[], slots={}, seen={}, seen_before={}))
        row = Row(VERSION, fence, whole, core, slots, _encode(case.held), rest, seen, parked)
        self._written[key] = _Written(case.leaf, len(case.seen), marks, number)
        yield _name(key, number), _encode(row)
        if whole and before is not None:
            yield from ((_name(key, old), None) for old in range(1, before.rows + 1))

    def delete(self, key: CaseKey) -> Iterator[Write]:
        """Give the deletions that make a case forgotten: the whole row first; without it the others are void."""
        before = self._written.pop(key, None)
        yield from ((_name(key, number), None) for number in range((before.rows if before else 0) + 1))

    def read(self, rows: Iterable[tuple[bytes, bytes]]) -> Iterator[Restored]:
        """Give the cases of a partition's rows, in any order. Raises StateError for what this Kept cannot read."""
        for key, numbered in _collected(rows).items():
            whole = numbered.get(0)
            if whole is None:
                continue
            numbers = sorted(number for number, row in numbered.items() if not number or row.fence > whole.fence)
            restored = self._restored([numbered[number] for number in numbers])
            case, parked = restored.case, numbered[numbers[-1]].parked
            leaf = case.leaf if restored.parked == parked else _ANOTHER  # what was parked is in no slot: write it whole
            self._written[key] = _Written(leaf, len(case.seen), _marks(case), max(numbered))
            yield restored

    def _restored(self, rows: list[Row]) -> Restored:
        last = rows[-1]
        case = _read_core(last.core)
        parked = Parked() if last.parked is None else last.parked
        case.held, unread = self._events(last.held, parked.held)
        leaves: dict[int, dict[Identity, int]] = {}
        for row in rows:
            leaf = _read_core(row.core).leaf
            leaves.setdefault(leaf - 1, {}).update(row.rest)
            leaves.setdefault(leaf, {}).update(row.seen)
        case.seen, case.seen_before = leaves[case.leaf], leaves[case.leaf - 1]
        kept: dict[str, list[bytes]] = {}
        blobs = {rev: [row.slots[rev] for row in rows if rev in row.slots] for rev in last.slots}
        for revision, slots in (blobs | parked.slots).items():
            if revision in self._revisions:
                case.slots[revision] = self._merged(slots)
                case.wake = min(case.wake, case.slots[revision].wake)
            elif any(owes(slot) for slot in slots):
                kept[revision] = slots
        return Restored(case, last.fence, Parked(kept, unread) if kept or unread else None)

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

    def _merged(self, slots: list[bytes]) -> Slot[Event]:
        """Put a slot together from its rows: the last one's state, and the settled promises of all."""
        settled: dict[str, Promise[Event]] = {}
        try:
            for raw in slots:
                slot = self._slot.decode(raw)
                settled |= {promise.id: promise for promise in slot.settled}
        except UNREADABLE as error:
            raise StateError(
                f"a stored case cannot be read: {error}; put back the standards it was stored under"
            ) from None
        slot.settled = list(settled.values())
        return slot


def owed(rows: Iterable[tuple[bytes, bytes]]) -> set[str]:
    """Name the revisions under which anything is open, or can be corrected, in some rows."""
    found: set[str] = set()
    for _, raw in rows:
        row = _decoded(raw)
        found.update(rev for rev, slot in row.slots.items() if rev not in found and owes(slot))
        if row.parked is not None:
            found.update(row.parked.slots)
    return found


def owes(slot: bytes) -> bool:
    """Say whether a slot has a promise that is open or can be corrected."""
    found = _read_owing(slot)
    return bool(found.open or found.settled)


def _collected(rows: Iterable[tuple[bytes, bytes]]) -> dict[CaseKey, dict[int, Row]]:
    found: dict[CaseKey, dict[int, Row]] = {}
    for raw_name, raw in rows:
        name = _read_name(memoryview(raw_name)[1:])
        found.setdefault((name.group, name.key), {})[name.number] = _decoded(raw)
    return found


def _decoded(raw: bytes) -> Row:
    try:
        row = _read_row(raw)
    except UNREADABLE as error:
        raise StateError(f"a row of the table of cases cannot be read: {error}; run the Kept that wrote it") from None
    if row.version != VERSION:
        raise StateError(f"rows of version {row.version}, and this Kept reads {VERSION}; run the Kept that wrote them")
    return row


def _name(key: CaseKey, number: int) -> bytes:
    return CASE + _encode(Name(*key, number))


def _marks(case: Case[Event]) -> _Marks:
    return {it.id: (it.ordinal, it.settled) for slot in case.slots.values() for it in slot.settled}


def _with_settled(slot: Slot[Event], fresh: Any) -> Slot[Event]:  # noqa: ANN401 - anything that can be asked `in`
    return replace(slot, settled=[it for it in slot.settled if it.id in fresh]) if slot.settled else slot


def _news(case: Case[Event], before: _Written, marks: _Marks) -> tuple[_Seen, _Seen, set[str]] | None:
    """Give what is new in a case: identities of the last leaf and of this one, settled promises.

    None where more changed than a short row can say: a promise is no longer settled, or a leaf was passed over.
    """
    fresh = {name for name, mark in marks.items() if before.settled.get(name) != mark}
    if before.settled.keys() - marks.keys():
        return None
    if case.leaf == before.leaf:
        return [], list(case.seen.items())[before.identities :], fresh
    if case.leaf == before.leaf + 1:
        return list(case.seen_before.items())[before.identities :], list(case.seen.items()), fresh
    return None
