"""How far a partition of `facts` has come beside its cases, as its ticks tell it and as a row of the table.

Nothing but a tick moves time. It says which instant of the clock is covered, that everything received by then is in
`facts`, and how far each stratum has come with it.
Where a late worker puts the row back, the records since then come again, and the cases pass over what they have.
Read next: `waiting.py`, `partition.py`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from streams.runtime.position import Position

if TYPE_CHECKING:
    from collections.abc import Sequence

    from standards.judge.events import Event
    from streams.kafka.records.facts import Facts

FORMER_DESK = b"d"
"""Rows of what had been told, as earlier versions wrote them: nobody reads them any more, and they are deleted."""
MARK = b"m"


class Watermark(msgspec.Struct):
    """How far a partition has come. All instants are microseconds UTC, or -1; `lows` are by stratum, lowest first.

    `wall` is the instant that the last tick covered.
    """

    lows: list[int]
    wall: int = -1

    def advance(self, tick: Facts[Event]) -> None:
        """Note what a tick says of time; nothing goes back, and no stratum leads the lowest."""
        lows, told = self.lows, tick.lows
        self.wall = max(self.wall, tick.wall)
        lows[0] = max(lows[0], told[0])
        for level in range(1, min(len(lows), len(told))):
            lows[level] = max(lows[level], min(told[level], lows[level - 1]))

    def fit(self, strata: int) -> None:
        """Have as many strata as the standards do now; one that is new begins where the one below it stands."""
        while len(self.lows) < strata:
            self.lows.append(self.lows[-1] if self.lows else -1)
        del self.lows[max(1, strata) :]


class Mark(msgspec.Struct):
    """What is remembered of a partition beside its cases: the last tick, a record of `facts`, that all of them have.

    `groups` name those in which the cases were judged, `begun` the revisions whose listed subjects are owed since
    `position.started`. `since` is the first record of which something still waits for its tick; -1 where nothing does,
    as in the marks of earlier versions; `covered` is what the tick before it covered. `shift` is how much further
    records count than their offsets say, `trail` are ticks by which the topic is known again: see `trail.py`.
    """

    offset: int
    watermark: Watermark
    position: Position
    groups: list[str] = []
    begun: list[str] = []
    since: int = -1
    covered: int = -1
    shift: int = 0
    trail: list[tuple[int, int]] = []

    @property
    def next(self) -> int:
        """The record that has to be read next."""
        return self.offset + 1 if self.since < 0 else self.since


def mark_of(rows: Sequence[tuple[bytes, bytes]]) -> Mark:
    """Read the mark; without one, nothing has been applied yet."""
    return msgspec.msgpack.decode(rows[0][1], type=Mark) if rows else Mark(-1, Watermark([]), Position())
