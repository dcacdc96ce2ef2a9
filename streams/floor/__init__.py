"""The simulated floor: two shops and a call centre that keep most of their promises, for `kept run --demo`.

Knows: how a day with people in it goes, drawn from a seed; `stage.py` moves its time, `shop.py` and `calls.py` say what
happens, `playing.py` feeds it to a host at any speed. Must not know: how anything is judged.
The promises it is watched by stand in `streams/demo.yaml`. Read next: `stage.py`.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from streams.floor.calls import open_call_centre
from streams.floor.playing import DemoClock, play
from streams.floor.shop import open_shops
from streams.floor.stage import Stage

if TYPE_CHECKING:
    from collections.abc import Iterator

    from streams.floor.stage import Happening

__all__ = ["DEMO_STANDARDS", "DemoClock", "play", "simulate"]

DEMO_STANDARDS = Path(__file__).parent.parent / "demo.yaml"
"""The promises that the floor is watched by; the file is part of the package."""


def simulate(seed: int, start: int) -> Iterator[Happening]:
    """Give what happens on the floor from `start` (microseconds UTC) on, in the order of time, without end.

    The same seed and start give the same happenings anywhere.
    """
    stage = Stage(seed, start)
    open_shops(stage)
    open_call_centre(stage)
    return stage.run()
