"""Ending a client: what asks a task to stop is never lost, however the client ends."""

import asyncio
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager

import pytest

from streams.kafka.clients.connection import KafkaSettings
from streams.kafka.clients.log import Consumer, Producer, consuming, producing

pytestmark = pytest.mark.timeout(120)

Opened = AbstractAsyncContextManager[Consumer | Producer]


@pytest.mark.parametrize("opening", [consuming, producing])
async def test_a_task_that_is_asked_to_stop_while_its_client_ends_stops(
    kafka: KafkaSettings, opening: Callable[[KafkaSettings], Opened]
) -> None:
    """A cancellation that comes while a client says goodbye is not kept by the client: the task is cancelled."""
    for turns in range(10):
        leaving = asyncio.Event()
        task = asyncio.create_task(work_with(opening(kafka), leaving))
        await leaving.wait()
        cancel_after(turns, task)
        await asyncio.wait([task], timeout=15)
        assert task.cancelled(), f"asked to stop {turns} turns after its client was, the task goes on"


async def work_with(opened: Opened, leaving: asyncio.Event) -> None:
    """Let a client go at once, and work on for ever."""
    async with opened:
        leaving.set()
    await asyncio.Event().wait()


def cancel_after(turns: int, task: asyncio.Task[None]) -> None:
    """Ask a task to stop after so many turns of the event loop."""
    if turns:
        task.get_loop().call_soon(cancel_after, turns - 1, task)
    else:
        task.cancel()
