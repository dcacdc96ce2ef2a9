"""What an author likely meant where YAML cannot be read on: a space forgotten, a bracket or a quote left open.

The parser stops where it can make no sense of what follows, which is often a line or more after the slip.
Read next: `document.py`, which asks.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable

_UNSPACED: Final = re.compile(r"\s*(?:- +)*(?P<key>[A-Za-z_][\w-]*):(?=[^\s:/])(?P<value>.*)$", re.ASCII)
_OPEN: Final = {
    "while parsing a flow mapping": ("this { is not closed", "write } where it ends"),
    "while parsing a flow sequence": ("this [ is not closed", "write ] where it ends"),
    "while scanning a quoted scalar": ("this quote is not closed", "write the same quote where the text ends"),
}
_ELSE: Final = "look at the indentation, and put texts that hold ': ' or begin with a sign into quotes"


class Stop(NamedTuple):
    """Where the parser stopped, and where what it was reading began; lines and columns from 1. Its own words."""

    line: int
    column: int
    begun: tuple[int, int] | None
    context: str
    problem: str


class Slip(NamedTuple):
    """What is likely wrong: its place, how much of the line it takes, what was found, what would fix it."""

    line: int
    column: int
    length: int
    found: str
    fix: str


def unspaced(line: str) -> re.Match[str] | None:
    """Find a key whose colon has no space behind it, so that it is none: groups `key` and `value`."""
    return _UNSPACED.match(line)


def slip_at(stop: Stop, line_of: Callable[[int], str]) -> Slip:
    """Say what is likely wrong where the parser stopped; `line_of` gives a line by its number."""
    for line in (stop.line - 1, stop.line):  # a line without a key is taken for one text with the next
        key = unspaced(line_of(line))
        if key is not None:
            found = f"{key['key']}: has no space behind its colon"
            return Slip(line, key.start("key") + 1, len(key["key"]) + 1, found, "put one there")
    if stop.context in _OPEN and stop.begun is not None and stop.begun[0] != stop.line:
        return Slip(*stop.begun, 1, *_OPEN[stop.context])
    found = ", ".join(part for part in (stop.context, stop.problem) if part)
    tab = "\t" in line_of(stop.line)[: stop.column]
    return Slip(stop.line, stop.column, 1, found, "indent with spaces instead of tabs" if tab else _ELSE)
