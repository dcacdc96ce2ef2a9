"""The alerts about Kept itself, for whoever runs it: what fires, on which host, and how soon.

An alert stands here once for each way in which hosts show its fault. It asks only for metrics that the host tells;
`docs/deploy.md` says under its name what to do. Read next: `rule_file.py`, which prints them.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final, Literal, NamedTuple

from streams.monitoring.burn_rates import FEWEST, counted

if TYPE_CHECKING:
    from collections.abc import Iterable

    from streams.metrics.described import Host

JOB: Final = "$job"
"""Stands in an expression for the name under which Prometheus scrapes Kept."""

OWN: Final = re.compile(r"(?<![\w:$])((?:kept|process)_\w+)(\{)?")
"""A metric of Kept's processes in an expression, and the beginning of its selector; not what the rules record."""

WHO: Final = "Kept{{ with $labels.process }} {{ . }}{{ end }}"
"""Names the process, where Prometheus knows which one a target is."""


def of_job(expr: str, job: str) -> str:
    """Have an expression ask for the metrics of this job alone: another Kept may be scraped beside it."""
    return OWN.sub(lambda found: f'{found[1]}{{job="{job}"' + (", " if found[2] else "}"), expr)


def _missed(by: str) -> str:
    """Ask which goals are missed, of promises enough, with the owner and aspect of the standard that is in force.

    Where two processes tell different ones, for the minute of a change, it is one of them.
    """
    budget, judged, info = "kept_error_budget_remaining_ratio", "kept_objective_judged_promises", "kept_standard_info"
    return (
        f'(max by ({by}) ({budget}{{bound="high"}}) < 0\nand max by ({by}) ({judged}) >= {FEWEST})\n'
        f"* on ({by}) group_left (owner, aspect) topk by ({by}) (1, max by ({by}, owner, aspect) ({info}))"
    )


class Alert(NamedTuple):
    """One alerting rule. `wait` is how long it must be so; `summary` is a template of Prometheus."""

    name: str
    expr: str
    summary: str
    severity: Literal["page", "warning"] = "page"
    wait: str = ""
    hosts: tuple[Host, ...] = ("run", "kafka")


PROCESSES: Final = (
    Alert(
        "KeptDown",
        'up{job="$job"} == 0 or absent(up{job="$job"})',
        f"{WHO}{{{{ with $labels.instance }}}} at {{{{ . }}}}{{{{ end }}}} does not answer",
        wait="1m",
    ),
    Alert(
        "KeptNobodyJudges",
        'absent(up{job="$job", process="worker"} == 1) and on () count(up{job="$job"} == 1) > 0',
        "no worker answers, so no promise is judged",
        wait="30s",
        hosts=("kafka",),
    ),
    Alert(
        "KeptNobodyTells",
        "sum(kept_kafka_operator) == 0",
        "no kept serve decides whom to tell, so nobody hears of anything",
        wait="2m",
        hosts=("kafka",),
    ),
    Alert(
        "KeptNotReady",
        "kept_ready == 0",
        WHO + " at {{ $labels.instance }} runs and is not ready",
        wait="2m",
    ),
    Alert(
        "KeptStandardsNotRead",
        "kept_standards_last_reload_successful == 0",
        "{{ $labels.instance }} cannot use the standards files as they are now; the old ones stay in force",
        "warning",
        "1m",
    ),
    Alert(
        "KeptStandardStopped",
        "max by (standard) (kept_stopped_standards) > 0",
        "the standard {{ $labels.standard }} is not judged by every worker",
        hosts=("kafka",),
    ),
)

TIME: Final = (
    Alert(
        "KeptBehind",
        "kept_watermark_lag_seconds > 60",
        "judging at {{ $labels.instance }} is {{ $value | humanizeDuration }} behind",
        wait="2m",
        hosts=("run",),
    ),
    Alert(
        "KeptBehind",
        "time() - max by (partition) (kept_watermark_timestamp_seconds) > 60",
        "judging of partition {{ $labels.partition }} is {{ $value | humanizeDuration }} behind",
        wait="2m",
        hosts=("kafka",),
    ),
    Alert(
        "KeptWatermarkStandsStill",
        "max by (partition) (kept_watermark_timestamp_seconds)"
        " <= max by (partition) (kept_watermark_timestamp_seconds offset 1m)",
        "time stands still in partition {{ $labels.partition }}: nothing falls due there",
        wait="1m",
        hosts=("kafka",),
    ),
    Alert(
        "KeptPartitionUnattended",
        "max by (partition) (max_over_time(kept_watermark_timestamp_seconds[1h]))"
        " unless max by (partition) (kept_watermark_timestamp_seconds)",
        "no worker has partition {{ $labels.partition }}",
        wait="1m",
        hosts=("kafka",),
    ),
    Alert(
        "KeptClockStepped",
        "abs(kept_clock_step_seconds) > 1",
        "the clock at {{ $labels.instance }} was set: it is {{ $value | humanizeDuration }} off",
        "warning",
        "1m",
    ),
    Alert(
        "KeptSourceClock",
        "max by (instance) (kept_source_clock_ahead_seconds) > 1",
        "a sender's clock is {{ $value | humanizeDuration }} fast; {{ $labels.instance }} says which",
        "warning",
        "5m",
    ),
)

LOSS: Final = (
    Alert(
        "KeptFeedSilent",
        "max by (instance, feed) (kept_feeds_silent) > 0",
        "the feed {{ $labels.feed }} is silent at {{ $labels.instance }}, for {{ $value }} of its keys or altogether",
        "warning",
        "5m",
        ("run",),
    ),
    Alert(
        "KeptFeedSilent",
        "max by (feed) (kept_feeds_silent) > 0",
        "the feed {{ $labels.feed }} is silent, for {{ $value }} of its keys or altogether",
        "warning",
        "5m",
        ("kafka",),
    ),
    *(
        Alert(
            "KeptVerdictsUnknown",
            f"{counted(host, 'lost', '15m', by='standard, owner')} > 0",
            "promises of {{ $labels.standard }} ended as unknown: a feed was silent, or events were lost",
            "warning",
            hosts=(host,),
        )
        for host in ("run", "kafka")
    ),
    Alert(
        "KeptEventsTooLate",
        'sum by (reason) (increase(kept_unused_events_total{reason=~"late|too-old-to-tell"}[15m])) > 0',
        "events came too late to be judged: {{ $labels.reason }}",
        "warning",
    ),
    Alert(
        "KeptDeadLetters",
        "sum by (reason) (increase(kept_dead_letters_total[15m])) > 0",
        "events were refused: {{ $labels.reason }}",
        "warning",
    ),
    Alert(
        "KeptDeliveriesFailing",
        'sum by (channel) (increase(kept_deliveries_total{result="failed"}[15m])) > 0',
        "notices were given up on the channel {{ $labels.channel }}",
    ),
    Alert(
        "KeptDeliveriesStuck",
        'sum by (channel) (increase(kept_deliveries_total{result="retried"}[5m])) > 0'
        ' unless sum by (channel) (increase(kept_deliveries_total{result="delivered"}[5m])) > 0',
        "the channel {{ $labels.channel }} takes no notices; they are tried again",
        wait="2m",
    ),
)

GOALS: Final = (
    Alert(
        "KeptObjectiveMissed",
        _missed("instance, standard"),
        "the goal of {{ $labels.standard }} at {{ $labels.instance }} is missed, by more than chance explains",
        "warning",
        "5m",
        ("run",),
    ),
    Alert(
        "KeptObjectiveMissed",
        _missed("standard"),
        "the goal of {{ $labels.standard }} is missed, by more than chance explains",
        "warning",
        "5m",
        ("kafka",),
    ),
)

GROUPS: Final = {"processes": PROCESSES, "time": TIME, "loss": LOSS, "goals": GOALS}
"""The alerts by the name of their group."""


def alerts_on(host: Host) -> Iterable[tuple[str, list[Alert]]]:
    """Give the groups of alerts that a host can raise."""
    for name, alerts in GROUPS.items():
        yield name, [alert for alert in alerts if host in alert.hosts]
