"""What of a cell counts, by a regular expression: the only file that knows the library, which can be told to give up.

Read next: `derived.py`, which asks.
"""

from __future__ import annotations

from typing import Final

import regex

from standards.errors import EventError
from streams.ingest.times import shown

LONGEST: Final = 10_000
"""Characters of the longest cell that a pattern looks at."""
PATIENCE: Final = 0.1
"""Seconds that a pattern may take on a cell; one that takes more tries everything in every way."""
LEAST: Final = 0.001
"""Seconds that it has at least: each cell on which it takes too long halves them, so that a table has an end."""
BACK: Final = 1.01
"""By how much they grow with each cell on which it does not: what comes live has no end, and one bad hour passes."""


class Cut:
    """What a pattern finds: its `named` groups or, where it has none, its first group, or else all of it."""

    def __init__(self, pattern: str) -> None:
        self._pattern = regex.compile(pattern)
        self.named = tuple(self._pattern.groupindex)
        self.patience = PATIENCE
        self._taken = self.named or ((1,) if self._pattern.groups else (0,))

    def found(self, cell: str, column: str) -> list[str]:
        """Give a text for each, empty where there is none. Raises EventError where time or cell is too long."""
        if len(cell) > LONGEST:
            message = f"column {column!r}: {shown(cell)} has {len(cell):,} characters; a pattern looks at {LONGEST:,}"
            raise EventError("pattern", message, found=shown(cell))
        try:
            found = self._pattern.search(cell, timeout=self.patience)
        except TimeoutError:
            self.patience = max(LEAST, self.patience / 2)
            message = f"column {column!r}: the pattern takes too long on {shown(cell)}; write a simpler one"
            raise EventError("pattern", message, found=shown(cell)) from None
        self.patience = min(PATIENCE, self.patience * BACK)
        return [(found[name] or "").strip() if found else "" for name in self._taken]


def groups_of(pattern: str) -> tuple[str, ...]:
    """Give the named groups of a pattern; none for what is not a regular expression."""
    try:
        return tuple(regex.compile(pattern).groupindex)
    except regex.error:
        return ()


def check_cut(pattern: str) -> None:
    """Raise ValueError for what is not a regular expression."""
    try:
        regex.compile(pattern)
    except regex.error as error:
        raise ValueError(f"this is not a valid pattern: {error}") from None
