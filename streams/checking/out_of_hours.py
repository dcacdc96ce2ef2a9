"""What history says to opening hours: promises kept while all was closed, and samples that a calendar leaves out.

Read next: `standards/judge/shapes/measuring.py`.
"""

from __future__ import annotations

from collections import Counter
from contextlib import ExitStack
from typing import TYPE_CHECKING, Final

from standards.judge.events import type_of
from standards.judge.shapes import Level
from standards.judge.shapes.machine import test_for
from streams.backtest.backtest import Backtest, Task

if TYPE_CHECKING:
    from collections.abc import Mapping

    from standards.compiler.spec import Loaded
    from standards.judge.score import Score

FEW: Final = 20
"""One in so many kept promises that saw no open time makes little of a share."""


def kept_closed(loaded: Loaded, scores: Mapping[str, Score]) -> None:
    """Find standards of whose kept promises many saw no open time; they join the warnings."""
    for standard in loaded.standards:
        score = scores[standard.id]
        if score.kept_closed * FEW >= max(score.kept, 1):
            found = (
                f"{score.kept_closed:,} of {score.kept:,} kept promises saw no open time: they were kept while all was "
                "closed, and could not have been broken"
            )
            fix = (
                "write during: with this calendar, so that what happens out of hours is not owed, or leave calendar out"
            )
            loaded.entries[standard.id].at("calendar").warning("kept-closed", found, fix)


def left_out(task: Task, loaded: Loaded) -> None:
    """Find levels whose calendar leaves out at least half of what they measure; they join the warnings."""
    levels = {it.id: it.shape for it in loaded.standards if isinstance(it.shape, Level) and it.shape.hours is not None}
    if not levels:
        return
    every: Counter[str] = Counter()
    closed: Counter[str] = Counter()
    with ExitStack() as stack:
        for batch, _ in Backtest(task).batches(task.paths, stack):
            for event in batch:
                for name, shape in levels.items():
                    test = test_for(shape.when, type_of(event))
                    if test is not None and test(event.data, None):
                        every[name] += 1
                        closed[name] += shape.hours is not None and not shape.hours.is_open(event.at)
    for name, number in closed.items():
        if number and 2 * number >= every[name]:
            found = f"{number:,} of {every[name]:,} samples come out of this calendar's hours, and do not count"
            fix = "see whether its hours and its timezone are those of the place, or name another calendar"
            loaded.entries[name].at("calendar").warning("left-out", found, fix)
