"""The host behind `kept serve`: the topics followed into a read model, its web side, and its share of notices.

One thread writes the database; everything else runs on the event loop. At the end the host gives its share of notices
up first, so that what it has delivered is published before anybody else delivers.
Read next: `projection_consumer.py`, `deliveries.py`.
"""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor
from contextlib import AsyncExitStack, closing
from functools import partial
from typing import TYPE_CHECKING, Any, Final, Self, TypeVar, TypeVarTuple

import msgspec
import structlog

from alerts.policy.policy import Policy
from standards.errors import StateError
from streams.delivery.dispatch import Dispatcher
from streams.documents.rules import policy_in, practice_in
from streams.kafka.clients.log import FETCHED, KafkaError, Message, Tail, consuming, told
from streams.kafka.clients.outlet import Outlet, opening
from streams.kafka.persons.names_topic import NamesTopic, published
from streams.kafka.persons.shared_names import SharedNames, shared_secret
from streams.kafka.rulebooks.revisions import Revisions, load
from streams.kafka.serve.coordinator_runner import CoordinatorRunner
from streams.kafka.serve.deliveries import Ownership, OwnOutbox
from streams.kafka.serve.device_topic import DeviceTopic
from streams.kafka.serve.kafka_host import KafkaHost
from streams.kafka.serve.period_closer import PeriodCloser
from streams.kafka.serve.projection import Projection
from streams.kafka.serve.projection_consumer import ProjectionConsumer
from streams.names.policy import people_of
from streams.settings import StandardsFiles
from streams.storage.closings import Closings, house_of
from streams.storage.read_model import ReadModel
from streams.storage.sqlite import FILE, Database, FolderLock

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine, Sequence

    from alerts.channels import Channel, Told
    from standards.compiler.spec import Loaded
    from streams.kafka.clients.log import Consumer, Producer
    from streams.settings import Settings
    from streams.storage.devices import DeviceBook
    from streams.storage.rows import Delivery

LONGEST_GOODBYE: Final = 10.0
"""How long connections may take to close at the end, in seconds: a broker that is away is not waited for."""

_Values = TypeVarTuple("_Values")
_Result = TypeVar("_Result")

log = structlog.get_logger("kept")


class ServeHost:
    """`async with ServeHost(...) as host`, then `host.start()`. `clock` gives the wall clock in microseconds UTC.

    `name` is this process's own among all that ever publish letters; notices go to `channels`, pushes to `devices`.
    """

    def __init__(
        self,
        settings: Settings,
        *,
        clock: Callable[[], int],
        name: str,
        channels: Sequence[Channel] = (),
        devices: DeviceBook | None = None,
    ) -> None:
        self._settings = settings
        self._clock = clock
        self._name = name
        self._channels = {channel.name: channel for channel in channels}
        self._devices = devices
        self._device_topic: DeviceTopic | None = None
        self._delivery_listeners: list[Callable[[str, str], None]] = []
        self._writer = ThreadPoolExecutor(1, "kept-writer")
        self._tasks: list[asyncio.Task[None]] = []

    async def __aenter__(self) -> Self:
        """Open the database, connect and load the standards. Raises StateError, SpecError."""
        async with AsyncExitStack() as stack:
            stack.callback(FolderLock(self._settings.data).release)
            stack.callback(self._writer.shutdown)
            for channel in self._channels.values():
                stack.push_async_callback(channel.close)
            try:
                await self._open(stack)
            except KafkaError as error:
                raise StateError(f"Kafka at {self._settings.kafka.brokers} failed: {told(error)}") from None
            self._opened = stack.pop_all()
        return self

    async def __aexit__(self, *_: object) -> None:
        """Give the share of notices up, stop working, and close."""
        await self._ownership.on_partitions_revoked(())
        while working := [task for task in self._tasks if not task.done()]:
            for task in working:
                task.cancel()
            await asyncio.wait(working, timeout=LONGEST_GOODBYE)  # a client's code may keep a cancellation to itself
        try:
            async with asyncio.timeout(LONGEST_GOODBYE):
                await self._opened.aclose()
        except TimeoutError:
            log.warning("Kafka does not answer; what it had not acknowledged is left", events=self._outlet.waiting)
        except asyncio.CancelledError:
            ours = asyncio.current_task()
            if ours is not None and ours.cancelling():
                raise
            log.debug("closed without Kafka's answer")  # a client that ends its own tasks may raise that in ours

    @property
    def channels(self) -> tuple[str, ...]:
        """The names of the channels that are set up."""
        return tuple(self._channels)

    def standing(self, channel: str, since: int) -> list[Told]:
        """Give what stands of the notices that are delivered here; nothing while it may not know all of them."""
        return [] if self.follower.fault else self.outbox.standing(channel, since)

    def listen_deliveries(self, listener: Callable[[str, str], None]) -> None:
        """Have a function called with a channel's name and `delivered`, `retried` or `failed`, after each try."""
        self._delivery_listeners.append(listener)

    def start(self) -> None:
        """Set everything to work."""
        work: list[Coroutine[None, None, None]] = [
            self.follower.run(),
            self._outlet.watch(),
            self._dispatcher.run(),
            self._ownership.run(),
            self._coordinator.run(),
            self._closer.run(),
        ]
        if self._device_topic is not None:
            work.append(self._device_topic.run())
        self._tasks += [asyncio.create_task(each) for each in work]

    async def work_until(self, stopping: asyncio.Event) -> None:
        """Return when it is time to stop. Raises whatever ended some of the work."""
        stopped = asyncio.create_task(stopping.wait())
        await asyncio.wait([stopped, *self._tasks], return_when=asyncio.FIRST_COMPLETED)
        stopped.cancel()
        for task in self._tasks:
            if task.done():
                await task

    async def _open(self, stack: AsyncExitStack) -> None:
        settings = self._settings
        kafka = settings.kafka
        producer = await stack.enter_async_context(opening(kafka))
        ahead: dict[str, Any] = {"max_partition_fetch_bytes": FETCHED, "fetch_max_bytes": 8 * FETCHED}
        consumer = await stack.enter_async_context(consuming(kafka, isolation_level="read_committed", **ahead))
        known, loaded, problems = await self._standards(consumer)
        await known.publish(producer, kafka.names, loaded, self._clock())
        names = await self._names(producer, stack)
        people = policy_in(settings.standards, loaded.standards)
        self._people = None if people is None else await asyncio.to_thread(people_of, people, names)
        database = await self._write(partial(Database, derived=True), settings.data / FILE)
        stack.push_async_callback(self._write, database.close)
        self._fold = fold = self._projection(database)
        excerpts = {standard.revision: (standard.id, loaded.excerpt(standard.id)) for standard in loaded.standards}
        await self._write(fold.in_force, excerpts, self._clock())
        read_model = ReadModel(settings.data)
        stack.callback(read_model.close)
        self._outlet = outlet = Outlet(producer, kafka)
        self.kafka_host = KafkaHost(loaded, outlet, clock=self._clock, backlog=settings.backlog, name=self._name)
        self.kafka_host.names = names
        self.kafka_host.problems, self.kafka_host.read_model = [*known.unreadable, *problems], read_model
        self.kafka_host.note_acts = lambda rows: self._write(fold.acts, rows)
        self.follower = ProjectionConsumer(
            consumer, kafka.names, fold, clock=self._clock, fold_in=lambda got, wall: self._write(fold.fold, got, wall),
        )  # fmt: skip
        self.kafka_host.follower = self.follower
        await self.follower.begin(outlet.partitions)
        self.outbox = OwnOutbox(read_model, outlet)
        self._dispatcher = Dispatcher(self.outbox, self._channels, self._clock, self._note, self._delivery_listeners)
        self._dispatcher.names = names
        group = await stack.enter_async_context(consuming(kafka, group=kafka.names.dispatch_group))
        self._ownership = Ownership(group, kafka, self.follower, self.outbox, self._dispatcher)
        self.follower.listen(lambda stored: self._dispatcher.nudge() if stored.notices else None)
        self._coordinator = CoordinatorRunner(
            kafka, self.follower.partitions, mine=lambda: 0 in self.outbox.shards, policy=self._policy,
            channels=tuple(self._channels),
        )  # fmt: skip
        self._coordinator.clock = self._clock if settings.time == "clock" else None
        self.kafka_host.people, self.kafka_host.channels = self._people, self._channels
        self.kafka_host.practice = practice_in(settings.standards, list(loaded.rulebook.current.values()))
        self._closer = self._closer_of(database, loaded)
        self.kafka_host.notify_problems = self._problems
        self.kafka_host.is_operator = lambda: self._coordinator.is_at_work
        if self._devices is not None:
            reading = await stack.enter_async_context(consuming(kafka))
            self._device_topic = DeviceTopic(self._devices, reading, outlet)
            await self._device_topic.begin()
            self.kafka_host.devices = self._devices

    def _projection(self, database: Database) -> Projection:
        settings = self._settings
        timed, channels = settings.time == "clock", tuple(self._channels)
        return Projection(database, channels=channels, keep=settings.keep, timed=timed)

    def _closer_of(self, database: Database, loaded: Loaded) -> PeriodCloser:
        """Make what counts months and quarters in the folder of this process."""
        house = house_of(self.kafka_host.practice, self._people, loaded.rulebook)
        closings = Closings(database, self._settings.zone, refilled=True)
        clock = self._clock if self._settings.time == "clock" else None
        return PeriodCloser(self.kafka_host, clock, lambda now: self._write(closings.close, house, now))

    def _problems(self) -> list[str]:
        """Say what keeps this process from telling people."""
        names = self._names_topic.problems
        return [
            *names,
            *self._coordinator.problems,
            *(self._device_topic.problems if self._device_topic is not None else ()),
        ]

    async def _names(self, producer: Producer, stack: AsyncExitStack) -> SharedNames:
        """Read who people are, and follow it from now on: the policy is read with references."""
        kafka, folder = self._settings.kafka, self._settings.data
        names = stack.enter_context(closing(SharedNames(folder, shared_secret(self._settings.person_secret))))
        reading = await stack.enter_async_context(consuming(kafka))
        publish = partial(published, producer)
        self._names_topic = NamesTopic(names, kafka.names.persons, reading, publish, self._clock)
        self._names_topic.apart = partial(consuming, kafka)
        await self._names_topic.begin()
        self._tasks.append(asyncio.create_task(self._names_topic.run()))
        stack.callback(self._tasks[-1].cancel)
        return names

    async def _standards(self, consumer: Consumer) -> tuple[Revisions, Loaded, list[str]]:
        """Load this process's standards with all revisions that any process judges by, and give what is wrong."""
        known = Revisions()
        await Tail(consumer, self._settings.kafka.names.revisions, known.take).begin()
        files = StandardsFiles(self._settings.standards)
        return known, *await asyncio.to_thread(load, files, list(known.known.values()))

    async def _policy(self) -> Policy:
        """Give the policy, with the words of all revisions that any process judges by."""
        async with consuming(self._settings.kafka) as consumer:
            _, loaded, _ = await self._standards(consumer)
        settings, practice = self._settings, self.kafka_host.practice
        scenarios = practice.scenarios if practice is not None else {}
        return Policy(loaded.rulebook.standards, settings.zone, self._people, settings.language, scenarios)

    async def _note(self, deliveries: Sequence[Delivery]) -> None:
        """Publish how deliveries fare, then note it here. Raises StateError; then they may be noted again."""
        topic = self._settings.kafka.names.deliveries
        keyed = [(f"{it.notice}/{it.channel}".encode(), msgspec.json.encode(it)) for it in deliveries]
        await self._outlet.publish([Message(topic, None, value, key) for key, value in keyed])
        await self._write(self._fold.deliveries, deliveries)

    async def _write(self, work: Callable[[*_Values], _Result], *values: *_Values) -> _Result:
        """Do something in the writer thread, where one thing is done after another."""
        return await asyncio.get_running_loop().run_in_executor(self._writer, work, *values)
