"""SharedConnection: the read model's one connection to the store, which threads take turns with; it never writes."""

from __future__ import annotations

from contextlib import contextmanager
from threading import Lock
from typing import TYPE_CHECKING

from streams.storage.sqlite import FILE, Database

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from streams.storage.sqlite import Row


class SharedConnection:
    """A read-only connection to the store in a folder, for any thread. Raises StateError."""

    def __init__(self, folder: Path) -> None:
        self._database = Database(folder / FILE, read_only=True)
        self._lock = Lock()

    def close(self) -> None:
        """Close the connection."""
        with self._lock:
            self._database.close()

    def all(self, sql: str, *values: object) -> list[Row]:
        """Read every row of a query."""
        with self._lock:
            return self._database.all(sql, values)

    @contextmanager
    def reading(self) -> Iterator[Database]:
        """Run a block of reads that all see the store as of one commit."""
        with self._lock, self._database.reading():
            yield self._database
