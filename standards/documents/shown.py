"""What is shown of an author's text beside a finding: never so much, or such, that it does harm where it is read.

Read next: `document.py`, which makes findings.
"""

from __future__ import annotations

import re
from typing import Final

WINDOW: Final = 160
"""How many characters of a long line are shown around what was found."""
LONGEST: Final = 1_000
"""How long what is said of one finding can be: it quotes what is written."""
_CONTROLS: Final = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f]")
_MORE: Final = "\N{HORIZONTAL ELLIPSIS}"


def around(line: str, at: int) -> tuple[str, int]:
    """Give what of a line is shown for the character `at` of it, and how many characters stand before that."""
    if len(line) <= WINDOW:
        return _harmless(line), 0
    begin = max(0, min(at - WINDOW // 2, len(line) - WINDOW))
    part = _harmless(line[begin : begin + WINDOW])
    end = _MORE if begin + WINDOW < len(line) else ""
    return (f"{_MORE}{part[1:]}{end}" if begin else f"{part}{end}"), begin


def shortened(text: str) -> str:
    """Give a text as it is told, cut where it is too long."""
    return _harmless(text if len(text) <= LONGEST else f"{text[:LONGEST]}{_MORE}")


def _harmless(text: str) -> str:
    """Put a sign in the place of each character that a terminal would obey."""
    return _CONTROLS.sub("\N{REPLACEMENT CHARACTER}", text)
