"""The rows of cases: what one is called, what stands in it, and which of those that there are of a case count.

A row's name says its case, its number, and which worker wrote it, so that one whose rows come late writes over nobody
else's. Where several have written of a case, whoever came furthest counts.
Read next: `streams/kafka/worker/journal.py`, which writes and reads cases.
"""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING
from zlib import compress, decompress

import msgspec

from standards.errors import StateError
from streams.ingest.wire import UNREADABLE
from streams.storage.cases.case_parts import Seen

if TYPE_CHECKING:
    from collections.abc import Container, Iterable, Mapping

    from streams.storage.cases.case_parts import CaseKey

VERSION = 2
"""The version of rows that this Kept writes. It reads version 1 too, in which what is overdue was counted only."""
CASE = b"c"
FEW_BYTES = 4_096
"""Values up to this size are written as they are."""
_PACKED = b"\x78"
"""How what zlib has packed begins."""

Write = tuple[bytes, bytes | None]
"""A key of the table and its new value; None deletes it."""


class UndecodableState(msgspec.Struct, array_like=True):
    """What of a case cannot be judged here: the states of some revisions, as they were written, and held events."""

    states: dict[str, list[bytes]] = {}
    held: list[bytes] = []


class Row(msgspec.Struct, array_like=True):
    """One row. `rest` are identities of the generation before the case's, `seen` of its own: all, or what is new.

    `states` are by revision; in a short row each has only those settled promises that are new or changed. `gone` are
    the ids of those that are no longer settled. `log` are the events by which the case can be judged again: all, or
    what is new; `basis` is what they go on from, if that is new. Both are packed (`pack`). `places` are where others of
    these events can be read again in `facts`.
    """

    version: int
    applied_offset: int
    whole: bool
    core: bytes
    states: dict[str, bytes]
    held: bytes
    rest: Seen
    seen: Seen
    parked: UndecodableState | None = None
    log: bytes = b""
    basis: bytes = b""
    gone: list[str] = []
    places: list[int] = []


def by_kind(rows: Iterable[tuple[bytes, bytes]]) -> defaultdict[bytes, list[tuple[bytes, bytes]]]:
    """Sort rows by the first byte of their keys, which says what they are."""
    found: defaultdict[bytes, list[tuple[bytes, bytes]]] = defaultdict(list)
    for name, raw in rows:
        found[name[:1]].append((name, raw))
    return found


def pack(raw: bytes) -> bytes:
    """Make bytes smaller where they are many: a busy case's log has hundreds of kilobytes in one record otherwise."""
    return compress(raw, level=1) if len(raw) > FEW_BYTES else raw


def unpack(raw: bytes) -> bytes:
    """Give bytes as they were before `pack`; what it leaves as it is is MessagePack of a list."""
    return decompress(raw) if raw[:1] == _PACKED else raw


class Name(msgspec.Struct, array_like=True, frozen=True):
    """A row's key: its case, 0 for the whole row or the number of a short one, and the worker that wrote it."""

    group: str
    key: tuple[str | int, ...]
    number: int
    writer_id: int = 0


class _Owing(msgspec.Struct):
    open: list[msgspec.Raw] = []
    settled: list[msgspec.Raw] = []
    owed: list[msgspec.Raw] = []
    undoable: _Named | None = None


class _Named(msgspec.Struct):
    id: str = ""


_encode = msgspec.msgpack.Encoder().encode
_read_fields = msgspec.msgpack.Decoder(dict[str, msgspec.Raw]).decode
_read_raws = msgspec.msgpack.Decoder(list[msgspec.Raw]).decode
_read_named = msgspec.msgpack.Decoder(_Named).decode
_read_row = msgspec.msgpack.Decoder(Row).decode
_read_name = msgspec.msgpack.Decoder(Name).decode
_read_owing = msgspec.msgpack.Decoder(_Owing).decode


def owed(rows: Iterable[tuple[bytes, bytes]]) -> set[str]:
    """Name the revisions under which anything is owed, or can be corrected, in some rows."""
    found: set[str] = set()
    for _, raw in rows:
        row = decoded(raw)
        found.update(rev for rev, state in row.states.items() if rev not in found and owes(state))
        if row.parked is not None:
            found.update(row.parked.states)
    return found


def places_in(rows: Iterable[tuple[bytes, bytes]]) -> set[int]:
    """Give the places in `facts` that the logs of some rows name."""
    return {place for _, raw in rows for place in decoded(raw).places}


def owes(state: bytes) -> bool:
    """Say whether a standard's state has a promise that is open, overdue or can be corrected."""
    found = _read_owing(state)
    return bool(found.open or found.settled or found.owed or found.undoable is not None)


def without_settled(state: bytes, promises: Container[str]) -> bytes:
    """Take settled promises out of a standard's state, whether or not their events can be read here."""
    fields = _read_fields(state)
    if "settled" not in fields:  # as what is empty is left out
        return state
    settled = [raw for raw in _read_raws(fields["settled"]) if _read_named(raw).id not in promises]
    fields["settled"] = msgspec.Raw(_encode(settled))
    return _encode(fields)


def states_of(rows: list[Row]) -> dict[str, list[bytes]]:
    """Give the states of the last row's revisions from all rows, without promises that were settled no longer later."""
    gone = {promise: at for at, row in enumerate(rows) for promise in row.gone}
    found: dict[str, list[bytes]] = {revision: [] for revision in rows[-1].states}
    for at, row in enumerate(rows):
        later = {promise for promise, until in gone.items() if until > at}
        for revision in found.keys() & row.states.keys():
            state = row.states[revision]
            found[revision].append(without_settled(state, later) if later else state)
    return found


def collected(rows: Iterable[tuple[bytes, bytes]]) -> dict[CaseKey, dict[int, dict[int, Row]]]:
    """Sort rows by their case, the worker that wrote them, and their number."""
    found: dict[CaseKey, dict[int, dict[int, Row]]] = {}
    for raw_name, raw in rows:
        it = _read_name(memoryview(raw_name)[1:])
        found.setdefault((it.group, it.key), {}).setdefault(it.writer_id, {})[it.number] = decoded(raw)
    return found


def chain(writer_id: int, numbered: Mapping[int, Row]) -> tuple[int, int, list[int]]:
    """Say how far a worker came with a case, and which of its rows tell it; -1 where there is no whole row."""
    whole = numbered.get(0)
    if whole is None:
        return -1, writer_id, []
    numbers = sorted(
        number for number, row in numbered.items() if not number or row.applied_offset > whole.applied_offset
    )
    return numbered[numbers[-1]].applied_offset, writer_id, numbers


def decoded(raw: bytes) -> Row:
    """Read a row. Raises StateError for one that this Kept cannot read."""
    try:
        row = _read_row(raw)
    except UNREADABLE as error:
        raise StateError(f"a row of the table of cases cannot be read: {error}; run the Kept that wrote it") from None
    if not 1 <= row.version <= VERSION:
        raise StateError(
            f"rows of version {row.version}, and this Kept reads up to {VERSION}; run the Kept that wrote them"
        )
    return row


def name(key: CaseKey, number: int, writer_id: int) -> bytes:
    """Say what a row is called."""
    return CASE + _encode(Name(*key, number, writer_id))
