"""Time by the events themselves, for history that is sent through `events`: replays, benchmarks, moving over.

An instant is reached once every partition that still has something to read has come `lateness` past it, by the newest
event that is in `facts`. When all has been read and nothing comes for `grace` of real time, the newest event's own time
is reached: whoever wants to see the end of it sends one more event that is late enough.

Pure: no Kafka, no clock.
Read next: `ticking.py`, which looks and tells; `commits.py`, by which intakes say how far they are.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from streams.kafka.intake.commits import Done


class EventTime:
    """What instant the events have reached. `lateness` and `grace` are in microseconds."""

    def __init__(self, lateness: int, grace: int) -> None:
        self._lateness = lateness
        self._grace = grace
        self._drained_at = -1

    def low(self, at: int, ends: Mapping[int, int], done: Mapping[int, Done]) -> int:
        """Give the instant up to which all is in `facts`, or -1. `at` is the clock, `ends` where partitions end."""
        behind = [each for each, end in ends.items() if each not in done or done[each].offset < end]
        if behind:
            self._drained_at = -1
            newest = min(done[each].newest if each in done else -1 for each in behind)
            return max(-1, newest - self._lateness - 1)
        if self._drained_at < 0:
            self._drained_at = at
        if at - self._drained_at < self._grace:
            return -1
        return max((each.newest for each in done.values()), default=-1)
