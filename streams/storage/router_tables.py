"""The router's tables: its cases for places and people, the notices that were not sent, and what people did."""

from __future__ import annotations

from operator import attrgetter
from typing import TYPE_CHECKING

import msgspec

from alerts.routing.incident import PromiseIncidents
from streams.runtime.router_runtime import AlertResult, stored_case
from streams.storage.holdings import book_holdings
from streams.storage.without_effect import book_without_effect

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from alerts.routing.actions import Action
    from alerts.routing.notice import Withheld
    from streams.runtime.router_runtime import CaseName, Stored
    from streams.storage.sqlite import Database

_WITHHELD = "INSERT OR IGNORE INTO withheld (id, promise, received, body) VALUES (?,?,?,?)"
_ACTION = """
INSERT INTO acts (source, id, type, promise, at, by, body, received) VALUES (?,?,?,?,?,?,?,?)
ON CONFLICT DO UPDATE SET at = min(at, excluded.at), received = excluded.received, noted = 0 WHERE noted
"""
_NOTE = "INSERT OR IGNORE INTO acts (source, id, type, promise, at, by, body, noted) VALUES (?,?,?,?,?,?,?,1)"

_fields = attrgetter("source", "id", "type", "promise", "at", "by")
_encode = msgspec.json.encode


def book_calls(database: Database, alerts: AlertResult, received: int) -> int:
    """Write, inside a transaction, the cases that changed and what was not told; `received`: microseconds UTC.

    Gives of how many promises it changed who has them.
    """
    kept = [(*name, _encode(case)) for name, case in alerts.touched.items() if case is not None]
    database.put("INSERT OR REPLACE INTO call_cases (kind, name, body) VALUES (?,?,?)", kept)
    gone = [name for name, case in alerts.touched.items() if case is None]
    database.put("DELETE FROM call_cases WHERE kind = ? AND name = ?", gone)
    book_withheld(database, [(received, each) for each in alerts.withheld])
    return book_holdings(database, incidents_of(alerts.touched))


def promise_of(name: str | bytes) -> str:
    """Give the promise that stored incidents are about, by the name of their case: its place and its promise."""
    return msgspec.json.decode(name, type=tuple[str, str])[1]


def incidents_of(touched: Mapping[CaseName, Stored | None]) -> dict[str, PromiseIncidents | None]:
    """Give the incidents among cases that changed, by their promises; None for those that are gone."""
    return {
        promise_of(name): case if isinstance(case, PromiseIncidents) else None
        for (kind, name), case in touched.items()
        if kind == "matter"
    }


def book_withheld(database: Database, withheld: Iterable[tuple[int, Withheld]]) -> list[Withheld]:
    """Write, inside a transaction, what was not sent, with when that was decided; gives what was not there before."""
    new = [it for at, it in withheld if database.put(_WITHHELD, [(it.id, it.promise, at, _encode(it))])]
    book_without_effect(database, new)
    return new


def book_actions(database: Database, actions: Iterable[Action], received: int = -1) -> list[Action]:
    """Write, inside a transaction, what people did, each once however often it comes; gives what is new.

    It was `received` at an instant (microseconds UTC); -1: that is not known. New is what was only noted, too. The time
    of that may become an earlier one: the clock here may be ahead of others.
    """
    return [action for action in actions if database.put(_ACTION, [(*_row(action), received)])]


def note_actions(database: Database, actions: Iterable[Action]) -> None:
    """Note, inside a transaction, what people did by this host's clock, until it comes the way that all share."""
    database.put(_NOTE, [_row(action) for action in actions])


def _row(action: Action) -> tuple[object, ...]:
    return (*_fields(action), _encode(action.data))


def read_calls(database: Database) -> dict[CaseName, Stored]:
    """Read all cases back. Raises StateError for one that this Kept cannot read."""
    rows = database.all("SELECT kind, name, body FROM call_cases ORDER BY kind, name")
    return {(kind, name): stored_case(kind, body) for kind, name, body in rows}
