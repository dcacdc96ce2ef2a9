"""Catching up: nobody judged for a while, or nobody told; or a clock was set forward. Time goes over that in one step.

Until it has caught up nothing is told, so that what fell due in the meantime is told once, as it stands then.
Read next: `coordinator_runner.py`; `alerts/routing/stalls.py` for what both mean for who is told.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from alerts.routing.stalls import SHORTEST, Stall, stall_of
from standards.calendar.duration import MINUTE, SECOND

if TYPE_CHECKING:
    from collections.abc import Callable

PATIENCE: Final = 30 * SECOND
"""How long what has come waits at most for time to catch up, in microseconds."""
STEP: Final = SECOND
"""What the clock must be off by, at least, to have been set, in microseconds."""
LATEST: Final = 20 * MINUTE
"""How long after a clock was set forward time may go over to it, in microseconds: intakes take their time for that."""


class CatchingUp:
    """Whether time catches up. `clock` gives the wall clock in microseconds UTC; None where time is not the clock's.

    `counting` gives a clock in microseconds that nobody sets: what both are apart by says when the other one was.
    """

    def __init__(self, clock: Callable[[], int] | None, counting: Callable[[], int]) -> None:
        self._clock = clock
        self._counting = counting
        self._begins = True
        self._waits_since = -1
        self._seen = -1
        self._offset = 0 if clock is None else clock() - counting()
        self._ahead, self._set_at = 0, -1

    def waits(self, low: int, before: int) -> bool:
        """Say whether a step from `before` to `low` (microseconds UTC) is better done a little later."""
        moved, self._seen = low > self._seen, low
        if self._clock is None or before < 0 or low - before < SHORTEST:
            return False
        wall = self._clock()
        self._waits_since = wall if self._waits_since < 0 else self._waits_since
        return moved and wall - low >= SHORTEST and wall - self._waits_since < PATIENCE

    def stall(self, low: int, before: int) -> Stall | None:
        """Give what a step from `before` to `low` goes over: time in which nobody ran, or by which a clock was set.

        Where time is not the clock's it goes as it will: nobody ran only up to where it is when this one begins.
        """
        begins, self._begins = self._begins, self._begins and low < before
        self._waits_since = -1
        if self._clock is None:
            return stall_of(before, low) if begins else None
        self._look(self._clock(), self._counting())
        if before >= 0 and 0 < self._ahead <= low - before:
            ahead, self._ahead = self._ahead, 0
            return Stall(low - ahead, low, stepped=True)
        return stall_of(before, low)

    def _look(self, wall: int, counted: int) -> None:
        """Note by how much the clock was set forward, until time has gone over to it."""
        apart = wall - counted - self._offset
        if abs(apart) >= STEP:
            self._offset += apart
            self._ahead, self._set_at = max(0, self._ahead + apart), counted
        elif counted - self._set_at > LATEST:
            self._ahead = 0
