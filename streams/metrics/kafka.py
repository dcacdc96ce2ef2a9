"""Metrics of the Kafka processes: what the intake and the workers tell Prometheus.

Each process counts what it did itself; sums over processes are Prometheus' work. What is said of a partition is said by
the process that has it, and goes from its scrape when the partition went to another.
Read next: `streams/web/application.py`, which serves the text.
"""

from __future__ import annotations

from collections import Counter as Tally
from contextlib import suppress
from typing import TYPE_CHECKING, Final

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest

from streams.metrics import UNUSED, tell_build

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from standards.judge.ledger import Line

_MICRO: Final = 1_000_000
_SIZES: Final = (1, 10, 50, 100, 500, 1_000, 5_000, 10_000, 50_000)
_SECONDS: Final = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 15.0)


class KafkaMetrics:
    """The metrics of one Kafka process, in a registry of its own. Its methods are named after what happened."""

    def __init__(self) -> None:
        self._registry = registry = CollectorRegistry()
        self._records = Counter("kept_kafka_records", "Records read.", ("topic",), registry=registry)
        self._events = Counter("kept_kafka_events", "Events, or facts, in them.", ("topic",), registry=registry)
        self._facts = Counter("kept_kafka_facts", "Facts published.", registry=registry)
        self._batch = Histogram(
            "kept_kafka_batch_records", "Records dealt with at once.", buckets=_SIZES, registry=registry
        )
        self._flush = Histogram(
            "kept_kafka_flush_seconds", "From the first publish of a batch to its acknowledgement.",
            buckets=_SECONDS, registry=registry,
        )  # fmt: skip
        self._lag = Gauge(
            "kept_kafka_lag_seconds", "The clock less the newest event's time, at the last batch.", ("partition",),
            registry=registry,
        )  # fmt: skip
        self._watermark = Gauge(
            "kept_watermark_timestamp_seconds", "What time judging has reached.", ("partition",), registry=registry
        )
        self._recovery = Gauge("kept_kafka_recovery_seconds", "How long the last recovery took.", registry=registry)
        self._rebalances = Counter("kept_kafka_rebalances", "Times that partitions changed hands.", registry=registry)
        self._refused = Counter("kept_dead_letters", "Events refused, by reason.", ("reason",), registry=registry)
        self._unused = Counter("kept_unused_events", UNUSED, ("reason",), registry=registry)
        self._unconcerned = Counter(
            "kept_unconcerned_events", "Events that no standard concerns itself with.", ("type",), registry=registry
        )
        self._duplicates = Counter("kept_duplicates", "Events that had come before.", registry=registry)
        self._stopped = Gauge(
            "kept_stopped_standards", "1 for a standard that is not judged here, for now.", ("standard",),
            registry=registry,
        )  # fmt: skip
        self._promises = Counter(
            "kept_promises", "Lines of the ledger, by kind.", ("standard", "owner", "kind"), registry=registry
        )
        self._intake = Histogram(
            "kept_intake_seconds", "From a request's head to its answer.", buckets=_SECONDS, registry=registry
        )
        self._ready = Gauge("kept_ready", "1 while the process does its work.", registry=registry)
        tell_build(registry)

    def intake(self, seconds: float) -> None:
        """Note how long one request to the intake took."""
        self._intake.observe(seconds)

    def read(self, topic: str, records: int, events: int) -> None:
        """Count the records of one batch from a topic, and the events in them."""
        self._records.labels(topic).inc(records)
        self._events.labels(topic).inc(events)

    def published(self, facts: int) -> None:
        """Count facts that are in the log for sure."""
        self._facts.inc(facts)

    def flushed(self, seconds: float, records: int) -> None:
        """Note how long a batch of so many records took to be safe."""
        self._flush.observe(seconds)
        self._batch.observe(records)

    def lag(self, partition: int, seconds: float) -> None:
        """Note how far a partition's newest event is behind the clock."""
        self._lag.labels(str(partition)).set(seconds)

    def watermark(self, partition: int, low: int) -> None:
        """Note the instant that a partition has reached: microseconds UTC, or -1 for none yet."""
        if low >= 0:
            self._watermark.labels(str(partition)).set(low / _MICRO)

    def gone(self, partition: int) -> None:
        """Say no more of a partition: another process has it now."""
        for gauge in (self._lag, self._watermark):
            with suppress(KeyError):
                gauge.remove(str(partition))

    def recovered(self, seconds: float) -> None:
        """Note how long it took to have all state back."""
        self._recovery.set(seconds)

    def rebalanced(self) -> None:
        """Count that partitions changed hands."""
        self._rebalances.inc()

    def refused(self, reason: str) -> None:
        """Count a dead letter."""
        self._refused.labels(reason).inc()

    def unused(self, reason: str) -> None:
        """Count an event that changed nothing."""
        self._unused.labels(reason).inc()

    def unmatched(self, counts: Mapping[str, int]) -> None:
        """Count events, by type, that no standard concerns itself with."""
        for name, count in counts.items():
            self._unconcerned.labels(name).inc(count)

    def duplicates(self, count: int) -> None:
        """Count events that had come before."""
        self._duplicates.inc(count)

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

    def text(self) -> bytes:
        """Print everything in Prometheus' text form."""
        return generate_latest(self._registry)
