"""The broker is away for a while: senders are told so, everybody waits, and all of it is judged once it is back."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable
from pathlib import Path

import aiohttp
import pytest

from standards.errors import StateError
from streams.kafka.clients.connection import KafkaSettings
from streams.storage.sqlite import FILE, Database
from tests.kafka.broker import Broker
from tests.kafka.comparing import Differences, Said, compare_ledger, compare_read_model, said, undisturbed
from tests.kafka.fleet import Fleet, fleet_of, pause
from tests.kafka.sending import Sender
from tests.kafka.test_intake_process import address, status_of
from tests.streams.hosting import NO_WAIT, shop

AWAY = float(os.environ.get("OUTAGE_SECONDS", "20"))
"""How long the broker is away, in seconds; OUTAGE_SECONDS=120 has it be away for longer."""
PATIENCE = 60 + AWAY
GRACE = f"{AWAY + 20:.0f}s"
"""Longer than the broker is away, so that nothing is late."""
pytestmark = [pytest.mark.slow, pytest.mark.timeout(240 + 4 * AWAY)]


async def sent_until(sender: Sender, holds: Callable[[], bool]) -> None:
    async with asyncio.timeout(PATIENCE):
        while not holds():
            await sender.send()
            await pause(0.2)


def shown(fleet: Fleet, kind: str) -> set[str]:
    """Give the queues for which `kept serve` shows a line of a kind."""
    file = fleet.of("serve")[0].data / FILE
    if not file.exists():
        return set()
    try:
        database = Database(file, read_only=True)
    except StateError:  # it is just being made
        return set()
    try:
        found = database.all("SELECT subject FROM promises JOIN ledger ON promise = promises.id WHERE kind = ?", [kind])
    finally:
        database.close()
    return {subject.removeprefix("s3/") for (subject,) in found}


async def out_and_back(own_broker: Broker, sender: Sender) -> None:
    """Take the broker away for a while; whoever sends meanwhile is turned away until it is back."""
    own_broker.kill()
    sending = asyncio.create_task(sender.send())
    await pause(AWAY)
    assert not sending.done()
    await asyncio.to_thread(own_broker.start)
    async with asyncio.timeout(PATIENCE):
        await sending


async def test_nothing_acknowledged_is_lost_when_the_broker_is_away(
    own_broker: Broker, own_kafka: KafkaSettings, tmp_path: Path, record_property: Callable[[str, object], None]
) -> None:
    """Callers get 503 meanwhile, and why; afterwards each acknowledged event is judged, and nothing is shown twice."""
    shop(tmp_path, NO_WAIT.replace("within: 60s", "within: 6s").replace("20s before", "2s before"))
    events = tmp_path / "events.jsonl"
    async with (
        aiohttp.ClientSession() as session,
        fleet_of(own_kafka, tmp_path, tmp_path / "rules", KEPT_GRACE=GRACE) as fleet,
    ):
        door = fleet.add("intake", "--http")
        for verb in ("worker", "worker", "serve"):
            fleet.add(verb)
        url = await address(door.log, 2)
        await status_of(session, url, 200)
        sender = Sender(session, url, events)
        await sent_until(sender, lambda: len(shown(fleet, "opened")) >= 20)
        await out_and_back(own_broker, sender)
        await status_of(session, url, 200)
        before, cut = set(sender.queues), sender.newest
        await sent_until(sender, lambda: before <= shown(fleet, "opened"))
        assert sender.answers.keys() == {202, 503}
        assert any("Kafka" in text for text in sender.words)
        assert set((await fleet.stop("intake", "worker")).values()) == {0}
        found, differences = await caught_up(own_kafka, fleet), Differences()
        assert await fleet.stop("serve") == {"serve-1": 0}
        compare_ledger(found, undisturbed(tmp_path / "rules", events, cut), cut, differences)
        compare_read_model(found, fleet.of("serve")[0].data, differences)
        assert [each for each in differences.lines() if "not delivered" not in each] == []
        ended = {member.name: len(member.ended) for member in fleet.members if member.ended}
        record_property("cases", f"outage of {AWAY:.0f} s: answers {dict(sender.answers)}, ended by themselves {ended}")


async def caught_up(kafka: KafkaSettings, fleet: Fleet) -> Said:
    """Give what the topics hold once it is decided of each line whether it is told, and all of that is shown."""
    async with asyncio.timeout(PATIENCE):
        while True:
            found = await said(kafka)
            decided = found.lines.keys() == found.reasons.keys()
            if decided and numbers_shown(fleet) == (len(found.lines), len(found.notices)):
                return found
            await pause(0.5)


def numbers_shown(fleet: Fleet) -> tuple[int, int]:
    database = Database(fleet.of("serve")[0].data / FILE, read_only=True)
    try:
        ((lines,),), ((notices,),) = (database.all(f"SELECT count(*) FROM {table}") for table in ("ledger", "notices"))
    finally:
        database.close()
    return lines, notices
