"""The promises of the process `kept intake`: it says how it is, takes events by HTTP too, and ends in order."""

from __future__ import annotations

import asyncio
import signal
from pathlib import Path

import aiohttp

from streams.kafka.clients.connection import KafkaSettings
from streams.kafka.clients.edge import wall
from streams.kafka.clients.log import TopicPartition, consuming
from tests.kafka.broker import Broker
from tests.kafka.taking import PATIENCE, facts_of, holds_soon, intake, intake_process, produce, raw
from tests.streams.asking import BATCH, waiting
from tests.streams.hosting import shop
from tests.streams.test_metrics import samples


async def address(log: Path, times: int = 1) -> str:
    """Give where the process listens, as its log says, the last of so many times."""

    def said() -> list[str]:
        return [part for part in log.read_text(encoding="utf-8").split() if part.startswith("at=http://")]

    await holds_soon(lambda: len(said()) >= times)
    return said()[-1].removeprefix("at=")


async def status_of(session: aiohttp.ClientSession, url: str, wanted: int) -> None:
    """Return when the probe answers as it should."""
    async with asyncio.timeout(PATIENCE):
        while True:
            async with session.get(f"{url}/readyz") as answer:
                if answer.status == wanted:
                    return


async def test_it_ends_in_order(kafka: KafkaSettings, tmp_path: Path) -> None:
    """Asked to stop, it commits what it has published, so that the next one begins right there."""
    standards, log = shop(tmp_path), tmp_path / "intake.log"
    await produce(kafka, *(raw(f"e{number}") for number in range(100)))
    with intake_process(kafka, standards, log) as process:
        async with aiohttp.ClientSession() as session:
            url = await address(log)
            await status_of(session, url, 200)
            found: dict[str, float] = {}
            while found.get("kept_kafka_facts_total") != 100:
                async with session.get(f"{url}/metrics") as answer:
                    found = {name: value for (name, _), value in samples(await answer.text()).items()}
            assert found["kept_kafka_records_total"] == 100
            assert found["kept_kafka_rebalances_total"] == 1
        process.send_signal(signal.SIGTERM)
        assert await asyncio.to_thread(process.wait, PATIENCE) == 0
    assert "SIGTERM" in log.read_text(encoding="utf-8").splitlines()[-1]
    async with consuming(kafka, group=kafka.names.intake_group) as asking:
        assert await asking.committed(TopicPartition(kafka.names.events, 0)) == 100


async def test_it_takes_events_by_http(kafka: KafkaSettings, tmp_path: Path) -> None:
    """What it answers with 202 comes to `facts`, and what it refuses is said to the caller."""
    standards, log = shop(tmp_path), tmp_path / "intake.log"
    now = wall()
    async with intake(kafka, standards) as host:
        await holds_soon(lambda: host.now_status().ready)
    with intake_process(kafka, standards, log, http=True):
        async with aiohttp.ClientSession() as session, facts_of(kafka, host) as facts:
            url = await address(log, 2)
            await status_of(session, url, 200)
            events = [waiting(f"h{number}", now) for number in range(20)]
            async with session.post(f"{url}/v1/events", json=events, headers={"Content-Type": BATCH}) as answer:
                assert (answer.status, await answer.json()) == (202, {"accepted": 20, "refused": []})
            async with session.post(f"{url}/v1/events", json=[{}], headers={"Content-Type": BATCH}) as answer:
                assert answer.status == 400
            found = await facts.until_ids([f"h{number}" for number in range(20)])
            assert set(found.values()) == {1}


async def test_without_a_broker_it_is_alive_and_not_ready(tmp_path: Path) -> None:
    """Started before its broker, it answers the probes, says what it waits for, and ends when asked to."""
    kafka = KafkaSettings(brokers=Broker(tmp_path / "broker").servers, prefix="never.")
    log = tmp_path / "intake.log"
    with intake_process(kafka, shop(tmp_path), log, http=True) as process:
        async with aiohttp.ClientSession() as session:
            url = await address(log)
            async with session.get(f"{url}/healthz") as answer:
                assert answer.status == 200
            await status_of(session, url, 503)
        process.send_signal(signal.SIGTERM)
        assert await asyncio.to_thread(process.wait, PATIENCE) == 0
