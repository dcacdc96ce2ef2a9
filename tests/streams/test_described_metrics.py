"""What is scraped is what is described: every metric, each from 0, and how objectives and reloads stand.

Next: `test_metrics.py` for what is counted.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import get_args

import pytest
from prometheus_client.parser import text_string_to_metric_families

from standards.judge.promise import Kind
from streams.ingest.refusals import LIVE_REASONS
from streams.metrics import Metrics, Moment
from streams.metrics.described import METRICS, Process, metrics_of
from streams.metrics.kafka import KafkaMetrics
from streams.storage.status import Status
from streams.web import Access
from streams.web.access import Senders
from tests.house_rules import ROOT
from tests.streams.asking import asking, cloud, register, waiting
from tests.streams.hosting import NO_WAIT, SECOND, T0, shop
from tests.streams.test_metrics import samples, scrape
from tests.streams.test_ways_in import MAPPING as TILL

GOAL = NO_WAIT.replace("    per:", "    objective: {kept: 90%, over: 7d}\n    per:").replace(
    "standards:", "feeds:\n  queues: {events: [queue.length], silent_after: 1h}\nstandards:"
)


def told(text: str) -> dict[str, tuple[str, set[str]]]:
    """Give each metric that a scrape tells, with its type and the labels that its samples have."""
    types = dict(re.findall(r"^# TYPE (\w+) (\w+)$", text, re.MULTILINE))
    labels = {
        family.name: {name for sample in family.samples for name in sample.labels} - {"le"}
        for family in text_string_to_metric_families(text)
    }
    return {name: (kind, labels.get(name.removesuffix("_total"), set())) for name, kind in types.items()}


def scraped(process: Process) -> str:
    """Give what a process tells that has heard of all there is, but for its standards and partitions."""
    status = Status(ready=True, low=0)
    if process in {"run", "serve"}:
        return (
            Metrics(process, ["webhook"])
            .text(status, 0, Moment({}, {}, 0, totals={}, silent={"other-key": 0}, dark={"tills": 0}))
            .decode()
        )
    metrics = KafkaMetrics(process)
    metrics.status_from(lambda: status)
    metrics.source_clocks(lambda: 0)
    if process == "worker":
        metrics.lag(0, 1)
        metrics.watermark(0, 0)
        metrics.stopped(["no-wait"])
        metrics.recovered(1)
    else:
        metrics.lag(0, 1)
        metrics.clocks_apart(0)
    return metrics.text().decode()


@pytest.mark.parametrize("process", get_args(Process))
def test_what_is_scraped_is_what_is_described(process: Process) -> None:
    """Each process tells the metrics that the reference lists for it, of that type, and no other series at all."""
    found, known = told(scraped(process)), metrics_of(process)
    assert set(found) == set(known)
    for name, (kind, labels) in found.items():
        assert kind == known[name].type
        assert labels <= set(known[name].labels)
    assert "_created" not in scraped(process)


async def test_a_running_host_tells_what_is_described(tmp_path: Path) -> None:
    """Asked over HTTP, `kept run` tells each of its metrics with exactly the labels that are described."""
    standards = shop(tmp_path, GOAL)
    (tmp_path / "rules" / "till.yaml").write_text(TILL, encoding="utf-8")
    access = Access(senders=Senders(standards.paths))
    async with asking(tmp_path, access=access, standards=standards) as caller:
        await caller.send(waiting("a", T0), cloud("register.closed", "x", T0, site="s3", queue="q1"))
        await caller.send(waiting("b", T0, queue="q2"), {"type": "no.such"})
        await caller.pass_time(100)
        found = told((await caller.get("/metrics")).text)
        await caller.send(waiting("c", T0 + 100 * SECOND, queue="q3"))
        await caller.pass_time(10)
        later = told((await caller.get("/metrics")).text)
    known = {name: it for name, it in metrics_of("run").items() if name != "kept_push_devices_silent"}
    assert set(found) == set(later) == set(known), "no phone rings here"
    for name, metric in known.items():
        assert found[name][1] | later[name][1] == set(metric.labels), name


async def test_what_did_not_happen_yet_is_there_at_nought(tmp_path: Path) -> None:
    """The first broken promise, the first refusal, the first miss of a channel: each is a rise, and no new series."""
    async with asking(tmp_path) as caller:
        found = await scrape(caller)
        for kind in get_args(Kind):
            assert found["kept_promises_total", (kind, "floor-lead", "no-wait")] == 0
        for reason in LIVE_REASONS:
            assert found["kept_dead_letters_total", (reason,)] == 0
        for channel in caller.host.channels:
            assert found["kept_deliveries_total", (channel, "failed")] == 0
        assert found["kept_open_promises", ("no-wait",)] == found["kept_promises_overdue", ("no-wait",)] == 0
        assert found["kept_events_total", ("queue.length",)] == 0
        assert found["kept_standard_info", ("speed", "floor-lead", "ticket", "no-wait")] == 1


async def test_an_objective_is_told_with_how_sure_it_is(tmp_path: Path) -> None:
    """The goal, its span, how many promises were judged, and the share kept with its interval; before any, no share."""
    async with asking(tmp_path, standards=shop(tmp_path, GOAL)) as caller:
        before = await scrape(caller)
        assert before["kept_objective_ratio", ("no-wait",)] == 0.9
        assert before["kept_objective_window_seconds", ("no-wait",)] == 7 * 86_400
        assert before["kept_objective_judged_promises", ("no-wait",)] == 0
        assert ("kept_attained_ratio", ("seen", "no-wait")) not in before
        await caller.send(waiting("a", T0), waiting("b", T0, queue="q2"))
        await caller.pass_time(10)
        await caller.send(register("c", T0 + 10 * SECOND))
        await caller.pass_time(120)
        after = await scrape(caller)
        assert after["kept_objective_judged_promises", ("no-wait",)] == 2
        assert after["kept_attained_ratio", ("seen", "no-wait")] == 0.5
        low, high = (after["kept_attained_ratio", (bound, "no-wait")] for bound in ("low", "high"))
        assert 0.09 < low < 0.1
        assert 0.9 < high < 0.91
        left = {bound: after["kept_error_budget_remaining_ratio", (bound, "no-wait")] for bound in ("seen", "high")}
        assert left == {"seen": pytest.approx(-4), "high": pytest.approx(1 - (1 - high) / 0.1)}
        assert left["high"] > 0, "two promises prove nothing"


async def test_a_file_with_a_mistake_is_told(tmp_path: Path) -> None:
    """While the standards files cannot be used a metric says so, and since when those in force are."""
    name = "kept_standards_last_reload_success_timestamp_seconds"
    async with asking(tmp_path) as caller:
        assert (await scrape(caller))["kept_standards_last_reload_successful", ()] == 1
        shop(tmp_path, NO_WAIT.replace("within:", "wihtin:"))
        caller.clock.go(5)
        assert not await caller.host.reload()
        torn = await scrape(caller)
        assert (torn["kept_standards_last_reload_successful", ()], torn["kept_ready", ()]) == (0, 1)
        assert torn[name, ()] == T0 / SECOND
        shop(tmp_path, NO_WAIT.replace("60s", "50s"))
        assert await caller.host.reload()
        mended = await scrape(caller)
        assert (mended["kept_standards_last_reload_successful", ()], mended[name, ()]) == (1, T0 / SECOND + 5)


def test_a_new_standard_begins_at_nought_too(tmp_path: Path) -> None:
    """What a reload brings is there from the next scrape on."""
    old, new = (shop(tmp_path, text).load(()) for text in (NO_WAIT, NO_WAIT.replace("no-wait:", "short-wait:")))
    metrics, status = Metrics(), Status(ready=True)
    for loaded in (old, new):
        text = metrics.text(status, 0, Moment({}, {}, None, loaded.rulebook.current, totals={})).decode()
    assert samples(text)["kept_promises_total", ("broken", "floor-lead", "short-wait")] == 0
    assert samples(text)["kept_open_promises", ("short-wait",)] == 0


def test_every_reason_of_a_refusal_is_known() -> None:
    """No event can be refused for a reason that the metrics do not tell from the start."""
    files = [
        ROOT / "streams" / name for name in ("ingest/wire.py", "kafka/intake/arrivals.py", "embedded/isolation.py")
    ]
    text = "".join(file.read_text(encoding="utf-8") for file in files)
    found = set(re.findall(r'EventError\("([\w-]+)"', text)) | set(
        re.findall(r'^[A-Z_]+(?:: Final)? = "([a-z-]+)"$', text, re.MULTILINE)
    )
    assert found - set(LIVE_REASONS) <= {"kept"}
    assert {"not-json", "defect", "from-the-future", "no-event"} <= found


def test_descriptions_keep_the_customs() -> None:
    """Counters end in _total, nothing names a person or a subject, and each metric is described once."""
    names = [metric.name for metric in METRICS]
    assert len(names) == len(set(names))
    for metric in METRICS:
        assert metric.name.endswith("_total") is (metric.type == "counter")
        assert metric.name.startswith("kept_") is metric.own
        assert metric.help.endswith(".")
        assert not {"subject", "agent", "customer", "person", "promise"} & set(metric.labels)
        assert bool(metric.buckets) is (metric.type == "histogram")
