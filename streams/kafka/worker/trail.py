"""Whether a partition of `facts` is still the one that was read: what was read once can be gone from its end.

A broker that had not all records may have become the leader, or lost what it had not written to its disk. Then the
next records get offsets that others had before. So the mark of a partition keeps a trail: some of the ticks that were
applied, by their offsets and the stamps that the broker gave them. What a worker finds there when it takes a partition
up must have the same stamps. Where it has not, reading goes on after the last one that has, and every record from there
on counts further than its offset says, as if it came after all that were ever applied.
Read next: `worker.py`, which asks; `partition.py`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Sequence

LONGEST: Final = 16
"""How many places a trail has at most; beyond that every second one is forgotten."""

Place = tuple[int, int]
"""A record's offset, and the stamp that the broker gave it: microseconds UTC."""


def longer(trail: Sequence[Place], offset: int, stamp: int) -> list[Place]:
    """Give a trail with one place more: the latest ones lie close together, the older ones further apart."""
    if stamp < 0 or (trail and trail[-1][0] >= offset):
        return list(trail)
    return [*(trail if len(trail) < LONGEST else trail[::2]), (offset, stamp)]


async def unlike_from(trail: Sequence[Place], stamp_of: Callable[[int], Awaitable[int | None]]) -> int | None:
    """Give the first offset at which the topic may be another one than was read; None where it is the same.

    `stamp_of` gives the stamp of the record at an offset: -1 where there is none yet, None where it was deleted, which
    says nothing.
    """
    unlike = None
    for offset, stamp in reversed(trail):
        if await stamp_of(offset) in (stamp, None):
            return None if unlike is None else offset + 1
        unlike = offset
    return None if unlike is None else 0
