"""Rights on topics: where Kafka does not let us do something, who looks at Kept reads what it is and what mends it."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest
from kafka.admin import ACL, ACLOperation, ACLPermissionType, ResourcePattern, ResourceType

from standards.errors import StateError
from streams.kafka.clients.admin import check
from streams.kafka.clients.connection import KafkaSettings
from streams.kafka.records.topics import wanted
from tests.kafka.broker import Broker, BrokerError
from tests.kafka.serve import served, settings_of, until
from tests.kafka.taking import holds_soon, intake
from tests.kafka.topics import administering, prepared
from tests.streams.hosting import shop

pytestmark = pytest.mark.timeout(120)
RULES = {
    "authorizer.class.name": "org.apache.kafka.metadata.authorizer.StandardAuthorizer",
    "allow.everyone.if.no.acl.found": "true",
}


@pytest.fixture(scope="module")
def strict(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Broker]:
    """Give a broker that has rules for who may do what."""
    try:
        with Broker(tmp_path_factory.mktemp("strict"), more=RULES, heap="256m") as own:
            yield own
    except BrokerError as error:
        pytest.fail(str(error), pytrace=False)


@pytest.fixture
def kafka(strict: Broker) -> KafkaSettings:
    return prepared(strict.servers)


async def deny(kafka: KafkaSettings, operation: ACLOperation, kind: ResourceType, name: str) -> None:
    """Take one right on a topic or group from everybody, and leave the others: with any rule there, none is implied."""
    of, user = ResourcePattern(kind, name), "User:ANONYMOUS"
    rest = ACL(user, "*", ACLOperation.ALL, ACLPermissionType.ALLOW, of)
    with administering(kafka) as admin:
        await asyncio.to_thread(admin.create_acls, [rest, ACL(user, "*", operation, ACLPermissionType.DENY, of)])


TOPIC, GROUP = ResourceType.TOPIC, ResourceType.GROUP
READ, WRITE, DESCRIBE = ACLOperation.READ, ACLOperation.WRITE, ACLOperation.DESCRIBE


@pytest.mark.parametrize(
    ("operation", "kind", "name", "said"),
    [
        (READ, TOPIC, "events", "this user may not read or write {}; give it the right with kafka-acls.sh"),
        (WRITE, TOPIC, "facts", "this user may not read or write {}; give it the right with kafka-acls.sh"),
        (DESCRIBE, TOPIC, "progress", "or give this user the right to see it"),
        (READ, GROUP, "intake", "this user may not be in the group {}; give it the right with kafka-acls.sh"),
    ],
)
async def test_an_intake_says_what_it_may_not(
    kafka: KafkaSettings, tmp_path: Path, operation: ACLOperation, kind: ResourceType, name: str, said: str
) -> None:
    """An intake without a right is not ready, and its status names the right."""
    await deny(kafka, operation, kind, kafka.prefix + name)
    words = said.format(kafka.prefix + name)
    async with intake(kafka, shop(tmp_path)) as host:
        await holds_soon(lambda: words in host.now_status().reason)
        assert not host.now_status().ready


async def test_a_serve_says_what_it_may_not_read(kafka: KafkaSettings, tmp_path: Path) -> None:
    """When a topic cannot be read any more, what is shown is said to be behind, for as long as that lasts."""
    async with served(settings_of(tmp_path, kafka)) as serve:
        await deny(kafka, READ, TOPIC, kafka.names.ledger)
        words = f"the topics cannot be read: this user may not read or write {kafka.names.ledger}; give it the right"
        await until(lambda: words in serve.host.kafka_host.now_status().reason)
        assert not serve.host.kafka_host.now_status().ready


@pytest.mark.parametrize("operation", [DESCRIBE, ACLOperation.DESCRIBE_CONFIGS])
async def test_topics_that_may_not_be_seen_are_not_said_to_be_missing(
    kafka: KafkaSettings, operation: ACLOperation
) -> None:
    """The comparison of topics says that it may not look, rather than what it cannot know."""
    await deny(kafka, operation, TOPIC, kafka.names.ledger)
    listed = wanted(kafka.names, partitions=kafka.partitions, events_partitions=kafka.events_partitions)

    def looked() -> None:
        for _ in range(20):  # the rule is in force when the broker has read it
            assert check(kafka, listed) == []

    with pytest.raises(StateError, match=f"this user may not see {kafka.names.ledger}, or how it is set up"):
        await asyncio.to_thread(looked)
