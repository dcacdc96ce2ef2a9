"""What a backtest found: how each standard did, and what of the history could not be read.

Read next: `report.py`, which tells it.
"""

from __future__ import annotations

from collections import Counter
from typing import Final

import msgspec

from standards.judge.score import Score

MOST_UNREAD: Final = 0.05
"""The share of a history that may not be read before what was judged of it says little: one row in twenty."""


class BadLines(msgspec.Struct):
    """Lines or rows of one file that could not be read for one reason: the first, the last, how many of them, and why.

    A line of 0 is not known. Where lines `differ`, `message` is the first one's: `fault` is what they have in common.
    """

    file: str
    first: int
    last: int
    number: int
    message: str
    fault: str = ""
    differ: bool = False


class Result(msgspec.Struct):
    """What a backtest found. `bad` counts what could not be read by reason; the first ten kinds are `shown`.

    `rows` counts the rows of tables and the lines of other files; `unread` became no event at all, as they are not
    valid, and `in_part` not all of theirs.

    `doubts` say what is odd about a table that could be read. `oldest` and `newest` are in microseconds UTC, -1 for no
    event; `zone` is the clock that wrote them, where that is known. `by_receipt`: judged as the host did it.
    """

    events: int = 0
    seconds: float = 0.0
    scores: dict[str, Score] = {}
    rows: int = 0
    unread: int = 0
    in_part: int = 0
    tables: bool = False
    bad: Counter[str] = msgspec.field(default_factory=Counter)
    shown: list[BadLines] = []
    doubts: list[str] = []
    unused: Counter[str] = msgspec.field(default_factory=Counter)
    unmatched: Counter[str] = msgspec.field(default_factory=Counter)
    duplicates: int = 0
    newest: int = -1
    oldest: int = -1
    zone: str = "UTC"
    by_receipt: bool = False

    @property
    def is_unsound(self) -> bool:
        """Say whether so much could not be read, in whole or in part, that what is left says little of the whole."""
        return self.unread + self.in_part > MOST_UNREAD * self.rows
