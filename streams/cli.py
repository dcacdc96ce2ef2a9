"""The command line. Data goes to stdout, talk to stderr.

Exit codes: 0 fine, 1 found something, 2 the input is wrong, 3 the world is wrong (disk, port).
An edge: here arguments and the clock are read. Each verb loads only what it needs, so that `--help` is quick.
Read next: `backtest.py` and `embedded.py`, which do the work.
"""

from __future__ import annotations

import json
import sys
import time
from enum import IntEnum
from typing import TYPE_CHECKING, Annotated, NoReturn

import typer

from standards.errors import EventError, KeptError, SpecError, StateError

if TYPE_CHECKING:
    from collections.abc import Callable

    from standards.spec import Loaded
    from streams.sources.mapping import TableMapping

MAX_SKEW = 300_000_000
"""How far an event's time may be ahead of this machine's clock, in microseconds."""
PROGRESS_EVERY = 0.2
"""Seconds between two looks at the progress of a backtest."""

app = typer.Typer(
    help="Kept watches the promises a service team has declared, and says so before one is broken.",
    no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False, rich_markup_mode=None,
)  # fmt: skip


class Exit(IntEnum):
    """What the exit code of a verb means."""

    FINE = 0
    FOUND = 1
    BAD_INPUT = 2
    BAD_WORLD = 3


def main() -> NoReturn:
    """Run the command line and turn our own errors into their exit codes."""
    try:
        app(standalone_mode=True)
    except SpecError as error:
        _stop(f"{error}\n\n{_some(len(error.findings), 'finding')}; nothing was judged.", Exit.BAD_INPUT)
    except EventError as error:
        _stop(f"kept: {error}", Exit.BAD_INPUT)
    except StateError as error:
        _stop(f"kept: {error}", Exit.BAD_WORLD)
    except KeptError as error:
        _stop(f"kept: {error}", Exit.FOUND)
    except BrokenPipeError:
        sys.exit(Exit.BAD_WORLD)
    except OSError as error:
        _stop(f"kept: {error.filename or 'the system'}: {(error.strerror or str(error)).lower()}", Exit.BAD_WORLD)
    sys.exit(Exit.FINE)


def _some(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def _stop(message: str, code: Exit) -> NoReturn:
    typer.echo(message, err=True)
    sys.exit(code)


def _load(paths: list[str]) -> Loaded:
    from streams.documents import load_standards, read_documents

    return load_standards(read_documents(paths).standards)


def _mapping(path: str, loaded: Loaded) -> TableMapping:
    from standards.spec import Source
    from streams.documents import read_text
    from streams.sources.mapping import load_mapping

    return load_mapping(Source(path, read_text(path)), loaded.rulebook.classes, loaded.vocabulary)


Paths = Annotated[list[str], typer.Argument(help="Standards files, or folders of them.", metavar="PATH...")]


@app.command(epilog="Example: kept check standards/ map.yaml --strict")
def check(
    paths: Paths, *, strict: Annotated[bool, typer.Option(help="Exit 1 when there are warnings.")] = False
) -> None:
    """Say everything that is wrong with standards files.

    Mapping files are checked along with the standards they belong to.
    """
    from streams.documents import load_standards, read_documents
    from streams.sources.mapping import load_mapping

    documents = read_documents(paths)
    loaded = load_standards(documents.standards)
    for source in documents.mappings:
        load_mapping(source, loaded.rulebook.classes, loaded.vocabulary)
    for finding in loaded.warnings:
        typer.echo(finding.render() + "\n")
    warned = len(loaded.warnings)
    read = f"{_some(len(loaded.standards), 'standard')}, {_some(len(documents.mappings), 'mapping')}"
    typer.echo(f"{read}: {_some(warned, 'warning') if warned else 'no findings'}.", err=True)
    raise typer.Exit(Exit.FOUND if strict and warned else Exit.FINE)


@app.command(epilog="Example: kept backtest grocery.yaml --events monday.jsonl.gz")
def backtest(
    paths: Paths,
    *,
    events: Annotated[list[str], typer.Option(help="JSON lines (.gz too, - for stdin) or a table; may be repeated.")],
    map_: Annotated[
        str | None, typer.Option("--map", help="The mapping file that makes a table's rows events.")
    ] = None,
    json_: Annotated[bool, typer.Option("--json", help="Print the counts as JSON.")] = False,
    strict: Annotated[bool, typer.Option(help="Stop at the first bad line.")] = False,
    ledger: Annotated[str | None, typer.Option(help="Write every transition to this file as a JSON line.")] = None,
    jobs: Annotated[int, typer.Option(help="How many processes judge; subjects are shared out.", min=1)] = 1,
) -> None:
    """Judge history from files.

    Says what these standards would have promised, kept and broken.
    """
    from streams import report
    from streams.backtest import Task
    from streams.shares import backtest_files, usable_jobs

    begun = time.monotonic()
    loaded = _load(paths)
    mapping = None if map_ is None else _mapping(map_, loaded)
    latest = time.time_ns() // 1000 + MAX_SKEW
    task = Task(loaded.rulebook, events, mapping, strict, ledger, _progress(), latest)
    if usable_jobs(task, jobs) < jobs:
        typer.echo("kept: these standards and this input are judged by one process.", err=True)
    result = backtest_files(task, jobs=jobs)
    result.seconds = time.monotonic() - begun

    for finding in loaded.warnings:
        typer.echo(finding.render() + "\n", err=True)
    if json_:
        typer.echo(json.dumps(report.as_json(result)))
        typer.echo("\n".join(report.left_out(result)), err=True, nl=False)
    else:
        typer.echo(report.as_text(result, loaded.rulebook.current))


@app.command(epilog="Example: kept run --standards grocery.yaml --data /var/lib/kept")
def run(
    *,
    demo: Annotated[bool, typer.Option("--demo", help="Watch a simulated shop and call centre.")] = False,
    standards: Annotated[list[str] | None, typer.Option(help="A standards file or folder; may be repeated.")] = None,
    data: Annotated[str | None, typer.Option(help="Where everything is kept (KEPT_DATA, kept-data).")] = None,
    listen: Annotated[str | None, typer.Option(help="HOST:PORT (KEPT_LISTEN, 127.0.0.1:8321).")] = None,
    speed: Annotated[float, typer.Option(help="How fast the demo's clock runs.", min=0.1, max=1000)] = 1.0,
    seed: Annotated[int, typer.Option(help="Which day the demo plays.")] = 1,
    plain: Annotated[bool, typer.Option("--plain", help="Log lines, even on a terminal.")] = False,
) -> None:
    """Run Kept on this machine.

    Takes events in over HTTP, judges them and tells people.
    """
    import asyncio

    from streams.running import Plan
    from streams.running import run as run_host
    from streams.settings import read_settings

    settings = read_settings(data=data, listen=listen, standards=tuple(standards) if standards else None)
    asyncio.run(run_host(Plan(settings, demo, speed, seed, plain)))


@app.command(epilog="Example: kept schema > kept.schema.json")
def schema() -> None:
    """Print the JSON Schema for editors."""
    from standards.spec import json_schema

    typer.echo(json.dumps(json_schema(), indent=2))


def _progress() -> Callable[[int, int], None] | None:
    """Show a line of progress on a terminal, from the second second on."""
    if not sys.stderr.isatty():
        return None
    begun = last = time.monotonic()

    def show(read: int, events: int) -> None:
        nonlocal last
        now = time.monotonic()
        if now - begun > 1 and now - last > PROGRESS_EVERY:
            last = now
            typer.echo(f"\r{events:,} events, {read >> 20:,} MB, {now - begun:.0f} s ", nl=False, err=True)

    return show
