"""Why an event changed nothing, in words. Read next: `standards/judge/case.py`, which has the reasons."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

WHY: Final[Mapping[str, str]] = {
    "late": "it came too late to change anything",
    "too-old-to-tell": "it is so old that nobody can tell whether it had come before",
    "not-allowed": "whoever said so may not",
    "nothing-to-excuse": "there was nothing to excuse",
    "scenario-may-not": "its scenario does not excuse promises of that standard",
    "no-subject": "it names nobody whom a standard is about",
    "no-scope": "it would have counted, but nothing says whether there is anything to owe, or it was forgotten",
    "owed-nothing": "the standard's own choice is that nothing is owed for it",
    "no-such-day": "it changes no day of a calendar that there is, or its hours cannot be read",
    "too-many-changes": "more days are changed than are remembered",
}
"""Each reason, as a part of a sentence."""
