"""A short real run of a host, again and again, with its disk failing at each call in turn; a process of its own.

    python -m tests.disk.running FOLDER FAULT TIMES FIRST STEP

A run begins, takes events in, tells of one, looks up, ends, and begins again. It says in JSON lines what came of each:
at which call the disk failed, what was acknowledged, what was said, and what was not there when the disk was well.
Must not know: what ought to be. Read next: `test_failing_disk.py`, which says that.
"""

from __future__ import annotations

import asyncio
import shutil
import sys
from pathlib import Path

import msgspec

from standards.errors import StateError
from streams.embedded.embedded import EmbeddedHost
from streams.storage.rows import PromiseFilter
from tests.disk.failing import FAULTS, Disk, Fault
from tests.streams.hosting import PATIENCE, Clock, hosting, queue, shop, until

EVENTS = 4
TRIES = 4
"""How often an event is sent until it is taken."""


class Outcome(msgspec.Struct):
    """What came of a run in which the disk failed from call `first` on.

    `seen` counts the calls, `failed` those that failed. `unsaid` was refused by a host that did not say why it is not
    ready, `missing` was acknowledged and is not there.
    """

    first: int
    seen: int = 0
    failed: int = 0
    taken: list[str] = []
    said: list[str] = []
    unsaid: list[str] = []
    missing: list[str] = []
    hung: bool = False


class _Run:
    """One run in a folder of its own."""

    def __init__(self, folder: Path, outcome: Outcome) -> None:
        self.folder, self.outcome, self.clock = folder, outcome, Clock()
        self.standards = shop(folder)

    async def go(self) -> None:
        """Begin, take events in, end, begin again; a host that cannot begin says why, and is started once more."""
        for part in range(2):
            try:
                async with hosting(self.folder / "disk", self.clock, standards=self.standards) as host:
                    for number in range(EVENTS):
                        await self._send(host, f"q{part}{number}")
                    self.clock.go(45)
                    await self._send(host, f"q{part}-later")
                    host.read_model.promises(PromiseFilter(), "", 10)
            except StateError as error:
                self.outcome.said.append(str(error))

    async def _send(self, host: EmbeddedHost, where: str) -> None:
        """Send an event until it is taken."""
        for _ in range(TRIES):
            self.clock.go(0.001)
            try:
                await host.submit([queue(host.reader, where, self.clock.at, waiting=5, where=where)])
            except StateError as error:
                status = host.now_status()
                self.outcome.said.append(str(error))
                if status.ready or not status.reason:
                    self.outcome.unsaid.append(where)
                await until(lambda: host.now_status().ready)
            else:
                self.outcome.taken.append(f"s3/{where}")
                return

    async def look(self) -> None:
        """See what is there when the disk is well."""
        async with hosting(self.folder / "disk", self.clock, standards=self.standards) as host:
            self.clock.go(45)
            await host.submit([])
            found = {row.subject for row in host.read_model.promises(PromiseFilter(), "", 1_000).items}
        self.outcome.missing = sorted(set(self.outcome.taken) - found)


async def tried(folder: Path, disk: Disk, fault: Fault, first: int, times: int) -> Outcome:
    """Run with a disk that fails from call `first` on, so many times, and see what is there afterwards."""
    shutil.rmtree(folder / "disk", ignore_errors=True)
    (folder / "disk").mkdir()
    run = _Run(folder, Outcome(first))
    disk.fail(fault, first, times)
    try:
        async with asyncio.timeout(PATIENCE):
            await run.go()
    except TimeoutError:
        run.outcome.hung = True
    run.outcome.seen, run.outcome.failed = disk.mend()
    await run.look()
    return run.outcome


async def _all(folder: Path, fault: Fault, times: int, first: int, step: int) -> None:
    disk = Disk(folder / "control")
    while True:
        outcome = await tried(folder, disk, fault, first, times)
        sys.stdout.buffer.write(msgspec.json.encode(outcome) + b"\n")
        sys.stdout.flush()
        if not outcome.failed:
            return
        first += step


if __name__ == "__main__":
    asyncio.run(_all(Path(sys.argv[1]), FAULTS[sys.argv[2]], *map(int, sys.argv[3:6])))
