"""How far a partition has come, as it is stored beside its cases by every host. Read next: `pump.py`."""

from __future__ import annotations

import msgspec

from standards.calendar.changes import Change
from standards.judge.feeds import Hearing
from standards.judge.rulebook import Key


class Position(msgspec.Struct):
    """How far a partition has come: what has to be stored beside its cases. Instants are microseconds UTC, or -1.

    `newest` is the latest event time seen, `low` the watermark, `started` when listed subjects began to be owed.
    `clock` is how far a live host's clock had come, whatever its grace was.
    `hearings` are (feed, key, hearing), `groups` the names of the groups that had each event that concerns them, `gaps`
    the stretches of time of which events may have been lost. `changes` are the days of calendars that were changed.
    `judged_by` are the revisions, and tables, that each group judged by; where it is not known, its cases say so.
    """

    newest: int = -1
    low: int = -1
    started: int = -1
    hearings: list[tuple[str, Key, Hearing]] = []
    gaps: list[tuple[int, int]] = []
    groups: list[str] = []
    clock: int = -1
    changes: list[Change] = []
    judged_by: dict[str, tuple[str, ...]] = {}

    @property
    def reached(self) -> int:
        """How far the clock had come at least: the watermark is behind it, by what nobody knows of an older Kept."""
        return max(self.clock, self.low)
