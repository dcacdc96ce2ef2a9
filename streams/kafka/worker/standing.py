"""Where a partition stands beside its cases: how far it has come, as a row of the table.

Where a late worker puts the mark back, the records since then come again, and the cases pass over what they have.
Read next: `partition.py`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from streams.kafka.worker.watermark import Watermark
from streams.runtime.pump import Position

if TYPE_CHECKING:
    from collections.abc import Sequence

    from standards.judge.rulebook import Rulebook
    from streams.kafka.records.rows import Write

FORMER_DESK = b"d"
"""Rows of what had been told, as earlier versions wrote them: nobody reads them any more, and they are deleted."""
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


def mark_of(rows: Sequence[tuple[bytes, bytes]]) -> Mark:
    """Read the mark; without one, nothing has been applied yet."""
    return msgspec.msgpack.decode(rows[0][1], type=Mark) if rows else Mark(-1, Watermark([]), Position())


def mark_row(mark: Mark) -> Write:
    """Write the mark."""
    return MARK, msgspec.msgpack.encode(mark)


def listing(rulebook: Rulebook) -> list[str]:
    """Name the revisions in force that list the subjects to whom they are owed."""
    machines = (machine for group in rulebook.groups.values() for machine in group.machines)
    return sorted(machine.standard.revision for machine in machines if machine.listed)
