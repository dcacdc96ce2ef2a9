"""What holds an incident's trouble back at an instant: silences, graver trouble that explains it, hours of mute.

Must not know: what is told once nothing holds it any more. Read next: `calling.py`, which asks.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from alerts.policy.openings import closes_after, open_since

if TYPE_CHECKING:
    from collections.abc import Iterator

    from alerts.policy.policy import People
    from alerts.routing.incident import AlertRouter, Held, Incident
    from standards.judge.ledger import Line


class Hold(NamedTuple):
    """One thing that holds an incident back: why, since when, when it has to be looked at again, by whom if anybody."""

    reason: Held
    since: int
    until: int
    by: str = ""


def holds(case: AlertRouter, people: People, incident: Incident, at: int) -> list[Hold]:
    """Give all that hold an incident of a place back at an instant, the one that is named as the reason first."""
    return [
        *_silences(case, people, incident, at),
        *_inhibitions(case, people, incident, at),
        *(
            Hold("muted", open_since(hours, at), closes_after(hours, at))
            for hours in people.route(incident.route).mute
            if hours.is_open(at)
        ),
    ]


def _silences(case: AlertRouter, people: People, incident: Incident, at: int) -> Iterator[Hold]:
    for silence in (*people.silences, *case.silences):
        if silence.until > at and silence.match.fits(incident.line):
            yield Hold("silenced", at if silence.since < 0 else silence.since, silence.until, silence.by)


def _inhibitions(case: AlertRouter, people: People, incident: Incident, at: int) -> Iterator[Hold]:
    for cause in _causes(case, people, incident.line, at):
        if _can_be_heard_of(case, people, cause, at):
            yield Hold("inhibited", cause.known, case.inhibits_until(cause))


def _causes(case: AlertRouter, people: People, line: Line, at: int) -> Iterator[Line]:
    for cause in case.causes.values():
        if case.inhibits_until(cause) > at and any(each.holds(cause, line) for each in people.inhibitions):
            yield cause


def _can_be_heard_of(case: AlertRouter, people: People, cause: Line, at: int) -> bool:
    """Say whether anybody may hear of a cause: what is muted, inhibited itself, or on no route, explains nothing."""
    routes = [route for route in people.routes_of(cause) if not any(hours.is_open(at) for hours in route.mute)]
    return bool(routes) and next(_causes(case, people, cause, at), None) is None
