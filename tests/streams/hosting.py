"""A host for tests: real files, a real store, and a clock that the test moves."""

import asyncio
import io
from collections.abc import Callable, Sequence
from pathlib import Path

import msgspec

from alerts.channels import Channel
from alerts.channels.console import Console
from standards.judge.events import Event, iso
from streams.embedded.embedded import EmbeddedHost
from streams.embedded.options import DEFAULTS, Options
from streams.ingest.wire import Reader
from streams.settings import StandardsFiles

SECOND = 1_000_000
T0 = 1_768_000_000 * SECOND
PATIENCE = 20.0
"""How long a test waits for what must come, in seconds of real time."""

NO_WAIT = """
kept: 1
standards:
  no-wait:
    promise: You will never stand behind more than three people.
    what: Open the next register.
    how: Call the next name on the standby list.
    why: A broken sign costs more trust than no sign at all.
    exceptions: Till outage.
    owner: floor-lead
    aspect: speed
    per: [site, queue]
    when: {event: queue.length, where: waiting > 3}
    expect: register.opened
    within: 60s
    unless: {event: queue.length, where: waiting <= 3}
    warn: 20s before
"""


class Clock:
    """A wall clock that stands still until it is moved. Microseconds UTC."""

    def __init__(self, at: int = T0) -> None:
        self.at = at

    def __call__(self) -> int:
        return self.at

    def go(self, seconds: float) -> None:
        self.at += round(seconds * SECOND)


def shop(folder: Path, text: str = NO_WAIT) -> StandardsFiles:
    """Write a standards file into a folder of its own and give it."""
    rules = folder / "rules"
    rules.mkdir(exist_ok=True)
    (rules / "shop.yaml").write_text(text, encoding="utf-8")
    return StandardsFiles([str(rules)])


def hosting(
    folder: Path,
    clock: Callable[[], int],
    *,
    standards: StandardsFiles | None = None,
    channels: Sequence[Channel] | None = None,
    options: Options = DEFAULTS,
) -> EmbeddedHost:
    """Make a host on a folder; its notices go to a console in memory unless told otherwise."""
    told = [Console(io.StringIO())] if channels is None else channels
    return EmbeddedHost(folder / "data", standards or shop(folder), clock=clock, channels=told, options=options)


def queue(reader: Reader, name: str, at: int, *, waiting: int, where: str = "q1") -> Event:
    """Make a `queue.length` as a producer sends it; `at` in microseconds UTC."""
    return event(reader, "queue.length", name, at, site="s3", queue=where, waiting=waiting)


def opened(reader: Reader, name: str, at: int, *, where: str = "q1") -> Event:
    """Make a `register.opened` as a producer sends it."""
    return event(reader, "register.opened", name, at, site="s3", queue=where)


def event(reader: Reader, kind: str, name: str, at: int, **data: object) -> Event:
    """Make any event as a producer sends it."""
    made = {"specversion": "1.0", "id": name, "source": "till", "type": kind, "time": iso(at), "data": data}
    return reader.one(msgspec.json.encode(made))


async def until(holds: Callable[[], bool]) -> None:
    """Return when a condition holds; fail when it does not within the test's patience."""
    loop = asyncio.get_running_loop()
    last = loop.time() + PATIENCE
    while not holds():
        assert loop.time() < last, "what must come did not come"
        await asyncio.wait([loop.create_future()], timeout=0.01)
