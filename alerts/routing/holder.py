"""Who has an incident: it is taken, handed on, given back, and nobody has it for ever.

Whatever else shows who has something shows what stands here: people's acts are heard in one order, by one router.
An act counts when it is heard, which is not before its own time; those of one instant as they came.
Must not know: who is told what of it. Read next: `taking.py`, which tells; `early.py`, for what is done before there is
trouble.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from alerts.routing.actions import ACKNOWLEDGED, DEBRIEFED
from alerts.routing.notice import shortened
from standards.judge.promise import NEVER
from standards.natural import is_among, same

if TYPE_CHECKING:
    from alerts.routing.actions import Action
    from alerts.routing.incident import Incident

LONGEST_NOTE: Final = 300
"""How much of what somebody writes as they hand it on is told, in characters."""
TAKEN: tuple[str, ...] = (ACKNOWLEDGED, DEBRIEFED)
"""What somebody does who has it from then on."""


def take(incident: Incident, by: str, at: int) -> None:
    """Have somebody have it; who has it for sure has it since before."""
    sure = same(incident.acknowledged, by) and not incident.offered and incident.asked_until < 0
    if not sure:
        incident.had_since, incident.giver = at, incident.passed_by if _handed(incident, by) else ""
    incident.acknowledged, incident.lapsed, incident.untaken = by, "", ""
    if not is_among(by, incident.holders):
        incident.holders = [*incident.holders, by]
    incident.passed_by, incident.passed_to, incident.anew = "", "", False
    incident.climb_at = incident.repeat_at = incident.anew_at = incident.hand_at = NEVER


def hand_on(incident: Incident, action: Action, at: int) -> None:
    """Have it handed on: until it is taken, it stays where it is."""
    incident.passed_by, incident.passed_to = action.by, str(action.data.get("to") or "somebody")
    incident.passed_note = shortened(" ".join(str(action.data.get("note") or "").split()), LONGEST_NOTE)
    incident.had_since, incident.giver, incident.lapsed, incident.untaken = at, action.by, "", ""
    incident.climb_at = incident.repeat_at = incident.taken_until = NEVER


def is_with(incident: Incident, by: str) -> bool:
    """Say whether somebody has it, or was handed it and has not answered yet: it is theirs to give back."""
    offered = incident.offered if incident.over is None else incident.passed_to
    return any(each and same(each, by) for each in (incident.acknowledged, offered))


def leave(incident: Incident, at: int) -> None:
    """Have nobody have it any more: it was given back, not taken by whom it was handed on to, or their time is over.

    Whoever handed it on, or was handed it, need not have had it.
    """
    if incident.acknowledged or incident.passed_by:
        incident.had_since, incident.giver, incident.untaken = at, incident.passed_by, incident.passed_to
        incident.lapsed = "" if incident.passed_by else incident.acknowledged
    incident.acknowledged = ""


def give_back(incident: Incident, by: str, at: int) -> None:
    """Have it given back before there is trouble, or after: nobody is told."""
    incident.passed_by, incident.passed_to = by, ""
    leave(incident, at)
    incident.passed_by = ""


def _handed(incident: Incident, by: str) -> bool:
    return bool(incident.offered) and same(incident.offered, by)
