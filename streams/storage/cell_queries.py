"""CellQueries: what is told of months and quarters that were counted, and when the others are.

It is all that there is to read of what is counted; nothing counts again.
Read next: `closings.py`, which writes it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, TypeVar

import msgspec

from standards.practice.cells import Unshown
from standards.practice.closing import Rate, Scores, Tally

if TYPE_CHECKING:
    from collections.abc import Sequence

    from standards.practice.practice import Whose
    from streams.storage.closings import Period
    from streams.storage.sqlite import SharedConnection

T = TypeVar("T")
_PERIODS: Final = """
SELECT since, until, closes FROM closings WHERE period = ? AND closed = ? ORDER BY since DESC LIMIT ?
"""
_CELL: Final = "SELECT body FROM cells WHERE what = ? AND since = ? AND team = ? AND site = ?"


class Span(msgspec.Struct, frozen=True):
    """A month or a quarter, from `since` to `until`, and when it is or was counted, in microseconds UTC."""

    since: int
    until: int
    closes: int


class CellQueries:
    """Answers them: for any thread, and always at the last commit. Raises StateError."""

    def __init__(self, connection: SharedConnection) -> None:
        self._all = connection.all
        self._tally = msgspec.json.Decoder(Tally)
        self._scores = msgspec.json.Decoder(Scores)
        self._rates = msgspec.json.Decoder(dict[str, Rate | Unshown])

    def closed(self, period: Period, limit: int) -> list[Span]:
        """Give the newest periods that were counted."""
        return [Span(*row) for row in self._all(_PERIODS, period, 1, limit)]

    def waiting(self, period: Period) -> list[Span]:
        """Give the periods that are still to be counted, the first one first."""
        return [Span(*row) for row in self._all(_PERIODS, period, 0, -1)][::-1]

    def topics(self, span: Span, whose: Whose) -> Tally:
        """Give the complaints of a month by topic, of a team, or else a site, or else the house."""
        return self._cell("topics", span, whose, self._tally) or Tally()

    def scores(self, span: Span, whose: Whose) -> Scores:
        """Give the scores of a month."""
        return self._cell("scores", span, whose, self._scores) or Scores()

    def votes(self, span: Span, whose: Whose) -> Tally:
        """Give the votes of a quarter."""
        return self._cell("votes", span, whose, self._tally) or Tally()

    def rates(self, span: Span, whose: Whose) -> dict[str, Rate | Unshown]:
        """Give how the standards went in a month that owe for each person alone, by their ids."""
        return self._cell("rates", span, whose, self._rates) or {}

    def _cell(self, what: str, span: Span, whose: Whose, decoder: msgspec.json.Decoder[T]) -> T | None:
        group: Sequence[str] = (whose.team, "") if whose.team else ("", whose.site)
        rows = self._all(_CELL, what, span.since, *group)
        return decoder.decode(rows[0][0]) if rows else None
