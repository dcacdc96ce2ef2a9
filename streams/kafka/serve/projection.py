"""The projection: records of the topics into the read model that the board and the API show, in `kept run`'s tables.

A batch of records goes in in one transaction, with how far each partition is stored by then. What the workers say twice
is known by its derived id and changes nothing. Topics may come in any order: why a line was told before the line, how a
notice fared before the notice. What cannot be read becomes a dead letter with its place. Used by one thread at a time.
Read next: `streams/kafka/records/unpacking.py` for how records are read, `streams/storage/ledger_tables.py` for lines
and notices, `projection_consumer.py`, which calls this.
"""

from __future__ import annotations

from collections import Counter
from operator import attrgetter
from time import perf_counter
from typing import TYPE_CHECKING

import msgspec
from msgspec.structs import replace

from standards.errors import StateError
from streams.kafka.records.facts import Letter, Progress
from streams.kafka.records.unpacking import Unpacked, unpack
from streams.storage.holdings import book_holdings
from streams.storage.ledger_tables import book_lines, book_notices
from streams.storage.readings import book_readings
from streams.storage.retention import forget
from streams.storage.router_tables import book_actions, book_withheld, note_actions
from streams.storage.status import Committed
from streams.storage.store_writer import KEEP, letter_row

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from alerts.routing.actions import Action
    from alerts.routing.notice import Notice, Reason
    from standards.judge.ledger import Line
    from streams.kafka.records.facts import Late
    from streams.kafka.records.unpacking import Record
    from streams.storage.rows import Delivery
    from streams.storage.sqlite import Database

_OFFSET = "INSERT OR REPLACE INTO topic_offsets (topic, partition, next) VALUES (?,?,?)"
_LETTER = "INSERT OR IGNORE INTO dead_letters (received, reason, message, raw, mark, origin) VALUES (?,?,?,?,?,?)"
_LATE = "INSERT OR IGNORE INTO late (received, reason, type, source, id, at, origin) VALUES (?,?,?,?,?,?,?)"
_DELIVERY = """
INSERT INTO outbox (notice, channel, state, tries, next_try, delivered, error) VALUES (?,?,?,?,?,?,?)
ON CONFLICT DO UPDATE SET state = excluded.state, tries = excluded.tries, next_try = excluded.next_try,
    delivered = excluded.delivered, error = excluded.error
WHERE state != 'delivered' AND (excluded.state = 'delivered' OR excluded.tries >= tries)
"""
_REVISION = """
INSERT INTO revisions (revision, standard, excerpt, loaded_at, current) VALUES (?,?,?,?,?)
ON CONFLICT DO UPDATE SET loaded_at = min(loaded_at, excluded.loaded_at), current = max(current, excluded.current)
"""
_REASON = "INSERT OR IGNORE INTO reasons SELECT ?, ? WHERE NOT EXISTS (SELECT 1 FROM ledger WHERE id = ?)"
_TOLD = "UPDATE ledger SET told = ? WHERE id = ? AND told = ''"
_EARLY = "SELECT id, reason FROM reasons WHERE id IN (SELECT value FROM json_each(?))"

_fate = attrgetter("notice", "channel", "state", "tries", "next_try", "delivered", "error")
_encode = msgspec.json.encode


class Projection:
    """Folds into one database. Notices are put into the outbox for `channels`.

    What is only looked up is forgotten after `keep`, in microseconds. `timed`: when records were published is the time
    that all goes by; else they are a replay of what was long before.
    """

    def __init__(
        self, database: Database, *, channels: Sequence[str] = (), keep: int = KEEP, timed: bool = True
    ) -> None:
        """Take a writing connection. Raises StateError for a database that an embedded host judges by."""
        if database.one("SELECT 1 FROM position") is not None:
            raise StateError(f"{database.file} is the store of a `kept run`; choose another folder with --data")
        self._database = database
        self._channels = tuple(channels)
        self._keep, self._timed = keep, timed
        stored = database.all("SELECT body FROM progress")
        found = [msgspec.json.decode(body, type=Progress) for (body,) in stored]
        self.progress: Mapping[int, Progress] = {each.partition: each for each in found}

    def offsets(self) -> dict[tuple[str, int], int]:
        """Give the first record of each topic's partition that was not folded yet."""
        found = self._database.all("SELECT topic, partition, next FROM topic_offsets")
        return {(topic, partition): following for topic, partition, following in found}

    def fold(self, records: Sequence[Record], wall: int) -> Committed:
        """Fold some records in one transaction; durable when this returns. Gives what was new in them.

        Raises StateError; then nothing of them was folded, and they may be given again.
        """
        unpacked = unpack(records)
        said = {each.partition: replace(each, readings=[]) for each in unpacked.progress}
        progress = {**self.progress, **said}
        started = perf_counter()
        with self._database.writing():
            lines = self._lines(unpacked)
            notices = self._notices(unpacked, wall - self._keep)
            self._deliveries(unpacked.deliveries)
            refused, late = self._letters(unpacked), self._late(unpacked)
            revisions = [(it.revision, it.standard, it.excerpt, it.loaded_at, 0) for it in unpacked.revisions]
            self._database.put(_REVISION, revisions)
            withheld = book_withheld(self._database, unpacked.withheld)
            acts = [act for at, act in unpacked.acts if book_actions(self._database, [act], at if self._timed else -1)]
            handed = book_holdings(self._database, unpacked.incidents)
            for each in unpacked.progress:
                book_readings(self._database, each.readings)
            told = [(it.partition, _encode(replace(it, readings=[]))) for it in unpacked.progress]
            self._database.put("INSERT OR REPLACE INTO progress (partition, body) VALUES (?,?)", told)
            self._database.put(_OFFSET, [(it.stream, it.partition, it.offset + 1) for it in records])
            forget(self._database, wall - self._keep)
        self.progress = progress
        return Committed(
            lines=lines, notices=notices, withheld=withheld, acts=len(acts), handed=handed, late=late,
            refused=refused, storing=perf_counter() - started,
        )  # fmt: skip

    def deliveries(self, deliveries: Iterable[Delivery]) -> None:
        """Note, in one transaction, how notices fare on their channels. Raises StateError."""
        with self._database.writing():
            self._deliveries(deliveries)

    def acts(self, rows: Sequence[Action]) -> None:
        """Note, in one transaction, what people did. Raises StateError."""
        with self._database.writing():
            note_actions(self._database, rows)

    def in_force(self, excerpts: Mapping[str, tuple[str, str]], wall: int) -> None:
        """Note, in one transaction, which revisions are in force: revision -> (standard, its text)."""
        with self._database.writing():
            self._database.put("UPDATE revisions SET current = 0", [()])
            rows = [(revision, standard, text, wall, 1) for revision, (standard, text) in excerpts.items()]
            self._database.put(_REVISION, rows)

    def _lines(self, unpacked: Unpacked) -> list[Line]:
        """Store the lines, and bring them together with their reasons, whichever came first."""
        reasons, lines, put = unpacked.reasons, unpacked.lines, self._database.put
        early: dict[str, Reason] = {}
        if lines and self._database.one("SELECT 1 FROM reasons LIMIT 1"):
            early = dict(self._database.all(_EARLY, [_encode([line.id for line in lines]).decode()]))
            put("DELETE FROM reasons WHERE id = ?", [(name,) for name in early])
        new = book_lines(self._database, lines, {**early, **reasons})
        here = {line.id for line in new}
        apart = [(reason, name) for name, reason in reasons.items() if name not in here]
        if apart and put(_TOLD, apart) != len(apart):
            put(_REASON, [(name, reason, name) for reason, name in apart])
        return new

    def _notices(self, unpacked: Unpacked, oldest: int) -> list[Notice]:
        new: list[Notice] = []
        for received, shard, notices in unpacked.notices:
            if received >= oldest:  # the others would be forgotten at once
                new += book_notices(self._database, notices, self._channels, received=received, shard=shard)
        return new

    def _deliveries(self, deliveries: Iterable[Delivery]) -> None:
        self._database.put(_DELIVERY, [_fate(delivery) for delivery in deliveries])

    def _letters(self, unpacked: Unpacked) -> Counter[str]:
        refused: Counter[str] = Counter()
        for it in unpacked.letters:
            row = (*letter_row(it.received, it.reason, it.message, it.raw), _once(it))
            refused[it.reason] += self._database.put(_LETTER, [row])
        return +refused

    def _late(self, unpacked: Unpacked) -> Counter[str]:
        late: Counter[str] = Counter()
        for it in unpacked.late:
            row = (it.received, it.reason, it.type, it.source, it.id, it.at, _once(it))
            late[it.reason] += self._database.put(_LATE, [row])
        return +late


def _once(letter: Letter | Late) -> str:
    """Give what tells a letter that comes again; nothing for one whose place of origin is not known exactly."""
    if isinstance(letter, Letter):
        return letter.origin if "#" in letter.origin else ""
    return f"{letter.reason} {letter.type} {letter.source} {letter.id}"
