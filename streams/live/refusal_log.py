"""What was refused, as log lines: one a minute for each reason, with how many events that were and where they are.

Read next: `streams/ingest/refusals.py` for the reasons, which `kept_dead_letters_total` has too.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from typing import TYPE_CHECKING, Final

import structlog

from streams.live.log_throttle import EVERY

if TYPE_CHECKING:
    from collections.abc import Mapping

    from streams.storage.status import Committed

LOOK_UP: Final = "/v1/dead-letters"
"""Where the events are, and why each was refused; on Kafka, `kept serve` answers it."""

log = structlog.get_logger("kept")


class RefusalLog:
    """Counts by reason what was refused and not said yet. Instants are seconds of one clock that never goes back."""

    def __init__(self) -> None:
        self._unsaid = Counter[str]()
        self._said: dict[str, float] = {}

    def add(self, refused: Mapping[str, int]) -> None:
        """Count events by reason."""
        self._unsaid.update(refused)

    def say(self, now: float) -> None:
        """Write a line for each reason of which none was written within a minute; what is left is said with the next.

        Call it again and again, also while nothing is refused: so the last ones of many are said as well.
        """
        for reason, count in list(self._unsaid.items()):
            if reason not in self._said or now - self._said[reason] >= EVERY:
                log.warning("events were refused", reason=reason, events=count, look_up=LOOK_UP)
                self._said[reason] = now
                del self._unsaid[reason]

    def listen(self, stored: Committed) -> None:
        """Count what a transaction stored, and say what may be said; on the event loop."""
        self.add(stored.refused)
        self.say(asyncio.get_running_loop().time())

    def close(self) -> None:
        """Say what is left, at the end."""
        self._said.clear()
        self.say(0.0)
