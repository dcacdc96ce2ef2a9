"""Acts: the events by which people say what they did about a promise, kept apart so that a page can show them.

Knows: which types these are, and the table `acts`. Must not know: who submits them, or what they do to a promise.
Read next: `board_queries.py`, which reads them back.
"""

from __future__ import annotations

from operator import attrgetter
from typing import TYPE_CHECKING, Final

import msgspec

from standards.judge.events import type_of
from standards.judge.ledger import Plain

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from standards.judge.events import Event
    from streams.storage.sqlite import Database

ACKNOWLEDGED: Final = "alert.acknowledged"
DONE: Final = "work.reported"
DEBRIEFED: Final = "debrief.completed"
EXCUSED: Final = "exception.granted"
SILENCED: Final = "alert.silenced"
UNSILENCED: Final = "alert.unsilenced"
SETTLED: Final = "letter.settled"
ACTS: Final = (ACKNOWLEDGED, DONE, DEBRIEFED, EXCUSED, SILENCED, UNSILENCED, SETTLED)

_fields = attrgetter("source", "id", "type", "promise", "at", "by")
_ACT: Final = "INSERT OR IGNORE INTO acts (source, id, type, promise, at, by, body) VALUES (?,?,?,?,?,?,?)"


def act_classes(classes: Mapping[str, type[Event]]) -> frozenset[type[Event]]:
    """Give the classes of those acts that the vocabulary in force has."""
    return frozenset(classes[name] for name in ACTS if name in classes)


class ActRow(msgspec.Struct, frozen=True):
    """An act as it is looked up. `at` is microseconds UTC.

    `promise` is what it is about: a promise by its id, a dead letter by its mark, or nothing where it is no single one.
    """

    source: str
    id: str
    type: str
    promise: str
    at: int
    by: str
    data: dict[str, Plain]


def act_row(event: Event) -> ActRow:
    """Give what is looked up of an act."""
    data = msgspec.to_builtins(event.data)
    about, by = str(data.get("promise") or data.get("letter") or ""), str(data.get("by") or "")
    return ActRow(event.source, event.id, type_of(event), about, event.at, by, data)


def book_acts(database: Database, rows: Iterable[ActRow]) -> list[ActRow]:
    """Write, inside a transaction, acts, each once however often it comes; gives those that were not there before."""
    return [row for row in rows if database.put(_ACT, [(*_fields(row), msgspec.json.encode(row.data))])]
