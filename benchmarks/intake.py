"""The embedded host over HTTP on this machine: batches of 100 events, each durable before it is answered with 202.

The server is a process of its own, held to one core; whoever sends is held to another. Beside it, on the same disk,
what SQLite alone can store: the same bytes, 500 rows a transaction, as durable.
Knows: how a host is put together. Must not know: the other contenders. Prints JSON: `{"seconds": for all events}`.

    python -m benchmarks.intake --events 200000
    python -m benchmarks.intake --events 200000 --sqlite
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import sqlite3
import sys
import tempfile
import time
from contextlib import asynccontextmanager
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

import aiohttp

from benchmarks.contest import FailedError
from benchmarks.events import Workload, lines
from benchmarks.rules import NO_WAIT
from standards.judge.events import iso
from streams.embedded.embedded import EmbeddedHost
from streams.metrics import Metrics
from streams.settings import StandardsFiles
from streams.web import application, serving

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator

BATCH = 100
CONNECTIONS = 16
"""How many senders there are, each with one request under way."""
ROWS = 500
"""How many rows SQLite alone stores in a transaction."""
SETTLED = 202
_TIME = b"@"


def clock() -> int:
    """Give the wall clock, in microseconds UTC."""
    return time.time_ns() // 1_000


def hold(core: int) -> None:
    """Hold this process to one core, where the system can and there are several."""
    if hasattr(os, "sched_setaffinity"):
        usable = sorted(os.sched_getaffinity(0))
        os.sched_setaffinity(0, {usable[core % len(usable)]})


# --- the server -----------------------------------------------------------------------------------------------------


async def serve(folder: Path) -> None:
    """Run a host on a free port, say which, and stop when asked to."""
    metrics = Metrics()
    async with EmbeddedHost(folder, StandardsFiles([str(NO_WAIT)]), clock=clock) as host:
        metrics.start(host.read_model.open())
        host.listen(metrics.committed)
        async with serving(application(host, metrics), "127.0.0.1", 0) as port:
            print(port, flush=True)
            await host.until_stopped()


@asynccontextmanager
async def served(folder: Path) -> AsyncIterator[int]:
    """Have a server of its own process, on the first core; gives its port."""
    command = (sys.executable, "-m", "benchmarks.intake", "--serve", str(folder))
    process = await asyncio.create_subprocess_exec(*command, stdout=asyncio.subprocess.PIPE)
    try:
        assert process.stdout is not None  # noqa: S101 - it was asked for
        yield int(await process.stdout.readline())
    finally:
        process.terminate()
        await process.wait()


# --- whoever sends --------------------------------------------------------------------------------------------------


def bodies(events: int) -> list[bytes]:
    """Draw events as bodies of CloudEvents batches, with a mark where their time goes."""
    drawn = (_unstamped(line) for line in lines(Workload(events)))
    return [b"[" + b",".join(batch) + b"]" for batch in _batches(drawn)]


def _unstamped(line: bytes) -> bytes:
    head, _, rest = line.rstrip().partition(b'"time":"')
    return head + b'"time":"' + _TIME + b'"' + rest.partition(b'"')[2]


def _batches(drawn: Iterator[bytes], size: int = BATCH) -> Iterator[list[bytes]]:
    while batch := list(islice(drawn, size)):
        yield batch


async def send(port: int, waiting: Iterator[bytes]) -> None:
    """Send one batch after another, each stamped with the time at which it goes. Raises FailedError."""
    headers = {"Content-Type": "application/cloudevents-batch+json"}
    async with aiohttp.ClientSession(headers=headers) as session:
        for body in waiting:
            stamped = body.replace(_TIME, iso(clock()).encode())
            async with session.post(f"http://127.0.0.1:{port}/v1/events", data=stamped) as answer:
                if answer.status != SETTLED:
                    raise FailedError(f"the host answered {answer.status}: {await answer.text()}")


async def taken_in(port: int) -> int:
    """Ask the host how many events it has taken in."""
    async with aiohttp.ClientSession() as session, session.get(f"http://127.0.0.1:{port}/metrics") as answer:
        told = (await answer.text()).splitlines()
    return round(sum(float(line.rpartition(" ")[2]) for line in told if line.startswith("kept_events_total{")))


async def over_http(events: int, folder: Path) -> float:
    """Send events from several senders at once. Gives the seconds from the first batch to the last answer.

    The first batch is sent before the clock runs; the seconds are those of all the others, scaled up to all.
    """
    drawn = bodies(events)
    async with served(folder) as port:
        hold(1)
        await send(port, iter(drawn[:1]))
        waiting = iter(drawn[1:])
        begun = time.perf_counter()
        await asyncio.gather(*(send(port, waiting) for _ in range(CONNECTIONS)))
        seconds = time.perf_counter() - begun
        if (taken := await taken_in(port)) != events:
            raise FailedError(f"the host took in {taken} events of {events}")
    return seconds * len(drawn) / (len(drawn) - 1)


def by_sqlite(events: int, folder: Path) -> float:
    """Store the same bytes with SQLite alone, as durably as the host does. Gives the seconds."""
    rows = [(line,) for line in lines(Workload(events))]
    hold(0)
    store = sqlite3.connect(folder / "rows.db", isolation_level=None)
    store.execute("PRAGMA journal_mode = WAL")
    store.execute("PRAGMA synchronous = FULL")
    store.execute("CREATE TABLE event (seq INTEGER PRIMARY KEY, raw BLOB NOT NULL)")
    begun = time.perf_counter()
    for first in range(0, len(rows), ROWS):
        store.execute("BEGIN IMMEDIATE")
        store.executemany("INSERT INTO event (raw) VALUES (?)", rows[first : first + ROWS])
        store.execute("COMMIT")
    seconds = time.perf_counter() - begun
    store.close()
    return seconds


def main() -> None:
    """Measure the intake, or SQLite alone, and print the seconds."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.intake", description=main.__doc__)
    parser.add_argument("--events", type=int, default=200_000)
    parser.add_argument("--sqlite", action="store_true", help="SQLite alone")
    parser.add_argument("--serve", type=Path, metavar="FOLDER", help="only run the server, on this folder")
    asked = parser.parse_args()
    if asked.serve is not None:
        hold(0)
        asyncio.run(serve(asked.serve))
        return
    with tempfile.TemporaryDirectory(prefix="kept-bench-") as name:
        folder = Path(name)
        seconds = by_sqlite(asked.events, folder) if asked.sqlite else asyncio.run(over_http(asked.events, folder))
    print(json.dumps({"seconds": seconds}))


if __name__ == "__main__":
    main()
