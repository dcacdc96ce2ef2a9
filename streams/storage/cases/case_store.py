"""Cases in the store: a small snapshot of each, and beside it what grows with the traffic.

A snapshot begins with its version, so that a newer Kept can read what an older one wrote; one it cannot read stops the
host with the data kept. Identities of events are appended, and a generation that was forgotten is deleted.
Read next: `case_parts.py`, which says what is new; `case_logs.py` for held events, `past_log.py` for all that lasts.
"""

from __future__ import annotations

from functools import partial
from operator import attrgetter
from typing import TYPE_CHECKING, Any, TypeVar

import msgspec

from standards.errors import StateError
from standards.judge.case import Case
from standards.judge.events import Event, union_of
from standards.judge.promise import Promise
from streams.ingest.wire import UNREADABLE
from streams.storage.cases.case_logs import HeldLog
from streams.storage.cases.case_parts import (
    Holding,
    Seen,
    SeenMark,
    core,
    join_seen,
    new_seen,
    seen_mark,
    take_over,
    unreadable,
)
from streams.storage.cases.case_past import Basis
from streams.storage.cases.past_log import Entry, PastLog

if TYPE_CHECKING:
    from collections.abc import Callable, Container, Iterable, Mapping

    from standards.judge.rulebook import Key, Rulebook
    from streams.storage.cases.case_parts import CaseKey
    from streams.storage.sqlite import Database

T = TypeVar("T")

VERSION = 5
"""The version of snapshots that this Kept writes. In version 1 what is overdue was counted only; see `take_over`.

Up to version 2 a case did not remember what it is judged again by, up to version 3 no states of its subject, and up to
version 4 no numbers by which its promises stand.
"""
_READ = range(1, VERSION + 1)

_encode = msgspec.json.encode
_at = attrgetter("at")
_pack = msgspec.msgpack.encode
_unpack = msgspec.msgpack.Decoder(Seen).decode


class Snapshots:
    """Turns cases into bytes and back. It needs the rulebook, since held events are typed by the vocabulary.

    `decode` reads a case, `decode_holdings` and `decode_entries` what cases came to hold, or have of the past; all
    raise StateError for a version or content that this Kept does not know, and so does `decode_promise`. The other two
    raise one of UNREADABLE.
    """

    def __init__(self, rulebook: Rulebook) -> None:
        union: Any = union_of(rulebook.classes.values())
        form = msgspec.msgpack.Decoder
        self.decode: Callable[[bytes], Case[Event]] = partial(_decoded, form(Case[union]))
        self.decode_holdings: Callable[[bytes], list[Holding[Event]]] = partial(_decoded, form(list[Holding[union]]))
        self.decode_entries: Callable[[bytes], list[Entry]] = partial(_decoded, form(list[Entry]))
        self.decode_basis: Callable[[bytes], Basis[Event]] = form(Basis[union]).decode
        self.decode_event: Callable[[msgspec.Raw], Event] = form(union).decode
        self._promise: msgspec.msgpack.Decoder[Promise[Event]] = form(Promise[union])

    def encode(self, what: object) -> bytes:
        """Give the bytes of a case, of what cases came to hold, or of entries of the past; version first."""
        return bytes((VERSION,)) + msgspec.msgpack.encode(what)

    def decode_promise(self, raw: msgspec.Raw) -> Promise[Event]:
        """Read a settled promise."""
        return _read(self._promise, raw)


def _decoded(decoder: msgspec.msgpack.Decoder[T], raw: bytes) -> T:
    if not raw or raw[0] not in _READ:
        found = raw[0] if raw else "none"
        raise StateError(f"snapshot version {found}, and this Kept reads up to {VERSION}; run the Kept that wrote it")
    return _read(decoder, memoryview(raw)[1:])


def _read(decoder: msgspec.msgpack.Decoder[T], raw: memoryview | msgspec.Raw) -> T:
    try:
        return decoder.decode(raw)
    except UNREADABLE as error:
        raise unreadable(error) from None


class CaseStore:
    """The cases of one database, under one rulebook."""

    def __init__(self, database: Database, rulebook: Rulebook) -> None:
        self._database = database
        self._snapshots = Snapshots(rulebook)
        self._held = HeldLog(database, self._snapshots, {name: it.lateness for name, it in rulebook.groups.items()})
        self._past = PastLog(database, self._snapshots)
        self._groups = rulebook.groups
        self._written: dict[CaseKey, SeenMark] = {}

    def read(self) -> Iterable[Case[Event]]:
        """Give every stored case. Raises StateError for one that this rulebook cannot read."""
        self._held.read()
        self._past.read()
        seen: dict[tuple[str, bytes], dict[int, Seen]] = {}
        for group, key, generation, body in self._database.all(
            "SELECT grp, key, leaf, body FROM identities ORDER BY seq"
        ):
            seen.setdefault((group, key), {}).setdefault(generation, []).extend(_unpack(body))
        for group, key, body in self._database.all("SELECT grp, key, body FROM cases"):
            case = self._snapshots.decode(body)
            join_seen(case, seen.get((group, key), {}))
            self._held.join(case)
            judged_in = self._groups.get(case.group)
            self._past.join(case, _at if judged_in is None else judged_in.order)
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
        self._past.write(cases, changed)
        self._held.write({key: case.held if case else [] for key, case in cases.items()}, low)
