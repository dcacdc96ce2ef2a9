"""This machine's clock, held against one that only counts on: a step of it, either way, does not move time.

Somebody sets the clock wrong for a moment, or a time server does: nothing breaks for that, and nobody's events are
late. Time goes on at the old pace, and says so. It goes over to the machine's clock when the system says that this is
synchronised, or a person does (`kept time --accept`); after a step forward also when that has lasted for `settle`. A
step back may last as long as it will: only the system or a person can say that time was wrong before.
An edge: here clocks are read. Read next: `synchronised.py`.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Final

from standards.calendar.duration import MINUTE, SECOND, spoken
from streams.embedded.synchronised import synchronised
from streams.host import ClockStanding

if TYPE_CHECKING:
    from collections.abc import Callable

STEP: Final = SECOND
"""What the clock is off by, at least, after a step, in microseconds; less is what time servers do to keep it right."""
SETTLE: Final = 10 * MINUTE
"""How long a step forward must last before time goes along with it, in microseconds, unless set otherwise."""


def _system() -> int:
    return time.time_ns() // 1_000


def _counting() -> int:
    """Read the clock that counts on from the machine's start, asleep or awake, where there is one."""
    clock = getattr(time, "CLOCK_BOOTTIME", None)
    return (time.monotonic_ns() if clock is None else time.clock_gettime_ns(clock)) // 1_000


class SteadyClock:
    """The time, in microseconds UTC. `system` is the clock that may step, `counting` the one that only counts on.

    `step` is what the system's clock is ahead of it, or behind it where negative: 0 while they agree. `went_back` says
    that time has gone over to an earlier one, and `went_ahead` by how much it has gone over to later ones, in
    microseconds; whoever sees to it that everything else does takes that back.
    `by_hand` says what a person can do to have time go over.
    """

    speed = 1.0

    def __init__(
        self,
        system: Callable[[], int] = _system,
        counting: Callable[[], int] = _counting,
        is_right: Callable[[], bool | None] = synchronised,
        *,
        settle: int = SETTLE,
        by_hand: str = "at `kept time --accept`",
    ) -> None:
        self._system, self._counting, self._is_right = system, counting, is_right
        self._settle, self._by_hand = settle, by_hand
        self._offset = system() - counting()
        self._since = -1
        self.step = 0
        self.went_back = False
        self.went_ahead = 0

    def wall(self) -> int:
        """Give the time."""
        counted = self._counting()
        offset = self._system() - counted
        apart = offset - self._offset
        if abs(apart) < STEP:
            self._go_over(offset)
        elif abs(apart - self.step) >= STEP:
            self._since, self.step = counted, apart
        if self.step and self._is_believed(counted):
            self._go_over(offset)
        return counted + self._offset

    def resume(self, reached: int) -> None:
        """Go on from where time had come when the host last ran (microseconds UTC; -1: nowhere), if that is ahead."""
        counted = self._counting()
        if reached - self._system() >= STEP:
            self._offset = reached - counted
            self.wall()

    def accept(self) -> None:
        """Go over to the machine's clock now: somebody says that it is right."""
        self.wall()
        self._go_over(self._system() - self._counting())

    def standing(self) -> ClockStanding:
        """Say how time stands against the machine's clock."""
        now = self.wall()
        if not self.step:
            return ClockStanding(now, now, synchronised=self._is_right())
        seen = self._since + self._offset
        by_itself = seen + self._settle if self.step > 0 else -1
        return ClockStanding(now, now + self.step, seen, by_itself, synchronised=self._is_right())

    def problems(self) -> list[str]:
        """Say for people that the clock has stepped, if it has."""
        stands = self.standing()
        if not self.step:
            return []
        way = "ahead of" if self.step > 0 else "behind"
        then = f" in {spoken(max(SECOND, stands.by_itself - stands.time))}," if stands.by_itself >= 0 else ""
        apart = spoken(round(abs(self.step), -6))
        found = f"this machine's clock was set: it is {apart} {way} the time that has gone by"
        mended = f"Kept goes over to it{then} when the system says that it is synchronised, or {self._by_hand}"
        return [f"{found}. {mended}. If it is wrong, set it right"]

    def _is_believed(self, counted: int) -> bool:
        lasted = self.step > 0 and counted - self._since >= self._settle
        return lasted or self._is_right() is True

    def _go_over(self, offset: int) -> None:
        self.went_back = self.went_back or offset - self._offset <= -STEP
        self.went_ahead += offset - self._offset if offset - self._offset >= STEP else 0
        self._offset, self.step, self._since = offset, 0, -1
