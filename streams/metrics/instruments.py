"""Registries of prometheus_client, made from the descriptions.

Every process has its own registry, so two hosts in one process never add up. The library's own `_created` series are
left out: they double what is scraped, and Prometheus does not use them in this form.
Read next: `described.py`; `__init__.py` and `kafka.py`, which count.
"""

from __future__ import annotations

import platform
from itertools import product
from typing import TYPE_CHECKING, Final

from prometheus_client import (
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    ProcessCollector,
    disable_created_metrics,
    generate_latest,
)
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily
from prometheus_client.registry import Collector

from streams.metrics.described import metrics_of
from streams.version import installed_version

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from streams.metrics.described import Metric, Process

    Values = Mapping[str, Mapping[tuple[str, ...], float]]
    """What is so at a scrape: by the metric's name, and by the values of its labels."""

CONTENT_TYPE: Final = "text/plain; version=0.0.4; charset=utf-8"

disable_created_metrics()  # type: ignore[no-untyped-call]


class Instruments:
    """All that one process counts, by the names of the metrics. What is asked at a scrape is given to `text`."""

    def __init__(self, process: Process) -> None:
        self._metrics = metrics_of(process)
        self._registry = CollectorRegistry()
        self._counters: dict[str, Counter] = {}
        self._gauges: dict[str, Gauge] = {}
        self._histograms: dict[str, Histogram] = {}
        for metric in self._metrics.values():
            if metric.type == "counter" and metric.own and not metric.is_asked:
                self._counters[metric.name] = Counter(metric.name, metric.help, metric.labels, registry=self._registry)
                if len(metric.labels) == 1:
                    self.begin(metric.name)
            elif metric.type == "histogram":
                self._histograms[metric.name] = Histogram(
                    metric.name, metric.help, registry=self._registry, buckets=metric.buckets
                )
        ProcessCollector(registry=self._registry)
        self.gauge("kept_build_info").labels(installed_version(), platform.python_version()).set(1)

    def has(self, name: str) -> bool:
        """Say whether this process tells a metric."""
        return name in self._metrics

    def begin(self, name: str, *labels: Iterable[str]) -> None:
        """Have a counter's series there from now on, at 0: for all values of its first labels, and those of its last.

        `labels` are the values of each label but one whose values are known.
        """
        known = self._metrics[name].values
        for each in product(*labels, *([known] if len(labels) < len(self._metrics[name].labels) else [])):
            self._counters[name].labels(*each)

    def count(self, name: str, *labels: str, by: float = 1) -> None:
        """Count, where this process tells that metric at all."""
        if (counter := self._counters.get(name)) is not None:
            (counter.labels(*labels) if labels else counter).inc(by)

    def observe(self, name: str, value: float) -> None:
        """Note one observation of a histogram, where this process tells it."""
        if (histogram := self._histograms.get(name)) is not None:
            histogram.observe(value)

    def gauge(self, name: str) -> Gauge:
        """Give a gauge that keeps its value from one scrape to the next. Raises KeyError for one that is not told."""
        if name not in self._gauges:
            metric = self._metrics[name]
            self._gauges[name] = Gauge(name, metric.help, metric.labels, registry=self._registry)
        return self._gauges[name]

    def ask(self, asked: Callable[[], Values]) -> None:
        """Have a function asked at each scrape."""
        self._registry.register(_AtScrape(self._metrics, asked))

    def text(self, values: Values | None = None) -> bytes:
        """Print everything in Prometheus' text form, with what is so at this moment."""
        moment = CollectorRegistry()
        moment.register(_AtScrape(self._metrics, lambda: values or {}))
        return generate_latest(self._registry) + generate_latest(moment)


class _AtScrape(Collector):
    """What is asked for rather than kept; of what this process does not tell, nothing."""

    def __init__(self, metrics: Mapping[str, Metric], asked: Callable[[], Values]) -> None:
        self._metrics, self._asked = metrics, asked

    def describe(self) -> Iterable[CounterMetricFamily | GaugeMetricFamily]:
        """Say nothing beforehand: the names are told apart in `described.py`."""
        return ()

    def collect(self) -> Iterable[CounterMetricFamily | GaugeMetricFamily]:
        for name, samples in self._asked().items():
            if (metric := self._metrics.get(name)) is not None:
                made = CounterMetricFamily if metric.type == "counter" else GaugeMetricFamily
                family = made(name, metric.help, labels=metric.labels)
                for labels, value in samples.items():
                    family.add_metric(labels, value)
                yield family
