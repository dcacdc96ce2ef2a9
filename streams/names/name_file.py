"""The file of names: rows by a keyed hash, and what references stand for; the latest of them remembered.

A row is committed before anything that has its reference is. Used from several threads.
Read next: `names.py`, which knows what the rows mean.
"""

from __future__ import annotations

from collections import OrderedDict
from threading import Lock
from typing import TYPE_CHECKING, Final, TypeVar

from standards.calendar.duration import DAY
from standards.errors import StateError
from streams.names.erasing import UNFINISHED, Erased
from streams.names.references import index_of, new
from streams.names.rows import Row, store
from streams.names.schema import SCHEMA
from streams.names.secret import FILE, KEY_FILE
from streams.storage.sqlite import Database

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence
    from pathlib import Path

    from streams.names.references import Kind

REMEMBERED: Final = 20_000
"""How many rows are remembered in memory, each way."""

_Key = TypeVar("_Key", bytes, str)


class ErasedMeanwhileError(Exception):
    """Somebody was erased since it was looked up who was."""


class NameFile:
    """The file in a folder, and what of it is remembered. Raises StateError where it cannot be used."""

    def __init__(self, folder: Path, secret: bytes, *, derived: bool = False) -> None:
        """Open the file in a folder, and make it if need be; `derived` as for `Database`."""
        self._database = Database(folder / FILE, schema=SCHEMA, derived=derived)
        self._secret, self._lock = secret, Lock()
        self._references: OrderedDict[bytes, str] = OrderedDict()
        self._said: OrderedDict[str, str] = OrderedDict()
        self._called: dict[str, str] = {}
        self._entries: dict[str, str] = {}
        self._tidied, self._today = -DAY, 0
        self._looked_up, self._met = set[bytes](), set[str]()
        self._erased: Mapping[bytes, int] = {}
        self._left = ("", Erased(0))
        self._reached: Mapping[str, Mapping[str, str]] = {}
        self._rooms = frozenset[str]()
        try:
            self._check_secret()
            self._erased = dict(self._database.all("SELECT by, at FROM erased"))
        except StateError:
            self._database.close()
            raise

    def _check_secret(self) -> None:
        """Refuse another secret than the one under which the rows are found: everybody would be somebody new."""
        mark, row = index_of(self._secret, "mark"), self._database.one("SELECT mark FROM secret")
        if row is None:
            with self._database.writing():
                self._database.put("INSERT INTO secret VALUES (?)", [(mark,)])
        elif row[0] != mark:
            raise StateError(
                f"the names in {self._database.file} are kept under another secret; "
                f"set KEPT_PERSON_SECRET, or put back {KEY_FILE}, as it was"
            )

    def close(self) -> None:
        """Close the file."""
        with self._lock:
            self._database.close()

    def _begin_anew(self) -> None:
        """Note, inside a transaction, that the file has to be written anew."""
        self._database.all(f"PRAGMA application_id = {UNFINISHED}")

    def _write_anew(self) -> bool:
        """Write the file anew if that is to be done, so that nothing of what was deleted is left in it."""
        if self._database.all("PRAGMA application_id") != [(UNFINISHED,)]:
            return False
        self._database.compact()
        with self._database.writing():
            self._database.all("PRAGMA application_id = 0")
        self._left = ("", Erased(0))
        return True

    def _refer(
        self, kind: Kind, asked: Mapping[bytes, str], erased: Mapping[bytes, int] | None = None
    ) -> dict[bytes, str]:
        with self._lock:
            found = self._known(asked)
        while missing := [Row(index, new(kind), asked[index]) for index in asked if index not in found]:
            self._add(missing, erased)
            with self._lock:
                found |= self._known([row.by for row in missing])  # somebody else may have been first
        return found

    def _add(self, rows: Sequence[Row], erased: Mapping[bytes, int] | None = None) -> None:
        """Make rows durable; where somebody is found already, they stay who they are."""
        with self._lock, self._database.writing():
            if erased is not None and erased != self._erased:
                raise ErasedMeanwhileError
            store(self._database, rows, self._today)
            self._remember(self._references, {row.by: row.reference for row in rows if row.joined})

    def _known(self, asked: Collection[bytes]) -> dict[bytes, str]:
        found = {index: self._references[index] for index in asked if index in self._references}
        for index in asked:
            if index not in found:
                row = self._database.one("SELECT reference FROM found WHERE by = ?", [index])
                found |= {index: str(row[0])} if row is not None else {}
        self._remember(self._references, found)
        self._note_seen(rows=found)
        return found

    def _note_seen(self, rows: Iterable[bytes] = (), references: Iterable[str] = ()) -> None:
        """Remember whom something named since it was last stored who was, by a name or by their reference."""
        self._looked_up.update(rows)
        self._met.update(references)

    def _read(self, references: Collection[str]) -> dict[str, str]:
        with self._lock:
            found = {each: self._said[each] for each in references if each in self._said}
            for each in references:
                if each not in found:
                    row = self._database.one("SELECT text FROM said WHERE reference = ?", [each])
                    found |= {each: str(row[0])} if row is not None else {}
            self._remember(self._said, found)
            return found

    @staticmethod
    def _remember(kept: OrderedDict[_Key, str], rows: Mapping[_Key, str]) -> None:
        """Remember the latest rows, up to so many."""
        for name, value in rows.items():
            kept[name] = value
            kept.move_to_end(name)
        while len(kept) > REMEMBERED:
            kept.popitem(last=False)
