"""The last readings at a site: how many wait in each line, as the events in the store say it.

Only what came in last is looked through. A store that is folded from topics has no events; there the workers say what
they read last, and it has a table of its own.
Read next: `streams/board/wall.py`, which shows them.
"""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any, Final

import msgspec

from standards.judge.events import microseconds

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from standards.judge.events import EventType
    from streams.storage.sqlite import Database, SharedConnection

COMMITS: Final = 300
"""How many of the newest commits are looked through."""
BYTES: Final = 2_000_000
"""How much of them is, at most."""
_PUT: Final = """
INSERT INTO readings (site, name, what, value, at) VALUES (?,?,?,?,?)
ON CONFLICT DO UPDATE SET value = excluded.value, at = excluded.at WHERE excluded.at >= at
"""
_TOLD: Final = "SELECT site, name, what, value, at FROM readings WHERE at >= ? AND (? = '' OR site = ?)"
_NEWEST: Final = """
SELECT body FROM (SELECT seq, body, sum(length(body)) OVER (ORDER BY seq DESC) AS read FROM
    (SELECT seq, body FROM events WHERE last >= ? ORDER BY seq DESC LIMIT ?))
WHERE read <= ? ORDER BY seq
"""


class Reading(msgspec.Struct, frozen=True):
    """What one number was at an instant, in microseconds UTC: of `what`, such as `waiting`, at a `name`d place."""

    site: str
    name: str
    what: str
    value: float
    at: int

    @property
    def key(self) -> tuple[str, str, str]:
        """Say of what it is a reading."""
        return self.site, self.name, self.what


class _Stored(msgspec.Struct):
    type: str
    time: datetime
    data: dict[str, Any]


class Kind(msgspec.Struct, frozen=True):
    """A type of readings: the fields that name what is counted, beside the site, and the one that counts it."""

    names: tuple[str, ...]
    what: str


_stored = msgspec.json.Decoder(_Stored).decode


def kinds(vocabulary: Mapping[str, EventType]) -> dict[str, Kind]:
    """Find the readings that are about something at a site and have a number: the first that they must have counts."""
    found = {}
    for kind in vocabulary.values():
        needed = {name: field.type for name, field in kind.fields.items() if not field.optional}
        numbers = [name for name, sort in needed.items() if sort in ("integer", "number")]
        names = tuple(name for name, sort in needed.items() if sort == "text" and name != "site")
        if kind.reading and "site" in needed and numbers and names:
            found[kind.name] = Kind(names, numbers[0])
    return found


class Readings:
    """Answers what was read last. Raises StateError."""

    def __init__(self, connection: SharedConnection) -> None:
        self._all = connection.all

    def last(self, vocabulary: Mapping[str, EventType], site: str, since: int) -> list[Reading]:
        """Give the last readings at a site, or at all of them, that are from an instant on, in no order."""
        found = {told.key: told for row in self._all(_TOLD, since, site, site) for told in (Reading(*row),)}
        wanted = kinds(vocabulary)
        marks = [f'"{name}"'.encode() for name in wanted]
        for (body,) in self._all(_NEWEST, since, COMMITS, BYTES):
            for raw in bytes(body).splitlines():
                if any(mark in raw for mark in marks) and (reading := _reading(_stored(raw), wanted)):
                    key = reading.key
                    if site in ("", reading.site) and (key not in found or found[key].at <= reading.at):
                        found[key] = reading
        return [reading for reading in found.values() if reading.at >= since]


def book_readings(database: Database, readings: Iterable[Reading]) -> None:
    """Store what workers read last, within a transaction; an older one changes nothing."""
    database.put(_PUT, [(each.site, each.name, each.what, each.value, each.at) for each in readings])


def reading_of(kind: Kind, at: int, field: Callable[[str], Any]) -> Reading:
    """Make a reading of an event of a kind, from an instant; `field` gives the event's fields, or None."""
    name = "/".join(str(field(each) or "") for each in kind.names)
    return Reading(str(field("site") or ""), name, kind.what, field(kind.what) or 0, at)


def _reading(event: _Stored, wanted: Mapping[str, Kind]) -> Reading | None:
    kind = wanted.get(event.type)
    return None if kind is None else reading_of(kind, microseconds(event.time), event.data.get)
