"""Kept's processes on this machine: started, and started again some seconds after somebody ended one.

They end with whoever started them, however that ended: a child, which is this file as a command, waits at its standard
input, whose other end its parent alone has.
Knows: processes and their addresses. Must not know: what the processes do. Read next: `tryout.py`.
"""

from __future__ import annotations

import asyncio
import os
import signal
import sys
import threading
from typing import TYPE_CHECKING, Final

import aiohttp
from prometheus_client.parser import text_string_to_metric_families

from streams.cli import main
from tests.kafka.jars import ROOT

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

GOODBYE: Final = 15.0
"""How long a process may take to end in order, in seconds."""
ORPHANED: Final = 5.0
"""The same, when its parent has gone, and the broker with it."""
LOOK: Final = 1.0
"""How often each process is asked how it is, in seconds."""
_PATIENCE: Final = aiohttp.ClientTimeout(total=3)


class Kin:
    """A process `kept VERB ...` that listens at `port`; `say` hears when it ends by itself and when it is back.

    It is started again after `again` seconds. Its output goes to `folder`/NAME.log; `state` says how it is.
    """

    def __init__(self, name: str, folder: Path, port: int, *, say: Callable[[str], None], again: int) -> None:
        self.name = name
        self.again = again
        self.url = f"http://127.0.0.1:{port}"
        self.log = folder / f"{name}.log"
        self.pid = -1
        self.state = "starting"
        self.ready = False
        self._listen = f"127.0.0.1:{port}"
        self._data = folder / name
        self._say = say

    async def run(self, words: Sequence[str], settings: Mapping[str, str], stopping: asyncio.Event) -> None:
        """Run it until `stopping`; when it ends by itself, start it again. `settings` are its `KEPT_*`."""
        ours = {"KEPT_DATA": str(self._data), "KEPT_LISTEN": self._listen}
        clean = {name: value for name, value in os.environ.items() if not name.startswith("KEPT_")}
        while not stopping.is_set():
            with self.log.open("ab") as log:
                process = await asyncio.create_subprocess_exec(
                    sys.executable, "-m", "tests.kafka.processes", *words,
                    stdin=asyncio.subprocess.PIPE, stdout=log, stderr=log, cwd=ROOT, start_new_session=True,
                    env={**clean, **settings, **ours},
                )  # fmt: skip
            back, self.pid, self.state = self.pid >= 0, process.pid, "starting"
            if back:
                self._say(f"{self.name} is started again; it is process {self.pid} now")
            code = await _ended(process, stopping)
            self.ready = False
            if code is not None:
                self._say(f"{self.name} (process {self.pid}) {_told(code)}; it is started again in {self.again} s")
                self.state = "ended"
                await paused(stopping, self.again)
        self.state = "ended"

    async def watch(self, session: aiohttp.ClientSession, stopping: asyncio.Event) -> None:
        """Ask it, once a second until `stopping`, how it is."""
        while not stopping.is_set():
            if self.state != "ended":
                try:
                    await self._look(session)
                except (aiohttp.ClientError, TimeoutError, ValueError):
                    self.ready = False
            await paused(stopping, LOOK)

    async def _look(self, session: aiohttp.ClientSession) -> None:
        async with session.get(f"{self.url}/readyz", timeout=_PATIENCE) as answer:
            self.ready = answer.status == 200
            said = await answer.json()
        async with session.get(f"{self.url}/metrics", timeout=_PATIENCE) as answer:
            judged = _partitions(await answer.text())
        ready = f"judges {judged}" if judged else "ready"
        if self.state != "ended":
            self.state = ready if self.ready else "; ".join(said["reasons"])


async def paused(stopping: asyncio.Event, seconds: float) -> None:
    """Return after so many seconds, or when it is time to stop."""
    try:
        async with asyncio.timeout(seconds):
            await stopping.wait()
    except TimeoutError:
        return


async def _ended(process: asyncio.subprocess.Process, stopping: asyncio.Event) -> int | None:
    """Wait until it has ended: by itself, then give its code, or because it is asked to when it is time to stop."""
    waits = [asyncio.create_task(process.wait()), asyncio.create_task(stopping.wait())]
    await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
    waits[1].cancel()
    if waits[0].done() and not stopping.is_set():
        return process.returncode
    if not waits[0].done():
        process.terminate()
        await asyncio.wait(waits[:1], timeout=GOODBYE)
    if not waits[0].done():
        process.kill()
    await waits[0]
    return None


def _told(code: int) -> str:
    if code == -signal.SIGKILL:
        return "was killed"
    return f"was ended by {signal.Signals(-code).name}" if code < 0 else f"ended with exit code {code}"


def _partitions(metrics: str) -> str:
    """Name the partitions that a process says it has judged."""
    families = text_string_to_metric_families(metrics)
    marks = [
        each for family in families if family.name == "kept_watermark_timestamp_seconds" for each in family.samples
    ]
    numbers = sorted(int(each.labels["partition"]) for each in marks if "partition" in each.labels)
    return f"partition{'s' if len(numbers) > 1 else ''} {' '.join(map(str, numbers))}" if numbers else ""


def _end_with_parent() -> None:
    """Wait until the parent has gone, and end: in order, if that can be done in time."""
    os.read(sys.stdin.fileno(), 1)
    os.kill(os.getpid(), signal.SIGTERM)
    threading.Event().wait(ORPHANED)
    os.kill(os.getpid(), signal.SIGKILL)


if __name__ == "__main__":
    threading.Thread(target=_end_with_parent, daemon=True).start()
    main()
