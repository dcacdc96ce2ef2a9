"""Runs the coordinator in whichever `kept serve` delivers partition 0 of `notices`.

What a step says and what it remembers goes out in one transaction of Kafka, under a name that all runners share: one
that begins shuts the one before out, and what that one had not committed was never said. Then it reads back what was
remembered, and goes on from there; so it does after any failure.
Read next: `coordinator.py`.
"""

from __future__ import annotations

import asyncio
from contextlib import AsyncExitStack
from typing import TYPE_CHECKING, Final

import msgspec
import structlog

from standards.errors import KeptError, StateError
from streams.ingest.wire import UNREADABLE
from streams.kafka.clients.edge import counted
from streams.kafka.clients.log import KafkaError, Tail, TopicPartition, acknowledged, consuming, producing, told
from streams.kafka.records.facts import PersonsAct, Progress, Telling
from streams.kafka.serve.catching_up import CatchingUp
from streams.kafka.serve.coordinator import NotifyCoordinator
from streams.kafka.serve.partition_times import Times

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence

    from alerts.policy.policy import Policy
    from streams.kafka.clients.connection import KafkaSettings
    from streams.kafka.clients.log import Consumer, ConsumerRecord, Producer
    from streams.kafka.serve.coordinator import Dealt

LOOK_SECONDS: Final = 0.2
"""How often it is asked whose turn it is, in seconds."""
AGAIN_SECONDS: Final = 1.0
"""How long to wait after a failure before beginning again, in seconds."""
POLL_MS: Final = 200
TRANSACTION_MS: Final = 10_000
"""After how long the broker ends what a runner that is gone had begun; until then nobody reads beyond it."""
LEARN_SECONDS: Final = 5.0
"""How long to wait before the words of unknown revisions are asked for again, in seconds."""

log = structlog.get_logger("kept")

_telling = msgspec.json.Decoder(Telling).decode
_act = msgspec.json.Decoder(PersonsAct).decode
_progress = msgspec.json.Decoder(Progress).decode


class CoordinatorRunner:
    """Runs the coordinator for as long as `mine` says that it is this process's turn.

    `policy` gives the policy with the words of all revisions that are known by now. `low` is how far what is told has
    come, in microseconds UTC; -1 while it is another one's turn. `channels` are those that are set up.
    `clock` gives the wall clock, where time is the clock's.
    """

    def __init__(
        self,
        kafka: KafkaSettings,
        partitions: int,
        *,
        mine: Callable[[], bool],
        policy: Callable[[], Awaitable[Policy]],
        channels: Collection[str] = (),
    ) -> None:
        self.fault = ""
        self.low = -1
        self._kafka = kafka
        self._names = kafka.names
        self._mine = mine
        self._policy = policy
        self._channels = channels
        self._partitions = partitions
        self._acts = TopicPartition(self._names.acts, 0)
        self._times = TopicPartition(self._names.progress, 0)
        self._inputs = [TopicPartition(self._names.tellings, number) for number in range(partitions)]
        self._coordinator: NotifyCoordinator | None = None
        self._learn_at = 0.0
        self.clock: Callable[[], int] | None = None
        self._catching_up = CatchingUp(None, counted)

    @property
    def is_at_work(self) -> bool:
        """Whether it is this process's turn, and it has taken over."""
        return self._coordinator is not None

    @property
    def problems(self) -> list[str]:
        """What keeps lines from being told, for people."""
        coordinator = self._coordinator
        unworded = coordinator.unworded if coordinator is not None else frozenset[str]()
        found = [
            f"what was judged by revision {each} waits to be told: its words are not known here; is this Kept older?"
            for each in sorted(unworded)
        ]
        return [*([self.fault] if self.fault else []), *found]

    async def run(self) -> None:
        """Run the coordinator whenever it is this process's turn, for ever. What cannot be told waits: see `fault`."""
        while True:
            if self._mine():
                try:
                    await self._turn()
                except (KafkaError, OSError, KeptError) as error:
                    fault = f"what is worth telling waits: {told(error)}"
                    if fault != self.fault:
                        log.warning("telling is interrupted", why=told(error))
                    self.fault = fault
                    await asyncio.sleep(AGAIN_SECONDS)
                finally:
                    self._coordinator, self.low = None, -1
            await asyncio.sleep(LOOK_SECONDS)

    async def _turn(self) -> None:
        """Take over, and work until it is another one's turn."""
        async with AsyncExitStack() as stack:
            ours = {"transactional_id": self._names.operator_id, "transaction_timeout_ms": TRANSACTION_MS}
            producer = await stack.enter_async_context(producing(self._kafka, **ours))  # the one before is shut out
            consumer = await stack.enter_async_context(consuming(self._kafka, isolation_level="read_committed"))
            rows: dict[bytes, bytes | None] = {}
            await Tail(consumer, self._names.desk, lambda row: rows.update({row.key: row.value})).begin()
            kept = [(key, value) for key, value in rows.items() if value is not None]
            coordinator = self._coordinator = NotifyCoordinator(
                await self._policy(), kept, self._partitions, channels=self._channels
            )
            self._catching_up = CatchingUp(self.clock, counted)
            await self._go_to(consumer, coordinator)
            log.info("telling", rows=len(kept))
            times = Times(self._partitions)
            while self._mine():
                await self._step(consumer, producer, coordinator, times)

    async def _go_to(self, consumer: Consumer, coordinator: NotifyCoordinator) -> None:
        """Go to where the rows end; what Kafka has deleted meanwhile was not told, and the log says so."""
        there = [*self._inputs, self._acts, self._times]
        consumer.assign(there)
        first = await consumer.beginning_offsets(there)
        places = {each: coordinator.applied_offset.places.get(each.partition, first[each]) for each in self._inputs}
        places |= {self._acts: coordinator.applied_offset.acts, self._times: first[self._times]}
        for each, place in places.items():
            if place < first[each] and place:
                log.error("records were deleted before they were told", topic=each.topic, partition=each.partition,
                          first=place, last=first[each] - 1)  # fmt: skip
            consumer.seek(each, max(place, first[each]))

    async def _step(self, consumer: Consumer, producer: Producer, coordinator: NotifyCoordinator, times: Times) -> None:
        """Read what has come, and publish what comes of it."""
        found = await consumer.getmany(timeout_ms=POLL_MS)
        self._take(found, coordinator)
        progress = [record.value for record in found.get(self._times, ()) if record.value is not None]
        if progress:  # all that was published before it is read first: lines and acts up to that time are then here
            await self._catch_up(consumer, coordinator)
        for each in map(_progress, progress):
            times.hear(each)
            coordinator.remembered(each.partition, min(each.lows, default=-1))
        if times.left_out:
            behind = ", ".join(map(str, times.left_out))
            self.fault = f"partitions {behind} are far behind; what comes of them is told late"
        now = asyncio.get_running_loop().time()
        if coordinator.unworded and now >= self._learn_at:  # others have begun to judge by these revisions
            self._learn_at = now + LEARN_SECONDS
            coordinator.adopt(await self._policy())
        low, before = times.low(), coordinator.applied_offset.low
        if self._catching_up.waits(low, before):
            return
        dealt = coordinator.step(low, stall=self._catching_up.stall(low, before))
        if dealt is not None:
            await self._publish(producer, dealt)
        self.low = coordinator.applied_offset.low
        if not times.left_out:
            self.fault = ""

    async def _catch_up(self, consumer: Consumer, coordinator: NotifyCoordinator) -> None:
        inputs = [*self._inputs, self._acts]
        ends = await consumer.end_offsets(inputs)
        while any([await consumer.position(each) < end for each, end in ends.items()]):
            self._take(await consumer.getmany(*inputs, timeout_ms=POLL_MS), coordinator)

    def _take(self, found: Mapping[TopicPartition, Sequence[ConsumerRecord]], coordinator: NotifyCoordinator) -> None:
        for where, records in found.items():
            for record in records:
                try:
                    if where.topic == self._names.tellings:
                        coordinator.take(where.partition, record.offset, _telling(record.value))
                    elif where == self._acts:
                        coordinator.take_act(record.offset, _act(record.value).routed)
                except UNREADABLE as error:
                    place = f"{where.topic}/{where.partition}/{record.offset}"
                    raise StateError(f"{place} cannot be read: {error}; run the Kept that wrote it") from None

    async def _publish(self, producer: Producer, dealt: Dealt) -> None:
        """Publish all of it, or nothing."""
        async with producer.transaction():
            sent = [
                await producer.send(self._names.notices, msgspec.json.encode(part), partition=number)
                for number, part in dealt.told
            ]
            sent += [await producer.send(self._names.desk, value, key=key, partition=0) for key, value in dealt.rows]
            await acknowledged(sent, lambda: log.warning("Kafka does not acknowledge what is told"))
