"""The names of one host: a file of its own, in which each reference has the name or the text that it stands for.

A row is committed before anything that has its reference is. It is found by a keyed hash, so that whoever has the file
without the secret cannot look a name up. Erasing somebody deletes their row: nothing else has to change.
Used from several threads. Read next: `name_file.py`, the file itself; `door.py`.
"""

from __future__ import annotations

from collections import OrderedDict
from contextlib import suppress
from typing import TYPE_CHECKING, Final

from standards.calendar.duration import DAY
from standards.judge.subjects import subject_parts
from streams.names.erasing import Erased, forget_old, note_seen, rekeyed, sever
from streams.names.name_file import REMEMBERED, ErasedMeanwhileError, NameFile
from streams.names.references import ERASED, ERASED_TEXT, index_of, is_reference, person_index
from streams.names.rows import Row
from streams.names.secret import FILE, read_secret

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping
    from pathlib import Path


_SENDER: Final = """
INSERT INTO senders VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET last = excluded.last, count = count + excluded.count
"""

_ALSO: Final = "INSERT INTO also VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET joined = max(joined, excluded.joined)"

_SAME: Final = """
SELECT reference FROM said WHERE reference < 'q' AND name_key(text) IN (
    SELECT name_key(text) FROM also WHERE joined AND reference = ?)
"""


class Names(NameFile):
    """What references stand for. Raises StateError where the file cannot be used.

    `is_shared`: other processes have them too, and brokers between them.
    """

    is_shared = False

    def persons(self, names: Iterable[str], erased: Mapping[bytes, int] | None = None) -> dict[str, str]:
        """Give a reference for each of these names, by how it is written; who has none yet is given one.

        What is a reference already stays as it is, and so does a team's room. Raises ErasedMeanwhileError where
        `erased` is given, and somebody else was erased since; then nobody was given one.
        """
        given = list(names)
        people = [name for name in given if name not in self._rooms and not is_reference(name, "p")]
        with self._lock:
            self._note_seen(references=(name for name in given if is_reference(name, "p")))
        asked = {name: person_index(self._secret, name) for name in people}
        found = self._refer("p", {index: " ".join(name.split()) for name, index in asked.items()}, erased)
        return {name: found[asked[name]] if name in asked else name for name in given}

    def persons_at(self, named: Collection[tuple[str, int]]) -> dict[tuple[str, int], str]:
        """Give references of those who are named by what happened at instants (microseconds UTC), by (name, instant).

        Who was erased since is nobody in it. Nobody who is erased just now is made known again by what happened before.
        """
        asked = {name: person_index(self._secret, name) for name, _ in named}
        while True:
            erased = self._erased
            since = {name for name, at in named if at >= erased.get(asked[name], at)}
            with suppress(ErasedMeanwhileError):
                found = self.persons(since, erased)
                if erased == self._erased:
                    break
        return {
            (name, at): found[name] if at >= erased.get(asked[name], at) else ERASED for name, at in named
        }  # fmt: skip

    def texts(self, texts: Mapping[tuple[str, ...], str]) -> dict[tuple[str, ...], str]:
        """Give a reference for each of these texts, by where it stands: one that comes again has the one it had.

        One that was erased of late is not kept again: it has that of all erased texts.
        """
        asked = {place: index_of(self._secret, "t", *place) for place in texts}
        kept = {index: texts[place] for place, index in asked.items() if index not in self._erased}
        found = self._refer("t", kept)
        return {place: found.get(index, ERASED_TEXT) for place, index in asked.items()}

    def find(self, name: str) -> str:
        """Give the reference of a name, or nothing where it has none."""
        index = person_index(self._secret, name)
        with self._lock:
            return self._known([index]).get(index, "")

    def mark(self, *parts: str) -> str:
        """Give a mark that nobody can make without the secret: the same for the same parts (HMAC-SHA-256)."""
        return index_of(self._secret, *parts).hex()

    def in_subject(self, subject: str) -> str:
        """Give a subject, values joined by `/`, with references in the place of the names in it that are known."""
        parts = zip(subject_parts(subject), subject.split("/"), strict=True)
        return "/".join(self.find(part) or as_written for part, as_written in parts)

    def are_known(self, references: Collection[str]) -> set[str]:
        """Name those of some references that stand for somebody, or something: they are named once more."""
        known = set(self._read(references))
        with self._lock:
            self._note_seen(references=known)
        return known

    def shown(self, references: Collection[str]) -> dict[str, str]:
        """Give what references stand for, people as the policy calls them; what stands for nobody is left out."""
        return {name: self._called.get(name, text) for name, text in self._read(references).items()}

    def join(self, names: Mapping[str, Collection[str]]) -> None:
        """Have other names of somebody stand for them too, from now on.

        A reference that such a name had stays with what has it, and shows the name until its person is erased.
        """
        own = self.persons(names)
        rows = [
            Row(person_index(self._secret, other), own[name], joined=True)
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

    def sign_in(self, names: Mapping[str, str]) -> None:
        """Say by which names people sign in for pushes, by their own: who is erased is forgotten under them, too."""
        own = self.persons(names)
        with self._lock, self._database.writing():
            self._also({own[name]: [push] for name, push in names.items()})

    def know_addresses(self, addresses: Mapping[str, Mapping[str, str]]) -> None:
        """Say where people and rooms are reached by each channel, by their references; it is in memory alone."""
        self._reached = dict(addresses)

    def address(self, reference: str, channel: str) -> str | None:
        """Give where somebody is reached by a channel, as the policy in force has it; None where it says nothing."""
        return self._reached.get(reference, {}).get(channel)

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
                self._begin_anew()
            self._references = OrderedDict(each for each in self._references.items() if each[1] != reference)
            self._said.clear()  # it has texts in which their name stood
            person_index.cache_clear()  # it has their name
            self._called.pop(reference, None)
            self._entries.pop(reference, None)
            self._erased = dict(self._database.all("SELECT by, at FROM erased"))
            self._left = (reference, erased)
            self._write_anew()
        return erased

    def held_until(self, at: int) -> int:  # noqa: ARG002 - a file of one's own is written anew at once
        """Say until when at the latest brokers hold what the erasure of an instant replaced; -1: they do not.

        In microseconds UTC.
        """
        return -1

    def finish(self) -> tuple[str, Erased] | None:
        """Write the file anew where an erasure could not; gives whose it was, if it was this process's, and what came.

        None: nothing was left to do. Raises StateError where it cannot be done now either.
        """
        with self._lock:
            left = self._left
            return left if self._write_anew() else None

    def called(self, reference: str) -> list[str]:
        """Give all that somebody is called."""
        listed = "SELECT text FROM said WHERE reference = ?1 UNION SELECT text FROM also WHERE reference = ?1"
        with self._lock:
            return [str(text) for (text,) in self._database.all(listed, [reference])]

    def erased(self, names: Iterable[str]) -> dict[str, int]:
        """Say who of these was erased of late, by how they are written, and when (microseconds UTC)."""
        if not self._erased:
            return {}
        asked = {name: person_index(self._secret, name) for name in names}
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
        """Hear how late it is, in microseconds UTC: once a day what is old enough is forgotten.

        Who was looked up is noted then, and sooner where they are many.
        """
        is_new_day = now >= self._tidied + DAY
        if not is_new_day and len(self._looked_up) + len(self._met) < REMEMBERED:
            return
        with self._lock:
            told = {person_index(self._secret, name) for name in self._entries.values()}
            with self._database.writing():
                note_seen(self._database, self._looked_up | told, self._met, now)
                if is_new_day:
                    forget_old(self._database, now)
            self._looked_up, self._met = set(), set()
            if not is_new_day:
                return
            self._tidied, self._today = now, now // DAY
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


def kept_in(folder: Path, given: str = "") -> Names | None:
    """Open the names of a folder, beside a host or not; None where there are none. Raises StateError."""
    return Names(folder, read_secret(folder, given)) if (folder / FILE).is_file() else None
