"""The promises of the process `kept worker` at its start: it judges nothing by settings that do not fit the topics."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
from pathlib import Path

import pytest

from streams.kafka.clients.connection import KafkaSettings
from streams.kafka.worker.worker_process import GOODBYE_SECONDS
from tests.kafka.broker import Broker
from tests.kafka.hosts import worker
from tests.kafka.jars import ROOT
from tests.streams.hosting import PATIENCE, shop, until


@pytest.mark.parametrize("partitions", [2, 8])
def test_another_number_of_partitions_is_refused(partitions: int, kafka: KafkaSettings, tmp_path: Path) -> None:
    """Set to another number of partitions, which makes some subjects nobody's, it ends and says what to set."""
    settings = {
        "KEPT_KAFKA__BROKERS": kafka.brokers, "KEPT_KAFKA__PREFIX": kafka.prefix, "KEPT_LISTEN": "127.0.0.1:0",
        "KEPT_KAFKA__PARTITIONS": str(partitions), "KEPT_DATA": str(tmp_path / "worker"),
        "KEPT_STANDARDS": ",".join(shop(tmp_path).paths),
    }  # fmt: skip
    run = subprocess.run(
        [sys.executable, "-c", "from streams.cli import main; main()", "worker"],
        cwd=ROOT, env={**os.environ, **settings}, capture_output=True, timeout=60, check=False,
    )  # fmt: skip
    words = f"{kafka.names.facts} has 4 partitions, and the settings say {partitions}; set KEPT_KAFKA__PARTITIONS=4"
    assert (run.returncode, run.stderr.decode().splitlines()[-1:]) == (3, [f"kept: {words}"])


@pytest.mark.slow
async def test_it_ends_when_asked_to_though_kafka_is_away(
    own_broker: Broker, own_kafka: KafkaSettings, tmp_path: Path
) -> None:
    """SIGTERM ends a worker in good time, whether or not there is a broker to say goodbye to."""
    rules, told = Path(shop(tmp_path).paths[0]), tmp_path / "worker.log"
    async with worker(own_kafka, rules, tmp_path / "worker") as process:
        await until(lambda: "ready to judge" in told.read_text())
        own_broker.kill()
        process.terminate()
        async with asyncio.timeout(PATIENCE + GOODBYE_SECONDS):
            assert await process.wait() == 0
