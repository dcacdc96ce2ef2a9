"""How the declared feeds stand: when each was last heard, for each of its keys, and whether it is dark.

Read next: `standards/judge/feeds.py`.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Final

import msgspec

from alerts.policy.policy import PLACE
from alerts.routing.persons import named_in, subject_without_persons
from standards.judge.feed_hours import FeedHours
from standards.judge.rulebook import subject_key, subject_text

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from alerts.words.words import Words
    from standards.judge.feeds import Hearing
    from standards.judge.rulebook import Key, Rulebook
    from standards.judge.standard import Feed

MOST: Final = 200
"""How many feeds and keys a record and an answer tell of; those that were silent longest come first."""


class FeedStanding(msgspec.Struct, frozen=True):
    """One feed for one key: `last` is when it was last heard (microseconds UTC), or -1; `silent_after` is a span.

    `key` has the values of its `per` fields, joined by /; a feed that was never heard has none. `out_of_hours`: the
    standards that rest on it are closed there, or have not been open for so long since.
    """

    name: str
    key: str
    last: int
    silent_after: int
    out_of_hours: bool = False

    def dark(self, now: int) -> bool:
        """Say whether it has been silent for too long, while somebody had to hear of it."""
        return not self.out_of_hours and self.is_still(now)

    def is_still(self, now: int) -> bool:
        """Say whether nothing was heard for too long, whatever the hours: verdicts that rest on it are unknown."""
        return self.last < 0 or now - self.last > self.silent_after


def dark_by_feed(feeds: Iterable[Feed], known: Iterable[FeedStanding], now: int) -> dict[str, int]:
    """Count by declared feed for how many of its keys it is dark; one that was never heard counts once."""
    return dict.fromkeys((feed.name for feed in feeds), 0) | Counter(each.name for each in known if each.dark(now))


def without_persons(feeds: Iterable[Feed], known: Iterable[FeedStanding], words: Words) -> list[FeedStanding]:
    """Say how feeds stand to whoever may not see who of us they are about."""
    per = {feed.name: feed.per for feed in feeds}
    return [msgspec.structs.replace(each, key=_unnamed(per.get(each.name, ()), each.key, words)) for each in known]


def _unnamed(per: Sequence[str], key: str, words: Words) -> str:
    values = subject_key(key, ["text"] * len(per)) if key else ()
    fields = dict(zip(per, values, strict=True)) if values else {}
    return subject_without_persons(key, named_in(key, fields), str(fields.get(PLACE) or ""), words)


def standings_by(
    rulebook: Rulebook, hearings: Iterable[tuple[tuple[str, Key], Hearing]], now: int
) -> list[FeedStanding]:
    """Say how the feeds stand at an instant (microseconds UTC), by the hours of the standards in force."""
    every = (each for group in rulebook.groups.values() for each in group.standards)  # these know of changed days
    hours = FeedHours((each for each in every if not each.retired), now)
    return standings(rulebook.feeds, hearings, hours)


def standings(
    feeds: Iterable[Feed], hearings: Iterable[tuple[tuple[str, Key], Hearing]], hours: FeedHours | None = None
) -> list[FeedStanding]:
    """Say how each feed stands, for each key it was heard for; those that were silent longest come first.

    `hours` are those of the standards in force, at the present instant; None: all feeds are always expected to speak.
    """
    declared = {feed.name: feed for feed in feeds}
    heard = [(declared[name], key, it.last) for (name, key), it in hearings if name in declared]
    spoke = {feed.name for feed, _, _ in heard}
    never: list[tuple[Feed, Key, int]] = [(feed, (), -1) for feed in declared.values() if feed.name not in spoke]
    found = [_standing(feed, key, last, hours) for feed, key, last in (*heard, *never)]
    return sorted(found, key=lambda each: (each.last, each.name, each.key))


def _standing(feed: Feed, key: Key, last: int, hours: FeedHours | None) -> FeedStanding:
    standing = FeedStanding(feed.name, subject_text(key), last, feed.silent_after)
    if hours is None or not standing.is_still(hours.now):
        return standing
    missed = hours.missed_since(feed, key)
    return msgspec.structs.replace(standing, out_of_hours=max(last, 0) >= missed)
