"""Kept on Kafka to try out, by `make run-kafka`: a broker, all processes of Kept, and the simulated floor, live.

As a command. It lives beside the broker's fixture, as it needs the same broker, and neither is shipped. Everything runs
by this machine's own clock, as it would in earnest, so there is no speed to choose: intake and serve read that clock by
themselves. The first promise of the floor is broken after about 40 seconds.
Knows: what there is to start, and in which order. Must not know: how a process is kept running or what is drawn.
Read next: `processes.py`, `watching.py`.
"""

from __future__ import annotations

import argparse
import asyncio
import logging
import signal
import sys
import time
from contextlib import AsyncExitStack
from pathlib import Path
from secrets import token_hex
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Final, NamedTuple

import aiohttp

from standards.errors import StateError
from streams.floor.playing import DEMO_POLICY, DEMO_STANDARDS, DemoClock, play, simulate
from streams.ingest.wire import Reader, encode
from streams.kafka.clients.admin import create
from streams.kafka.clients.connection import KafkaSettings
from streams.kafka.clients.edge import wall
from streams.kafka.clients.log import consuming
from streams.kafka.records.topics import wanted
from streams.settings import StandardsFiles
from tests.kafka.broker import Broker, BrokerError, free_ports
from tests.kafka.processes import Kin, paused
from tests.kafka.watching import Watching, draw, drawn_at_the_end, screen

if TYPE_CHECKING:
    from collections.abc import Sequence

    from standards.compiler.spec import Loaded
    from standards.judge.events import Event
    from streams.ingest.wire import Refusal

AGAIN: Final = 20
"""After how many seconds a process that ended is started again: by then others have its work, and that can be seen."""
READY_SECONDS: Final = 90.0
"""How long the processes may take to be ready; then the floor begins all the same."""
_LINES: Final = {"Content-Type": "application/x-ndjson"}


class Chosen(NamedTuple):
    """What was chosen on the command line."""

    workers: int
    seed: int
    again: int
    calm: bool
    plain: bool
    json: bool


class Door:
    """The intake's HTTP door, for the floor: what it does not take is sent again until it does."""

    def __init__(self, reader: Reader, url: str, session: aiohttp.ClientSession, stopping: asyncio.Event) -> None:
        self.reader = reader
        self._url = f"{url}/v1/events"
        self._session = session
        self._stopping = stopping

    def room(self) -> bool:
        """Say whether more may come: always, as `submit` waits."""
        return True

    async def submit(self, events: Sequence[Event], refusals: Sequence[Refusal] = ()) -> None:
        """Send events; returns when they are safe."""
        body = b"\n".join(map(encode, events))
        while body and not self._stopping.is_set():
            try:
                async with self._session.post(self._url, data=body, headers=_LINES) as answer:
                    if answer.status == 202:
                        return
            except (aiohttp.ClientError, TimeoutError):
                pass
            await paused(self._stopping, 0.5)


def main(arguments: Sequence[str]) -> None:
    """Run until asked to stop."""
    parser = argparse.ArgumentParser(prog="make run-kafka ARGS=...", description="Kept on Kafka, on this machine.")
    parser.add_argument("--workers", type=int, default=2, choices=range(1, 9), metavar="N", help="1 to 8; 2")
    parser.add_argument("--seed", type=int, default=1, metavar="N", help="which day the floor plays; 1")
    parser.add_argument("--again", type=int, default=AGAIN, metavar="N", help="seconds until what ended is started; 20")
    parser.add_argument(
        "--calm", action="store_true", help="a day on which nothing is broken, and no feed falls silent"
    )
    parser.add_argument("--plain", action="store_true", help="log lines, even on a terminal")
    parser.add_argument("--json", action="store_true", help="what the processes log is JSON")
    chosen = Chosen(**vars(parser.parse_args(arguments)))
    with TemporaryDirectory(prefix="kept-kafka-", ignore_cleanup_errors=True) as name:
        sys.stderr.write("Starting Kafka ...\n")
        with Broker(Path(name) / "broker", lasting=True) as broker:
            asyncio.run(_run(chosen, Path(name), broker))


async def _run(chosen: Chosen, folder: Path, broker: Broker) -> None:
    logging.getLogger("aiokafka").setLevel(logging.CRITICAL)  # it would write over the picture
    stopping = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        asyncio.get_running_loop().add_signal_handler(number, stopping.set)
    kafka = KafkaSettings(brokers=broker.servers)
    await asyncio.to_thread(
        create, kafka, wanted(kafka.names, partitions=kafka.partitions, events_partitions=kafka.events_partitions)
    )
    loaded = StandardsFiles([str(DEMO_STANDARDS)]).load(())
    console = screen(plain=chosen.plain)
    watching = Watching(loaded, broker.servers, folder, lines_to=None if console else sys.stdout)
    kin = _kin(chosen, folder, watching)
    watching.kin = kin
    watching.view.api = kin[-1].url
    async with AsyncExitStack() as stack:
        session = await stack.enter_async_context(aiohttp.ClientSession())
        ledger, progress = [await stack.enter_async_context(consuming(kafka)) for _ in range(2)]
        settings = {"KEPT_KAFKA__BROKERS": broker.servers, "KEPT_STANDARDS": f"{DEMO_STANDARDS},{DEMO_POLICY}"}
        settings["KEPT_PERSON_SECRET"] = token_hex(32)  # the names of the floor are gone with its broker
        settings |= {"KEPT_LOG_FORMAT": "json"} if chosen.json else {}
        running = [asyncio.create_task(each.run(_words(each), settings, stopping)) for each in kin]
        aside = [asyncio.create_task(each.watch(session, stopping)) for each in kin]
        aside.append(asyncio.create_task(watching.follow(ledger, progress, kafka)))
        aside.append(asyncio.create_task(_watch_broker(broker, watching, stopping, chosen.again)))
        if console:
            aside.append(asyncio.create_task(draw(watching, console, stopping)))
        aside.append(asyncio.create_task(_floor(loaded, chosen, watching, session, stopping)))
        await _until(stopping, running, aside)
    if console:
        drawn_at_the_end(watching, console)


def _kin(chosen: Chosen, folder: Path, watching: Watching) -> list[Kin]:
    names = ["intake", *(f"worker-{number}" for number in range(1, chosen.workers + 1)), "serve"]
    ports = free_ports(len(names))
    return [
        Kin(name, folder, port, say=watching.say, again=chosen.again) for name, port in zip(names, ports, strict=True)
    ]


def _words(kin: Kin) -> list[str]:
    """Give the words of the command line after `kept`."""
    verb = kin.name.partition("-")[0]
    return [verb, "--http"] if verb == "intake" else [verb]


async def _floor(
    loaded: Loaded, chosen: Chosen, watching: Watching, session: aiohttp.ClientSession, stopping: asyncio.Event
) -> None:
    """Open the floor when all processes are ready, and play it to the intake."""
    patience = time.monotonic() + READY_SECONDS
    while not all(each.ready for each in watching.kin) and time.monotonic() < patience:
        await paused(stopping, 0.2)
    clock = DemoClock(wall())
    door = Door(Reader(loaded.rulebook.classes), watching.kin[0].url, session, stopping)
    watching.say_where()
    ahead = "all goes well today" if chosen.calm else "the first promise is broken in about 40 s"
    watching.say(f"the floor opens; {ahead}")
    await play(door, clock, simulate(chosen.seed, clock.wall(), calm=chosen.calm))


async def _watch_broker(broker: Broker, watching: Watching, stopping: asyncio.Event, again: int) -> None:
    """Start the broker again, on the data that it had, when somebody ended it."""
    while not stopping.is_set():
        pid = broker.pid
        if pid is not None:
            watching.broker_pid = pid
        else:
            watching.say(f"Kafka (process {watching.broker_pid}) was ended; it is started again in {again} s")
            await paused(stopping, again)
            broker.kill()  # notes that it has gone
            await asyncio.to_thread(broker.start)
            watching.say(f"Kafka is started again; it is process {broker.pid} now")
        await paused(stopping, 1.0)


async def _until(
    stopping: asyncio.Event, running: Sequence[asyncio.Task[None]], aside: Sequence[asyncio.Task[None]]
) -> None:
    """Wait until it is time to stop, or something breaks; then let every process end."""
    stopped = asyncio.create_task(stopping.wait())
    await asyncio.wait([stopped, *running, *aside], return_when=asyncio.FIRST_COMPLETED)
    stopping.set()
    for task in (stopped, *aside):
        task.cancel()
    found = await asyncio.gather(*aside, *running, return_exceptions=True)
    for each in found:
        if isinstance(each, Exception):
            raise each


if __name__ == "__main__":
    try:
        main(sys.argv[1:])
    except (BrokerError, StateError) as problem:
        sys.exit(f"kept: {problem}")
    except KeyboardInterrupt:
        sys.exit(130)
