"""How small groups are told: not at all, so that nobody is counted out of them (k-anonymity, Sweeney 2002).

A group is counted in its parts: by team and site, of which a page shows some or all. It is shown only where no part is
small. So is whatever is left when one page is subtracted from another, and no two pages tell of a few.
Read next: `streams/board/thanks.py` and `streams/board/voices.py`, which show them.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from enum import Enum
from typing import Final, TypeVar

K = TypeVar("K")

LEAST: Final = 5
"""From how many answers on a group is shown."""


class Unshown(Enum):
    """Why there is no count: there are fewer than `LEAST`, or it would tell how many there are of something else."""

    FEWER = "fewer"
    TELLING = "telling"


Cell = int | Unshown
"""What is told of a group: how many there are, or why not."""


def shown(parts: Mapping[K, Collection[int]], *, summed: bool = False) -> dict[K, Cell]:
    """Tell of each group, by the counts of its parts. `summed`: the sum of all groups is told elsewhere.

    Then, where it says together with those that are shown how many those that are small have, the smallest that is
    shown hides too.
    """
    found = {name: _told(counts) for name, counts in parts.items()}
    if summed and _is_told({name: sum(counts) for name, counts in parts.items()}, found):
        counted = {name: cell for name, cell in found.items() if isinstance(cell, int)}
        found |= dict.fromkeys(sorted(counted, key=counted.__getitem__)[:1], Unshown.TELLING)
    return found


def is_unanimous(counts: Sequence[int]) -> bool:
    """Say whether all are in one group, or all but one: whoever knows one of them would know the others."""
    return bool(counts) and max(counts) >= sum(counts) - 1


def _told(parts: Collection[int]) -> Cell:
    whole = sum(parts)
    if whole < LEAST:
        return Unshown.FEWER
    return Unshown.TELLING if any(0 < count < LEAST for count in parts) else whole


def _is_told(counts: Mapping[K, int], found: Mapping[K, Cell]) -> bool:
    """Say whether the sum of the groups that are not shown gives one of them: it is small, or the least or most."""
    small = [counts[name] for name, cell in found.items() if cell is Unshown.FEWER and counts[name]]
    if not small or Unshown.TELLING in found.values():
        return False
    return sum(small) < LEAST or sum(small) in (len(small), (LEAST - 1) * len(small))
