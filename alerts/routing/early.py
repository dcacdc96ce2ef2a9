"""What people do about a promise before there is any trouble: it counts once there is, for as long as it would have.

Read next: `changes.py`, where trouble begins.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from alerts.routing.actions import HANDED_ON
from alerts.routing.audience import next_shift
from alerts.routing.holder import TAKEN, hand_on, leave, take
from standards.judge.promise import NEVER

if TYPE_CHECKING:
    from collections.abc import Sequence

    from alerts.policy.policy import People
    from alerts.routing.actions import Action
    from alerts.routing.incident import Incident


def remembered(acts: Sequence[Action], act: Action) -> list[Action]:
    """Give what is to be remembered of some acts about one promise, oldest first, after one more of them."""
    last = [each for each in acts if each.type != HANDED_ON]
    return [*last, act] if act.type == HANDED_ON else [act]


def catch_up(incident: Incident, acts: Sequence[Action], people: People, at: int) -> None:
    """Have an incident begin as people left its promise, where they did something about it since somebody had it."""
    for act in acts:
        if act.at >= incident.had_since:
            _repeat(incident, act, people)
    if incident.taken_until <= at:
        leave(incident, incident.taken_until)
        incident.taken_until = NEVER
    if incident.passed_to in people.people:
        incident.hand_at = at
    elif incident.passed_to:
        incident.anew_at = at
    if incident.acknowledged in people.people and incident.acknowledged not in incident.told:
        incident.told = [*incident.told, incident.acknowledged]
    incident.shift_at = next_shift(people, incident, at) if incident.told else NEVER


def _repeat(incident: Incident, act: Action, people: People) -> None:
    if act.type == HANDED_ON:
        hand_on(incident, act, act.at)
    elif act.type in TAKEN:
        take(incident, act.by, act.at)
        incident.taken_until = act.at + people.route(incident.route).taken_of(incident.line.severity)
    else:
        incident.passed_by = act.by
        leave(incident, act.at)
        incident.passed_by = ""
