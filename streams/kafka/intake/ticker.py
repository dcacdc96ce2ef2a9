"""The ticker: what instants have been reached, so that all that was in `events` by then is in `facts`.

At an instant t the ends of all partitions of `events` are looked up: of what can be read, as what is in a sender's open
transaction is nobody's yet. Once the intakes together have committed up to those ends, all that could be read at t is
in `facts`, as nothing is committed before it was published. So `t - grace` is what the lowest stratum has reached for
sure; a stratum above it has reached what all partitions say, in `progress`, that the one below has judged.

Pure: no Kafka, no clock.
Read next: `ticking.py`, which looks and tells; `event_time.py`, for replays.
"""

from __future__ import annotations

from collections import deque
from itertools import zip_longest
from typing import TYPE_CHECKING, Final, NamedTuple

from standards.calendar.duration import SECOND
from streams.kafka.records.facts import Facts

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from standards.judge.events import Event

MEMORY: Final = 240
"""How many looks are kept while a partition is behind; beyond that every second one is forgotten."""
RETURN: Final = 10 * SECOND
"""How long clients may take to send again what they could not send, once Kafka answers again, in microseconds."""


class Look(NamedTuple):
    """Where the partitions of `events` ended at an instant of the clock: microseconds UTC, and offset by partition."""

    at: int
    ends: Mapping[int, int]


class Ticker:
    """What instants have been reached. `grace` is in microseconds, `covered` the last instant that all is there of.

    Instants are by this machine's clock.
    """

    def __init__(self, grace: int) -> None:
        self.grace = grace
        self.covered = -1
        self._told = -1
        self._looks: deque[Look] = deque()
        self._lows: list[int] = []
        self._answered = -1
        self._quiet_since = -1
        self._quiet_until = -1

    def look(self, at: int, ends: Mapping[int, int]) -> None:
        """Remember where the partitions ended; `at` is an instant before that was asked."""
        if self._quiet_since >= 0 > self._quiet_until:
            self._quiet_until = at + RETURN
        self._answered = max(self._answered, at)
        if self._is_quiet(at):
            return
        self._looks.append(Look(at, dict(ends)))
        if len(self._looks) > MEMORY:
            latest = self._looks.pop()
            self._looks = deque([*list(self._looks)[::2], latest])

    def unanswered(self) -> None:
        """Note that Kafka does not answer: what could not be sent meanwhile is sent again once it does."""
        over = 0 <= self._quiet_until <= self._answered
        if self._quiet_since < 0 or over:
            self._quiet_since = self._answered  # which is -1 for one that has just come: it cannot know of an outage
        self._quiet_until = -1

    def _is_quiet(self, at: int) -> bool:
        """Say whether events of this instant may still be on their way back."""
        return 0 <= self._quiet_since < at and (self._quiet_until < 0 or at < self._quiet_until)

    def reached(self, committed: Mapping[int, int]) -> None:
        """Note how far each partition of `events` is in `facts`: the offset that comes next."""
        while self._looks and all(committed.get(each, -1) >= end for each, end in self._looks[0].ends.items()):
            self.cover(self._looks.popleft().at)

    def cover(self, at: int) -> None:
        """Note that all is in `facts` that was in `events` at an instant."""
        if not self._is_quiet(at):
            self.covered = max(self.covered, at)

    def tick(self, progress: Mapping[int, list[int]], partitions: Iterable[int], behind: int = 0) -> Facts[Event]:
        """Say what has been reached, by a clock that is so much `behind` this machine's, in microseconds.

        `progress` is what each partition of `facts` says of its strata.
        """
        self._told = max(self._told, self.covered - behind if self.covered >= 0 else -1)
        strata = max(map(len, progress.values()), default=0)
        reached = [max(-1, self._told - self.grace)]
        said = [progress.get(each, []) for each in partitions]
        reached += [min((_low(lows, stratum) for lows in said), default=-1) for stratum in range(strata)]
        self._lows = [max(pair) for pair in zip_longest(self._lows, reached, fillvalue=-1)]
        return Facts(wall=self._told, lows=self._lows[: len(reached)])


def _low(lows: list[int], stratum: int) -> int:
    """Give what a partition's stratum has reached; one with fewer strata is as far as its last."""
    return lows[min(stratum, len(lows) - 1)] if lows else -1
