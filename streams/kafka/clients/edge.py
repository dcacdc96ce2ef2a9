"""The edge of a Kafka process: its clock, and the signals that ask it to stop.

Read next: the `*_process.py` of intake, worker and serve.
"""

from __future__ import annotations

import asyncio
import signal
import time
from typing import Final

from standards.errors import StateError
from streams.kafka.clients.log import SESSION_MS
from streams.stopping import Stopping

BEAT: Final = 0.5
"""How often a process notes that it is awake, in seconds."""


def wall() -> int:
    """Give the time by this machine's clock, in microseconds UTC."""
    return time.time_ns() // 1_000


def counted() -> int:
    """Give the time since this machine's start, asleep or awake, in microseconds; nobody can set it."""
    clock = getattr(time, "CLOCK_BOOTTIME", None)
    return (time.monotonic_ns() if clock is None else time.clock_gettime_ns(clock)) // 1_000


def stop_signals() -> Stopping:
    """Give what is set when the process is asked to stop (SIGTERM, SIGINT)."""
    stopping = Stopping()
    stopping.hear(signal.SIGTERM, signal.SIGINT)
    return stopping


class Pulse:
    """Notices that this process did not run for so long that its partitions may be somebody else's by now."""

    def __init__(self) -> None:
        self._last = time.monotonic()

    async def run(self) -> None:
        """Beat, for ever. Raises StateError as `check` does."""
        while True:
            self.check()
            self._last = time.monotonic()
            await asyncio.sleep(BEAT)

    def check(self) -> None:
        """Raise StateError after too long a sleep: what is in memory may be old then, and must not be written."""
        asleep = time.monotonic() - self._last
        if asleep > SESSION_MS / 1_000:
            raise StateError(f"this process stood still for {asleep:.0f} s, and others have its work; start it again")
