"""Pauses of a live host: the machine slept, the process was stopped, the disk was slow, or the clock was set forward.

Read next: `alerts/routing/stalls.py` for what they mean for who is told.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from alerts.routing.stalls import SHORTEST

if TYPE_CHECKING:
    from streams.embedded.engine import Engine
    from streams.embedded.steady_clock import SteadyClock


def note_pause(engine: Engine, clock: SteadyClock | None, since: int, stamp: int) -> int:
    """Tell an engine of a pause between two ticks, `since` and `stamp`; gives the second.

    Both are microseconds UTC; `since` is 0 at the first. Only a watched clock says which of the two it was; any other
    one is a simulation, which goes as it will.
    """
    if clock is not None:
        ahead, clock.went_ahead = clock.went_ahead, 0
        if ahead or (since and stamp - since >= SHORTEST):
            engine.resumes(stepped=ahead)
    return stamp
