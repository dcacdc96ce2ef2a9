"""Who delivers which notices: each partition of `notices` belongs to one `kept serve`, which delivers what is of it.

The group of all dispatchers divides the partitions; nothing is read through it. Whoever gets a partition first reads
`notices` and `deliveries` to where they end then, so that it knows what its predecessor has delivered. A dispatcher
that dies is replaced when its session ends, and what it had sent without having said so comes a second time, with the
same id. One that is asked to give a partition up lets its deliveries end first; one that has lost the broker stops.
Read next: `streams/delivery/dispatch.py`.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Final

import structlog

from standards.errors import StateError
from streams.kafka.clients.log import ConsumerRebalanceListener, KafkaError, consuming, told

if TYPE_CHECKING:
    from collections.abc import Iterable

    from alerts.channels import Told
    from streams.delivery.dispatch import Dispatcher
    from streams.kafka.clients.connection import KafkaSettings
    from streams.kafka.clients.log import Consumer, TopicPartition
    from streams.kafka.clients.outlet import Outlet
    from streams.kafka.serve.projection_consumer import Places, ProjectionConsumer
    from streams.storage.read_model import ReadModel
    from streams.storage.rows import NoticeRow

GOODBYE: Final = 5.0
"""How long deliveries under way are waited for when a partition is given up, in seconds."""
POLL_MS: Final = 500

log = structlog.get_logger("kept")


class OwnOutbox:
    """The part of the outbox that this process delivers: `dispatch.Outbox`. `shards` are the partitions it owns."""

    def __init__(self, read_model: ReadModel, outlet: Outlet) -> None:
        self.shards: frozenset[int] = frozenset()
        self._read_model = read_model
        self._outlet = outlet

    def due_deliveries(self, channel: str, at: int, limit: int, *, tried: bool) -> list[NoticeRow]:
        """Give notices due on a channel that are to be delivered here; none while the broker does not answer."""
        shards = self.shards
        if not shards or self._outlet.fault:
            return []
        found = self._read_model.due_deliveries(channel, at, limit, tried=tried, shards=shards)
        return found if self.shards == shards else []

    def standing(self, channel: str, since: int) -> list[Told]:
        """Give what stands of the notices that are delivered here; none while that may be changing hands."""
        shards = self.shards
        found = self._read_model.standing(channel, since, shards=shards) if shards else []
        return found if self.shards == shards else []

    def waiting_channels(self) -> list[str]:
        """Give the names of the channels that a notice waits for, set up or not."""
        return self._read_model.waiting_channels()


class Ownership(ConsumerRebalanceListener):  # type: ignore[misc]  # aiokafka comes without types
    """Keeps this process's share of the partitions in the outbox up to date."""

    def __init__(
        self,
        consumer: Consumer,
        kafka: KafkaSettings,
        follower: ProjectionConsumer,
        outbox: OwnOutbox,
        dispatcher: Dispatcher,
    ) -> None:
        self._consumer = consumer
        self._kafka = kafka
        self._follower = follower
        self._outbox = outbox
        self._dispatcher = dispatcher
        self._taking_over: asyncio.Task[None] | None = None

    async def run(self) -> None:
        """Be one of the group, for ever, once all was stored that was there at the start: nobody waits for a beginner.

        Nothing is read: the partitions only say who delivers.
        """
        await self._follower.caught_up()
        self._consumer.subscribe([self._kafka.names.notices], listener=self)
        while True:
            try:
                await self._consumer.getmany(timeout_ms=POLL_MS)
            except KafkaError as error:
                log.warning("the dispatchers' group does not answer", why=told(error))
                await asyncio.sleep(1)

    async def on_partitions_revoked(self, revoked: Iterable[TopicPartition]) -> None:  # noqa: ARG002 - all of them
        """Begin no more deliveries, and let those under way end, so that whoever comes next hears of them."""
        if self._taking_over is not None:
            self._taking_over.cancel()
            self._taking_over = None
        self._outbox.shards = frozenset()
        try:
            async with asyncio.timeout(GOODBYE):
                while self._dispatcher.under_way:  # noqa: ASYNC110 - asked fifty times a second, once in a long while
                    await asyncio.sleep(0.02)
        except TimeoutError:
            log.warning("deliveries go on elsewhere", under_way=self._dispatcher.under_way)

    async def on_partitions_assigned(self, assigned: Iterable[TopicPartition]) -> None:
        """Take partitions over, as soon as all is known that was delivered of them."""
        own = list(assigned)
        if own:
            self._consumer.pause(*own)
        self._taking_over = asyncio.create_task(self._take_over(frozenset(each.partition for each in own)))

    async def _take_over(self, shards: frozenset[int]) -> None:
        topics = (self._kafka.names.notices, self._kafka.names.deliveries)
        while True:
            try:
                async with consuming(self._kafka) as consumer:  # one that reads may wait for minutes
                    places: Places = await consumer.end_offsets(self._follower.followed(topics))
                break
            except (KafkaError, StateError) as error:
                log.warning("what was delivered cannot be asked for", why=told(error))
                await asyncio.sleep(1)
        await self._follower.until(places)
        if self._taking_over is not asyncio.current_task():  # a client that is ending may keep a cancellation to itself
            return
        self._outbox.shards = shards
        log.info("delivering", partitions=sorted(shards))
        self._dispatcher.nudge()
