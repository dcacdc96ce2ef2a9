"""Cases in the store: a small snapshot of each; what grows with the traffic lies beside it.

Identities of events are appended, and a generation that was forgotten is deleted. The events that a case holds and its
settled promises have tables of their own.
Read next: `case_parts.py`, which says what is new; `holding.py`, `settling.py`; `store_writer.py`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from streams.storage.case_parts import Seen, SeenMark, core, join_seen, new_seen, seen_mark, take_over
from streams.storage.holding import HeldLog
from streams.storage.settling import SettledLog
from streams.storage.store import Snapshots

if TYPE_CHECKING:
    from collections.abc import Container, Iterable, Mapping

    from standards.judge.case import Case
    from standards.judge.events import Event
    from standards.judge.rulebook import Key, Rulebook
    from streams.storage.case_parts import CaseKey
    from streams.storage.sqlite import Database

_encode = msgspec.json.encode
_pack = msgspec.msgpack.encode
_unpack = msgspec.msgpack.Decoder(Seen).decode


class CaseStore:
    """The cases of one database, under one rulebook."""

    def __init__(self, database: Database, rulebook: Rulebook) -> None:
        self._database = database
        self._snapshots = Snapshots(rulebook)
        self._held = HeldLog(database, self._snapshots)
        self._settled = SettledLog(database, self._snapshots)
        self._written: dict[CaseKey, SeenMark] = {}

    def read(self, low: int) -> Iterable[Case[Event]]:
        """Give every stored case; time had come to `low`, in microseconds UTC.

        Raises StateError for a case that cannot be read under this rulebook.
        """
        held, settled = self._held.read(low), self._settled.read(low)
        seen: dict[tuple[str, bytes], dict[int, Seen]] = {}
        for group, key, generation, body in self._database.all(
            "SELECT grp, key, leaf, body FROM identities ORDER BY seq"
        ):
            seen.setdefault((group, key), {}).setdefault(generation, []).extend(_unpack(body))
        for group, key, body in self._database.all("SELECT grp, key, body FROM cases"):
            case = self._snapshots.decode(body)
            join_seen(case, seen.get((group, key), {}))
            case.held = held.get((case.group, case.key), [])
            self._settled.join(case, settled.get((case.group, case.key), {}))
            self._written[case.group, case.key] = seen_mark(case)
            take_over(case)
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
            rows.append((group, name, self._snapshots.encode(core(case))))
            stored = self._written.get((group, key), SeenMark())
            self._written[group, key] = seen_mark(case)
            if case.generation > stored.generation:
                turned.append((group, name, case.generation - 1))
            for generation, fresh in enumerate(new_seen(case, stored), start=case.generation - 1):
                added += [(group, name, generation, _pack(fresh))] if fresh else []
        put = self._database.put
        put("INSERT OR REPLACE INTO cases VALUES (?,?,?)", rows)
        put("DELETE FROM cases WHERE grp = ? AND key = ?", gone)
        put("DELETE FROM identities WHERE grp = ? AND key = ?", gone)
        put("DELETE FROM identities WHERE grp = ? AND key = ? AND leaf < ?", turned)
        put("INSERT INTO identities (grp, key, leaf, body) VALUES (?,?,?,?)", added)
        self._settled.write(cases, low, changed)
        self._held.write({key: case.held if case else [] for key, case in cases.items()}, low)
