"""How the senders' clocks stand: how far ahead of their stamps a source's events say they are, and how late they come.

A host tells what it receives, with the time that each event claimed, and later what the late ones came to. Both are
kept by half-hours, so that a clock that was mended is soon no longer told of, and what changed is given out to be
stored. Events need a while to come: a clock is as fast as is seen here, or faster.
Must not know: which time an event counts as of; that is the host's to decide. Read next: `pump.py`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import msgspec

if TYPE_CHECKING:
    from collections.abc import Iterable

    from standards.judge.case import Effect

STRETCH: Final = 1_800_000_000
"""How long one stretch is, in microseconds; it begins at a full or a half hour, UTC."""
MOST: Final = 1_000
"""How many sources are told apart in one stretch."""
FAST: Final = 1_000_000
"""From when on a clock is said to be fast, or slow, in microseconds."""
OTHERS: Final = ""
"""The name under which all further sources of a stretch are counted together."""


class SourceClock(msgspec.Struct):
    """How the clock of one source stood in the stretch that began at `since`, in microseconds UTC. Spans: microseconds.

    `ahead` is how far its events' times were ahead of their stamps at most; where it is negative, all were behind, by
    so much at least. `behind` is how far they were behind at most. `refused` counts those too far ahead to be taken,
    `late` what came of those that were late, once for each subject that they are about.
    """

    source: str
    since: int
    ahead: int
    behind: int
    refused: int = 0
    late: dict[Effect, int] = {}


class SourceClocks:
    """The clocks of the current stretch. `known` are those that were stored of it."""

    def __init__(self, known: Iterable[SourceClock] = ()) -> None:
        self._clocks = {clock.source: clock for clock in known}
        self._since = max((clock.since for clock in self._clocks.values()), default=-1)
        self._changed: dict[str, SourceClock] = {}

    def hear(self, source: str, claimed: int, received: int) -> None:
        """Note an event by the time that it claimed and its stamp, in microseconds UTC."""
        ahead = claimed - received
        clock = self._clock(source, ahead, received)
        if ahead > clock.ahead:
            clock.ahead = ahead
        elif -ahead > clock.behind:
            clock.behind = -ahead
        else:
            return
        self._changed[clock.source] = clock

    def refuse(self, source: str, claimed: int, received: int) -> None:
        """Note an event that was refused, as it was from too far ahead."""
        self.hear(source, claimed, received)
        clock = self._clock(source, claimed - received, received)
        clock.refused += 1
        self._changed[clock.source] = clock

    def came_to(self, source: str, effect: Effect, claimed: int, received: int) -> None:
        """Note what became of a late event for one subject."""
        clock = self._clock(source, claimed - received, received)
        clock.late[effect] = clock.late.get(effect, 0) + 1
        self._changed[clock.source] = clock

    def changed(self) -> list[SourceClock]:
        """Take those that have changed since the last time."""
        found, self._changed = list(self._changed.values()), {}
        return found

    def _clock(self, source: str, ahead: int, received: int) -> SourceClock:
        """Give the clock of a source, or the one of all others where there are too many."""
        if received - STRETCH >= self._since:
            self._clocks, self._since = {}, received - received % STRETCH
        clock = self._clocks.get(source)
        if clock is None and len(self._clocks) >= MOST:
            clock = self._clocks.get(source := OTHERS)
        if clock is None:
            clock = self._clocks[source] = SourceClock(source, self._since, ahead, -ahead)
            self._changed[source] = clock
        return clock


def off_time(clocks: Iterable[SourceClock]) -> list[SourceClock]:
    """Give those of which there is something to say: whose clock is fast, or whose events come late."""
    return [clock for clock in clocks if clock.ahead >= FAST or clock.late or clock.refused]


def merged(clocks: Iterable[SourceClock]) -> list[SourceClock]:
    """Put the stretches of each source together; those whose clocks are most ahead come first, then the latest."""
    found: dict[str, SourceClock] = {}
    for each in clocks:
        known = found.setdefault(each.source, SourceClock(each.source, each.since, each.ahead, each.behind))
        known.since = min(known.since, each.since)
        known.ahead, known.behind = max(known.ahead, each.ahead), max(known.behind, each.behind)
        known.refused += each.refused
        for effect, count in each.late.items():
            known.late[effect] = known.late.get(effect, 0) + count
    return sorted(found.values(), key=lambda clock: (-max(0, clock.ahead), -clock.behind, clock.source))
