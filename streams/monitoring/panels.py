"""Panels and boards as Grafana reads them: plain JSON, of the few kinds that Kept's boards need.

Written here rather than with Grafana's foundation SDK: that would be a dependency of every installation for one verb,
and its models say nothing of what has to be right, which is the queries, their units and their places.
Read next: `dashboard.py`, which says what the boards show.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, Literal, NamedTuple

from streams.monitoring.alerts import JOB, of_job

if TYPE_CHECKING:
    from collections.abc import Sequence

    Json = dict[str, Any]

COLUMNS: Final = 24
"""How wide a board is, in Grafana's units; a panel's `width` and `height` are in these too."""
_JOINER: Final = "\u2060"
SOURCE: Final = {"type": "prometheus", "uid": "${datasource}"}
"""The Prometheus that is chosen on the board: boards name none, as each Grafana calls its own otherwise."""


class Panel(NamedTuple):
    """One panel. `queries` are expressions, each with what its series are called.

    `bad`: it is red from that value on; `good`: it is red below that one.
    """

    title: str
    description: str
    kind: Literal["stat", "timeseries", "bargauge"]
    unit: str
    queries: tuple[tuple[str, str], ...]
    width: int = 8
    height: int = 8
    bad: float | None = None
    good: float | None = None
    decimals: int | None = None


class Row(NamedTuple):
    """A heading with the panels below it; `each`: once for every value of a variable of the board."""

    title: str
    panels: Sequence[Panel]
    each: str = ""


def verbatim(text: str) -> str:
    """Give an author's text as a title that is shown as it is.

    Grafana puts the values of variables in place of `$name`, `${name}` and `[[name]]`, and knows no way to write these
    as themselves. A joiner that nobody sees keeps them from being names.
    """
    return text.replace("$", f"${_JOINER}").replace("[[", f"[{_JOINER}[")


def board(uid: str, title: str, rows: Sequence[Row], variables: Sequence[Json]) -> Json:
    """Give a board: its rows from above, the panels of each from the left."""
    placed: list[Json] = []
    y = 0
    for row in rows:
        repeated = {"repeat": row.each} if row.each else {}
        heading = {"type": "row", "title": row.title, "collapsed": False, "panels": [], **repeated}
        placed.append({**heading, "gridPos": {"x": 0, "y": y, "w": COLUMNS, "h": 1}})
        y += 1
        x, high = 0, 0
        for panel in row.panels:
            if x + panel.width > COLUMNS:
                x, y, high = 0, y + high, 0
            placed.append(_panel(panel, x, y))
            x, high = x + panel.width, max(high, panel.height)
        y += high
    return {
        "uid": uid, "title": title, "tags": ["kept"], "schemaVersion": 41, "version": 1, "editable": True,
        "graphTooltip": 1, "timezone": "browser", "refresh": "30s", "time": {"from": "now-1h", "to": "now"},
        "annotations": {"list": []},
        "links": [{"title": "Kept", "type": "dashboards", "tags": ["kept"], "asDropdown": True}],
        "templating": {"list": [_SOURCES, *variables]},
        "panels": [{"id": number, **panel} for number, panel in enumerate(placed, 1)],
    }  # fmt: skip


_SOURCES: Final = {
    "name": "datasource",
    "label": "Prometheus",
    "type": "datasource",
    "query": "prometheus",
    "refresh": 1,
}


def job_variable(job: str) -> Json:
    """Give the variable that chooses which Kept is shown, by the name under which Prometheus scrapes it."""
    return {
        "name": "job", "label": "Job", "type": "query", "datasource": SOURCE, "refresh": 1, "sort": 1,
        "query": {"query": "label_values(kept_ready, job)", "refId": "job"}, "includeAll": False, "multi": False,
        "current": {"text": job, "value": job},
    }  # fmt: skip


def variable(name: str, label: str, series: str) -> Json:
    """Give a variable that takes the values of a label of some series; all of them unless some are chosen."""
    values = {"query": f"label_values({of_job(series, JOB)}, {name})", "refId": name}
    return {
        "name": name, "label": label, "type": "query", "datasource": SOURCE, "refresh": 2, "sort": 1,
        "query": values, "includeAll": True, "multi": True,
        "current": {"text": ["All"], "value": ["$__all"]},
    }  # fmt: skip


def _panel(panel: Panel, x: int, y: int) -> Json:
    at_once = panel.kind != "timeseries"
    steps: list[Json] = [{"color": "green" if panel.good is None else "red", "value": None}]
    if panel.good is not None:
        steps.append({"color": "green", "value": panel.good})
    if panel.bad is not None:
        steps.append({"color": "red", "value": panel.bad})
    defaults: Json = {"unit": panel.unit, "thresholds": {"mode": "absolute", "steps": steps}}
    if panel.decimals is not None:
        defaults["decimals"] = panel.decimals
    return {
        "type": panel.kind, "title": panel.title, "description": panel.description, "datasource": SOURCE,
        "gridPos": {"x": x, "y": y, "w": panel.width, "h": panel.height},
        "targets": [
            {"refId": chr(ord("A") + number), "datasource": SOURCE, "expr": of_job(expr, JOB), "legendFormat": name,
             "range": not at_once, "instant": at_once}
            for number, (expr, name) in enumerate(panel.queries)
        ],
        "fieldConfig": {"defaults": defaults, "overrides": []},
        "options": _OPTIONS[panel.kind],
    }  # fmt: skip


_LAST: Final = {"calcs": ["lastNotNull"], "fields": "", "values": False}
_OPTIONS: Final[dict[str, Json]] = {
    "stat": {"reduceOptions": _LAST, "colorMode": "background"},
    "bargauge": {"reduceOptions": _LAST, "orientation": "horizontal", "displayMode": "basic"},
    "timeseries": {"tooltip": {"mode": "multi"}, "legend": {"displayMode": "list", "placement": "bottom"}},
}
