"""What people do about promises, and for each other, as events say it: the list of these events' types, and one action.

Must not know: what becomes of an action. Read next: `router.py`, which acts on some of them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import msgspec

from alerts.policy.policy import Match, Silence
from standards.judge.changed_days import CHANGED
from standards.judge.events import microseconds, type_of
from standards.judge.ledger import Plain

if TYPE_CHECKING:
    from collections.abc import Iterable

    from alerts.policy.policy import People
    from standards.judge.events import Event

ACKNOWLEDGED: Final = "alert.acknowledged"
HANDED_ON: Final = "alert.handed_on"
GIVEN_BACK: Final = "alert.given_back"
DONE: Final = "work.reported"
DEBRIEFED: Final = "debrief.completed"
EXCUSED: Final = "exception.granted"
SILENCED: Final = "alert.silenced"
UNSILENCED: Final = "alert.unsilenced"
SETTLED: Final = "letter.settled"
HANDED_OVER: Final = "shift.handed_over"
THANKED: Final = "recognition.given"
SHARED: Final = "moment.shared"
PROPOSED: Final = "reward.proposed"
REWARDED: Final = "reward.given"
MADE: Final = "exception.made"
ERASED: Final = "person.erased"
VOTED: Final = "reward.voted"
COMPLAINED: Final = "complaint.received"
ANSWERED: Final = "survey.answered"
SURVEYED: Final = "survey.sent"
REVIEWED: Final = "review.completed"
COACH_ASKED: Final = "coaching.asked"
ROUTED: Final = frozenset({ACKNOWLEDGED, HANDED_ON, GIVEN_BACK, DEBRIEFED, SILENCED, UNSILENCED})
"""What routers hear of. That an exception was granted, the judge's own line tells."""

PRAISE: Final = frozenset({THANKED, SHARED, REWARDED, MADE})
"""What says who did something well, or something out of the usual: who only looks on does not see it."""
_OF_COUNTED: Final = {
    VOTED: frozenset({"team", "reward"}), COMPLAINED: frozenset({"team", "site", "topic"}),
    ANSWERED: frozenset({"team", "site", "contact", "score"}), SURVEYED: frozenset({"team", "site", "asked"}),
}  # fmt: skip
"""All that is kept of what is only counted, by type: what it is counted by, until that is done."""
COUNTED: Final = frozenset(_OF_COUNTED)
"""What is only counted, and never listed: of it nothing is kept that names anybody, or says what they wrote."""
PRIVATE: Final = frozenset({REVIEWED})
"""What is between two people: no list has it, and the one it is about reads it on their own page."""
UNLISTED: Final = COUNTED | PRIVATE
ACTIONS: Final = (
    ROUTED | PRAISE | UNLISTED | {DONE, EXCUSED, SETTLED, CHANGED, HANDED_OVER, PROPOSED, ERASED}
)  # fmt: skip
_OF_PRIVATE: Final = frozenset({"agent", "team", "by", "form", "yes", "of"})
"""All that is kept of what is between two people."""

_MATCHED: Final = ("standard", "owner", "aspect", "severity", "subject", "site")
"""The fields of `alert.silenced` that narrow what is silent."""


class Action(msgspec.Struct, frozen=True):
    """What somebody did at an instant (microseconds UTC): an event of one of `ACTIONS`, told by its source and id.

    `promise` is what it is about: a promise by its id, a dead letter by its mark, or nothing where it is several.
    One that an earlier version stored for a router has neither a source nor a type.
    """

    id: str
    at: int
    by: str
    promise: str = ""
    type: str = ""
    source: str = ""
    data: dict[str, Plain] = {}
    silence: Silence | None = None

    @property
    def name(self) -> str:
        """What tells it from all others."""
        return f"{self.source}/{self.id}" if self.source else self.id


def actions_of(events: Iterable[Event]) -> list[Action]:
    """Give the actions among some events."""
    return [_action(event) for event in events if type_of(event) in ACTIONS]


def as_known(action: Action, people: People) -> Action:
    """Give an action with who did it, and to whom it was handed on, as the policy writes their names."""
    to = str(action.data.get("to") or "")
    by, known = people.known_as(action.by), people.known_as(to)
    if (by, known) == (action.by, to):
        return action
    data = {**action.data, "to": known} if to else action.data
    silence = action.silence and msgspec.structs.replace(action.silence, by=by)
    return msgspec.structs.replace(action, by=by, data=data, silence=silence)


def _action(event: Event) -> Action:
    data = msgspec.to_builtins(event.data)
    if type_of(event) in UNLISTED:
        kept = _OF_COUNTED.get(type_of(event), _OF_PRIVATE)
        data = {name: value for name, value in data.items() if name in kept}
    about, by = str(data.get("promise") or data.get("letter") or ""), str(data.get("by") or "")
    return Action(event.id, event.at, by, about, type_of(event), event.source, data, _silence(event))


def _silence(event: Event) -> Silence | None:
    data, sort = event.data, type_of(event)
    if sort not in (SILENCED, UNSILENCED):
        return None
    terms = [(name, getattr(data, name, None)) for name in _MATCHED]
    until = microseconds(data.until) if sort == SILENCED else -1
    match = Match(tuple((name, (value,)) for name, value in terms if value is not None))
    return Silence(data.silence, match, until, data.by, data.reason or "", event.at)
