"""How objectives stand: the score of each standard over its objective's span, asked of the store once a minute.

A span can hold a million promises, and Prometheus may ask every five seconds.
Read next: `moment.py`, which makes metrics of it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from standards.calendar.duration import MINUTE

if TYPE_CHECKING:
    from collections.abc import Mapping

    from standards.judge.score import Score
    from standards.judge.standard import Standard
    from streams.storage.read_model import ReadModel

EVERY: Final = MINUTE
"""How old an answer may be, in microseconds of the host's clock."""


class Attainment:
    """Remembers how the objectives of one host stood when they were last asked for."""

    def __init__(self) -> None:
        self._at, self._spans = -EVERY, dict[str, int]()
        self._scores: Mapping[str, Score] = {}

    def at(self, wall: int, standards: Mapping[str, Standard], read_model: ReadModel) -> Mapping[str, Score]:
        """Give the scores by standard, of promises opened within its objective's span up to `wall` (microseconds)."""
        spans = {name: each.objective.over for name, each in standards.items() if each.objective is not None}
        if not self._at <= wall < self._at + EVERY or spans != self._spans:
            self._scores = read_model.scores_since({name: wall - span for name, span in spans.items()})
            self._at, self._spans = wall, spans
        return self._scores
