"""Checks of what has to last: a calm that no deadline leaves the time for.

Read next: `lint_input.py` for what it is given.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from standards.calendar.duration import describe
from standards.judge.shapes import Response

if TYPE_CHECKING:
    from standards.lint.lint_input import LintInput


def for_too_long(lint: LintInput) -> None:
    """Find what must last as long as there is time at all: it can never keep the promise, or end the need, in time."""
    for standard in lint.standards.values():
        shape = standard.shape
        if not isinstance(shape, Response):
            continue
        lengths = (shape.within,) if shape.target is None else shape.target.lengths
        least = min((length for length in lengths if length is not None), default=None)
        if least is None:
            continue
        for key, clause in (("expect", shape.expect), ("unless", shape.unless)):
            longest = max((each.lasting for each in clause.all), default=0) if clause is not None else 0
            if longest >= least:
                within, comes = describe(least), "kept" if key == "expect" else "void"
                found = f"it must last {describe(longest)}, of {within} in all: it is broken before it can be {comes}"
                fix = f"write a for: well under {within}, or a longer within:"
                lint.entries[standard.id].at(key).warning("for-too-long", found, fix)
