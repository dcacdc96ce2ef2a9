"""Writing to a terminal or pipe that nobody may be reading: the host must not stop because its output does.

A thread of its own writes what is queued. When the queue is full, lines are left out and counted, and the count is
written as soon as somebody reads again; the ledger has them all.
Read next: `streams/embedded/running.py`, which hands such streams to the console and the log.
"""

from __future__ import annotations

import io
import os
import time
from queue import Empty, Full, Queue
from threading import Event, Thread
from typing import TYPE_CHECKING, TextIO, cast

from standards.judge.events import iso

if TYPE_CHECKING:
    from collections.abc import Callable

WAITING = 10_000
"""How many pieces of text may wait to be written."""
GOODBYE = 1.0
"""How long the rest is waited for at the end, in seconds."""


def _words(left_out: int) -> str:
    return f"({left_out} lines were left out: nobody was reading this output)"


def _json(left_out: int) -> str:
    now, said = iso(time.time_ns() // 1_000), "lines were left out: nobody was reading this output"
    return f'{{"event": "{said}", "timestamp": "{now}", "level": "warning", "left_out": {left_out}}}'


class PatientStream(io.TextIOBase):
    """A text stream over a file descriptor whose `write` never waits for the reader."""

    def __init__(self, descriptor: int, *, waiting: int = WAITING, as_json: bool = False) -> None:
        self._descriptor = descriptor
        self._queue: Queue[str | Callable[[], None]] = Queue(waiting)
        self._left_out = 0
        self._say: Callable[[int], str] = _json if as_json else _words
        self._ending = Event()
        self._thread = Thread(target=self._work, name="kept-output", daemon=True)
        self._thread.start()

    def writable(self) -> bool:
        """Say that this can be written to."""
        return True

    def write(self, text: str) -> int:
        """Queue a text; leave it out, and count it, when too many are waiting."""
        try:
            self._queue.put_nowait(text)
        except Full:
            self._left_out += 1
        return len(text)

    @property
    def room(self) -> int:
        """How many texts can be queued now; one who alone writes here has none left out who heeds it."""
        return self._queue.maxsize - self._queue.qsize()

    def then(self, work: Callable[[], None]) -> bool:
        """Have something done in the writing thread once all that was queued before is written; False: too much waits.

        It never is done where writing failed.
        """
        try:
            self._queue.put_nowait(work)
        except Full:
            return False
        return True

    def close(self) -> None:
        """Wait a little for the rest to be written; a reader that is stuck is not waited for."""
        if not self.closed:
            self._ending.set()
            self._thread.join(GOODBYE)
        super().close()

    def _work(self) -> None:
        while not (self._ending.is_set() and self._queue.empty()):
            try:
                text = self._queue.get(timeout=0.1)
            except Empty:
                continue
            if not isinstance(text, str):
                text()
                continue
            if self._left_out and self._queue.empty():
                text += f"{self._say(self._left_out)}\n"
                self._left_out = 0
            raw = text.encode("utf-8", "replace")
            try:
                while raw:
                    raw = raw[os.write(self._descriptor, raw) :]
            except OSError:
                return  # nobody will ever read this again


def patient(descriptor: int, *, as_json: bool = False) -> TextIO:
    """Give a text stream over a file descriptor that never waits for its reader."""
    return cast("TextIO", PatientStream(descriptor, as_json=as_json))
