"""Publishing for the worker: everything acknowledged by the broker, however long the broker stays away.

Read next: `streams/kafka/worker/worker.py`.
"""

from __future__ import annotations

import asyncio
from contextlib import AsyncExitStack, suppress
from typing import TYPE_CHECKING, Final

import structlog

from standards.errors import StateError
from streams.kafka.clients.log import KafkaError, partition_count, producing, send

if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Self

    from streams.kafka.clients.connection import KafkaSettings
    from streams.kafka.clients.log import Message, Producer

LONGEST_PAUSE: Final = 8.0
"""The longest pause between two tries while the broker is away, in seconds."""

log = structlog.get_logger("kept")


class Publisher:
    """Publishes until it is done. After an error it begins anew with another producer: what was sent may come twice."""

    def __init__(self, settings: KafkaSettings) -> None:
        self.fault = ""
        self._settings = settings
        self._opened = AsyncExitStack()
        self._producer: Producer | None = None

    async def __aenter__(self) -> Self:
        """Connect. Raises StateError when there is no broker."""
        await self._open()
        return self

    async def __aexit__(self, *_: object) -> None:
        """Close the producer."""
        await self._close()

    async def publish(self, messages: Sequence[Message]) -> list[int]:
        """Publish, in order within each partition; gives the offsets when all of it is safe, however long it takes."""
        pause = 0.5
        while True:
            try:
                offsets = await self._send(messages)
            except (KafkaError, StateError, OSError) as error:
                self.fault = f"Kafka does not take what is published: {error}"
                log.warning("publishing again", why=str(error), seconds=pause)
                await self._close()
                await asyncio.sleep(pause)
                pause = min(LONGEST_PAUSE, pause * 2)
            else:
                self.fault = ""
                return offsets

    async def partitions(self, topic: str) -> int:
        """Say how many partitions a topic has. Raises StateError when Kafka does not say, or has no such topic."""
        return await partition_count(self._producer or await self._open(), topic)

    async def _open(self) -> Producer:
        self._producer = await self._opened.enter_async_context(producing(self._settings))
        return self._producer

    async def _close(self) -> None:
        self._producer = None
        with suppress(KafkaError, OSError):
            await self._opened.aclose()

    async def _send(self, messages: Sequence[Message]) -> list[int]:
        producer = self._producer or await self._open()
        sent = [await send(producer, each) for each in messages]
        return [record.offset for record in await asyncio.gather(*sent)]
