"""All in a store in which a reference stands: events, what people did, lines of the ledger and messages.

Read next: `streams/names/exporting.py`, which puts one person's names back.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import msgspec

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from streams.storage.sqlite import Row

    Query = Callable[[str, Sequence[object]], list[Row]]
    """Gives the rows of a query with its values."""

_AT_ONCE: Final = 200
_ACT: Final = ("source", "id", "type", "promise", "at", "by", "data")


def standing(query: Query, reference: str) -> Iterator[dict[str, Any]]:
    """Give it, some rows at a time, each under what it is; `commit` is the number of the one that stored an event."""
    for seq, body in _pages(query, "seq, body", "events", reference):
        lines = (line for line in body.splitlines() if reference.encode() in line)
        yield from ({"event": msgspec.json.decode(line), "commit": seq} for line in lines)
    for _, *row, body in _pages(query, "seq, source, id, type, promise, at, by, body", "acts", reference):
        yield {"act": dict(zip(_ACT, (*row, msgspec.json.decode(body)), strict=True))}
    for _, body in _pages(query, "seq, body", "ledger", reference):
        yield {"line": msgspec.json.decode(body)}
    for _, body in _pages(query, "seq, body", "notices", reference):
        yield {"message": msgspec.json.decode(body)}


def _pages(query: Query, columns: str, table: str, reference: str) -> Iterator[tuple[Any, ...]]:
    after = 0
    sql = f"SELECT {columns} FROM {table} WHERE seq > ? AND instr(body, ?) ORDER BY seq LIMIT {_AT_ONCE}"  # noqa: S608 - fixed names
    while rows := query(sql, [after, reference.encode()]):
        after = int(rows[-1][0])
        yield from rows
