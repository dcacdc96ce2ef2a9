"""What was asked of history, and whether its parts go together.

Read next: `cli.py`.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from streams.documents.documents import YAML

if TYPE_CHECKING:
    from streams.review.judging import History


class Asked(NamedTuple):
    """What was asked for, and when."""

    paths: list[str]
    history: History
    against: str | None
    sweep: str | None
    standard: str | None
    json: bool
    markdown: bool
    page: str | None
    ledger: str | None
    begun: float


def unfit(asked: Asked, *, jobs: int) -> str:
    """Say why a question makes no sense, for whatever history; nothing where it does."""
    review = asked.against is not None or asked.sweep is not None or asked.page is not None
    if asked.against is not None and asked.sweep is not None:
        return "--against and --sweep are two questions; ask one after the other"
    if asked.json and asked.markdown:
        return "--json and --markdown are two forms of one answer; choose one"
    if asked.standard is not None and asked.sweep is None:
        return "--standard says which standard --sweep is about; add --sweep, or leave it out"
    if review and (jobs > 1 or asked.ledger is not None):
        return "--jobs and --ledger go with a plain backtest; leave out --against, --sweep and --html"
    return _read_too(asked) or _read_once(asked)


def _read_too(asked: Asked) -> str:
    """Say which output would take an input's place."""
    inputs = [*asked.paths, *asked.history.events, *filter(None, (asked.history.mapping, asked.against))]
    read = {Path(path).resolve() for path in inputs}
    for path in filter(None, (asked.page, asked.ledger)):
        place = Path(path).resolve()
        if place in read or (path.endswith(YAML) and not read.isdisjoint(place.parents)):
            return f"{path} is read too; write to another file"
    return ""


def _read_once(asked: Asked) -> str:
    """Say which input comes but once, where it is to be read more often."""
    once = [path for path in asked.history.events if path == "-" or Path(path).is_fifo()]
    if not once or (asked.against is None and asked.sweep is None):
        return ""
    return f"the events are read more than once; write them to a file instead of {once[0]}"
