"""Catching up: nobody judged for a while, or nobody told; time goes over that faster than by the clock.

Until it has caught up nothing is told, so that what fell due in the meantime is told once, as it stands then.
Read next: `coordinator_runner.py`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from alerts.routing.stalls import SHORTEST
from standards.calendar.duration import SECOND

if TYPE_CHECKING:
    from collections.abc import Callable

PATIENCE: Final = 30 * SECOND
"""How long what has come waits at most for time to catch up, in microseconds."""


class CatchingUp:
    """Whether time catches up. `clock` gives the wall clock in microseconds UTC; None where time is not the clock's."""

    def __init__(self, clock: Callable[[], int] | None) -> None:
        self._clock = clock
        self._begins = True
        self._stepped = -1
        self._waits_since = -1
        self._seen = -1

    def waits(self, low: int, before: int) -> bool:
        """Say whether a step from `before` to `low` (microseconds UTC) is better done a little later."""
        moved, self._seen = low > self._seen, low
        if self._clock is None or before < 0 or low - before < SHORTEST:
            return False
        wall = self._clock()
        self._waits_since = wall if self._waits_since < 0 else self._waits_since
        return moved and wall - low >= SHORTEST and wall - self._waits_since < PATIENCE

    def resumes(self, low: int, before: int) -> bool:
        """Say, at a step, whether nobody ran before it: it is the first, or time goes faster than the clock."""
        wall = -1 if self._clock is None else self._clock()
        faster = self._stepped >= 0 and low - before > wall - self._stepped + SHORTEST
        begins, self._begins = self._begins, self._begins and low <= before
        self._stepped, self._waits_since = wall, -1
        return begins or faster
