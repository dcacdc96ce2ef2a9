"""A host with its board, served from a thread of its own, for browsers and whoever else blocks."""

from __future__ import annotations

import asyncio
import json
import os
import re
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any, Self, TypeVar
from urllib.error import URLError
from urllib.request import urlopen

from streams.settings import StandardsFiles
from streams.storage.rows import OwedFilter, Sort
from streams.web import Access
from tests.streams.asking import Caller, Peopled, asking, register, waiting
from tests.streams.hosting import PATIENCE, SECOND, T0

T = TypeVar("T")
START = "from streams.cli import main; main()"
SECRET = "a long secret of the shop"
LOOK = "another secret, for looking"
GUARDED = Access(token=SECRET, view_token=LOOK)


class Served:
    """A host whose clock the test moves. `url` is where it is reached."""

    url: str

    def __init__(
        self,
        folder: Path,
        access: Access = Access(),  # noqa: B008 - it is frozen
        peopled: Peopled = Peopled(),  # noqa: B008 - it is frozen
        standards: StandardsFiles | None = None,
    ) -> None:
        self._folder, self._access, self._peopled, self._standards = folder, access, peopled, standards
        self._ready, self._loop = threading.Event(), asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_until_complete, args=(self._serve(),))
        self.caller: Caller

    async def _serve(self) -> None:
        self._stop = asyncio.Event()
        async with asking(
            self._folder, access=self._access, peopled=self._peopled, standards=self._standards
        ) as self.caller:
            self.url = self.caller.url
            self._ready.set()
            await self._stop.wait()

    def __enter__(self) -> Self:
        self._thread.start()
        assert self._ready.wait(30), "the server did not start"
        return self

    def __exit__(self, *_: object) -> None:
        self._loop.call_soon_threadsafe(self._stop.set)
        self._thread.join(30)
        self._loop.close()

    def do(self, work: Coroutine[Any, Any, T]) -> T:
        """Have something done where the host lives."""
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(PATIENCE)

    def send(self, *events: dict[str, Any]) -> None:
        """Submit events as senders do; they are judged at once, as far as the clock has come."""
        host = self.caller.host
        made = [host.reader.one(json.dumps(event).encode()) for event in events]
        self.do(host.submit(made))

    def go(self, seconds: float) -> None:
        """Move the host's clock."""
        self.do(self.caller.pass_time(seconds))

    @property
    def now(self) -> int:
        return self.caller.clock.at


def fill(served: Served) -> None:
    """Have q1 served in time, q2 broken, q3 warned with 15 s left, q4 just begun, one late and one unreadable event."""
    served.send(waiting("a", T0), waiting("b", T0, queue="q2"), register("c", T0 + 12 * SECOND))
    served.send(waiting("d0", T0, 1, queue="late"))
    served.go(100)
    served.send(waiting("d", T0 - SECOND, 1, queue="late"))
    served.do(served.caller.post("/v1/events", {"type": "no.such"}, "application/cloudevents+json", **auth(served)))
    served.send(waiting("e", served.now, queue="q3"))
    served.go(46)
    served.send(waiting("f", served.now, queue="q4"))
    served.go(3)


def auth(served: Served) -> dict[str, str]:
    token = served._access.token  # noqa: SLF001 - it is this file's own
    return {"Authorization": f"Bearer {token}"} if token else {}


def free_port() -> int:
    """Give a port of this machine on which nobody listens."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


def owed(served: Served) -> dict[str, str]:
    """Give the ids of the promises that are open and have a deadline, by their subjects; the most urgent first."""
    queries = served.caller.host.read_model.owed
    sorts: tuple[Sort, ...] = ("warned", "running")
    return {row.subject: row.id for sort in sorts for row in queries.rows(sort, {}, OwedFilter(), limit=99)}


# --- a whole process -----------------------------------------------------------------------------------------------


class Running:
    """A `kept run` of its own, on a port that stays the same when it is killed and started again."""

    def __init__(self, folder: Path, *arguments: str) -> None:
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self._arguments = [sys.executable, "-c", START, "run", "--listen", f"127.0.0.1:{self.port}"]
        self._arguments += ["--data", str(folder / "data"), *arguments]
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        clean = {name: value for name, value in os.environ.items() if not name.startswith("KEPT_")}
        quiet = subprocess.DEVNULL
        self._process = subprocess.Popen(self._arguments, stdout=quiet, stderr=quiet, env=clean)
        until(self._answers)

    def kill(self) -> None:
        if self._process is not None:
            self._process.send_signal(signal.SIGKILL)
            self._process.wait(30)
            self._process = None

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.kill()

    def _answers(self) -> bool:
        return answers(self.url)


def answers(url: str) -> bool:
    """Say whether a server answers that it is ready."""
    try:
        with urlopen(f"{url}/readyz") as answer:
            return bool(answer.status == 200)
    except (URLError, OSError):
        return False


def until(holds: Callable[[], bool]) -> None:
    """Return when a condition holds; fail when it does not within the patience of a test."""
    tired = threading.Event()
    for _ in range(int(PATIENCE / 0.05)):
        if holds():
            return
        tired.wait(0.05)
    raise AssertionError("what must come did not come")


def proof_in(page: str) -> str:
    """Give the proof that the forms of a page carry."""
    found = re.search(r'name="proof" value="([0-9a-f]{64})"', page)
    assert found is not None, "the page has no form"
    return found.group(1)
