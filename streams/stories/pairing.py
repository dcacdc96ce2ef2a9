"""Pairing: what is expected with what happened, one to one.

Where an expectation leaves something open, several could fit the same thing; the pairs are chosen so that as many as
possible fit (augmenting paths: Kuhn 1955), so that no story fails by the order in which it is written.
Read next: `comparing.py`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

W = TypeVar("W")
H = TypeVar("H")


def paired(
    expected: Sequence[W], happened: Sequence[H], fits: Callable[[W, H], bool], alike: Callable[[W, H], bool]
) -> Iterator[tuple[W | None, H | None, bool]]:
    """Pair what is expected with what happened, as much as possible; gives each pair, and whether it fits.

    What did not happen as expected stands beside what happened alike, or None.
    """
    owner = _owners([[at for at, found in enumerate(happened) if fits(want, found)] for want in expected])
    yield from ((expected[want], happened[at], True) for at, want in owner.items())
    met = set(owner.values())
    surprising = [found for at, found in enumerate(happened) if at not in owner]
    for missing in (want for index, want in enumerate(expected) if index not in met):
        near = next((index for index, found in enumerate(surprising) if alike(missing, found)), None)
        yield missing, None if near is None else surprising.pop(near), False
    yield from ((None, found, False) for found in surprising)


def _owners(could: Sequence[Sequence[int]]) -> dict[int, int]:
    """Give, by thing, who has it, where each wants one of several and as many as possible get one."""
    owner: dict[int, int] = {}
    has: dict[int, int] = {}
    for first in range(len(could)):
        free, asked = _free(first, could, owner)
        while free is not None:  # back along the path: each takes what it asked for, and lets go of what it had
            want = owner[free] = asked[free]
            had, has[want] = has.get(want), free
            free = had
    return owner


def _free(first: int, could: Sequence[Sequence[int]], owner: dict[int, int]) -> tuple[int | None, dict[int, int]]:
    """Find something free for one, if others look for something else; and who asked for each thing on the way."""
    asked: dict[int, int] = {}
    asking = [first]
    while asking:
        want = asking.pop()
        for thing in could[want]:
            if thing not in asked:
                asked[thing] = want
                if thing not in owner:
                    return thing, asked
                asking.append(owner[thing])
    return None, asked
