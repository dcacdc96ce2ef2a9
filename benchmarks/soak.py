"""How much memory a Kept takes that runs for long: the demo floor at a speed, looked at all the while.

    python -m benchmarks.soak --minutes 60 --speed 60

Somebody looks at the first page by its WebSocket, as a browser does, and the pages are loaded once a minute. Prints, as
JSON lines, each minute: the resident memory, how many rows the store has, and how much was sent to who looks.
Knows: `kept run --demo` as a process. Must not know: what is in it.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import socket
import sys
import tempfile
import time
from asyncio.subprocess import DEVNULL
from pathlib import Path

import aiohttp

PAGES = ("/", "/standards", "/debriefs", "/notices", "/feeds", "/people", "/metrics")
MINUTE = 60.0


async def soak(minutes: int, speed: float) -> None:
    """Run the demo, look at it, and print what it takes."""
    with socket.socket() as free, tempfile.TemporaryDirectory() as folder:
        free.bind(("127.0.0.1", 0))
        address = f"127.0.0.1:{free.getsockname()[1]}"
        free.close()
        words = ["run", "--demo", "--speed", str(speed), "--data", folder, "--listen", address]
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-c", "from streams.cli import main; main()", *words, stdout=DEVNULL, stderr=DEVNULL
        )
        try:
            async with aiohttp.ClientSession(f"http://{address}") as session:
                await _ready(session)
                looking = asyncio.create_task(_look(session))
                for minute in range(1, minutes + 1):
                    await asyncio.sleep(MINUTE)
                    for page in PAGES:
                        async with session.get(page) as answer:
                            await answer.read()
                    found = {"minute": minute, "rss_mb": _rss(process.pid), "store_mb": _size(Path(folder))}
                    print(json.dumps(found | {"sent_mb": round(_SENT[0] / 1e6, 1)}), flush=True)
                looking.cancel()
        finally:
            process.terminate()
            await process.wait()


_SENT = [0]


async def _look(session: aiohttp.ClientSession) -> None:
    """Look at the first page, and again whenever the connection ends."""
    while True:
        async with session.ws_connect("/live?rows") as live:
            async for message in live:
                _SENT[0] += len(message.data)


async def _ready(session: aiohttp.ClientSession) -> None:
    last = time.monotonic() + MINUTE
    while time.monotonic() < last:
        try:
            async with session.get("/readyz") as answer:
                if answer.status == 200:
                    return
        except aiohttp.ClientError:
            pass
        await asyncio.sleep(0.2)
    raise SystemExit("the demo did not start")


def _rss(pid: int) -> float:
    """Give the resident memory of a process in megabytes, as Linux counts it."""
    status = Path(f"/proc/{pid}/status").read_text(encoding="ascii")
    return round(int(status.partition("VmRSS:")[2].split()[0]) / 1e3, 1)


def _size(folder: Path) -> float:
    return round(sum(each.stat().st_size for each in folder.rglob("*") if each.is_file()) / 1e6, 1)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--minutes", type=int, default=60)
    parser.add_argument("--speed", type=float, default=60.0)
    given = parser.parse_args()
    asyncio.run(soak(given.minutes, given.speed))
