"""Playing the simulated floor to a host, by a clock that can run faster than the one on the wall.

An edge: here a clock is read. Read next: `streams/embedded/embedded.py`, the host.
"""

from __future__ import annotations

import asyncio
import time
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

import msgspec

from streams.floor.calls import open_call_centre
from streams.floor.praise import praise
from streams.floor.shop import open_shops
from streams.floor.stage import Happening, Stage
from streams.runtime.pump import GRACE

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from standards.judge.events import Event
    from streams.ingest.wire import Reader, Refusal

DEMO_STANDARDS = Path(__file__).parent.parent / "demo.yaml"
"""The promises that the floor is watched by; the file is part of the package."""
DEMO_POLICY = DEMO_STANDARDS.with_name("demo_policy.yaml")
"""Who is told of them."""
DEMO = (DEMO_STANDARDS, DEMO_POLICY, DEMO_STANDARDS.with_name("demo_practice.yaml"))
"""All that the floor goes by: these two, and how its people look at their own work."""
BREATH = 0.1
"""How long a batch is at least apart from the next one, in seconds of the real clock."""


class Listener(Protocol):
    """What the floor plays to: the part of a host that takes events in."""

    @property
    def reader(self) -> Reader:
        """The reader of events by the standards as they are now."""

    def room(self) -> bool:
        """Say whether there is room for more events."""

    async def submit(self, events: Sequence[Event], refusals: Sequence[Refusal] = ()) -> object:
        """Take events in, and what could not be read."""


class DemoClock:
    """A wall clock that begins at `start` (microseconds UTC) and runs `speed` times as fast as `monotonic` (ns)."""

    def __init__(self, start: int, *, speed: float = 1.0, monotonic: Callable[[], int] = time.monotonic_ns) -> None:
        self.start = start
        self.speed = speed
        self._monotonic = monotonic
        self._begun = monotonic()

    def wall(self) -> int:
        """Give the time by this clock, in microseconds UTC."""
        return self.start + int((self._monotonic() - self._begun) * self.speed) // 1_000

    @property
    def grace(self) -> int:
        """How long the host is to wait for events by this clock (microseconds): a real delay grows with the speed."""
        return int(GRACE * max(1.0, self.speed))

    @property
    def closes_after(self) -> int:
        """How long after it begins what was said before is counted, by this clock: all of it comes at once."""
        return 2 * self.grace

    def until(self, at: int) -> float:
        """Give how many real seconds pass until this clock shows `at`; 0 if it has already."""
        return max(0.0, (at - self.wall()) / 1e6 / self.speed)


def simulate(seed: int, start: int, *, calm: bool = False) -> Iterator[Happening]:
    """Give what happens on the floor from `start` (microseconds UTC) on, in the order of time, without end.

    The same seed and start give the same happenings anywhere. `calm`: no promise is broken, and no feed falls silent.
    """
    stage = Stage(seed, start, calm=calm)
    open_shops(stage)
    open_call_centre(stage)
    stage.begin(praise(stage))
    return stage.run()


async def play(listener: Listener, clock: DemoClock, happenings: Iterable[Happening]) -> None:
    """Give each happening to the listener when its time has come, in small batches, until cancelled.

    A happening that the listener's standards have no word for becomes a refusal there, as from any other source.
    """
    due: list[Happening] = []
    for happening in happenings:
        if due and clock.until(happening.at) > 0:
            await _submit(listener, due)
            due = []
            await asyncio.sleep(max(BREATH, clock.until(happening.at)))
        due.append(happening)
    await _submit(listener, due)


async def _submit(listener: Listener, due: Sequence[Happening]) -> None:
    while not listener.room():  # noqa: ASYNC110 - a host is asked for room, as by the intake; it sends no word
        await asyncio.sleep(BREATH)
    refusals: list[Refusal] = []
    lines = b"\n".join(msgspec.json.encode(happening.event) for happening in due)
    await listener.submit(listener.reader.lines(lines, refusals.append), refusals)
