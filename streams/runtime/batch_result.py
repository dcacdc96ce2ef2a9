"""What judging one batch of events came to, for whoever stores and tells it. Read next: `pump.py`."""

from __future__ import annotations

import msgspec

from standards.judge.case import Late, Unused
from standards.judge.events import Event
from standards.judge.promise import Transition
from standards.judge.rulebook import Key


class BatchResult(msgspec.Struct):
    """What one batch did: the transitions in the order they were judged, the cases to save, the events without effect.

    `touched` are (group, key) of every case that changed; one that is no longer in `Pump.cases` was forgotten.
    `unmatched` counts the events, by type, that no standard concerns itself with; the others are those of `Step`.
    """

    transitions: list[Transition[Event]] = []
    touched: list[tuple[str, Key]] = []
    unused: list[Unused[Event]] = []
    duplicates: int = 0
    unmatched: dict[str, int] = {}
    settled_early: int = 0
    late: list[Late[Event]] = []
