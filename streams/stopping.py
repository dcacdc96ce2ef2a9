"""That a process was asked to stop, and by what: the log's last line says so where it ended well.

Read next: `streams/embedded/running.py`, and on Kafka the `*_process.py`.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import structlog

if TYPE_CHECKING:
    from signal import Signals
    from types import TracebackType

log = structlog.get_logger("kept")


class Stopping(asyncio.Event):
    """Set when the process is to stop. `reason` is the signal that asked for it, such as SIGTERM; else `ended`."""

    reason = "ended"

    def hear(self, *signals: Signals) -> None:
        """Be set by signals."""
        for each in signals:
            asyncio.get_running_loop().add_signal_handler(each, self._ask, each)

    def _ask(self, by: Signals) -> None:
        self.reason = by.name
        self.set()

    def say(self, kind: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None) -> None:
        """Say that the process stopped, at the end of a stack; an error that ends it says so itself."""
        reason = self.reason
        if kind is None:
            log.info("stopped", reason=reason)
