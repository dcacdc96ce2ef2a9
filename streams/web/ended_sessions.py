"""The sessions that people ended by signing out: a cookie that somebody copied opens nothing any more.

Each is remembered until it would have been over anyway, in memory and, where there is a data folder, in a file of it,
so that a restart brings none back. The file holds no session: only what its secret number hashes to.
Read next: `session.py`.
"""

from __future__ import annotations

from hashlib import sha256
from typing import TYPE_CHECKING, Final

import structlog

from standards.errors import StateError
from streams.storage.device_file import write_private

if TYPE_CHECKING:
    from pathlib import Path

FILE: Final = "ended-sessions"
MOST: Final = 10_000
"""How many are remembered; beyond that, those go that would be over first."""

log = structlog.get_logger("kept")


class EndedSessions:
    """Remembers ended sessions, by their numbers. `folder` is where they outlive a restart; None: nowhere."""

    def __init__(self, folder: Path | None = None) -> None:
        self._file = None if folder is None else folder / FILE
        self._until = self._read()

    def add(self, number: str, until: float, now: float) -> None:
        """Remember that a session is over, which would have been so by itself at `until`; seconds since 1970."""
        self._until = {each: end for each, end in self._until.items() if end > now}
        if len(self._until) >= MOST:
            del self._until[min(self._until, key=self._until.__getitem__)]
        self._until[_hash(number)] = until
        self._write()

    def has(self, number: str) -> bool:
        """Say whether a session was ended."""
        return _hash(number) in self._until

    def _read(self) -> dict[str, float]:
        if self._file is None or not self._file.exists():
            return {}
        try:
            rows = [line.split() for line in self._file.read_text(encoding="ascii").splitlines()]
            return {number: float(until) for number, until in rows}
        except (OSError, ValueError) as error:
            log.warning("ended sessions cannot be read; they may be used until they are over", why=str(error))
            return {}

    def _write(self) -> None:
        if self._file is None:
            return
        rows = "".join(f"{number} {until:.0f}\n" for number, until in self._until.items())
        try:
            write_private(self._file, rows.encode())
        except StateError as error:
            log.warning("an ended session is remembered until the next start alone", why=str(error))


def _hash(number: str) -> str:
    return sha256(number.encode("utf-8", "surrogateescape")).hexdigest()
