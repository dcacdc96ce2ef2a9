"""A `kept serve` for tests: in this process with its web side, or in one of its own, and what workers would publish.

Knows: how records are published and a host is served. Must not know: what any test expects.
"""

from __future__ import annotations

import asyncio
import os
import re
import subprocess
import sys
from collections.abc import AsyncIterator, Callable, Iterable, Mapping, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import NamedTuple

import aiohttp
from pydantic import SecretStr

from alerts.channels import Channel
from streams.kafka.clients.connection import KafkaSettings
from streams.kafka.clients.log import producing
from streams.kafka.serve.serve_host import ServeHost
from streams.metrics import Metrics
from streams.settings import Settings
from streams.storage.devices import DeviceBook
from streams.web import Access, application, serving
from tests.kafka.history import Said
from tests.kafka.taking import SECRET
from tests.streams.asking import BATCH, Answer
from tests.streams.hosting import Clock, shop

ROOT = Path(__file__).resolve().parents[2]
NOTHING: Mapping[str, str] = {}
PATIENCE = 40.0
"""How long a test waits for what must come, in seconds of real time."""


async def published(kafka: KafkaSettings, said: Iterable[Said]) -> None:
    """Publish records, each to its topic and partition, in their order."""
    async with producing(kafka) as producer:
        under_way = [
            await producer.send(kafka.prefix + it.topic, it.value, key=it.key, partition=it.partition) for it in said
        ]
        await asyncio.gather(*under_way)


def settings_of(folder: Path, kafka: KafkaSettings, *, name: str = "serve") -> Settings:
    """Make the settings of a process with a data folder of its own; all have the same standards."""
    secret = SecretStr(SECRET)
    return Settings(
        data=folder / name, kafka=kafka, standards=shop(folder).paths, listen="127.0.0.1:0", person_secret=secret
    )


class Served(NamedTuple):
    """A host of this process, and a client of it."""

    host: ServeHost
    session: aiohttp.ClientSession
    url: str

    async def get(self, path: str) -> Answer:
        async with self.session.get(self.url + path) as response:
            return Answer(response.status, dict(response.headers), await response.text())

    async def post(self, path: str, body: bytes, kind: str = BATCH) -> Answer:
        async with self.session.post(self.url + path, data=body, headers={"Content-Type": kind}) as response:
            return Answer(response.status, dict(response.headers), await response.text())


@asynccontextmanager
async def served(
    settings: Settings,
    *,
    clock: Clock | None = None,
    channels: Sequence[Channel] = (),
    devices: DeviceBook | None = None,
    access: Access = Access(),  # noqa: B008 - it is frozen
) -> AsyncIterator[Served]:
    """Run a host in this process and give a client of it, when it is ready."""
    name = f"http/{settings.data.name}"
    async with ServeHost(settings, clock=clock or Clock(), name=name, channels=channels, devices=devices) as host:
        app = application(host.kafka_host, Metrics("serve", host.channels), access)
        async with serving(app, "127.0.0.1", 0) as port, aiohttp.ClientSession() as session:
            host.start()
            await until(lambda: host.kafka_host.now_status().ready)
            yield Served(host, session, f"http://127.0.0.1:{port}")


def process(
    settings: Settings, *, log: Path, webhook: str = "", given: Mapping[str, str] = NOTHING
) -> subprocess.Popen[bytes]:
    """Start `kept serve` as a process of its own; what it says goes to a file."""
    more = {
        "KEPT_WEBHOOK_URL": webhook,
        "KEPT_WEBHOOK_PRIVATE": "yes",
        "KEPT_KAFKA__BROKERS": settings.kafka.brokers,
        "KEPT_KAFKA__PREFIX": settings.kafka.prefix,
        "KEPT_TIME": settings.time,
        "KEPT_PERSON_SECRET": SECRET,
        **given,
    }
    command = [sys.executable, "-c", "from streams.cli import main; main()", "serve", "--listen", settings.listen]
    command += ["--data", str(settings.data), *(part for path in settings.standards for part in ("--standards", path))]
    environment = {name: value for name, value in os.environ.items() if not name.startswith("KEPT_")} | more
    with log.open("wb") as out:
        return subprocess.Popen(command, cwd=ROOT, env=environment, stdin=subprocess.DEVNULL, stdout=out, stderr=out)


def shares(log: Path) -> int:
    """Give how many partitions a process delivers, by the last it said of them."""
    said = re.findall(r"delivering +partitions=\[([^\]]*)\]", log.read_text(encoding="utf-8"))
    return len(said[-1].split(",")) if said else 0


async def until(holds: Callable[[], bool], *, seconds: float = PATIENCE) -> None:
    """Return when a condition holds; fail when it does not in time."""
    loop = asyncio.get_running_loop()
    last = loop.time() + seconds
    while not holds():
        assert loop.time() < last, "what must come did not come"
        await asyncio.wait([loop.create_future()], timeout=0.02)
