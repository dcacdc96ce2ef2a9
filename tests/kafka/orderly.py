"""The orderly crowd of mayhem: its events come in time, so the ledger is known line by line, byte by byte.

Standards in three strata, a feed, exceptions; events a little out of order, and doubled. What is said must be what a
backtest makes of the same events.
Knows: what is sent. Must not know: processes. Read next: `crowd.py`, which makes it, and `comparing.py`.
"""

from __future__ import annotations

from collections import Counter
from typing import Final

from streams.kafka.clients.edge import wall
from streams.kafka.clients.log import Message
from streams.kafka.clients.publishing import Publisher
from tests.kafka.comparing import (
    Differences,
    Said,
    Undisturbed,
    compare_ledger,
    compare_notices,
    undisturbed,
)
from tests.kafka.crowd import STANDARDS, Crowd, records
from tests.kafka.fleet import Fleet, pause
from tests.kafka.killing import CHUNK_SECONDS, Killing

STRATA: Final = 3
CHUNK: Final = 4_000
"""How many events are sent at once after the broker was away."""


class Orderly(Killing):
    """One run with a crowd whose events are never later than `grace`: so long may the broker be away."""

    text = STANDARDS
    grace = "60s"

    async def _produce(self, publisher: Publisher) -> int:
        """Let the crowd produce; gives the time of its newest event, in microseconds UTC."""
        crowd, told = Crowd(self.plan.seed, rate=self.plan.rate, start=wall()), 0
        while self.made < self.plan.facts:
            some = crowd.until(wall(), CHUNK)
            await self._send(some, publisher)
            self.made += len(some)
            if len(some) < CHUNK:
                await pause(CHUNK_SECONDS)
            if self.made - told >= self.plan.facts // 10:
                told = self.made
                self.say(f"{told:,} facts, {self.kills.total()} kills")
        return crowd.newest

    async def _send(self, events: list[bytes], publisher: Publisher) -> None:
        """Send some events, in their order, until the broker has them; after an error all of them once more."""
        if not events:
            return
        with self.events.open("ab") as file:
            file.write(b"\n".join(events) + b"\n")
        topic, partitions = self.kafka.names.events, self.kafka.events_partitions
        await publisher.publish(
            [Message(topic, self.draw.randrange(partitions), raw) for raw in records(events, self.draw)]
        )

    async def _finish(self, fleet: Fleet, cut: int) -> dict[str, int]:
        """Let time go on until all strata have passed the cut, and end what judges; gives the exit codes."""
        await self.until(lambda: self.listener.low(STRATA) >= cut, "all partitions to pass the last event")
        return await fleet.stop("intake", "worker")

    def _compare(
        self, found: Said, received: Counter[str], cut: int, differences: Differences
    ) -> tuple[Undisturbed, dict[str, str]]:
        """Compare with what an undisturbed Kept would have said by the cut; gives that, and rows for the report."""
        calm = undisturbed(self.standards, self.events, cut)
        compare_ledger(found, calm, cut, differences)
        suppressed = compare_notices(found, calm, received, cut, differences)
        return calm, {
            "ledger lines compared": f"{len(calm.lines):,} of {len(found.lines):,}",
            "lines missing": f"{differences.count('lines missing')}",
            "lines invented": f"{differences.count('lines invented')}",
            "lines that differ": f"{differences.count('lines that differ')}",
            "notices not given": f"{len(suppressed)}, of warnings that came too late",
        }
