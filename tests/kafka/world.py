"""A world of intakes without a broker: real intakes and tickers over a Kafka in memory, and what was sent to it.

Hours pass in a moment. What workers would hold back, and what came too late for them, is read from `facts`.
Knows: the intake. Must not know: judging. Read next: `memory.py`, and `test_time.py`, whose law it is held to.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final, NamedTuple

from standards.judge.events import Event
from streams.kafka.clients.log import KafkaError
from streams.kafka.intake.event_time import EventTime
from streams.kafka.intake.intake import Intake, Terms
from streams.kafka.intake.leaders import Leaders
from streams.kafka.intake.ticker import Ticker
from streams.kafka.intake.ticking import Ticking, Ways
from streams.kafka.records.facts import Facts, FactsCodec
from streams.kafka.records.topics import Names
from streams.metrics.kafka import KafkaMetrics
from tests.kafka.chain import given_standards
from tests.kafka.memory import Commits, Consumer, Memory, Producer
from tests.kafka.taking import TERMS, raw
from tests.streams.hosting import NO_WAIT, SECOND, T0, Clock

LOADED: Final = given_standards(NO_WAIT).load(())
CODEC: Final = FactsCodec(LOADED.rulebook.classes)
NAMES: Final = Names("")
TICK: Final = SECOND // 2


class Process:
    """One `kept intake`: reads some partitions of `events`, and looks."""

    def __init__(self, memory: Memory, partitions: set[int], terms: Terms = TERMS, *, most: int = 10_000) -> None:
        self.partitions = partitions
        self._memory = memory
        self._most = most
        self._intake = Intake(NAMES, KafkaMetrics("intake"), Commits(memory), terms, clock=memory.clock)
        ways = Ways(
            Ticker(terms.grace), Leaders(), memory.clock, lambda: self._intake.stamps.believed, Commits(memory),
            EventTime(terms.lateness, terms.grace) if terms.by_events else None,
        )  # fmt: skip
        self._ticking = Ticking(NAMES, ways, KafkaMetrics("intake"))
        self._consumer = Consumer(memory, partitions, most=most)
        self._producer = Producer(memory)

    async def have(self, partitions: set[int]) -> None:
        """Go on with these partitions and new clients, from what was committed."""
        self.partitions = partitions
        await self._intake.on_partitions_assigned([])
        self._consumer = Consumer(self._memory, partitions, most=self._most)

    async def read(self, *, dies: bool = False) -> None:
        """Take a batch in; or die between publishing it and committing, and be started again."""
        self._intake.adopt(LOADED, partitions=len(self._memory.logs["facts"]))
        self._consumer.fails_to_commit = dies
        try:
            await self._intake.step(self._consumer, self._producer)
        except KafkaError:
            await self.have(self.partitions)

    async def tick(self) -> None:
        """Look, and tell where it is this one's turn."""
        try:
            await self._ticking.step(self._consumer, self._producer, ours=0 in self.partitions)
        except KafkaError:
            self._ticking.unanswered()


class Sent(NamedTuple):
    """An event as it was sent: when it claims to have happened, and when it could be read."""

    at: int
    readable: int


class World:
    """A Kafka, its intakes, and what was sent."""

    def __init__(self, terms: Terms = TERMS, *, events: int = 2, ahead: int = 0, most: int = 10_000) -> None:
        self.clock = Clock(T0)
        self.memory = Memory(self.clock, events=events, facts=2, ahead=ahead)
        self.processes = [Process(self.memory, {each}, terms, most=most) for each in range(events)]
        self.sent: dict[str, Sent] = {}
        self._held: dict[int, list[str]] = {}

    def send(self, partition: int, *, ahead: int = 0) -> None:
        """Send an event whose sender's clock is `ahead`, or that was under way for so long if negative."""
        name = f"e{len(self.sent)}"
        at = self.clock.at + ahead
        self.memory.append("events", partition, raw(name, at, queue=f"q{len(self.sent) % 7}"))
        self.sent[name] = Sent(at, self.clock.at)
        if partition in self._held:
            self._held[partition].append(name)

    def hold(self, partition: int) -> None:
        """Have a sender begin a transaction, or commit it."""
        if partition in self._held:
            self.memory.release(partition)
            for name in self._held.pop(partition):
                self.sent[name] = self.sent[name]._replace(readable=self.clock.at)
        else:
            self.memory.hold(partition)
            self._held[partition] = []

    async def swap(self, one: int, other: int) -> None:
        """Have two processes change their partitions."""
        mine, others = self.processes[one].partitions, self.processes[other].partitions
        await self.processes[one].have(others)
        await self.processes[other].have(mine)

    def grow(self) -> None:
        """Give `events` one more partition, and somebody who reads it."""
        self.memory.logs["events"].append([])
        self.processes.append(Process(self.memory, {len(self.processes)}))

    async def go(self, seconds: float, *, stopped: frozenset[int] = frozenset()) -> None:
        """Let time pass; the processes that are `stopped` do nothing meanwhile."""
        until = self.clock.at + round(seconds * SECOND)
        while self.clock.at < until:
            self.clock.at += TICK
            for number, process in enumerate(self.processes):
                if number not in stopped:
                    await process.read()
                    await process.tick()

    def facts(self, partition: int) -> Iterator[Facts[Event]]:
        """Give the records of a partition of `facts`, in order."""
        return (CODEC.decode(record.value) for record in self.memory.logs["facts"][partition])

    def stamped(self, partition: int) -> Iterator[tuple[Facts[Event], list[tuple[Event, int]]]]:
        """Give the records of a partition of `facts`, each with its events and their stamps."""
        for facts in self.facts(partition):
            yield facts, [(event, event.received) for event in facts.events]

    def late(self) -> list[str]:
        """Name the events that came after their time had been told, though they could be read within the grace."""
        found, slower = [], min(0, self.memory.ahead)
        for partition in range(2):
            low, seen = -1, set[str]()
            for facts, events in self.stamped(partition):
                for event, stamp in events:
                    place, first = min(event.at, stamp), event.id not in seen
                    punctual = self.sent[event.id].readable + slower - place < TERMS.grace
                    seen.add(event.id)
                    if first and punctual and place <= low:
                        found.append(event.id)
                low = max([low, *facts.lows[:1]])
        return found

    def waiting(self) -> int:
        """Say how many events a worker has to hold back at most until time has come to them."""
        most = 0
        for partition in range(2):
            held: list[int] = []
            for facts, events in self.stamped(partition):
                held = [
                    stamp for stamp in [*held, *(stamp for _, stamp in events)] if not facts.lows or stamp > facts.wall
                ]
                most = max(most, len(held))
        return most

    def came(self) -> set[str]:
        """Name the events that are in `facts`."""
        return {event.id for partition in range(2) for facts in self.facts(partition) for event in facts.events}

    def told(self) -> list[int]:
        """Give the instants that partition 0 of `facts` was told, in order."""
        return [facts.wall for facts in self.facts(0) if facts.lows and facts.wall >= 0]
