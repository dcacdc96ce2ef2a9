"""The metrics' promises: Prometheus is told what stands in the ledger, also after a restart, and nobody's name."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import msgspec
from prometheus_client.parser import text_string_to_metric_families

from alerts.routing.actions import ANSWERED, COMPLAINED, SURVEYED, VOTED
from standards.compiler.spec import Source, load
from standards.documents.vocabulary import private_types
from standards.judge.ledger import Line
from streams.metrics import Metrics, Moment
from streams.metrics.kafka import KafkaMetrics
from streams.storage.status import Committed, Status
from tests.streams.asking import Caller, asking, cloud, register, waiting
from tests.streams.hosting import NO_WAIT, SECOND, T0, shop

LABELS = {
    "aspect", "channel", "effect", "kind", "le", "owner", "python", "reason", "result", "severity", "standard",
    "type", "version",
}  # fmt: skip
Samples = dict[tuple[str, tuple[str, ...]], float]


def samples(text: str) -> Samples:
    """Read a scrape: (name, the labels' values in the order of their names) -> value."""
    return {
        (sample.name, tuple(sample.labels[name] for name in sorted(sample.labels))): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


async def scrape(caller: Caller) -> Samples:
    answer = await caller.get("/metrics")
    assert answer.headers["Content-Type"].startswith("text/plain; version=0.0.4")
    return samples(answer.text)


def kinds(found: Samples) -> dict[str, float]:
    """Give how many lines there are of each kind of which there are any."""
    return {labels[0]: value for (name, labels), value in found.items() if name == "kept_promises_total" and value}


async def a_day(caller: Caller, since: int) -> None:
    """Keep one promise, break another, leave a third open, and send a late, a repeated and an unreadable event."""
    await caller.send(waiting("a", since), waiting("b", since, queue="q2"))
    await caller.pass_time(12)
    await caller.send(register("c", since + 12 * SECOND))
    await caller.pass_time(88)
    await caller.send(waiting("d", since + 99 * SECOND, queue="q3"), waiting("d", since + 99 * SECOND, queue="q3"))
    await caller.send(waiting("e", since + 5 * SECOND, people=3), {"type": "no.such"})
    await caller.pass_time(10)


async def test_the_scrape_is_a_fold_over_the_ledger(tmp_path: Path) -> None:
    """Each kind of line is counted as often as it stands in the ledger."""
    async with asking(tmp_path) as caller:
        await a_day(caller, T0)
        found = await scrape(caller)
        lines = caller.host.read_model.lines()
        assert kinds(found) == Counter(line.kind for line in lines)
        assert kinds(found)["kept"] == kinds(found)["broken"] == 1
        assert found["kept_open_promises", ("no-wait",)] == 1
        assert found["kept_nearest_deadline_timestamp_seconds", ("no-wait",)] == T0 / SECOND + 159
        assert found["kept_watermark_lag_seconds", ()] == 2.0


async def test_the_counts_go_on_after_a_restart(tmp_path: Path) -> None:
    """A restart changes no count of promises, and what comes after it is counted on top."""
    async with asking(tmp_path) as caller:
        await a_day(caller, T0)
        before = kinds(await scrape(caller))
    async with asking(tmp_path) as caller:
        after = await scrape(caller)
        assert kinds(after) == before
        assert after["kept_open_promises", ("no-wait",)] == 1
        caller.clock.go(110)
        await caller.send(register("z", T0 + 110 * SECOND, queue="q3"))
        await caller.pass_time(10)
        assert kinds(await scrape(caller)) == Counter(line.kind for line in caller.host.read_model.lines())
        assert kinds(await scrape(caller))["kept"] == before["kept"] + 1
        assert ("kept_nearest_deadline_timestamp_seconds", ("no-wait",)) not in await scrape(caller)


async def test_nothing_goes_by_uncounted(tmp_path: Path) -> None:
    """Every event that came is counted by its type, and what had no effect by its reason."""
    async with asking(tmp_path) as caller:
        await a_day(caller, T0)
        found = await scrape(caller)
        assert found["kept_events_total", ("queue.length",)] == 5
        assert found["kept_events_total", ("register.opened",)] == 1
        assert found["kept_dead_letters_total", ("unknown-type",)] == 1
        assert found["kept_unused_events_total", ("late",)] == 1
        assert found["kept_late_events_total", ("changed-nothing",)] == 1
        assert found["kept_source_clock_ahead_seconds", ()] == 0
        assert found["kept_duplicates_total", ()] == 1
        assert found["kept_intake_seconds_count", ()] == 4
        assert found["kept_commit_seconds_count", ()] >= 3
        assert found["kept_backlog_events", ()] == 0
        assert found["kept_ready", ()] == 1


async def test_a_silent_feed_is_told(tmp_path: Path) -> None:
    """A declared feed counts once while nobody ever heard it, then how many of its keys are silent; no key is named."""
    feeds = "feeds:\n  tills: {events: [register.opened], per: [site], silent_after: 60s}\nstandards:"
    async with asking(tmp_path, standards=shop(tmp_path, NO_WAIT.replace("standards:", feeds))) as caller:
        seen = [(await scrape(caller))["kept_feeds_silent", ("tills",)]]
        await caller.send(register("a", T0), cloud("register.opened", "b", T0, site="s4", queue="q1"))
        seen.append((await scrape(caller))["kept_feeds_silent", ("tills",)])
        await caller.pass_time(90)
        seen.append((await scrape(caller))["kept_feeds_silent", ("tills",)])
        await caller.send(register("c", T0 + 90 * SECOND))
        seen.append((await scrape(caller))["kept_feeds_silent", ("tills",)])
    assert seen == [1, 0, 2, 1]


async def test_what_settles_early_is_counted(tmp_path: Path) -> None:
    """Where a subject has more events within ten minutes than are kept to judge it again by, each is counted."""
    async with asking(tmp_path) as caller:
        events = [waiting(f"e{n}", T0 + n * SECOND // 100, people=1) for n in range(2_050)]
        caller.clock.go(30)
        await caller.send(*events)
        await caller.pass_time(10)
        assert (await scrape(caller))["kept_settled_early_events_total", ()] == 50


async def test_no_label_names_a_subject(tmp_path: Path) -> None:
    """Neither a customer nor an agent nor a queue can become a time series."""
    async with asking(tmp_path) as caller:
        await a_day(caller, T0)
        text = (await caller.get("/metrics")).text
        names = {name for name, _ in re.findall(r'(\w+)="([^"]*)"', text)}
        assert names == LABELS
        assert not re.search(r"\b(s3|q[123]|till)\b", text)


def line(name: str, kind: str, standard: str = "no-wait") -> Line:
    return Line(
        id=f"{name}.{kind}", promise=name, standard=standard, revision="r", subject="s", kind=kind,  # type: ignore[arg-type]
        at=1, known=1, opened=1, state="open", owner="floor-lead",
    )  # fmt: skip


def printed(metrics: Metrics, nearest: Mapping[str, int] | None = None) -> Samples:
    asked = Moment(nearest or {}, {"no-wait": (2, SECOND)})
    return samples(metrics.text(Status(ready=False, waiting=7), 5 * SECOND, asked).decode())


def test_two_hosts_do_not_add_up() -> None:
    """Each host has metrics of its own, even in one process."""
    one, other = Metrics(), Metrics()
    one.committed(Committed(lines=[line("p", "opened")]))
    assert printed(one)["kept_open_promises", ("no-wait",)] == 1
    assert ("kept_open_promises", ("no-wait",)) not in printed(other)


def test_a_ledger_that_is_not_all_here_is_not_counted() -> None:
    """While a new serve reads what there was, its counts stand nowhere: from 0 up they would look like a rush."""
    status, totals = Status(ready=True), {("no-wait", "floor-lead", "broken"): 900}
    for given, told in ((None, {}), (totals, {"broken": 900})):
        text = Metrics("serve").text(status, 0, Moment({}, {}, totals=given)).decode()
        assert kinds(samples(text)) == told


def test_each_way_to_settle_closes_a_promise() -> None:
    """A promise is open until any verdict falls; a late fulfilment opens and closes nothing.

    A correction closes what was open, and opens what was not; what is withdrawn is open no more, if it was.
    """
    metrics = Metrics()
    settling = ("kept", "broken", "voided", "excused", "lost")
    metrics.start({"no-wait": 6, "other": 2})
    metrics.committed(Committed(lines=[line(kind, kind) for kind in settling]))
    late = [line("broken", kind) for kind in ("fulfilled_late", "ended", "given_up")]
    metrics.committed(Committed(lines=late))
    assert printed(metrics)["kept_open_promises", ("no-wait",)] == 1
    changed = [(None, "kept"), ("kept", "broken"), ("broken", None), ("kept", None)]
    corrected = [msgspec.structs.replace(line("p", "corrected"), was=was, verdict=now) for was, now in changed]
    gone = [msgspec.structs.replace(line("p", "withdrawn"), was=was, verdict="withdrawn") for was in (None, "kept")]
    metrics.committed(Committed(lines=[*corrected, *gone]))
    found = printed(metrics)
    assert found["kept_open_promises", ("no-wait",)] == 1 - 1 + 2 - 1
    assert found["kept_open_promises", ("other",)] == 2


def test_what_is_unknown_is_left_out() -> None:
    """Before the first event there is no lag, and without a running clock no deadline."""
    found = printed(Metrics())
    assert ("kept_watermark_lag_seconds", ()) not in found
    assert not [name for name, _ in found if name == "kept_nearest_deadline_timestamp_seconds"]
    assert (found["kept_backlog_events", ()], found["kept_ready", ()]) == (7, 0)
    assert printed(Metrics(), {"no-wait": 3_500_000})["kept_nearest_deadline_timestamp_seconds", ("no-wait",)] == 3.5


def test_deliveries_are_counted_by_their_end() -> None:
    """Each attempt to tell someone is counted by channel and result."""
    metrics = Metrics()
    for result in ("retried", "delivered", "delivered"):
        metrics.delivered("webhook", result)
    assert printed(metrics)["kept_deliveries_total", ("webhook", "delivered")] == 2
    assert printed(metrics)["kept_deliveries_total", ("webhook", "retried")] == 1


PRIVATE: dict[str, dict[str, Any]] = {
    "reward.voted": {"team": "north", "reward": "cake"},
    "complaint.received": {"contact": "c1"},
    "survey.answered": {"contact": "c1", "score": 2},
    "coaching.asked": {"agent": "ann", "team": "north"},
    "assessment.completed": {"agent": "ann"},
}


async def test_no_scrape_says_that_somebody_voted_complained_or_asked_for_a_coach(tmp_path: Path) -> None:
    """Each of these is counted with all others that are private, whether or not a standard hears it."""
    heard = "per: agent, when: coaching.asked, expect: coaching.completed, within: 14d"
    rules = f"{NO_WAIT}  coach-comes: {{promise: One comes., owner: lead, {heard}}}\n"
    async with asking(tmp_path, standards=shop(tmp_path, rules)) as caller:
        await caller.send(*(cloud(name, name, T0, **data) for name, data in PRIVATE.items()))
        await caller.pass_time(5)
        found, text = await scrape(caller), (await caller.get("/metrics")).text
    assert found["kept_events_total", ("other",)] == len(PRIVATE)
    assert found["kept_unconcerned_events_total", ("other",)] == len(PRIVATE) - 1
    assert [name for name in PRIVATE if name in text] == []


def test_what_is_counted_once_is_counted_nowhere_else() -> None:
    """Whatever a month or quarter is counted from is private: a new one has to be marked in the vocabulary."""
    assert {VOTED, COMPLAINED, ANSWERED, SURVEYED} <= private_types()


def test_a_worker_counts_no_line_of_what_is_owed_for_each_person_alone() -> None:
    """On Kafka each worker and each intake leave the same unsaid."""
    worker, intake = KafkaMetrics("worker"), KafkaMetrics("intake")
    keys = "per: agent, when: coaching.asked, expect: coaching.completed, within: 14d"
    rules = f"{NO_WAIT}  coach-comes: {{promise: One comes., owner: lead, {keys}}}\n"
    worker.judges(load([Source("a.yaml", rules)]).standards)
    assert "no-wait" in worker.text().decode()
    intake.unmatched(dict.fromkeys(PRIVATE, 1))
    assert "coach-comes" not in worker.text().decode()
    assert samples(intake.text().decode())["kept_unconcerned_events_total", ("other",)] == len(PRIVATE)
