"""The difference between two versions of the standards on the same history, promise by promise.

A promise's id is made of its standard, its subject and the event that opened it, so the same promise has the same id
under both versions, whatever they say of it. Where a standard has come in another's place, `renaming.py` says so, and
promises are paired by subject and opening. Knows: fates. Must not know: how they were found. Read next:
`streams/review/text.py`, which tells it.
"""

from __future__ import annotations

from collections import Counter
from itertools import islice
from typing import TYPE_CHECKING, Final, NamedTuple

from standards.review.renaming import renamed, under_new_names

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from standards.review.fate import Fate

ABSENT: Final = "not promised"
TELLING: Final = 10
"""So many cases are shown."""
ALIKE: Final = 2
"""How many of them, at least, end alike and are told otherwise, where there are some."""
WEIGHT: Final = {"broken": 0, "kept": 1, "excused": 2, "unknown": 3, "void": 4, "open": 5, ABSENT: 6}
"""What a reviewer wants to see first."""


class Change(NamedTuple):
    """A promise that would have come out otherwise, been told otherwise, or been made under one version alone."""

    promise: str
    before: Fate | None
    now: Fate | None

    @property
    def fate(self) -> Fate:
        """Its fate now or, where there is none, before."""
        found = self.now if self.now is not None else self.before
        assert found is not None  # noqa: S101 - a change is made of one at least
        return found

    @property
    def way(self) -> tuple[str, str]:
        """How it ended before, and how it ends now; the same word twice where it is only told otherwise."""
        return _end(self.before), _end(self.now)


class Telling(NamedTuple):
    """A change that is shown: which one it is of those of its standard that went its way, and how many those are."""

    change: Change
    number: int
    of: int


class Difference(NamedTuple):
    """All changes, by when the promises began. `renamed` has the old name of each standard in another's place."""

    changes: list[Change]
    renamed: Mapping[str, str]

    def ways(self, standard: str) -> Counter[tuple[str, str]]:
        """Count the changes of one standard by the way they went; what is only told otherwise ends alike twice."""
        return Counter(change.way for change in self.changes if change.fate.standard == standard)

    def telling(self, count: int = TELLING) -> list[Telling]:
        """Choose the cases that say most: the first of every way in turn, those first that broke or no longer do."""
        lanes: dict[tuple[str, tuple[str, str]], list[Change]] = {}
        for change in self.changes:
            lanes.setdefault((change.fate.standard, change.way), []).append(change)
        order = sorted(lanes.items(), key=lambda lane: (_weight(lane[0][1]), lane[0]))
        otherwise = [lane for (_, (was, is_now)), lane in order if was != is_now]
        alike = [lane for (_, (was, is_now)), lane in order if was == is_now]
        few = min(ALIKE, sum(map(len, alike)))
        chosen = _in_turn(otherwise, count - few)
        return chosen + _in_turn(alike, count - len(chosen))


def _in_turn(lanes: Sequence[Sequence[Change]], count: int) -> list[Telling]:
    longest = max(map(len, lanes), default=0)
    turns = (Telling(lane[turn], turn + 1, len(lane)) for turn in range(longest) for lane in lanes if turn < len(lane))
    return list(islice(turns, count))


def difference(before: Mapping[str, Fate], now: Mapping[str, Fate]) -> Difference:
    """Compare two runs over the same events."""
    names = renamed(before, now)
    was = under_new_names(before, now, names) if names else before
    return Difference(sorted(_changes(was, now), key=lambda change: (change.fate.opened, change.promise)), names)


def _changes(before: Mapping[str, Fate], now: Mapping[str, Fate]) -> Iterator[Change]:
    for name, fate in now.items():
        was = before.get(name)
        if was is None or (was.end, was.told) != (fate.end, fate.told):
            yield Change(name, was, fate)
    for name, fate in before.items():
        if name not in now:
            yield Change(name, fate, None)


def busiest(changes: Sequence[Change], slots: Sequence[tuple[int, int]], count: int = 3) -> list[tuple[int, int, int]]:
    """Give the weekdays and hours with the most changes, each as (weekday, hour, changes); `slots` are the changes'."""
    counted = Counter(slots)
    best = sorted(counted, key=lambda slot: (-counted[slot], slot))[:count]
    return [(*slot, counted[slot]) for slot in best] if changes else []


def _end(fate: Fate | None) -> str:
    return ABSENT if fate is None else fate.end


def _weight(way: tuple[str, str]) -> tuple[int, int]:
    was, is_now = way
    return min(WEIGHT[was], WEIGHT[is_now]) + (10 if was == is_now else 0), WEIGHT[is_now]
