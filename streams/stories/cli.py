"""The verb `kept test`: runs stories, says how they went, and runs them again when a file changes.

An edge: here arguments, the terminal and the clock are read.
Read next: `files.py`, `running.py`.
"""

from __future__ import annotations

import os
import sys
import time
from contextlib import suppress
from pathlib import Path
from shutil import get_terminal_size
from typing import TYPE_CHECKING, Annotated, Final, NamedTuple

import typer

from standards.errors import Finding, Place, SpecError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from streams.documents.documents import Documents
    from streams.stories.files import Script
    from streams.stories.running import Result

FOUND: Final = 1
"""The exit code where a story did not go as it says."""
WATCHED: Final = (".yaml", ".yml", ".ics", ".csv")
LOOK_SECONDS: Final = 0.3
"""How often the files are looked at, in seconds, where somebody watches."""

Paths = Annotated[
    list[str], typer.Argument(help="Stories, with the standards and the policy, or folders of them.", metavar="PATH")
]
Junit = Annotated[str | None, typer.Option("--junit", metavar="FILE", help="Write a report for a build server here.")]
Name = Annotated[str | None, typer.Option("--run", metavar="NAME", help="Only stories with this in their names.")]


def register(app: typer.Typer) -> None:
    """Add the verb to the command line."""
    app.command("test", epilog="Example: kept test examples/grocery")(run_stories)


def run_stories(
    paths: Paths,
    *,
    junit: Junit = None,
    run: Name = None,
    watch: Annotated[bool, typer.Option("--watch", help="Run them again whenever a file changes.")] = False,
    mutate: Annotated[
        bool, typer.Option("--mutate", help="Change the rules a little, here and there: does a story notice?")
    ] = False,
) -> None:
    """Run stories: scripted tests of standards, and of who is told.

    Exits with 1 if one does not go as it says, and shows what was expected beside what happened; with --mutate also if
    a small change to the rules is noticed by no story.
    """
    if mutate and run is not None:
        raise typer.BadParameter("--mutate asks whether any story notices: leave --run out")
    asked = Asked(tuple(paths), junit, run, mutate)
    if watch:
        _watch(asked)
    raise typer.Exit(FOUND if any(result.failure for result in _once(asked)) else 0)


class Asked(NamedTuple):
    """What was asked for on the command line."""

    paths: tuple[str, ...]
    junit: str | None
    run: str | None
    mutate: bool


def _once(asked: Asked, read: set[str] | None = None) -> list[Result]:
    """Run them once, and note in `read` which files they rest on.

    Raises SpecError: then nothing is run, and no report is written.
    """
    from streams.documents.documents import read_documents, write_whole
    from streams.stories import junit as report
    from streams.stories.running import run as play_all
    from streams.stories.running import summary

    documents = read_documents(asked.paths)
    scripts = _chosen(documents, asked)
    if read is not None:
        read.update(file for script in scripts for file in script.read)
    results: list[Result] = []
    for result in play_all(scripts, width=get_terminal_size((110, 24)).columns):
        results.append(result)
        _print(result)
    typer.echo(summary(results))
    if asked.mutate:
        results += _mutated(scripts, documents, sound=not any(result.failure for result in results))
    if asked.junit is not None:
        write_whole(asked.junit, report.junit(results))
    return results


def _mutated(scripts: Sequence[Script], documents: Documents, *, sound: bool) -> list[Result]:
    """Change the rules, print which changes no story notices, and give those as results that failed."""
    from streams.stories.mutating import coverage, mutate
    from streams.stories.running import Result

    if not sound:
        typer.echo("kept: nothing was changed: first let every story go as it says.", err=True)
        return []
    tried, results = [], []
    for each in mutate(scripts, documents if documents.standards or documents.policies else None):
        tried.append(each)
        if sys.stderr.isatty():
            typer.echo(f"\r{len(tried)} changes ", nl=False, err=True)
        if each.survived is not None:
            place, shown = each.survived.place, each.survived.render()
            typer.echo(f"{shown}\n")
            results.append(Result(place.file, place.line, each.survived.found, 0.0, shown.splitlines()))
    if sys.stderr.isatty():
        typer.echo(f"\r{'':20}\r", nl=False, err=True)
    typer.echo(coverage(tried))
    return results


def _chosen(documents: Documents, asked: Asked) -> list[Script]:
    from streams.stories.files import read_scripts

    paths, run = asked.paths, asked.run
    if not documents.stories:
        raise _nothing(paths, "there are no stories here", "a story document has stories: at its top")
    scripts = read_scripts(documents)
    chosen = [script for script in scripts if run is None or run.casefold() in script.story.name.casefold()]
    if not chosen:
        names = ", ".join(repr(script.story.name) for script in scripts[:5])
        raise _nothing(paths, f"no story has {run!r} in its name", f"they are called {names or 'nothing yet'}")
    return chosen


def _nothing(paths: Sequence[str], found: str, fix: str) -> SpecError:
    return SpecError([Finding("no-stories", Place(paths[0], 1, 1), found, fix)])


def _print(result: Result) -> None:
    """Print a story that failed, with its timeline."""
    if not result.failure:
        return
    colour = sys.stdout.isatty() and not os.environ.get("NO_COLOR")
    typer.echo(f"FAILED {result.name} ({result.file}:{result.line})")
    for line in result.painted if colour else result.failure:
        typer.echo(line, color=colour)
    typer.echo()


def _watch(asked: Asked) -> None:
    """Run them, and again whenever a file changes, until interrupted."""
    read: set[str] = set()
    while True:
        known = _marks(asked.paths, read)  # before they are read, so that no change is missed
        try:
            _once(asked, read)
        except SpecError as error:
            typer.echo(f"{error}\n", err=True)
        before = now = last = {**_marks(asked.paths, read), **known}
        typer.echo("kept: waiting for a file to change; Ctrl-C ends it.", err=True)
        while not now == last != before:  # changed, and nobody is writing any more
            time.sleep(LOOK_SECONDS)
            last, now = now, _marks(asked.paths, read)
        typer.echo(f"\n--- {time.strftime('%H:%M:%S')} ---", err=True)


def _marks(paths: Sequence[str], read: set[str]) -> dict[str, tuple[int, int]]:
    """Give time of change and size, by name, of what lies at the paths, beside them, and of what was read."""
    files = {Path(file) for file in read}
    for path in map(Path, paths):
        files.update(file for file in (path.rglob("*") if path.is_dir() else path.parent.glob("*")))
    marks: dict[str, tuple[int, int]] = {}
    for file in sorted(file for file in files if file.suffix in WATCHED):
        with suppress(OSError):
            found = file.stat()
            marks[str(file)] = found.st_mtime_ns, found.st_size
    return marks
