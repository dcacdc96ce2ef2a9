"""The stage of the simulated floor: its time, its lots, and whose turn it is.

A discrete-event simulation. Everyone on the floor is a process: a generator that says how many seconds it waits before
it goes on. The stage always wakes the one whose time comes first, so what they tell is in the order of time. Two
processes due at one instant go in the order in which they were sent off, so nothing depends on chance but the seed.
Read next: `shop.py`.
"""

from __future__ import annotations

from collections.abc import Iterator
from heapq import heappop, heappush
from itertools import count
from random import Random
from typing import NamedTuple

from standards.calendar.duration import SECOND
from standards.judge.events import iso

Process = Iterator[float]
"""Somebody on the floor; each value is how many seconds pass before the next thing they do."""

# What a day is like: from which minute on, how much busier than usual. It begins just before lunch.
_DAY = ((0, 1.1), (3, 1.35), (45, 0.9), (150, 1.2), (210, 0.7), (330, 0.8))
_DAY_LENGTH = 360
_CALM = 0.5
"""How busy a calm day is, all day."""


class Happening(NamedTuple):
    """Something that happened: when, in microseconds UTC, and the CloudEvents event that tells of it."""

    at: int
    event: dict[str, object]


class Stage:
    """The floor's time and the processes on it.

    `calm`: a day with few customers, on which all is done that is to be done, in time, and nothing fails.
    """

    def __init__(self, seed: int, start: int, *, calm: bool = False) -> None:
        self.lots = Random(seed)
        self.start = self.now = start
        self.calm = calm
        self._order = count()
        self._numbers = count(1)
        self._turns: list[tuple[int, int, Process]] = []
        self._told: list[Happening] = []

    @property
    def bustle(self) -> float:
        """How much busier than usual it is: about 1."""
        if self.calm:
            return _CALM
        minute = (self.now - self.start) // (60 * SECOND) % _DAY_LENGTH
        return next(factor for since, factor in reversed(_DAY) if since <= minute)

    def begin(self, process: Process, *, after: float = 0.0) -> None:
        """Send somebody off, `after` seconds from now."""
        heappush(self._turns, (self.now + round(after * SECOND), next(self._order), process))

    def tell(self, source: str, event_type: str, **data: object) -> None:
        """Tell what happens at this moment. Ids hold the start, so that a second demo repeats none of the first."""
        name = f"{self.start // SECOND:x}-{next(self._numbers)}"
        event: dict[str, object] = {
            "specversion": "1.0", "id": name, "source": f"floor/{source}", "type": event_type,
            "time": iso(self.now), "data": data,
        }  # fmt: skip
        self._told.append(Happening(self.now, event))

    def happens(self, share: float) -> bool:
        """Draw whether something that happens with this share (0 to 1) happens now."""
        return self.lots.random() < share

    def fails(self, share: float) -> bool:
        """Draw whether somebody fails at what fails with this share (0 to 1): never on a calm day."""
        return self.happens(share) and not self.calm

    def pause(self, mean: float) -> float:
        """Draw how long until the next of things that come by themselves every `mean` seconds."""
        return self.lots.expovariate(1 / mean)

    def run(self) -> Iterator[Happening]:
        """Let time pass, and give what happens."""
        while self._turns:
            self.now, _, process = heappop(self._turns)
            wait = next(process, None)
            if wait is not None:
                self.begin(process, after=wait)
            told, self._told = self._told, []
            yield from told
