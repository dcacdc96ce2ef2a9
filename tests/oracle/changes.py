"""Days of a calendar that are changed, as docs/semantics.md tells it: which of what is said of them counts.

Knows: the events that say so, and a calendar as an author writes it. Must not know: promises.
"""

import re
from datetime import date, timedelta
from itertools import pairwise
from typing import Any

from tests.oracle.opening_hours import local

CHANGED = "calendar.changed"
MOST_SHIFTS = 12

Event = dict[str, Any]
Change = tuple[int, str, list[str] | None]
"""When it was said, of which day, and the shifts of that day: none are a closed day, and None is as always."""


def changes(calendars: dict[str, Any], events: list[Event]) -> dict[str, list[Change]]:
    """Give the changes of each calendar that count, in the order in which they were said."""
    found: dict[str, list[Change]] = {name: [] for name in calendars}
    for event in events:
        data = event["data"]
        if event["type"] != CHANGED or not _may(calendars.get(data["calendar"], {}), data["by"]):
            continue
        day = _day(data["date"], calendars[data["calendar"]]["timezone"], event["time"])
        shifts = _shifts(data.get("open"))
        if day and shifts != ["?"]:
            found[data["calendar"]].append((event["time"], day, shifts))
    return found


def _may(calendar: dict[str, Any], by: str) -> bool:
    named = calendar.get("may_change", [])
    return by in ([named] if isinstance(named, str) else named)


def _day(text: str, zone: str, at: int) -> str:
    """Give the day, "" where it has been over for a day or is more than a year away."""
    day, today = date.fromisoformat(text), local(zone, at).date()
    return text if today - timedelta(days=1) <= day <= today + timedelta(days=365) else ""


def _shifts(text: str | None) -> list[str] | None:
    """Read what is said to be open; ["?"] where that cannot be."""
    if text in {None, "usual"}:
        return [] if text is None else None
    parts = [one.strip() for one in (text or "").split(",")]
    if len(parts) > MOST_SHIFTS or not all(re.fullmatch(r"\d\d:\d\d-\d\d:\d\d", one) for one in parts):
        return ["?"]
    bounds = sorted((one[:5], one[6:] if one[6:] > one[:5] else f"{int(one[6:8]) + 24}{one[8:]}") for one in parts)
    apart = all(a[1] <= b[0] for a, b in pairwise(bounds))
    return parts if apart else ["?"]
