"""The ledger on stdout: each line once, also those that came while nobody could write them, as right after a start.

How far it came is a file in the data folder, `stdout-line`: the id of a line up to which all is written, noted about
once a second. What stands behind it in the ledger is written first after a start. A process that is killed may not have
noted its last lines; they come again.
Read next: `logging_setup.py`, which says what a line looks like; `writing.py`.
"""

from __future__ import annotations

import asyncio
from functools import partial
from typing import TYPE_CHECKING, Final, TextIO, cast

import structlog

from standards.errors import StateError
from streams.live.logging_setup import log_lines
from streams.live.writing import WAITING
from streams.storage.device_file import write_private

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from standards.judge.ledger import Line
    from streams.host import Host
    from streams.live.writing import PatientStream
    from streams.storage.status import Committed

FILE: Final = "stdout-line"
PAGE: Final = 1_000
"""How many lines of the ledger are read at a time."""
EVERY: Final = 1.0
"""How many seconds lie between two notes of how far it came."""

log = structlog.get_logger("kept")


def _never() -> bool:
    return False


class LedgerOutput:
    """A listener that writes what the ledger has since the last line. `waits` says that nothing is to be written yet.

    What came meanwhile follows afterwards, and so does what the stream has no room for: nothing of it is left out. A
    folder that never wrote any begins with what comes now.
    """

    def __init__(
        self, host: Host, stream: PatientStream, folder: Path, *, as_json: bool, waits: Callable[[], bool] = _never
    ) -> None:
        self._host, self._stream, self._file, self._waits = host, stream, folder / FILE, waits
        self._as_json = as_json
        self._place: int | None = None
        self._last = self._noted = self._read()
        self._note_at = 0.0

    def __call__(self, stored: Committed) -> None:
        """Write what the ledger has, as far as there is room. Raises StateError.

        The ledger may be ahead of `stored`: several transactions can be durable before the first is told.
        """
        if self._waits():
            return
        if self._place is None:
            self._place = self._begin(stored.lines)
        if self._place is not None:
            self._write(self._place)
        now = asyncio.get_running_loop().time()
        if self._last != self._noted and now >= self._note_at:
            self._note_at = now + EVERY
            self.note()

    def note(self) -> None:
        """Have it noted how far it came, once all of it is written; a disk that does not take it is asked again."""
        if self._last != self._noted:
            self._noted = self._last
            if not self._stream.then(partial(self._keep, self._last)):
                self._noted = ""

    def _write(self, place: int) -> None:
        read_model = self._host.read_model
        write = log_lines(self._host.rulebook.current, cast("TextIO", self._stream), as_json=self._as_json)
        while (room := self._stream.room) and (page := read_model.lines(place, min(PAGE, room))):
            for line in page:
                write(line)
            place, self._last = place + len(page), page[-1].id
            self._place = place

    def _keep(self, last: str) -> None:
        """Write it down, in the thread of the stream."""
        try:
            write_private(self._file, last.encode())
        except StateError:
            self._noted = ""

    def _read(self) -> str:
        try:
            noted = self._file.read_text(encoding="utf-8")
        except FileNotFoundError:
            return ""
        except (OSError, ValueError):
            noted = ""
        if not noted:
            self._say_unknown()
        return noted

    def _say_unknown(self) -> None:
        log.warning(
            "nobody knows how far stdout had come; it goes on with new lines", file=str(self._file),
            look_up="/v1/promises",
        )  # fmt: skip

    def _begin(self, lines: Sequence[Line]) -> int | None:
        """Give the place after which to write: of very much the newest. None: it is not known before a line comes."""
        read_model = self._host.read_model
        if self._last:
            if (place := read_model.place(self._last)) is not None:
                left_out = max(0, read_model.last_place() - place - WAITING)
                if left_out:
                    log.warning("older lines of the ledger are not written again", left_out=left_out,
                                look_up="/v1/promises")  # fmt: skip
                return place + left_out
            self._say_unknown()
            self._last = self._noted = ""
        first = read_model.place(lines[0].id) if lines else None
        return None if first is None else first - 1
