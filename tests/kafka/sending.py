"""A sender that sends until it is taken: what it was answered with 202 must be there in the end, whatever was done.

Knows: HTTP. Must not know: who answers, or what is done to it meanwhile.
"""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Any

import aiohttp
import msgspec

from streams.kafka.clients.edge import wall
from tests.kafka.fleet import pause
from tests.streams.asking import BATCH, waiting


class Sender:
    """Sends batches, one after another, each until it is taken, as a sender should.

    `queues` are those of acknowledged events; `answers` are counted by status, 0 for none at all.
    """

    def __init__(self, session: aiohttp.ClientSession, url: str, file: Path) -> None:
        self.answers: Counter[int] = Counter()
        self.words: set[str] = set()
        self.queues: set[str] = set()
        self.newest = -1
        self._session = session
        self._url = f"{url}/v1/events"
        self._file = file
        self._batches = 0

    async def send(self) -> None:
        """Send a batch of events, each for a queue of its own and so in every partition, until it is acknowledged."""
        self._batches += 1
        self.newest = wall()
        queues = [f"q{self._batches}-{number}" for number in range(40)]
        events = [waiting(queue, self.newest, 5, queue=queue) for queue in queues]
        while await self._post(events) != 202:
            await pause(0.5)
        self.queues.update(queues)
        with self._file.open("ab") as file:
            file.writelines(msgspec.json.encode(event) + b"\n" for event in events)

    async def _post(self, events: list[dict[str, Any]]) -> int:
        try:
            async with self._session.post(self._url, json=events, headers={"Content-Type": BATCH}) as answer:
                self.answers[answer.status] += 1
                if answer.status != 202:
                    self.words.add(await answer.text())
                return answer.status
        except (aiohttp.ClientError, TimeoutError):
            self.answers[0] += 1
            return 0
