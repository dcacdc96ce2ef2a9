"""The verb `kept staff`: how many people keep the standards, who was there, and what the gap cost.

An edge: here arguments are read.
Read next: `asking.py`, `text.py`, `page.py`.
"""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from streams import options

Paths = Annotated[list[str], typer.Argument(help="Standards files, or folders of them.", metavar="PATH")]
Events = Annotated[list[str], typer.Option(metavar="FILE", help="History: JSON lines, a table, or -; repeatable.")]
Name = Annotated[str | None, typer.Option("--standard", metavar="ID", help="Only this one.")]
Json = Annotated[bool, typer.Option("--json", help="Print everything as JSON.")]


def register(app: typer.Typer) -> None:
    """Add the verb to the command line."""
    app.command("staff", epilog="Example: kept staff calls.yaml --events may.csv --map map.yaml --html may.html")(staff)


def staff(
    paths: Paths, *, events: Events, map_: options.Map = None, standard: Name = None, json_: Json = False,
    html: options.Page = None,
) -> None:  # fmt: skip
    """Say how many people it takes to keep a promise.

    From history: who came, how long it took, who was there and what was kept, for each hour of the week; who is needed
    to reach the objective; and what the gap cost.
    """
    from streams.backtest.inputs import expanded
    from streams.backtest.report import unsound
    from streams.documents.documents import write_whole
    from streams.staffing.asking import Question, ask
    from streams.staffing.page import page
    from streams.staffing.text import as_json, as_text

    answer = ask(Question(paths, expanded(events), map_ or (), standard, html), _show if sys.stderr.isatty() else None)
    if html is not None:
        write_whole(html, page(answer).encode())
    typer.echo("" if json_ else unsound(answer.reading), nl=False)
    typer.echo(as_json(answer) if json_ else as_text(answer))
    options.tell_left_out(answer.reading)
    if answer.reading.is_unsound:
        raise typer.Exit(1)


def _show(done: int, of: int) -> None:
    """Show on a terminal how many lines of people are done."""
    typer.echo(f"\r{'':40}\r" if done == of else f"\r{done} of {of} lines of people", nl=False, err=True)
