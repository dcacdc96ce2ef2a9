"""What the verbs share: options, their checks, a line of progress. An edge: it reads terminal and clock."""

from __future__ import annotations

import sys
import time
from contextlib import contextmanager
from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Final, ParamSpec, TypeVar

import typer

from standards.errors import StateError
from streams.ingest.wire import MAX_SKEW

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from zoneinfo import ZoneInfo

    from streams.backtest.result import Result

P = ParamSpec("P")
Number = TypeVar("Number", int, float)

PROGRESS_EVERY: Final = 0.2
"""Seconds between two lines of progress."""
WIDTH: Final = 60
"""Characters of a line of progress."""


def page_file(path: str | None) -> str | None:
    """Give the name of a page that is to be written. Raises BadParameter for one that may be a file of somebody's."""
    if path is not None and not path.endswith((".html", ".htm")):
        raise typer.BadParameter(f"{path} is not a valid name for a page, and may be a file of yours; end it in .html")
    return path


Map = Annotated[
    list[str] | None, typer.Option("--map", metavar="FILE", help="What makes a table's rows events; repeatable.")
]
Page = Annotated[
    str | None,
    typer.Option("--html", metavar="FILE", help="Write a page with pictures here.", callback=page_file),
]
Standards = Annotated[list[str] | None, typer.Option(metavar="PATH", help="A file or a folder; repeatable.")]
Listen = Annotated[str | None, typer.Option(metavar="HOST:PORT", help="KEPT_LISTEN, 127.0.0.1:8321.")]


@contextmanager
def libraries(extra: str, what: str, *names: str) -> Iterator[None]:
    """Say what to install where the libraries of an extra, which are for `what`, are not there."""
    try:
        yield
    except ModuleNotFoundError as error:
        name = (error.name or "").partition(".")[0]
        if name not in names:
            raise
        fix = f"install it with: pip install 'kept[{extra}]'"
        raise StateError(f"{name} is missing, which {what} needs; {fix}") from None


def within(low: Number, high: Number) -> Callable[[Number], Number]:
    """Give what checks that a number on the command line lies between two others."""

    def check(number: Number) -> Number:
        if not low <= number <= high:
            raise typer.BadParameter(f"{number} is out of bounds; give one from {low} to {high}")
        return number

    return check


def instant(text: str, zone: ZoneInfo) -> int:
    """Read a time, or a day, which begins at midnight; in a zone, where it names none: microseconds UTC."""
    from standards.judge.events import microseconds

    try:
        given = datetime.fromisoformat(text)
    except ValueError:
        words = f"{text!r} is not a time; write it like 2026-03-02T08:00:00Z, or a day like 2026-03-02"
        raise typer.BadParameter(words) from None
    return microseconds(given if given.tzinfo is not None else given.replace(tzinfo=zone))


def latest() -> int:
    """Give the latest time that an event of history may have: microseconds UTC."""
    return time.time_ns() // 1000 + MAX_SKEW


def progress(say: Callable[P, str]) -> Callable[P, None] | None:
    """Give what shows a line of progress, in the words of `say`, from the second second on; None without a terminal."""
    if not sys.stderr.isatty():
        return None
    begun = last = time.monotonic()

    def show(*args: P.args, **kwargs: P.kwargs) -> None:
        nonlocal last
        now = time.monotonic()
        if now - begun > 1 and now - last > PROGRESS_EVERY:
            last = now
            typer.echo(f"\r{say(*args, **kwargs)}, {now - begun:.0f} s ".ljust(WIDTH), nl=False, err=True)

    return show


def end_progress() -> None:
    """Take the line of progress away, where there is a terminal to have one."""
    if sys.stderr.isatty():
        typer.echo(f"\r{'':{WIDTH}}\r", nl=False, err=True)


def tell_left_out(result: Result) -> None:
    """Print what of history was not judged, beside the output."""
    from streams.backtest.report import left_out

    for text in left_out(result)[1:]:
        typer.echo(text, err=True)
