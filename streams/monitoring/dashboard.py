"""The boards for Grafana: what is promised and what carries it, and how the goals of standards stand.

Each host has its own: no panel asks for what the host's processes never tell. Every query is for the ledger as a whole,
however many `kept serve` count it. Read next: `panels.py`, which makes JSON of it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from standards.calendar.duration import describe
from streams.monitoring.alerts import JOB
from streams.monitoring.burn_rates import WINDOWS, counted
from streams.monitoring.panels import Panel, Row, board, job_variable, variable, verbatim

if TYPE_CHECKING:
    from collections.abc import Sequence

    from standards.judge.standard import Standard
    from streams.metrics.described import Host

CHOSEN = 'standard=~"$standard"'


def overview(host: Host, *, job: str = "kept") -> dict[str, Any]:
    """Give the board of promises and of the processes that judge them. `job` is the one it shows at first."""
    carrying = [*_health(host), *(_kafka() if host == "kafka" else _single()), *_losses(host)]
    rows = [Row("Promises", _promises(host)), Row("Who is told", _told(host)), Row("What carries it", carrying)]
    standard = variable("standard", "Standard", "kept_standard_info")
    return board("kept" if host == "kafka" else "kept-run", "Kept", rows, [job_variable(job), standard])


def objectives(host: Host, standards: Sequence[Standard] = (), *, job: str = "kept") -> dict[str, Any]:
    """Give the board of goals: of these standards by their promises, or of all that there are, by their names."""
    aimed = [each for each in standards if each.objective is not None and not each.owed_to]
    rows = [
        Row(verbatim(f"{each.id}: {each.promise}" if each.promise else each.id), _goal(host, f'standard="{each.id}"'))
        for each in aimed
    ]
    if not aimed:
        rows = [Row("$standard", _goal(host, CHOSEN), each="standard")]
    standard = variable("standard", "Standard", "kept_objective_ratio")
    uid = "kept-objectives" if host == "kafka" else "kept-run-objectives"
    return board(uid, "Kept: goals", rows, [job_variable(job), *([] if aimed else [standard])])


def _of_all(host: Host, metric: str, label: str = "standard") -> str:
    """Ask a gauge by one of its labels: each serve tells all of it, each `kept run` its own part."""
    return f"{'sum' if host == 'run' else 'max'} by ({label}) ({metric})"


def _promises(host: Host) -> list[Panel]:
    kept = counted(host, "kept", "$__range", f", {CHOSEN}")
    judged = counted(host, "kept|broken", "$__range", f", {CHOSEN}")
    by_kind = counted(host, "kept|broken|excused|voided|lost", "$__rate_interval", f", {CHOSEN}", "kind")
    overdue = _of_all(host, f"kept_promises_overdue{{{CHOSEN}}}")
    return [
        Panel("Overdue", "Promises that are broken and still owed; the board of Kept says which.", "stat", "short",
              ((f"sum({overdue})", "overdue"),), 4, 5, bad=1, decimals=0),
        Panel("Oldest overdue promise", "How long the oldest overdue promise of each standard has been due.",
              "timeseries", "s",
              ((f"max by (standard) (kept_oldest_overdue_seconds{{{CHOSEN}}})", "{{standard}}"),), 20, 5),
        Panel("Kept, by standard", "Of the promises judged in the time shown, the share that was kept.", "bargauge",
              "percentunit", ((f"{kept} / ({judged} > 0)", "{{standard}}"),)),
        Panel("Verdicts", "Promises settled in each step, by verdict. A correction is not counted here.", "timeseries",
              "short", ((by_kind, "{{kind}}"),), 16),
        Panel("Open promises", "Promises that are owed now, by standard.", "timeseries", "short",
              ((_of_all(host, f"kept_open_promises{{{CHOSEN}}}"), "{{standard}}"),), 12),
        Panel("Nearest deadlines", "How long until the next promise of each standard falls due, where any is owed.",
              "bargauge", "s",
              ((f"sort(min by (standard) (kept_nearest_deadline_timestamp_seconds{{{CHOSEN}}}) - time())",
                "{{standard}}"),), 12),
    ]  # fmt: skip


def _told(host: Host) -> list[Panel]:
    notices = _each_minute(host, "kept_notices_total", "kind")
    withheld = _each_minute(host, "kept_withheld_notices_total", "reason")
    return [
        Panel("Notices", "Decided on, by kind, for each minute.", "timeseries", "short",
              ((notices, "{{kind}}"),)),
        Panel("Notices withheld", "Not sent, by reason, for each minute; /v1/withheld says to whom.",
              "timeseries", "short", ((withheld, "{{reason}}"),)),
        Panel("Deliveries", "Attempts to deliver notices, by channel and result, in each step.", "timeseries", "short",
              (("sum by (channel, result) (increase(kept_deliveries_total[$__rate_interval]))",
                "{{channel}} {{result}}"),)),
    ]  # fmt: skip


def _each_minute(host: Host, metric: str, label: str) -> str:
    """Ask how often for each minute, by a label: of those values that came at all in the time shown, else 0 of none.

    Which came is asked at the end of that time, so that it is the same at each of its steps: a line is whole.
    """
    rate = f"rate({metric}[$__rate_interval])"
    found = f"sum by ({label}) ({rate})" if host == "run" else f"max by ({label}) (sum by (instance, {label}) ({rate}))"
    came = f"sum by ({label}) (increase({metric}[$__range] @ end())) > 0"
    none = f'label_replace(vector(0), "{label}", "none", "", "")'
    return f"({found} * 60 and on ({label}) {came}) or ({none} unless on () {came})"


def _health(host: Host) -> list[Panel]:
    processes = "Of the intake, the workers and serve." if host == "kafka" else "Of the targets that Prometheus has."
    up = f'up{{job="{JOB}"}}'
    return [
        Panel("Processes that answer", processes, "stat", "short", ((f"sum({up})", "up"), (f"count({up})", "of")),
              4, 5),
        Panel("Alerts", "Alerts about Kept that fire now.", "stat", "short",
              (('count(ALERTS{alertstate="firing", alertname=~"Kept.*"}) or vector(0)', "firing"),), 4, 5, bad=1),
        Panel("Dead letters", "Events refused in the last hour.", "stat", "short",
              (("sum(max by (reason) (increase(kept_dead_letters_total[1h])))", "refused"),), 4, 5, bad=1, decimals=0),
        Panel("Notices given up", "In the last hour.", "stat", "short",
              (('sum(increase(kept_deliveries_total{result="failed"}[1h]))', "failed"),), 4, 5, bad=1, decimals=0),
        Panel("Memory", "Resident memory of each process.", "timeseries", "bytes",
              (("process_resident_memory_bytes", "{{process}} {{instance}}"),), 8, 5),
    ]  # fmt: skip


def _single() -> list[Panel]:
    slow = "histogram_quantile(0.99, sum by (le) (rate({}_bucket[$__rate_interval])))"
    return [
        Panel("Judging behind the clock", "About KEPT_GRACE when all is well.", "timeseries", "s",
              (("kept_watermark_lag_seconds", "{{instance}}"),)),
        Panel("Events", "Taken in each second, by type.", "timeseries", "cps",
              (("sum by (type) (rate(kept_events_total[$__rate_interval]))", "{{type}}"),)),
        Panel("One in a hundred takes", "Answering a request with events, judging a batch, storing it.", "timeseries",
              "s", tuple((slow.format(f"kept_{name}_seconds"), name) for name in ("intake", "judge", "commit"))),
    ]  # fmt: skip


def _kafka() -> list[Panel]:
    flush = "histogram_quantile({}, sum by (le, process) (rate(kept_kafka_flush_seconds_bucket[$__rate_interval])))"
    size = "sum by (process) (rate(kept_kafka_batch_records_{}[$__rate_interval]))"
    return [
        Panel("Judging behind the clock, by partition", "About KEPT_GRACE when all is well.",
              "timeseries", "s",
              (("time() - max by (partition) (kept_watermark_timestamp_seconds)", "{{partition}}"),)),
        Panel("Newest events behind the clock", "The clock less the newest event's time at the last batch. It"
              " stays where it is while nothing comes.", "timeseries", "s",
              (("max by (process, partition) (kept_kafka_lag_seconds)", "{{process}} {{partition}}"),)),
        Panel("Facts and records", "What the intake publishes and what each process reads, each second.", "timeseries",
              "cps", (("sum(rate(kept_kafka_facts_total[$__rate_interval]))", "facts published"),
                      ("sum by (process, topic) (rate(kept_kafka_records_total[$__rate_interval]))",
                       "{{process}} {{topic}}"))),
        Panel("Flushes", "From the first publish of a batch to its acknowledgement: half, and one in a hundred.",
              "timeseries", "s", ((flush.format("0.5"), "{{process}} half"),
                                  (flush.format("0.99"), "{{process}} 99 %"))),
        Panel("Records at once", "Mean size of the batches, by process.", "timeseries", "short",
              ((f"{size.format('sum')} / {size.format('count')}", "{{process}}"),)),
        Panel("Who decides whom to tell", "1 for the one serve that does; and how often partitions changed hands.",
              "timeseries", "short", (("kept_kafka_operator", "{{instance}}"),
                                      ("sum(increase(kept_kafka_rebalances_total[$__rate_interval]))", "rebalances"))),
        Panel("Stopped standards", "Standards that a worker could not load.", "stat", "short",
              (("count(max by (standard) (kept_stopped_standards) > 0) or vector(0)", "stopped"),), 4, 5, bad=1),
        Panel("Last recovery", "How long a process took to have its state back, the slowest of the last day.", "stat",
              "s", (("max(max_over_time(kept_kafka_recovery_seconds[1d]))", "recovery"),), 4, 5),
    ]  # fmt: skip


def _losses(host: Host) -> list[Panel]:
    silent = _of_all(host, "kept_feeds_silent", "feed")
    return [
        Panel("Events that changed nothing", "Refused, of no use, repeated, or of no standard's concern: each can be"
              " looked up, or is a setting of the sender.", "timeseries", "cps",
              (("sum by (reason) (rate(kept_dead_letters_total[$__rate_interval]))", "refused: {{reason}}"),
               ("sum by (reason) (rate(kept_unused_events_total[$__rate_interval]))", "unused: {{reason}}"),
               ("sum(rate(kept_duplicates_total[$__rate_interval]))", "repeats"),
               ("sum(rate(kept_unconcerned_events_total[$__rate_interval]))", "no standard's"))),
        Panel("Late events", "What they came to, for each minute; docs/operations.md says what each means.",
              "timeseries", "short",
              (("sum by (effect) (rate(kept_late_events_total[$__rate_interval])) * 60", "{{effect}}"),)),
        Panel("Silent feeds", "For how many of its keys each declared feed is silent; 1 where it was never heard. Feeds"
              " on the board says which, and since when.", "timeseries", "short",
              ((silent, "{{feed}}"),)),
        Panel("Senders' clocks", "How far the fastest was ahead within the last hour; Feeds on the board, or the"
              " intake's log, says whose it is.", "timeseries", "s",
              (("max by (instance) (kept_source_clock_ahead_seconds)", "{{instance}}"),)),
    ]  # fmt: skip


def _goal(host: Host, chosen: str) -> list[Panel]:
    budget = f"(1 - max by (standard) (kept_objective_ratio{{{chosen}}}))"
    burning = []
    for each in WINDOWS:
        span = describe(each.long)
        broken, judged = (counted(host, kinds, span, f", {chosen}") for kinds in ("broken", "kept|broken"))
        burning.append((f"{broken} / ({judged} > 0) / {budget}", f"{{{{standard}}}} {span}"))
    bounds = {bound: f'{{{chosen}, bound="{bound}"}}' for bound in ("seen", "low", "high")}
    return [
        Panel("Kept", "The share kept over the goal's span, both ends of its 95 % interval, and the goal.",
              "timeseries", "percentunit",
              (*((f"max by (standard) (kept_attained_ratio{it})", f"{{{{standard}}}} {name}")
                 for name, it in bounds.items()),
               (f"max by (standard) (kept_objective_ratio{{{chosen}}})", "{{standard}} goal"))),
        Panel("Left of what may be broken", "1 is all, 0 none, below 0 overspent. The goal is missed where the high"
              " end is below 0, and met where the low end is above; between them nobody can say.", "stat",
              "percentunit",
              tuple((f"max by (standard) (kept_error_budget_remaining_ratio{it})", f"{{{{standard}}}} {name}")
                    for name, it in bounds.items()), 4, good=0),
        Panel("Promises judged", "How many promises that is of, over the goal's span.", "stat", "short",
              ((f"max by (standard) (kept_objective_judged_promises{{{chosen}}})", "{{standard}}"),), 4),
        Panel("Burn rates", "How many times faster than it may the budget is used, in each of the alerts' windows.",
              "timeseries", "short", tuple(burning)),
    ]  # fmt: skip
