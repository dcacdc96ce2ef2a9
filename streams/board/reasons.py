"""The exceptions that a standard knows, as reasons that can be given at one tap.

Read next: `blocks.py` and `story.py`, which offer them.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final

MOST: Final = 5
LONGEST: Final = 60
"""What is longer is not offered: nobody reads it in a hurry."""
_SENTENCE: Final = re.compile(r"(?<=[.;])\s+")
_OR: Final = re.compile(r"\b(?:or|oder|lub|albo)\b")
_LISTED: Final = re.compile(r",\s*(?:or|oder|lub|albo)\s+|,\s*|\s+(?:or|oder|lub|albo)\s+")
_MAY: Final = re.compile(r"\b(?:may|darf|dürfen|kann|können|może|mogą)\b")


@lru_cache(maxsize=1_000)
def reasons(exceptions: str) -> tuple[str, ...]:
    """Take them out of what a standard says there: "Fire alarm, till outage, or nobody left" are three.

    In each language in which an author's words are told.
    """
    found: list[str] = []
    for sentence in _SENTENCE.split(exceptions.strip()):
        text = sentence.rstrip(".; ")
        if _MAY.search(text):
            continue  # it says who may grant one
        found += _LISTED.split(text) if _OR.search(text) else [text]
    return tuple(each[0].upper() + each[1:] for each in found if each and len(each) <= LONGEST)[:MOST]
