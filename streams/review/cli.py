"""The verb `kept backtest`: judges history, compares two versions of the standards on it, and tries other numbers.

An edge: here arguments and the clock are read.
Read next: `asked.py`, `judging.py`, `streams/backtest/backtest.py`.
"""

from __future__ import annotations

import json
import time
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated, Any, Final, TypeVar

import typer

from streams import options

if TYPE_CHECKING:
    from collections.abc import Callable

    from standards.compiler.spec import Loaded
    from streams.backtest.backtest import Result
    from streams.review.asked import Asked

L = TypeVar("L")

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


Jobs = Annotated[int, typer.Option(metavar="N", help="Processes that judge.", callback=options.within(1, MAX_JOBS))]


def register(app: typer.Typer) -> None:
    """Add the verb to the command line."""
    app.command(epilog="Example: kept backtest grocery.yaml --events monday.jsonl.gz")(backtest)


def backtest(
    paths: Paths, *, events: Events, map_: options.Map = None, against: Against = None, sweep: Sweeping = None,
    standard: Named = None, json_: Json = False, markdown: Markdown = False, html: options.Page = None,
    strict: Strict = False, ledger: Ledger = None, jobs: Jobs = 1,
) -> None:  # fmt: skip
    """Judge history from files.

    Says what these standards would have promised, kept and broken; with --against, which promises come out otherwise
    than before; with --sweep, which number could be kept. Any file may be packed (.gz). A table (.csv, .tsv) needs
    --map.
    """
    from streams.review.asked import Asked, unfit
    from streams.review.judging import History

    begun = time.monotonic()
    history = History(events, map_, options.latest(), strict, options.progress(_how_far))
    asked = Asked(paths, history, against, sweep, standard, json_, markdown, html, ledger, begun)
    wrong = unfit(asked, jobs=jobs)
    if wrong:
        raise typer.BadParameter(wrong)
    if sweep is not None:
        code = _sweep(asked)
    elif against is not None:
        code = _review(asked, against)
    elif html is not None:
        code = _page(asked, html)
    else:
        code = _backtest(asked, jobs)
    raise typer.Exit(code)


def _backtest(asked: Asked, jobs: int) -> int:
    from streams.backtest.shares import backtest_files, usable_jobs
    from streams.review.judging import task_of

    loaded = _loaded(asked)
    task = task_of(loaded, asked.history)._replace(ledger=asked.ledger)
    if usable_jobs(task, jobs) < jobs:
        typer.echo("kept: these standards and this input are judged by one process.", err=True)
    result = backtest_files(task, jobs=jobs)
    _done(asked, result, loaded)
    return _print(asked, result, loaded)


def _page(asked: Asked, html: str) -> int:
    from streams.documents.documents import write_whole
    from streams.review.judging import judge
    from streams.review.page import backtest_page

    loaded = _loaded(asked)
    judged = judge(loaded, asked.history)
    _done(asked, judged.result, loaded)
    if judged.result.events or not judged.result.bad:
        write_whole(html, backtest_page(judged).encode())
        _written(html)
    return _print(asked, judged.result, loaded)


def _review(asked: Asked, against: str) -> int:
    from standards.review.difference import difference
    from streams.review.judging import by_one_clock, judged_twice
    from streams.review.older import load_both
    from streams.review.page import review_page
    from streams.review.text import review_json, review_markdown, review_text
    from streams.review.wording import Reviewed

    loaded, older = _ready(asked, lambda: load_both(asked.paths, against), lambda both: both[0])
    before, now = judged_twice(older, loaded, asked.history)
    found = difference(before.fates, now.fates)
    reviewed = Reviewed(by_one_clock(before, now, found.renamed), now, found, against)
    say = review_json if asked.json else review_markdown if asked.markdown else review_text
    return _tell(asked, now.result, loaded, lambda: review_page(reviewed), lambda: say(reviewed))


def _sweep(asked: Asked) -> int:
    from streams.documents.documents import load_paths
    from streams.review.page import sweep_page
    from streams.review.sweeping import Question, see_question, sweep
    from streams.review.text import sweep_json, sweep_markdown, sweep_text

    question = Question(asked.paths, asked.sweep or "", asked.standard)
    loaded = _ready(
        asked, lambda: load_paths(asked.paths), lambda loaded: loaded, lambda loaded: see_question(question, loaded)
    )
    swept = sweep(question, loaded, asked.history)
    say = sweep_json if asked.json else sweep_markdown if asked.markdown else sweep_text
    return _tell(asked, swept.result, loaded, lambda: sweep_page(swept), lambda: say(swept))


def _tell(
    asked: Asked, result: Result, loaded: Loaded, page: Callable[[], str], said: Callable[[], str | dict[str, Any]]
) -> int:
    """Write the page, if one was asked for, and print what was found; nothing of both where nothing could be read."""
    from streams.documents.documents import write_whole

    _done(asked, result, loaded)
    if result.bad and not result.events:
        return _print(asked, result, loaded)
    if asked.page is not None:
        write_whole(asked.page, page().encode())
        _written(asked.page)
    _say(said())
    options.tell_left_out(result)
    return 0


def _loaded(asked: Asked) -> Loaded:
    from streams.documents.documents import load_paths

    return _ready(asked, lambda: load_paths(asked.paths), lambda loaded: loaded)


def _ready(
    asked: Asked, load: Callable[[], L], rules: Callable[[L], Loaded], *checks: Callable[[L | None], object]
) -> L:
    """Load, and see that all the rest is in order too. Raises SpecError with all that is wrong."""
    from streams.review.ready import ready, see_history, see_outputs

    return ready(
        load,
        [
            *checks,
            lambda found: see_history(asked.history, None if found is None else rules(found)),
            lambda _: see_outputs([path for path in (asked.page, asked.ledger) if path is not None]),
        ],
    )


def _done(asked: Asked, result: Result, loaded: Loaded) -> None:
    """Note how long it took, end the line of progress, and tell what `kept check` would warn of."""
    from streams.documents.snoozed import awake_in

    result.seconds = time.monotonic() - asked.begun
    options.end_progress()
    for finding in awake_in(asked.paths, loaded.warnings, datetime.now(UTC).date()):
        typer.echo(finding.render() + "\n", err=True)


def _say(said: str | dict[str, Any]) -> None:
    """Print a text, or JSON."""
    typer.echo(said if isinstance(said, str) else json.dumps(said))


def _written(page: str) -> None:
    typer.echo(f"kept: wrote {page}", err=True)


def _print(asked: Asked, result: Result, loaded: Loaded) -> int:
    """Print what a backtest found; where there was input and none of it could be read, say that instead."""
    from streams.backtest import report
    from streams.review.text import result_markdown

    if result.bad and not result.events:
        options.tell_left_out(result)
        typer.echo("\nkept: nothing of this input could be read.", err=True)
        return BAD_INPUT
    current = loaded.rulebook.current
    if not (asked.json or asked.markdown):
        typer.echo(report.as_text(result, current))
        return 0
    typer.echo(json.dumps(report.as_json(result)) if asked.json else result_markdown(result, current))
    options.tell_left_out(result)
    return 0


def _how_far(read: int, events: int) -> str:
    return f"{events:,} events, {read >> 20:,} MB"
