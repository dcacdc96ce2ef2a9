"""What is attacked, by what it looks like from outside; and what is told of each attack.

An honest sender goes on all the time. An attack has failed where that sender is taken in after it as before, and the
attack itself came to what it should.
"""

from __future__ import annotations

import asyncio
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import NamedTuple

import aiohttp

from standards.errors import StateError
from streams.storage.sqlite import Database
from tests.kafka.fleet import pause
from tests.kafka.sending import Sender

TOKEN = "a long secret of the whole house"
PATIENCE = 90.0
"""How long what must come may take, in seconds."""
BETWEEN = 0.3
"""How long the honest sender waits between two batches, in seconds."""
RIGHT = {"Authorization": f"Bearer {TOKEN}"}


class Row(NamedTuple):
    """What is told of one attack."""

    attack: str
    host: str
    tried: str
    happened: str
    ok: bool


class Outcome(NamedTuple):
    """What was tried, what happened, and whether that is as it should be."""

    tried: str
    happened: str
    ok: bool


class Target(NamedTuple):
    """A host of Kept, at its address, and the sender who goes on meanwhile. `session` has no token of its own."""

    host: str
    url: str
    sender: Sender
    session: aiohttp.ClientSession

    @property
    def port(self) -> int:
        """Where it listens, on this machine."""
        return int(self.url.rpartition(":")[2])

    async def get(self, path: str, **headers: str) -> tuple[int, str]:
        """Ask for something as a stranger, unless `headers` say otherwise; (0, "") where nobody answers."""
        try:
            async with self.session.get(self.url + path, headers=headers) as answer:
                return answer.status, await answer.text()
        except (aiohttp.ClientError, TimeoutError):
            return 0, ""

    async def reasons(self) -> str:
        """Give why it is not ready; nothing where it is."""
        status, said = await self.get("/readyz", **RIGHT)
        return "" if status == 200 else said or "no answer"

    async def until(self, holds: Callable[[], Awaitable[object]], seconds: float = PATIENCE) -> bool:
        """Wait for what must come; says whether it did."""
        loop = asyncio.get_running_loop()
        last = loop.time() + seconds
        while loop.time() < last:
            if await holds():
                return True
            await pause(0.1)
        return False

    async def goes_on(self, batches: int = 3) -> bool:
        """Say whether the honest sender is taken in, and the host is ready."""
        before = len(self.sender.queues)

        async def taken() -> bool:
            return len(self.sender.queues) >= before + batches * 40 and not await self.reasons()

        return await self.until(taken)


async def attacked(target: Target, name: str, attack: Callable[[Target], Awaitable[Outcome]]) -> Row:
    """Attack once, and see whether the honest sender is taken in afterwards."""
    before, began = len(target.sender.queues), asyncio.get_running_loop().time()
    outcome = await attack(target)
    goes_on = await target.goes_on()
    taken = f"{len(target.sender.queues) - before:,} honest events taken"
    happened = f"{outcome.happened}; {taken}{'' if goes_on else ', but none any more'}"
    row = Row(name, target.host, outcome.tried, happened, outcome.ok and goes_on)
    took = asyncio.get_running_loop().time() - began
    sys.stderr.write(f"{'ok ' if row.ok else 'NOT'} {row.host}: {row.attack}, {took:.0f} s\n")
    return row


async def missing(target: Target, file: Path) -> int:
    """Say how many acknowledged events have no promise in a store, when there was time for it."""
    acknowledged, lost = set(target.sender.queues), set[str]()

    async def all_there() -> bool:
        nonlocal lost
        lost = acknowledged - await asyncio.to_thread(_shown, file)
        return not lost

    await target.until(all_there)
    return len(lost)


def _shown(file: Path) -> set[str]:
    """Give the queues that promises in a store are about."""
    try:
        database = Database(file, read_only=True)
    except StateError:  # it is just being made
        return set()
    try:
        return {name.removeprefix("s3/") for (name,) in database.all("SELECT subject FROM promises")}
    finally:
        database.close()


@asynccontextmanager
async def sending(sender: Sender) -> AsyncIterator[None]:
    """Have a sender go on until this is left."""

    async def go_on() -> None:
        while True:
            await sender.send()
            await pause(BETWEEN)

    task = asyncio.create_task(go_on())
    try:
        yield
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
