"""History that is sent through Kafka: with `KEPT_TIME=events` it comes to the ledger that a backtest makes of it."""

from __future__ import annotations

import asyncio
import random
from pathlib import Path

import pytest

from streams.kafka.clients.connection import KafkaSettings
from streams.kafka.clients.edge import wall
from streams.kafka.clients.log import Message
from streams.kafka.clients.publishing import Publisher
from tests.kafka.comparing import Differences, compare_ledger, said, undisturbed
from tests.kafka.crowd import SECOND, STANDARDS, Crowd, records
from tests.kafka.fleet import fleet_of, pause
from tests.kafka.listening import Listener

STRATA = 3
AGO = 86_400 * SECOND
"""The history is of yesterday, in microseconds."""


@pytest.mark.slow
@pytest.mark.timeout(300)
async def test_a_replay_has_the_backtests_ledger(kafka: KafkaSettings, tmp_path: Path) -> None:
    """Events of yesterday, divided among partitions and read by several processes, are judged as a backtest does."""
    standards, file, draw = tmp_path / "standards.yaml", tmp_path / "events.jsonl", random.Random(3)
    standards.write_text(STANDARDS, encoding="utf-8")
    crowd = Crowd(3, rate=100, start=wall() - AGO)
    events = crowd.until(wall(), 6_000)
    file.write_bytes(b"\n".join(events) + b"\n")
    async with Publisher(kafka) as publisher:
        places = range(kafka.events_partitions)
        await publisher.publish(
            [Message(kafka.names.events, draw.choice(places), raw) for raw in records(events, draw)]
        )
    listener = Listener(kafka)
    async with fleet_of(kafka, tmp_path, standards, KEPT_TIME="events") as fleet:
        listening = asyncio.create_task(listener.run())
        for verb in ("intake", "intake", "worker", "worker"):
            fleet.add(verb)
        async with asyncio.timeout(200):
            while listener.low(STRATA) < crowd.newest:
                await pause(0.2)
        listening.cancel()
        assert set((await fleet.stop("intake", "worker")).values()) == {0}
    found, differences = await said(kafka), Differences()
    calm = undisturbed(standards, file, crowd.newest)
    compare_ledger(found, calm, crowd.newest, differences)
    assert differences.lines() == []
    assert len(calm.lines) > 300
