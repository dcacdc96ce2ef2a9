"""A host served on a real port of this machine, and what asks it: for the tests of everything that goes by HTTP."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

import aiohttp
import msgspec
from aiohttp import web

from alerts.channels import Channel
from standards.judge.events import iso
from streams.documents.rules import policy_in, practice_in
from streams.embedded.embedded import EmbeddedHost
from streams.embedded.options import Options
from streams.embedded.steady_clock import SteadyClock
from streams.host import Host
from streams.metrics import Metrics
from streams.names.names import Names
from streams.names.secret import read_secret
from streams.settings import StandardsFiles
from streams.storage.devices import DeviceBook
from streams.web import Access, Limits, Usual, application, serving
from tests.streams.hosting import SECOND, Clock, hosting, shop

LINES = "application/x-ndjson"
BATCH = "application/cloudevents-batch+json"
ONE = "application/cloudevents+json"


class Answer(NamedTuple):
    """What came back."""

    status: int
    headers: dict[str, str]
    text: str

    @property
    def json(self) -> Any:  # noqa: ANN401 - whatever was answered
        return json.loads(self.text)


class Peopled(NamedTuple):
    """Who is told: a policy, if there is one, the channels (without any, a console in memory), and the devices.

    `practice` is the text of a practice document. `apart`: who people are is kept apart, as `kept run` has it.
    """

    policy: str = ""
    channels: Sequence[Channel] | None = None
    devices: DeviceBook | None = None
    practice: str = ""
    apart: bool = False


class Caller(NamedTuple):
    """A client of one server."""

    session: aiohttp.ClientSession
    url: str
    host: EmbeddedHost
    clock: Clock
    app: web.Application

    async def get(self, path: str, **headers: str) -> Answer:
        wanted = {name.replace("_", "-"): value for name, value in headers.items()}
        async with self.session.get(self.url + path, headers=wanted) as response:
            return Answer(response.status, dict(response.headers), await response.text())

    async def post(self, path: str, body: object, kind: str = "application/json", **headers: str) -> Answer:
        data = body if isinstance(body, bytes) else json.dumps(body).encode()
        wanted = {"Content-Type": kind, **{name.replace("_", "-"): value for name, value in headers.items()}}
        async with self.session.post(self.url + path, data=data, headers=wanted) as response:
            return Answer(response.status, dict(response.headers), await response.text())

    async def send(self, *events: dict[str, Any]) -> Answer:
        """Send events as a batch."""
        return await self.post("/v1/events", events, BATCH)

    async def pass_time(self, seconds: float) -> None:
        """Move the host's clock and have it judge up to there: a batch makes it look at the clock at once."""
        self.clock.go(seconds)
        await self.host.submit([])


@asynccontextmanager
async def asking(
    folder: Path,
    *,
    access: Access = Access(),  # noqa: B008 - it is frozen
    limits: Limits = Limits(),  # noqa: B008 - it is frozen
    served_as: Callable[[EmbeddedHost], Host] | None = None,
    peopled: Peopled = Peopled(),  # noqa: B008 - it is frozen
    standards: StandardsFiles | None = None,
    usual: Usual = Usual(),  # noqa: B008 - it is frozen
) -> AsyncIterator[Caller]:
    """Serve a host on a free port and give a client of it. What it judged has settled after a minute."""
    clock, standards = Clock(), standards or shop(folder)
    if peopled.policy:
        (folder / "rules" / "policy.yaml").write_text(peopled.policy, encoding="utf-8")
    if peopled.practice:
        (folder / "rules" / "practice.yaml").write_text(peopled.practice, encoding="utf-8")
    policies, practices = partial(policy_in, standards.paths), partial(practice_in, standards.paths)
    names = Names(folder, read_secret(folder)) if peopled.apart else None
    options = Options(policies=policies, practices=practices, settle=60 * SECOND, names=names)
    made = hosting(folder, clock, standards=standards, channels=peopled.channels, options=options)
    made.devices = peopled.devices
    made.watched_clock = SteadyClock(clock, clock, lambda: None)  # it never steps
    async with AsyncExitStack() as stack:
        if names is not None:
            stack.callback(names.close)
        host = await stack.enter_async_context(made)
        metrics = Metrics("run", tuple(host.channels))
        metrics.start(host.read_model.open())
        host.listen(metrics.committed)
        served = host if served_as is None else served_as(host)
        app = application(served, metrics, msgspec.structs.replace(access, folder=folder), limits, usual)
        async with serving(app, "127.0.0.1", 0) as port, aiohttp.ClientSession(auto_decompress=False) as session:
            yield Caller(session, f"http://127.0.0.1:{port}", host, clock, app)


def waiting(name: str, at: int, people: int = 4, *, queue: str = "q1") -> dict[str, Any]:
    """Make a `queue.length`; `at` in microseconds UTC."""
    return cloud("queue.length", name, at, site="s3", queue=queue, waiting=people)


def register(name: str, at: int, *, queue: str = "q1") -> dict[str, Any]:
    """Make a `register.opened`; `at` in microseconds UTC."""
    return cloud("register.opened", name, at, site="s3", queue=queue)


def cloud(kind: str, name: str, at: int, /, **data: object) -> dict[str, Any]:
    """Make a structured CloudEvent."""
    return {"specversion": "1.0", "id": name, "source": "till", "type": kind, "time": iso(at), "data": data}
