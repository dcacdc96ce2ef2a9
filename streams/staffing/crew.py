"""Plans for many lines of people, several at a time: each is worked out by itself, on as many processors as there are.

Read next: `standards/staffing/plan.py`, `streams/backtest/processes.py`.
"""

from __future__ import annotations

import os
from functools import partial
from typing import TYPE_CHECKING, Any, NamedTuple

from standards.staffing.plan import Plan, plan
from streams.backtest.processes import SideBySide

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from standards.staffing.record import Record
    from standards.staffing.target import Target


class Line(NamedTuple):
    """A line of people, as history knows it, and what it was promised."""

    record: Record
    target: Target


def plans_for(lines: Sequence[Line], *, processes: int = os.cpu_count() or 1) -> Iterator[Plan]:
    """Give the plan of each line, in their order. Raises StateError when a process died."""
    processes = min(len(lines), processes)
    if processes <= 1:
        yield from (plan(line.record, line.target) for line in lines)
        return
    with SideBySide([partial(_parts, line) for line in lines], processes=processes) as crew:
        for line, parts in zip(lines, crew.results(), strict=True):
            yield Plan(target=line.target, **parts)


def _parts(line: Line) -> dict[str, Any]:
    """Give the plan of a line without what was promised, which holds compiled functions."""
    made = plan(line.record, line.target)
    return {name: getattr(made, name) for name in Plan.__struct_fields__ if name != "target"}
