"""Kept's processes as somebody runs them who starts again whatever ends: to be killed, and watched over.

Each is a real `kept` of its own, with a data folder of its own. It holds one end of a pipe and ends when the other end
closes, so that nothing is left behind however whoever started it ends.
Knows: processes. Must not know: what they do, who kills them when. Read next: `killing.py`.
"""

from __future__ import annotations

import asyncio
import os
import re
import shutil
import signal
import subprocess
import sys
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import IO, Final

from streams.kafka.clients.connection import KafkaSettings
from tests.kafka.jars import ROOT

LEASHED: Final = """
import os, signal, threading
def end_with_whoever_started_this():
    os.read(0, 1)
    os.kill(os.getpid(), signal.SIGKILL)
threading.Thread(target=end_with_whoever_started_this, daemon=True).start()
from streams.cli import main
main()
"""
_READY: Final = re.compile(r"ready to judge .*partitions=\[([\d, ]*)\]")
LOOK_SECONDS: Final = 0.1
AGAIN_SECONDS: Final = 1.0
"""How long after it ended by itself a process is started again, in seconds."""
STOP_SECONDS: Final = 40
"""How long a process may take to end when asked to, in seconds."""


async def pause(seconds: float) -> None:
    """Let time pass: what is done here is done at some moment, and waits for nothing."""
    await asyncio.wait({asyncio.get_running_loop().create_future()}, timeout=seconds)


class Member:
    """One process, and what became of it: `ended` are the exit codes with which it ended unasked."""

    def __init__(self, name: str, verb: list[str], environment: Mapping[str, str], folder: Path) -> None:
        self.name = name
        self.kind = verb[0]
        self.log = folder / f"{name}.log"
        self.data = folder / name
        self.kills = 0
        self.ended: list[int] = []
        self._verb = verb
        self._environment = {**environment, "KEPT_DATA": str(self.data)}
        self._process: subprocess.Popen[bytes] | None = None
        self._out: IO[bytes] | None = None
        self._resting = False
        self._said = 0

    @property
    def alive(self) -> bool:
        """Say whether it runs now."""
        return self._process is not None and self._process.poll() is None

    @property
    def pid(self) -> int:
        """The number of its process; -1 before it was started."""
        return -1 if self._process is None else self._process.pid

    def shares(self) -> list[int]:
        """Give the partitions that a worker judges, as its log said last."""
        said = _READY.findall(self.log.read_text(encoding="utf-8"))
        return [int(each) for each in said[-1].split(",") if each.strip()] if said else []

    def start(self) -> None:
        """Start it, on the data that it had."""
        self._close()
        self._resting = False
        others = {name: value for name, value in os.environ.items() if not name.startswith("KEPT_")}
        self._out = self.log.open("ab")
        self._said = self.log.stat().st_size
        self._process = subprocess.Popen(
            [sys.executable, "-c", LEASHED, *self._verb], cwd=ROOT, env={**others, **self._environment},
            stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=self._out,
        )  # fmt: skip

    def kill(self) -> None:
        """End it with SIGKILL; nobody starts it again but who says so."""
        if self._process is not None:
            self._resting = True
            self.kills += 1
            self._process.kill()
            self._process.wait()

    def lose_data(self) -> None:
        """Take its folder away, as if it came back on another machine."""
        shutil.rmtree(self.data, ignore_errors=True)

    async def watch(self) -> None:
        """Start it again whenever it ends by itself, for ever."""
        while True:
            await pause(LOOK_SECONDS)
            if self._resting or self.alive or self._process is None:
                continue
            self.ended.append(self._process.returncode)
            await pause(AGAIN_SECONDS)
            if not self._resting:
                self.start()

    async def stop(self) -> int:
        """Ask it to end, and give its exit code; what does not end is killed.

        One that has just ended by itself, and would be started again, is asked nothing: that is noted in `ended`. One
        that was just started again, and has said nothing yet, may not hear signals so far, and ends by this one.
        """
        self._resting = True
        if self._process is None:
            return 0
        if not self.alive:
            self.ended.append(self._process.returncode)
            self._close()
            return 0
        self._process.send_signal(signal.SIGTERM)
        try:
            code = await asyncio.to_thread(self._process.wait, STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self._process.kill()
            code = self._process.wait()
        self._close()
        begun = self.log.stat().st_size > self._said or not self.ended
        return code if begun or code != -signal.SIGTERM else 0

    def _close(self) -> None:
        if self._process is not None and self._process.stdin is not None:
            self._process.stdin.close()
        if self._out is not None:
            self._out.close()


class Fleet:
    """All processes of one Kept on Kafka."""

    def __init__(self, kafka: KafkaSettings, folder: Path, standards: Path, **more: str) -> None:
        self.members: list[Member] = []
        self._folder = folder
        self._watching: dict[Member, asyncio.Task[None]] = {}
        self._environment = {
            "KEPT_KAFKA__BROKERS": kafka.brokers, "KEPT_KAFKA__PREFIX": kafka.prefix,
            "KEPT_KAFKA__PARTITIONS": str(kafka.partitions), "KEPT_PERSON_SECRET": "the secret of these tests",
            "KEPT_KAFKA__EVENTS_PARTITIONS": str(kafka.events_partitions),
            "KEPT_STANDARDS": str(standards), "KEPT_LISTEN": "127.0.0.1:0", **more,
        }  # fmt: skip

    def add(self, *verb: str, **more: str) -> Member:
        """Start one more process of some verb; `more` are settings of its own."""
        name = f"{verb[0]}-{sum(member.kind == verb[0] for member in self.members) + 1}"
        member = Member(name, list(verb), {**self._environment, **more}, self._folder)
        self.members.append(member)
        member.start()
        self._watching[member] = asyncio.create_task(member.watch())
        return member

    def of(self, kind: str) -> list[Member]:
        """Give the processes of one verb."""
        return [member for member in self.members if member.kind == kind]

    async def stop(self, *kinds: str) -> dict[str, int]:
        """Ask the processes of some verbs to end; gives their exit codes by name."""
        leaving = [member for member in self.members if member.kind in kinds]
        for member in leaving:
            self._watching[member].cancel()
        codes = await asyncio.gather(*(member.stop() for member in leaving))
        return {member.name: code for member, code in zip(leaving, codes, strict=True)}

    async def end(self) -> None:
        """Kill whatever still runs."""
        for task in self._watching.values():
            task.cancel()
        for member in self.members:
            if member.alive:
                member.kill()
            await member.stop()


@asynccontextmanager
async def fleet_of(kafka: KafkaSettings, folder: Path, standards: Path, **more: str) -> AsyncIterator[Fleet]:
    """Give a fleet without members; those that it gets are gone when it is left."""
    fleet = Fleet(kafka, folder, standards, **more)
    try:
        yield fleet
    finally:
        await fleet.end()
