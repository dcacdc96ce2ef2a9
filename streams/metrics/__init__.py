"""Metrics: what Prometheus is told. All numbers about promises are sums over the ledger's lines.

Every instance has its own registry, so two hosts in one process never add up. Labels are standards, owners, event types
and reasons, which the standards file or the code bounds; never a customer, an agent or a subject. Counters about
promises begin with what the ledger has, so that they equal it after a restart. Calls may come from any thread.
Read next: `kafka.py` for what the Kafka processes tell; `streams/web/pages.py`, which serves the text.
"""

from __future__ import annotations

import platform
from collections import Counter as Tally
from functools import partial
from typing import TYPE_CHECKING, Final, NamedTuple

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector

from standards.calendar.duration import SECOND
from streams.version import installed_version

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from standards.judge.promise import Kind, Verdict
    from streams.storage.status import Committed, Status

CONTENT_TYPE: Final = "text/plain; version=0.0.4; charset=utf-8"

SETTLING: Final = frozenset({"kept", "broken", "voided", "excused", "lost"})
"""The kinds of line that settle a promise, wherever they stand. A correction can settle one, or take that back."""
UNUSED: Final = "Events that changed nothing: late, not allowed to excuse, nothing to excuse, ..."
LATE: Final = "Late events, once for each subject, by what they came to; docs/operations.md says what each means."
SOURCE_AHEAD: Final = "kept_source_clock_ahead_seconds"
FASTEST: Final = "How far the fastest of the senders' clocks was ahead within the last hour"
UNMATCHED: Final = "Events that no standard concerns itself with."
SETTLED_EARLY: Final = "Events of busy subjects before which what comes late finds no place any more, for want of room."
ENDED: Final = "Connections that the server ended: unfinished (no request in time), idle, full (no place was free)."
SILENT: Final = "Devices that are switched on and that this process does not ring: other-key, for one it does not have."
DROPPED: Final = "Devices that ring no more, though nobody switched them off: gone, other-key."

_SECONDS: Final = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0)


class Moment(NamedTuple):
    """What is read from the store for one scrape.

    `nearest` are the next deadlines by standard, `overdue` how many promises are overdue and the oldest deadline,
    `ahead` how far the fastest of the senders' clocks is ahead; None: there is nothing to tell it by. `silent` counts
    the devices that are switched on and do not ring, by the reason; None: nobody is told by push.
    """

    nearest: Mapping[str, int]
    overdue: Mapping[str, tuple[int, int]]
    ahead: int | None = None
    silent: Mapping[str, int] | None = None


class Metrics:
    """The metrics of one host."""

    def __init__(self) -> None:
        self._registry = registry = CollectorRegistry()
        counter = partial(Counter, registry=registry)
        seconds = partial(Histogram, buckets=_SECONDS, registry=registry)
        self._promises = counter("kept_promises", "Lines of the ledger, by kind.", ("standard", "owner", "kind"))
        self._open = Gauge(
            "kept_open_promises", "Promises opened and not settled yet.", ("standard",), registry=registry
        )
        self._events = counter("kept_events", "Events taken in.", ("type",))
        self._refused = counter("kept_dead_letters", "Events refused, by reason.", ("reason",))
        self._unused = counter("kept_unused_events", UNUSED, ("reason",))
        self._late = counter("kept_late_events", LATE, ("effect",))
        self._unmatched = counter("kept_unconcerned_events", UNMATCHED, ("type",))
        self._duplicates = counter("kept_duplicates", "Events that had come before.")
        self._settled_early = counter("kept_settled_early_events", SETTLED_EARLY)
        self._notices = counter("kept_notices", "Notices decided on, by kind of line.", ("kind",))
        self._withheld = counter("kept_withheld_notices", "Notices not sent, by reason.", ("reason",))
        self._deliveries = counter(
            "kept_deliveries", "Attempts to deliver: delivered, retried, failed.", ("channel", "result")
        )
        self._dropped = counter("kept_push_devices_dropped", DROPPED, ("reason",))
        self._ended = counter("kept_connections_ended", ENDED, ("reason",))
        self._intake = seconds("kept_intake_seconds", "From a request's head to its answer.")
        self._judging = seconds("kept_judge_seconds", "Judging one batch.")
        self._commit = seconds("kept_commit_seconds", "One transaction of the store.")
        tell_build(registry)

    def start(self, totals: Mapping[tuple[str, str, str], int], owed: Mapping[str, int]) -> None:
        """Begin where the ledger stands; `owed` counts what is open, by standard. Call it once, before any batch."""
        for key, count in totals.items():
            self._promises.labels(*key).inc(count)
        for standard, count in owed.items():
            self._open.labels(standard).inc(count)

    def committed(self, batch: Committed) -> None:
        """Count what one transaction stored: ledger lines, what became of its events, and how long it took."""
        for key, count in Tally((line.standard, line.owner, line.kind) for line in batch.lines).items():
            self._promises.labels(*key).inc(count)
        for line in batch.lines:
            if change := opened(line.kind, line.verdict, line.was):
                self._open.labels(line.standard).inc(change)
        for counter, counts in (
            (self._notices, Tally(notice.kind for notice in batch.notices)),
            (self._withheld, Tally(each.reason for each in batch.withheld)),
            (self._events, batch.events),
            (self._refused, batch.refused),
            (self._unused, batch.late),
            (self._late, batch.effects),
            (self._unmatched, batch.unmatched),
        ):
            for label, count in counts.items():
                counter.labels(label).inc(count)
        self._duplicates.inc(batch.duplicates)
        self._settled_early.inc(batch.settled_early)
        self._judging.observe(batch.judging)
        self._commit.observe(batch.storing)

    def delivered(self, channel: str, result: str) -> None:
        """Count one attempt to deliver a notice: `result` is delivered, retried or failed."""
        self._deliveries.labels(channel, result).inc()

    def device_dropped(self, reason: str) -> None:
        """Count a device that rings no more, though nobody switched it off: `gone` or `other-key`."""
        self._dropped.labels(reason).inc()

    def connection_ended(self, reason: str) -> None:
        """Count a connection that the server ended: `unfinished`, `idle` or `full`."""
        self._ended.labels(reason).inc()

    def intake(self, seconds: float) -> None:
        """Note how long one request to the intake took."""
        self._intake.observe(seconds)

    def text(self, status: Status, wall: int, asked: Moment) -> bytes:
        """Print everything in Prometheus' text form, with what is true at this moment: `wall` in microseconds UTC."""
        moment = CollectorRegistry()
        moment.register(_Moment(status, wall, asked))
        return generate_latest(self._registry) + generate_latest(moment)


class _Moment(Collector):
    """What is asked at the time of a scrape rather than counted."""

    def __init__(self, status: Status, wall: int, asked: Moment) -> None:
        self._given = status, wall, asked

    def collect(self) -> Iterable[GaugeMetricFamily]:
        status, wall, asked = self._given
        name, meaning = "kept_nearest_deadline_timestamp_seconds", "The next deadline; absent while there is none."
        deadlines = GaugeMetricFamily(name, meaning, labels=("standard",))
        for standard, due in sorted(asked.nearest.items()):
            deadlines.add_metric((standard,), due / SECOND)
        yield deadlines
        count = GaugeMetricFamily(
            "kept_promises_overdue", "Promises that are broken and still owed.", labels=("standard",)
        )
        oldest = GaugeMetricFamily(
            "kept_oldest_overdue_seconds", "How long the oldest overdue promise has been due.", labels=("standard",)
        )
        for standard, (number, due) in sorted(asked.overdue.items()):
            count.add_metric((standard,), number)
            oldest.add_metric((standard,), max(0, wall - due) / SECOND)
        yield from (count, oldest)
        if status.low >= 0:
            lag = max(0, wall - status.low) / SECOND
            yield GaugeMetricFamily("kept_watermark_lag_seconds", "How far judging is behind the clock.", lag)
        if asked.ahead is not None:
            yield GaugeMetricFamily(SOURCE_AHEAD, f"{FASTEST}; its name is on the board.", max(0, asked.ahead) / SECOND)
        if asked.silent is not None:
            silent = GaugeMetricFamily("kept_push_devices_silent", SILENT, labels=("reason",))
            for reason, number in asked.silent.items():
                silent.add_metric((reason,), number)
            yield silent
        yield GaugeMetricFamily("kept_backlog_events", "Events that wait to be judged.", status.waiting)
        step, set_by = (
            "kept_clock_step_seconds",
            "How far the machine's clock was set ahead, or back.",
        )
        yield GaugeMetricFamily(step, set_by, status.clock_step / SECOND)
        yield GaugeMetricFamily("kept_ready", "1 while the host takes events.", int(status.ready))


def opened(kind: Kind, verdict: Verdict | None, was: Verdict | None) -> int:
    """Say by how many a line changes the number of open promises: its kind, and the verdicts after and before it."""
    if kind in ("corrected", "withdrawn", "undone"):
        return (verdict is None) - (was is None)
    return (kind == "opened") - (kind in SETTLING)


def tell_build(registry: CollectorRegistry) -> None:
    """Add which Kept and which Python this is."""
    build = Gauge("kept_build_info", "Always 1.", ("version", "python"), registry=registry)
    build.labels(installed_version(), platform.python_version()).set(1)
