"""A real broker for the tests: one for all processes of a test run, and one of its own for a test that kills it.

Without Java or Maven these tests fail, with what to install: a test that is skipped keeps no promise.
Read next: `broker.py`.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.kafka.broker import Broker, BrokerError, shared
from tests.kafka.topics import prepared, remove
from tests.sharing import run_folder

if TYPE_CHECKING:
    from collections.abc import Iterator

    from streams.kafka.clients.connection import KafkaSettings


@pytest.fixture(scope="session")
def broker(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Give where the broker answers that all tests share, as `host:port`; nobody may stop it."""
    try:
        with shared(run_folder(tmp_path_factory) / "broker") as servers:
            yield servers
    except BrokerError as error:
        pytest.fail(str(error), pytrace=False)


@pytest.fixture
def own_broker(tmp_path: Path) -> Iterator[Broker]:
    """Give a started broker that this test may kill, stop and start again."""
    try:
        with Broker(tmp_path / "broker") as own:
            yield own
    except BrokerError as error:
        pytest.fail(str(error), pytrace=False)


@pytest.fixture
def kafka(broker: str) -> Iterator[KafkaSettings]:
    """Give the settings to reach the shared broker, with all topics there under a prefix of this test's own."""
    settings = prepared(broker)
    yield settings
    remove(settings)


@pytest.fixture
def own_kafka(own_broker: Broker) -> KafkaSettings:
    """Give the settings to reach the test's own broker, with all topics there."""
    return prepared(own_broker.servers)
