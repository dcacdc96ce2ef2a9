"""Ids that were made of names: each promise's, of its subject; each act's, of who did it. They are made anew.

An id that was a hash of a name confirms a guess of it. A promise's is made by what it was made by, of the reference;
one that cannot be made again from its line stays as it is, and is counted. An act's is drawn.
"""

from __future__ import annotations

import os
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final

import msgspec

from standards.judge.events import DERIVED_SOURCE
from standards.judge.promise import promise_id

if TYPE_CHECKING:
    from collections.abc import Iterator

    from streams.names.earlier.replacing import Replacing
    from streams.storage.sqlite import Database

AT_ONCE: Final = 500
"""How many rows are looked at together."""
_OPENED: Final = "SELECT seq, body FROM ledger WHERE kind = 'opened' AND seq > ? ORDER BY seq LIMIT ?"
_NEW: Final = """
INSERT INTO new_ids VALUES (?,?) ON CONFLICT DO UPDATE SET new = excluded.new WHERE new != excluded.new
"""
_MOST: Final = 20
"""How often promises about promises are gone through at most."""


class Ids:
    """New ids, by the old ones; in a table that goes with the connection."""

    def __init__(self, database: Database) -> None:
        self._database = database
        database.all("CREATE TEMP TABLE IF NOT EXISTS new_ids (old TEXT PRIMARY KEY, new TEXT NOT NULL)")
        database.all("DELETE FROM new_ids")
        self.unmade = 0
        self.new = lru_cache(100_000)(self._new)

    def _new(self, old: str) -> str:
        found = self._database.one("SELECT new FROM new_ids WHERE old = ?", [old])
        return old if found is None else str(found[0])

    def put(self, pairs: list[tuple[str, str]]) -> int:
        """Note new ids; says how many were not known so."""
        known = self._database.put(_NEW, pairs)
        self.new.cache_clear()
        return known

    def draw_acts(self) -> None:
        """Draw an id for all that people did by the board, a link or the API."""
        self._draw(name for _, name in self._pages("SELECT seq, id FROM acts WHERE source LIKE 'kept/%' AND seq > ?"))
        for _, body in self._pages("SELECT seq, body FROM events WHERE instr(body, '\"kept/') AND seq > ?"):
            events = map(msgspec.json.decode, body.splitlines())
            self._draw(event["id"] for event in events if event["source"].startswith(f"{DERIVED_SOURCE}/"))
        caused = "SELECT seq, body FROM ledger WHERE instr(body, '\"kept/') AND seq > ?"
        causes = (msgspec.json.decode(body).get("cause") for _, body in self._pages(caused))
        self._draw(name for source, name in filter(None, causes) if source.startswith(f"{DERIVED_SOURCE}/"))

    def _draw(self, names: Iterator[str]) -> None:
        drawn = [(name, os.urandom(10).hex()) for name in names]
        self._database.put("INSERT OR IGNORE INTO new_ids VALUES (?,?)", drawn)
        self.new.cache_clear()

    def make_promises(self, replacing: Replacing, per: dict[str, tuple[str, ...]]) -> None:
        """Make the ids of promises anew, by the lines that opened them; what they are about first."""
        for _ in range(_MOST):
            self.unmade, added, after = 0, 0, 0
            while rows := self._database.all(_OPENED, [after, AT_ONCE]):
                after = int(rows[-1][0])
                lines = [msgspec.json.decode(body) for _, body in rows]
                added += self.put([pair for pair in self._made(lines, replacing, per) if pair[0] != pair[1]])
            if not added:
                return

    def _made(
        self, lines: list[dict[str, Any]], replacing: Replacing, per: dict[str, tuple[str, ...]]
    ) -> Iterator[tuple[str, str]]:
        for line, now in zip(lines, replacing.all(lines), strict=True):
            keys = [_key(each.get("fields", {}), per.get(line["standard"])) for each in (line, now)]
            cause = line.get("cause") or ("", "")
            if (
                keys[0] is None
                or keys[1] is None
                or promise_id(line["standard"], keys[0], cause, line["opened"]) != line["promise"]
            ):
                self.unmade += line["subject"] != now["subject"]
                continue
            yield line["promise"], promise_id(line["standard"], keys[1], now.get("cause") or ("", ""), line["opened"])

    def _pages(self, sql: str) -> Iterator[tuple[Any, ...]]:
        after = 0
        while rows := self._database.all(f"{sql} ORDER BY seq LIMIT {AT_ONCE}", [after]):
            after = int(rows[-1][0])
            yield from rows


def _key(fields: dict[str, Any], per: tuple[str, ...] | None) -> list[Any] | None:
    if per is None or any(name not in fields for name in per):
        return None
    return [fields[name] for name in per]
