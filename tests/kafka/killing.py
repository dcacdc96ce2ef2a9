"""A Kept on Kafka whose processes and broker are killed at random while a crowd produces events, from start to report.

What the crowd sends, and what should come of it, says whoever inherits from `Killing`.
Knows: who is killed when. Must not know: what the ledger should be. Read next: `orderly.py`, `unruly.py`.
"""

from __future__ import annotations

import asyncio
import random
import sys
import time
from abc import ABC, abstractmethod
from collections import Counter
from collections.abc import Callable
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Final, NamedTuple

from streams.kafka.clients.connection import KafkaSettings
from streams.kafka.clients.log import KafkaError
from streams.kafka.clients.publishing import Publisher
from tests.alerts.receiver import Receiver, receiving
from tests.kafka.broker import Broker
from tests.kafka.comparing import Differences, Said, Undisturbed, compare_read_model, said, shown
from tests.kafka.fleet import Fleet, fleet_of, pause
from tests.kafka.listening import Listener
from tests.kafka.reporting import Report, keep

VICTIMS: Final = ("worker", "broker", "intake", "serve", "worker", "intake")
"""Who is killed how often; in what order is drawn."""
CHUNK_SECONDS: Final = 0.05
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


class Killing(ABC):
    """One run, in a folder: with standards in `text`, and `grace` as the setting."""

    text: str
    grace: str

    def __init__(self, plan: Plan, folder: Path, broker: Broker, kafka: KafkaSettings) -> None:
        self.plan = plan
        self.folder = folder
        self.events = folder / "events.jsonl"
        self.standards = folder / "standards.yaml"
        self.made = 0
        self.kills: Counter[str] = Counter()
        self._broker = broker
        self.kafka = kafka
        self.listener = Listener(kafka)
        self.draw = random.Random(plan.seed)
        self._came_back: list[asyncio.Task[None]] = []
        self._broker_turn = asyncio.Lock()

    async def run(self) -> Report:
        """Do it all, and compare."""
        self.standards.write_text(self.text, encoding="utf-8")
        async with AsyncExitStack() as stack:
            receiver = await stack.enter_async_context(receiving())
            told = {"KEPT_WEBHOOK_URL": receiver.url, "KEPT_WEBHOOK_PRIVATE": "yes"}
            fleet = await stack.enter_async_context(
                fleet_of(self.kafka, self.folder, self.standards, KEPT_GRACE=self.grace, **told)
            )
            for verb in ("intake", "intake", "worker", "worker", "serve"):
                fleet.add(verb)
            publisher = await stack.enter_async_context(Publisher(self.kafka))
            listening = asyncio.create_task(self.listener.run())
            stack.callback(listening.cancel)
            cut = await self._produce_and_kill(fleet, publisher)
            codes = await self._finish(fleet, cut)
            found = await said(self.kafka)
            self.say(f"all judged: {len(found.lines):,} lines; waiting for {len(found.notices):,} notices")
            await self._settled(fleet, receiver, found)
            codes |= await fleet.stop("serve")
            report = await asyncio.to_thread(self._report, fleet, receiver, cut, found, codes)
            if report.differences.found:
                await keep(self.kafka, self.folder, report, self.standards)
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

    @abstractmethod
    async def _produce(self, publisher: Publisher) -> int:
        """Let the crowd produce; gives the cut: an instant after all of it, in microseconds UTC."""

    @abstractmethod
    async def _finish(self, fleet: Fleet, cut: int) -> dict[str, int]:
        """Let time go on until all partitions have passed the cut, and end what judges; gives the exit codes."""

    @abstractmethod
    def _compare(
        self, found: Said, received: Counter[str], cut: int, differences: Differences
    ) -> tuple[Undisturbed, dict[str, str]]:
        """Compare with what should have been said; gives that, and rows for the report."""

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
        self.say(f"killed the broker, for {away:.1f} s and its start")
        self._came_back.append(asyncio.create_task(back()))

    async def _kill_one(self, fleet: Fleet, kind: str, draw: random.Random) -> None:
        partition = await self.listener.next_line(5) if kind == "worker" and draw.random() < 0.7 else -1
        await self.until(lambda: any(member.alive for member in fleet.of(kind)), f"a {kind} to be there")
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
        self.say(f"killed {victim.name}, for {away:.1f} s{', and its disk' if empty else ''}")
        self._came_back.append(asyncio.create_task(back()))

    # --- the end ---------------------------------------------------------------------------------------------------

    async def _settled(self, fleet: Fleet, receiver: Receiver, found: Said) -> None:
        """Wait until every notice was received, and `serve` shows all of it."""
        data = fleet.of("serve")[0].data
        await self.until(lambda: found.notices.keys() <= _received(receiver).keys(), "all notices to be received")
        await self.until(lambda: shown(data) == (len(found.lines), 0), "all lines to be shown")

    async def until(self, holds: Callable[[], object], what: str) -> None:
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
                self.say(f"gave up waiting for {what}")
                return
            await pause(0.2)

    def _report(self, fleet: Fleet, receiver: Receiver, cut: int, found: Said, codes: dict[str, int]) -> Report:
        differences, received = Differences(), _received(receiver)
        calm, rows = self._compare(found, received, cut, differences)
        compare_read_model(found, fleet.of("serve")[0].data, differences)
        differences.note("events refused", (each.origin for each in found.letters if not hasattr(each, "type")))
        differences.note("processes that did not end in order", (name for name, code in codes.items() if code))
        ended = Counter({member.name: len(member.ended) for member in fleet.members if member.ended})
        return Report(
            self.made, self.kills, ended, calm, rows, len(receiver.headers), self.listener.longest,
            found, codes, differences,
        )  # fmt: skip

    def say(self, text: str) -> None:
        sys.stderr.write(f"{time.strftime('%H:%M:%S')} {text}\n")


def _received(receiver: Receiver) -> Counter[str]:
    return Counter(headers["webhook-id"] for headers in receiver.headers)
