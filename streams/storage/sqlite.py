"""The database file: opening it, locking its folder, bringing its schema up to date, and saying what went wrong.

Durable means durable: write-ahead log with `synchronous=FULL`, so a commit that returned survives a power cut. A
database that is derived from something durable may lose its last commits then. Every failure of SQLite becomes a
`StateError` that says what to do. Must not know: what the tables mean. Read next: `schema.py`.
"""

from __future__ import annotations

import fcntl
import os
import sqlite3
from contextlib import contextmanager, suppress
from threading import Lock
from typing import TYPE_CHECKING, Any, Final, NamedTuple
from urllib.parse import quote

from standards.errors import DiskError, StateError
from standards.natural import name_key
from streams.storage.schema import MIGRATIONS

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from pathlib import Path

FILE: Final = "kept.db"
LOCK: Final = "kept.lock"
TABLES: Final = frozenset({"events", "ledger", "promises"})
"""Tables that the database of every version has, and hardly any other one has together."""
BUSY_TIMEOUT: Final = 5_000
"""How long a connection waits for another one's lock, in milliseconds."""


class Schema(NamedTuple):
    """What is in a file: the scripts that bring it up to date, tables that it has at every version, what it is called.

    `forgets`: what is deleted is overwritten.
    """

    migrations: Sequence[str]
    tables: frozenset[str]
    called: str
    forgets: bool = False


STORE: Final = Schema(MIGRATIONS, TABLES, "a database of Kept")

Row = tuple[Any, ...]
_OWNER_ALONE, _OTHERS = 0o600, 0o077

_ADVICE: Final = {
    sqlite3.SQLITE_FULL: "the disk is full; free some space",
    sqlite3.SQLITE_IOERR: "the disk does not answer as it should; check it",
    sqlite3.SQLITE_BUSY: "another program holds the file; end it and try again",
    sqlite3.SQLITE_LOCKED: "another program holds the file; end it and try again",
    sqlite3.SQLITE_READONLY: "it cannot be written; check the rights of the file and its folder",
    sqlite3.SQLITE_CANTOPEN: "it cannot be opened; check the rights of the file and its folder",
    sqlite3.SQLITE_CORRUPT: "the file is damaged, or the disk does not give it back as it is; start again, and if it "
    "stays so, keep the file and put back a backup",
    sqlite3.SQLITE_NOTADB: "the file is not a database; keep it, and put back a backup or move it away",
}


class Database:
    """One connection. A writing one may be used from one thread at a time; a reading one never changes anything."""

    def __init__(self, file: Path, *, read_only: bool = False, derived: bool = False, schema: Schema = STORE) -> None:
        """Open the file; a writing connection makes it and brings its schema up to date. Raises StateError.

        `derived`: what the last commits before a power cut held can be had again, so they need not wait for the disk.
        """
        self.file, self._schema = file, schema
        if not read_only:
            _keep_private(file)
        with self._explaining():
            name = f"file:{quote(os.fsencode(file))}{'?mode=ro' if read_only else ''}"
            self._connection = sqlite3.connect(
                name, uri=True, isolation_level=None, check_same_thread=False, timeout=BUSY_TIMEOUT / 1000
            )
        try:
            self._prepare(read_only=read_only, derived=derived)
            self._place = None if read_only else _place(file)
        except StateError:
            self._connection.close()
            raise

    def _prepare(self, *, read_only: bool, derived: bool) -> None:
        with self._explaining():
            self._connection.create_function("name_key", 1, _name_key, deterministic=True)
            if read_only:
                self._connection.execute("PRAGMA query_only = ON")
            else:
                self._connection.execute("PRAGMA journal_mode = WAL")
                self._connection.execute(f"PRAGMA synchronous = {'NORMAL' if derived else 'FULL'}")
                self._connection.execute("PRAGMA foreign_keys = ON")
                self._connection.execute("PRAGMA wal_autocheckpoint = 8000")  # pages of 4 KiB
            self._connection.execute("PRAGMA cache_size = -65536")  # 64 MiB
            if self._schema.forgets:
                self._connection.execute("PRAGMA secure_delete = ON")
            self._check_version(migrate=not read_only)

    def _check_version(self, *, migrate: bool) -> None:
        migrations, tables, called, _ = self._schema
        found = int(self._connection.execute("PRAGMA user_version").fetchone()[0])
        if found > len(migrations):
            raise StateError(
                f"{self.file} has schema version {found}, and this Kept knows {len(migrations)}; "
                "run the newer Kept that wrote it, or put back a backup from before"
            )
        names = {name for (name,) in self._connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
        if not names >= tables and (names or not migrate):
            raise StateError(
                f"{self.file} is not {called}: it lacks the table {min(tables - names)!r}; "
                "keep it, and name a folder in which a host of Kept ran"
            )
        for version, script in enumerate(migrations[found:] if migrate else (), found + 1):
            self._connection.executescript(f"BEGIN IMMEDIATE;{script};PRAGMA user_version = {version};COMMIT;")

    @contextmanager
    def _explaining(self) -> Iterator[None]:
        try:
            yield
        except sqlite3.Error as error:
            code = getattr(error, "sqlite_errorcode", -1) & 0xFF
            advice = _ADVICE.get(code, "stop, keep the file, and report this")
            kind = DiskError if code in (sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR) else StateError
            raise kind(f"{self.file}: {str(error).lower()}; {advice}") from error

    @contextmanager
    def writing(self) -> Iterator[None]:
        """Run a block in one transaction: all of it is durable afterwards, or nothing of it happened."""
        with self._explaining():
            self._connection.execute("BEGIN IMMEDIATE")
            try:
                yield
                self._connection.execute("COMMIT")
                self._check_place()
            except BaseException:
                if self._connection.in_transaction:
                    self._connection.execute("ROLLBACK")
                raise

    def _check_place(self) -> None:
        """Raise StateError where what was committed is in a file that nobody finds any more."""
        if self._place is not None and _place(self.file) != self._place:
            raise StateError(
                f"{self.file} was removed, or another file put in its place, while Kept ran; nothing is taken in any "
                "more: stop Kept, put the file back, and start it again"
            )

    @contextmanager
    def reading(self) -> Iterator[None]:
        """Run a block of reads that all see the store as of one commit."""
        with self._explaining():
            self._connection.execute("BEGIN")
            try:
                yield
            finally:
                self._connection.execute("ROLLBACK")

    def all(self, sql: str, values: Sequence[object] = ()) -> list[Row]:
        """Read every row of a query. Raises StateError."""
        with self._explaining():
            return self._connection.execute(sql, values).fetchall()

    def one(self, sql: str, values: Sequence[object] = ()) -> Row | None:
        """Read the first row of a query, or None. Raises StateError."""
        return next(iter(self.all(sql, values)), None)

    def put(self, sql: str, rows: Iterable[Sequence[object]]) -> int:
        """Run a statement for each row and say how many rows of tables it changed. Raises StateError."""
        with self._explaining():
            return self._connection.executemany(sql, rows).rowcount

    def compact(self) -> None:
        """Write the file anew without what was deleted, and empty its log. Raises StateError.

        While somebody else reads the file its log cannot be emptied; then it says so.
        """
        with self._explaining():
            self._connection.execute("VACUUM")
            busy, _, _ = self._connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
        if busy:
            raise StateError(f"{self.file}: what was deleted is still in its log, as {_ADVICE[sqlite3.SQLITE_BUSY]}")

    def close(self) -> None:
        """Close the connection."""
        self._connection.close()


def _name_key(name: object) -> str | None:
    """Give a person's name as it is compared; SQLite itself knows capitals of ASCII alone."""
    return None if name is None else name_key(str(name))


def _keep_private(file: Path) -> None:
    """Make a file that its owner alone can read, or make one so. Raises StateError."""
    try:
        with suppress(FileExistsError):
            os.close(os.open(file, os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, _OWNER_ALONE))
        for name in (file, *(file.with_name(f"{file.name}{end}") for end in ("-wal", "-shm"))):
            with suppress(FileNotFoundError):
                if name.stat().st_mode & _OTHERS:
                    name.chmod(_OWNER_ALONE)
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        raise StateError(f"{file} cannot be used: {reason}; check the rights of the file and its folder") from None


def _place(file: Path) -> tuple[int, int] | None:
    """Say which file it is that a path leads to; None where it leads nowhere."""
    try:
        found = file.stat()
    except OSError:
        return None
    return found.st_dev, found.st_ino


class SharedConnection:
    """A connection that only reads the store in a folder; threads take turns with it. Raises StateError."""

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


class FolderLock:
    """Keeps a second process out of a data folder. The system lets go of it when this process ends, however it ends."""

    def __init__(self, folder: Path) -> None:
        """Make the folder if need be and take it. Raises StateError, naming the process that has it."""
        try:
            folder.mkdir(parents=True, exist_ok=True)
            self._handle = os.open(folder / LOCK, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
        except OSError as error:
            reason = (error.strerror or str(error)).lower()
            raise StateError(
                f"{folder} cannot be used for data: {reason}; check its rights, or choose another"
            ) from None
        try:
            fcntl.flock(self._handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            owner = self._owner()
            os.close(self._handle)
            message = f"{folder} is in use by process {owner}; stop it, or choose another folder with --data"
            raise StateError(message) from None
        with suppress(OSError):  # who has it is only told; a disk that is full is said by whoever stores something
            os.ftruncate(self._handle, 0)
            os.write(self._handle, str(os.getpid()).encode())

    def _owner(self) -> str:
        try:
            return os.read(self._handle, 32).decode(errors="replace").strip() or "unknown"
        except OSError:
            return "unknown"

    def release(self) -> None:
        """Let others in."""
        os.close(self._handle)
