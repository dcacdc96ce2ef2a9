"""The probes' promises: they say how the process is, and guard it as the API of a host is guarded."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import aiohttp

from standards.judge.ledger import Line
from streams.metrics.kafka import KafkaMetrics
from streams.storage.status import Status
from streams.web import Access, probes, serving
from tests.streams.test_metrics import samples

WELL = Status(ready=True, revision="abc")
ILL = Status(ready=False, reason="Kafka does not answer", problems=["shop.yaml is torn"])


@asynccontextmanager
async def served(status: Status, access: Access = Access()) -> AsyncIterator[tuple[aiohttp.ClientSession, str]]:  # noqa: B008 - it is frozen
    app = probes(lambda: status, KafkaMetrics("worker").text, access)
    async with serving(app, "127.0.0.1", 0) as port, aiohttp.ClientSession() as session:
        yield session, f"http://127.0.0.1:{port}"


async def test_a_process_that_is_well_says_so() -> None:
    """Alive, ready, and metrics in Prometheus' form."""
    async with served(WELL) as (session, url):
        answer = await session.get(f"{url}/healthz")
        assert (answer.status, await answer.json()) == (200, {"alive": True})
        async with session.get(f"{url}/readyz") as answer:
            expected = {"ready": True, "reasons": [], "problems": [], "revision": "abc"}
            assert (answer.status, await answer.json()) == (200, expected)
        async with session.get(f"{url}/metrics") as answer:
            assert answer.headers["Content-Type"].startswith("text/plain; version=0.0.4")
            assert "kept_build_info" in await answer.text()
            assert answer.headers["X-Content-Type-Options"] == "nosniff"


async def test_a_process_that_is_not_ready_says_why() -> None:
    """Not ready is 503 with the reason, and still alive."""
    async with served(ILL) as (session, url):
        async with session.get(f"{url}/readyz") as answer:
            found = await answer.json()
            assert answer.status == 503
            assert (found["reasons"], found["problems"]) == (["Kafka does not answer"], ["shop.yaml is torn"])
        async with session.get(f"{url}/healthz") as answer:
            assert answer.status == 200


async def test_strangers_learn_nothing() -> None:
    """Without a token another host name is refused; with one, the metrics and the reasons need it."""
    async with served(ILL) as (session, url):
        answer = await session.get(f"{url}/metrics", headers={"Host": "evil.example"})
        assert answer.status == 403
    async with served(ILL, Access("secret")) as (session, url):
        async with session.get(f"{url}/metrics") as answer:
            assert answer.status == 401
        async with session.get(f"{url}/metrics", headers={"Authorization": "Bearer secret"}) as answer:
            assert answer.status == 200
        async with session.get(f"{url}/readyz") as answer:
            assert answer.status == 503
            assert "Kafka" not in await answer.text()


LINE = Line(
    id="l", promise="p", standard="no-wait", revision="r", subject="s", kind="opened", at=1, known=1, opened=1,
    state="open", owner="lead",
)  # fmt: skip


def test_what_a_worker_did_is_told() -> None:
    """Everything that a worker notes is in its scrape, and what is gone is not."""
    metrics = KafkaMetrics("worker")
    metrics.reads("facts")
    metrics.read("facts", 3, 5)
    metrics.flushed(0.02, 3)
    metrics.lag(1, 2.5)
    metrics.lag(2, 9.0)
    metrics.watermark(1, 7_000_000)
    metrics.watermark(3, -1)
    metrics.gone(2)
    metrics.recovered(1.5)
    metrics.rebalanced()
    metrics.unused("no-subject")
    metrics.duplicates(6)
    metrics.stopped(["a", "b"])
    metrics.stopped(["b"])
    metrics.lines([LINE, LINE])
    metrics.status_from(lambda: WELL)
    found = samples(metrics.text().decode())
    expected = {
        ("kept_kafka_records_total", ("facts",)): 3, ("kept_kafka_events_total", ("facts",)): 5,
        ("kept_kafka_flush_seconds_count", ()): 1, ("kept_kafka_batch_records_sum", ()): 3,
        ("kept_kafka_lag_seconds", ("1",)): 2.5, ("kept_watermark_timestamp_seconds", ("1",)): 7,
        ("kept_kafka_recovery_seconds", ()): 1.5, ("kept_kafka_rebalances_total", ()): 1,
        ("kept_unused_events_total", ("no-subject",)): 1, ("kept_duplicates_total", ()): 6,
        ("kept_stopped_standards", ("b",)): 1, ("kept_kafka_lines_total", ("opened", "lead", "no-wait")): 2,
        ("kept_ready", ()): 1,
    }  # fmt: skip
    assert {key: found.get(key) for key in expected} == expected
    gone = {("kept_kafka_lag_seconds", ("2",)), ("kept_stopped_standards", ("a",))}
    assert not gone & found.keys()
    assert ("kept_watermark_timestamp_seconds", ("3",)) not in found


def test_what_an_intake_did_is_told() -> None:
    """Everything that an intake notes is in its scrape, and whether it could read newer standards."""
    metrics = KafkaMetrics("intake")
    metrics.read("events", 3, 5)
    metrics.published(4)
    metrics.refused("not-json")
    metrics.unmatched({"queue.length": 2})
    metrics.intake(0.1)
    metrics.status_from(lambda: Status(ready=True, standards_read=9_000_000, is_stale=True))
    found = samples(metrics.text().decode())
    expected = {
        ("kept_kafka_records_total", ("events",)): 3, ("kept_kafka_facts_total", ()): 4,
        ("kept_dead_letters_total", ("not-json",)): 1, ("kept_dead_letters_total", ("bad-field",)): 0,
        ("kept_unconcerned_events_total", ("queue.length",)): 2, ("kept_intake_seconds_count", ()): 1,
        ("kept_standards_last_reload_successful", ()): 0,
        ("kept_standards_last_reload_success_timestamp_seconds", ()): 9,
    }  # fmt: skip
    assert {key: found.get(key) for key in expected} == expected
