"""Retention: what is only looked up is deleted when it is old, a little with each commit.

Events, readings, dead letters, the late log, and notices that were delivered, given up or not sent. Never what is owed
and what was judged: the ledger, its promises, and the standards' texts that they were judged by.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from streams.storage.sqlite import Database

BLOCKS = 10
"""How many commits' events go at a time; a commit brings one."""
ROWS = 1_000
"""How many rows of each other table go at a time."""

_OLDEST = {"events": BLOCKS, "dead_letters": ROWS, "late": ROWS, "withheld": ROWS}
_DONE = """
SELECT seq, id FROM (SELECT seq, id, received FROM notices ORDER BY seq LIMIT ?) AS n
WHERE received < ? AND NOT EXISTS (SELECT 1 FROM outbox WHERE notice = n.id AND state = 'waiting')
"""
OLD_READINGS: Final = "DELETE FROM readings WHERE at < ?"


def forget(database: Database, before: int) -> None:
    """Delete, inside a transaction, some of the rows from before an instant (microseconds UTC, by the host's clock)."""
    for table, most in _OLDEST.items():
        oldest = f"SELECT seq FROM {table} ORDER BY seq LIMIT {most}"  # noqa: S608 - fixed names
        database.put(f"DELETE FROM {table} WHERE seq IN ({oldest}) AND received < ?", [(before,)])  # noqa: S608 - same
    database.put(OLD_READINGS, [(before,)])
    done = database.all(_DONE, [ROWS, before])
    database.put("DELETE FROM outbox WHERE notice = ?", [(notice,) for _, notice in done])
    database.put("DELETE FROM spoken_for WHERE notice = ?", [(notice,) for _, notice in done])
    database.put("DELETE FROM notices WHERE seq = ?", [(seq,) for seq, _ in done])
