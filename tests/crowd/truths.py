"""What truly happens to the crowd's guests, and who sees it: the truths, before any sender spoils them.

Knows: chance, from a seed that is given. Must not know: standards, clocks, the way to Kept. Read next: `senders.py`.
"""

from __future__ import annotations

from random import Random
from typing import Final, NamedTuple

from tests.crowd.standards import KINDS

SECOND: Final = 1_000_000
STEP: Final = SECOND // 2
"""Most of what happens falls on such steps in a simulation, so that edges and ties are common; in microseconds."""


class Truth(NamedTuple):
    """Something that truly happened at `at`, in microseconds UTC, as `source` saw it."""

    at: int
    source: str
    id: str
    kind: str
    guest: str
    room: str
    n: int


class Scene(NamedTuple):
    """Where it happens: so many guests in so many rooms, for so many microseconds from `start` on.

    `events` happen in all. Each guest is seen by one source, or by two of them in turn. `step`: times are multiples of
    it from the start.
    """

    start: int
    length: int
    events: int
    guests: int
    rooms: int
    sources: tuple[str, ...]
    step: int = STEP


def truths(draw: Random, scene: Scene) -> list[Truth]:
    """Give what happens, in the order in which it does."""
    seen_by = [_watchers(draw, scene.sources) for _ in range(scene.guests)]
    steps = max(1, scene.length // scene.step)
    times = sorted(scene.start + draw.randrange(steps) * scene.step for _ in range(scene.events))
    found = []
    for number, at in enumerate(times):
        guest = draw.randrange(scene.guests)
        room, source = f"r{guest % scene.rooms}", draw.choice(seen_by[guest])
        found.append(Truth(at, source, f"e{number}", draw.choice(KINDS), f"g{guest}", room, draw.randint(0, 5)))
    return found


def _watchers(draw: Random, sources: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(draw.choice(sources) for _ in range(draw.choice((1, 1, 2))))
