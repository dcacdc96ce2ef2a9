"""Metrics: what Prometheus is told. All numbers about promises are sums over the ledger's lines.

How many lines there are of each kind is read from the store at each scrape, so it equals the ledger whatever happened
to the process. What has not happened yet stands at 0 from the first scrape on. Calls may come from any thread.
Read next: `described.py` for which metrics there are; `kafka.py` for what the Kafka processes count;
`streams/web/pages.py`, which serves the text.
"""

from __future__ import annotations

from collections import Counter as Tally
from typing import TYPE_CHECKING, Final

from standards.judge.standard import event_types
from streams.metrics.instruments import CONTENT_TYPE, Instruments
from streams.metrics.moment import Moment, at_scrape
from streams.metrics.private import by_type, told_as

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from standards.judge.promise import Kind, Verdict
    from standards.judge.standard import Standard
    from streams.metrics.described import Process
    from streams.storage.status import Committed, Status

__all__ = ["CONTENT_TYPE", "SETTLING", "Metrics", "Moment", "opened"]

SETTLING: Final = frozenset({"kept", "broken", "voided", "excused", "lost"})
"""The kinds of line that settle a promise, wherever they stand. A correction can settle one, or take that back."""


class Metrics:
    """The metrics of one host with a ledger: of `kept run`, or of one `kept serve`. `channels` are those set up."""

    def __init__(self, process: Process = "run", channels: Collection[str] = ()) -> None:
        self._told = Instruments(process)
        self._told.begin("kept_deliveries_total", channels)
        self._open = Tally[str]()
        self._begun: Mapping[str, Standard] = {}

    def start(self, owed: Mapping[str, int]) -> None:
        """Begin where the store stands: `owed` counts what is open, by standard. Call it once, before any batch."""
        self._open.update(owed)

    def committed(self, batch: Committed) -> None:
        """Count what one transaction stored: open promises, what became of its events, and how long it took."""
        told = self._told
        for line in batch.lines:
            if change := opened(line.kind, line.verdict, line.was):
                self._open[line.standard] += change
        by_label: tuple[tuple[str, Mapping[str, int]], ...] = (
            ("kept_notices_total", Tally(notice.kind for notice in batch.notices)),
            ("kept_withheld_notices_total", Tally(each.reason for each in batch.withheld)),
            ("kept_events_total", by_type(batch.events)),
            ("kept_dead_letters_total", batch.refused),
            ("kept_unused_events_total", batch.late),
            ("kept_late_events_total", {str(effect): count for effect, count in batch.effects.items()}),
            ("kept_unconcerned_events_total", by_type(batch.unmatched)),
        )
        for name, counts in by_label:
            for label, count in counts.items():
                told.count(name, label, by=count)
        told.count("kept_duplicates_total", by=batch.duplicates)
        told.count("kept_settled_early_events_total", by=batch.settled_early)
        told.observe("kept_judge_seconds", batch.judging)
        told.observe("kept_commit_seconds", batch.storing)

    def delivered(self, channel: str, result: str) -> None:
        """Count one attempt to deliver a notice: `result` is delivered, retried or failed."""
        self._told.count("kept_deliveries_total", channel, result)

    def device_dropped(self, reason: str) -> None:
        """Count a device that rings no more, though nobody switched it off: `gone` or `other-key`."""
        self._told.count("kept_push_devices_dropped_total", reason)

    def connection_ended(self, reason: str) -> None:
        """Count a connection that the server ended: `unfinished`, `idle` or `full`."""
        self._told.count("kept_connections_ended_total", reason)

    def intake(self, seconds: float) -> None:
        """Note how long one request to the intake took."""
        self._told.observe("kept_intake_seconds", seconds)

    def passed_over(self, way_in: str, records: int) -> None:
        """Count records that became no event, as their mapping has it."""
        self._told.count("kept_passed_over_records_total", way_in, by=records)

    def text(self, status: Status, wall: int, asked: Moment) -> bytes:
        """Print everything in Prometheus' text form, with what is true at this moment: `wall` in microseconds UTC."""
        if asked.standards != self._begun:
            self._begin(asked.standards)
        return self._told.text(at_scrape(status, wall, asked, dict(self._open)))

    def _begin(self, standards: Mapping[str, Standard]) -> None:
        """Have everything there that can be counted of the standards in force, before it happens."""
        self._begun = standards
        for each in standards.values():
            if self._told.has("kept_events_total"):
                heard = [told_as(name) for name in event_types(each) if not _is_own(name)]
                self._told.begin("kept_events_total", heard)


def _is_own(event_type: str) -> bool:
    """Say whether Kept makes these events itself: they are not taken in."""
    return event_type.startswith("promise.")


def opened(kind: Kind, verdict: Verdict | None, was: Verdict | None) -> int:
    """Say by how many a line changes the number of open promises: its kind, and the verdicts after and before it."""
    if kind in ("corrected", "withdrawn", "undone"):
        return (verdict is None) - (was is None)
    return (kind == "opened") - (kind in SETTLING)
