"""A host whose disk is full at every point of its work in turn, in a process of its own.

The system lets no file grow beyond a size that is moved on from batch to batch, so that writing fails amid a page, a
frame of the log or a commit. Knows: how to drive a host. Must not know: what must be stored.
"""

import asyncio
import resource
from multiprocessing.connection import Connection
from pathlib import Path

from standards.errors import StateError
from streams.storage.sqlite import FILE
from tests.streams.hosting import T0, Clock, hosting, queue, until

STEP = 5_500
"""How many bytes more may be written from one try to the next: a page and a third of one."""


def fill(folder: str, tries: int, answers: Connection) -> None:
    """Submit an event at each try, with room for more and more of what it takes to store it; tell what was answered."""
    answers.send(asyncio.run(_fill(Path(folder), tries)))


async def _fill(folder: Path, tries: int) -> tuple[list[str], list[str], list[str]]:
    """Give the subjects whose events were acknowledged, those that were not, and what was said of these."""
    clock = Clock()
    taken: list[str] = []
    refused: list[str] = []
    said: list[str] = []
    _, most = resource.getrlimit(resource.RLIMIT_FSIZE)
    async with hosting(folder, clock) as host:
        log = folder / "data" / f"{FILE}-wal"
        for number in range(tries):
            await until(lambda: host.now_status().ready)
            clock.go(0.001)
            where = f"q{number}"
            event = queue(host.reader, where, T0, waiting=5, where=where)
            resource.setrlimit(resource.RLIMIT_FSIZE, (log.stat().st_size + number * STEP, most))
            try:
                await host.submit([event])
                taken.append(f"s3/{where}")
            except StateError as error:
                refused.append(f"s3/{where}")
                said.append(str(error))
            finally:
                resource.setrlimit(resource.RLIMIT_FSIZE, (most, most))
        await until(lambda: host.now_status().ready)
        clock.go(30)
        await host.submit([])
    return taken, refused, said
