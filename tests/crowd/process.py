"""A real `kept run` that is killed, stopped, starved and lied to: the process, and each thing that is done to it.

Knows: signals, locks, disks and clocks of this machine. Must not know: events, or what comes of it.
"""

from __future__ import annotations

import asyncio
import os
import signal
import sqlite3
import sys
from collections import Counter
from collections.abc import Callable, Coroutine, Mapping
from pathlib import Path
from random import Random
from typing import Final

from streams.storage.sqlite import FILE
from tests.deploy.running import free_port
from tests.kafka.fleet import Member, pause

LIBRARY: Final = "libfaketimeMT.so.1"
"""What tells a process another time than the machine's. `make test` unpacks it beside the environment's interpreter."""
STEPS: Final = ("+3600", "-600", "+45", "-3")
"""By how much a clock is set, in seconds, for some moments."""
WRITTEN: Final = 16 << 20
"""How much a busy neighbour writes to the disk at once, in bytes."""

Fault = Callable[["Kept", float], Coroutine[None, None, None]]


class Kept(Member):
    """A `kept run` on a folder, by some standards. Its clock is the machine's, and can be set."""

    def __init__(self, folder: Path, standards: Path, settings: Mapping[str, str]) -> None:
        port = free_port()
        self.url = f"http://127.0.0.1:{port}"
        self.clock = folder / "clock"
        self.clock.write_text("+0", encoding="utf-8")
        own = {
            "KEPT_STANDARDS": str(standards), "KEPT_LISTEN": f"127.0.0.1:{port}", "LD_PRELOAD": str(faketime()),
            "FAKETIME_TIMESTAMP_FILE": str(self.clock), "FAKETIME_NO_CACHE": "1", "DONT_FAKE_MONOTONIC": "1",
        }  # fmt: skip
        super().__init__("kept", ["run", "--plain"], {**own, **settings}, folder)

    @property
    def database(self) -> Path:
        """Where its store is."""
        return self.data / FILE

    def signal(self, number: int) -> None:
        """Send the process a signal."""
        if self._process is not None:
            self._process.send_signal(number)


def faketime() -> Path:
    """Find the library that sets clocks. Raises FileNotFoundError with what to do."""
    places = (Path(sys.prefix) / "faketime" / "usr", Path("/usr"))
    found = [file for place in places for file in sorted(place.glob(f"lib/*/faketime/{LIBRARY}"))]
    if not found:
        raise FileNotFoundError(f"{LIBRARY} is missing; `make test` unpacks it, or: apt-get install libfaketime")
    return found[0]


async def killed(kept: Kept, seconds: float) -> None:
    """Kill it, and start it again later."""
    kept.kill()
    await pause(seconds)
    kept.start()


async def stopped(kept: Kept, seconds: float) -> None:
    """Let it stand still."""
    kept.signal(signal.SIGSTOP)
    await pause(seconds)
    kept.signal(signal.SIGCONT)


async def locked(kept: Kept, seconds: float) -> None:
    """Hold the lock of its database, as a backup or a curious person does; when it could be had, for so long."""
    connection = sqlite3.connect(kept.database, timeout=20, isolation_level=None, check_same_thread=False)
    try:
        await asyncio.to_thread(connection.execute, "BEGIN IMMEDIATE")
        await pause(seconds)
        connection.execute("ROLLBACK")
    finally:
        connection.close()


async def crowded_out(kept: Kept, seconds: float) -> None:
    """Write to its disk, and wait for the disk, again and again: its own writes have to wait in line."""
    ending = asyncio.get_running_loop().time() + seconds
    file = kept.data.with_name("neighbour")
    while asyncio.get_running_loop().time() < ending:
        await asyncio.to_thread(_write, file)
    file.unlink()


def _write(file: Path) -> None:
    with file.open("wb") as out:
        out.write(bytes(WRITTEN))
        os.fsync(out.fileno())


def set_by(step: str) -> Fault:
    """Give the fault that sets its clock by so many seconds, and back again."""

    async def stepped(kept: Kept, seconds: float) -> None:
        kept.clock.write_text(step, encoding="utf-8")
        await pause(seconds)
        kept.clock.write_text("+0", encoding="utf-8")

    return stepped


LENGTHS: Final[Mapping[str, tuple[float, float]]] = {
    "killed": (0.3, 4.0),
    "away": (8.0, 15.0),
    "stopped": (4.0, 9.0),
    "locked": (3.0, 4.0),
    "locked for too long": (6.0, 8.0),
    "disk crowded": (3.0, 6.0),
    "clock set": (2.0, 5.0),
}
"""For how long each kind of fault lasts, from and to, in seconds."""
KINDS: Final = ("killed", "stopped", "locked", "killed", "clock set", "disk crowded", "locked for too long", "away")
"""Which faults there are, and how often; in what order is drawn."""


async def disturb(kept: Kept, kind: str, draw: Random, most: float, done: Counter[str]) -> float:
    """Do something to it, for `most` seconds at most; gives for how long."""
    faults: dict[str, Fault] = {
        "killed": killed, "away": killed, "stopped": stopped, "locked": locked, "locked for too long": locked,
        "disk crowded": crowded_out, "clock set": set_by(draw.choice(STEPS)),
    }  # fmt: skip
    seconds = min(most, draw.uniform(*LENGTHS[kind]))
    done[kind] += 1
    await faults[kind](kept, seconds)
    return seconds
