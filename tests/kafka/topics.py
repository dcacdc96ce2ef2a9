"""Topics for a test: made under a prefix that no other test has, and removed when it is over.

Read next: `conftest.py`, whose fixtures give them.
"""

from __future__ import annotations

import itertools
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

from kafka import KafkaAdminClient
from kafka import TopicPartition as Place
from kafka.admin import ConfigResource, ConfigResourceType
from kafka.errors import KafkaError

from streams.kafka.clients.admin import create
from streams.kafka.clients.connection import KafkaSettings
from streams.kafka.records.topics import wanted

_COUNT = itertools.count(1)


def prepared(servers: str, *, partitions: int = 4, events_partitions: int = 2) -> KafkaSettings:
    """Create all topics on a broker, under a new prefix, and give the settings to reach them."""
    settings = KafkaSettings(
        brokers=servers,
        prefix=f"t{os.getpid()}-{next(_COUNT)}.",
        partitions=partitions,
        events_partitions=events_partitions,
    )
    create(settings, wanted(settings.names, partitions=partitions, events_partitions=events_partitions))
    return settings


@contextmanager
def administering(settings: KafkaSettings) -> Iterator[Any]:
    """Give a client that can change topics."""
    admin = KafkaAdminClient(**settings.client_options(), bootstrap_timeout_ms=2_000, request_timeout_ms=10_000)
    try:
        yield admin
    finally:
        admin.close()


def alter(settings: KafkaSettings, topic: str, name: str, value: str) -> None:
    """Change a setting of a topic; returns when the broker says that it is so."""
    with administering(settings) as admin:
        admin.alter_configs([ConfigResource(ConfigResourceType.TOPIC, topic, configs={name: value})])
        asked = [ConfigResource(ConfigResourceType.TOPIC, topic)]
        while admin.describe_configs(asked, config_filter="all")["topic"][topic][name]["value"] != value:
            pass


def grow(settings: KafkaSettings, topic: str, partitions: int) -> None:
    """Give a topic more partitions."""
    with administering(settings) as admin:
        admin.create_partitions({topic: partitions})


def delete_before(settings: KafkaSettings, topic: str, partition: int, offset: int) -> None:
    """Delete the oldest records, as time would."""
    with administering(settings) as admin:
        admin.delete_records({Place(topic, partition): offset})


def remove(settings: KafkaSettings) -> None:
    """Delete all topics under the settings' prefix, whoever made them; a broker that has gone takes them along."""
    with suppress(KafkaError):
        admin = KafkaAdminClient(**settings.client_options(), bootstrap_timeout_ms=2_000, request_timeout_ms=10_000)
        try:
            names = [name for name in admin.list_topics() if name.startswith(settings.prefix)]
            if names:
                admin.delete_topics(names, raise_errors=False)
        finally:
            admin.close()
