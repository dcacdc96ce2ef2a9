"""When the declared feeds were heard, by all events of a partition, whomever they concern.

Read next: `standards/judge/feeds.py`, `pump.py`.
"""

from __future__ import annotations

from operator import itemgetter
from typing import TYPE_CHECKING

from standards.calendar.spans import together
from standards.judge.feeds import Heard, Hearing

if TYPE_CHECKING:
    from collections.abc import Iterable

    from standards.judge.events import Event
    from standards.judge.rulebook import Group, Key, Rulebook
    from standards.judge.standard import Feed

HEARTBEAT = "feed.heartbeat"
SILENT_KEPT = 7 * 86_400_000_000
"""How long a feed that fell silent is remembered for whoever asks how feeds stand, in microseconds."""
MOST_SILENT = 200
"""How many of those are, at most: those that fell silent last."""
GAPS_KEPT = 366 * 86_400_000_000
"""How long it is remembered that events were lost, in microseconds: a promise may be on the clock for as long."""


class FeedHearings:
    """The hearings of a partition, by feed and key. What was silent before `forgotten` is not known any more.

    `gaps` are the stretches of time of which anybody's events may have been lost: apart from each other, and in order.
    """

    def __init__(
        self,
        rulebook: Rulebook,
        known: Iterable[tuple[str, Key, Hearing]],
        forgotten: int,
        gaps: Iterable[tuple[int, int]] = (),
    ) -> None:
        self.gaps = together(gaps)  # each verdict asks them all, and each flush stores them
        self.by_key = {(name, key): hearing for name, key, hearing in known}
        self.forgotten = forgotten
        self._feeds = rulebook.feeds
        self._feeds_of = {
            cls: tuple(feed for feed in rulebook.feeds if name in feed.events) for name, cls in rulebook.classes.items()
        }

    def concerns(self, event: Event) -> bool:
        """Say whether an event lets some feed be heard, or is sent for nothing else."""
        return bool(self._feeds_of.get(type(event))) or event.__struct_config__.tag == HEARTBEAT

    def hear(self, event: Event) -> None:
        """Note that the feeds spoke by which an event comes."""
        for feed in self._by(event):
            key = tuple(getattr(event.data, field, "") for field in feed.per)
            self.by_key.setdefault((feed.name, key), Hearing(feed.silent_after)).hear(event.at)

    def _by(self, event: Event) -> Iterable[Feed]:
        if event.__struct_config__.tag == HEARTBEAT:
            return [feed for feed in self._feeds if feed.name == event.data.feed]
        return self._feeds_of.get(type(event), ())

    def heard(self, group: Group, key: Key) -> Heard:
        """Give what matters to one subject."""
        at = dict(zip(group.per, key, strict=True))
        found = {}
        for feed in self._feeds:
            hearing = self.by_key.get((feed.name, tuple(at.get(field, "") for field in feed.per)))
            if hearing is not None:
                found[feed.name] = hearing
        return Heard(found, self.forgotten, self.gaps)

    def miss(self, first: int, last: int) -> None:
        """Note that events which happened from one instant to another may have been lost, whosever they were.

        What could only be judged by their absence is unknown then.
        """
        self.gaps = together([*self.gaps, (first, last)])

    def forget(self, until: int) -> None:
        """Forget the silences up to an instant, and the gaps up to long before it.

        No verdict asks for a feed that was silent since, which is as dark as one that was never heard; people do.
        """
        self.forgotten = until
        if self.gaps and self.gaps[0][1] <= until - GAPS_KEPT:
            self.gaps = tuple(gap for gap in self.gaps if gap[1] > until - GAPS_KEPT)
        silent = [(it.last, name) for name, it in self.by_key.items() if not it.forget(until)]
        silent.sort(key=itemgetter(0), reverse=True)
        for place, (last, name) in enumerate(silent):
            if place >= MOST_SILENT or last <= until - SILENT_KEPT:
                del self.by_key[name]
