"""What was asked of history: whether its parts go together, and whether all that it takes is in order.

Read next: `cli.py`, `judging.py`.
"""

from __future__ import annotations

import os
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple, TypeVar

from standards.calendar.hours import did_you_mean
from standards.errors import Finding, Place, SpecError
from streams.documents.documents import YAML, load_paths, read_text
from streams.ingest.packed import on_disk
from streams.review.judging import task_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from standards.compiler.spec import Loaded
    from streams.review.judging import History

T = TypeVar("T")


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
    jobs: int
    begun: float


def unfit(asked: Asked) -> str:
    """Say why a question makes no sense, for whatever history; nothing where it does."""
    review = asked.against is not None or asked.sweep is not None or asked.page is not None
    if asked.against is not None and asked.sweep is not None:
        return "--against and --sweep are two questions; ask one after the other"
    if asked.json and asked.markdown:
        return "--json and --markdown are two forms of one answer; choose one"
    if asked.standard is not None and asked.sweep is None:
        return "--standard says which standard --sweep is about; add --sweep, or leave it out"
    if review and (asked.jobs > 1 or asked.ledger is not None):
        return "--jobs and --ledger go with a plain backtest; leave out --against, --sweep and --html"
    return _read_too(asked) or _read_once(asked)


def _read_too(asked: Asked) -> str:
    """Say which output would take an input's place."""
    inputs = [*asked.paths, *asked.history.events, *asked.history.mappings, *filter(None, [asked.against])]
    read = {Path(on_disk(path)).resolve() for path in inputs}
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


def ready(asked: Asked, load: Callable[[Loaded | None], T | None]) -> tuple[Loaded, T]:
    """Load the standards, and what `load` makes of them or of None, and see that events can be read and files written.

    Raises SpecError with all that is wrong, before any work is done.
    """
    findings: list[Finding] = []
    loaded = _tried(partial(load_paths, asked.paths), findings)
    more = _tried(partial(load, loaded), findings)
    _tried(partial(_check_mapping, asked.history, loaded), findings)
    findings += [finding for path in asked.history.events for finding in _unread(path)]
    findings += [finding for path in (asked.page, asked.ledger) if path is not None for finding in _unwritten(path)]
    if loaded is None or more is None or findings:
        raise SpecError(list(dict.fromkeys(findings)))
    return loaded, more


def _tried(step: Callable[[], T], findings: list[Finding]) -> T | None:
    try:
        return step()
    except SpecError as error:
        findings += error.findings
        return None


def _check_mapping(history: History, loaded: Loaded | None) -> None:
    if loaded is not None:
        task_of(loaded, history)
    else:
        for name in history.mappings:
            read_text(name)


def _unread(path: str) -> Iterator[Finding]:
    there = Path(on_disk(path))
    if path == "-":
        return
    if there.is_dir():
        yield Finding("no-file", Place(path), "this folder has no files", "name the one that has the history")
    elif not there.exists():
        folder = there.parent
        near = did_you_mean(there.name, [each.name for each in folder.iterdir()] if folder.is_dir() else [])
        yield Finding("no-file", Place(path), "there is no such file", near or "see to its path")
    elif not os.access(there, os.R_OK):
        yield Finding("unreadable-file", Place(path), "you may not read this file", "see to who may")


def _unwritten(path: str) -> Iterator[Finding]:
    there = Path(path)
    folder = there.parent
    if there.is_dir():
        yield Finding("no-file", Place(path), "this is a folder", "name a file in it, or another one")
    elif not folder.is_dir():
        yield Finding("no-folder", Place(path), f"there is no folder {folder}", "make it first")
    elif not os.access(folder if there.is_file() or not there.exists() else there, os.W_OK):  # files are replaced
        yield Finding("unwritable-file", Place(path), "you may not write this file", "write to another folder")
