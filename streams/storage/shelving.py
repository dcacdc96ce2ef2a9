"""Cases in the store: a small snapshot of each; what grows with the traffic lies beside it.

A busy case remembers up to two thousand identities of events, many times the rest of it, and each batch adds a few. It
keeps them on two leaves, and only the newer one grows: so only what is new is appended, and a leaf that was forgotten
is deleted. The events that a case holds and its settled promises have files of their own.
Knows: cases and their tables. Must not know: why a case changed. Read next: `holding.py`, `settling.py`;
`store_writer.py`.
"""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING

import msgspec
from msgspec.structs import replace

from standards.judge.case import Identity
from streams.storage.holding import HeldLog
from streams.storage.settling import SettledLog
from streams.storage.store import Snapshots

if TYPE_CHECKING:
    from collections.abc import Container, Iterable, Mapping

    from standards.judge.case import Case
    from standards.judge.events import Event
    from standards.judge.rulebook import Key, Rulebook
    from streams.storage.holding import CaseKey
    from streams.storage.sqlite import Database

_Leaf = list[tuple[Identity, int]]

_encode = msgspec.json.encode
_pack = msgspec.msgpack.encode
_unpack = msgspec.msgpack.Decoder(_Leaf).decode


class CaseStore:
    """The cases of one database, under one rulebook."""

    def __init__(self, database: Database, rulebook: Rulebook) -> None:
        self._database = database
        self._snapshots = Snapshots(rulebook)
        self._held = HeldLog(database, self._snapshots)
        self._settled = SettledLog(database, self._snapshots)
        self._written: dict[CaseKey, tuple[int, int]] = {}

    def read(self, low: int) -> Iterable[Case[Event]]:
        """Give every stored case; time had come to `low`, in microseconds UTC.

        Raises StateError for a case that cannot be read under this rulebook.
        """
        held, settled = self._held.read(low), self._settled.read(low)
        leaves: dict[tuple[str, bytes, int], _Leaf] = {}
        for group, key, generation, body in self._database.all(
            "SELECT grp, key, leaf, body FROM identities ORDER BY seq"
        ):
            leaves.setdefault((group, key, generation), []).extend(_unpack(body))
        for group, key, body in self._database.all("SELECT grp, key, body FROM cases"):
            case = self._snapshots.decode(body)
            case.seen = dict(leaves.get((group, key, case.generation), ()))
            case.seen_before = dict(leaves.get((group, key, case.generation - 1), ()))
            case.held = held.get((case.group, case.key), [])
            self._settled.join(case, settled.get((case.group, case.key), {}))
            self._written[case.group, case.key] = (case.generation, len(case.seen))
            yield case

    def write(
        self, cases: Mapping[CaseKey, Case[Event] | None], low: int, changed: Container[Key] | None = None
    ) -> None:
        """Write cases, inside a transaction; None removes one. After an error, use another `CaseStore`.

        Time has come to `low`, in microseconds UTC: whatever a case holds is later. `changed` are the subjects whose
        promises changed, if that is known.
        """
        rows, added, turned, gone = [], [], [], []
        for (group, key), case in cases.items():
            name = _encode(key)
            if case is None:
                gone.append((group, name))
                self._written.pop((group, key), None)
                continue
            rows.append((group, name, self._snapshots.encode(_core(case))))
            generation, count = self._written.get((group, key), (0, 0))
            self._written[group, key] = (case.generation, len(case.seen))
            if case.generation > generation:
                turned.append((group, name, case.generation - 1))
                added += _leaf_rows(
                    group,
                    name,
                    case.generation - 1,
                    case.seen_before,
                    count if case.generation == generation + 1 else 0,
                )
                count = 0
            added += _leaf_rows(group, name, case.generation, case.seen, count)
        put = self._database.put
        put("INSERT OR REPLACE INTO cases VALUES (?,?,?)", rows)
        put("DELETE FROM cases WHERE grp = ? AND key = ?", gone)
        put("DELETE FROM identities WHERE grp = ? AND key = ?", gone)
        put("DELETE FROM identities WHERE grp = ? AND key = ? AND leaf < ?", turned)
        put("INSERT INTO identities (grp, key, leaf, body) VALUES (?,?,?,?)", added)
        self._settled.write(cases, low, changed)
        self._held.write({key: case.held if case else [] for key, case in cases.items()}, low)


def _core(case: Case[Event]) -> Case[Event]:
    """Give what is stored of a case in its own row: all but what has files of its own."""
    states = {rev: replace(state, settled=[]) if state.settled else state for rev, state in case.states.items()}
    return replace(case, held=[], seen={}, seen_before={}, states=states)


def _leaf_rows(
    group: str, name: bytes, generation: int, seen: dict[Identity, int], written: int
) -> list[tuple[str, bytes, int, bytes]]:
    """Give the row that holds what a leaf has more than the `written` ones; none where there is nothing more."""
    if len(seen) <= written:
        return []
    latest = list(islice(reversed(seen.items()), len(seen) - written))
    return [(group, name, generation, _pack(latest[::-1]))]
