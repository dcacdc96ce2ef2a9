"""The verb `kept check`: says everything that is wrong or doubtful in an author's files.

An edge: here arguments, the environment and today's date are read.
Read next: `examining.py`.
"""

from __future__ import annotations

import os
import time
from datetime import UTC, datetime
from difflib import unified_diff
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final, Literal

import typer

from standards.errors import SpecError
from streams import options

if TYPE_CHECKING:
    from collections.abc import Callable

    from standards.lint.lint_input import Terms
    from streams.checking.examining import Report, Request
    from streams.checking.formats import Format

FOUND: Final = 1
"""The exit code where there are warnings and none was wanted."""
BAD_INPUT: Final = 2
"""The exit code where something cannot be used."""
CHANNELS: Final = (
    "KEPT_WEBHOOK_URL",
    "KEPT_ALERTMANAGER_URL",
    "KEPT_MAIL_SERVER",
    "KEPT_CHAT_URLS",
    "KEPT_PUSH_CONTACT",
)
"""The settings that set a channel up."""
TERMS: Final = ("KEPT_LATENESS", "KEPT_GRACE")
"""The settings that checks ask for; reading settings takes a while, and most authors have none."""

Paths = Annotated[
    list[str],
    typer.Argument(help="Standards, policy, practice, mappings and stories, or folders of them.", metavar="PATH"),
]
As = Annotated[
    Literal["text", "json", "sarif", "github"],
    typer.Option("--format", help="For people, for programs, for code scanners, for GitHub's annotations."),
]
Watch = Annotated[bool, typer.Option("--watch", help="Check again whenever a file changes, until Ctrl-C.")]
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


Channels = Annotated[
    str | None,
    typer.Option(
        metavar="NAMES", help="The channels that are set up, with commas: mail,webhook. Else by the settings."
    ),
]
Drill = Annotated[
    bool, typer.Option("--policy-drill", help="Play storms on the policy: who would hear what, when, and what nobody.")
]


def register(app: typer.Typer) -> None:
    """Add the verb to the command line."""
    app.command("fix", epilog="Example: kept fix standards/ --write")(fix)
    app.command("check", epilog="Example: kept check standards/ --strict --history may.csv --map map.yaml")(check)


def check(
    paths: Paths,
    *,
    strict: Strict = False,
    history: History = None,
    map_: options.Map = None,
    against_data: Data = None,
    format_: As = "text",
    channels: Channels = None,
    policy_drill: Drill = False,
    watch: Watch = False,
) -> None:
    """Say what is wrong, or hardly meant, in standards files.

    Mapping files, the policy, people's practice and stories are checked along with the standards they belong to. With
    history, promises are also held against what happened. With the data folder of a host, or a file of events, these
    are judged twice: by what the standards meant before there was `again`, and by what they mean now. A warning sleeps
    where a comment at its line says why, and until when: # snooze CHECK until 2027-03-01: the reason. With a drill,
    storms are played on the policy, and a table says who would hear of how much, and what would reach nobody.
    """
    from streams.backtest.inputs import expanded
    from streams.checking.examining import Request

    if map_ and not history and against_data is None:
        raise typer.BadParameter("there is no history that it could be the mapping of; add --history FILE")

    def request() -> Request:
        today = datetime.now(UTC).date()
        named = _channels(channels)
        return Request(
            paths, today, _terms(), expanded(history or ()), map_ or (), options.latest(), against_data, named
        )

    if policy_drill:
        raise typer.Exit(_drill(paths))
    if watch:
        _watch([*paths, *(history or ()), *(map_ or ())], lambda: _check(request(), format_, strict=strict))
    if format_ == "text":
        raise typer.Exit(_told(request(), strict=strict))  # errors are told by who called
    raise typer.Exit(_check(request(), format_, strict=strict))


def _watch(paths: list[str], check: Callable[[], object]) -> None:
    """Check again and again. Ends where the user has had enough."""
    from streams.checking.watching import EVERY, watch

    def once() -> None:
        check()
        typer.echo(f"{datetime.now().astimezone():%H:%M:%S}: waiting for a file to change; Ctrl-C ends it.\n", err=True)

    watch(paths, once, lambda: time.sleep(EVERY))


def _check(request: Request, format_: Format, *, strict: bool) -> int:
    """Check, and tell errors like warnings; give the exit code."""
    from streams.checking.examining import examine
    from streams.checking.formats import FORMS, Found

    try:
        if format_ == "text":
            return _told(request, strict=strict)
        report = examine(request)
    except SpecError as error:
        if format_ == "text":
            number = len(error.findings)
            typer.echo(f"{error}\n\n{number} {'finding' if number == 1 else 'findings'}.", err=True)
        else:
            typer.echo(FORMS[format_](Found(error.findings, [], {})))
        return BAD_INPUT
    typer.echo(FORMS[format_](Found(report.awake, report.asleep, report.counts)))
    typer.echo(_summary(report), err=True)
    return FOUND if strict and report.awake else 0


def _drill(paths: list[str]) -> int:
    """Play storms on the policy; gives 1 where something reached nobody. Raises SpecError."""
    from streams.checking.drill import drill, table
    from streams.documents.documents import load_standards, read_documents
    from streams.documents.rules import read_policy

    documents = read_documents(paths)
    loaded = load_standards(documents)
    people = read_policy(documents.policies, loaded.standards)
    if people is None:
        raise typer.BadParameter("none of these files is a policy, so nothing can be played")
    drilled = drill(people, loaded.standards, datetime.now(UTC))
    if not drilled:
        raise typer.BadParameter("no route of the policy tells of a standard with the severity page or ticket")
    typer.echo(table(drilled))
    unreached = sum(len(each.unreached) for each in drilled)
    typer.echo(f"{unreached or 'No'} {'promise' if unreached == 1 else 'promises'} reached nobody.", err=True)
    return FOUND if unreached else 0


def _told(request: Request, *, strict: bool) -> int:
    """Check, and tell people what is found; give the exit code. Raises SpecError with what cannot be used."""
    from streams.backtest.report import unsound
    from streams.checking.examining import examine

    report = examine(request, options.progress(str) or (lambda _: None))
    if request.history or request.data is not None:
        options.end_progress()
    if report.comparison is not None:
        from streams.checking.former import told

        typer.echo(told(report.comparison) + "\n")
    for reading in report.readings:
        typer.echo(unsound(reading), nl=False)
    for finding in report.awake:
        typer.echo(finding.render() + "\n")
    for reading in report.readings:
        if reading.bad or reading.doubts:
            options.tell_left_out(reading)
    typer.echo(_summary(report), err=True)
    return FOUND if (strict and report.awake) or any(each.is_unsound for each in report.readings) else 0


def fix(
    paths: Paths,
    *,
    write: Annotated[bool, typer.Option("--write", help="Write the files; else what would change is shown.")] = False,
) -> None:
    """Mend what can be mended for certain.

    In standards, stories, mappings, policy and practice: lengths of time, hours, dates, quotes and signs that can be
    meant in one way only, and keys that have another name now. Nothing else of a file changes: comments and layout
    stay. Ends with 1 where there is something that is not written yet.
    """
    from streams.checking.examining import Request
    from streams.checking.fixing import mend, restored
    from streams.documents.documents import read_documents, write_whole

    documents = read_documents(paths)
    mended = mend(documents, Request(paths, datetime.now(UTC).date(), _terms()))
    changed = [
        (old, new) for before, after in zip(documents, mended.documents, strict=True)
        for old, new in zip(before, after, strict=True) if old.text != new.text
    ]  # fmt: skip
    for old, new in changed:
        lines = unified_diff(old.text.splitlines(), new.text.splitlines(), old.name, new.name, lineterm="")
        typer.echo("\n".join(lines))
        if write:
            write_whole(new.name, restored(Path(new.name).read_bytes(), new.text))
    fixes, left = mended.fixes, len(mended.left)
    said = f"{fixes} {'fix' if fixes == 1 else 'fixes'} in {len(changed)} {'file' if len(changed) == 1 else 'files'}"
    told = f"; {left} {'finding is' if left == 1 else 'findings are'} left, and kept check shows them" if left else ""
    not_yet = "" if write or not changed else ", not written: add --write"
    typer.echo(f"{said}{not_yet}{told}.", err=True)
    raise typer.Exit(FOUND if changed and not write else 0)


def _terms() -> Terms:
    """Say how late events may be here."""
    from standards.lint.lint_input import Terms

    if not any(os.environ.get(name) for name in TERMS):
        return Terms()
    from streams.settings import read_settings

    settings = read_settings()
    return Terms(grace=settings.grace)


def _channels(named: str | None) -> frozenset[str] | None:
    """Say which channels are set up: those that are named, or those of the settings, where there are any."""
    if named is not None:
        return frozenset(filter(None, (name.strip() for name in named.split(","))))
    if not any(os.environ.get(name) for name in CHANNELS):
        return None
    from streams.delivery.channels import channel_names
    from streams.settings import read_settings

    return frozenset(channel_names(read_settings()))


def _summary(report: Report) -> str:
    """Say how much was looked at, how much was found, and how much of it sleeps."""
    plural = {"policy": "policies", "story": "stories"}
    read = [f"{n} {one if n == 1 else plural.get(one, f'{one}s')}" for one, n in report.counts.items() if n]
    warned, asleep = len(report.awake), len(report.asleep)
    found = f"{warned} {'warning' if warned == 1 else 'warnings'}" if warned else "no findings"
    if asleep:
        found += f", {asleep} asleep"
    return f"{', '.join(read) or '0 standards'}: {found}."
