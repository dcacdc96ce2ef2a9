"""Rules whose meaning has changed: which one holds for a standard.

An excerpt tells by its `edition`; one that has none was written before the change, and its promises are judged to
their end as they were opened. Only a standard that comes out otherwise gets one, so no other has a new revision.
Read next: `shaping.py`, which compiles by it.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final, Literal

from standards.judge.standard import UTC_ZONE, Period

if TYPE_CHECKING:
    from collections.abc import Mapping

    from standards.documents.declared import Calendar
    from standards.documents.entries import Entry
    from standards.documents.model import StandardModel

PERIODS: Final[Mapping[str, Period]] = {"day": "day", "week": "week", "month": "month", "shift": "shift"}
_WHOLE_DAYS: Final = re.compile(r"(?:[0-9]+w)?(?:[0-9]+d)?", re.ASCII)


def is_whole_days(text: str | None) -> bool:
    """Say whether a length of time is written in weeks and days alone; such are by the clock on the wall."""
    return bool(text) and _WHOLE_DAYS.fullmatch(text or "") is not None


def edition(entry: Entry, model: StandardModel, calendar: Calendar | None, *, excerpt: bool) -> Literal[2] | None:
    """Give the edition of the rules that a standard is judged by; an author, who has the newest, writes none."""
    if excerpt:
        return model.edition
    if model.edition is not None:
        entry.at("edition").error("misplaced-key", "edition is written by Kept alone", "leave it out", key=True)
    return 2 if calendar is not None and _comes_out_otherwise(model, calendar) else None


def _comes_out_otherwise(model: StandardModel, calendar: Calendar) -> bool:
    """Say whether a calendar means another thing than it did: hours that a window or period keeps to, or days."""
    if model.over is not None:
        return calendar.hours is not None
    if model.every is None:
        return False
    moved = is_whole_days(model.every) and (calendar.hours is not None or calendar.zone != UTC_ZONE)
    return moved or (model.every in PERIODS and calendar.hours is not None)
