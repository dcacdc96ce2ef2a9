"""Acts: the events by which people say what they did about a promise, kept apart so that a page can show them.

Knows: which types these are, and the table `acts`. Must not know: who submits them, or what they do to a promise.
Read next: `oversight.py`, which reads them back.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import msgspec

from standards.events import type_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from standards.events import Event
    from streams.sqlite import Database

ACKNOWLEDGED: Final = "alert.acknowledged"
DEBRIEFED: Final = "debrief.completed"
EXCUSED: Final = "exception.granted"
ACTS: Final = (ACKNOWLEDGED, DEBRIEFED, EXCUSED)

_ACT: Final = "INSERT OR IGNORE INTO acts (source, id, type, promise, at, by, body) VALUES (?,?,?,?,?,?,?)"

_encode = msgspec.json.encode


def act_classes(classes: Mapping[str, type[Event]]) -> frozenset[type[Event]]:
    """Give the classes of those acts that the vocabulary in force has."""
    return frozenset(classes[name] for name in ACTS if name in classes)


def book_acts(database: Database, events: Sequence[Event], classes: frozenset[type[Event]]) -> None:
    """Write, inside a transaction, those events that are acts, each once however often it comes."""
    if classes.isdisjoint(map(type, events)):
        return
    rows = []
    for event in events:
        if type(event) in classes:
            data = msgspec.to_builtins(event.data)
            promise, by = str(data.get("promise") or ""), str(data.get("by") or "")
            rows.append((event.source, event.id, type_of(event), promise, event.at, by, _encode(data)))
    database.put(_ACT, rows)
