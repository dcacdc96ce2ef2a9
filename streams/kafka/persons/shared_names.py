"""Names that several processes share: the topic `names` says what a reference stands for, a file has what was read.

Whoever meets somebody new claims a reference for them in the topic and reads back: the first claim in it is theirs. As
the topic is compacted to the last record of each key, whoever reads another claim later publishes the first one again.
The file can be lost: it is made anew from the topic. Used from threads; those of the topic answer on their event loop.
Read next: `names_topic.py`, which follows the topic.
"""

from __future__ import annotations

from collections import OrderedDict
from contextlib import suppress
from typing import TYPE_CHECKING, Final, NamedTuple, Protocol

import structlog

from standards.errors import StateError
from streams.delivery.channel_settings import secret_of
from streams.kafka.records.topics import OVERWRITTEN_WITHIN
from streams.names.erasing import UNSEEN, Erased, sever, sever_rows
from streams.names.name_file import REMEMBERED, ErasedMeanwhileError
from streams.names.names import Names
from streams.names.references import ERASED, ERASED_TEXT, person_index
from streams.names.rows import Row, store

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence
    from pathlib import Path

    from streams.delivery.channel_settings import Secret

_EMPTYING: Final = tuple(f"DELETE FROM {table}" for table in ("found", "said", "also", "erased", "secret", "followed"))  # noqa: S608 - fixed names
_ROW: Final = "SELECT by, found.reference, coalesce(text, '') FROM found LEFT JOIN said USING (reference)"
_OF_KEY: Final = "SELECT by FROM found WHERE by = ? AND seen < ?"
_OF_REFERENCE: Final = "SELECT by FROM found WHERE reference = ? AND seen < ?"
_SEEN: Final = "UPDATE found SET seen = max(seen, ?) WHERE by = ?"
_UNSEEN: Final = """
SELECT by FROM found WHERE reference IN (SELECT reference FROM found GROUP BY reference HAVING max(seen) < ?)
"""
SAID_EVERY: Final = 7
"""How many days after it was said that somebody was named it is said again, if they are."""
_ANEW: Final = "UPDATE said SET text = ? WHERE reference = ? AND text != ?"

log = structlog.get_logger("kept")


class _LeftError(Exception):
    """What was done in a transaction is left undone."""


class Shared(Protocol):
    """The topic, as threads ask it. Each returns when what it asked for is in the file, or raises StateError."""

    def claim(self, rows: Sequence[Row]) -> None:
        """Claim references: what is in the file then is whose they are."""

    def catch_up(self) -> None:
        """Read all that is in the topic now."""

    def erase(self, keys: Sequence[bytes], rewritten: Sequence[Row], at: int) -> None:
        """Erase who is found by some keys, for everybody, and have texts say less; `at` in microseconds UTC."""

    def is_held(self, at: int) -> bool:
        """Say whether the broker still has what the erasure of an instant (microseconds UTC) replaced."""


class Place(NamedTuple):
    """Up to which record the file has the topic, and when it was seen to have all of it: microseconds UTC, or -1."""

    following: int = 0
    seen: int = -1


class Read(NamedTuple):
    """Records of the topic: rows by what finds them, None where one was deleted; and who was erased when, by it.

    `seen` are the days, counted from 1970, on which they were named.
    """

    changes: Sequence[tuple[bytes, Row | None]] = ()
    blocks: Mapping[bytes, int | None] = {}
    seen: Mapping[bytes, int] = {}


class SharedNames(Names):
    """What references stand for, as a process on Kafka has it. `topic` is set while Kafka is connected."""

    is_shared = True
    topic: Shared | None = None

    def __init__(self, folder: Path, secret: bytes) -> None:
        """Open the file in a folder, and make it if need be. Raises StateError."""
        super().__init__(folder, secret, derived=True)

    @property
    def secret_mark(self) -> str:
        """What tells the secret from others, in hexadecimal digits."""
        return self.mark("mark")

    def _check_secret(self) -> None:
        """Begin a file anew that was made under another secret: the topic says whether this one is right."""
        self._database.all("CREATE TABLE IF NOT EXISTS followed (next INTEGER NOT NULL, seen INTEGER NOT NULL)")
        try:
            super()._check_secret()
        except StateError:
            self.begin_anew()
            super()._check_secret()

    def begin_anew(self) -> None:
        """Forget all that was read of the topic."""
        with self._lock, self._database.writing():
            for emptying in _EMPTYING:
                self._database.put(emptying, [()])
            self._references.clear()
            self._said.clear()
            self._erased = {}

    def are_known(self, references: Collection[str]) -> set[str]:
        """Name those of some references that stand for somebody, or something; one may have been claimed just now."""
        found = super().are_known(references)
        if len(found) < len(set(references) - {ERASED, ERASED_TEXT}):
            self._connected().catch_up()
            found = super().are_known(references)
        return found

    def erase(self, reference: str, at: int) -> Erased:
        """Forget somebody, or a text, in every process; nobody finds them any more when this returns here.

        On the brokers' disks it is overwritten when the topic is compacted.
        """
        with self._lock:
            keys = [key for (key,) in self._database.all("SELECT by FROM found WHERE reference = ?", [reference])]
            erased = self._foreseen(reference, at)
            found = {key: row for key, row in map(self._found, erased.rewritten) if row is not None}
        rewritten = [row._replace(text=erased.rewritten[row.reference]) for row in found.values()]
        self._connected().erase(keys, rewritten, at)
        return erased

    def held_until(self, at: int) -> int:
        """Say until when the brokers hold what an erasure replaced; they compact the topic as it is made."""
        return at + OVERWRITTEN_WITHIN if at >= 0 and self._connected().is_held(at) else -1

    def still_named(self, heard: Mapping[str, int], at: int) -> None:  # noqa: ARG002 - the log has its own time
        """Say in the log which senders name who was erased: no page reads an intake's file."""
        log.warning("a sender names somebody who was erased", sources=sorted(heard))

    def pass_time(self, now: int) -> None:
        """Forget nothing by time: in every process that is for the topic to say."""

    @property
    def crowded(self) -> bool:
        """Say whether so many were named here that it is time to say whom."""
        return len(self._looked_up) + len(self._met) >= REMEMBERED

    def unsaid(self, today: int) -> list[bytes]:
        """List by what those are found who were named here, or are in the policy, and not said to be for a week."""
        since = today - SAID_EVERY
        with self._lock:
            told = {person_index(self._secret, name) for name in self._entries.values()} | self._looked_up
            found = {key for by in told for (key,) in self._database.all(_OF_KEY, [by, since])}
            found |= {
                key for reference in self._met for (key,) in self._database.all(_OF_REFERENCE, [reference, since])
            }
            self._looked_up, self._met = set(), set()
            with self._database.writing():
                self._database.put(_SEEN, [(today, key) for key in found])
        return sorted(found)

    def unseen(self, today: int) -> list[bytes]:
        """List by what those are found whom nothing has named for 400 days: nobody said so within a week more."""
        with self._lock, self._database.writing():
            self._database.put("UPDATE found SET seen = ? WHERE seen = 0", [(today,)])
            return [key for (key,) in self._database.all(_UNSEEN, [today - UNSEEN - SAID_EVERY])]

    def blocked_before(self, at: int) -> list[bytes]:
        """List by what those are found who were erased before an instant, and are known again so far."""
        return [key for key, since in self._erased.items() if since < at]

    def place(self) -> Place:
        """Say how far the topic was read."""
        with self._lock:
            row = self._database.one("SELECT next, seen FROM followed")
        return Place() if row is None else Place(*row)

    def reach(self, place: Place) -> None:
        """Note how far the topic was read."""
        with self._lock, self._database.writing():
            self._reach(place)

    def rivals(self, read: Read) -> list[Row]:
        """Give the rows that were first and are not the last of their keys any more, after these records."""
        rows: dict[bytes, Row | None] = {}
        rivals: dict[bytes, Row] = {}
        for key, row in read.changes:
            with self._lock:
                first = rows[key] if key in rows else self._row(key)
            if row is None or first is None or row.joined or row.reference == first.reference:
                rows[key] = row
                rivals.pop(key, None)
            else:
                rivals[key] = rows[key] = first
        return list(rivals.values())

    def take(self, read: Read, place: Place) -> None:
        """Take records in, in their order, with how far they go. What was deleted is overwritten.

        A text may be said anew under the same reference: with less in it.
        """
        gone = [key for key, row in read.changes if row is None]
        rows: dict[bytes, Row] = {}
        for key, row in read.changes:
            if row is None:
                rows.pop(key, None)
            elif key not in rows or row.joined or rows[key].reference == row.reference:
                rows[key] = row
        with self._lock:
            with self._database.writing():
                self._block(read.blocks)
                deleted = [reference for key in dict.fromkeys(gone) if (reference := self._delete(key))]
                store(self._database, list(rows.values()), 0)
                self._database.put(_SEEN, [(day, key) for key, day in read.seen.items()])
                said = [(row.text, row.reference, row.text) for row in rows.values() if row.text]
                changed = self._database.put(_ANEW, said)
                if deleted or changed:
                    self._begin_anew()
                self._reach(place)
            self._forget_remembered(deleted, rows.values())
            self._write_anew()

    def _add(self, rows: Sequence[Row], erased: Mapping[bytes, int] | None = None) -> None:
        if erased is not None and erased != self._erased:
            raise ErasedMeanwhileError
        self._connected().claim(rows)

    def _connected(self) -> Shared:
        if self.topic is None:
            raise StateError("nobody can say who somebody is while Kafka is away; it is asked again")
        return self.topic

    def _reach(self, place: Place) -> None:
        self._database.put("DELETE FROM followed", [()])
        self._database.put("INSERT INTO followed VALUES (?, ?)", [place])

    def _row(self, key: bytes) -> Row | None:
        row = self._database.one(f"{_ROW} WHERE by = ?", [key])
        return None if row is None else Row(*row)

    def _found(self, reference: str) -> tuple[bytes, Row | None]:
        row = self._database.one(f"{_ROW} WHERE reference = ?", [reference])
        return (b"", None) if row is None else (row[0], Row(*row))

    def _foreseen(self, reference: str, at: int) -> Erased:
        """Say what comes of an erasure, and leave the file as it is: all processes do it by the topic."""
        erased = Erased(0)
        with suppress(_LeftError), self._database.writing():
            erased = sever(self._database, reference, at)
            raise _LeftError
        return erased

    def _block(self, blocks: Mapping[bytes, int | None]) -> None:
        self._database.put("DELETE FROM erased WHERE by = ?", [(key,) for key in blocks])
        rows = [(key, at) for key, at in blocks.items() if at is not None]
        self._database.put("INSERT INTO erased VALUES (?, ?)", rows)

    def _delete(self, key: bytes) -> str:
        """Forget whoever is found by a key, as an erasure does; gives their reference, if no other key leads to it."""
        row, since = self._row(key), self._database.one("SELECT at FROM erased WHERE by = ?", [key])
        if row is None:
            return ""
        if self._database.one("SELECT 1 FROM found WHERE reference = ? AND by != ?", [row.reference, key]):
            self._database.put("DELETE FROM found WHERE by = ?", [(key,)])
            return ""
        sever_rows(self._database, row.reference, -1 if since is None else since[0])
        self._database.put("DELETE FROM erased WHERE at < 0", [()])
        return row.reference

    def _forget_remembered(self, deleted: Collection[str], rows: Iterable[Row]) -> None:
        self._erased = dict(self._database.all("SELECT by, at FROM erased"))
        for row in rows:
            self._said.pop(row.reference, None)
            self._references.pop(row.by, None)
        if deleted:
            self._said.clear()  # it has texts in which their name stood
            self._references = OrderedDict(it for it in self._references.items() if it[1] not in deleted)
            person_index.cache_clear()
        for reference in deleted:
            self._called.pop(reference, None)
            self._entries.pop(reference, None)


def shared_secret(given: Secret | None) -> bytes:
    """Give the secret by which names are found. Raises StateError where none is set: all processes need the same."""
    if not (secret := secret_of(given)):
        raise StateError(
            "KEPT_PERSON_SECRET is not set; on Kafka names are kept apart under one secret, the same for every intake "
            "and serve: make one with `openssl rand -hex 32`, and keep it with the backups' keys"
        )
    return secret.encode()
