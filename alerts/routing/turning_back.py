"""Time goes back for who is told: what was to be said in a false future is said as much sooner.

A clock was ahead, and what was heard, sent and planned then lies ahead of the time that it is. Left so, nobody would
hear of new trouble before that time. Read next: `router.py`, `throttle.py`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from alerts.routing.all_clear import RETURNS
from alerts.routing.incident import Swing, Went
from standards.judge.promise import NEVER

if TYPE_CHECKING:
    from collections.abc import Iterable

    from alerts.routing.actions import Action
    from alerts.routing.incident import AlertRouter, Incident
    from alerts.routing.waiting import RecipientThrottle


def take_router_back(case: AlertRouter, now: int, by: int) -> None:
    """Take one place's case back to `now`, in microseconds UTC, which is `by` microseconds before where time had come.

    What inhibits others has to be heard of again: better told once more than never.
    """
    case.now = min(case.now, now)
    case.open = {group: _sooner(due, now, by) for group, due in case.open.items()}
    case.causes = {promise: line for promise, line in case.causes.items() if line.known <= now}
    case.ending = {promise: _sooner(end, now, by) for promise, end in case.ending.items() if promise in case.causes}
    case.swings = {name: Swing(min(it.until, now + RETURNS), it.times) for name, it in case.swings.items()}
    case.went = {route: Went(it.count, _sooner(it.until, now, by)) for route, it in case.went.items()}
    case.dark = {group: _sooner(until, now, by) for group, until in case.dark.items()}
    case.early = {promise: done_by(acts, now) for promise, acts in case.early.items()}
    case.look_again(now)
    for routes in case.incidents.values():
        for incident in routes.values():
            _take_incident_back(incident, now, by)


def _take_incident_back(incident: Incident, now: int, by: int) -> None:
    incident.began = min(incident.began, now)
    incident.had_since = min(incident.had_since, now)
    incident.held_since = min(incident.held_since, now)
    incident.trouble_at = _sooner(incident.trouble_at, now, by)
    incident.climb_at = _sooner(incident.climb_at, now, by)
    incident.repeat_at = _sooner(incident.repeat_at, now, by)
    incident.over_at = _sooner(incident.over_at, now, by)
    incident.said_at = min(incident.said_at, now)
    incident.taken_until = _sooner(incident.taken_until, now, by)
    incident.anew_at = _sooner(incident.anew_at, now, by)
    incident.hand_at = _sooner(incident.hand_at, now, by)
    incident.added = {step: min(since, now) for step, since in incident.added.items()}
    incident.shift_at = NEVER if incident.shift_at == NEVER else now  # calendars do not move


def done_by(acts: Iterable[Action], now: int) -> list[Action]:
    """Give what people did as done by `now`, in microseconds UTC."""
    return [msgspec.structs.replace(act, at=min(act.at, now)) for act in acts]


def take_throttle_back(case: RecipientThrottle, now: int, by: int) -> None:
    """Take one person's case back, as `take_router_back`: what they were sent, they were sent by now."""
    case.sent = [min(sent, now) for sent in case.sent]
    case.seen = {name: min(seen, now) for name, seen in case.seen.items()}
    case.pages = [min(sent, now) for sent in case.pages]
    case.last_summary, case.last_well, case.last_digest = (
        min(last, now) for last in (case.last_summary, case.last_well, case.last_digest)
    )
    case.summary_due, case.digest_due = (_sooner(due, now, by) for due in (case.summary_due, case.digest_due))
    for held in case.held.values():
        held.at = min(held.at, now)


def _sooner(at: int, now: int, by: int) -> int:
    return at if at == NEVER or at <= now else max(now, at - by)
