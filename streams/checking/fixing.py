"""Fixes that are certain, for `kept fix`: one text in the place of another, nothing else of the file is touched.

A fix is a candidate where the finding says what to write in its very place. It is taken only if, with it, that finding
is gone and no other has come that it did not hide: so nothing is changed into something else that is wrong.
Read next: `cli.py`; `examining.py`, which says what is found.
"""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING, Final, NamedTuple

from standards.compiler.spec import Source
from standards.documents.meant import plain
from standards.errors import SpecError
from streams.checking.examining import examine_documents
from streams.documents.documents import Documents

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from standards.errors import Finding
    from streams.checking.examining import Request

CERTAIN: Final = frozenset({
    "bad-calendar", "bad-duration", "bad-expression", "bad-time", "bad-time-format", "bad-warning", "unknown-event",
    "unknown-field", "unknown-key", "unknown-value", "wrong-type", "wrong-value",
})  # fmt: skip
"""Checks of which some messages say what stands in the place of what was found. Those of YAML's signs come beside."""
HIDING: Final = frozenset({"unknown-event", "unknown-key", "yaml-syntax"})
"""Checks behind which other errors of the same file can be hidden."""
MOST: Final = 500
"""So many fixes are made at once; whoever needs more runs it again."""
_WRITE: Final = re.compile(r"(?:write|use|put it in quotes:|leave the quotes out:) (\S+(?: before)?)(?: to compare)?")
_MEANT: Final = re.compile(r"did you mean '?([^'? ]+)'?\?")
_REOPEN: Final = re.compile(r"(?P<old>reopen)(?P<colon>\s*:\s*)(?P<value>edge|each)")
_HARD: Final = "non-breaking"
_QUOTES: Final = ("'", '"')


class Edit(NamedTuple):
    """One text in the place of another, in one line: 0-based columns from `start` to `end`."""

    line: int
    start: int
    end: int
    text: str


class Mended(NamedTuple):
    """Documents with their fixes, how many there are, and what is left to be found."""

    documents: Documents
    fixes: int
    left: list[Finding]


def mend(documents: Documents, request: Request) -> Mended:
    """Make all fixes that are certain, one after the other."""
    left, fixes = _found(documents, request), 0
    refused: set[tuple[str, Edit]] = set()
    while fixes < MOST:
        taken = next(_taken(documents, left, request, refused), None)
        if taken is None:
            break
        documents, left = taken
        fixes += 1
    return Mended(documents, fixes, left)


def _taken(
    documents: Documents, findings: list[Finding], request: Request, refused: set[tuple[str, Edit]]
) -> Iterator[tuple[Documents, list[Finding]]]:
    """Give the documents with one fix more, and what is found in them then, for each fix that can be taken."""
    for finding in findings:
        source = next((each for sort in documents for each in sort if each.name == finding.place.file), None)
        if source is None:
            continue
        for edit in edits(finding, source.text):
            if (source.name, edit) in refused:
                continue
            refused.add((source.name, edit))
            changed = _with(documents, source, Source(source.name, applied(source.text, edit)))
            now = _found(changed, request)
            if _better(finding, findings, now):
                yield changed, now


def edits(finding: Finding, text: str) -> Iterator[Edit]:
    """Give what could be written in the place of what was found."""
    place = finding.place
    lines = text.splitlines()
    line = lines[place.line - 1] if 0 < place.line <= len(lines) else ""
    start, end = place.column - 1, place.column - 1 + place.length
    written = line[start:end]
    if finding.id == "renamed-key" and (old := _REOPEN.match(line, start)):
        again = "rise" if old["value"] == "edge" else "each"
        yield Edit(place.line, start, old.end(), f"again{old['colon']}{again}")
    elif finding.id == "renamed-key" and (write := _WRITE.fullmatch(finding.fix)):
        yield Edit(place.line, start, end, write[1])
    elif finding.id == "yaml-syntax" and _HARD in finding.found:
        yield Edit(place.line, start, end, " " * len(written))
    elif finding.id == "yaml-syntax" and written.endswith(":") and "no space behind its colon" in finding.found:
        yield Edit(place.line, start, end, f"{written} ")
    elif finding.id in CERTAIN and (meant := _meant(finding, written)):
        quote = written[0] if written[:1] in _QUOTES and written[-1:] == written[0] else ""
        yield Edit(place.line, start, end, meant if meant[:1] in _QUOTES else f"{quote}{meant}{quote}")
        if quote:
            yield Edit(place.line, start, end, meant)


def _meant(finding: Finding, written: str) -> str:
    """Give the one text that a finding says to write; of a name, only if it differs in case and signs alone."""
    if write := _WRITE.fullmatch(finding.fix):
        return write[1]
    near = _MEANT.fullmatch(finding.fix)
    return near[1] if near is not None and plain(near[1]) == plain(written) else ""


def applied(text: str, edit: Edit) -> str:
    """Write one text in the place of another; line ends and all else stay."""
    lines = text.splitlines(keepends=True)
    line = lines[edit.line - 1]
    lines[edit.line - 1] = line[: edit.start] + edit.text + line[edit.end :]
    return "".join(lines)


def restored(raw: bytes, text: str) -> bytes:
    """Write a text with the line ends, and the mark at its beginning, that its file had: `raw` is what is in the file.

    Both have the same lines, as a fix is made within one.
    """
    old = raw.decode("utf-8")
    mark = "\N{ZERO WIDTH NO-BREAK SPACE}" if old.startswith("\N{ZERO WIDTH NO-BREAK SPACE}") else ""
    ends = re.findall(r"\r\n|\n|\r", old)
    lines = text.split("\n")
    return (mark + "".join(map(str.__add__, lines, [*ends, ""]))).encode()


def _with(documents: Documents, old: Source, new: Source) -> Documents:
    change: Callable[[list[Source]], list[Source]] = lambda sort: [new if each is old else each for each in sort]  # noqa: E731
    return Documents(*map(change, documents))


def _found(documents: Documents, request: Request) -> list[Finding]:
    try:
        return examine_documents(documents, request).awake
    except SpecError as error:
        return error.findings


def _better(finding: Finding, before: list[Finding], after: list[Finding]) -> bool:
    """Say whether a finding is gone and none has come.

    What an error hides may come to light: all of a file behind a slip of YAML's, all about an event behind its name,
    and the rest of its own line behind any other.
    """
    was, now = (Counter(map(_mark, found)) for found in (before, after))
    if now[_mark(finding)] >= was[_mark(finding)]:
        return False
    come = now - was
    new = [each for each in after if _mark(each) in come and each.level == "error"]
    return finding.id in HIDING or all(each.place.line == finding.place.line for each in new)


def _mark(finding: Finding) -> tuple[str, str, str]:
    return finding.id, finding.place.file, finding.found
