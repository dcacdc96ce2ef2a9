"""The tables of the file of names, as ordered migrations. Read next: `names.py`."""

from __future__ import annotations

from typing import Final

from streams.storage.sqlite import Schema

_MIGRATIONS: Final = (
    """
    CREATE TABLE found (by BLOB PRIMARY KEY, reference TEXT NOT NULL) WITHOUT ROWID;
    CREATE INDEX found_reference ON found (reference);
    CREATE TABLE secret (mark BLOB NOT NULL);
    CREATE TABLE said (reference TEXT PRIMARY KEY, text TEXT NOT NULL) WITHOUT ROWID;
    """,
    """
    CREATE TABLE also (              -- what else somebody is called: other names, and how people read them
        reference TEXT NOT NULL, text TEXT NOT NULL, PRIMARY KEY (reference, text)
    ) WITHOUT ROWID;
    CREATE TABLE erased (            -- who was erased, by what their row was found by, and when (microseconds UTC)
        by BLOB PRIMARY KEY, at INTEGER NOT NULL
    ) WITHOUT ROWID;
    CREATE TABLE senders (           -- who has sent the name of somebody erased since
        source TEXT PRIMARY KEY, last INTEGER NOT NULL, count INTEGER NOT NULL
    ) WITHOUT ROWID;
    """,
    """
    ALTER TABLE found ADD COLUMN seen INTEGER NOT NULL DEFAULT 0;    -- the last day on which it was looked up
    ALTER TABLE also ADD COLUMN joined INTEGER NOT NULL DEFAULT 0;   -- whether events are looked up by it
    """,
)
SCHEMA: Final = Schema(_MIGRATIONS, frozenset({"found", "said"}), "a file of names of Kept", forgets=True)
