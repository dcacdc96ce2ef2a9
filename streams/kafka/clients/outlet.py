"""The outlet: publishes for callers who wait a few seconds for the broker's word, and says when there is none.

What was sent and not acknowledged is counted until it is, also when its caller has given up: it may still come to the
topic, and again when the caller sends it again; its ids tell. While the broker does not answer, callers are refused.
Read next: `event_sink.py`, `streams/kafka/serve/deliveries.py`, which publish.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Final, NoReturn

import structlog

from standards.errors import StateError
from streams.kafka.clients.log import PATIENCE, KafkaError, partition_count, producing, send, told

if TYPE_CHECKING:
    from collections.abc import Sequence
    from contextlib import AbstractAsyncContextManager

    from streams.kafka.clients.connection import KafkaSettings
    from streams.kafka.clients.log import Message, Producer

LOOK_SECONDS: Final = 1.0
"""How often it is asked whether the broker answers, in seconds."""

log = structlog.get_logger("kept")


def opening(settings: KafkaSettings) -> AbstractAsyncContextManager[Producer]:
    """Give a producer for an outlet: from an idempotent one the broker takes nothing after it has refused a record."""
    return producing(settings, enable_idempotence=False)


class Outlet:
    """Publishes with one producer. `waiting` counts the events that were handed over and not acknowledged.

    `fault` says why nothing can be published now; it is empty while all is well.
    """

    def __init__(self, producer: Producer, settings: KafkaSettings, *, patience: float = PATIENCE) -> None:
        self.names = settings.names
        self.waiting = 0
        self.fault = ""
        self._producer = producer
        self._brokers = settings.brokers
        self._patience = patience

    async def publish(self, messages: Sequence[Message]) -> None:
        """Publish records; returns when the broker has all of them. Raises StateError: some may be there, or none."""
        if self.fault:
            raise StateError(self.fault)
        under_way: list[asyncio.Future[object]] = []
        try:
            async with asyncio.timeout(self._patience):
                for message in messages:
                    under_way.append(await self._send(message))  # noqa: PERF401 - what was sent is awaited below
                if under_way:
                    await asyncio.wait(under_way)  # which leaves them alone when the time is up
            for future in under_way:
                future.result()
        except TimeoutError:
            self._fail("does not answer")
        except KafkaError as error:
            self._fail(f"did not take what was sent: {told(error)}")

    async def watch(self) -> None:
        """Ask, for ever, whether the broker answers, and note when it does not and when it does again."""
        while True:
            if not await self._answers():
                if not self.fault:
                    log.warning("Kafka does not answer; what is sent to it is turned away", brokers=self._brokers)
                self.fault = self._words("does not answer")
            elif self.fault:
                log.info("Kafka answers again", brokers=self._brokers)
                self.fault = ""
            await asyncio.sleep(LOOK_SECONDS)

    async def partitions(self, topic: str) -> int:
        """Say how many partitions a topic has. Raises StateError when there is no such topic."""
        return await partition_count(self._producer, topic, self._patience)

    async def _answers(self) -> bool:
        try:
            async with asyncio.timeout(self._patience):
                return bool(await self._producer.client.force_metadata_update())
        except (KafkaError, OSError, TimeoutError):
            return False

    async def _send(self, message: Message) -> asyncio.Future[object]:
        self.waiting += message.events
        try:
            future = await send(self._producer, message)
        except BaseException:
            self.waiting -= message.events
            raise

        def settle(done: asyncio.Future[object]) -> None:
            self.waiting -= message.events
            if not done.cancelled():
                done.exception()  # whoever still waits for it gets it; nobody else is to be told

        future.add_done_callback(settle)
        return future

    def _fail(self, found: str) -> NoReturn:
        self.fault = self._words(found)
        raise StateError(self.fault) from None

    def _words(self, found: str) -> str:
        return f"Kafka at {self._brokers} {found}; it is asked again every second"
