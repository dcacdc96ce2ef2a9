"""Starts a server for a test, waits until it answers, and ends it."""

import json
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from socket import socket
from tempfile import TemporaryFile
from typing import IO
from urllib.error import URLError
from urllib.request import ProxyHandler, build_opener

from tests.deploy.deployment import Json

PATIENCE = 90.0
"""Seconds that a server may take until it answers."""


def free_port() -> int:
    with socket() as door:
        door.bind(("127.0.0.1", 0))
        port: int = door.getsockname()[1]
        return port


def asked(address: str) -> Json:
    """Ask an address of this machine, past any proxy; gives the JSON that it answers with, else its text as `text`."""
    with build_opener(ProxyHandler({})).open(address, timeout=10) as answer:
        text = answer.read()
    try:
        found = json.loads(text)
    except ValueError:
        found = None
    return found if isinstance(found, dict) else {"text": text.decode()}


class Server:
    """A running program, and what it said."""

    def __init__(self, process: subprocess.Popen[bytes], talk: IO[bytes]) -> None:
        self._process = process
        self._talk = talk

    def until(self, address: str, wished: Callable[[Json], bool], patience: float = PATIENCE) -> Json:
        """Ask an address until it answers as wished, and give that; fail when it never does, or the program ends."""
        last: object = None
        deadline = time.monotonic() + patience
        while time.monotonic() < deadline and self._goes_on():
            try:
                last = answer = asked(address)
            except (URLError, ConnectionError, TimeoutError) as error:
                last = error
                continue
            if wished(answer):
                return answer
        self._talk.seek(0)
        raise AssertionError(f"{address}: {last}\n{self._talk.read().decode(errors='replace')[-3000:]}")

    def _goes_on(self) -> bool:
        """Give the program a moment; say whether it runs."""
        try:
            self._process.wait(0.1)
        except subprocess.TimeoutExpired:
            return True
        return False


@contextmanager
def answering(
    command: list[str], address: str, *, env: dict[str, str], cwd: str = "/", user: int | None = None
) -> Iterator[Server]:
    """Run a server while inside, from when it answers at the address."""
    extra: list[int] | None = None if user is None else []
    with (
        TemporaryFile() as talk,
        subprocess.Popen(
            command, env=env, cwd=cwd, user=user, group=user, extra_groups=extra, stdout=talk, stderr=talk
        ) as process,
    ):
        server = Server(process, talk)
        try:
            server.until(address, lambda _: True)
            yield server
        finally:
            process.terminate()
            try:
                process.wait(20)
            except subprocess.TimeoutExpired:
                process.kill()
