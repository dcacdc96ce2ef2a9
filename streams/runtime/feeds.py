"""How the declared feeds stand: when each was last heard, for each of its keys, and whether it is dark.

Read next: `standards/judge/feeds.py`.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Final

import msgspec

from standards.judge.rulebook import subject_text

if TYPE_CHECKING:
    from collections.abc import Iterable

    from standards.judge.feeds import Hearing
    from standards.judge.rulebook import Key
    from standards.judge.standard import Feed

MOST: Final = 200
"""How many feeds and keys a record and an answer tell of; those that were silent longest come first."""


class FeedStanding(msgspec.Struct, frozen=True):
    """One feed for one key: `last` is when it was last heard (microseconds UTC), or -1; `silent_after` is a span.

    `key` has the values of its `per` fields, joined by /; a feed that was never heard has none.
    """

    name: str
    key: str
    last: int
    silent_after: int

    def dark(self, now: int) -> bool:
        """Say whether it has been silent for too long."""
        return self.last < 0 or now - self.last > self.silent_after


def dark_by_feed(feeds: Iterable[Feed], known: Iterable[FeedStanding], now: int) -> dict[str, int]:
    """Count by declared feed for how many of its keys it is dark; one that was never heard counts once."""
    return dict.fromkeys((feed.name for feed in feeds), 0) | Counter(each.name for each in known if each.dark(now))


def standings(feeds: Iterable[Feed], hearings: Iterable[tuple[tuple[str, Key], Hearing]]) -> list[FeedStanding]:
    """Say how each feed stands, for each key it was heard for; those that were silent longest come first."""
    declared = {feed.name: feed for feed in feeds}
    found = [
        FeedStanding(name, subject_text(key), it.last, it.silent_after)
        for (name, key), it in hearings
        if name in declared
    ]
    heard = {each.name for each in found}
    found += [
        FeedStanding(feed.name, "", -1, feed.silent_after) for feed in declared.values() if feed.name not in heard
    ]
    return sorted(found, key=lambda each: (each.last, each.name, each.key))
