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

_COLUMNS: Final = "promise, holder, since, asked_until, giver, offered, lapsed, heard, untaken"
_PUT: Final = f"INSERT OR REPLACE INTO holdings ({_COLUMNS}) VALUES (?,?,?,?,?,?,?,?,?)"  # noqa: S608 - fixed names
_HELD: Final = f"""
SELECT {_COLUMNS} FROM holdings WHERE promise IN (SELECT value FROM json_each(?))
"""  # noqa: S608 - fixed names
_DONE: Final = "SELECT DISTINCT promise FROM acts WHERE promise IN (SELECT value FROM json_each(?))"

_encode = msgspec.json.encode


class Holding(msgspec.Struct, frozen=True):
    """A promise that a `holder` has since an instant or, where that is empty, that nobody has.

    `since` is -1 where nobody ever had it, or it is forgotten who did. `asked_until` is up to when they are to say
    whether they still have it, -1 where they were not asked. `giver` handed it on or gave it back; to whom is
    `offered`, until they have taken it; `untaken` did not in time; `lapsed` had it until then. What people did up to
    `heard` is in that, whatever else is known of it. Instants are microseconds UTC.
    """

    promise: str
    holder: str
    since: int
    asked_until: int = -1
    giver: str = ""
    offered: str = ""
    lapsed: str = ""
    heard: int = -1
    untaken: str = ""


def book_holdings(database: Database, incidents: Mapping[str, PromiseIncidents | None]) -> int:
    """Write, inside a transaction, who has the promises, by id, whose incidents changed; gives how many rows did."""
    if not incidents:
        return 0
    before = {each.promise: each for each in _held(database.all(_HELD, [_names(incidents)]))}
    gone = [before[promise] for promise, routes in incidents.items() if not routes and promise in before]
    now = _forgotten(database, gone)
    now |= {promise: found for promise, routes in incidents.items() if routes and (found := _holding(promise, routes))}
    changed = [promise for promise in incidents if before.get(promise) != now.get(promise)]
    database.put("DELETE FROM holdings WHERE promise = ?", [(promise,) for promise in changed if promise not in now])
    rows = [now[promise] for promise in changed if promise in now]
    database.put(_PUT, [msgspec.structs.astuple(row) for row in rows])
    return len(changed)


def _forgotten(database: Database, gone: Collection[Holding]) -> dict[str, Holding]:
    """Give what is left of promises whose incidents are forgotten: what people did up to then says nothing any more."""
    done = {promise for (promise,) in database.all(_DONE, [_names([each.promise for each in gone])])} if gone else ()
    return {each.promise: Holding(each.promise, "", -1, heard=each.heard) for each in gone if each.promise in done}


def read_holdings(connection: SharedConnection, promises: Collection[str]) -> dict[str, Holding]:
    """Give what the routers say of those of some promises, by id, that anybody ever had. Raises StateError."""
    return {each.promise: each for each in _held(connection.all(_HELD, _names(promises)))}


def _names(promises: Collection[str]) -> str:
    return _encode(list(promises)).decode()


def _held(rows: Collection[tuple[str, str, int, int, str, str, str, int, str]]) -> list[Holding]:
    return [Holding(*row) for row in rows]


def _holding(promise: str, incidents: PromiseIncidents) -> Holding | None:
    """Say who has a promise, and who had it if it is over: on one of its routes is enough."""
    last = max(incidents.routes.values(), key=_counts, default=None)
    if last is None:
        return None
    since = _had_since(last)
    lapsed = "" if last.acknowledged else last.lapsed or _had_it_before(last)
    return Holding(promise, last.acknowledged, since, last.asked_until, last.giver, last.offered, lapsed,
                   max(last.heard, since), last.untaken)  # fmt: skip


def _had_it_before(incident: Incident) -> str:
    """Say who had it last by what an older Kept stored, which did not say who has it no longer."""
    return "" if incident.had_since >= 0 or incident.giver else next(reversed(incident.holders), "")


def _counts(incident: Incident) -> tuple[bool, bool, int]:
    return incident.over is None, bool(incident.acknowledged), _had_since(incident)


def _had_since(incident: Incident) -> int:
    """Say since when it is as it is; of one that an older Kept stored, since when there is trouble."""
    return incident.had_since if incident.had_since >= 0 or not incident.holders else incident.began
