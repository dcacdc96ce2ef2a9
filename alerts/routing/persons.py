"""What is left of a notice, and of the fields of a promise, for whoever may not see who of us it is about.

Messages to the team are kept as they were told; who only looks on reads them without that.
Read next: `facts.py`, which says who it is.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from alerts.routing.facts import NAMING, PERSONS, whom_by
from alerts.words.words import SOURCE, Words

if TYPE_CHECKING:
    from collections.abc import Mapping

    from alerts.routing.notice import Notice
    from standards.judge.ledger import Plain


def fields_without_persons(fields: Mapping[str, Plain]) -> dict[str, Plain]:
    """Give the fields that name none of us."""
    return {name: value for name, value in fields.items() if name not in PERSONS}


def without_persons(notice: Notice, names: Mapping[str, str]) -> Notice:
    """Give a notice as whoever may not see who of us it is about is shown it; `names` are those of the policy.

    A message about several names the others too, and names may have changed since: that is shown in English, which
    names nobody.
    """
    words = Words(notice.language)
    said = whom_by(notice.fields, words, names)
    text = notice.text.replace(f" {said}", "").replace(said, "") if said else notice.text
    named = any(words.translated(each).partition("{")[0] in text for each in NAMING)
    told, language = (notice.english, SOURCE) if named and notice.english else (text, notice.language)
    fields = fields_without_persons(notice.fields)
    return msgspec.structs.replace(notice, text=told, language=language, fields=fields)
