"""The rows of cases: what one is called, what stands in it, and which of those that there are of a case count.

A row's name says its case, its number, and which worker wrote it, so that one whose rows come late writes over nobody
else's. Where several have written of a case, whoever came furthest counts.
Read next: `streams/kafka/worker/journal.py`, which writes and reads cases.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from standards.errors import StateError
from streams.ingest.wire import UNREADABLE
from streams.storage.case_parts import Seen

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from streams.storage.case_parts import CaseKey

VERSION = 2
"""The version of rows that this Kept writes. It reads version 1 too, in which what is overdue was counted only."""
CASE = b"c"

Write = tuple[bytes, bytes | None]
"""A key of the table and its new value; None deletes it."""


class UndecodableState(msgspec.Struct, array_like=True):
    """What of a case cannot be judged here: the states of some revisions, as they were written, and held events."""

    states: dict[str, list[bytes]] = {}
    held: list[bytes] = []


class Row(msgspec.Struct, array_like=True):
    """One row. `rest` are identities of the generation before the case's, `seen` of its own: all, or what is new.

    `states` are by revision; in a short row each has only those settled promises that are new or changed.
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


_encode = msgspec.msgpack.Encoder().encode
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


def owes(state: bytes) -> bool:
    """Say whether a standard's state has a promise that is open, overdue or can be corrected."""
    found = _read_owing(state)
    return bool(found.open or found.settled or found.owed)


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
