"""Feeds: which streams of events were silent, and when. A verdict cannot rest on the absence of what nobody sent.

A feed's `Hearing` keeps the last time it was heard and the gaps longer than its `silent_after`. It depends only on the
set of times heard, not on their order, so that batches, hosts and late arrivals all see the same darkness.
Read next: `case.py`, whose context asks.
"""

from __future__ import annotations

from bisect import bisect_left
from typing import TYPE_CHECKING, final

import msgspec

if TYPE_CHECKING:
    from collections.abc import Iterable


class Hearing(msgspec.Struct):
    """When one feed was heard for one key. `gaps` are (heard, heard next) pairs further apart than `silent_after`."""

    silent_after: int
    first: int = -1
    last: int = -1
    gaps: list[tuple[int, int]] = msgspec.field(default_factory=list)

    def hear(self, at: int) -> None:
        """Note that the feed spoke at `at`, in any order of times."""
        if self.last < 0:
            self.first = self.last = at
        elif at > self.last:
            if at - self.last > self.silent_after:
                self.gaps.append((self.last, at))
            self.last = at
        elif at < self.first:
            if self.first - at > self.silent_after:
                self.gaps.insert(0, (at, self.first))
            self.first = at
        else:
            self._split(at)

    def forget(self, watermark: int) -> bool:
        """Drop the gaps that ended by the watermark: every timer up to it has run, so nobody will ask about them.

        Says whether anything is left to know: a feed that was silent for so long is as dark as one never heard.
        """
        if self.gaps and self.gaps[0][1] <= watermark:
            self.gaps = [gap for gap in self.gaps if gap[1] > watermark]
        return bool(self.gaps) or watermark - self.last <= self.silent_after

    def _split(self, at: int) -> None:
        position = bisect_left(self.gaps, (at, at)) - 1
        if position >= 0 and self.gaps[position][0] < at < self.gaps[position][1]:
            start, end = self.gaps[position]
            parts = [(a, b) for a, b in ((start, at), (at, end)) if b - a > self.silent_after]
            self.gaps[position : position + 1] = parts

    def dark_at(self, at: int) -> bool:
        """Say whether nothing was heard in the `silent_after` before `at`; a feed never heard by then is dark."""
        if self.last < 0 or at < self.first:
            return True
        if at >= self.last:
            return at - self.last > self.silent_after
        return any(start + self.silent_after < at < end for start, end in self.gaps)

    def heard_before(self, at: int) -> int:
        """Give when it was heard last before an instant at which it was dark, or -1: it was never heard by then."""
        if self.last < 0 or at < self.first:
            return -1
        return self.last if at >= self.last else next((start for start, end in self.gaps if start < at < end), -1)


@final
class Heard(msgspec.Struct, frozen=True):
    """A fact for a case: the hearings of the feeds that its standards rest on, by the feed's name.

    What was silent before `since` (microseconds UTC) is forgotten. `gaps` are the stretches of time, from an instant to
    another, of which anybody's events may have been lost.
    """

    hearings: dict[str, Hearing]
    since: int = -1
    gaps: tuple[tuple[int, int], ...] = ()

    def incomplete(self, since: int, until: int) -> bool:
        """Say whether events that happened from one instant to another may have been lost."""
        return any(first <= until and since <= last for first, last in self.gaps)

    def dark(self, feed: str, at: int) -> bool:
        """Say whether the feed was silent at `at`; a feed that was never heard is."""
        hearing = self.hearings.get(feed)
        return hearing is None or hearing.dark_at(at)

    def silent(self, feeds: Iterable[str], at: int) -> dict[str, int]:
        """Give those of some feeds that were silent at an instant, and when each was heard last before it, or -1."""
        dark = [feed for feed in feeds if self.dark(feed, at)] if at >= self.since else []
        return {feed: self.hearings[feed].heard_before(at) if feed in self.hearings else -1 for feed in dark}
