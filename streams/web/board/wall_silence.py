"""What the wall of a site does not know: which feeds are dark there, from where no number comes, or none ever came.

Read next: `streams/board/wall.py`, which says it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from standards.calendar.duration import DAY, MINUTE
from standards.judge.standard import clauses
from streams.board.wall import Quiet, Silence
from streams.runtime.feeds import MOST
from streams.storage.readings import kinds
from streams.web.actions import KNOWN_FOR

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from standards.judge.rulebook import Rulebook
    from standards.judge.standard import Feed
    from streams.host import Host
    from streams.runtime.feeds import FeedStanding
    from streams.storage.readings import Reading

RECENT: Final = 15 * MINUTE
"""How old a reading may be that is shown, in microseconds."""
REMEMBERED: Final = DAY
"""For how long it is said that a site from which numbers came is quiet, in microseconds."""


def silences(feeds: Iterable[Feed], known: Sequence[FeedStanding], site: str, now: int) -> list[Silence]:
    """Give the declared feeds that are dark at a site, or anywhere: `known` is how feeds stand, `now` microseconds UTC.

    Of very many only those that were silent longest are known: then nothing is said of a site that is not among them.
    """
    found = []
    for feed in feeds:
        heard = [each for each in known if each.name == feed.name and each.last >= 0]
        by_site = bool(site) and "site" in feed.per
        here = [each for each in heard if not by_site or _parts(each)[feed.per.index("site")] == site]
        if not here and not (heard and len(known) >= MOST):
            found.append(Silence(feed.name, "", -1))
        for each in here:
            if each.dark(now):
                place = "/".join(part for part in _parts(each) if not (by_site and part == site))
                found.append(Silence(feed.name, place, each.last))
    return found


def _parts(standing: FeedStanding) -> list[str]:
    return [part.replace("%2F", "/").replace("%25", "%") for part in standing.key.split("/")]


def numbers(host: Host, site: str) -> tuple[list[Reading], Quiet]:
    """Give the last numbers at a site, or at all, and what is missing of them. Raises StateError."""
    now = host.wall()
    found = host.read_model.readings.last(host.rulebook.vocabulary, site, now - REMEMBERED)
    recent = [each for each in found if each.at >= now - RECENT]
    speaking = {each.site for each in recent}
    since: dict[str, int] = {}
    for each in found:
        if each.site not in speaking:
            since[each.site] = max(each.at, since.get(each.site, -1))
    if found or not _counts(host.rulebook):
        return recent, Quiet(since)
    seen = host.read_model.owed.sites(now - KNOWN_FOR)
    return recent, Quiet(never=True, before=site in seen if site else host.now_status().newest >= 0)


def _counts(rulebook: Rulebook) -> bool:
    """Say whether any standard hears numbers that the wall would show."""
    shown = kinds(rulebook.vocabulary).keys()
    heard = (clause.event for it in rulebook.current.values() for clause in clauses(it.shape).values())
    return not shown.isdisjoint(heard)
