"""A real broker on this machine: Apache Kafka in one process, on a free port, with its data in a folder.

A broker ends when nobody holds its folder any more, however they ended: whoever uses it holds a shared lock, and a
watching process, which is this file as a command, waits for the exclusive one.
Knows: the broker's settings. Must not know: pytest, Kept's topics. Read next: `jars.py`, `conftest.py`.
"""

from __future__ import annotations

import fcntl
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO, TYPE_CHECKING, Final, Self

from tests.kafka.jars import ROOT, BrokerError, jars

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

CLUSTER: Final = "S2VwdC1vbi1LYWZrYS0wMQ"
"""The cluster's name: sixteen bytes in base64, as Kafka wants it."""
PORTS: Final = range(20_000, 32_000)
"""Where free ports are looked for: below those that systems give to connections that go out, or a client that knocks
at the port of a broker which is down might be given that very port and keep it."""
__all__ = ["Broker", "BrokerError", "free_ports", "hold", "jars", "shared"]

START_SECONDS: Final = 90
STOP_SECONDS: Final = 20
UP: Final = "Kafka Server started"

SETTINGS: Final[Mapping[str, str]] = {
    "process.roles": "broker,controller",
    "node.id": "1",
    "controller.listener.names": "CONTROLLER",
    "inter.broker.listener.name": "PLAINTEXT",
    "auto.create.topics.enable": "false",
    "group.initial.rebalance.delay.ms": "0",
    "broker.session.timeout.ms": "3000",
    "broker.heartbeat.interval.ms": "500",
    "offsets.topic.num.partitions": "4",
    "offsets.topic.replication.factor": "1",
    "transaction.state.log.num.partitions": "2",
    "transaction.state.log.replication.factor": "1",
    "transaction.state.log.min.isr": "1",
    "share.coordinator.state.topic.num.partitions": "1",
    "share.coordinator.state.topic.replication.factor": "1",
    "share.coordinator.state.topic.min.isr": "1",
    "message.max.bytes": str(9 << 20),
    "log.index.size.max.bytes": str(1 << 20),
    "log.segment.delete.delay.ms": "1000",
    "num.network.threads": "2",
    "num.io.threads": "4",
    "log.cleaner.dedupe.buffer.size": str(16 << 20),
}
"""The broker's settings, beside its listeners and folders: small, quick to start, and creating nothing unasked."""


class Broker:
    """A broker with its data in `folder`. Use it as a context manager, or `start` and `stop` it.

    `doors` are the protocols it listens for, PLAINTEXT among them, each on a port of its own that it keeps for as long
    as the object lives. `scram` are users and their passwords for SCRAM. `more` are further settings of the broker.
    One that is `lasting` runs so long, or is so busy, that it pays to let Java look for its best code.
    """

    def __init__(
        self,
        folder: Path,
        *,
        doors: Sequence[str] = ("PLAINTEXT",),
        scram: Mapping[str, str] | None = None,
        more: Mapping[str, str] | None = None,
        heap: str = "512m",
        lasting: bool = False,
    ) -> None:
        self.folder = folder
        self.log = folder / "broker.log"
        self._doors = dict(zip((*doors, "CONTROLLER"), free_ports(len(doors) + 1), strict=True))
        self._scram = scram or {}
        self._more = more or {}
        self._java_options = [f"-Xmx{heap}", *_QUIET, *(() if lasting else _SOON_UP)]
        self._java: subprocess.Popen[bytes] | None = None
        self._watcher: subprocess.Popen[bytes] | None = None
        self._lock: IO[bytes] | None = None

    @property
    def servers(self) -> str:
        """Where it answers without a login, as `host:port`."""
        return self.address("PLAINTEXT")

    @property
    def pid(self) -> int | None:
        """The number of its process, while it runs."""
        return None if self._java is None or self._java.poll() is not None else self._java.pid

    def address(self, door: str) -> str:
        """Give where it answers in this protocol, as `host:port`."""
        return f"127.0.0.1:{self._doors[door]}"

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()
        shutil.rmtree(self.folder / "data", ignore_errors=True)

    def start(self) -> None:
        """Start it, on the data and the ports it had if it was there before; return when it answers."""
        if self._java is not None:
            raise BrokerError("this broker runs already")
        classpath = f"{jars()}/*"
        self.folder.mkdir(parents=True, exist_ok=True)
        settings = self.folder / "server.properties"
        if not settings.exists():
            settings.write_text(self._properties(), encoding="utf-8")
            self._format(classpath, settings)
        if self._lock is None:
            self._lock = hold(self.folder)
        seen = self.log.stat().st_size if self.log.exists() else 0
        with self.log.open("ab") as log:
            self._java = subprocess.Popen(
                ["java", *self._java_options, "-cp", classpath, "kafka.Kafka", str(settings)],
                stdin=subprocess.DEVNULL, stdout=log, stderr=log, cwd=self.folder, start_new_session=True,
            )  # fmt: skip
        self._watcher = subprocess.Popen(
            [sys.executable, "-m", "tests.kafka.broker", str(self._java.pid), str(self.folder.resolve())],
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, cwd=ROOT, start_new_session=True,
        )  # fmt: skip
        self._await_answer(seen)

    def stop(self) -> None:
        """Let it end in order; what does not end is killed."""
        if self._java is not None:
            self._java.terminate()
            try:
                self._java.wait(STOP_SECONDS)
            except subprocess.TimeoutExpired:
                self._java.kill()
        self._ended()
        if self._lock is not None:
            self._lock.close()
            self._lock = None

    def kill(self) -> None:
        """End it with SIGKILL, as a machine does that loses power; `start` brings it back."""
        if self._java is not None:
            self._java.kill()
        self._ended()

    def leave(self) -> None:
        """Give up the hold on it: it ends when nobody else holds its folder."""
        _LEFT.append(self)
        if self._lock is not None:
            self._lock.close()
            self._lock = None

    def _ended(self) -> None:
        for process in (self._java, self._watcher):
            if process is not None:
                if process is self._watcher:
                    process.kill()
                process.wait()
        self._java = self._watcher = None

    def _properties(self) -> str:
        listeners = ",".join(f"{door}://127.0.0.1:{port}" for door, port in self._doors.items())
        protocols = ",".join(f"{door}:{door}" for door in self._doors if door != "CONTROLLER")
        places = {
            "listeners": listeners,
            "advertised.listeners": ",".join(each for each in listeners.split(",") if "CONTROLLER" not in each),
            "listener.security.protocol.map": f"{protocols},CONTROLLER:PLAINTEXT",
            "controller.quorum.voters": f"1@{self.address('CONTROLLER')}",
            "log.dirs": str(self.folder / "data"),
        }
        settings = {**SETTINGS, **places, **self._more}
        return "".join(f"{name}={value}\n" for name, value in settings.items())

    def _format(self, classpath: str, settings: Path) -> None:
        users = [
            part
            for user, password in self._scram.items()
            for mechanism in ("SCRAM-SHA-256", "SCRAM-SHA-512")
            for part in ("--add-scram", f"{mechanism}=[name={user},password={password}]")
        ]
        command = ["java", *_SOON_UP, *_QUIET, "-cp", classpath, "kafka.tools.StorageTool", "format"]
        done = subprocess.run(
            [*command, "--config", str(settings), "--cluster-id", CLUSTER, *users],
            stdin=subprocess.DEVNULL, capture_output=True, check=False, timeout=START_SECONDS,
        )  # fmt: skip
        if done.returncode:
            settings.unlink()
            why = (done.stdout + done.stderr).decode(errors="replace")
            raise BrokerError(f"the broker's folder {self.folder} cannot be set up:\n{why[:2000]}")

    def _await_answer(self, seen: int) -> None:
        """Wait until the log says, beyond what was in it before, that all is up."""
        deadline = time.monotonic() + START_SECONDS
        while time.monotonic() < deadline and self._java is not None and self._java.poll() is None:
            with self.log.open("rb") as log:
                log.seek(seen)
                if UP.encode() in log.read():
                    return
            with suppress(subprocess.TimeoutExpired):
                self._java.wait(0.05)
        self.stop()
        tail = "\n".join(self.log.read_text(encoding="utf-8", errors="replace").splitlines()[-30:])
        raise BrokerError(f"the broker did not come up; the end of its log, {self.log}:\n{tail}")


_LEFT: Final[list[Broker]] = []
"""Brokers that run on for others: Python complains of a process whose object goes before it."""
_SOON_UP: Final = ("-XX:TieredStopAtLevel=1",)
"""Java's quick compiler alone: most of a start is the time that the other one takes."""
_QUIET: Final = ("-XX:-UsePerfData", "-Dorg.apache.logging.log4j.level=INFO")


@contextmanager
def shared(folder: Path) -> Iterator[str]:
    """Give where a broker answers that all processes which ask for this folder share: the first one starts it.

    It ends, and its data goes, when the last of them leaves or dies.
    """
    folder.mkdir(parents=True, exist_ok=True)
    with hold(folder), (folder / "starting").open("ab") as turn:
        fcntl.flock(turn, fcntl.LOCK_EX)
        address = folder / "address"
        if not _answers(address):
            shutil.rmtree(folder / "data", ignore_errors=True)
            (folder / "server.properties").unlink(missing_ok=True)
            broker = Broker(folder)
            broker.start()
            broker.leave()
            address.write_text(broker.servers, encoding="utf-8")
        fcntl.flock(turn, fcntl.LOCK_UN)
        yield address.read_text(encoding="utf-8")


def _answers(address: Path) -> bool:
    with suppress(OSError), socket.socket() as door:
        host, _, port = address.read_text(encoding="utf-8").partition(":")
        return door.connect_ex((host, int(port))) == 0
    return False


def hold(folder: Path) -> IO[bytes]:
    """Keep the broker of this folder alive until what is given is closed, or this process ends."""
    lock = (folder / "users").open("ab")
    fcntl.flock(lock, fcntl.LOCK_SH)
    return lock


def watch(pid: int, folder: Path) -> None:
    """Wait until nobody holds the folder any more, then end the broker and remove its data."""
    process = os.pidfd_open(pid) if sys.platform == "linux" else -1  # a number alone may be another's by then
    with (folder / "users").open("ab") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        (folder / "address").unlink(missing_ok=True)
        with suppress(ProcessLookupError):
            if sys.platform == "linux":
                signal.pidfd_send_signal(process, signal.SIGKILL)
            else:
                os.kill(pid, signal.SIGKILL)
        shutil.rmtree(folder / "data", ignore_errors=True)


def free_ports(count: int) -> list[int]:
    """Give ports of this machine that nobody listens at. Raises BrokerError."""
    found: list[int] = []
    start = os.getpid() * 31 + time.monotonic_ns() // 1000
    for step in range(len(PORTS)):
        port = PORTS[(start + step) % len(PORTS)]
        with socket.socket() as door:
            try:
                door.bind(("127.0.0.1", port))
            except OSError:
                continue
        found.append(port)
        if len(found) == count:
            return found
    raise BrokerError(f"there are no free ports from {PORTS.start} to {PORTS.stop}")


if __name__ == "__main__":
    watch(int(sys.argv[1]), Path(sys.argv[2]))
