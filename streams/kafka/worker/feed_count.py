"""How the feeds stand, as partition 0 tells it for all: counted anew after some seconds, as keys may be very many.

Read next: `streams/runtime/feeds.py`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from standards.calendar.duration import SECOND
from streams.runtime.feeds import MOST, FeedStanding, dark_by_feed, standings_by

if TYPE_CHECKING:
    from collections.abc import Mapping

    from standards.judge.feeds import Hearing
    from standards.judge.rulebook import Key, Rulebook

EVERY: Final = 5 * SECOND
"""How long what was counted is told again, in microseconds of the wall clock of the facts."""


class FeedCount:
    """Those feeds that were silent longest, and for how many keys each declared one is silent."""

    def __init__(self) -> None:
        self._at: int | None = None
        self._found: tuple[list[FeedStanding], dict[str, int]] = ([], {})

    def at(
        self, rulebook: Rulebook, hearings: Mapping[tuple[str, Key], Hearing], wall: int
    ) -> tuple[list[FeedStanding], dict[str, int]]:
        """Give them as they stood within the last seconds before `wall`, in microseconds UTC."""
        if self._at is None or not 0 <= wall - self._at < EVERY:
            feeds = standings_by(rulebook, hearings.items(), wall)
            self._at, self._found = wall, (feeds[:MOST], dark_by_feed([], feeds, wall))
        return self._found
