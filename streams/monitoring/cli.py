"""The verb `kept rules`: prints what watches Kept itself, made from its metrics and the standards.

An edge: here arguments are read. Read next: `rule_file.py`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Literal

import typer

from streams import options

if TYPE_CHECKING:
    from standards.judge.standard import Standard

On = Annotated[
    Literal["run", "kafka"], typer.Option("--host", help="What is watched: kept run, or the processes on Kafka.")
]
Job = Annotated[str, typer.Option("--job", metavar="NAME", help="The name under which Prometheus scrapes Kept.")]


def register(app: typer.Typer) -> None:
    """Add the verbs to the command line."""
    app.command(epilog="Example: kept rules --standards grocery.yaml > /etc/prometheus/kept.yml")(rules)


def rules(*, host: On = "run", standards: options.Standards = None, job: Job = "kept") -> None:
    """Print rules for Prometheus.

    Alerts that fit the host, and for each standard with an objective alerts on its error budget. What to do about each
    of them: docs/deploy.md.
    """
    from streams.monitoring.rule_file import rule_file

    named = "".join(f" --standards {path}" for path in standards or ())
    command = f"kept rules --host {host}{named}{'' if job == 'kept' else f' --job {job}'}"
    typer.echo(rule_file(host, _loaded(standards), command=command, job=job), nl=False)


def _loaded(paths: list[str] | None) -> list[Standard]:
    """Load the standards that were named, if any were. Raises SpecError."""
    from streams.documents.documents import load_paths

    return list(load_paths(paths).rulebook.current.values()) if paths else []
