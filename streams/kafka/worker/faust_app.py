"""The Faust host: an app whose one agent brings records to the worker, and whose table keeps its rows in RocksDB.

The only file that imports Faust. No Faust windows, no web server, no timer that touches state: Faust divides the
partitions, brings the table back from its changelog, and commits what was acknowledged. What is published goes through
a producer of our own, so that nothing is acknowledged that the changelog does not have.
Read next: `worker.py`, `worker_process.py`.
"""

from __future__ import annotations

import asyncio
from contextlib import suppress
from time import perf_counter
from types import SimpleNamespace as Record
from typing import TYPE_CHECKING, Any, Final

import faust
import structlog
from faust.types import TP
from mode import CrashingSupervisor

from standards.errors import StateError
from streams.kafka.clients.log import FETCH_MS, FETCHED, HEARTBEAT_MS, REBALANCE_MS, SESSION_MS, KafkaError
from streams.kafka.records.topics import TABLE
from streams.kafka.worker.facts_lookup import stamp_of_millisecond

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from pathlib import Path

    from streams.kafka.clients.connection import KafkaSettings
    from streams.kafka.worker.worker import Remembered, Worker
    from streams.metrics.kafka import KafkaMetrics

MOST_WAITING: Final = 100
"""How many records may be applied before a flush, while more are waiting."""
BUFFERED: Final = 128
"""How many records may wait in memory for the agent."""
STUCK_SECONDS: Final = 30.0
"""How long partitions may be on their way back while nothing moves, in seconds."""
LOOK_SECONDS: Final = 1.0
"""How often that is looked at, in seconds."""
SEEK_SECONDS: Final = 1.0
"""How long to wait before records that were left out are asked for again, in seconds."""
MOST_SEEKS: Final = 10
CACHE: Final = 64 << 20
"""How much RocksDB may keep in memory for each partition, in bytes."""

log = structlog.get_logger("kept")


class Rows:
    """The workers' table. Its rows are written with the changelog's offsets, in one batch for each flush."""

    def __init__(self, table: Any) -> None:  # noqa: ANN401 - Faust comes without types
        self._table = table

    def rows(self, partition: int) -> Iterable[tuple[bytes, bytes]]:
        """Give all rows of a partition that this worker has."""
        store = self._table.data
        database = store._db_for_partition(partition)  # noqa: SLF001 - Faust has no other way to one partition's rows
        return ((bytes(key), bytes(value)) for key, value in database.items() if key != store.offset_key)

    def remember(self, partition: int, rows: Sequence[Remembered]) -> None:
        """Keep rows that the changelog has; how far the changelog was read is noted after them.

        Where they do not follow what this table has, there is something between that it has not: then how far it was
        read stays as it is, and whoever brings it back reads on from there.
        """
        at, store = TP(self._table.changelog_topic_name, partition), self._table.data
        last = store.persisted_offset(at)
        first = 0 if last is None else last + 1
        follows = all(row.offset == first + place for place, row in enumerate(rows))
        noted = [row.offset if follows else first - 1 for row in rows]
        pairs = zip(noted, rows, strict=True)
        records = [
            Record(tp=at, partition=partition, offset=offset, key=row.key, value=row.value) for offset, row in pairs
        ]
        batch = [Record(message=record) for record in records]  # as Faust's stores take a changelog
        store.apply_changelog_batch(batch, bytes, bytes)


class FaustHost:
    """Runs a worker under Faust. `made` gives the worker, once there is a table for it."""

    def __init__(
        self, settings: KafkaSettings, folder: Path, made: Callable[[Rows], Worker], metrics: KafkaMetrics
    ) -> None:
        self._metrics = metrics
        self.app = _app(settings, folder)
        self._topic = self.app.topic(
            settings.names.facts, partitions=settings.partitions, key_serializer="raw", value_serializer="raw",
            value_type=bytes, key_type=bytes,
        )  # fmt: skip
        table = self.app.Table(
            TABLE, partitions=settings.partitions, key_type=bytes, value_type=bytes,
            options={"driver": "rocksdict", "block_cache_size": CACHE},
        )  # fmt: skip
        self.worker = made(Rows(table))
        self.ready = False
        self.rebalances = 0
        self._began = perf_counter()
        self._unacknowledged: list[Any] = []
        self._sought: dict[int, tuple[int, int, float]] = {}
        self.app.agent(self._topic, name="judge", supervisor_strategy=CrashingSupervisor)(self._judge)
        self.app.on_partitions_revoked.connect(self._revoked, weak=False)
        self.app.on_rebalance_complete.connect(self._recovered, weak=False)

    async def run(self) -> None:
        """Work until `stop`, or until something breaks; then raise it."""
        await self.app.start()
        await self.app.wait_until_stopped()
        if self.app.crash_reason is not None:
            await self.app.stop()
            raise self.app.crash_reason

    async def watch(self) -> None:
        """Raise StateError when partitions change hands for long and nothing moves: Faust may wait for ever."""
        seen, since = self._standing(), perf_counter()
        while True:
            await asyncio.sleep(LOOK_SECONDS)
            now = self._standing()
            if self.ready or now != seen:
                seen, since = now, perf_counter()
            elif perf_counter() - since > STUCK_SECONDS:
                raise StateError(
                    f"the partitions did not come back within {STUCK_SECONDS:.0f} s; start this worker again"
                )

    def _standing(self) -> tuple[int, int, int]:
        """Say how often partitions changed hands, how much of their state has been read back, and how many are."""
        places = self.app.tables.recovery.active_offsets.values()  # None: Faust has not asked yet how far one is
        read = sum(place for place in places if place is not None)
        return self.rebalances, read, len(self.worker.partitions)

    async def stop(self) -> None:
        """Flush what waits, commit it and leave the group, so that others go on at once."""
        with suppress(RuntimeError):
            await self._flush()
            await self.app.commit({self._topic.get_topic_name()})
        await self.app.stop()

    async def _judge(self, stream: Any) -> None:  # noqa: ANN401 - Faust comes without types
        """Bring each record to the worker, and flush after a tick, when nothing more waits or enough came together."""
        stream = stream.noack()
        self._stream = stream
        queue = stream.channel.queue
        async for event in stream.events():
            message = event.message
            following = await self.worker.take(message.partition, message.offset, event.value, _stamp(message))
            if following > message.offset:
                self._unacknowledged.append(event)
            else:
                await self._go_back(message.tp, following, message.offset)
            if self.worker.ticked and (queue.empty() or self.worker.waiting >= MOST_WAITING):
                await self._flush()

    async def _go_back(self, tp: TP, following: int, offset: int) -> None:
        """Have records read that were left out: where to go on is told by the state, whatever was committed or fetched.

        What is fetched while partitions change hands may begin too late. What Kafka has deleted is passed over, and
        the log says so. Raises StateError for those that it has and does not give, however often it is asked.
        """
        wanted, tries, at = self._sought.get(tp.partition, (following, 0, 0.0))
        if wanted != following:
            tries, at = 0, 0.0
        if tries and perf_counter() - at < SEEK_SECONDS:
            return
        self._sought[tp.partition] = (following, tries + 1, perf_counter())
        consumer = self.app.consumer
        try:
            first = (await consumer.earliest_offsets(tp)).get(tp, 0)
            if first > following:
                log.error("records of facts are gone", partition=tp.partition, first=following, last=first - 1)
                self.worker.pass_over(tp.partition, first)
                return
            if tries >= MOST_SEEKS:
                found = f"records {following} to {offset - 1} of {tp.topic}, partition {tp.partition}, cannot be had"
                raise StateError(f"{found}, though Kafka has not deleted them; look at the broker, and start again")
            log.info("reading from where the state ends", partition=tp.partition, offset=following, instead_of=offset)
            await consumer.seek_wait({tp: following})
        except (KafkaError, TimeoutError) as error:  # the next record asks again
            log.warning("the place to read from cannot be set", partition=tp.partition, why=str(error))

    async def _flush(self) -> None:
        generation = self.rebalances
        flushed = await self.worker.flush()
        if generation != self.rebalances:
            return
        events, self._unacknowledged = self._unacknowledged, []
        for event in events:
            if event.message.offset <= flushed.get(event.message.partition, -1):
                await self._stream.ack(event)
            else:
                self._unacknowledged.append(event)

    async def _revoked(self, _app: Any, revoked: Any, **_: Any) -> None:  # noqa: ANN401 - Faust's signal
        self.ready = False
        self.rebalances += 1
        self._metrics.rebalanced()
        self._began = perf_counter()
        self._unacknowledged = []
        await self.worker.drop()
        ours = sorted(each.partition for each in revoked or () if each.topic == self._topic.get_topic_name())
        if ours:
            log.info("partitions given back", partitions=ours)

    async def _recovered(self, _app: Any, **_: Any) -> None:  # noqa: ANN401 - Faust's signal
        for partition in self._assigned():
            if not await self.worker.restore(partition):
                return  # they change hands again
        fetcher = self.app.consumer._thread._consumer._fetcher  # noqa: SLF001 - Faust has no setting for this, and takes 1.5 s
        fetcher._fetch_max_wait_ms = FETCH_MS  # noqa: SLF001 - the same
        self.ready = True
        seconds = perf_counter() - self._began
        self._metrics.recovered(seconds)
        log.info("ready to judge", partitions=self._assigned(), seconds=round(seconds, 1))

    def _assigned(self) -> list[int]:
        topic = self._topic.get_topic_name()
        return sorted(tp.partition for tp in self.app.consumer.assignment() if tp.topic == topic)


def _stamp(message: Any) -> int:  # noqa: ANN401 - Faust comes without types
    """Give when the broker says that a record was appended: the end of its millisecond, in microseconds UTC."""
    return stamp_of_millisecond(round(message.timestamp * 1_000))


def _app(settings: KafkaSettings, folder: Path) -> Any:  # noqa: ANN401 - Faust comes without types
    login: dict[str, Any] = {}
    if settings.security == "SASL_SSL":
        login["broker_credentials"] = faust.SASLCredentials(
            username=settings.user, password=settings.password.get_secret_value(), mechanism=settings.mechanism,
            ssl_context=settings.tls(),
        )  # fmt: skip
    elif settings.security == "SSL":
        login["broker_credentials"] = settings.tls()
    return faust.App(
        settings.names.app_id,
        broker=[f"kafka://{server}" for server in settings.servers],
        store="rocksdb://",
        datadir=str(folder / "faust"),
        autodiscover=False,
        origin="streams.kafka",
        web_enabled=False,
        topic_partitions=settings.partitions,
        topic_replication_factor=settings.replication,
        topic_allow_declare=False,
        topic_disable_leader=True,
        key_serializer="raw",
        value_serializer="raw",
        stream_wait_empty=False,
        stream_buffer_maxsize=BUFFERED,
        broker_commit_interval=1.0,
        broker_commit_livelock_soft_timeout=600.0,
        broker_max_poll_records=BUFFERED,
        consumer_max_fetch_size=FETCHED,
        broker_max_poll_interval=120.0,
        broker_session_timeout=SESSION_MS / 1_000,
        broker_heartbeat_interval=HEARTBEAT_MS / 1_000,
        broker_rebalance_timeout=REBALANCE_MS / 1_000,
        broker_request_timeout=20.0,
        producer_acks=-1,
        table_standby_replicas=0,  # one that becomes active may wait for ever for rows that it has already
        **login,
    )
