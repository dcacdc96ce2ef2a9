"""Where a partition stands beside its cases: how far it has come, and what the desk has told; as rows of the table.

A desk case has a row for each worker that wrote it, with the last record of `facts` that is in it, and the one that
came furthest counts: so what a worker that stood still writes too late undoes nothing. The mark has one row. Where a
late one puts it back, the records since then come again, and the cases pass over what they have.
Knows: the rows' form. Must not know: where they lie, how a case's rows look. Read next: `partition.py`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from alerts.routing.desk import DeskCase
from streams.kafka.worker.watermark import Watermark
from streams.runtime.pump import Position

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from standards.judge.rulebook import Rulebook
    from streams.kafka.records.rows import Write
    from streams.runtime.deskroom import DeskKey

DESK = b"d"
MARK = b"m"


class Mark(msgspec.Struct):
    """What is remembered of a partition beside its cases: the last record of `facts` that all of them have.

    `groups` name those in which the cases were judged, `begun` the revisions whose listed subjects are owed since
    `position.started`.
    """

    offset: int
    watermark: Watermark
    position: Position
    groups: list[str] = []
    begun: list[str] = []


class _Name(msgspec.Struct, array_like=True, frozen=True):
    """What a desk case's row is called, behind its first byte."""

    standard: str
    subject: str
    writer_id: int = 0


class _Row(msgspec.Struct, array_like=True):
    applied_offset: int
    case: DeskCase


def mark_of(rows: Sequence[tuple[bytes, bytes]]) -> Mark:
    """Read the mark; without one, nothing has been applied yet."""
    return msgspec.msgpack.decode(rows[0][1], type=Mark) if rows else Mark(-1, Watermark([]), Position())


def mark_row(mark: Mark) -> Write:
    """Write the mark."""
    return MARK, msgspec.msgpack.encode(mark)


class DeskRows:
    """The rows of one partition's desk cases. No two workers have the same `writer_id`."""

    def __init__(self, writer_id: int) -> None:
        self._writer_id = writer_id
        self._others: dict[DeskKey, list[bytes]] = {}

    def read(self, rows: Iterable[tuple[bytes, bytes]]) -> list[DeskCase]:
        """Give the desk cases, each as whoever came furthest wrote it."""
        best: dict[DeskKey, tuple[int, int, DeskCase]] = {}
        for raw_name, raw in rows:
            name = msgspec.json.decode(raw_name[len(DESK) :], type=_Name)
            row = msgspec.json.decode(raw, type=_Row)
            found = (row.applied_offset, name.writer_id, row.case)
            key = (name.standard, name.subject)
            best[key] = max(found, best.get(key, found), key=lambda each: each[:2])
            if name.writer_id != self._writer_id:
                self._others.setdefault(key, []).append(raw_name)
        return [case for _, _, case in best.values()]

    def write(self, key: DeskKey, case: DeskCase | None, applied_offset: int) -> Iterable[Write]:
        """Give the rows to write for a desk case; None: it was forgotten."""
        name = DESK + msgspec.json.encode(_Name(*key, self._writer_id))
        others = [(other, None) for other in self._others.pop(key, ())]
        return (
            [*others, (name, None)]
            if case is None
            else [(name, msgspec.json.encode(_Row(applied_offset, case))), *others]
        )


def listing(rulebook: Rulebook) -> list[str]:
    """Name the revisions in force that list the subjects to whom they are owed."""
    machines = (machine for group in rulebook.groups.values() for machine in group.machines)
    return sorted(machine.standard.revision for machine in machines if machine.listed)
