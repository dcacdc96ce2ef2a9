"""Days of calendars that are changed by an event: who may do so, what it says, and the standards that go by it.

Whoever is named by the calendar's `may_change` may do so; where nobody is named, only an admin, on the board or by the
API, which ask for the role. Read next: `standards/calendar/changes.py`; `progress.py`, which lets a change come about.
"""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Final, Literal, NamedTuple

import msgspec

from standards.calendar.changes import Change
from standards.calendar.holiday import date_in
from standards.calendar.shifts import changed_shifts
from standards.calendar.spelling import date_meant
from standards.judge.events import moment
from standards.natural import is_among

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from standards.calendar.hours import Hours
    from standards.judge.events import Event
    from standards.judge.standard import Standard

CHANGED: Final = "calendar.changed"
OWN_SOURCE: Final = "kept/calendars"
"""The source of the changes that an admin made, on the board or by the API."""
KEPT_FOR: Final = 400 * 86_400_000_000
"""How long after it was said a change is remembered, in microseconds: a promise may be on the clock for as long."""
DAYS_AHEAD: Final = 366
"""So many days ahead a change can be of."""
MOST: Final = 2_000
"""How many changes are remembered."""


def change_of(
    event: Event, may_change: Mapping[str, tuple[str, ...]]
) -> Change | Literal["not-allowed", "no-such-day"]:
    """Read a change, or say why it does not count; `may_change` says by whom each calendar may be changed."""
    data = event.data
    allowed = may_change.get(data.calendar)
    if allowed is None or problem_of(data.date, data.open, event.at) is not None:
        return "no-such-day"
    if event.source != OWN_SOURCE and not is_among(data.by, allowed):
        return "not-allowed"
    day = date.fromisoformat(data.date).toordinal()
    return Change(event.at, data.calendar, day, changed_shifts(data.open), event.source, event.id)


class UnfitDay(NamedTuple):
    """Why a change does not count, and what was `found`: how the day is likely meant, or what is wrong with hours."""

    kind: Literal["unreadable-day", "unreadable-hours", "over", "too-far"]
    found: str = ""


def problem_of(day: str, shifts: str | None, at: int) -> UnfitDay | None:
    """Say what is wrong with a change that is said at an instant (microseconds UTC); None where nothing is."""
    if date_in(day) is None:
        return UnfitDay("unreadable-day", date_meant(day[:40]) or "2026-12-25")
    try:
        changed_shifts(shifts)
    except ValueError as error:
        return UnfitDay("unreadable-hours", str(error))
    ahead = (date.fromisoformat(day) - moment(at).date()).days
    if ahead < -1:
        return UnfitDay("over")
    return UnfitDay("too-far") if ahead > DAYS_AHEAD else None


def with_changes(standard: Standard, changes: Iterable[Change]) -> Standard:
    """Give a standard that goes by its calendars with the changes of their days."""
    changes = tuple(changes)
    shape, during = standard.shape, standard.during
    found: dict[str, Hours] = {}

    def changed(hours: Hours) -> Hours:
        own = found[hours.name] = hours.changed(changes)
        return own

    hours, target = getattr(shape, "hours", None), getattr(shape, "target", None)
    if hours is not None:
        shape = msgspec.structs.replace(shape, hours=changed(hours))
    if target is not None:
        calendars = {name: None if each is None else changed(each) for name, each in target.calendars.items()}
        shape = msgspec.structs.replace(shape, target=msgspec.structs.replace(target, calendars=calendars))
    during = None if during is None else msgspec.structs.replace(during, hours=changed(during.hours))
    instants = {change.at for each in found.values() for change in each.changes}
    return msgspec.structs.replace(standard, shape=shape, during=during, changed_at=tuple(sorted(instants)))
