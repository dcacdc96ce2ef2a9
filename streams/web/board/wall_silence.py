"""What the wall of a site does not know: which feeds are dark there, from where no number comes, or none ever came.

Read next: `streams/board/wall.py`, which says it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from alerts.routing.facts import PERSONS
from standards.calendar.duration import DAY, MINUTE
from standards.judge.rulebook import subject_key, subject_text
from standards.judge.standard import clauses
from streams.board.wall_unknown import Quiet, Silence
from streams.runtime.feeds import MOST
from streams.storage.readings import kinds

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from standards.judge.rulebook import Key, Rulebook
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
        at = feed.per.index("site") if "site" in feed.per else -1
        of_it = [each for each in known if each.name == feed.name]
        unheard = [each for each in of_it if each.last < 0 and (not site or each.site in ("", site))]
        mine = [(each, _key(feed, each)) for each in of_it if each.last >= 0]
        heard = [(each, key, str(key[at]) if at >= 0 else "") for each, key in mine if key is not None]
        here = [(each, key, there) for each, key, there in heard if at < 0 or site in ("", there)]
        if not here and not unheard and not (heard and len(known) >= MOST):
            found.append(Silence(feed.name, "", -1))
        places = ("" if site else subject_text((each.site,)) for each in unheard if not each.out_of_hours)
        found += [Silence(feed.name, place, -1, place) for place in places]
        for each, key, there in here:
            if each.dark(now):
                left_out = PERSONS | {"site"} if site else PERSONS
                parts = zip(feed.per, key, strict=True)
                place = subject_text(tuple(part for name, part in parts if name not in left_out))
                found.append(Silence(feed.name, place, each.last, there))
    return found


def _key(feed: Feed, standing: FeedStanding) -> Key | None:
    """Read for which key a feed was heard; None where that was by other fields than it has now."""
    return subject_key(standing.key, ["text"] * len(feed.per))


def numbers(host: Host, site: str) -> tuple[list[Reading], Quiet]:
    """Give the last numbers at a site, or at all, and what is missing of them. Raises StateError."""
    now = host.wall()
    readings = host.read_model.readings
    found = readings.last(site, now - REMEMBERED)
    recent = [each for each in found if each.at >= now - RECENT]
    speaking = {each.site for each in recent}
    since: dict[str, int] = {}
    for each in found:
        if each.site not in speaking:
            since[each.site] = max(each.at, since.get(each.site, -1))
    if found or not _counts(host.rulebook):
        return recent, Quiet(since)
    return recent, Quiet(never=True, before=readings.ever(site))


def _counts(rulebook: Rulebook) -> bool:
    """Say whether any standard hears numbers that the wall would show."""
    shown = kinds(rulebook.vocabulary).keys()
    heard = (clause.event for it in rulebook.current.values() for clause in clauses(it.shape).values())
    return not shown.isdisjoint(heard)
