"""Counting months and quarters in the folder of one `kept serve`, once everything that came before is in it.

Each process counts for itself: of the same records, as far as they came before the instant at which it is counted.
Read next: `streams/storage/closings.py`.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Final

import structlog

from standards.calendar.duration import MINUTE
from standards.errors import StateError

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from streams.kafka.serve.kafka_host import KafkaHost

EVERY: Final = 5.0
"""How often it is looked whether something is to be counted, in seconds."""
ON_THE_WAY: Final = MINUTE
"""How long what was published may be on its way here, in microseconds."""

log = structlog.get_logger("kept")


class PeriodCloser:
    """Counts what is due. `clock` gives the wall clock in microseconds UTC; None: time is what the workers reached."""

    def __init__(
        self, host: KafkaHost, clock: Callable[[], int] | None, close: Callable[[int], Awaitable[object]]
    ) -> None:
        self._host, self._clock, self._close = host, clock, close

    async def run(self) -> None:
        """Count, for ever."""
        while True:
            await self.look()
            await asyncio.sleep(EVERY)

    async def look(self) -> None:
        """Count what is due, where all that there was has been read."""
        now = self._host.now_status().low if self._clock is None else self._clock() - ON_THE_WAY
        if self._host.follower.fault or now < 0:
            return
        try:
            await self._close(now)
        except StateError as error:
            log.error("a month or quarter was not counted; it is tried again", why=str(error))  # noqa: TRY400 - no defect
