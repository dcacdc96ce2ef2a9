"""The names of one host: a file of its own, in which each reference has the name or the text that it stands for.

A row is committed before anything that has its reference is. It is found by a keyed hash, so that whoever has the file
without the secret cannot look a name up. Erasing somebody deletes their row: nothing else has to change.
An edge: it makes the secret. Used from several threads. Read next: `door.py`.
"""

from __future__ import annotations

import os
from collections import OrderedDict
from contextlib import suppress
from threading import Lock
from typing import TYPE_CHECKING, Final, TypeVar

from standards.calendar.duration import DAY
from standards.errors import StateError
from streams.names.erasing import Erased, forget_old, rekeyed, sever
from streams.names.references import canonical, index_of, is_reference, new
from streams.names.rows import Row, store
from streams.names.schema import SCHEMA
from streams.storage.sqlite import Database

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence
    from pathlib import Path

    from streams.names.references import Kind

FILE: Final = "names.sqlite"
KEY_FILE: Final = "names.key"
REMEMBERED: Final = 20_000
"""How many rows are remembered in memory, each way."""
_SENDER: Final = """
INSERT INTO senders VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET last = excluded.last, count = count + excluded.count
"""

_ALSO: Final = "INSERT INTO also VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET joined = max(joined, excluded.joined)"

_SAME: Final = """
SELECT reference FROM said WHERE reference < 'q' AND name_key(text) IN (
    SELECT name_key(text) FROM also WHERE joined AND reference = ?)
"""

_Key = TypeVar("_Key", bytes, str)


class Names:
    """What references stand for. Raises StateError where the file cannot be used."""

    def __init__(self, folder: Path, secret: bytes, *, derived: bool = False) -> None:
        """Open the file in a folder, and make it if need be; `derived` as for `Database`."""
        self._database = Database(folder / FILE, schema=SCHEMA, derived=derived)
        self._secret, self._lock = secret, Lock()
        self._references: OrderedDict[bytes, str] = OrderedDict()
        self._said: OrderedDict[str, str] = OrderedDict()
        self._called, self._entries = dict[str, str](), dict[str, str]()
        self._tidied, self._today = -DAY, 0
        self._looked_up, self._erased = set[bytes](), dict[bytes, int]()
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

    def persons(self, names: Iterable[str]) -> dict[str, str]:
        """Give a reference for each of these names, by how it is written; who has none yet is given one.

        What is a reference already stays as it is, and so does a team's room.
        """
        given = list(names)
        people = [name for name in given if name not in self._rooms and not is_reference(name, "p")]
        asked = {name: index_of(self._secret, "p", canonical(name)) for name in people}
        found = self._refer("p", {index: " ".join(name.split()) for name, index in asked.items()})
        return {name: found[asked[name]] if name in asked else name for name in given}

    def texts(self, texts: Mapping[tuple[str, ...], str]) -> dict[tuple[str, ...], str]:
        """Give a reference for each of these texts, by where it stands: one that comes again has the one it had."""
        asked = {place: index_of(self._secret, "t", *place) for place in texts}
        found = self._refer("t", {index: texts[place] for place, index in asked.items()})
        return {place: found[index] for place, index in asked.items()}

    def find(self, name: str) -> str:
        """Give the reference of a name, or nothing where it has none."""
        index = index_of(self._secret, "p", canonical(name))
        with self._lock:
            return self._known([index]).get(index, "")

    def mark(self, *parts: str) -> str:
        """Give a mark that nobody can make without the secret: the same for the same parts (HMAC-SHA-256)."""
        return index_of(self._secret, *parts).hex()

    def in_subject(self, subject: str) -> str:
        """Give a subject, values joined by `/`, with references in the place of the names in it that are known."""
        parts = [part.replace("%2F", "/").replace("%25", "%") for part in subject.split("/")]
        return "/".join(self.find(part) or each for part, each in zip(parts, subject.split("/"), strict=True))

    def are_known(self, references: Collection[str]) -> set[str]:
        """Name those of some references that stand for somebody, or something."""
        return set(self._read(references))

    def shown(self, references: Collection[str]) -> dict[str, str]:
        """Give what references stand for, people as the policy calls them; what stands for nobody is left out."""
        return {name: self._called.get(name, text) for name, text in self._read(references).items()}

    def join(self, names: Mapping[str, Collection[str]]) -> None:
        """Have other names of somebody stand for them too, from now on.

        A reference that such a name had stays with what has it, and shows the name until its person is erased.
        """
        own = self.persons(names)
        rows = [
            Row(index_of(self._secret, "p", canonical(other)), own[name], joined=True)
            for name, others in names.items()
            for other in others
        ]
        with self._lock:
            found = self._known([row.by for row in rows])
            with self._database.writing():
                self._also({own[name]: others for name, others in names.items()}, joined=True)
        if missing := [row for row in rows if found.get(row.by) != row.reference]:
            self._add(missing)

    def call(self, names: Mapping[str, str], rooms: Collection[str] = ()) -> None:
        """Say what people are called where they are shown, by their names; `rooms` are teams', and nobody's name."""
        self._rooms = frozenset(rooms)
        self._entries = {reference: name for name, reference in self.persons(names).items()}
        self._called = {reference: names[name] for reference, name in self._entries.items()}
        with self._lock, self._database.writing():
            self._also({reference: [called] for reference, called in self._called.items()})

    def references_of(self, person: str) -> list[str]:
        """Give the references of somebody, by a name or one of them: the one they have, then those from before."""
        own = person if self.are_known([person]) else self.find(person)
        with self._lock:
            rows = self._database.all(_SAME, [own]) if own else []
        return [own, *(str(name) for (name,) in rows if name != own)] if own else []

    def count(self) -> int:
        """Count the names that are known."""
        with self._lock:
            ((count,),) = self._database.all("SELECT count(*) FROM found WHERE reference < 'q'")
        return int(count)

    def entry(self, reference: str) -> str:
        """Give somebody's name as the policy writes it; nothing where it does not name them."""
        return self._entries.get(reference, "")

    def _also(self, texts: Mapping[str, Collection[str]], *, joined: bool = False) -> None:
        rows = [(reference, " ".join(text.split()), joined) for reference, some in texts.items() for text in some]
        self._database.put(_ALSO, rows)

    def erase(self, reference: str, at: int) -> Erased:
        """Forget somebody, or a text, by their reference; nobody finds them any more when this returns.

        `at`, in microseconds UTC, is when they asked for it: what happened before then and comes later names nobody.
        """
        with self._lock:
            with self._database.writing():
                erased = sever(self._database, reference, at)
            self._references = OrderedDict(each for each in self._references.items() if each[1] != reference)
            self._said.clear()  # it has texts in which their name stood
            self._called.pop(reference, None)
            self._entries.pop(reference, None)
            self._erased = dict(self._database.all("SELECT by, at FROM erased"))
            self._database.compact()
        return erased

    def erased(self, names: Iterable[str]) -> dict[str, int]:
        """Say who of these was erased of late, by how they are written, and when (microseconds UTC)."""
        if not self._erased:
            return {}
        asked = {name: index_of(self._secret, "p", canonical(name)) for name in names}
        return {name: self._erased[index] for name, index in asked.items() if index in self._erased}

    def still_named(self, heard: Mapping[str, int], at: int) -> None:
        """Note which senders have sent names of who was erased, and how often."""
        rows = [(source, at, count) for source, count in heard.items()]
        with self._lock, self._database.writing():
            self._database.put(_SENDER, rows)

    def naming_erased(self, since: int) -> list[tuple[str, int, int]]:
        """List the senders that have done so since an instant: (source, when last, how often), the last one first."""
        listed = "SELECT source, last, count FROM senders WHERE last >= ? ORDER BY last DESC, source LIMIT 100"
        with self._lock:
            return [(str(source), int(last), int(count)) for source, last, count in self._database.all(listed, [since])]

    def pass_time(self, now: int) -> None:
        """Hear how late it is, in microseconds UTC: once a day what is old enough is forgotten."""
        if now < self._tidied + DAY:
            return
        with self._lock:
            with self._database.writing():
                told = {index_of(self._secret, "p", canonical(name)) for name in self._entries.values()}
                forget_old(self._database, self._looked_up | told, now)
            self._tidied, self._today, self._looked_up = now, now // DAY, set()
            self._erased = dict(self._database.all("SELECT by, at FROM erased"))
            self._references.clear()  # so that each is looked up once a day
            self._said.clear()

    def rekey(self, secret: bytes) -> int:
        """Have names be found under another secret from now on; says how many are."""
        with self._lock, self._database.writing():
            found = rekeyed(self._database, secret)
            self._database.put("UPDATE secret SET mark = ?", [(index_of(secret, "mark"),)])
        self._secret, self._erased = secret, {}
        self._references.clear()
        return found

    def _refer(self, kind: Kind, asked: Mapping[bytes, str]) -> dict[bytes, str]:
        with self._lock:
            found = self._known(asked)
        while missing := [Row(index, new(kind), asked[index]) for index in asked if index not in found]:
            self._add(missing)
            with self._lock:
                found |= self._known([row.by for row in missing])  # somebody else may have been first
        return found

    def _add(self, rows: Sequence[Row]) -> None:
        """Make rows durable; where somebody is found already, they stay who they are."""
        with self._lock, self._database.writing():
            store(self._database, rows, self._today)
            self._remember(self._references, {row.by: row.reference for row in rows if row.joined})

    def _known(self, asked: Collection[bytes]) -> dict[bytes, str]:
        found = {index: self._references[index] for index in asked if index in self._references}
        for index in asked:
            if index not in found:
                row = self._database.one("SELECT reference FROM found WHERE by = ?", [index])
                found |= {index: str(row[0])} if row is not None else {}
        self._remember(self._references, found)
        self._looked_up.update(found)
        return found

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


def kept_in(folder: Path, given: str = "") -> Names | None:
    """Open the names of a folder, beside a host or not; None where there are none. Raises StateError."""
    return Names(folder, read_secret(folder, given)) if (folder / FILE).is_file() else None


def read_secret(folder: Path, given: str = "") -> bytes:
    """Give the secret under which names are found: the one that was set, or a folder's own, made where it has none.

    Raises StateError where the file cannot be made or read, or is not one.
    """
    if given:
        return given.encode()
    file = folder / KEY_FILE
    try:
        with suppress(FileExistsError):
            handle = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
            with os.fdopen(handle, "wb") as made:
                made.write(os.urandom(32).hex().encode())
                made.flush()
                os.fsync(made.fileno())
        secret = file.read_bytes().strip()
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        raise StateError(f"{file} cannot be used: {reason}; check the rights of the file and its folder") from None
    if not secret:
        raise StateError(f"{file} is empty; put it back from a backup, beside {FILE} of the same day")
    return secret
