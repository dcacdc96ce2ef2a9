"""Running stories: each is played and compared; what came of it is a result that can be printed.

Read next: `cli.py`.
"""

from __future__ import annotations

from time import perf_counter
from typing import TYPE_CHECKING

import msgspec

from streams.stories.comparing import compare
from streams.stories.timeline import WIDTH, Timeline

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from streams.stories.files import Script


class Result(msgspec.Struct, frozen=True):
    """How one story went: `failure` is its timeline, line by line; empty where all was as expected."""

    file: str
    line: int
    name: str
    seconds: float
    failure: list[str] = []
    painted: list[str] = []


def run(scripts: Iterable[Script], *, width: int = WIDTH) -> Iterator[Result]:
    """Play stories, one after another."""
    for script in scripts:
        begun = perf_counter()
        played = script.play()
        compared = compare(script.story, script.telling, played)
        plain: list[str] = []
        painted: list[str] = []
        if not compared.passed:
            timeline = Timeline(script.story, played, compared, width=width)
            plain, painted = list(timeline.lines()), list(timeline.lines(colour=True))
        yield Result(script.file, script.line, script.story.name, perf_counter() - begun, plain, painted)


def summary(results: Sequence[Result]) -> str:
    """Say in a line how it went."""
    failed = sum(bool(result.failure) for result in results)
    files = len({result.file for result in results})
    stories = f"{len(results)} {'story' if len(results) == 1 else 'stories'}"
    where = "" if files == 1 else f" in {files} files"
    return (
        f"{stories}{where}: {f'{failed} failed, {len(results) - failed} as expected' if failed else 'all as expected'}."
    )
