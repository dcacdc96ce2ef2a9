"""Which warnings sleep, by the comments in all of an author's files. Read next: `standards/documents/snooze.py`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from standards.documents.document import Document
from standards.documents.snooze import MENTION, Checks, sift
from standards.lint import CHECKS, NEVER_ASLEEP
from streams.documents.documents import read_documents

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence
    from datetime import date

    from standards.documents.snooze import Sifted
    from standards.errors import Finding
    from standards.lint import Need
    from streams.documents.documents import Documents

_KNOWN: Final = CHECKS.keys() - NEVER_ASLEEP


def sifted(findings: Sequence[Finding], documents: Documents, today: date, *, beside: Collection[Need] = ()) -> Sifted:
    """Tell what sleeps from what is to be shown, with what is wrong with snoozes; `beside`: what was looked at too."""
    mentioning = [source for sort in documents for source in sort if MENTION.search(source.text)]
    given: set[Need] = {"documents", *beside}
    given |= {"policy"} if documents.policies else set()
    given |= {"practice"} if documents.practices else set()
    checks = Checks(_KNOWN, {check for check in _KNOWN if CHECKS[check] in given})
    return sift(findings, [Document(source.name, source.text) for source in mentioning], checks, today)


def awake(findings: Sequence[Finding], documents: Documents, today: date) -> list[Finding]:
    """Give what is to be shown where the snoozes themselves are none of the reader's business now."""
    return [each for each in sifted(findings, documents, today).awake if each.id not in NEVER_ASLEEP]


def awake_in(paths: Sequence[str], warnings: Sequence[Finding], today: date) -> list[Finding]:
    """Give the warnings of some files that are to be shown by a verb whose work is something else."""
    return awake(warnings, read_documents(paths), today) if warnings else []
