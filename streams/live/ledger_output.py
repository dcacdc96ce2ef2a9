"""The ledger on stdout: each line once, also those that came while nobody could write them, as right after a start.

How far it came is a file in the data folder, `stdout-line`: the id of the last line that was written. What stands
behind it in the ledger is written first. A process that is killed may not have noted its last lines; they come again.
Read next: `logging_setup.py`, which says what a line looks like; `writing.py`.
"""

from __future__ import annotations

import os
from contextlib import suppress
from typing import TYPE_CHECKING, Final, TextIO, cast

import structlog

from streams.live.logging_setup import log_lines
from streams.live.writing import WAITING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from pathlib import Path

    from standards.judge.ledger import Line
    from streams.host import Host
    from streams.live.writing import PatientStream
    from streams.storage.status import Committed

FILE: Final = "stdout-line"
PAGE: Final = 1_000
"""How many lines of the ledger are read at a time."""

log = structlog.get_logger("kept")


def _never() -> bool:
    return False


class LedgerOutput:
    """A listener that writes what each transaction stored. `waits` says that nothing is to be written yet.

    What came meanwhile follows afterwards; a folder that never wrote any begins with what comes now.
    """

    def __init__(
        self, host: Host, stream: PatientStream, folder: Path, *, as_json: bool, waits: Callable[[], bool] = _never
    ) -> None:
        self._host, self._stream, self._file, self._waits = host, stream, folder / FILE, waits
        self._as_json = as_json
        self._is_behind = True
        self._noted = self._last = self._read()

    def __call__(self, stored: Committed) -> None:
        """Write the lines of a transaction, after those that are still to come from before it. Raises StateError."""
        self.note()
        if self._waits():
            self._is_behind = True
            return
        write = log_lines(self._host.rulebook.current, cast("TextIO", self._stream), as_json=self._as_json)
        for line in self._missing(stored.lines) if self._is_behind else stored.lines:
            write(line)
            self._last = line.id
        self._is_behind = False

    def note(self) -> None:
        """Note how far it came, as soon as all of it is written; a disk that does not take it is asked again."""
        if self._last != self._noted and self._stream.is_written:
            with suppress(OSError):
                new = self._file.with_name(f"{FILE}.new")
                new.write_text(self._last, encoding="utf-8")
                os.replace(new, self._file)  # noqa: PTH105 - says what it does
                self._noted = self._last

    def _read(self) -> str:
        try:
            return self._file.read_text(encoding="utf-8")
        except (OSError, ValueError):
            return ""

    def _missing(self, lines: Sequence[Line]) -> Iterable[Line]:
        """Give what the ledger has since the last line that was written; of very much the newest."""
        read_model = self._host.read_model
        place = read_model.place(self._last) if self._last else None
        if place is None:
            yield from lines
            return
        if (left_out := read_model.last_place() - place - WAITING) > 0:
            log.warning("older lines of the ledger are not written again", left_out=left_out, look_up="/v1/promises")
            place += left_out
        while page := read_model.lines(place, PAGE):
            yield from page
            place += len(page)
