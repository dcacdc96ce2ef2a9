"""Mayhem: everything of a Kept on Kafka is killed at random, again and again, and nothing of it may be seen.

    python -m tests.kafka.mayhem --facts 500000 --kills 24 --seed 7

It starts a broker of its own, two intakes, two workers and later a third, a `kept serve` that posts its notices to a
receiver here, all of them real processes, and lets a crowd produce events. Meanwhile processes and the broker are
killed with SIGKILL and come back after a pause; some workers come back with an empty disk. In the end the ledger must
be, line by line and byte by byte, the one that a backtest makes of the same events. It exits with 1 on any difference,
and leaves all that is needed to look into it in its folder.
Knows: who is killed when. Must not know: what the ledger should be. Read next: `comparing.py`.
"""

from __future__ import annotations

import argparse
import asyncio
import logging
import random
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from contextlib import AsyncExitStack, ExitStack
from pathlib import Path
from typing import Final, NamedTuple

from streams.kafka.clients.connection import KafkaSettings
from streams.kafka.clients.edge import wall
from streams.kafka.clients.log import KafkaError, Message
from streams.kafka.clients.publishing import Publisher
from tests.alerts.receiver import Receiver, receiving
from tests.kafka.broker import Broker
from tests.kafka.comparing import (
    Differences,
    Said,
    compare_ledger,
    compare_notices,
    compare_read_model,
    said,
    shown,
    undisturbed,
)
from tests.kafka.crowd import SECOND, STANDARDS, Crowd, records
from tests.kafka.fleet import Fleet, fleet_of, pause
from tests.kafka.listening import Listener
from tests.kafka.reporting import Report, keep
from tests.kafka.topics import prepared

STRATA: Final = 3
VICTIMS: Final = ("worker", "broker", "intake", "serve", "worker", "intake")
"""Who is killed how often; in what order is drawn."""
GRACE: Final = "60s"
"""So long may the broker be away before an event is late: only the events' own times move time until then."""
CHUNK_SECONDS: Final = 0.05
CHUNK: Final = 4_000
"""How many events are sent at once after the broker was away."""
PATIENCE: Final = 240.0
"""How long what must come is waited for in the end, in seconds."""


class Plan(NamedTuple):
    """What is to be done. `rate` is in events a second."""

    facts: int
    kills: int
    seed: int
    rate: float

    @property
    def seconds(self) -> float:
        """How long the crowd produces."""
        return self.facts / self.rate

    def victims(self, draw: random.Random) -> list[str]:
        """Say who is killed, in what order."""
        kinds = [VICTIMS[number % len(VICTIMS)] for number in range(self.kills)]
        draw.shuffle(kinds)
        return kinds


class Mayhem:
    """One run, in a folder."""

    def __init__(self, plan: Plan, folder: Path, broker: Broker, kafka: KafkaSettings) -> None:
        self.plan = plan
        self.folder = folder
        self.events = folder / "events.jsonl"
        self.standards = folder / "standards.yaml"
        self.crowd = Crowd(plan.seed, rate=plan.rate, start=wall())
        self.kills: Counter[str] = Counter()
        self._broker = broker
        self._kafka = kafka
        self._listener = Listener(kafka)
        self._draw = random.Random(plan.seed)
        self._came_back: list[asyncio.Task[None]] = []
        self._broker_turn = asyncio.Lock()

    async def run(self) -> Report:
        """Do it all, and compare."""
        self.standards.write_text(STANDARDS, encoding="utf-8")
        async with AsyncExitStack() as stack:
            receiver = await stack.enter_async_context(receiving())
            told = {"KEPT_WEBHOOK_URL": receiver.url, "KEPT_WEBHOOK_PRIVATE": "yes"}
            fleet = await stack.enter_async_context(
                fleet_of(self._kafka, self.folder, self.standards, KEPT_GRACE=GRACE, **told)
            )
            for verb in ("intake", "intake", "worker", "worker", "serve"):
                fleet.add(verb)
            publisher = await stack.enter_async_context(Publisher(self._kafka))
            listening = asyncio.create_task(self._listener.run())
            stack.callback(listening.cancel)
            cut = await self._produce_and_kill(fleet, publisher)
            await self._pass(cut, publisher)
            codes = await fleet.stop("intake", "worker")
            found = await said(self._kafka)
            self._say(f"all judged: {len(found.lines):,} lines; waiting for {len(found.notices):,} notices")
            await self._settled(fleet, receiver, found)
            codes |= await fleet.stop("serve")
            report = await asyncio.to_thread(self._report, fleet, receiver, cut, found, codes)
            if report.differences.found:
                await keep(self._kafka, self.folder, report, self.standards)
            return report

    async def _produce_and_kill(self, fleet: Fleet, publisher: Publisher) -> int:
        killing = asyncio.create_task(self._kill_all(fleet))
        try:
            cut = await self._produce(publisher)
            await killing
            await asyncio.gather(*self._came_back)
        finally:
            killing.cancel()
        return cut

    # --- the crowd -------------------------------------------------------------------------------------------------

    async def _produce(self, publisher: Publisher) -> int:
        """Let the crowd produce; gives the time of its newest event, in microseconds UTC."""
        told = 0
        while self.crowd.made < self.plan.facts:
            some = self.crowd.until(wall(), CHUNK)
            await self._send(some, publisher)
            if len(some) < CHUNK:
                await pause(CHUNK_SECONDS)
            if self.crowd.made - told >= self.plan.facts // 10:
                told = self.crowd.made
                self._say(f"{told:,} facts, {self.kills.total()} kills")
        return self.crowd.newest

    async def _send(self, events: list[bytes], publisher: Publisher) -> None:
        """Send some events, in their order, until the broker has them; after an error all of them once more."""
        if not events:
            return
        with self.events.open("ab") as file:
            file.write(b"\n".join(events) + b"\n")
        topic, partitions = self._kafka.names.events, self._kafka.events_partitions
        await publisher.publish(
            [Message(topic, self._draw.randrange(partitions), raw) for raw in records(events, self._draw)]
        )

    async def _pass(self, cut: int, publisher: Publisher) -> None:
        """Let time go on until all strata have passed the cut."""
        await self._until(lambda: wall() > cut + 2 * SECOND, "the clock to pass the last event")

        async def passed() -> bool:
            for _ in range(2):  # once for either partition, as the draw has it
                await self._send(self.crowd.everybody(wall()), publisher)
            return self._listener.low(STRATA) >= cut

        await self._until(passed, "all partitions to pass the last event")

    # --- the killing -----------------------------------------------------------------------------------------------

    async def _kill_all(self, fleet: Fleet) -> None:
        plan = self.plan
        draw = random.Random(plan.seed + 1)
        began = time.monotonic()
        moments = sorted(draw.uniform(0.08, 0.94) * plan.seconds for _ in range(plan.kills))
        third = False
        for moment, kind in zip(moments, plan.victims(draw), strict=True):
            await pause(max(0.0, began + moment - time.monotonic()))
            if not third and moment > plan.seconds / 2:
                fleet.add("worker")
                third = True
            if kind == "broker":
                await self._kill_broker(draw)
            else:
                await self._kill_one(fleet, kind, draw)

    async def _kill_broker(self, draw: random.Random) -> None:
        away = draw.uniform(1, 6)

        async def back() -> None:
            await pause(away)
            await asyncio.to_thread(self._broker.start)
            self._broker_turn.release()

        await self._broker_turn.acquire()
        await asyncio.to_thread(self._broker.kill)
        self.kills["broker"] += 1
        self._say(f"killed the broker, for {away:.1f} s and its start")
        self._came_back.append(asyncio.create_task(back()))

    async def _kill_one(self, fleet: Fleet, kind: str, draw: random.Random) -> None:
        partition = await self._listener.next_line(5) if kind == "worker" and draw.random() < 0.7 else -1
        await self._until(lambda: any(member.alive for member in fleet.of(kind)), f"a {kind} to be there")
        alive = [member for member in fleet.of(kind) if member.alive]
        victim = draw.choice([member for member in alive if partition in member.shares()] or alive)
        away, empty = draw.uniform(0.2, 4), kind == "worker" and draw.random() < 0.4

        async def back() -> None:
            if empty:
                victim.lose_data()
            await pause(away)
            victim.start()

        victim.kill()
        self.kills[kind] += 1
        self._say(f"killed {victim.name}, for {away:.1f} s{', and its disk' if empty else ''}")
        self._came_back.append(asyncio.create_task(back()))

    # --- the end ---------------------------------------------------------------------------------------------------

    async def _settled(self, fleet: Fleet, receiver: Receiver, found: Said) -> None:
        """Wait until every notice was received, and `serve` shows all of it."""
        data = fleet.of("serve")[0].data
        await self._until(lambda: found.notices.keys() <= _received(receiver).keys(), "all notices to be received")
        await self._until(lambda: shown(data) == (len(found.lines), 0), "all lines to be shown")

    async def _until(self, holds: Callable[[], object], what: str) -> None:
        """Wait for what must come; where it does not, what is compared then says so."""
        last = time.monotonic() + PATIENCE
        while True:
            try:
                held = holds()
                if asyncio.iscoroutine(held):
                    held = await held
            except KafkaError:
                held = False
            if held:
                return
            if time.monotonic() > last:
                self._say(f"gave up waiting for {what}")
                return
            await pause(0.2)

    def _report(self, fleet: Fleet, receiver: Receiver, cut: int, found: Said, codes: dict[str, int]) -> Report:
        calm, differences = undisturbed(self.standards, self.events, cut), Differences()
        compare_ledger(found, calm, cut, differences)
        suppressed = compare_notices(found, calm, _received(receiver), cut, differences)
        compare_read_model(found, fleet.of("serve")[0].data, differences)
        differences.note("events refused", (each.origin for each in found.letters if not hasattr(each, "type")))
        differences.note("processes that did not end in order", (name for name, code in codes.items() if code))
        ended = Counter({member.name: len(member.ended) for member in fleet.members if member.ended})
        return Report(
            self.crowd.made, self.kills, ended, calm, len(suppressed), len(receiver.headers), self._listener.longest,
            found, codes, differences,
        )  # fmt: skip

    def _say(self, text: str) -> None:
        sys.stderr.write(f"{time.strftime('%H:%M:%S')} {text}\n")


def _received(receiver: Receiver) -> Counter[str]:
    return Counter(headers["webhook-id"] for headers in receiver.headers)


def mayhem(plan: Plan, folder: Path) -> Report:
    """Run it all in a folder, with a broker of its own, and say what came of it."""
    logging.getLogger("aiokafka").setLevel(logging.CRITICAL)  # that the broker is away is nothing new here
    with ExitStack() as stack:
        broker = stack.enter_context(Broker(folder / "broker"))
        kafka = prepared(broker.servers)
        return asyncio.run(Mayhem(plan, folder, broker, kafka).run())


def main() -> int:
    """Read the command line, run, and print the report."""
    parser = argparse.ArgumentParser(prog="python -m tests.kafka.mayhem", description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--facts", type=int, default=500_000)
    parser.add_argument("--kills", type=int, default=24)
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--rate", type=float, default=1_200, help="events a second")
    parser.add_argument("--folder", type=Path, help="where the events, logs and differences are left")
    given = parser.parse_args()
    folder = given.folder or Path(tempfile.mkdtemp(prefix="kept-mayhem-"))
    folder.mkdir(parents=True, exist_ok=True)
    began = time.monotonic()
    report = mayhem(Plan(given.facts, given.kills, given.seed, given.rate), folder)
    sys.stdout.write(f"{report.text()}\n{'folder':44}{folder}\n{'took':44}{time.monotonic() - began:.0f} s\n")
    return 1 if report.differences.found else 0


if __name__ == "__main__":
    sys.exit(main())
