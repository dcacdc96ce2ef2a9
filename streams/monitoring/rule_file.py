"""Rules for Prometheus as a file: the alerts that fit a host, and the objectives of some standards.

Read next: `alerts.py` and `burn_rates.py`, which say what is in it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import yaml

from streams.monitoring.alerts import JOB, alerts_on, of_job
from streams.monitoring.burn_rates import alerts_of, left_out, recording_rules

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from standards.judge.standard import Standard
    from streams.metrics.described import Host
    from streams.monitoring.alerts import Alert

GUIDE = "docs/deploy.md"
WIDTH = 120


class _Dumper(yaml.SafeDumper):
    """Writes texts of several lines as such."""


def _text(dumper: yaml.SafeDumper, text: str) -> yaml.ScalarNode:
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style="|" if "\n" in text else None)


_Dumper.add_representer(str, _text)


def rule_file(host: Host, standards: Sequence[Standard], *, command: str, job: str = "kept", runbook: str = "") -> str:
    """Give the file, as YAML. `command` is what it was made by; `job` is the name under which Kept is scraped.

    `runbook` is the address of the page that says what to do, with a part for each alert; "" for none.
    """
    groups = [
        {"name": f"kept-{name}", "rules": [_explained(_rule(alert, job), runbook) for alert in found]}
        for name, found in alerts_on(host)
        if found
    ]
    burning = [rule for standard in standards for rule in alerts_of(standard)]
    if burning:
        recorded = [{**rule, "expr": of_job(rule["expr"], job)} for rule in recording_rules(host)]
        groups.append(
            {
                "name": "kept-promises",
                "interval": "1m",
                "rules": recorded,
            }
        )
        groups.append(
            {"name": "kept-error-budgets", "interval": "1m", "rules": [_explained(rule, runbook) for rule in burning]}
        )
    text = yaml.dump(
        {"groups": groups}, Dumper=_Dumper, sort_keys=False, width=WIDTH, allow_unicode=True, default_flow_style=False
    )
    return "".join(f"# {line}\n" for line in _head(standards, command)) + text


def _head(standards: Sequence[Standard], command: str) -> Iterable[str]:
    yield f"Made by: {command}"
    yield f"Make it anew when the standards or their goals change. What to do about each alert: {GUIDE}."
    yield from left_out(standards)


def _rule(alert: Alert, job: str) -> dict[str, Any]:
    expr = of_job(alert.expr.replace(JOB, job), job)
    return {
        "alert": alert.name, "expr": expr, **({"for": alert.wait} if alert.wait else {}),
        "labels": {"severity": alert.severity},
        "annotations": {"summary": alert.summary},
    }  # fmt: skip


def _explained(rule: dict[str, Any], runbook: str) -> dict[str, Any]:
    name = rule["alert"]
    link = {"runbook_url": f"{runbook}#{name.lower()}"} if runbook else {}
    return {**rule, "annotations": {**rule["annotations"], "what_to_do": f"{GUIDE}, {name}", **link}}
