"""The last readings at a site: how many wait in each line, one row for each, whatever has come in since.

Read next: `last_readings.py`, which finds them among events; `streams/board/wall.py`, which shows them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import msgspec

from alerts.routing.facts import PERSONS

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from standards.judge.events import EventType
    from streams.storage.sqlite import Database, SharedConnection

_PUT: Final = """
INSERT INTO readings (site, name, what, value, at) VALUES (?,?,?,?,?)
ON CONFLICT DO UPDATE SET value = excluded.value, at = excluded.at WHERE excluded.at >= at
"""
_LAST: Final = "SELECT site, name, what, value, at FROM readings WHERE at >= ?"
_OF: Final = f"{_LAST} AND (site, name) IN (SELECT value ->> 0, value ->> 1 FROM json_each(?))"  # noqa: S608 - fixed text
_EVER: Final = "SELECT 1 FROM readings"
_HERE: Final = "site = ?"


class Reading(msgspec.Struct, frozen=True):
    """What one number was at an instant, in microseconds UTC: of `what`, such as `waiting`, at a `name`d place."""

    site: str
    name: str
    what: str
    value: float
    at: int


class Kind(msgspec.Struct, frozen=True):
    """A type of readings: the fields that name what is counted, beside the site, and the one that counts it."""

    names: tuple[str, ...]
    what: str


def kinds(vocabulary: Mapping[str, EventType]) -> dict[str, Kind]:
    """Find the readings that are about something at a site and have a number: the first that they must have counts.

    What must name one of us is for no wall: it is that person's number, not that of the place.
    """
    found = {}
    for kind in vocabulary.values():
        needed = {name: field.type for name, field in kind.fields.items() if not field.optional}
        numbers = [name for name, sort in needed.items() if sort in ("integer", "number")]
        named = [name for name in needed if name in PERSONS or kind.fields[name].person]
        names = tuple(name for name, sort in needed.items() if sort == "text" and name != "site")
        if kind.reading and "site" in needed and numbers and names and not named:
            found[kind.name] = Kind(names, numbers[0])
    return found


class Readings:
    """Answers what was read last. Raises StateError."""

    def __init__(self, connection: SharedConnection) -> None:
        self._all = connection.all

    def last(self, site: str, since: int) -> list[Reading]:
        """Give the last readings at a site, or at all of them, that are from an instant on, in no order."""
        rows = self._all(f"{_LAST} AND {_HERE}", since, site) if site else self._all(_LAST, since)
        return [Reading(*row) for row in rows]

    def of(self, places: Iterable[tuple[str, str]], since: int) -> list[Reading]:
        """Give the last readings of some places, each by its site and name, that are from an instant on."""
        return [Reading(*row) for row in self._all(_OF, since, msgspec.json.encode(list(places)).decode())]

    def ever(self, site: str) -> bool:
        """Say whether there is any at a site, or at all, however old: as far back as they are kept."""
        rows = self._all(f"{_EVER} WHERE {_HERE} LIMIT 1", site) if site else self._all(f"{_EVER} LIMIT 1")
        return bool(rows)


def book_readings(database: Database, readings: Iterable[Reading]) -> None:
    """Store what was read last, within a transaction; an older one changes nothing."""
    database.put(_PUT, [(each.site, each.name, each.what, each.value, each.at) for each in readings])
