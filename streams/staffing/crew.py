"""Plans for many lines of people, several at a time: each is worked out by itself, on as many processors as there are.

Knows: processes. Must not know: how a line is planned. Read next: `standards/staffing/plan.py`.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from typing import TYPE_CHECKING, Any, NamedTuple

from standards.errors import StateError
from standards.staffing.plan import Plan, plan

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from standards.staffing.record import Record
    from standards.staffing.target import Target


class Line(NamedTuple):
    """A line of people, as history knows it, and what it was promised."""

    record: Record
    target: Target


def plans_for(lines: Sequence[Line], *, workers: int = os.cpu_count() or 1) -> Iterator[Plan]:
    """Give the plan of each line, in their order. Raises StateError when a process died."""
    workers = min(len(lines), workers)
    if workers <= 1:
        yield from map(_plan, lines)
        return
    fork = multiprocessing.get_context("fork")  # what was promised holds compiled functions: inherited, not copied
    pool = ProcessPoolExecutor(workers, mp_context=fork, initializer=_begin, initargs=(lines,))
    try:
        for line, made in zip(lines, pool.map(_parts, range(len(lines))), strict=True):
            yield Plan(target=line.target, **made)
    except BrokenProcessPool:
        raise StateError("a planning process ended before its work was done; is there enough memory?") from None
    finally:
        pool.shutdown(cancel_futures=True)


def _plan(line: Line) -> Plan:
    return plan(line.record, line.target)


_inherited: list[Line] = []
"""The lines, in a process of the pool."""


def _begin(lines: Sequence[Line]) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the first process is interrupted too, and ends the others
    _inherited[:] = lines


def _parts(number: int) -> dict[str, Any]:
    """Give the plan of a line without what was promised, which the first process has."""
    made = _plan(_inherited[number])
    return {name: getattr(made, name) for name in Plan.__struct_fields__ if name != "target"}
