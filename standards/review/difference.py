"""The difference between two versions of the standards on the same history, promise by promise.

A promise's id is made of its standard, its subject and the event that opened it, so the same promise has the same id
under both versions, whatever they say of it. Where a standard has come in another's place (gone under one name,
there under another, for the same moments), promises are paired by subject and opening.
Read next: `streams/review/text.py`, which tells it.
"""

from __future__ import annotations

from collections import Counter
from itertools import chain, islice, zip_longest
from typing import TYPE_CHECKING, Final, NamedTuple, TypeVar

import msgspec

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from standards.review.fate import Fate

ABSENT: Final = "not promised"
TELLING: Final = 10
"""So many cases are shown."""
SAME_MOMENTS: Final = 0.9
"""Which share of the moments of two standards must be the same, before one is taken to be in the other's place."""
ALIKE: Final = 2
"""How many of them, at least, end alike and are told otherwise, where there are some."""
WEIGHT: Final = {"broken": 0, "kept": 1, "excused": 2, "unknown": 3, "void": 4, "open": 5, ABSENT: 6}
"""What a reviewer wants to see first."""

Item = TypeVar("Item")


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

    def telling(self) -> list[Telling]:
        """Choose the cases that say most: the first of every way in turn, those first that broke or no longer do."""
        by_way: dict[tuple[str, tuple[str, str]], list[Change]] = {}
        for change in self.changes:
            by_way.setdefault((change.fate.standard, change.way), []).append(change)
        order = sorted(by_way, key=lambda key: (_weight(key[1]), key))
        otherwise = [by_way[key] for key in order if key[1][0] != key[1][1]]
        alike = [by_way[key] for key in order if key[1][0] == key[1][1]]
        few = min(ALIKE, sum(map(len, alike)))
        chosen = _in_turn(otherwise, TELLING - few)
        return chosen + _in_turn(alike, TELLING - len(chosen))


def _in_turn(ways: Sequence[Sequence[Change]], count: int) -> list[Telling]:
    numbered = ([Telling(change, number, len(way)) for number, change in enumerate(way, start=1)] for way in ways)
    turns = chain.from_iterable(zip_longest(*numbered))
    return list(islice((each for each in turns if each is not None), count))


def difference(before: Mapping[str, Fate], now: Mapping[str, Fate]) -> Difference:
    """Compare two runs over the same events."""
    names = _renamed(before, now)
    was = _under_new_names(before, now, names) if names else before
    return Difference(sorted(_changes(was, now), key=lambda change: (change.fate.opened, change.promise)), names)


def _changes(before: Mapping[str, Fate], now: Mapping[str, Fate]) -> Iterator[Change]:
    for name, fate in now.items():
        was = before.get(name)
        if was is None or (was.end, was.told) != (fate.end, fate.told):
            yield Change(name, was, fate)
    for name, fate in before.items():
        if name not in now:
            yield Change(name, fate, None)


def _end(fate: Fate | None) -> str:
    return ABSENT if fate is None else fate.end


def _weight(way: tuple[str, str]) -> tuple[int, int]:
    was, is_now = way
    return min(WEIGHT[was], WEIGHT[is_now]) + (10 if was == is_now else 0), WEIGHT[is_now]


def _renamed(before: Mapping[str, Fate], now: Mapping[str, Fate]) -> dict[str, str]:
    """Give the old name of each standard that is in another's place: each of them once, the likest first."""
    old_names, new_names = ({fate.standard for fate in fates.values()} for fates in (before, now))
    gone, come = sorted(old_names - new_names), sorted(new_names - old_names)
    if not gone or not come:
        return {}
    was, is_now = _by_standard(before), _by_standard(now)
    likeness = {(new, old): _likeness(is_now[new], was[old]) for new in come for old in gone}
    names: dict[str, str] = {}
    for new, old in sorted(likeness, key=lambda pair: likeness[pair], reverse=True):
        if likeness[new, old][0] >= SAME_MOMENTS and new not in names and old not in names.values():
            names[new] = old
    return names


def _under_new_names(before: Mapping[str, Fate], now: Mapping[str, Fate], names: Mapping[str, str]) -> dict[str, Fate]:
    """Give the fates of before with the new names, and each of those under the promise of now for the same moment."""
    promises: dict[tuple[str, str, int], list[str]] = {}
    for promise, fate in now.items():
        if fate.standard in names:
            promises.setdefault((fate.standard, fate.subject, fate.opened), []).append(promise)
    new_of = {old: new for new, old in names.items()}
    found: dict[str, Fate] = {}
    for promise, fate in before.items():
        new = new_of.get(fate.standard)
        if new is None:
            found[promise] = fate
            continue
        same = promises.get((new, fate.subject, fate.opened))
        found[same.pop(0) if same else promise] = msgspec.structs.replace(fate, standard=new)
    return found


class _Shape(NamedTuple):
    """What is known of a standard by its promises."""

    moments: Counter[tuple[str, int]]
    ends: Counter[str]


def _by_standard(fates: Mapping[str, Fate]) -> dict[str, _Shape]:
    found: dict[str, _Shape] = {}
    for fate in fates.values():
        shape = found.setdefault(fate.standard, _Shape(Counter(), Counter()))
        shape.moments[fate.subject, fate.opened] += 1
        shape.ends[fate.end] += 1
    return found


def _likeness(one: _Shape, other: _Shape) -> tuple[float, float]:
    """Give the shares of moments and of ends that are the same, 0 to 1."""
    return _shared(one.moments, other.moments), _shared(one.ends, other.ends)


def _shared(one: Counter[Item], other: Counter[Item]) -> float:
    return (one & other).total() / (one | other).total()
