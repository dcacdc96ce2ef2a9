"""What is stored about one person, for whoever asks what that is: read from a folder, whether or not a host runs.

Nobody else is named in it. What was written in an event in which they stand is given as it was, so it may name others.
Read next: `streams/storage/event_log.py`.
"""

from __future__ import annotations

from contextlib import closing
from typing import TYPE_CHECKING, Any, Final

import msgspec

from standards.errors import KeptError, StateError
from streams.delivery.channel_settings import secret_of
from streams.names.names import kept_in
from streams.names.references import put_back, references_in
from streams.names.secret import FILE as NAMES
from streams.storage.sqlite import FILE, Database

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from streams.names.names import Names
    from streams.settings import Settings

_AT_ONCE: Final = 200
_ACT: Final = ("source", "id", "type", "promise", "at", "by", "data")


class UnknownPersonError(KeptError):
    """Nobody is known by a name."""


def exported(settings: Settings, person: str) -> Iterator[bytes]:
    """Give what is stored about somebody, by name or reference, as JSON lines without their ends.

    Raises StateError, and UnknownPersonError.
    """
    names = kept_in(settings.data, secret_of(settings.person_secret))
    if names is None or not (settings.data / FILE).is_file():
        raise StateError(f"{settings.data} lacks {NAMES} or {FILE}; name the folder of a host with --data FOLDER")
    with closing(names), closing(Database(settings.data / FILE, read_only=True)) as database:
        known = names.references_of(person)
        if not known:
            raise UnknownPersonError("nobody is known by this name or reference; give the name as events write it")
        called = sorted({name for each in known for name in names.called(each)})
        yield _encoded(names, known, {"person": known[0], "names": called})
        for reference in known:
            for found in _found(database, reference):
                yield _encoded(names, known, found)


def _found(database: Database, reference: str) -> Iterator[dict[str, Any]]:
    """Give the events, the acts and the lines of the ledger in which a reference stands."""
    for seq, body in _pages(database, "seq, body", "events", reference):
        lines = (line for line in body.splitlines() if reference.encode() in line)
        yield from ({"event": msgspec.json.decode(line), "commit": seq} for line in lines)
    for _, *row, body in _pages(database, "seq, source, id, type, promise, at, by, body", "acts", reference):
        yield {"act": dict(zip(_ACT, (*row, msgspec.json.decode(body)), strict=True))}
    for _, body in _pages(database, "seq, body", "ledger", reference):
        yield {"line": msgspec.json.decode(body)}
    for _, body in _pages(database, "seq, body", "notices", reference):
        yield {"message": msgspec.json.decode(body)}


def _pages(database: Database, columns: str, table: str, reference: str) -> Iterator[tuple[Any, ...]]:
    after = 0
    sql = f"SELECT {columns} FROM {table} WHERE seq > ? AND instr(body, ?) ORDER BY seq LIMIT {_AT_ONCE}"  # noqa: S608 - fixed names
    while rows := database.all(sql, [after, reference.encode()]):
        after = int(rows[-1][0])
        yield from rows


def _encoded(names: Names, known: Collection[str], found: dict[str, Any]) -> bytes:
    """Give something with the names of one person, and what was written, in the place of references."""
    text = msgspec.json.encode(found).decode()
    shown = names.shown([each for each in references_in(text) if each in known or each.startswith("t")])

    def said(reference: str) -> str:
        return msgspec.json.encode(shown.get(reference, reference)).decode()[1:-1]

    return put_back(text, said).encode()
