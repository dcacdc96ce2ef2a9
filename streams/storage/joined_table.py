"""What joined promises that are owed, noted beside them: it makes no line of the ledger, and is read from the cases.

Read next: `standards/judge/shapes/responding/again.py`, which counts it; `store_writer.py`, which has it written.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from standards.judge.case import Case
    from standards.judge.events import Event
    from standards.judge.promise import Promise
    from standards.judge.rulebook import Key
    from streams.storage.sqlite import Database

MOST: Final = 10_000
"""How many promises that something joined are remembered as written."""
_KNOWN: Final = """
SELECT id, joined FROM promises WHERE joined > 0 AND (verdict IS NULL OR state = 'broken') ORDER BY joined_at LIMIT ?
"""
_JOINED: Final = "UPDATE promises SET joined = ?, joined_at = ? WHERE id = ?"


class JoinedTable:
    """Writes how many events joined each promise, where that has changed."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._written: dict[str, int] = dict(database.all(_KNOWN, [MOST]))

    def write(self, cases: Mapping[tuple[str, Key], Case[Event] | None]) -> dict[str, tuple[int, int]]:
        """Write it for the promises of cases, inside a transaction, after their lines.

        Gives those for which it changed, by id: how many joined, and when the last did (microseconds UTC).
        """
        changed = [it for it in _promises(cases) if it.joined != self._written.get(it.id, 0)]
        self._database.put(_JOINED, [(it.joined, it.joined_at, it.id) for it in changed])
        self._written |= {it.id: it.joined for it in changed}
        while len(self._written) > MOST:
            del self._written[next(iter(self._written))]
        return {it.id: (it.joined, it.joined_at) for it in changed}


def _promises(cases: Mapping[tuple[str, Key], Case[Event] | None]) -> Iterator[Promise[Event]]:
    for case in cases.values():
        for state in case.states.values() if case else ():
            yield from state.open
            yield from state.overdue
            yield from state.settled
