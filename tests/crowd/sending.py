"""The crowd's senders for real: each request is posted when it is due, and again until it is answered.

Knows: HTTP. Must not know: what is done to the host meanwhile, or what comes of it. Read next: `mayhem.py`.
"""

from __future__ import annotations

import asyncio
from collections import Counter, deque
from collections.abc import Callable, Iterable
from http import HTTPStatus
from typing import Final

import aiohttp
import msgspec

from tests.crowd.senders import Habit, Request
from tests.crowd.truths import SECOND
from tests.kafka.fleet import pause

ANSWER: Final = 6.0
"""How long a sender waits for an answer, in seconds: less than a host may stand still, so that some are missed.

It waits longer each time: senders who do not would keep a host that is behind from ever catching up.
"""
MOST: Final = 5
"""How often the time to wait for an answer doubles, at most."""
AGAIN: Final = 0.5
"""After how long it tries again, in seconds."""
HEADERS: Final = {"content-type": "application/cloudevents-batch+json"}


class _Named(msgspec.Struct):
    id: str
    source: str


_names: Final = msgspec.json.Decoder(_Named).decode


class Post:
    """Where senders bring what they have. `accepted` and `refused` are (source, id); `answers` are counted."""

    def __init__(self, session: aiohttp.ClientSession, url: str, now: Callable[[], int]) -> None:
        self.accepted: set[tuple[str, str]] = set()
        self.refused: set[tuple[str, str]] = set()
        self.answers: Counter[str] = Counter()
        self._session = session
        self._url = f"{url}/v1/events"
        self._now = now

    async def send(self, requests: Iterable[Request], habit: Habit) -> None:
        """Post a sender's requests, each when it is due; one that waits does not go on before it is answered."""
        waiting = deque(requests)
        tries: list[asyncio.Task[None]] = []
        while waiting:
            request = waiting.popleft()
            await pause(max(0.0, (request.at - self._now()) / SECOND))
            attempt = asyncio.create_task(self._until_answered(request))
            tries.append(attempt)
            if habit.waits:
                await attempt
        await asyncio.gather(*tries)

    async def _until_answered(self, request: Request) -> None:
        missed = 0
        while not await self._answered(request, ANSWER * 2.0 ** min(missed, MOST)):
            missed += 1
            await pause(AGAIN)

    async def _answered(self, request: Request, seconds: float) -> bool:
        patience = aiohttp.ClientTimeout(total=seconds)
        try:
            async with self._session.post(self._url, data=request.body, headers=HEADERS, timeout=patience) as answer:
                await answer.read()
                status = answer.status
        except (aiohttp.ClientError, TimeoutError) as error:
            self.answers[type(error).__name__] += 1
            return False
        self.answers[str(status)] += 1
        names = {(it.source, it.id) for it in map(_names, request.events)}
        if status == HTTPStatus.ACCEPTED:
            self.accepted |= names
        elif status == HTTPStatus.BAD_REQUEST:
            self.refused |= names
        return status in (HTTPStatus.ACCEPTED, HTTPStatus.BAD_REQUEST)
