"""The verb `kept check`: says everything that is wrong or doubtful in an author's files.

An edge: here arguments, the environment and today's date are read.
Read next: `examining.py`.
"""

from __future__ import annotations

import os
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated, Final

import typer

from streams import options

if TYPE_CHECKING:
    from standards.lint.lint_input import Terms
    from streams.checking.examining import Report

FOUND: Final = 1
"""The exit code where there are warnings and none was wanted."""
TERMS: Final = ("KEPT_LATENESS", "KEPT_GRACE")
"""The settings that checks ask for; reading settings takes a while, and most authors have none."""

Paths = Annotated[
    list[str], typer.Argument(help="Standards, policy, mappings and stories, or folders of them.", metavar="PATH")
]
Strict = Annotated[bool, typer.Option("--strict", help="Exit 1 if there are warnings that do not sleep.")]
History = Annotated[
    list[str] | None, typer.Option(metavar="FILE", help="Events to hold them against; repeatable. See kept backtest.")
]
Data = Annotated[
    str | None,
    typer.Option(
        "--against-data", metavar="FOLDER", help="A host's data: what do new defaults change over its events?"
    ),
]


def register(app: typer.Typer) -> None:
    """Add the verb to the command line."""
    app.command("check", epilog="Example: kept check standards/ --strict --history may.csv --map map.yaml")(check)


def check(
    paths: Paths,
    *,
    strict: Strict = False,
    history: History = None,
    map_: options.Map = None,
    against_data: Data = None,
) -> None:
    """Say what is wrong, or hardly meant, in standards files.

    Mapping files, the policy and stories are checked along with the standards they belong to. With history, promises
    are also held against what happened. With the data folder of a host, or a file of events, these are judged twice:
    by what the standards meant before there was `again`, and by what they mean now. A warning sleeps where a comment
    at its line says why, and until when.
    """
    from streams.checking.examining import Request, examine

    if map_ is not None and not history and against_data is None:
        raise typer.BadParameter("there is no history that it could be the mapping of; add --history FILE")
    now = datetime.now(UTC)
    request = Request(paths, now.date(), _terms(), history or (), map_, options.latest(), against_data)
    report = examine(request, options.progress(str) or (lambda _: None))
    if history or against_data is not None:
        options.end_progress()
    if report.comparison is not None:
        from streams.checking.former import told

        typer.echo(told(report.comparison) + "\n")
    for finding in report.awake:
        typer.echo(finding.render() + "\n")
    for reading in (report.reading, report.comparison.result if report.comparison is not None else None):
        if reading is not None and (reading.bad or reading.doubts):
            options.tell_left_out(reading)
    typer.echo(_summary(report), err=True)
    raise typer.Exit(FOUND if strict and report.awake else 0)


def _terms() -> Terms:
    """Say how late events may be here."""
    from standards.lint.lint_input import Terms

    if not any(os.environ.get(name) for name in TERMS):
        return Terms()
    from streams.settings import read_settings

    settings = read_settings()
    return Terms(grace=settings.grace)


def _summary(report: Report) -> str:
    """Say how much was looked at, how much was found, and how much of it sleeps."""
    plural = {"policy": "policies", "story": "stories"}
    read = [f"{n} {one if n == 1 else plural.get(one, f'{one}s')}" for one, n in report.counts.items() if n]
    warned, asleep = len(report.awake), len(report.asleep)
    found = f"{warned} {'warning' if warned == 1 else 'warnings'}" if warned else "no findings"
    if asleep:
        found += f", {asleep} asleep"
    return f"{', '.join(read) or '0 standards'}: {found}."
