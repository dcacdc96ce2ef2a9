"""Standards that came in the place of others: gone under one name, and there under another, for the same moments.

Read next: `difference.py`.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Final, NamedTuple, TypeVar

import msgspec

if TYPE_CHECKING:
    from collections.abc import Mapping

    from standards.review.fate import Fate

ALIKE: Final = 0.9
"""Which share of the moments of both must be the same, before one is taken to be in the other's place."""

Item = TypeVar("Item")


def renamed(before: Mapping[str, Fate], now: Mapping[str, Fate]) -> dict[str, str]:
    """Give the old name of each standard that is in another's place: each of them once, the likest first."""
    old_names, new_names = ({fate.standard for fate in fates.values()} for fates in (before, now))
    gone, come = sorted(old_names - new_names), sorted(new_names - old_names)
    if not gone or not come:
        return {}
    was, is_now = _by_standard(before), _by_standard(now)
    likeness = {(new, old): _likeness(is_now[new], was[old]) for new in come for old in gone}
    names: dict[str, str] = {}
    for new, old in sorted(likeness, key=lambda pair: likeness[pair], reverse=True):
        if likeness[new, old][0] >= ALIKE and new not in names and old not in names.values():
            names[new] = old
    return names


def under_new_names(before: Mapping[str, Fate], now: Mapping[str, Fate], names: Mapping[str, str]) -> dict[str, Fate]:
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
