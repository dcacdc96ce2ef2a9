"""Who has a promise by the routers' word: they let nobody have it for ever, and let what comes back stay with them.

Written beside the routers' cases, by every host. Read next: `streams/board/having.py`, which says it in words.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import msgspec

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from alerts.routing.incident import Incident, PromiseIncidents
    from streams.storage.sqlite import Database, SharedConnection

_PUT: Final = "INSERT OR REPLACE INTO holdings (promise, holder, since, asked_until) VALUES (?,?,?,?)"
_HELD: Final = """
SELECT promise, holder, since, asked_until FROM holdings WHERE promise IN (SELECT value FROM json_each(?))
"""

_encode = msgspec.json.encode


class Holding(msgspec.Struct, frozen=True):
    """A promise that a `holder` has since an instant or, where that is empty, that nobody has any more.

    `asked_until` is up to when they are to say whether they still have it, -1 where they were not asked. Instants are
    microseconds UTC.
    """

    promise: str
    holder: str
    since: int
    asked_until: int = -1


def book_holdings(database: Database, incidents: Mapping[str, PromiseIncidents | None]) -> int:
    """Write, inside a transaction, who has the promises, by id, whose incidents changed; gives how many rows did."""
    if not incidents:
        return 0
    before = {each.promise: each for each in _held(database.all(_HELD, [_names(incidents)]))}
    now = {promise: found for promise, routes in incidents.items() if routes and (found := _holding(promise, routes))}
    changed = [promise for promise in incidents if before.get(promise) != now.get(promise)]
    database.put("DELETE FROM holdings WHERE promise = ?", [(promise,) for promise in changed if promise not in now])
    rows = [now[promise] for promise in changed if promise in now]
    database.put(_PUT, [(row.promise, row.holder, row.since, row.asked_until) for row in rows])
    return len(changed)


def read_holdings(connection: SharedConnection, promises: Collection[str]) -> dict[str, Holding]:
    """Give what the routers say of those of some promises, by id, that anybody ever had. Raises StateError."""
    return {each.promise: each for each in _held(connection.all(_HELD, _names(promises)))}


def _names(promises: Collection[str]) -> str:
    return _encode(list(promises)).decode()


def _held(rows: Collection[tuple[str, str, int, int]]) -> list[Holding]:
    return [Holding(*row) for row in rows]


def _holding(promise: str, incidents: PromiseIncidents) -> Holding | None:
    """Say who has a promise: on one of its routes is enough; None where nobody ever had it, or it is well."""
    owed = [each for each in incidents.routes.values() if each.over is None and (each.had_since >= 0 or each.holders)]
    if not owed:
        return None
    last = max(owed, key=lambda each: (bool(each.acknowledged), _had_since(each)))
    return Holding(promise, last.acknowledged, _had_since(last), last.asked_until)


def _had_since(incident: Incident) -> int:
    """Say since when it is as it is; of one that an older Kept stored, since when there is trouble."""
    return incident.had_since if incident.had_since >= 0 else incident.began
