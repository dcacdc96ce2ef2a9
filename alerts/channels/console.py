"""The console: each notice as one line, for whoever sits before the terminal or reads the log.

Read next: `webhook.py`.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, TextIO

import msgspec

from alerts.routing.notice import printable
from standards.errors import DeliveryError
from standards.judge.events import iso

if TYPE_CHECKING:
    from alerts.routing.notice import Notice

_MARKS = {"warned": "!", "broken": "x", "lost": "?"}


class Console:
    """Writes notices to a stream, usually stderr; `as_json`: each as an object, for who reads the log by program."""

    name = "console"

    def __init__(self, stream: TextIO, *, as_json: bool = False) -> None:
        self._stream = stream
        self._written = json_row if as_json else row

    async def deliver(self, notice: Notice) -> None:
        """Write one line. Raises DeliveryError when the stream is closed."""
        try:
            self._stream.write(f"{self._written(notice)}\n")
            self._stream.flush()
        except (OSError, ValueError) as error:
            raise DeliveryError(f"the console does not take it: {error}", again=False) from None

    async def close(self) -> None:
        """Nothing is held: the stream belongs to whoever gave it."""


def json_row(notice: Notice) -> str:
    """Put a notice into one JSON object, with the names that metrics and the log's other lines have.

    `timestamp` is when it is written, as in every line of the log, and `at` when what it tells of happened.
    """
    said = {
        "event": "notice", "timestamp": iso(time.time_ns() // 1_000), "at": iso(notice.at),
        "level": "warning" if notice.looks_like in _MARKS else "info", "channel": Console.name,
        "kind": notice.kind, "standard": notice.standard, "owner": notice.owner, "subject": notice.subject,
        "promise": notice.promise, "to": notice.to, "text": notice.text, "how": notice.how,
    }  # fmt: skip
    return msgspec.json.encode(said).decode()


def row(notice: Notice) -> str:
    """Put a notice on one harmless line: a mark, for whom, where, what to do, how; the standard last."""
    how = f" {notice.how}" if notice.looks_like in ("warned", "broken") and notice.how else ""
    whom = f" to {notice.to}:" if notice.to else ""
    text = f"{_MARKS.get(notice.looks_like, '.')}{whom} {notice.text}{how} [{notice.standard}]"
    return printable(" ".join(text.split()))
