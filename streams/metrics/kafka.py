"""Metrics of the Kafka processes: what the intake and the workers tell Prometheus.

Each process counts what it did itself; sums over processes are Prometheus' work. What is said of a partition is said by
the process that has it, and goes from its scrape when the partition went to another.
Read next: `streams/web/application.py`, which serves the text.
"""

from __future__ import annotations

from collections import Counter as Tally
from contextlib import suppress
from typing import TYPE_CHECKING

from standards.calendar.duration import SECOND
from streams.metrics.instruments import Instruments
from streams.metrics.moment import reload_gauges
from streams.metrics.private import by_type

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from standards.judge.case import Effect
    from standards.judge.ledger import Line
    from standards.judge.standard import Standard
    from streams.metrics.described import Process
    from streams.metrics.instruments import Values
    from streams.storage.status import Status


class KafkaMetrics:
    """The metrics of one Kafka process, in a registry of its own. Each method is named after what happened."""

    def __init__(self, process: Process) -> None:
        self._told = Instruments(process)
        by_partition = ("kept_kafka_lag_seconds", "kept_watermark_timestamp_seconds")
        self._of_partitions = [self._told.gauge(name) for name in by_partition if self._told.has(name)]

    def reads(self, topic: str) -> None:
        """Say which topic will be read."""
        self._told.begin("kept_kafka_records_total", [topic])
        self._told.begin("kept_kafka_events_total", [topic])

    def judges(self, standards: Iterable[Standard]) -> None:
        """Say which standards will be judged by."""
        for each in standards:
            if not each.owed_to:
                self._told.begin("kept_kafka_lines_total", [each.id], [each.owner])

    def connection_ended(self, reason: str) -> None:
        """Count a connection that the server ended: `unfinished`, `idle` or `full`."""
        self._told.count("kept_connections_ended_total", reason)

    def intake(self, seconds: float) -> None:
        """Note how long one request to the intake took."""
        self._told.observe("kept_intake_seconds", seconds)

    def passed_over(self, way_in: str, records: int) -> None:
        """Count records that became no event, as their mapping has it."""
        self._told.count("kept_passed_over_records_total", way_in, by=records)

    def read(self, topic: str, records: int, events: int) -> None:
        """Count the records of one batch from a topic, and the events in them."""
        self._told.count("kept_kafka_records_total", topic, by=records)
        self._told.count("kept_kafka_events_total", topic, by=events)

    def published(self, facts: int) -> None:
        """Count facts that were published."""
        self._told.count("kept_kafka_facts_total", by=facts)

    def flushed(self, seconds: float, records: int) -> None:
        """Note how long a batch of so many records took to be safe."""
        self._told.observe("kept_kafka_flush_seconds", seconds)
        self._told.observe("kept_kafka_batch_records", records)

    def lag(self, partition: int, seconds: float) -> None:
        """Note how far a partition's newest event is behind the clock."""
        self._told.gauge("kept_kafka_lag_seconds").labels(str(partition)).set(seconds)

    def clocks_apart(self, microseconds: int) -> None:
        """Note how far the slowest broker's clock is ahead of this machine's."""
        self._told.gauge("kept_kafka_clock_apart_seconds").set(microseconds / SECOND)

    def watermark(self, partition: int, low: int) -> None:
        """Note the instant that a partition has reached: microseconds UTC, or -1 for none yet."""
        if low >= 0:
            self._told.gauge("kept_watermark_timestamp_seconds").labels(str(partition)).set(low / SECOND)

    def gone(self, partition: int) -> None:
        """Say no more of a partition: another process has it now."""
        for gauge in self._of_partitions:
            with suppress(KeyError):
                gauge.remove(str(partition))

    def recovered(self, seconds: float) -> None:
        """Note how long it took to have the state back."""
        self._told.gauge("kept_kafka_recovery_seconds").set(seconds)

    def rebalanced(self) -> None:
        """Count that partitions changed hands."""
        self._told.count("kept_kafka_rebalances_total")

    def refused(self, reason: str) -> None:
        """Count a dead letter."""
        self._told.count("kept_dead_letters_total", reason)

    def unused(self, reason: str) -> None:
        """Count an event that changed nothing."""
        self._told.count("kept_unused_events_total", reason)

    def duplicates(self, count: int) -> None:
        """Count events that had come before."""
        self._told.count("kept_duplicates_total", by=count)

    def settled_early(self, count: int) -> None:
        """Count events of busy subjects before which nothing finds its place any more."""
        self._told.count("kept_settled_early_events_total", by=count)

    def late(self, effects: Mapping[Effect, int]) -> None:
        """Count late events, by what they came to; of a subject that is judged again after a crash once more."""
        for effect, count in effects.items():
            self._told.count("kept_late_events_total", effect, by=count)

    def unmatched(self, counts: Mapping[str, int]) -> None:
        """Count events, by type, that no standard concerns itself with."""
        for name, count in by_type(counts).items():
            self._told.count("kept_unconcerned_events_total", name, by=count)

    def unstamped(self, reason: str, count: int) -> None:
        """Count records of `events` whose own stamps could not be used."""
        self._told.count("kept_kafka_unstamped_records_total", reason, by=count)

    def stopped(self, standards: Iterable[str]) -> None:
        """Name the standards that are not judged here for now, instead of those named before."""
        gauge = self._told.gauge("kept_stopped_standards")
        gauge.clear()
        for standard in standards:
            gauge.labels(standard).set(1)

    def lines(self, lines: Iterable[Line]) -> None:
        """Count lines of the ledger. Lines written again after a crash are counted again; `kept serve` counts ids."""
        for key, count in Tally((line.standard, line.owner, line.kind) for line in lines).items():
            self._told.count("kept_kafka_lines_total", *key, by=count)

    def status_from(self, status: Callable[[], Status]) -> None:
        """Tell at each scrape how this process stands."""

        def asked() -> Values:
            now = status()
            return {
                "kept_ready": {(): int(now.ready)}, "kept_clock_step_seconds": {(): now.clock_step / SECOND},
                **reload_gauges(now),
            }  # fmt: skip

        self._told.ask(asked)

    def source_clocks(self, ahead: Callable[[], int | None]) -> None:
        """Tell at each scrape how far the fastest of the senders' clocks was ahead (microseconds), if one was heard.

        Absent while nothing was heard, as 0 would say that all is well.
        """

        def asked() -> Values:
            found = ahead()
            return {} if found is None else {"kept_source_clock_ahead_seconds": {(): max(0, found) / SECOND}}

        self._told.ask(asked)

    def text(self) -> bytes:
        """Print everything in Prometheus' text form."""
        return self._told.text()
