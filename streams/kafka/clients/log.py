"""Kafka's clients: consumers and producers made with our settings, and a compacted topic followed to its end.

The only file that imports aiokafka. Nothing that is written counts before the broker has acknowledged it.
Read next: `streams/kafka/intake/intake.py`, `streams/kafka/rulebooks/revisions.py`.
"""

from __future__ import annotations

import asyncio
import logging
import ssl
from contextlib import asynccontextmanager, suppress
from typing import TYPE_CHECKING, Any, Final, NamedTuple, TypeVar

from aiokafka import AIOKafkaConsumer as Consumer
from aiokafka import AIOKafkaProducer as Producer
from aiokafka import ConsumerRebalanceListener, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.conn import create_conn
from aiokafka.coordinator.assignors.roundrobin import RoundRobinPartitionAssignor
from aiokafka.errors import (
    AuthenticationFailedError,
    ClusterAuthorizationFailedError,
    CommitFailedError,
    GroupAuthorizationFailedError,
    IllegalStateError,
    KafkaConnectionError,
    KafkaError,
    SaslAuthenticationFailed,
    TopicAuthorizationFailedError,
    UnsupportedSaslMechanismError,
)
from aiokafka.structs import ConsumerRecord

from standards.errors import StateError

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Collection
    from contextlib import AbstractAsyncContextManager

    from streams.kafka.clients.connection import KafkaSettings

    Client = TypeVar("Client", Consumer, Producer)

__all__ = [
    "CommitFailedError",
    "Consumer",
    "ConsumerRebalanceListener",
    "ConsumerRecord",
    "IllegalStateError",
    "KafkaError",
    "Producer",
    "TopicPartition",
]

logging.getLogger("aiokafka.conn").setLevel(logging.WARNING)  # when debugging it logs what it sends, passwords too

SESSION_MS: Final = 8_000
"""How long a process may be silent before its work is given to others."""
HEARTBEAT_MS: Final = 2_000
REBALANCE_MS: Final = 15_000
REQUEST_MS: Final = 20_000
"""How long the broker may take for one answer."""
KNOCK_SECONDS: Final = 5
"""How long a broker may take to let us in."""
_LOGIN: Final = "USER, __PASSWORD and __MECHANISM"
GOODBYE_SECONDS: Final = 10
"""How long a client may take to end."""
FETCHED: Final = 4 << 20
"""How much of a partition is fetched at once, in bytes."""
FETCH_MS: Final = 100
"""How long the broker may wait for records, in milliseconds: as long, no others can be asked for."""
LARGEST: Final = 8 << 20
"""The largest request that is written, in bytes."""
PATIENCE: Final = 5.0
"""How long the broker may take to answer before it is said that it does not, in seconds."""


class Message(NamedTuple):
    """A record to publish; without a `partition` it goes where its key says. It holds so many `events`.

    A value of None deletes the key from a compacted topic.
    """

    topic: str
    partition: int | None
    value: bytes | None
    key: bytes | None = None
    headers: tuple[tuple[str, bytes], ...] = ()
    events: int = 0


def consuming(
    settings: KafkaSettings,
    *,
    group: str | None = None,
    **more: Any,  # noqa: ANN401 - the client's own options
) -> AbstractAsyncContextManager[Consumer]:
    """Give a started consumer that commits nothing by itself, and reads from the beginning what it has not read yet."""
    options = {
        "group_id": group,
        "enable_auto_commit": False,
        "auto_offset_reset": "earliest",
        "session_timeout_ms": SESSION_MS,
        "heartbeat_interval_ms": HEARTBEAT_MS,
        "rebalance_timeout_ms": REBALANCE_MS,
        "request_timeout_ms": REQUEST_MS,
        "metadata_max_age_ms": 30_000,
        "partition_assignment_strategy": (RoundRobinPartitionAssignor,),
        **more,
    }
    return _started(Consumer(**settings.client_options(), **options), settings)


def producing(settings: KafkaSettings, **more: Any) -> AbstractAsyncContextManager[Producer]:  # noqa: ANN401 - the same
    """Give a started producer: acknowledged by all replicas, in order, and never doubled by its own retries."""
    options = {
        "acks": "all",
        "enable_idempotence": True,
        "max_request_size": LARGEST,
        "max_batch_size": 1 << 20,
        "request_timeout_ms": REQUEST_MS,
        **more,
    }
    return _started(Producer(**settings.client_options(), **options), settings)


@asynccontextmanager
async def _started(client: Client, settings: KafkaSettings) -> AsyncIterator[Client]:
    """Start a client, and stop it at the end. Raises StateError where it does not start."""
    try:
        try:
            await client.start()
        except KafkaConnectionError:
            refused = await refusal(settings)
            raise StateError(refused or f"Kafka did not answer at {settings.brokers} just now; try again") from None
        except KafkaError as error:
            raise StateError(f"Kafka at {settings.brokers} does not let us in: {told(error)}") from None
        yield client
    finally:
        await _stopped(client)


async def _stopped(client: Consumer | Producer) -> None:
    """Stop a client in a bounded time. It may let a cancellation of its own out, or keep one that was meant for us."""
    ours = asyncio.current_task()
    asked = ours.cancelling() if ours is not None else 0
    with suppress(TimeoutError, asyncio.CancelledError, KafkaError, OSError):
        async with asyncio.timeout(GOODBYE_SECONDS):
            await client.stop()
    if ours is not None and ours.cancelling() > asked:
        raise asyncio.CancelledError


async def acknowledged(
    sent: Collection[asyncio.Future[Any]], slow: Callable[[], None], *, seconds: float = PATIENCE
) -> None:
    """Return when the broker has everything; `slow` is called every so many `seconds` until then.

    Raises KafkaError. A producer that is idempotent tries for ever, silently: nothing else says that it does.
    """
    all_of_it = asyncio.gather(*sent)
    try:
        while not (await asyncio.wait({all_of_it}, timeout=seconds))[0]:
            slow()
        await all_of_it
    finally:
        all_of_it.cancel()


def told(error: Exception) -> str:
    """Put what a client met into words, with what would mend it where it is a right that is missing."""
    match error:
        case TopicAuthorizationFailedError():
            return f"this user may not read or write {_named(error)}; give it the right with kafka-acls.sh"
        case GroupAuthorizationFailedError():
            return f"this user may not be in the group {_named(error)}; give it the right with kafka-acls.sh"
        case ClusterAuthorizationFailedError():
            return "this user may write to no topic; give it the right to Kept's topics with kafka-acls.sh"
        case KafkaError():
            said = str(error) or type(error).__name__
            return said if "Kafka" in said else f"Kafka does not do as asked: {said}"
        case _:
            return str(error) or type(error).__name__


def _named(error: KafkaError) -> str:
    names = error.args[0] if error.args else "that it asked for"
    return names if isinstance(names, str) else ", ".join(sorted(map(str, names)))


def no_topic(*names: str) -> str:
    """Say that there is no such topic; a topic that one may not know of looks the same."""
    found = f"there is no topic {', '.join(sorted(names))}; create it with `kept topics --create`"
    return f"{found}, or give this user the right to see it"


async def send(producer: Producer, message: Message) -> asyncio.Future[Any]:
    """Pass a message to a producer; gives the future that has its place, once the broker has acknowledged it."""
    topic, partition, value, key, headers, _ = message
    sent: asyncio.Future[Any] = await producer.send(topic, value, key=key, partition=partition, headers=list(headers))
    return sent


async def partition_count(producer: Producer, topic: str, patience: float = PATIENCE) -> int:
    """Count a topic's partitions. Raises StateError when Kafka does not say in `patience` seconds, or has none."""
    try:
        async with asyncio.timeout(patience):
            return len(await producer.partitions_for(topic))
    except (KafkaError, TimeoutError):
        raise StateError(no_topic(topic)) from None


async def commits_of(settings: KafkaSettings, group: str) -> dict[TopicPartition, tuple[int, str]]:
    """Give what a group has committed: an offset, and the words beside it. Raises KafkaError."""
    admin = AIOKafkaAdminClient(**settings.client_options(), request_timeout_ms=REQUEST_MS)
    try:
        await admin.start()
        found = await admin.list_consumer_group_offsets(group)
    finally:
        await admin.close()
    return {where: (each.offset, each.metadata or "") for where, each in found.items()}


async def refusal(settings: KafkaSettings) -> str | None:
    """Say why no broker lets us in, which the clients do not tell; None where one does."""
    options = {name: value for name, value in settings.client_options().items() if name != "bootstrap_servers"}
    reasons = []
    for server in settings.servers:
        host, _, port = server.rpartition(":")
        try:
            connection = await asyncio.wait_for(create_conn(host.strip("[]"), int(port), **options), KNOCK_SECONDS)
        except (OSError, KafkaError) as error:
            reasons.append(_reason(error, server, settings))
        else:
            connection.close()
            return None
    return reasons[0]


def _reason(error: Exception, server: str, settings: KafkaSettings) -> str:
    """Say in plain words what a broker has against us, and what to look at; never the login itself."""
    match error:
        case UnsupportedSaslMechanismError():
            return f"Kafka at {server} does not take {settings.mechanism}; set KEPT_KAFKA__MECHANISM"
        case AuthenticationFailedError() | SaslAuthenticationFailed():
            return f"Kafka at {server} does not know this user, or the password is wrong; check KEPT_KAFKA__{_LOGIN}"
        case ssl.SSLCertVerificationError():
            return f"Kafka's certificate at {server} is not believed: {error.verify_message}; check KEPT_KAFKA__CA"
        case ConnectionRefusedError():
            return f"Kafka does not answer at {server} (connection refused); start it, or set KEPT_KAFKA__BROKERS"
        case ssl.SSLError() | ConnectionError() | KafkaConnectionError():
            return (
                f"Kafka at {server} breaks off; check KEPT_KAFKA__SECURITY, which is {settings.security}, "
                "and KEPT_KAFKA__CERTIFICATE where it asks for one"
            )
        case _:
            why = str(error) or "no answer in time"
            return f"Kafka does not answer at {server} ({why}); start it, or set KEPT_KAFKA__BROKERS"


class Tail:
    """Follows all partitions of one topic from their beginning, in no group; `take` gets each record, in order."""

    def __init__(
        self, consumer: Consumer, topic: str, take: Callable[[ConsumerRecord], None], *, partitions: int = 1
    ) -> None:
        self._consumer = consumer
        self._topic = topic
        self._take = take
        self._partitions = partitions

    async def begin(self) -> None:
        """Read all that there is now. Raises StateError when there is no such topic."""
        if self._topic not in await self._consumer.topics():
            raise StateError(no_topic(self._topic))
        there = [TopicPartition(self._topic, partition) for partition in range(self._partitions)]
        self._consumer.assign(there)
        await self._consumer.seek_to_beginning(*there)
        await self.catch_up()

    async def catch_up(self) -> None:
        """Read all that there is now. Nobody else may be in the midst of a `step`."""
        there = sorted(self._consumer.assignment())
        ends = await self._consumer.end_offsets(there)
        while any([await self._consumer.position(partition) < ends[partition] for partition in there]):
            await self.step(200)

    async def follow(self) -> None:
        """Read what comes, for ever."""
        while True:
            await self.step()

    async def step(self, patience_ms: int = 1_000) -> int:
        """Read what has come since, waiting for it if need be; gives how many records there were."""
        found = await self._consumer.getmany(timeout_ms=patience_ms)
        for records in found.values():
            for record in records:
                self._take(record)
        return sum(map(len, found.values()))
