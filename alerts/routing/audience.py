"""Who is to hear of an incident at an instant: those on shift of the teams that were told so far, and who was told.

Must not know: what they are told. Read next: `turns.py`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from alerts.policy.openings import closes_after
from standards.calendar.duration import WEEK
from standards.judge.promise import NEVER

if TYPE_CHECKING:
    from collections.abc import Iterator

    from alerts.policy.policy import Member, People
    from alerts.routing.incident import Incident


def first_step(people: People, incident: Incident, at: int) -> tuple[str, ...]:
    """Give whom the first step of the chain reaches at an instant."""
    return people.reached(people.route(incident.route).chain[0].tell, at)


def told_before(people: People, incident: Incident, at: int) -> tuple[str, ...]:
    """Give whom to tell again: those who were told and did not leave, and who is on now of those that were told."""
    stayed = [name for name in incident.told if not has_left(people, incident, name, at)]
    steps = people.route(incident.route).chain[: incident.step]
    now = [name for step in steps for name in people.reached(step.tell, at)] if any(_shifts(people, incident)) else []
    return tuple(dict.fromkeys([*stayed, *now]))


def arrivals(people: People, incident: Incident, at: int) -> tuple[str, ...]:
    """Give who is on shift of the teams that were told, and was not told himself."""
    on = (each.person for each in _shifts(people, incident) if each.shift is not None and each.shift.is_open(at))
    return tuple(dict.fromkeys(name for name in on if name not in incident.told))


def has_left(people: People, incident: Incident, name: str, at: int) -> bool:
    """Say whether somebody's shift is over and another one has begun; who is named by himself never leaves."""
    route = people.route(incident.route)
    if any(name in step.tell for step in route.chain):
        return False
    shifts = [each for each in _shifts(people, incident) if each.person == name]
    on = any(each.shift is None or each.shift.is_open(at) for each in shifts)
    return bool(shifts) and not on and any(each.shift and each.shift.is_open(at) for each in _shifts(people, incident))


def next_shift(people: People, incident: Incident, at: int) -> int:
    """Give the next instant after this one at which a shift of the teams that were told begins or ends."""
    found = [NEVER]
    for member in _shifts(people, incident):
        if member.shift is not None:
            is_open = member.shift.is_open(at)
            change = closes_after(member.shift, at) if is_open else member.shift.opens_after(at)
            found.append(change if change is not None and change > at else NEVER)
    return min(found)


def quiet_for(people: People, incident: Incident, start: int, end: int) -> int:
    """Give for how much of a span everybody who was told is in quiet hours; for a page they count for nothing."""
    quiet = 0
    for begins, ends, is_quiet in _quiet_spans(people, incident, start, end):
        quiet += ends - begins if is_quiet else 0
    return quiet


def after_telling(people: People, incident: Incident, start: int, span: int) -> int:
    """Give when a span has gone by in which somebody who was told could hear: a week of nothing else at most."""
    left = span
    for begins, ends, is_quiet in _quiet_spans(people, incident, start, start + span + WEEK):
        if not is_quiet and ends - begins >= left:
            return begins + left
        left -= 0 if is_quiet else ends - begins
    return start + span + WEEK


def _quiet_spans(people: People, incident: Incident, start: int, end: int) -> Iterator[tuple[int, int, bool]]:
    """Give the parts of a span, and of each whether everybody who was told is in quiet hours."""
    found = [people.person(name).quiet for name in incident.told]
    hours = [quiet for quiet in found if quiet is not None]
    if incident.line.severity == "page" or not hours or len(hours) < len(found):
        yield start, end, False
        return
    while start < end:
        is_open = [each.is_open(start) for each in hours]
        changes = [
            closes_after(each, start) if now else each.opens_after(start)
            for each, now in zip(hours, is_open, strict=True)
        ]
        until = min([end, *(change for change in changes if change is not None and change > start)])
        yield start, until, all(is_open)
        start = until


def _shifts(people: People, incident: Incident) -> Iterator[Member]:
    """Give the members, with their shifts, of the teams that were told so far; none where no team has shifts."""
    for step in people.route(incident.route).chain[: incident.step]:
        for team in (people.teams[name] for name in step.tell if name in people.teams):
            if any(member.shift is not None for member in team.members):
                yield from team.members
