"""When a feed is missed: silence counts in the hours of the standards that rest on it, and only while they are open.

A shop that is closed sends nothing, and nobody waits for it. Verdicts do not ask this: they go by `silent_after` on the
clock on the wall (`feeds.py`). Read next: `streams/runtime/feeds.py`, which says how feeds stand.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from standards.calendar.duration import DAY
from standards.judge.standard import During
from standards.judge.targets.target import Choice

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from standards.calendar.hours import Hours
    from standards.judge.standard import Feed, Standard
    from standards.judge.targets.target import TargetRule

_BACK: Final = (8 * DAY, 64 * DAY, 400 * DAY)
"""How far back open time is looked for, a little first."""
NOBODY: Final = -1
"""Comes before every instant: nobody misses the feed."""


class FeedHours:
    """The hours of some standards at an instant, `now`, in microseconds UTC."""

    def __init__(self, standards: Iterable[Standard], now: int) -> None:
        self.now = now
        self._resting: dict[str, list[Standard]] = {}
        for standard in standards:
            for feed in standard.all_feeds:
                self._resting.setdefault(feed, []).append(standard)
        self._asked: dict[str, list[str]] = {}
        self._missed: dict[tuple[str, int, tuple[str | int | None, ...]], int] = {}
        self._found: dict[tuple[int, bool, int], int] = {}

    def missed_since(self, feed: Feed, facts: Mapping[str, str | int]) -> int:
        """Give the instant before which a feed must have spoken last to be missed now; NOBODY where it cannot be.

        `facts` are the values of its `per` fields, as far as they are known. A feed on which no standard rests is
        always expected to speak.
        """
        if feed.name not in self._asked:
            resting = self._resting.get(feed.name, ())
            self._asked[feed.name] = sorted({name for each in resting for name in _fields_asked(each)})
        name = feed.name, feed.silent_after, tuple(facts.get(each) for each in self._asked[feed.name])
        if name not in self._missed:
            self._missed[name] = self._missed_by(feed, facts)
        return self._missed[name]

    def _missed_by(self, feed: Feed, facts: Mapping[str, str | int]) -> int:
        found = (self._by(each, facts, feed.silent_after) for each in self._resting.get(feed.name, ()))
        return max(found, default=self.now - feed.silent_after)

    def _by(self, standard: Standard, facts: Mapping[str, str | int], silent_after: int) -> int:
        """Give it for one standard: by the calendar of its clock, within the hours in which anything counts."""
        during = standard.during
        by_clock = max(
            self._in(None if hours is None else During(hours), silent_after) for hours in _calendars(standard, facts)
        )
        return by_clock if during is None else min(by_clock, self._in(during, silent_after))

    def _in(self, during: During | None, silent_after: int) -> int:
        if during is None:
            return self.now - silent_after
        name = id(during.hours), during.outside, silent_after
        if name not in self._found:
            self._found[name] = _missed_since(during, silent_after, self.now)
        return self._found[name]


def _calendars(standard: Standard, facts: Mapping[str, str | int]) -> Iterable[Hours | None]:
    """Give the calendars by which a standard's clock can run; None is the clock on the wall.

    Which one it is, is known where it is chosen by what the feed's key says, such as the site.
    """
    target: TargetRule | None = getattr(standard.shape, "target", None)
    if target is None:
        return [getattr(standard.shape, "hours", None)]
    named = target.calendar
    while isinstance(named, Choice) and named.field in facts:
        named = named.options.get(facts[named.field], named.otherwise)
    return target.calendars.values() if isinstance(named, Choice) else [target.calendars[named]]


def _fields_asked(standard: Standard) -> Iterable[str]:
    """Give the fields by which the calendar of a standard's clock is chosen."""
    target: TargetRule | None = getattr(standard.shape, "target", None)
    waiting = [] if target is None else [target.calendar]
    while waiting:
        named = waiting.pop()
        if isinstance(named, Choice):
            yield named.field
            waiting += [*named.options.values(), named.otherwise]


def _missed_since(during: During, silent_after: int, now: int) -> int:
    if not during.counts(now):
        return NOBODY
    low = next((now - back for back in _BACK if _open(during, now - back, now) > silent_after), None)
    if low is None:
        return NOBODY
    high = now
    while low < high:
        middle = (low + high) // 2
        if _open(during, middle, now) > silent_after:
            low = middle + 1
        else:
            high = middle
    return low


def _open(during: During, start: int, end: int) -> int:
    inside = during.hours.between(start, end)
    return end - start - inside if during.outside else inside
