"""The intake host: has the clients of one intake, and begins anew with new ones whenever Kafka fails it.

Nothing is held here that Kafka does not hold, so whatever goes wrong, beginning anew from what was committed is right.
While Kafka is away the host waits, with growing pauses, and its status says so.
Read next: `intake.py` for the batches, `ticker.py` for time, `streams/kafka/rulebooks/revisions.py` for the standards.
"""

from __future__ import annotations

import asyncio
from contextlib import AsyncExitStack, suppress
from functools import partial
from hashlib import blake2b
from typing import TYPE_CHECKING, Final

import structlog

from standards.errors import SpecError, StateError
from streams.documents.rules import problems_of
from streams.kafka.clients.log import (
    FETCH_MS,
    FETCHED,
    KafkaError,
    Tail,
    TopicPartition,
    consuming,
    no_topic,
    producing,
    told,
)
from streams.kafka.intake.commits import Commits
from streams.kafka.intake.event_time import EventTime
from streams.kafka.intake.intake import Intake, Terms
from streams.kafka.intake.leaders import Leaders
from streams.kafka.intake.ticker import Ticker
from streams.kafka.intake.ticking import Ticking, Ways, partitions_of
from streams.kafka.persons.names_topic import NamesTopic, published
from streams.kafka.rulebooks.revisions import Revisions, load
from streams.storage.status import Status

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine

    from standards.compiler.spec import Loaded
    from standards.practice.practice import Practice
    from streams.documents.rules import Standards
    from streams.kafka.clients.connection import KafkaSettings
    from streams.kafka.clients.log import Consumer, Producer
    from streams.metrics.kafka import KafkaMetrics

SHORTEST_PAUSE: Final = 0.5
LONGEST_PAUSE: Final = 15.0
"""The pauses between two tries while Kafka is away, in seconds: each is twice the one before, up to the longest."""
METADATA_MS: Final = 5_000
"""How soon a new partition of `events` is read, in milliseconds: until then, time stands still for all."""
LONGEST_GOODBYE: Final = 8.0
"""How long the batch under way is waited for when asked to stop, in seconds."""
SHORT_GOODBYE: Final = 2.0
"""How long connections may take to close when Kafka is away, in seconds."""

log = structlog.get_logger("kept")


class IntakeHost:
    """One intake. `clock` gives microseconds UTC. Raises SpecError when its documents cannot be used."""

    def __init__(
        self,
        kafka: KafkaSettings,
        standards: Standards,
        terms: Terms,
        *,
        clock: Callable[[], int],
        metrics: KafkaMetrics,
    ) -> None:
        self.loaded = standards.load(())
        self._practices = terms.practices
        self._practice = self._read_practice(self.loaded)
        self.problems: list[str] = []
        self._standards_read = clock()
        self._own = self.loaded
        self._kafka = kafka
        self._names = kafka.names
        self._standards = standards
        self.clock = clock
        self._revisions = Revisions()
        commits = Commits(kafka)
        self.persons = terms.names
        self._names_topic: NamesTopic | None = None
        self._intake = Intake(self._names, metrics, commits, terms, clock=clock)
        self._leaders = Leaders()
        ways = Ways(
            Ticker(terms.grace),
            self._leaders,
            clock,
            lambda: self._intake.stamps.believed,
            commits,
            EventTime(terms.lateness, terms.grace) if terms.by_events else None,
        )
        self._ticking = Ticking(self._names, ways, metrics)
        self._fault = "it is starting"
        self._pause = SHORTEST_PAUSE
        self._adopted = (-1, -1)
        self._listeners: list[Callable[[Loaded], None]] = []

    @property
    def practice(self) -> Practice | None:
        """People's practice, as its document said when it was read last; None where there is none."""
        return self._practice

    def listen(self, listener: Callable[[Loaded], None]) -> None:
        """Have a function called, on the event loop, whenever other standards are gone over to."""
        self._listeners.append(listener)

    def now_status(self) -> Status:
        """Say how the intake is."""
        fault = self._ticking.fault or self._intake.fault or self._fault
        rulebook = self.loaded.rulebook
        revisions = ",".join(sorted(standard.revision for standard in rulebook.current.values()))
        return Status(
            ready=not fault,
            reason=fault,
            newest=self._intake.newest,
            revision=blake2b(revisions.encode(), digest_size=6).hexdigest(),
            problems=[
                *self.problems,
                *self._revisions.unreadable,
                *self._intake.stamps.problems(self._names.events),
                *self._leaders.problems(),
                *(self._names_topic.problems if self._names_topic is not None else ()),
            ],
            retired=len(rulebook.standards) - len(rulebook.current),
            standards_read=self._standards_read,
            is_stale=bool(self.problems),
        )

    async def run(self, stopping: asyncio.Event) -> None:
        """Take events in until asked to stop; then finish the batch under way and leave the group."""
        asked = asyncio.create_task(stopping.wait())
        while not stopping.is_set():
            session = asyncio.create_task(self._session(stopping))
            await asyncio.wait({session, asked}, return_when=asyncio.FIRST_COMPLETED)
            if stopping.is_set() and not await _ended(session):
                log.warning("stopped while Kafka was away; what was not committed is read again")
                break
            try:
                await session
            except Exception as error:  # noqa: BLE001 - whatever it is, what was committed is safe, and we begin from there
                await self._wait(error, stopping)
        await asked

    async def _wait(self, error: Exception, stopping: asyncio.Event) -> None:
        self._ticking.fault = ""
        self._ticking.unanswered()
        ours = isinstance(error, StateError | KafkaError | OSError | TimeoutError)
        self._fault = told(error) if ours else f"a defect in Kept: {error!r}"
        log.error("not taking events in", why=self._fault, again_in=self._pause, exc_info=not ours)
        with suppress(TimeoutError):
            async with asyncio.timeout(self._pause):
                await stopping.wait()
        self._pause = min(LONGEST_PAUSE, self._pause * 2)

    async def _session(self, stopping: asyncio.Event) -> None:
        """Work with one set of clients, until asked to stop or Kafka fails. Raises KafkaError, StateError."""
        names = self._names
        async with AsyncExitStack() as stack:
            producer = await stack.enter_async_context(producing(self._kafka))
            revisions, progress, asking = [
                await stack.enter_async_context(consuming(self._kafka, group=group, isolation_level="read_committed"))
                for group in (None, None, names.intake_group)
            ]
            missing = {names.events, names.facts, names.dead_letters} - await asking.topics()
            if missing:
                raise StateError(no_topic(*missing))
            tails = [
                Tail(revisions, names.revisions, self._revisions.take),
                Tail(progress, names.progress, self._ticking.take),
            ]
            for tail in tails:
                await tail.begin()
            if self.persons is not None:
                reading = await stack.enter_async_context(consuming(self._kafka))
                publish = partial(published, producer)
                self._names_topic = NamesTopic(self.persons, names.persons, reading, publish, self.clock)
                await self._names_topic.begin()
            await self._adopt(producer)
            await self._revisions.publish(producer, names, self._own, self.clock())
            consumer = await stack.enter_async_context(
                consuming(
                    self._kafka,
                    group=names.intake_group,
                    isolation_level="read_committed",
                    max_partition_fetch_bytes=FETCHED,
                    fetch_max_wait_ms=FETCH_MS,
                    metadata_max_age_ms=METADATA_MS,
                )
            )
            consumer.subscribe([names.events], listener=self._intake)
            first = TopicPartition(names.events, 0)
            await _together(
                self._take_in(consumer, producer, stopping),
                self._ticking.run(asking, producer, lambda: first in consumer.assignment()),
                *(tail.follow() for tail in tails),
                *([self._names_topic.run()] if self._names_topic is not None else []),
            )

    async def _take_in(self, consumer: Consumer, producer: Producer, stopping: asyncio.Event) -> None:
        while not stopping.is_set():
            await self._adopt(producer)
            await self._intake.step(consumer, producer)
            if self._fault:
                log.info("taking events in", standards=len(self.loaded.rulebook.current))
                self._fault, self._pause = "", SHORTEST_PAUSE

    async def _adopt(self, producer: Producer) -> None:
        """Go over to other standards or partitions, if there are any since the last look."""
        partitions = len(await partitions_of(producer, self._names.facts))
        known = (len(self._revisions.known), partitions)
        if known == self._adopted:
            return
        self.loaded = await self._load()
        self._intake.adopt(self.loaded, partitions=partitions, practice=self._practice)
        self._adopted = known
        for listener in self._listeners:
            listener(self.loaded)

    async def _load(self) -> Loaded:
        try:
            loaded, self.problems = await asyncio.to_thread(load, self._standards, list(self._revisions.known.values()))
            self._practice = await asyncio.to_thread(self._read_practice, loaded)
        except (SpecError, StateError) as error:  # the files were changed meanwhile, and not for the better
            self.problems = problems_of(error)
            loaded = self.loaded
        if not self.problems:
            self._standards_read = self.clock()
        else:
            log.warning("not all standards can be loaded; the rest is in force", problems=self.problems)
        return loaded

    def _read_practice(self, loaded: Loaded) -> Practice | None:
        return None if self._practices is None else self._practices(loaded.standards)


async def _ended(session: asyncio.Task[None]) -> bool:
    """Let the session end by itself or, when it takes too long, end it; says whether it ended by itself."""
    await asyncio.wait({session}, timeout=LONGEST_GOODBYE)
    by_itself = session.done()
    for _ in range(2):  # the first one ends the work, the second one the waiting for a broker to say goodbye to
        if not session.done():
            session.cancel()
            await asyncio.wait({session}, timeout=SHORT_GOODBYE)
    return by_itself


async def _together(first: Coroutine[None, None, None], *aside: Coroutine[None, None, None]) -> None:
    """Do things at the same time until one of them ends or fails; then end the others."""
    tasks = [asyncio.create_task(each) for each in (first, *aside)]
    try:
        done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        for task in done:
            task.result()
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
