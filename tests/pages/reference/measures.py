"""The page of metrics: names, types, labels, who tells them and what they mean, from their descriptions.

Knows: how the page reads. Must not know: what is counted when. Next: `streams/metrics/described.py`.
"""

from __future__ import annotations

from streams.metrics.described import METRICS, PROCESSES, Metric
from tests.pages.reference.table import PRINTED, code, table

INTRO = """
`/metrics` on `KEPT_LISTEN` has them, for Prometheus. Labels are standards, owners, event types, channels and reasons:
never a customer, a colleague or a subject. What can be counted of the standards in force, of the reasons below and of
the channels that are set up stands at 0 from the first scrape on. Rules and dashboards are made from them:
[what to do about each alert](../deploy.md#alerts).
"""
HEADINGS = ("metric", "type", "labels", "of", "meaning")


def metrics() -> str:
    """Give the page."""
    ours, theirs = ([each for each in METRICS if each.own is own] for own in (True, False))
    return (
        f"# Metrics\n\n{PRINTED}\n{INTRO}\n{table(HEADINGS, map(_row, ours))}\n"
        "## Values of labels\n\nThose of which all values are known.\n\n"
        f"{table(('metric', 'label', 'values'), map(_values, filter(_has_values, ours)))}\n"
        f"## Of the process\n\nAs every client of Prometheus tells them.\n\n{table(HEADINGS, map(_row, theirs))}"
    )


def _row(metric: Metric) -> list[str]:
    labels = ", ".join(map(code, metric.labels))
    return [code(metric.name), metric.type, labels, who(metric), metric.help]


def who(metric: Metric) -> str:
    """Name the processes that tell a metric."""
    every = {process for processes in PROCESSES.values() for process in processes}
    return "all" if set(metric.processes) == every else ", ".join(metric.processes)


def _has_values(metric: Metric) -> bool:
    return bool(metric.values)


def _values(metric: Metric) -> list[str]:
    return [code(metric.name), code(metric.labels[-1]), ", ".join(map(code, metric.values))]
