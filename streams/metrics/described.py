"""The descriptions of all metrics: name, type, labels, what it means, and which processes tell it.

The one place that says which metrics there are. The registries that are scraped, the page of the reference, the rules
and the dashboards are made from it: a metric that is not described here cannot be told, and one that is told is found
in all of them. Labels are standards, owners, channels, event types and closed lists of reasons; never a customer, a
colleague or a subject. Of a standard that is owed for each person alone there is `kept_standard_info`, and no other.
Read next: `instruments.py`, which makes registries of these.
"""

from __future__ import annotations

from typing import Final, Literal, NamedTuple, get_args

from alerts.routing.notice import Reason
from standards.judge.case import Effect, UnusedReason
from standards.judge.promise import Kind
from streams.ingest.refusals import LIVE_REASONS
from streams.metrics.private import OTHER

Process = Literal["run", "serve", "intake", "worker"]
"""The processes that are scraped, by the verb that starts them."""
Host = Literal["run", "kafka"]
"""The two ways to run Kept: all in one process, or several on Kafka."""
PROCESSES: Final[dict[Host, tuple[Process, ...]]] = {"run": ("run",), "kafka": ("serve", "intake", "worker")}

BOUNDS: Final = ("seen", "low", "high")
"""Of a share: what was seen, and the two ends of its 95 % interval (Wilson's)."""
_SECONDS: Final = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 15.0)
_SIZES: Final = (1.0, 10.0, 50.0, 100.0, 500.0, 1_000.0, 5_000.0, 10_000.0, 50_000.0)


class Metric(NamedTuple):
    """One metric. `values` are all that its last label can be, where that is known: they are told from the start.

    A counter that begins at 0 shows its first count to `increase()`; one that appears with it does not. `buckets` are
    a histogram's, in the metric's own unit. `own`: Kept makes it; the others come with the client library.
    `is_asked`: a counter that is read from the store at each scrape.
    """

    name: str
    type: Literal["counter", "gauge", "histogram"]
    help: str
    processes: tuple[Process, ...]
    labels: tuple[str, ...] = ()
    values: tuple[str, ...] = ()
    buckets: tuple[float, ...] = ()
    own: bool = True
    is_asked: bool = False

    @property
    def series(self) -> tuple[str, ...]:
        """The names under which its samples are scraped."""
        ends = ("_bucket", "_count", "_sum") if self.type == "histogram" else ("",)
        return tuple(self.name + end for end in ends)


_ALL: Final[tuple[Process, ...]] = ("run", "serve", "intake", "worker")
_READERS: Final[tuple[Process, ...]] = ("run", "serve")
_RUN: Final[tuple[Process, ...]] = ("run",)
_SERVE: Final[tuple[Process, ...]] = ("serve",)
_INTAKE: Final[tuple[Process, ...]] = ("intake",)
_WORKER: Final[tuple[Process, ...]] = ("worker",)
_KAFKA: Final[tuple[Process, ...]] = ("intake", "worker")
_FINDERS: Final[tuple[Process, ...]] = ("run", "intake")
_JUDGES: Final[tuple[Process, ...]] = ("run", "worker")

_PROMISES: Final = (
    Metric("kept_promises_total", "counter", "Lines of the ledger, by kind.",
           _READERS, ("standard", "owner", "kind"), get_args(Kind), is_asked=True),
    Metric("kept_open_promises", "gauge", "Promises opened and not settled yet.", _READERS, ("standard",)),
    Metric("kept_nearest_deadline_timestamp_seconds", "gauge", "The next deadline; absent while there is none.",
           _READERS, ("standard",)),
    Metric("kept_promises_overdue", "gauge", "Promises that are broken and still owed.", _READERS, ("standard",)),
    Metric("kept_oldest_overdue_seconds", "gauge", "How long the oldest overdue promise has been due; 0 for none.",
           _READERS, ("standard",)),
    Metric("kept_standard_info", "gauge", "Always 1: the standards in force, with their owner, aspect and severity.",
           _READERS, ("standard", "owner", "aspect", "severity")),
    Metric("kept_objective_ratio", "gauge", "The share of a standard's promises that is to be kept.",
           _READERS, ("standard",)),
    Metric("kept_objective_window_seconds", "gauge", "The span over which that share is to be kept.",
           _READERS, ("standard",)),
    Metric("kept_objective_judged_promises", "gauge",
           "Promises opened within the objective's span that were kept or broken; corrections count.",
           _READERS, ("standard",)),
    Metric("kept_attained_ratio", "gauge",
           "The share of those that was kept: what was seen, and both ends of its 95 % interval.",
           _READERS, ("standard", "bound"), BOUNDS),
    Metric("kept_error_budget_remaining_ratio", "gauge",
           "What is left of the promises that may be broken: 1 all, 0 none, below 0 overspent; with its interval.",
           _READERS, ("standard", "bound"), BOUNDS),
    Metric("kept_stopped_standards", "gauge", "1 for a standard that is not judged here, for now.",
           _WORKER, ("standard",)),
    Metric("kept_kafka_lines_total", "counter",
           "Lines that a worker published; those published again after a crash count again, kept serve counts ids.",
           _WORKER, ("standard", "owner", "kind"), get_args(Kind)),
)  # fmt: skip

_EVENTS: Final = (
    Metric("kept_events_total", "counter",
           "Events taken in; what is private (votes, complaints, scores, self-assessments, ...) has the type other.",
           _RUN, ("type",), (OTHER,)),
    Metric("kept_dead_letters_total", "counter", "Events refused, by reason.",
           ("run", "serve", "intake"), ("reason",), LIVE_REASONS),
    Metric("kept_passed_over_records_total", "counter",
           "Records of other systems that became no event, as their mapping has it, by way in.",
           ("run", "serve", "intake"), ("way_in",)),
    Metric("kept_unused_events_total", "counter",
           "Events that changed nothing: late, not allowed to excuse, nothing to excuse, ...",
           _ALL, ("reason",), get_args(UnusedReason)),
    Metric("kept_late_events_total", "counter",
           "Late events, once for each subject, by what they came to; docs/operations.md says what each means.",
           _JUDGES, ("effect",), get_args(Effect)),
    Metric("kept_unconcerned_events_total", "counter",
           "Events that no standard concerns itself with; what is private has the type other.",
           _FINDERS, ("type",), (OTHER,)),
    Metric("kept_duplicates_total", "counter", "Events that had come before.", _JUDGES),
    Metric("kept_settled_early_events_total", "counter",
           "Events of busy subjects before which what comes late finds no place any more, for want of room.", _JUDGES),
    Metric("kept_source_clock_ahead_seconds", "gauge",
           "How far the fastest of the senders' clocks was ahead within the last hour; the board, or the intake's log,"
           " names it.", _FINDERS),
    Metric("kept_feeds_silent", "gauge",
           "For how many of its keys a declared feed is silent for too long, while a standard that rests on it is open;"
           " 1 where it was never heard. Counted are the keys heard within a week, of those silent the last 200; on"
           " Kafka by the worker of partition 0, which hears all feeds.", _READERS, ("feed",)),
    Metric("kept_backlog_events", "gauge", "Events that wait to be stored.", _READERS),
)  # fmt: skip

_TOLD: Final = (
    Metric("kept_notices_total", "counter", "Notices decided on, by kind of line.",
           _READERS, ("kind",), get_args(Kind)),
    Metric("kept_withheld_notices_total", "counter", "Notices not sent, by reason.",
           _READERS, ("reason",), tuple(reason for reason in get_args(Reason) if reason != "told")),
    Metric("kept_deliveries_total", "counter", "Attempts to deliver: delivered, retried, failed.",
           _READERS, ("channel", "result"), ("delivered", "retried", "failed")),
    Metric("kept_push_devices_dropped_total", "counter",
           "Devices that ring no more, though nobody switched them off: gone, other-key.",
           _READERS, ("reason",), ("gone", "other-key")),
    Metric("kept_push_devices_silent", "gauge",
           "Devices that are switched on and that this process does not ring: other-key, for one it does not have.",
           _READERS, ("reason",), ("other-key",)),
    Metric("kept_kafka_operator", "gauge", "1 in the one kept serve that decides whom to tell, 0 in the others.",
           _SERVE),
)  # fmt: skip

_TIME: Final = (
    Metric("kept_watermark_lag_seconds", "gauge", "How far judging is behind the clock.", _READERS),
    Metric("kept_watermark_timestamp_seconds", "gauge", "What time judging has reached, by partition.",
           _WORKER, ("partition",)),
    Metric("kept_clock_step_seconds", "gauge", "How far the machine's clock was set ahead, or back.", _FINDERS),
    Metric("kept_kafka_clock_apart_seconds", "gauge",
           "The slowest broker's clock less the intake's, where this one tells the time.", _INTAKE),
    Metric("kept_kafka_lag_seconds", "gauge",
           "The clock less the newest event's time, at the last batch: of events for an intake, of facts for a worker.",
           _KAFKA, ("partition",)),
)  # fmt: skip

_FLOW: Final = (
    Metric("kept_kafka_records_total", "counter", "Records read.", _KAFKA, ("topic",)),
    Metric("kept_kafka_events_total", "counter", "Events, or facts, in them.", _KAFKA, ("topic",)),
    Metric("kept_kafka_facts_total", "counter", "Facts published; an event that concerns two partitions is two.",
           _INTAKE),
    Metric("kept_kafka_unstamped_records_total", "counter",
           "Records stamped by the intake's clock: create-time, as the topic does not stamp; clock-ahead, as its"
           " broker's clock is ahead.", _INTAKE, ("reason",), ("create-time", "clock-ahead")),
    Metric("kept_kafka_batch_records", "histogram", "Records dealt with at once.", _KAFKA, buckets=_SIZES),
    Metric("kept_kafka_flush_seconds", "histogram", "From the first publish of a batch to its acknowledgement.",
           _KAFKA, buckets=_SECONDS),
    Metric("kept_kafka_recovery_seconds", "gauge", "How long the last recovery took.", _WORKER),
    Metric("kept_kafka_rebalances_total", "counter", "Times that partitions changed hands.", _KAFKA),
    Metric("kept_intake_seconds", "histogram", "From a request's head to its answer, where events come in.",
           ("run", "serve", "intake"), buckets=_SECONDS),
    Metric("kept_judge_seconds", "histogram", "Judging one batch.", _RUN, buckets=_SECONDS),
    Metric("kept_commit_seconds", "histogram", "One transaction of the store.", _READERS, buckets=_SECONDS),
)  # fmt: skip

_PROCESS: Final = (
    Metric("kept_ready", "gauge", "1 while the process does its work.", _ALL),
    Metric("kept_build_info", "gauge", "Always 1.", _ALL, ("version", "python")),
    Metric("kept_standards_last_reload_successful", "gauge",
           "1 while the standards files could be read when they were last looked at; 0: the old ones stay in force.",
           _FINDERS),
    Metric("kept_standards_last_reload_success_timestamp_seconds", "gauge", "When the standards in force were read.",
           _FINDERS),
    Metric("kept_connections_ended_total", "counter",
           "Connections that the server ended: unfinished (no request in time), idle, full (no place was free).",
           _ALL, ("reason",), ("unfinished", "idle", "full")),
    Metric("process_virtual_memory_bytes", "gauge", "Virtual memory size in bytes.", _ALL, own=False),
    Metric("process_resident_memory_bytes", "gauge", "Resident memory size in bytes.", _ALL, own=False),
    Metric("process_start_time_seconds", "gauge", "Start time of the process since unix epoch in seconds.",
           _ALL, own=False),
    Metric("process_cpu_seconds_total", "counter", "Total user and system CPU time spent in seconds.", _ALL, own=False),
    Metric("process_open_fds", "gauge", "Number of open file descriptors.", _ALL, own=False),
    Metric("process_max_fds", "gauge", "Maximum number of open file descriptors.", _ALL, own=False),
)  # fmt: skip

METRICS: Final[tuple[Metric, ...]] = (*_PROMISES, *_EVENTS, *_TOLD, *_TIME, *_FLOW, *_PROCESS)


def metrics_of(process: Process) -> dict[str, Metric]:
    """Give the metrics that a process tells, by their names."""
    return {metric.name: metric for metric in METRICS if process in metric.processes}


def metrics_on(host: Host) -> dict[str, Metric]:
    """Give the metrics that any process of a host tells, by their names."""
    return {metric.name: metric for metric in METRICS if set(metric.processes) & set(PROCESSES[host])}
