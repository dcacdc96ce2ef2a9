"""Cases in the store: a small snapshot of each, and the identities it has seen in rows of their own.

A busy case remembers up to two thousand identities of events, many times the rest of it, and each batch adds a few. It
keeps them on two leaves, and only the newer one grows: so only what is new is appended, and a leaf that was forgotten
is deleted. Knows: cases and their two tables. Must not know: why a case changed. Read next: `record.py`.
"""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING

import msgspec
from msgspec.structs import replace

from standards.case import Identity
from streams.store import Snapshots

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from standards.case import Case
    from standards.events import Event
    from standards.rulebook import Key, Rulebook
    from streams.sqlite import Database

CaseKey = tuple[str, "Key"]
_Leaf = list[tuple[Identity, int]]

_encode = msgspec.json.encode
_pack = msgspec.msgpack.encode
_unpack = msgspec.msgpack.Decoder(_Leaf).decode


class CaseStore:
    """The cases of one database, under one rulebook."""

    def __init__(self, database: Database, rulebook: Rulebook) -> None:
        self._database = database
        self._snapshots = Snapshots(rulebook)
        self._written: dict[CaseKey, tuple[int, int]] = {}

    def read(self) -> Iterable[Case[Event]]:
        """Give every stored case. Raises StateError for one that cannot be read under this rulebook."""
        leaves: dict[tuple[str, bytes, int], _Leaf] = {}
        for group, key, leaf, body in self._database.all("SELECT grp, key, leaf, body FROM identities ORDER BY seq"):
            leaves.setdefault((group, key, leaf), []).extend(_unpack(body))
        for group, key, body in self._database.all("SELECT grp, key, body FROM cases"):
            case = self._snapshots.decode(body)
            case.seen = dict(leaves.get((group, key, case.leaf), ()))
            case.seen_before = dict(leaves.get((group, key, case.leaf - 1), ()))
            self._written[case.group, case.key] = (case.leaf, len(case.seen))
            yield case

    def write(self, cases: Mapping[CaseKey, Case[Event] | None]) -> None:
        """Write cases, inside a transaction; None removes one. After an error, use another `CaseStore`."""
        rows, added, turned, gone = [], [], [], []
        for (group, key), case in cases.items():
            name = _encode(key)
            if case is None:
                gone.append((group, name))
                self._written.pop((group, key), None)
                continue
            rows.append((group, name, self._snapshots.encode(replace(case, seen={}, seen_before={}))))
            leaf, count = self._written.get((group, key), (0, 0))
            self._written[group, key] = (case.leaf, len(case.seen))
            if case.leaf > leaf:
                turned.append((group, name, case.leaf - 1))
                added += _leaf_rows(group, name, case.leaf - 1, case.seen_before, count if case.leaf == leaf + 1 else 0)
                count = 0
            added += _leaf_rows(group, name, case.leaf, case.seen, count)
        put = self._database.put
        put("INSERT OR REPLACE INTO cases VALUES (?,?,?)", rows)
        put("DELETE FROM cases WHERE grp = ? AND key = ?", gone)
        put("DELETE FROM identities WHERE grp = ? AND key = ?", gone)
        put("DELETE FROM identities WHERE grp = ? AND key = ? AND leaf < ?", turned)
        put("INSERT INTO identities (grp, key, leaf, body) VALUES (?,?,?,?)", added)


def _leaf_rows(
    group: str, name: bytes, leaf: int, seen: Mapping[Identity, int], written: int
) -> list[tuple[str, bytes, int, bytes]]:
    """Give the row that holds what a leaf has more than the `written` ones; none where there is nothing more."""
    if len(seen) <= written:
        return []
    return [(group, name, leaf, _pack(list(islice(seen.items(), written, None))))]
