"""What must be in order before history is judged: rules, events, and places to write to; all that is wrong at once.

Read next: `judging.py`, `cli.py`.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from standards.calendar.hours import did_you_mean
from standards.errors import Finding, Place, SpecError
from streams.documents.documents import read_text
from streams.review.judging import task_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from standards.compiler.spec import Loaded
    from streams.review.judging import History

L = TypeVar("L")


def ready(load: Callable[[], L], checks: Sequence[Callable[[L | None], object]]) -> L:
    """Load the rules and make checks, which get what was loaded, or None. Raises SpecError with all that is wrong."""
    findings: list[Finding] = []
    found: L | None = None

    def load_them(_: L | None) -> None:
        nonlocal found
        found = load()

    for check in (load_them, *checks):
        try:
            check(found)
        except SpecError as error:
            findings += error.findings
    if findings or found is None:
        raise SpecError(list(dict.fromkeys(findings)))
    return found


def see_history(history: History, loaded: Loaded | None) -> None:
    """See that history can be read, and goes with its mapping and the rules, if those are known. Raises SpecError."""
    findings = [finding for path in dict.fromkeys(history.events) for finding in _unread(path)]
    try:
        if loaded is not None:
            task_of(loaded, history)
        elif history.mapping is not None:
            read_text(history.mapping)
    except SpecError as error:
        findings = [*error.findings, *findings]
    if findings:
        raise SpecError(findings)


def see_outputs(paths: Sequence[str]) -> None:
    """See that files can be written, before the work that they are for. Raises SpecError."""
    findings = [finding for path in paths for finding in _unwritten(path)]
    if findings:
        raise SpecError(findings)


def _unread(path: str) -> Iterator[Finding]:
    there = Path(path)
    if path == "-":
        return
    if there.is_dir():
        yield Finding("no-file", Place(path), "this is a folder", "give history as files")
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
