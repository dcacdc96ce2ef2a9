"""The verb `kept backtest`: judges history, compares two versions of the standards on it, and tries other numbers.

An edge: here arguments and the clock are read.
Read next: `asked.py`, `judging.py`, `streams/backtest/backtest.py`.
"""

from __future__ import annotations

import json
import time
from datetime import UTC, datetime
from functools import partial
from typing import TYPE_CHECKING, Annotated, Any, Final, NamedTuple

import typer

from streams import options

if TYPE_CHECKING:
    from collections.abc import Callable

    from standards.compiler.spec import Loaded
    from streams.backtest.result import Result
    from streams.review.asked import Asked
    from streams.review.older import Older

UNSOUND: Final = 1
"""The exit code where so much could not be read that what was judged says little."""
BAD_INPUT: Final = 2
"""The exit code where nothing could be read."""
MAX_JOBS: Final = 64
"""How many processes a backtest can have."""


Paths = Annotated[list[str], typer.Argument(help="Standards files, or folders of them.", metavar="PATH")]
Events = Annotated[list[str], typer.Option(metavar="FILE", help="JSON lines, a table, or - for stdin; repeatable.")]
Against = Annotated[
    str | None,
    typer.Option(metavar="OLD", help="Say what is different: an older file or folder, a git revision, or a ledger."),
]
Sweeping = Annotated[
    str | None, typer.Option("--sweep", metavar="WHAT", help="Try other numbers: within=30s..5m, or waiting=2..6.")
]
Named = Annotated[str | None, typer.Option("--standard", metavar="ID", help="Which standard --sweep is about.")]
Json = Annotated[bool, typer.Option("--json", help="Print the counts as JSON.")]
Markdown = Annotated[bool, typer.Option("--markdown", help="Print it for a pull request.")]
Strict = Annotated[bool, typer.Option("--strict", help="Stop at the first bad line.")]
Ledger = Annotated[str | None, typer.Option(metavar="FILE", help="Write all transitions here, in JSON.")]
Until = Annotated[str | None, typer.Option(metavar="TIME", help="Let time go on to here after the last event.")]
Jobs = Annotated[int, typer.Option(metavar="N", help="Processes that judge.", callback=options.within(1, MAX_JOBS))]


def register(app: typer.Typer) -> None:
    """Add the verb to the command line."""
    app.command(epilog="Example: kept backtest grocery.yaml --events monday.jsonl.gz")(backtest)


def backtest(
    paths: Paths, *, events: Events, map_: options.Map = None, against: Against = None, sweep: Sweeping = None,
    standard: Named = None, json_: Json = False, markdown: Markdown = False, html: options.Page = None,
    strict: Strict = False, ledger: Ledger = None, jobs: Jobs = 1, until: Until = None,
) -> None:  # fmt: skip
    """Judge history from files.

    Says what these standards would have promised, kept and broken; with --against, which promises come out otherwise
    than before; with --sweep, which number could be kept. Any file may be packed (.gz). A table (.csv, .tsv) needs
    --map. What kept export gave is judged as the host judged it, by when it was received.
    """
    from streams.backtest.inputs import expanded
    from streams.review.asked import Asked, unfit
    from streams.review.judging import History
    from streams.settings import read_settings

    begun = time.monotonic()
    settings = read_settings()
    end = -1 if until is None else options.instant(until, settings.zone)
    shown = options.progress(_how_far)
    latest = max(options.latest(), end + settings.max_skew)  # a demo's clock is ahead of this machine's
    history = History(expanded(events), map_ or (), latest, strict, shown, settings.grace, end)
    asked = Asked(paths, history, against, sweep, standard, json_, markdown, html, ledger, jobs, begun)
    wrong = unfit(asked)
    if wrong:
        raise typer.BadParameter(wrong)
    if sweep is not None:
        answer = _sweep(asked, sweep)
    elif against is not None:
        answer = _review(asked, against)
    else:
        answer = _backtest(asked)
    raise typer.Exit(_tell(asked, answer))


class _Answer(NamedTuple):
    """What was found, and how it is told. `complete`: what is `said` names the input that was not judged too."""

    loaded: Loaded
    result: Result
    page: Callable[[], str]
    said: Callable[[], str | dict[str, Any]]
    complete: bool = False


def _backtest(asked: Asked) -> _Answer:
    from streams.backtest.shares import backtest_files, usable_jobs
    from streams.review.asked import ready
    from streams.review.judging import judge, task_of

    loaded, _ = ready(asked, lambda loaded: loaded)
    complete = not (asked.json or asked.markdown)
    if asked.page is not None:
        from streams.review.page import backtest_page

        judged = judge(loaded, asked.history)
        said = partial(_said, asked, judged.result, loaded)
        return _Answer(loaded, judged.result, partial(backtest_page, judged), said, complete)
    task = task_of(loaded, asked.history)._replace(ledger=asked.ledger)
    if usable_jobs(task, asked.jobs) < asked.jobs:
        typer.echo("kept: these standards and this input are judged by one process.", err=True)
    result = backtest_files(task, jobs=asked.jobs)
    return _Answer(loaded, result, str, partial(_said, asked, result, loaded), complete)


def _said(asked: Asked, result: Result, loaded: Loaded) -> str | dict[str, Any]:
    from streams.backtest.report import as_json, as_text
    from streams.review.text import result_markdown

    if asked.json:
        return as_json(result)
    return (result_markdown if asked.markdown else as_text)(result, loaded.rulebook.current)


def _review(asked: Asked, against: str) -> _Answer:
    from standards.review.difference import difference
    from streams.review.asked import ready
    from streams.review.judging import by_one_clock, judged_twice
    from streams.review.older import older_version
    from streams.review.page import review_page
    from streams.review.text import review_json, review_markdown, review_text
    from streams.review.wording import Reviewed

    both: tuple[Loaded, Older] = ready(asked, lambda _: older_version(against, asked.paths))
    loaded, older = both
    before, now = judged_twice(older, loaded, asked.history)
    found = difference(before.fates, now.fates)
    reviewed = Reviewed(by_one_clock(before, now, found.renamed), now, found, against)
    say = review_json if asked.json else review_markdown if asked.markdown else review_text
    return _Answer(loaded, now.result, partial(review_page, reviewed), partial(say, reviewed))


def _sweep(asked: Asked, values: str) -> _Answer:
    from streams.review.asked import ready
    from streams.review.page import sweep_page
    from streams.review.sweeping import sweep, variation_of
    from streams.review.text import sweep_json, sweep_markdown, sweep_text

    loaded, variation = ready(asked, partial(variation_of, asked.paths, values, asked.standard))
    swept = sweep(variation, loaded, asked.history)
    say = sweep_json if asked.json else sweep_markdown if asked.markdown else sweep_text
    return _Answer(loaded, swept.result, partial(sweep_page, swept), partial(say, swept))


def _tell(asked: Asked, answer: _Answer) -> int:
    """Write the page, if one was asked for, and print what was found; nothing of both where nothing could be read."""
    from streams.documents.documents import write_whole
    from streams.documents.snoozed import awake_in

    result = answer.result
    result.seconds = time.monotonic() - asked.begun
    options.end_progress()
    for finding in awake_in(asked.paths, answer.loaded.warnings, datetime.now(UTC).date()):
        typer.echo(finding.render() + "\n", err=True)
    if result.bad and not result.events:
        options.tell_left_out(result)
        typer.echo("\nkept: nothing of this input could be read.", err=True)
        return BAD_INPUT
    if asked.page is not None:
        write_whole(asked.page, answer.page().encode())
        typer.echo(f"kept: wrote {asked.page}", err=True)
    said = answer.said()
    typer.echo(said if isinstance(said, str) else json.dumps(said))
    if not answer.complete:
        options.tell_left_out(result)
    return UNSOUND if result.is_unsound else 0


def _how_far(read: int, events: int) -> str:
    return f"{events:,} events, {read >> 20:,} MB"
