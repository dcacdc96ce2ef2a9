"""In silence, and with the worker gone that had the subject, a promise still breaks at its deadline, and is told."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec
import pytest

from standards.judge.ledger import Line
from streams.kafka.clients.connection import KafkaSettings
from streams.kafka.clients.edge import wall
from streams.kafka.clients.log import SESSION_MS
from streams.kafka.records.facts import partition_of
from tests.kafka.fleet import fleet_of
from tests.kafka.taking import Reading, holds_soon, produce, raw, reading
from tests.streams.hosting import NO_WAIT, SECOND, shop

pytestmark = [pytest.mark.slow, pytest.mark.timeout(180)]

WITHIN = 10
GRACE = 2
SOON = SESSION_MS / 1_000 + GRACE + 2
"""How long after the deadline it is told at the latest, in seconds: the patience of the wait, and no measurement."""


def told(records: list[Any]) -> dict[str, Line]:
    """Give the latest line of each kind."""
    lines = [msgspec.json.decode(raw_line, type=Line) for record in records for raw_line in record.value.splitlines()]
    return {line.kind: line for line in lines}


async def until_told(ledger: Reading, kind: str) -> Line:
    return told(await ledger.until(lambda records: kind in told(records)))[kind]


async def test_a_promise_breaks_in_silence_without_its_worker(
    kafka: KafkaSettings, tmp_path: Path, record_property: Callable[[str, object], None]
) -> None:
    """The worker that has the promise is killed before the deadline, and nothing more happens: another one tells it."""
    shop(tmp_path, NO_WAIT.replace("within: 60s", f"within: {WITHIN}s").replace("20s before", "2s before"))
    home = partition_of(("s3", "q1"), kafka.partitions)
    async with (
        fleet_of(kafka, tmp_path, tmp_path / "rules", KEPT_GRACE=f"{GRACE}s") as fleet,
        reading(kafka, kafka.names.ledger, kafka.partitions) as ledger,
    ):
        fleet.add("intake")
        workers = [fleet.add("worker"), fleet.add("worker")]
        await holds_soon(lambda: sorted(len(worker.shares()) for worker in workers) == [2, 2])
        await produce(kafka, raw("last", wall(), people=5))
        opened = await until_told(ledger, "opened")
        (owner,) = [worker for worker in workers if home in worker.shares()]
        owner.kill()
        deadline = opened.at + WITHIN * SECOND
        assert wall() < deadline
        async with asyncio.timeout((deadline - wall()) / SECOND + SOON):
            broken = await until_told(ledger, "broken")
        record_property("cases", f"silence: told {(wall() - deadline) / SECOND:.1f} s after the deadline")
        assert (broken.at, broken.known, broken.promise) == (deadline, deadline, opened.promise)
