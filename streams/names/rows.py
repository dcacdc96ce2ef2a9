"""Rows of names: by what somebody, or a text, is found, and what their reference stands for.

Read next: `names.py`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Sequence

    from streams.storage.sqlite import Database

_SAID: Final = (
    "INSERT OR IGNORE INTO said SELECT ?, ? WHERE EXISTS (SELECT 1 FROM found WHERE by = ? AND reference = ?)"
)


class Row(NamedTuple):
    """By what a reference is found, and what it stands for; without a `text` that is said by another row.

    One that is `joined` is another name of somebody, and stands for them whoever it stood for before.
    """

    by: bytes
    reference: str
    text: str = ""
    joined: bool = False


def store(database: Database, rows: Sequence[Row], day: int) -> None:
    """Store rows inside a transaction. Who is found already stays who they are, but where another name is joined.

    `day` is that on which they were looked up, counted from 1970.
    """
    joined = [(row.by, row.reference, day) for row in rows if row.joined]
    database.put("INSERT OR REPLACE INTO found (by, reference, seen) VALUES (?, ?, ?)", joined)
    others = [(row.by, row.reference, day) for row in rows if not row.joined]
    database.put("INSERT OR IGNORE INTO found (by, reference, seen) VALUES (?, ?, ?)", others)
    database.put(_SAID, [(row.reference, row.text, row.by, row.reference) for row in rows if row.text])
