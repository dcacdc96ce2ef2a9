"""Metrics: what Prometheus is told. All numbers about promises are a fold over the ledger's lines.

Every instance has its own registry, so two hosts in one process never add up. Labels are standards, owners, event types
and reasons, all of which the standards file or the code bounds; never a customer, an agent or a subject.
Counters about promises are started from the ledger (`start`), so that they equal it after a restart; the others begin
at nought, as Prometheus expects. Calls may come from any thread.
Knows: prometheus_client, which nothing outside this package imports. Must not know: HTTP, stores.
Read next: `kafka.py` for what the Kafka processes tell; `streams/web/pages.py`, which serves the text.
"""

from __future__ import annotations

import platform
from collections import Counter as Tally
from importlib.metadata import PackageNotFoundError, version
from typing import TYPE_CHECKING, Final

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector

from standards.judge.promise import MOVES, VERDICTS

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from streams.storage.rows import Total
    from streams.storage.status import Committed, Status

CONTENT_TYPE: Final = "text/plain; version=0.0.4; charset=utf-8"

SETTLING: Final = frozenset(move.kind for move in MOVES if move.after in VERDICTS and move.before not in VERDICTS)
"""The kinds of line that settle a promise; each promise has at most one of them. A correction settles nothing anew."""
UNUSED: Final = "Events that changed nothing: late, not allowed to excuse, nothing to excuse, ..."

_SECOND: Final = 1_000_000
_INTAKE_BUCKETS: Final = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0)


class Metrics:
    """The metrics of one host."""

    def __init__(self) -> None:
        self._registry = registry = CollectorRegistry()
        self._promises = Counter(
            "kept_promises", "Lines of the ledger, by kind.", ("standard", "owner", "kind"), registry=registry
        )
        self._open = Gauge(
            "kept_open_promises", "Promises opened and not settled yet.", ("standard",), registry=registry
        )
        self._events = Counter("kept_events", "Events taken in.", ("type",), registry=registry)
        self._refused = Counter("kept_dead_letters", "Events refused, by reason.", ("reason",), registry=registry)
        self._unused = Counter("kept_unused_events", UNUSED, ("reason",), registry=registry)
        self._unconcerned = Counter(
            "kept_unconcerned_events", "Events that no standard concerns itself with.", ("type",), registry=registry
        )
        self._duplicates = Counter("kept_duplicates", "Events that had come before.", registry=registry)
        self._notices = Counter("kept_notices", "Notices decided on, by kind of line.", ("kind",), registry=registry)
        self._withheld = Counter(
            "kept_withheld_notices", "Notices not sent, by reason.", ("reason",), registry=registry
        )
        self._deliveries = Counter(
            "kept_deliveries",
            "Attempts to deliver: delivered, retried, failed.",
            ("channel", "result"),
            registry=registry,
        )
        self._intake = Histogram(
            "kept_intake_seconds", "From a request's head to its answer.", buckets=_INTAKE_BUCKETS, registry=registry
        )
        self._judging = Histogram(
            "kept_judge_seconds", "Judging one batch.", buckets=_INTAKE_BUCKETS, registry=registry
        )
        self._commit = Histogram(
            "kept_commit_seconds", "One transaction of the store.", buckets=_INTAKE_BUCKETS, registry=registry
        )
        tell_build(registry)

    def start(self, totals: Iterable[Total]) -> None:
        """Begin where the ledger stands. Call it once, before the first batch."""
        for total in totals:
            self._count((total.standard, total.owner, total.kind), total.count)

    def committed(self, batch: Committed) -> None:
        """Count what one transaction stored: ledger lines, what became of its events, and how long it took."""
        for key, count in Tally((line.standard, line.owner, line.kind) for line in batch.lines).items():
            self._count(key, count)
        for counter, counts in (
            (self._notices, Tally(notice.kind for notice in batch.notices)),
            (self._withheld, Tally(each.reason for each in batch.withheld)),
            (self._events, batch.events),
            (self._refused, batch.refused),
            (self._unused, batch.late),
            (self._unconcerned, batch.unmatched),
        ):
            for label, count in counts.items():
                counter.labels(label).inc(count)
        self._duplicates.inc(batch.duplicates)
        self._judging.observe(batch.judging)
        self._commit.observe(batch.storing)

    def delivered(self, channel: str, result: str) -> None:
        """Count one attempt to deliver a notice: `result` is delivered, retried or failed."""
        self._deliveries.labels(channel, result).inc()

    def intake(self, seconds: float) -> None:
        """Note how long one request to the intake took."""
        self._intake.observe(seconds)

    def text(self, status: Status, wall: int, nearest: Mapping[str, int]) -> bytes:
        """Print everything in Prometheus' text form, with what is true at this moment: `wall` in microseconds UTC."""
        moment = CollectorRegistry()
        moment.register(_Moment(status, wall, nearest))
        return generate_latest(self._registry) + generate_latest(moment)

    def _count(self, key: tuple[str, str, str], count: int) -> None:
        standard, _, kind = key
        self._promises.labels(*key).inc(count)
        if kind == "opened":
            self._open.labels(standard).inc(count)
        elif kind in SETTLING:
            self._open.labels(standard).dec(count)


class _Moment(Collector):
    """What is asked at the time of a scrape rather than counted."""

    def __init__(self, status: Status, wall: int, nearest: Mapping[str, int]) -> None:
        self._status = status
        self._wall = wall
        self._nearest = nearest

    def collect(self) -> Iterable[GaugeMetricFamily]:
        deadlines = GaugeMetricFamily(
            "kept_nearest_deadline_timestamp_seconds",
            "The next deadline; absent while there is none.",
            labels=("standard",),
        )
        for standard, due in sorted(self._nearest.items()):
            deadlines.add_metric((standard,), due / _SECOND)
        yield deadlines
        if self._status.low >= 0:
            lag = max(0, self._wall - self._status.low) / _SECOND
            yield GaugeMetricFamily("kept_watermark_lag_seconds", "How far judging is behind the clock.", lag)
        yield GaugeMetricFamily("kept_backlog_events", "Events that wait to be judged.", self._status.waiting)
        yield GaugeMetricFamily("kept_ready", "1 while the host takes events.", int(self._status.ready))


def tell_build(registry: CollectorRegistry) -> None:
    """Add which Kept and which Python this is."""
    build = Gauge("kept_build_info", "Always 1.", ("version", "python"), registry=registry)
    build.labels(installed_version(), platform.python_version()).set(1)


def installed_version() -> str:
    """Tell the version of Kept that is installed."""
    try:
        return version("kept")
    except PackageNotFoundError:
        return "unknown"
