"""The promises of `make run-kafka`: all of it is there, a killed worker costs nothing, and nothing is left behind."""

from __future__ import annotations

import asyncio
import json
import os
import re
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import aiohttp
import pytest

from tests.kafka.jars import ROOT
from tests.kafka.serve import PATIENCE, until

COMMAND = [sys.executable, "-m", "tests.kafka.tryout"]
ROW = re.compile(r"^ ([\w-]+) +(\d+)  (\S+)", re.MULTILINE)


@contextmanager
def tryout(folder: Path, *arguments: str) -> Iterator[tuple[subprocess.Popen[bytes], Callable[[], str]]]:
    """Run it without a terminal; gives the process and what it has said so far. It is killed in the end."""
    said = folder / "said.txt"
    with said.open("wb") as out:
        process = subprocess.Popen(
            [*COMMAND, *arguments], cwd=ROOT, stdin=subprocess.DEVNULL, stdout=out, stderr=out,
            env={**os.environ, "TMPDIR": str(folder)},
        )  # fmt: skip
        try:
            yield process, lambda: said.read_text(encoding="utf-8")
        finally:
            process.kill()
            process.wait()


def there(pid: int) -> bool:
    """Say whether there is such a process; one that ended and was not waited for by its parent is none."""
    try:
        return Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def rows(said: str) -> dict[str, tuple[int, str]]:
    """Give each process's number and place, by its name, as first told."""
    return {name: (int(pid), place) for name, pid, place in ROW.findall(said)}


async def opened_promises(metrics: str) -> int:
    """Give how many promises were opened by the score of the API beside these metrics."""
    async with aiohttp.ClientSession() as session, session.get(metrics.replace("/metrics", "/v1/score")) as answer:
        return sum(int(each["opened"]) for each in json.loads(await answer.text())["items"])


@pytest.mark.slow
async def test_a_killed_worker_costs_nothing(tmp_path: Path) -> None:
    """Everything starts by one command; a worker killed by hand comes back; Ctrl-C ends all of it."""
    with tryout(tmp_path, "--again", "1") as (process, said):
        await until(lambda: "the floor opens" in said() or process.poll() is not None, seconds=100)
        found = rows(said())
        assert sorted(found) == ["intake", "kafka", "serve", "worker-1", "worker-2"], said()
        await until(lambda: "opened" in said())
        os.kill(found["worker-1"][0], signal.SIGKILL)
        await until(lambda: "worker-1 is started again" in said())
        before = said().count("opened  ")
        await until(lambda: said().count("opened  ") > before, seconds=100)
        async with asyncio.timeout(PATIENCE):
            while await opened_promises(found["serve"][1]) <= before:  # serve reads the ledger by itself
                pass
        process.send_signal(signal.SIGINT)
        assert await asyncio.to_thread(process.wait, 60) == 0
    again = [int(pid) for pid in re.findall(r"it is process (\d+) now", said())]
    assert again
    assert not [pid for pid in [*(pid for pid, _ in found.values()), *again] if there(pid)]
    assert [name for name in os.listdir(tmp_path) if name.startswith("kept-kafka-")] == []  # noqa: PTH208 - one call


@pytest.mark.slow
async def test_nothing_outlives_it(tmp_path: Path) -> None:
    """Killed itself, it takes its processes along, the broker too."""
    with tryout(tmp_path, "--workers", "1") as (process, said):
        await until(lambda: "the floor opens" in said() or process.poll() is not None, seconds=100)
        pids = [pid for pid, _ in rows(said()).values()]
        assert len(pids) == 4
        process.kill()
    await until(lambda: not any(map(there, pids)))


def test_without_java_it_says_what_to_install(tmp_path: Path) -> None:
    """Where there is no Java, it ends at once, and says what to install."""
    run = subprocess.run(COMMAND, cwd=ROOT, capture_output=True, env={"PATH": str(tmp_path)}, timeout=60, check=False)
    assert run.returncode == 1
    assert "install it" in run.stderr.decode()
