"""The simulation: people come as they came, somebody serves them, and each is kept or broken, customer by customer.

For what the formulas leave out: a line that is carried from one hour into the next, people who come and go, times of
work that are not exponential. Chance is drawn before (`Arrival`), so the same people can be sent through other staffs:
what differs is then the staff alone (common random numbers; Law, Simulation Modeling and Analysis, 2015, 11.2).
Read next: `plan.py`.
"""

from __future__ import annotations

from collections import deque
from functools import partial
from heapq import heappop, heappush
from math import inf
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

SLOT = 900.0
"""Seconds of a slot. Within one, arrivals are even and the number of people there stays the same."""
SLOTS = 96
"""Slots of a day."""
AN_HOUR = 4
"""Slots of an hour."""
HOURS = 24


class Arrival(NamedTuple):
    """Somebody who comes: when (seconds since midnight), the work they bring, how long they would wait, in seconds."""

    at: float
    work: float
    patience: float = inf


Crowd = list[list[Arrival]]
"""Who comes on one day, by slot, in order."""


class Served(NamedTuple):
    """How it went for one of them: how long they waited, whether they then gave up, how many waited before them."""

    arrival: Arrival
    waited: float
    gave_up: bool
    found: int


Verdict = bool | None
"""Kept, broken, or nothing of the kind."""


class Floor:
    """One line and those who serve it, at one moment. `on_served` is called for each who was served or gave up."""

    __slots__ = ("_busy", "_on_served", "_waiting")

    def __init__(self, on_served: Callable[[Served], None]) -> None:
        self._busy: list[float] = []
        self._waiting: deque[tuple[Arrival, int]] = deque()
        self._on_served = on_served

    def copy(self, on_served: Callable[[Served], None]) -> Floor:
        """Give another that goes on from here."""
        other = Floor(on_served)
        other._busy, other._waiting = self._busy.copy(), self._waiting.copy()
        return other

    def slot(self, arrivals: Sequence[Arrival], servers: int, end: float) -> None:
        """Let a slot pass, to its `end`. Who is being served when somebody leaves is served to the end.

        While nobody waits, nobody asks who has been served: that is looked up when the next one comes.
        """
        busy, waiting = self._busy, self._waiting
        if waiting:
            self._fill(end - SLOT, servers)
        for arrival in arrivals:
            at = arrival.at
            while busy and busy[0] <= at:
                free = heappop(busy)
                if waiting:
                    self._fill(free, servers)
            if len(busy) < servers:  # then nobody waits
                self._on_served(Served(arrival, 0.0, False, 0))  # noqa: FBT003 - did not give up
                heappush(busy, at + arrival.work)
            else:
                waiting.append((arrival, len(waiting)))
        if waiting:
            self._until(end, servers)

    def drain(self, servers: int) -> None:
        """Let nobody else come in, and serve those who are there; where nobody serves, they wait for ever."""
        self._until(inf, servers)
        while self._waiting:
            arrival, found = self._waiting.popleft()
            self._on_served(Served(arrival, arrival.patience, arrival.patience < inf, found))

    def _until(self, at: float, servers: int) -> None:
        while self._waiting and self._busy and self._busy[0] <= at:
            self._fill(heappop(self._busy), servers)

    def _fill(self, now: float, servers: int) -> None:
        while self._waiting and len(self._busy) < servers:
            arrival, found = self._waiting.popleft()
            waited = max(0.0, now - arrival.at)
            if waited > arrival.patience:
                self._on_served(Served(arrival, arrival.patience, gave_up=True, found=found))
                continue
            self._on_served(Served(arrival, waited, gave_up=False, found=found))
            heappush(self._busy, now + arrival.work)


class Tally:
    """How many were kept and broken in each hour of their coming."""

    __slots__ = ("_verdict", "broken", "kept")

    def __init__(self, verdict: Callable[[Served], Verdict]) -> None:
        self.kept = [0] * HOURS
        self.broken = [0] * HOURS
        self._verdict = verdict

    def take(self, served: Served) -> None:
        """Count one."""
        kept = self._verdict(served)
        if kept is not None:
            of = self.kept if kept else self.broken
            of[min(HOURS - 1, int(served.arrival.at // (SLOT * AN_HOUR)))] += 1


def whole_day(crowd: Crowd, servers: Sequence[int], verdict: Callable[[Served], Verdict]) -> Tally:
    """Send a day's people past so many servers in each slot. Who still waits at midnight is served by the last ones."""
    tally = Tally(verdict)
    floor = Floor(tally.take)
    last = 0
    for number, (arrivals, there) in enumerate(zip(crowd, servers, strict=True), start=1):
        floor.slot(arrivals, there, number * SLOT)
        last = there or last
    floor.drain(last)
    return tally


def least_staff(
    crowds: Sequence[Crowd], guess: Sequence[int], goal: float, verdict: Callable[[Served], Verdict]
) -> list[int]:
    """Find, hour by hour, the smallest staff that keeps the goal for those who come in that hour, over all the crowds.

    Each hour begins with what the staff found for the hours before it left over. `guess` has 24 numbers, where to begin
    to look; 0 is a closed hour, which stays at 0 and whose people wait for the next one.
    """
    days = [(Floor(lambda _: None), crowd) for crowd in crowds]  # verdicts are counted on copies
    found: list[int] = []
    for hour, first in enumerate(guess):
        staff = first and _least(first, partial(_keeps, days, hour=hour, goal=goal, verdict=verdict))
        for floor, crowd in days:
            _pass(floor, crowd, hour, staff)
        found.append(staff)
    return found


def _least(first: int, keeps: Callable[[int], bool]) -> int:
    """Look up or down from the first guess."""
    most = 4 * first + 100  # a verdict that no staff can change is not looked for for ever
    staff = first
    if keeps(staff):
        while staff > 1 and keeps(staff - 1):
            staff -= 1
        return staff
    while staff < most and not keeps(staff):
        staff += 1
    return staff


def _keeps(
    days: Sequence[tuple[Floor, Crowd]], staff: int, *, hour: int, goal: float, verdict: Callable[[Served], Verdict]
) -> bool:
    tally = Tally(verdict)
    for floor, crowd in days:
        tried = floor.copy(tally.take)
        _pass(tried, crowd, hour, staff)
        tried.drain(staff)
    kept, broken = tally.kept[hour], tally.broken[hour]
    return kept >= goal * (kept + broken)


def _pass(floor: Floor, crowd: Crowd, hour: int, staff: int) -> None:
    for slot in range(hour * AN_HOUR, (hour + 1) * AN_HOUR):
        floor.slot(crowd[slot], staff, (slot + 1) * SLOT)
