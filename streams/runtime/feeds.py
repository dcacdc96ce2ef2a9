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
from standards.natural import natural

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from alerts.words.words import Words
    from standards.judge.feeds import Hearing
    from standards.judge.rulebook import Key, Rulebook
    from standards.judge.standard import Feed

MOST: Final = 200
"""How many feeds and keys a record and an answer tell of; those that were silent longest come first."""


class FeedStanding(msgspec.Struct, frozen=True):
    """One feed for one key: `last` is when it was last heard (microseconds UTC), or -1; `silent_after` is a span.

    `key` has the values of its `per` fields, joined by /; a feed that was never heard has none. `site` is where that
    is, as far as its key says so; one that was never heard at a site where it should be has that for its key.
    `out_of_hours`: the standards that rest on it are closed there, or have not been open for so long since.
    """

    name: str
    key: str
    last: int
    silent_after: int
    out_of_hours: bool = False
    site: str = ""

    @property
    def unheard_there(self) -> bool:
        """Whether it was never heard at this one site, though it is elsewhere: the site may have none."""
        return self.last < 0 and self.site != ""

    def dark(self, now: int) -> bool:
        """Say whether it has been silent for too long, while somebody had to hear of it: where it is known to speak."""
        return not self.out_of_hours and not self.unheard_there and self.is_still(now)

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
    """Say how each feed stands at an instant (microseconds UTC), for each key it was heard for, by the hours in force.

    Those that were silent longest come first.
    """
    declared, hours = {feed.name: feed for feed in rulebook.feeds}, _hours(rulebook, now)
    found = [
        _standing(declared[name], _facts(declared[name], key), subject_text(key), it.last, hours)
        for (name, key), it in hearings if name in declared
    ]  # fmt: skip
    spoke = {each.name for each in found}
    found += [_standing(feed, {}, "", -1, hours) for feed in declared.values() if feed.name not in spoke]
    return sorted(found, key=lambda each: (each.last, each.name, each.key))


def with_unheard(
    rulebook: Rulebook, known: Sequence[FeedStanding], sites: Iterable[str], now: int
) -> list[FeedStanding]:
    """Say how feeds stand also at those `sites` where they were never heard, though they are elsewhere.

    Of one that was heard nowhere that says it all.
    """
    heard: dict[str, set[str]] = {}
    for each in known:
        if each.site:
            heard.setdefault(each.name, set()).add(each.site)
    hours = _hours(rulebook, now)
    missing = [
        _standing(feed, {PLACE: site}, subject_text((site,)), -1, hours)
        for feed in rulebook.feeds if feed.name in heard for site in sorted({*sites} - heard[feed.name], key=natural)
    ]  # fmt: skip
    return [*missing, *known]


def sites_heard(rulebook: Rulebook, heard: Iterable[tuple[str, Key]]) -> set[str]:
    """Name the sites that the keys say for which declared feeds were heard."""
    declared = {feed.name: feed for feed in rulebook.feeds}
    return {
        str(key[feed.per.index(PLACE)])
        for name, key in heard
        if (feed := declared.get(name)) is not None and PLACE in feed.per and len(key) == len(feed.per)
    }


def _facts(feed: Feed, key: Key) -> dict[str, str | int]:
    """Give the values of a feed's fields; nothing where it was heard by other fields than it has now."""
    return dict(zip(feed.per, key, strict=True)) if len(key) == len(feed.per) else {}


def _hours(rulebook: Rulebook, now: int) -> FeedHours:
    every = (each for group in rulebook.groups.values() for each in group.standards)  # these know of changed days
    return FeedHours((each for each in every if not each.retired), now)


def _standing(feed: Feed, facts: Mapping[str, str | int], key: str, last: int, hours: FeedHours) -> FeedStanding:
    """Say how a feed stands for a key; `facts` are the values of its fields, where they are known."""
    standing = FeedStanding(feed.name, key, last, feed.silent_after, site=str(facts.get(PLACE, "")))
    if not standing.is_still(hours.now):
        return standing
    return msgspec.structs.replace(standing, out_of_hours=max(last, 0) >= hours.missed_since(feed, facts))
