"""Who takes part: the processes of each contender, where they run, and how much of the processors they used.

Knows: commands, environments, processes. Must not know: what is measured with them. Read next: `measuring.py`.
"""

from __future__ import annotations

import os
import subprocess
import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final, NamedTuple

from benchmarks.contest import ROOT, FailedError
from benchmarks.kafka.records import EVENTS_PARTITIONS, PARTITIONS
from benchmarks.rules import NO_WAIT
from tests.kafka.broker import free_ports

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

    from streams.kafka.clients.connection import KafkaSettings

BIN: Final = os.path.dirname(sys.executable)  # noqa: PTH120 - of the environment, not of what it links to


class Contender(NamedTuple):
    """A name, and the commands of its processes."""

    name: str
    commands: Callable[[KafkaSettings, Path], list[list[str]]]


class Running:
    """The processes of a contender."""

    def __init__(self, processes: Sequence[subprocess.Popen[bytes]], log: Path) -> None:
        self._processes = processes
        self._log = log

    def check(self) -> None:
        """Raise FailedError where a process has ended."""
        for process in self._processes:
            if process.poll() is not None:
                tail = self._log.read_text(encoding="utf-8", errors="replace")[-2_000:]
                raise FailedError(f"{process.args!r} ended with code {process.returncode}:\n{tail}")

    def seconds(self) -> list[float]:
        """Give the processor seconds of each so far."""
        return [cpu_seconds(process.pid) for process in self._processes]


def cpu_seconds(pid: int) -> float:
    """Give the processor seconds that a process has used, where the system says so."""
    try:
        with open(f"/proc/{pid}/stat", encoding="utf-8") as stat:  # noqa: PTH123 - no file, but the kernel's word
            fields = stat.read().rpartition(")")[2].split()
    except OSError:
        return 0.0
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


@contextmanager
def running(contender: Contender, settings: KafkaSettings, folder: Path) -> Iterator[Running]:
    """Start a contender's processes, and end them afterwards."""
    folder.mkdir(parents=True)
    log = folder / "log"
    clean = {name: value for name, value in os.environ.items() if not name.startswith("KEPT_")}
    kept = {
        "KEPT_KAFKA__BROKERS": settings.brokers,
        "KEPT_KAFKA__PREFIX": settings.prefix,
        "KEPT_KAFKA__PARTITIONS": str(PARTITIONS),
        "KEPT_KAFKA__EVENTS_PARTITIONS": str(EVENTS_PARTITIONS),
        "KEPT_TIME": "events",
        "KEPT_PERSON_SECRET": "the secret of a measurement",
    }
    processes: list[subprocess.Popen[bytes]] = []
    try:
        with log.open("wb") as out:
            for number, command in enumerate(contender.commands(settings, folder)):
                kept["KEPT_DATA"] = str(folder / f"data{number}")
                processes.append(
                    subprocess.Popen(
                        command, cwd=ROOT, env=clean | kept, stdin=subprocess.DEVNULL, stdout=out, stderr=out
                    )
                )
        yield Running(processes, log)
    finally:
        for process in processes:
            process.terminate()
        for process in processes:
            try:
                process.wait(15)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def _kept(verb: str) -> list[str]:
    (port,) = free_ports(1)
    return [f"{BIN}/kept", verb, "--standards", str(NO_WAIT), "--listen", f"127.0.0.1:{port}"]


def _peer(module: str, *places: str) -> list[str]:
    return [sys.executable, "-m", f"benchmarks.peers.{module}", *places]


KEPT: Final = Contender("kept intake + kept worker", lambda _settings, _folder: [_kept("intake"), _kept("worker")])
WORKER: Final = Contender("kept worker", lambda _settings, _folder: [_kept("worker")])
QUIX: Final = Contender(
    "Quix Streams 3.28",
    lambda its, folder: [_peer("quix_kafka", its.brokers, its.names.events, its.names.ledger, str(folder / "state"))],
)
BYTEWAX: Final = Contender(
    "Bytewax 0.21, nothing durable",
    lambda its, _: [_peer("bytewax_kafka", its.brokers, its.names.events, its.names.ledger)],
)
FAUST: Final = Contender(
    "an idiomatic Faust agent",
    lambda its, folder: [
        _peer("faust_kafka", its.brokers, its.names.events, its.names.ledger, str(folder), str(EVENTS_PARTITIONS))
    ],
)
