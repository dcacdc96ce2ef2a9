"""Metrics of the Kafka processes: what the intake and the workers tell Prometheus.

Each process counts what it did itself; sums over processes are Prometheus' work. What is said of a partition is said by
the process that has it, and goes from its scrape when the partition went to another.
Read next: `streams/web/application.py`, which serves the text.
"""

from __future__ import annotations

from collections import Counter as Tally
from contextlib import suppress
from functools import partial
from typing import TYPE_CHECKING, Final

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector

from standards.calendar.duration import SECOND
from streams.metrics import ENDED, FASTEST, LATE, SETTLED_EARLY, SOURCE_AHEAD, UNMATCHED, UNUSED, tell_build

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from standards.judge.case import Effect
    from standards.judge.ledger import Line

_SIZES: Final = (1, 10, 50, 100, 500, 1_000, 5_000, 10_000, 50_000)
_SECONDS: Final = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 15.0)


class KafkaMetrics:
    """The metrics of one Kafka process, in a registry of its own. Each method is named after what happened."""

    def __init__(self) -> None:
        self._registry = registry = CollectorRegistry()
        counter, gauge = partial(Counter, registry=registry), partial(Gauge, registry=registry)
        histogram = partial(Histogram, registry=registry)
        self._records = counter("kept_kafka_records", "Records read.", ("topic",))
        self._events = counter("kept_kafka_events", "Events, or facts, in them.", ("topic",))
        self.published = counter("kept_kafka_facts", "Facts published.").inc
        self._batch = histogram("kept_kafka_batch_records", "Records dealt with at once.", buckets=_SIZES)
        self._flush = histogram(
            "kept_kafka_flush_seconds", "From the first publish of a batch to its acknowledgement.", buckets=_SECONDS
        )
        self._lag = gauge(
            "kept_kafka_lag_seconds", "The clock less the newest event's time, at the last batch.", ("partition",)
        )
        self._apart = gauge("kept_kafka_clock_apart_seconds", "The slowest broker's clock less the intake's.")
        self._watermark = gauge("kept_watermark_timestamp_seconds", "What time judging has reached.", ("partition",))
        self.recovered = gauge("kept_kafka_recovery_seconds", "How long the last recovery took.").set
        self.rebalanced = counter("kept_kafka_rebalances", "Times that partitions changed hands.").inc
        self._refused = counter("kept_dead_letters", "Events refused, by reason.", ("reason",))
        self._unused = counter("kept_unused_events", UNUSED, ("reason",))
        self._late = counter("kept_late_events", LATE, ("effect",))
        self._unmatched = counter("kept_unconcerned_events", UNMATCHED, ("type",))
        self._unstamped = counter(
            "kept_kafka_unstamped_records", "Records stamped by the intake's clock, not the broker's.", ("reason",)
        )
        self.duplicates = counter("kept_duplicates", "Events that had come before.").inc
        self.settled_early = counter("kept_settled_early_events", SETTLED_EARLY).inc
        self._stopped = gauge(
            "kept_stopped_standards", "1 for a standard that is not judged here, for now.", ("standard",)
        )
        self._promises = counter("kept_promises", "Lines of the ledger, by kind.", ("standard", "owner", "kind"))
        self._ended = counter("kept_connections_ended", ENDED, ("reason",))
        self._intake = histogram("kept_intake_seconds", "From a request's head to its answer.", buckets=_SECONDS)
        self._ready = gauge("kept_ready", "1 while the process does its work.")
        tell_build(registry)

    def connection_ended(self, reason: str) -> None:
        """Count a connection that the server ended: `unfinished`, `idle` or `full`."""
        self._ended.labels(reason).inc()

    def intake(self, seconds: float) -> None:
        """Note how long one request to the intake took."""
        self._intake.observe(seconds)

    def read(self, topic: str, records: int, events: int) -> None:
        """Count the records of one batch from a topic, and the events in them."""
        self._records.labels(topic).inc(records)
        self._events.labels(topic).inc(events)

    def flushed(self, seconds: float, records: int) -> None:
        """Note how long a batch of so many records took to be safe."""
        self._flush.observe(seconds)
        self._batch.observe(records)

    def lag(self, partition: int, seconds: float) -> None:
        """Note how far a partition's newest event is behind the clock."""
        self._lag.labels(str(partition)).set(seconds)

    def clocks_apart(self, microseconds: int) -> None:
        """Note how far the slowest broker's clock is ahead of this machine's."""
        self._apart.set(microseconds / SECOND)

    def watermark(self, partition: int, low: int) -> None:
        """Note the instant that a partition has reached: microseconds UTC, or -1 for none yet."""
        if low >= 0:
            self._watermark.labels(str(partition)).set(low / SECOND)

    def gone(self, partition: int) -> None:
        """Say no more of a partition: another process has it now."""
        for gauge in (self._lag, self._watermark):
            with suppress(KeyError):
                gauge.remove(str(partition))

    def refused(self, reason: str) -> None:
        """Count a dead letter."""
        self._refused.labels(reason).inc()

    def unused(self, reason: str) -> None:
        """Count an event that changed nothing."""
        self._unused.labels(reason).inc()

    def late(self, effects: Mapping[Effect, int]) -> None:
        """Count late events, by what they came to; of a subject that is judged again after a crash once more."""
        for effect, count in effects.items():
            self._late.labels(effect).inc(count)

    def unmatched(self, counts: Mapping[str, int]) -> None:
        """Count events, by type, that no standard concerns itself with."""
        for name, count in counts.items():
            self._unmatched.labels(name).inc(count)

    def unstamped(self, reason: str, count: int) -> None:
        """Count records of `events` whose own stamps could not be used."""
        self._unstamped.labels(reason).inc(count)

    def stopped(self, standards: Iterable[str]) -> None:
        """Name the standards that are not judged here for now, instead of those named before."""
        self._stopped.clear()
        for standard in standards:
            self._stopped.labels(standard).set(1)

    def lines(self, lines: Iterable[Line]) -> None:
        """Count lines of the ledger. Lines written again after a crash are counted again; `kept serve` counts ids."""
        for key, count in Tally((line.standard, line.owner, line.kind) for line in lines).items():
            self._promises.labels(*key).inc(count)

    def ready_when(self, ready: Callable[[], bool]) -> None:
        """Tell at each scrape whether this process does its work."""
        self._ready.set_function(lambda: float(ready()))

    def source_clocks(self, ahead: Callable[[], int | None]) -> None:
        """Tell at each scrape how far the fastest of the senders' clocks was ahead (microseconds), if one was heard."""
        self._registry.register(_SourceClocks(ahead))

    def text(self) -> bytes:
        """Print everything in Prometheus' text form."""
        return generate_latest(self._registry)


class _SourceClocks(Collector):
    """The senders' clocks, asked at each scrape: absent while nothing was heard, as 0 would say all is well."""

    def __init__(self, ahead: Callable[[], int | None]) -> None:
        self._ahead = ahead

    def collect(self) -> Iterable[GaugeMetricFamily]:
        ahead = self._ahead()
        if ahead is not None:
            yield GaugeMetricFamily(SOURCE_AHEAD, f"{FASTEST}; the intake's log names it.", max(0, ahead) / SECOND)
