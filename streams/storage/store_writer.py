"""Writing the store: everything that one batch did goes in together, or not at all.

Lines and notices have derived ids, and what is there already is ignored, so a batch judged twice is recorded once.
Read next: `ledger_tables.py`, `read_model.py`, which reads it back, `streams/embedded/engine.py`, which calls both.
"""

from __future__ import annotations

from hashlib import blake2b
from operator import attrgetter
from typing import TYPE_CHECKING

import msgspec

from standards.judge.events import type_of
from standards.judge.standard import DAY
from streams.runtime.position import Position
from streams.runtime.router_runtime import AlertResult
from streams.storage.cases.case_store import CaseStore
from streams.storage.joined_table import JoinedTable
from streams.storage.last_readings import LastReadings
from streams.storage.ledger_tables import book_lines, book_notices
from streams.storage.readings import book_readings
from streams.storage.retention import forget
from streams.storage.router_tables import book_actions, book_calls
from streams.storage.rows import Delivery
from streams.storage.source_tables import book_sources

if TYPE_CHECKING:
    from collections.abc import Container, Iterable, Mapping, Sequence

    from alerts.routing.actions import Action
    from standards.judge.case import Case, Unused
    from standards.judge.events import Event
    from standards.judge.ledger import Line
    from standards.judge.rulebook import Key, Rulebook
    from streams.ingest.wire import Refusal
    from streams.runtime.source_clocks import SourceClock
    from streams.storage.sqlite import Database

RAW_KEPT = 1 << 18
"""How much of a dead letter's bytes is kept."""
KEEP = 35 * DAY
"""How long what is only looked up is kept, in microseconds: a month, and a few days to look into it."""

_EVENTS = "INSERT INTO events (received, first, last, body) VALUES (?,?,?,?)"
_LATE = "INSERT INTO late (received, reason, type, source, id, at) VALUES (?,?,?,?,?,?)"
_LETTER = "INSERT INTO dead_letters (received, reason, message, raw, mark) VALUES (?,?,?,?,?)"
_REVISION = """
INSERT INTO revisions (revision, standard, excerpt, loaded_at, current) VALUES (?,?,?,?,1)
ON CONFLICT (revision) DO UPDATE SET current = 1
"""
_DELIVERY = """
UPDATE outbox SET state = ?, tries = ?, next_try = ?, delivered = ?, error = ? WHERE notice = ? AND channel = ?
"""

_encode = msgspec.json.encode
_encode_lines = msgspec.json.Encoder().encode_lines


def letter_row(received: int, reason: str, message: str, raw: bytes) -> tuple[int, str, str, bytes, str]:
    """Give the row of a dead letter: with what is kept of its bytes, and the mark that names it in every store."""
    kept = raw[:RAW_KEPT]
    mark = blake2b(_encode((received, reason, kept)), digest_size=10).hexdigest()
    return received, reason, message, kept, mark


class Batch(msgspec.Struct):
    """Everything that one batch changed, ready to be written. `received` is the wall clock in microseconds UTC.

    `cases` maps what changed to its new value, None where it was forgotten. `changed` are the subjects of which a
    promise changed, where that is known. `alerts` is what was told, and not told, with each line's reason. `sources`
    are the senders' clocks of which more is known now.
    """

    received: int
    position: Position
    events: Sequence[Event] = ()
    actions: Sequence[Action] = ()
    refusals: Sequence[Refusal] = ()
    cases: Mapping[tuple[str, Key], Case[Event] | None] = {}
    changed: Container[Key] | None = None
    lines: Sequence[Line] = ()
    unused: Sequence[Unused[Event]] = ()
    alerts: AlertResult = msgspec.field(default_factory=AlertResult)
    sources: Sequence[SourceClock] = ()


class StoreWriter:
    """Writes to one database, for one rulebook; notices go to `channels`, and what is old goes after `keep`."""

    def __init__(
        self, database: Database, rulebook: Rulebook, *, channels: Sequence[str] = (), keep: int = KEEP
    ) -> None:
        self.database = database
        self.channels = tuple(channels)
        self.keep = keep
        self.cases = CaseStore(database, rulebook)
        self._joined = JoinedTable(database)
        self._readings = LastReadings(rulebook)

    def write(self, batch: Batch) -> tuple[dict[str, tuple[int, int]], int]:
        """Write a batch in one transaction; it is durable when this returns. Raises StateError.

        Gives what joined promises, by id, where that changed: how many events, and when the last did; and of how many
        promises it changed who has them.
        """
        with self.database.writing():
            self.cases.write(batch.cases, batch.position.low, batch.changed)
            self._traffic(batch)
            book_lines(self.database, batch.lines, batch.alerts.reasons)
            joined = self._joined.write(batch.cases)
            book_notices(self.database, batch.alerts.notices, self.channels, received=batch.received)
            handed = book_calls(self.database, batch.alerts, batch.received)
            book_sources(self.database, batch.sources)
            self.database.put("INSERT OR REPLACE INTO position VALUES (1, ?)", [(_encode(batch.position),)])
            forget(self.database, batch.received - self.keep)
        return joined, handed

    def _traffic(self, batch: Batch) -> None:
        put, received = self.database.put, batch.received
        if batch.events:
            times = [event.at for event in batch.events]
            put(_EVENTS, [(received, min(times), max(times), _encode_lines(batch.events))])
            book_actions(self.database, batch.actions, received)
            self._readings.take(batch.events)
            book_readings(self.database, self._readings.changed())
        put(_LETTER, [letter_row(received, it.reason, it.message, it.raw) for it in batch.refusals])
        late = [(unused.reason, unused.event) for unused in batch.unused]
        put(_LATE, [(received, reason, type_of(it), it.source, it.id, it.at) for reason, it in late])

    def revisions(self, excerpts: Mapping[str, tuple[str, str]], at: int) -> None:
        """Note, inside a transaction, which revisions are in force: revision -> (standard, its text)."""
        self.database.put("UPDATE revisions SET current = 0", [()])
        rows = [(revision, standard, text, at) for revision, (standard, text) in excerpts.items()]
        self.database.put(_REVISION, rows)

    def deliveries(self, deliveries: Iterable[Delivery]) -> None:
        """Note, in one transaction, how notices fare on their channels. Raises StateError."""
        fields = attrgetter("state", "tries", "next_try", "delivered", "error", "notice", "channel")
        with self.database.writing():
            self.database.put(_DELIVERY, [fields(delivery) for delivery in deliveries])
