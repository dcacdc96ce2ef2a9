"""What people do about a promise before there is any trouble: it counts once there is, for as long as it would have.

Read next: `changes.py`, where trouble begins.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from alerts.routing.actions import DEBRIEFED, GIVEN_BACK, HANDED_ON, Action, as_known
from alerts.routing.audience import next_shift
from alerts.routing.holder import TAKEN, give_back, hand_on, leave, take
from standards.judge.promise import NEVER
from standards.natural import is_among

if TYPE_CHECKING:
    from collections.abc import Sequence

    from alerts.policy.policy import People
    from alerts.routing.incident import Incident
    from alerts.routing.notice import Reason


def remember(early: dict[str, list[Action]], promise: str, act: Action) -> Reason | None:
    """Remember what somebody did about a promise, which comes last: what they say who has it by, and nothing else.

    Gives why it says nothing of that: what is talked over before there is anything to tell, or given back by somebody
    who does not have it.
    """
    acts = early.get(promise, [])
    if act.type == DEBRIEFED:
        return "nobody-is-told"
    if act.type == GIVEN_BACK and not _is_with(acts, act.by):
        return "not-theirs"
    taken = [each for each in acts if each.type in TAKEN and acts[-1].type != GIVEN_BACK]
    last = {HANDED_ON: taken, GIVEN_BACK: acts}.get(act.type, [])
    kept = {name: said for name, said in act.data.items() if name in ("to", "note") and act.type == HANDED_ON}
    early.pop(promise, None)  # the latest come last
    early[promise] = [*last, Action("", act.at, act.by, type=act.type, data=kept)]
    return None


def _is_with(acts: Sequence[Action], by: str) -> bool:
    """Say whether somebody has what these acts were about, or was handed it."""
    found = [str(each.data.get("to") or "") if each.type == HANDED_ON else each.by for each in acts]
    return bool(acts) and acts[-1].type != GIVEN_BACK and is_among(by, found)


def catch_up(incident: Incident, acts: Sequence[Action], people: People, at: int) -> None:
    """Have an incident begin as people left its promise, where they did something about it since somebody had it."""
    for act in (as_known(each, people) for each in acts):
        if act.at >= incident.had_since:
            _repeat(incident, act, people)
    if incident.taken_until <= at:
        leave(incident, incident.taken_until)
        incident.taken_until = NEVER
    go_on(incident, people, at)
    if incident.acknowledged in people.people and incident.acknowledged not in incident.told:
        incident.told = [*incident.told, incident.acknowledged]
    incident.shift_at = next_shift(people, incident, at) if incident.told else NEVER


def go_on(incident: Incident, people: People, at: int) -> None:
    """Let trouble that is here, or here again, go on with who has it: they are asked in time whether they still do.

    Who it was handed on to, and has not taken it yet, is told.
    """
    if incident.passed_to in people.people:
        incident.hand_at = at
    elif incident.passed_to:
        incident.anew_at = at
    elif incident.acknowledged and incident.taken_until == NEVER:
        incident.taken_until = at + people.route(incident.route).taken_of(incident.line.severity)


def _repeat(incident: Incident, act: Action, people: People) -> None:
    if act.type == HANDED_ON:
        hand_on(incident, act, act.at)
    elif act.type in TAKEN:
        take(incident, act.by, act.at)
        incident.taken_until = act.at + people.route(incident.route).taken_of(incident.line.severity)
    else:
        give_back(incident, act.by, act.at)
