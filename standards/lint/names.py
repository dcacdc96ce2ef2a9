"""Checks of who is named: an owner, or whoever may grant an exception, whose name is likely spelt otherwise.

Names of people are not declared, so one that nobody has is found only beside the others. A grant counts only by the
very name, and so does a route.
Read next: `standards/judge/excuse.py`, where a grant is held against them.
"""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING, NamedTuple

from standards.documents.meant import plain

if TYPE_CHECKING:
    from collections.abc import Iterator

    from standards.documents.entries import Entry
    from standards.lint.lint_input import LintInput


class _Named(NamedTuple):
    """A name, where it stands, and the owner that stands beside it."""

    name: str
    entry: Entry
    owner: str

    @property
    def plain(self) -> str:
        """What all spellings of the name have in common."""
        return plain(self.name)


def other_spelling(lint: LintInput) -> None:
    """Find names that differ from another in case, blanks or signs alone, and roles with a blank beside one without."""
    names = list(_names(lint))
    spellings: dict[str, Counter[str]] = {}
    for named in names:
        spellings.setdefault(named.plain, Counter())[named.name] += 1
    for named in names:
        usual, _ = spellings[named.plain].most_common(1)[0]
        joined = re.sub(r"\s+", "-", named.name)
        if named.plain and usual != named.name:
            found = f"{named.name} is {usual} elsewhere, and to Kept those are two"
            named.entry.warning("other-spelling", found, f"write {usual}, if it is the same")
        elif joined != named.name and named.name.islower() and not re.search(r"\s", named.owner):
            found = f"{named.name!r} has a blank, and {named.owner} has none: only who is called just so counts"
            named.entry.warning("other-spelling", found, f"write {joined}, if that is the name")


def _names(lint: LintInput) -> Iterator[_Named]:
    for standard in lint.standards.values():
        entry = lint.entries[standard.id]
        if entry.has("owner"):
            yield _Named(standard.owner, entry.at("owner"), standard.owner)
        declared = entry.has("may_excuse")
        for index, name in enumerate(standard.may_excuse if declared else ()):
            yield _Named(name, entry.at("may_excuse", index), standard.owner or name)
