"""This machine's clock, held against one that only counts on: a step of it, either way, does not move time.

Somebody sets the clock wrong for a moment, or a time server does: nothing breaks for that, and nobody's events are
late. Time goes on at the old pace, and says so. A step forward is believed when it has lasted; a step back is not,
since time cannot go back: it ends when the clock has caught up, or with the next start.
An edge: here clocks are read.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Final

from standards.calendar.duration import MINUTE, SECOND, spoken

if TYPE_CHECKING:
    from collections.abc import Callable

STEP: Final = SECOND
"""What the clock is off by, at least, after a step, in microseconds; less is what time servers do to keep it right."""
BELIEVED_AFTER: Final = 10 * MINUTE
"""How long a step forward must last before time goes along with it, in microseconds."""


def _system() -> int:
    return time.time_ns() // 1_000


def _counting() -> int:
    """Read the clock that counts on from the machine's start, asleep or awake, where there is one."""
    clock = getattr(time, "CLOCK_BOOTTIME", None)
    return (time.monotonic_ns() if clock is None else time.clock_gettime_ns(clock)) // 1_000


class SteadyClock:
    """The time, in microseconds UTC. `system` is the clock that may step, `counting` the one that only counts on.

    `step` is what the system's clock is ahead of it, or behind it where negative: 0 while they agree.
    """

    speed = 1.0

    def __init__(self, system: Callable[[], int] = _system, counting: Callable[[], int] = _counting) -> None:
        self._system, self._counting = system, counting
        self._offset = system() - counting()
        self._since = 0
        self.step = 0

    def wall(self) -> int:
        """Give the time."""
        counted = self._counting()
        offset = self._system() - counted
        apart = offset - self._offset
        if abs(apart) < STEP:
            self._offset, self.step = offset, 0
        elif abs(apart - self.step) >= STEP:
            self._since, self.step = counted, apart
        elif apart > 0 and counted - self._since >= BELIEVED_AFTER:
            self._offset, self.step = offset, 0
        return counted + self._offset

    def problems(self) -> list[str]:
        """Say for people that the clock has stepped, if it has."""
        if not self.step:
            return []
        way = "ahead of" if self.step > 0 else "behind"
        then = f"it is believed after {spoken(BELIEVED_AFTER)}" if self.step > 0 else "Kept does not go back with it"
        found = f"this machine's clock was set: it is {spoken(abs(self.step))} {way} the time that has gone by; {then}"
        return [f"{found}. If it is wrong, set it right; if it is right, start Kept again"]
