"""Snoozes: an author lets a warning sleep, for a reason and until a date, in a comment at its line.

    # snooze too-short until 2027-03-01: the till reports every minute since May

It is about a finding on its own line or, where it stands alone, on the line right below it and other comments. A
snooze that cannot be read, that is over, or that nothing needs any more is a finding itself, and never sleeps.
Read next: `scalars.py`, which tells comments from texts.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final, NamedTuple

from standards.calendar.holiday import date_in
from standards.calendar.hours import did_you_mean
from standards.errors import Place

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Sequence
    from datetime import date

    from standards.documents.document import Document
    from standards.documents.scalars import Comment
    from standards.errors import Finding

MENTION: Final = re.compile(r"#\s*snooze\b")
"""What a text with a snooze has in it; most have none, and are not looked at again."""
_FORM: Final = re.compile(
    r"#\s*snooze(?:\s+(?P<id>[A-Za-z0-9-]+))?(?:\s+until\s+(?P<until>[^\s:]+))?\s*(?P<rest>:\s*(?P<reason>.*))?"
)
_WRITE: Final = "write # snooze CHECK until YEAR-MONTH-DAY: and the reason"


class Checks(NamedTuple):
    """The ids of all checks that warn, and of those that had what they need to be made."""

    known: Collection[str]
    made: Collection[str]


class Sifted(NamedTuple):
    """Findings that are to be shown, those of snoozes among them, and those that sleep."""

    awake: list[Finding]
    asleep: list[Finding]


class _Snooze(NamedTuple):
    check: str
    until: date
    lines: frozenset[int]
    place: Place


def sift(findings: Sequence[Finding], documents: Iterable[Document], checks: Checks, today: date) -> Sifted:
    """Let warnings sleep for which a comment says so. Errors never do."""
    asleep: list[Finding] = []
    said: list[Finding] = []
    for document in documents:
        for comment, lines in _placed(document):
            read = _read(document, comment, lines, checks)
            if not isinstance(read, _Snooze):
                said.append(read)
                continue
            sleeping = [
                one for one in findings
                if (one.level, one.id, one.place.file) == ("warning", read.check, document.name)
                and one.place.line in lines
            ]  # fmt: skip
            if today >= read.until:
                found = f"this snooze of {read.check} is over since {read.until}"
                fix = "mend what it is about, or give it another date and the reason why it has to wait again"
                said.append(document.finding("snooze-over", read.place, found, fix=fix, level="warning"))
            elif sleeping:
                asleep += sleeping
            elif read.check in checks.made:
                found = f"no {read.check} is found here"
                fix = _where_to(read, findings)
                said.append(document.finding("snooze-idle", read.place, found, fix=fix, level="warning"))
    names = set(map(id, asleep))
    return Sifted([*(one for one in findings if id(one) not in names), *said], list(dict.fromkeys(asleep)))


def _placed(document: Document) -> Iterator[tuple[Comment, frozenset[int]]]:
    """Give the comments that are snoozes, each with the lines of the findings that it can be about."""
    found = list(document.comments()) if document.whole else []
    alone = {comment.line for comment in found if comment.alone}
    for comment in found:
        if MENTION.match(comment.text):
            line = comment.line
            while line in alone:
                line += 1
            yield comment, frozenset({comment.line, line})


def _where_to(snooze: _Snooze, findings: Iterable[Finding]) -> str:
    """Say what becomes of a snooze that nothing is found by: it goes, or to the nearest that is found in its file."""
    same = (one.place for one in findings if one.id == snooze.check and one.place.file == snooze.place.file)
    lines = [place.line for place in same if place.line not in snooze.lines]
    if not lines:
        return "remove it"
    near = min(lines, key=lambda line: abs(line - snooze.place.line))
    return f"remove it; or, if the one in line {near} is meant, put it right above that line"


def _read(document: Document, comment: Comment, lines: frozenset[int], checks: Checks) -> _Snooze | Finding:
    place = Place(document.name, comment.line, comment.column, len(comment.text))
    form = _FORM.fullmatch(comment.text)
    check, until = (None, None) if form is None else form.group("id", "until")
    day = date_in(until or "")
    fix = _WRITE
    if form is None or check is None:
        found = "this snooze cannot be read"
    elif check not in checks.known:
        found = f"there is no warning {check!r}; errors cannot sleep"
        fix = did_you_mean(check, checks.known) or "docs/checks/README.md has all of them"
    elif until is None:
        found = "this snooze has no date, and would never be looked at again"
    elif day is None:
        found = f"{until!r} is not a valid date"
        fix = "write year, month and day like 2027-03-01"
    elif not form["reason"]:
        found = "this snooze has no reason; who reads it next year will want one"
    else:
        return _Snooze(check, day, lines, place)
    return document.finding("bad-snooze", place, found, fix=fix, level="warning")
