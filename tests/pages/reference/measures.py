"""The page of metrics: names, types, labels and helps, from the registries that Prometheus is told by.

Knows: prometheus_client. Must not know: what is counted when. Next: `streams/metrics/`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from prometheus_client.metrics import MetricWrapperBase

from streams.metrics import Metrics, Moment
from streams.metrics.kafka import KafkaMetrics
from streams.storage.status import Status
from tests.pages.reference.table import PRINTED, code, table

FAMILY = re.compile(
    r"^# HELP (?P<name>\w+) (?P<help>.+)\n# TYPE (?P=name) (?P<type>\w+)\n(?:(?P=name)\{(?P<labels>.*)\})?",
    re.MULTILINE,
)
INTRO = """
`/metrics` on `KEPT_LISTEN` has them, for Prometheus. Labels are standards, owners, event types and reasons: never a
customer, a colleague or a subject. Alerts on them come with Kept: `deploy/prometheus/rules.yml`, and [what to do
about each](../deploy.md#alerts).
"""


def metrics() -> str:
    """Give the page."""
    host, kafka = Metrics(), KafkaMetrics()
    kafka.source_clocks(lambda: 0)
    told = host.text(Status(ready=True, low=0), 0, Moment({"a": 0}, {"a": (1, 0)}, 0, {"other-key": 0})).decode()
    return (
        f"# Metrics\n\n{PRINTED}\n{INTRO}\n## `kept run` and `kept serve`\n\n{table(HEADINGS, _rows(host, told))}\n"
        "## `kept intake` and `kept worker`\n\nWhich of the two tells what, and how to read it: "
        f"[kafka](../kafka.md#looking).\n\n{table(HEADINGS, _rows(kafka, kafka.text().decode()))}"
    )


HEADINGS = ("metric", "type", "labels", "meaning")


def _rows(metrics: object, text: str) -> Iterator[list[str]]:
    labels = {
        family.name: each._labelnames  # noqa: SLF001 - nothing public says which labels there will be
        for each in vars(metrics).values() if isinstance(each, MetricWrapperBase) for family in each.describe()
    }  # fmt: skip
    for found in FAMILY.finditer(text):
        name = found["name"]
        if not name.endswith("_created"):
            shown = re.findall(r"(\w+)=", found["labels"] or "")
            named = labels.get(name.removesuffix("_total")) or shown
            yield [code(name), found["type"], ", ".join(map(code, named)), found["help"]]
