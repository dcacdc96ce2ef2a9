"""What an author likely meant where YAML cannot be read on: a space forgotten, a bracket or a quote left open.

The parser stops where it can make no sense of what follows, which is often a line or more after the slip.
Read next: `document.py`, which asks.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from standards.errors import Place

if TYPE_CHECKING:
    from collections.abc import Callable

_UNSPACED: Final = re.compile(r"\s*(?:- +)*(?P<key>[A-Za-z_][\w-]*):(?=[^\s:/])(?P<value>.*)$", re.ASCII)
_OPEN: Final = {
    "while parsing a flow mapping": ("this { is not closed", "write } where it ends"),
    "while parsing a flow sequence": ("this [ is not closed", "write ] where it ends"),
    "while scanning a quoted scalar": ("this quote is not closed", "write the same quote where the text ends"),
}
_ELSE: Final = "look at the indentation, and put texts that hold ': ' or begin with a sign into quotes"


def unspaced(line: str) -> re.Match[str] | None:
    """Find a key whose colon has no space behind it, so that it is none: groups `key` and `value`."""
    return _UNSPACED.match(line)


def slip_at(
    stop: Place, begun: Place | None, words: tuple[str, str], line_of: Callable[[int], str]
) -> tuple[Place, str, str]:
    """Say what is likely wrong where the parser stopped: the place, what was found, what would fix it.

    `begun` is where what it was reading began, `words` are its own: what it was doing, and what it met. `line_of` gives
    a line by its number.
    """
    for line in (stop.line - 1, stop.line):  # a line without a key is taken for one text with the next
        key = unspaced(line_of(line))
        if key is not None:
            place = Place(stop.file, line, key.start("key") + 1, len(key["key"]) + 1)
            return place, f"{key['key']}: has no space behind its colon", "put one there"
    if words[0] in _OPEN and begun is not None and begun.line != stop.line:
        return begun, *_OPEN[words[0]]
    tab = "\t" in line_of(stop.line)[: stop.column]
    return stop, ", ".join(filter(None, words)), "indent with spaces instead of tabs" if tab else _ELSE
