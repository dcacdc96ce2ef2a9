"""The leaders' clocks: how far those of the brokers are from this machine's, by which time is told.

Events are stamped by the brokers, so time that is ahead of their clocks would pass over events that are on their way.
Ticks are stamped too: each acknowledgement says what a leader's clock was, at most so long ago as it took. What is off
by more than a second is told. A slower broker is waited for as long as it may be a slip; then this machine's clock
counts.

Pure: it is given the time.
Read next: `ticking.py`, which tells the time.
"""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING, Final

from standards.calendar.duration import MINUTE, SECOND, spoken

if TYPE_CHECKING:
    from collections.abc import Sequence

APART: Final = SECOND
"""How far clocks may be apart before it is told, in microseconds."""
BELIEVED_AFTER: Final = 10 * MINUTE
"""How long a slower broker is waited for, in microseconds."""
MEASURED: Final = 8
"""Of how many ticks the quickest acknowledgement counts: the others say less of the clock than of the way."""
_MILLISECOND: Final = 1_000


class Leaders:
    """The slowest leader's clock. `known` says whether it was asked since this process tells the time."""

    def __init__(self) -> None:
        self.known = False
        self._measured: deque[int] = deque(maxlen=MEASURED)
        self._apart_since = -1
        self._latest = -1

    @property
    def apart(self) -> int:
        """Give what it is ahead of this machine's in microseconds; negative behind, 0 if nothing is known."""
        return max(self._measured, default=0)

    @property
    def behind(self) -> int:
        """Give how far it is behind this machine's clock, in microseconds, unless that has lasted too long."""
        waited = self._apart_since >= 0 and self._latest - self._apart_since >= BELIEVED_AFTER
        return 0 if waited else max(0, -self.apart)

    def measure(self, stamps: Sequence[int], wall: int) -> None:
        """Note the leaders' stamps of one tick, in milliseconds; `wall` is the clock once all have acknowledged it.

        There are none where a topic does not stamp.
        """
        self.known, self._latest = True, wall
        if stamps:
            self._measured.append(min(stamps) * _MILLISECOND - wall)
        if abs(self.apart) < APART:
            self._apart_since = -1
        elif self._apart_since < 0:
            self._apart_since = wall

    def forget(self) -> None:
        """Forget what was measured: another process tells the time."""
        self.known = False
        self._measured.clear()
        self._apart_since = -1

    def problems(self) -> list[str]:
        """Say for people that clocks are apart, if they are."""
        if self._apart_since < 0:
            return []
        way = "ahead of" if self.apart > 0 else "behind"
        found = f"a broker's clock is {spoken(abs(self.apart))} {way} this machine's"
        then = "the slower one counts" if self.apart > 0 else f"it counts for {spoken(BELIEVED_AFTER)}, then this one's"
        return [f"{found}; {then}. Keep the clocks of brokers and intakes in step (NTP)"]
