"""Real processes for bridges: a Kept that runs, a `kept in` beside it, and what of both can be killed.

Knows: how to start, kill and ask them. Must not know: what a source is.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.error import URLError
from urllib.request import urlopen

from tests.board.serving import answers, until
from tests.kafka.broker import free_ports
from tests.streams.commands import COMMAND, ROOT
from tests.streams.hosting import NO_WAIT


class Process:
    """One process of ours, which can be killed and started anew."""

    def __init__(self, folder: Path, name: str, *arguments: str, settings: Mapping[str, str] = {}) -> None:
        self._command = [*COMMAND, *arguments]
        self._environment = {"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT), **settings}
        self._log = folder / f"{name}.log"
        self._running: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        with self._log.open("ab") as log:
            self._running = subprocess.Popen(self._command, stdout=log, stderr=log, env=self._environment)

    def kill(self, by: signal.Signals = signal.SIGKILL) -> int:
        """End it, and say how it ended."""
        if self._running is None:
            return 0
        self._running.send_signal(by)
        ended = self._running.wait(20)
        self._running = None
        return ended

    def wait(self) -> int:
        """Wait until it ends by itself, and say how."""
        return 0 if self._running is None else self._running.wait(30)

    @property
    def said(self) -> str:
        return self._log.read_text(encoding="utf-8")


class House:
    """A Kept that runs, and what is asked of it. `mapping` is the one way in, called `till`."""

    def __init__(self, folder: Path, mapping: str) -> None:
        rules = folder / "rules"
        rules.mkdir()
        (rules / "rules.yaml").write_text(NO_WAIT, encoding="utf-8")
        (rules / "till.yaml").write_text(mapping, encoding="utf-8")
        (self._port,) = free_ports(1)
        self.url = f"http://127.0.0.1:{self._port}"
        listen = f"127.0.0.1:{self._port}"
        self.kept = Process(folder, "run", "run", "--standards", str(rules), "--data", str(folder / "data"),
                            "--listen", listen, "--plain")  # fmt: skip
        self._folder = folder

    def bridge(self, *arguments: str, settings: Mapping[str, str] = {}) -> Process:
        """Make a `kept in` for it, that has yet to be started."""
        data = str(self._folder / "bridge")
        return Process(self._folder, "in", "in", "till", "--to", self.url, "--data", data, *arguments,
                       settings=settings)  # fmt: skip

    def events(self) -> list[dict[str, Any]]:
        """Give all events that are stored, each once: repeats of one are inert. None while Kept does not answer."""
        try:
            with urlopen(f"{self.url}/v1/events?limit=500") as answer:
                return list({(each["source"], each["id"]): each for each in json.load(answer)["items"]}.values())
        except (URLError, ConnectionError):
            return []

    def waiting(self) -> list[int]:
        """Give what the stored readings say, in the order in which they were received."""
        return [each["data"]["waiting"] for each in self.events() if each["type"] == "queue.length"]

    def metrics(self) -> str:
        with urlopen(f"{self.url}/metrics") as answer:
            return str(answer.read().decode())

    def dead_letters(self) -> list[dict[str, Any]]:
        with urlopen(f"{self.url}/v1/dead-letters") as answer:
            return list(json.load(answer)["items"])


@contextmanager
def house(folder: Path, mapping: str) -> Iterator[House]:
    """Run a Kept until the end."""
    made = House(folder, mapping)
    made.kept.start()
    try:
        until(lambda: answers(made.url))
        yield made
    finally:
        made.kept.kill()


@contextmanager
def ended(*processes: Process) -> Iterator[None]:
    """End processes at the end, however that comes."""
    try:
        yield
    finally:
        for each in processes:
            each.kill()


def all_of(found: Callable[[], list[int]], count: int) -> list[int]:
    """Wait until that many different readings are there, and give all."""
    until(lambda: len(set(found())) >= count)
    return found()
