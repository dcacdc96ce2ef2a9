"""Erasing: what goes from the names when somebody is forgotten, and what is left for people to look at.

Their rows go, their names become a reference of nobody in what others wrote, and what only looks like their name is
listed: whether "Ann" in a note is this Ann no program knows. The ledger has references alone, and never changes.
Read next: `names.py`, which does it; `streams/web/api/persons.py`, which is asked to.
"""

from __future__ import annotations

import os
import re
from difflib import get_close_matches
from functools import cache
from typing import TYPE_CHECKING, Final
from unicodedata import category, normalize

import msgspec

from alerts.routing.actions import ERASED as PERSON_ERASED
from standards.calendar.duration import DAY
from standards.natural import name_key
from streams.ingest.wire import MADE_HERE
from streams.names.references import ERASED, canonical, index_of

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Mapping

    from streams.storage.sqlite import Database

SOURCE: Final = MADE_HERE[PERSON_ERASED]
"""The `source` of events that say that somebody was erased; nobody else may use it by HTTP."""
BLOCKED_FOR: Final = 35 * DAY
"""For how long the name of who was erased is known again, or a text that was, by its keyed hash, in microseconds."""
UNFINISHED: Final = 0x4B505433
"""The `application_id` of a file of names from which something was deleted, and that still has to be written anew."""
UNSEEN: Final = 400
"""For how many days somebody is known whom nothing names any more."""
MOST_NEAR: Final = 100
"""How many texts are listed in which something like a name stands."""
_AT_ONCE: Final = 1_000
_SHORTEST: Final = 3
"""How long a part of a name is at least that is looked for by itself."""
_CLOSE: Final = 0.8
"""How alike two words are that may be one name: the ratio of `difflib`."""
_WORD: Final = re.compile(r"\w+")


class Erased(msgspec.Struct, frozen=True):
    """What was forgotten: how many rows that led to somebody, and how many texts in which their names stood.

    `near` are texts in which a part of a name stands, or what is spelled much like it, the first ones of `near_count`.
    `names` are theirs, for what else is to be deleted by them; nobody keeps them. `rewritten` are the texts by their
    references as they are now.
    """

    rows: int
    texts: int = 0
    near: tuple[str, ...] = ()
    near_count: int = 0
    names: tuple[str, ...] = ()
    rewritten: Mapping[str, str] = {}


def note_seen(database: Database, rows: Collection[bytes], references: Collection[str], now: int) -> None:
    """Note, inside a transaction, who was named by an instant (microseconds UTC): on that day."""
    database.put("UPDATE found SET seen = ? WHERE by = ?", [(now // DAY, index) for index in rows])
    database.put("UPDATE found SET seen = ? WHERE reference = ?", [(now // DAY, each) for each in references])


def forget_old(database: Database, now: int) -> None:
    """Delete, inside a transaction, what is old enough at an instant (microseconds UTC), once a day.

    Whom nothing named for 400 days is not known any more. So it is with what was written so long ago. Who was never
    named since this is noted counts from today on.
    """
    today = now // DAY
    database.put("UPDATE found SET seen = ? WHERE seen = 0", [(today,)])
    gone = "SELECT reference FROM found GROUP BY reference HAVING max(seen) < ?"
    for table in ("said", "also", "found"):
        database.put(f"DELETE FROM {table} WHERE reference IN ({gone})", [(today - UNSEEN,)])  # noqa: S608 - fixed names
    database.put("DELETE FROM erased WHERE at < ?", [(now - BLOCKED_FOR,)])
    database.put("DELETE FROM senders WHERE last < ?", [(now - BLOCKED_FOR,)])


def rekeyed(database: Database, secret: bytes) -> int:
    """Have rows be found under another secret, inside a transaction; says how many names are.

    They stay those of the same references. A text is not found any more, so one that comes again has a new reference;
    nor is the name of who was erased, of which nothing is left but what it was found by.
    """
    rows = database.all("SELECT reference, max(seen) FROM found GROUP BY reference")
    database.put("DELETE FROM found", [()])
    database.put("DELETE FROM erased", [()])
    count = 0
    for reference, seen in rows:
        said = database.all("SELECT text FROM said WHERE reference = ?", [reference]) if reference[0] == "p" else []
        also = database.all("SELECT text FROM also WHERE reference = ? AND joined", [reference])
        keys = [index_of(secret, "p", canonical(str(text))) for (text,) in (*said, *also)] or [os.urandom(32)]
        database.put("INSERT OR IGNORE INTO found VALUES (?, ?, ?)", [(key, reference, seen) for key in keys])
        count += len(said) + len(also)
    return count


def sever(database: Database, reference: str, at: int) -> Erased:
    """Delete, inside a transaction, what a reference stands for; of a person also where others wrote their names."""
    rows, names = sever_rows(database, reference, at)
    if not names:
        return Erased(rows)
    texts, near = _in_texts(database, names)
    return Erased(rows, len(texts), tuple(near[:MOST_NEAR]), len(near), tuple(names), texts)


def sever_rows(database: Database, reference: str, at: int) -> tuple[int, list[str]]:
    """Delete, inside a transaction, the rows of a reference; gives how many led to it, and a person's names."""
    said = database.all("SELECT text FROM said WHERE reference = ?", [reference])
    also = database.all("SELECT text FROM also WHERE reference = ?", [reference])
    names = sorted({str(name) for (name,) in (*said, *also)})
    found = "INSERT OR REPLACE INTO erased SELECT by, ? FROM found WHERE reference = ?"
    database.put(found, [(at, reference)])
    rows = database.put("DELETE FROM found WHERE reference = ?", [(reference,)])
    database.put("DELETE FROM said WHERE reference = ?", [(reference,)])
    database.put("DELETE FROM also WHERE reference = ?", [(reference,)])
    if not names or not reference.startswith("p"):
        return rows, []
    joined = "DELETE FROM said WHERE reference < 'q' AND name_key(text) = ?"
    database.put(joined, [(name_key(name),) for name in names])  # what a name stood for before it was joined
    return rows, names


def _in_texts(database: Database, names: Collection[str]) -> tuple[dict[str, str], list[str]]:
    """Replace names in all texts, some at a time; gives those that had one, and those with something near."""
    stands, near = _standing(names), _near(names)
    replaced, after, looks_near = dict[str, str](), "t~", list[str]()
    listed = "SELECT reference, text FROM said WHERE reference > ? AND reference < 't~~' ORDER BY reference LIMIT ?"
    while rows := database.all(listed, [after, _AT_ONCE]):
        after = str(rows[-1][0])
        changed = {}
        for name, text in rows:
            rest, count = stands.subn(ERASED, normalize("NFC", text))
            if count:
                changed[name] = rest
            if near(rest):
                looks_near.append(str(name))
        replaced |= changed
        database.put("UPDATE said SET text = ? WHERE reference = ?", [(text, name) for name, text in changed.items()])
    return replaced, looks_near


def _standing(names: Iterable[str]) -> re.Pattern[str]:
    """Make what finds whole names in a text, the longest first: in any case, with any blanks."""
    whole = sorted((normalize("NFC", name) for name in names), key=len, reverse=True)
    either = "|".join(r"\s+".join(map(re.escape, name.split())) for name in whole)
    return re.compile(rf"(?<!\w)(?:{either})(?!\w)", re.IGNORECASE)


def _near(names: Iterable[str]) -> Callable[[str], bool]:
    """Make what says whether a part of a name, or what is spelled much like one, stands in a text."""
    parts = {word for name in names for word in _words(name) if len(word) >= _SHORTEST}

    @cache
    def is_near(word: str) -> bool:
        return word in parts or bool(get_close_matches(word, parts, 1, _CLOSE))

    return lambda text: any(map(is_near, _words(text.replace(ERASED, " "))))


def _words(text: str) -> list[str]:
    """Give the words of a text without capitals and accents."""
    plain = "".join(char for char in normalize("NFD", text.casefold()) if category(char) != "Mn")
    return _WORD.findall(plain)
