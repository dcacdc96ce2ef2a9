"""Kept on Kafka under attack: strangers at the intake's door, poison in the topic itself, disks, folders and clocks.

The intake takes events by HTTP, two workers judge, `serve` shows; whatever ends by itself is started again, as any
supervisor would. Knows: these processes. Must not know: how strangers attack. Read next: `tests/kafka/fleet.py`.
"""

from __future__ import annotations

import resource
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import aiohttp

from streams.kafka.clients.log import Message
from streams.kafka.clients.publishing import Publisher
from streams.storage.sqlite import FILE
from tests.attack.strangers import bombs, guesses, poison, unfinished
from tests.attack.target import PATIENCE, RIGHT, TOKEN, Outcome, Row, Target, attacked, missing, sending
from tests.crowd.process import faketime
from tests.fuzz.doors import events
from tests.fuzz.mutating import Mutator
from tests.kafka.broker import Broker
from tests.kafka.fleet import Fleet, Member, fleet_of, pause
from tests.kafka.sending import Sender
from tests.kafka.test_intake_process import address
from tests.kafka.topics import prepared
from tests.streams.hosting import shop

HOST = "Kafka"
RECORDS = 2_000
"""How many records that are made up go into the topic of events."""
STEP = 3_600
"""By how many seconds the clock is set."""
HELD = 8.0
"""How long a disk is full, in seconds: whoever meets it ends, or waits."""


Attack = Callable[[Target], Awaitable[Outcome]]


async def attack(folder: Path) -> list[Row]:
    """Attack the processes on Kafka in every way, and see in the end whether all that was acknowledged is shown."""
    shop(folder)
    with Broker(folder / "broker", lasting=True) as broker:
        clock = folder / "clock"
        clock.write_text("+0", encoding="utf-8")
        kafka = prepared(broker.servers)
        async with fleet_of(kafka, folder, folder / "rules", KEPT_TOKEN=TOKEN) as fleet, Publisher(kafka) as publisher:
            async with _running(fleet, folder, clock) as target:
                own = _Own(fleet, publisher, kafka.names.events, clock)
                rows = [
                    await attacked(target, "unfinished requests", unfinished),
                    await attacked(target, "guesses", guesses),
                    await attacked(target, "bombs", bombs),
                    await attacked(target, "poison by HTTP", poison),
                    await attacked(target, "poison in the topic", own.poison),
                    *[
                        await attacked(target, f"full disk of {each.name}", own.full_disk_of(each))
                        for each in own.stateful()
                    ],
                    *[
                        await attacked(target, f"removed folder of {each.name}", own.removed(each))
                        for each in own.stateful()
                    ],
                    await attacked(target, "clocks set forward", own.clocks(STEP)),
                    await attacked(target, "clocks set back", own.clocks(-STEP)),
                ]
                lost = await missing(target, fleet.of("serve")[0].data / FILE)
            codes = await fleet.stop("intake", "worker", "serve")
    sent, ended = len(target.sender.queues), sum(len(each.ended) for each in fleet.members)
    happened = (
        f"{lost} of {sent:,} are missing; exit codes {sorted(set(codes.values()))}, ended by themselves {ended} times"
    )
    return [*rows, Row("in the end", HOST, "what was acknowledged", happened, not lost and not any(codes.values()))]


@asynccontextmanager
async def _running(fleet: Fleet, folder: Path, clock: Path) -> AsyncIterator[Target]:
    watched = {
        "LD_PRELOAD": str(faketime()), "FAKETIME_TIMESTAMP_FILE": str(clock), "FAKETIME_CACHE_DURATION": "1",
        "DONT_FAKE_MONOTONIC": "1",
    }  # fmt: skip
    door = fleet.add("intake", "--http", **watched)
    for _ in range(2):
        fleet.add("worker")  # reads no clock
    fleet.add("serve", **watched)
    url, patience = await address(door.log, 2), aiohttp.ClientTimeout(total=PATIENCE)
    async with (
        aiohttp.ClientSession(timeout=patience) as strangers,
        aiohttp.ClientSession(timeout=patience, headers=RIGHT) as honest,
    ):
        sender = Sender(honest, url, folder / "sent.jsonl")
        async with sending(sender):
            target = Target(HOST, url, sender, strangers)
            await target.goes_on()
            yield target


class _Own:
    """What goes wrong with the machines of these processes, and with whoever else may write to the topic."""

    def __init__(self, fleet: Fleet, publisher: Publisher, topic: str, clock: Path) -> None:
        self._fleet, self._publisher, self._topic, self._clock = fleet, publisher, topic, clock

    def stateful(self) -> list[Member]:
        """Give the processes that keep something on a disk: a worker, and `serve`."""
        return [self._fleet.of("worker")[0], self._fleet.of("serve")[0]]

    async def poison(self, target: Target) -> Outcome:
        """Write to the topic what no sender would: megabytes of ones and of nothing, and made-up records."""
        made = Mutator(events())
        large = [b"[" + b"1," * (1 << 21) + b"1]", b"{}\n" * (1 << 20), b"[" * (1 << 20), b"\xff" * (1 << 20), b""]
        records = [*large, *(made.make(number) for number in range(RECORDS))]
        for start in range(0, len(records), 50):
            some = records[start : start + 50]
            await self._publisher.publish([Message(self._topic, n % 2, raw) for n, raw in enumerate(some)])
        tried = f"4 MB of ones, 3 MB of {{}}, brackets; {RECORDS:,} made-up records"
        return await self._judged(target, tried, "all were read")

    def full_disk_of(self, member: Member) -> Attack:
        """Give the attack that has no file of a process grow until it says so, or ends, or some seconds are over."""

        async def attack(target: Target) -> Outcome:
            ends, said = len(member.ended), member.log.stat().st_size
            pid, (_, most) = member.pid, resource.prlimit(member.pid, resource.RLIMIT_FSIZE)
            resource.prlimit(pid, resource.RLIMIT_FSIZE, (4_096, most))
            await pause(HELD)
            if member.pid == pid and member.alive:
                resource.prlimit(pid, resource.RLIMIT_FSIZE, (most, most))
            ended = "it ended, and was started again" if len(member.ended) > ends else "it waited"
            outcome = await self._judged(target, "no file may grow", ended)
            clean = b"Traceback" not in member.log.read_bytes()[said:]
            return outcome._replace(ok=outcome.ok and clean)

        return attack

    def removed(self, member: Member) -> Attack:
        """Give the attack that takes the folder of a process away while it runs; then it begins with an empty one."""

        async def attack(target: Target) -> Outcome:
            member.data.rename(member.data.with_name(f"{member.name}-aside"))
            await pause(HELD)
            member.kill()
            member.start()
            return await self._judged(target, "its folder taken away, and a restart without it", "it began anew")

        return attack

    def clocks(self, step: int) -> Attack:
        """Give the attack that sets the clocks of the intake and of `serve`, and back."""

        async def attack(target: Target) -> Outcome:
            self._clock.write_text(f"{step:+}", encoding="utf-8")
            await pause(HELD)
            went_on = await target.goes_on()
            self._clock.write_text("+0", encoding="utf-8")
            said = "events were taken meanwhile" if went_on else "no events were taken meanwhile"
            return await self._judged(target, f"the clocks of intake and serve {step:+} s, and back", said)

        return attack

    async def _judged(self, target: Target, tried: str, happened: str) -> Outcome:
        """Say how an attack went, once `serve` shows all that was acknowledged, or not."""
        lost = await missing(target, self._fleet.of("serve")[0].data / FILE)
        return Outcome(tried, f"{happened}; {f'{lost} not shown' if lost else 'all is shown'}", not lost)
