"""The verbs `kept rules` and `kept dashboard`: print what watches Kept itself, made from metrics and standards.

An edge: here arguments are read. Read next: `rule_file.py`, `dashboard.py`.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from streams import options

if TYPE_CHECKING:
    from standards.judge.standard import Standard

On = Annotated[
    Literal["run", "kafka"], typer.Option("--host", help="What is watched: kept run, or the processes on Kafka.")
]


def _job_name(job: str) -> str:
    if not re.fullmatch(r"[\w./:-]+", job):
        raise typer.BadParameter(f"{job!r} is not a valid name of a job; write letters, digits and . / : - _ alone")
    return job


Job = Annotated[
    str,
    typer.Option("--job", metavar="NAME", callback=_job_name, help="The name under which Prometheus scrapes Kept."),
]


def _address(runbook: str) -> str:
    if runbook and not re.fullmatch(r"https?://[^\s{}'\"]+", runbook):
        raise typer.BadParameter(f"{runbook!r} is not the address of a page; write https://...")
    return runbook


Runbook = Annotated[
    str,
    typer.Option(
        metavar="URL",
        callback=_address,
        help="Where docs/deploy.md stands for your people: each alert links to its part.",
    ),
]


def register(app: typer.Typer) -> None:
    """Add the verbs to the command line."""
    app.command(epilog="Example: kept rules --standards grocery.yaml > /etc/prometheus/kept.yml")(rules)
    app.command(epilog="Example: kept dashboard --board objectives > kept-goals.json")(dashboard)


def rules(*, host: On = "run", standards: options.Standards = None, job: Job = "kept", runbook: Runbook = "") -> None:
    """Print rules for Prometheus.

    Alerts that fit the host, and for each standard with an objective alerts on its error budget. What to do about each
    of them: docs/deploy.md.
    """
    from streams.monitoring.rule_file import rule_file

    named = "".join(f" --standards {path}" for path in standards or ())
    command = f"kept rules --host {host}{named}{'' if job == 'kept' else f' --job {job}'}"
    command += f" --runbook {runbook}" if runbook else ""
    typer.echo(rule_file(host, _loaded(standards), command=command, job=job, runbook=runbook), nl=False)


def dashboard(
    *,
    host: On = "run",
    board: Annotated[
        Literal["overview", "objectives"], typer.Option(help="Promises and processes, or how the goals stand.")
    ] = "overview",
    standards: options.Standards = None,
    job: Job = "kept",
) -> None:
    """Print a dashboard for Grafana.

    Import it, and choose the Prometheus that scrapes Kept. With standards the goals have their promises as headings,
    else all goals that there are stand below each other.
    """
    import json

    from streams.monitoring.dashboard import objectives, overview

    loaded = _loaded(standards)
    made = overview(host, job=job) if board == "overview" else objectives(host, loaded, job=job)
    typer.echo(json.dumps(made, indent=2, ensure_ascii=False))


def _loaded(paths: list[str] | None) -> list[Standard]:
    """Load the standards that were named, if any were. Raises SpecError."""
    from streams.documents.documents import load_paths

    return list(load_paths(paths).rulebook.current.values()) if paths else []
