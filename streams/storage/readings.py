"""The last readings at a site: how many wait in each line, as the events in the store say it.

Only what came in last is looked through. A store that is folded from topics has no events, and so no readings.
Read next: `streams/board/wall.py`, which shows them.
"""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any, Final

import msgspec

from standards.judge.events import microseconds

if TYPE_CHECKING:
    from collections.abc import Mapping

    from standards.judge.events import EventType
    from streams.storage.sqlite import SharedConnection

COMMITS: Final = 300
"""How many of the newest commits are looked through."""
BYTES: Final = 2_000_000
"""How much of them is, at most."""
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


class _Stored(msgspec.Struct):
    type: str
    time: datetime
    data: dict[str, Any]


class _Kind(msgspec.Struct, frozen=True):
    """A type of readings: the fields that name what is counted, beside the site, and the one that counts it."""

    names: tuple[str, ...]
    what: str


_stored = msgspec.json.Decoder(_Stored).decode


def kinds(vocabulary: Mapping[str, EventType]) -> dict[str, _Kind]:
    """Find the readings that are about something at a site and have a number: the first that they must have counts."""
    found = {}
    for kind in vocabulary.values():
        needed = {name: field.type for name, field in kind.fields.items() if not field.optional}
        numbers = [name for name, sort in needed.items() if sort in ("integer", "number")]
        names = tuple(name for name, sort in needed.items() if sort == "text" and name != "site")
        if kind.reading and "site" in needed and numbers and names:
            found[kind.name] = _Kind(names, numbers[0])
    return found


class Readings:
    """Answers what was read last. Raises StateError."""

    def __init__(self, connection: SharedConnection) -> None:
        self._all = connection.all

    def last(self, vocabulary: Mapping[str, EventType], site: str, since: int) -> list[Reading]:
        """Give the last readings at a site, or at all of them, that are from an instant on, in no order."""
        found: dict[tuple[str, str, str], Reading] = {}
        wanted = kinds(vocabulary)
        marks = [f'"{name}"'.encode() for name in wanted]
        for (body,) in self._all(_NEWEST, since, COMMITS, BYTES):
            for raw in bytes(body).splitlines():
                if any(mark in raw for mark in marks) and (reading := _reading(_stored(raw), wanted)):
                    key = reading.site, reading.name, reading.what
                    if site in ("", reading.site) and (key not in found or found[key].at <= reading.at):
                        found[key] = reading
        return [reading for reading in found.values() if reading.at >= since]


def _reading(event: _Stored, wanted: Mapping[str, _Kind]) -> Reading | None:
    kind = wanted.get(event.type)
    if kind is None:
        return None
    name = "/".join(str(event.data.get(each, "")) for each in kind.names)
    return Reading(
        str(event.data.get("site", "")), name, kind.what, event.data.get(kind.what, 0), microseconds(event.time)
    )
