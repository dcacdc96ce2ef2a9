"""Ending a client: what asks a task to stop is never lost, however the client ends."""

import asyncio
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager

import pytest

from streams.kafka.connection import KafkaSettings
from streams.kafka.log import Consumer, Producer, consuming, producing

pytestmark = pytest.mark.timeout(120)

Opened = AbstractAsyncContextManager[Consumer | Producer]


@pytest.mark.parametrize("opening", [consuming, producing])
async def test_a_task_that_is_asked_to_stop_while_its_client_ends_stops(
    kafka: KafkaSettings, opening: Callable[[KafkaSettings], Opened]
) -> None:
    """A cancellation that comes while a client says goodbye is not kept by the client: the task is cancelled."""
    for turns in range(10):
        leaving = asyncio.Event()

        async def work(leaving: asyncio.Event) -> None:
            async with opening(kafka):
                leaving.set()
            await asyncio.Event().wait()

        task = asyncio.create_task(work(leaving))
        await leaving.wait()
        for _ in range(turns):
            await asyncio.sleep(0)
        task.cancel()
        await asyncio.wait([task], timeout=15)
        assert task.cancelled(), f"asked to stop {turns} turns after its client was, the task goes on"
