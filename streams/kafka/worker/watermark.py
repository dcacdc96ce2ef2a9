"""How far a partition of `facts` has come beside its cases, as its records tell it and as a row of the table.

Time reaches an instant when every partition of `events` has come `lateness` past it, or when the ticker says so, and
never passes the clock of whoever published. The higher strata have the ticker's word only, and never lead the lowest.
Where a late worker puts the row back, the records since then come again, and the cases pass over what they have.
Read next: `partition.py`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from streams.runtime.pump import Position

if TYPE_CHECKING:
    from collections.abc import Sequence

    from standards.judge.events import Event
    from standards.judge.rulebook import Rulebook
    from streams.kafka.records.facts import Facts

FORMER_DESK = b"d"
"""Rows of what had been told, as earlier versions wrote them: nobody reads them any more, and they are deleted."""
MARK = b"m"


class Watermark(msgspec.Struct):
    """How far a partition has come. All instants are microseconds UTC, or -1; `lows` are by stratum, lowest first.

    `newest_of` is the latest event time of each partition of `events`, of which there are `origins`.
    """

    lows: list[int]
    wall: int = -1
    newest_of: dict[int, int] = {}
    origins: int = 0

    def advance(self, facts: Facts[Event], lateness: int) -> None:
        """Note what a record says of time; `lateness` is in microseconds."""
        lows, told = self.lows, facts.lows
        self.wall = max(self.wall, facts.wall)
        if facts.origin >= 0:
            self.origins = facts.origins
            self.newest_of[facts.origin] = max(facts.newest, self.newest_of.get(facts.origin, -1))
        reached = told[0] if told else -1
        if self.origins and len(self.newest_of) >= self.origins:
            reached = max(reached, min(self.newest_of.values()) - lateness - 1)
        lows[0] = max(lows[0], min(reached, self.wall))
        for level in range(1, len(lows)):
            if level < len(told):
                lows[level] = max(lows[level], min(told[level], lows[level - 1]))

    def fit(self, strata: int) -> None:
        """Have as many strata as the standards do now; one that is new begins where the one below it stands."""
        while len(self.lows) < strata:
            self.lows.append(self.lows[-1] if self.lows else -1)
        del self.lows[max(1, strata) :]


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


def listing(rulebook: Rulebook) -> list[str]:
    """Name the revisions in force that list the subjects to whom they are owed."""
    machines = (machine for group in rulebook.groups.values() for machine in group.machines)
    return sorted(machine.standard.revision for machine in machines if machine.listed)
