"""What events name that a practice document agrees on, rewards, scenarios and forms, and what they may not say of them.

A name that is not in the document would be stored, and count for nothing: whoever sent it would never learn of it.
Read next: `practice.py`; `streams/ingest/agreement.py`, which asks for each event.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from standards.calendar.hours import did_you_mean
from standards.judge.events import type_of
from standards.natural import same

if TYPE_CHECKING:
    from collections.abc import Mapping

    from standards.judge.events import Event
    from standards.practice.practice import Practice

NOT_AGREED: Final = "not-agreed"
"""Why an event is refused that names a reward, a scenario or a form that the practice document does not have."""
PRIVATE: Final = "private-answer"
"""Why an event is refused that says what somebody answered about their own work."""
OWN_REWARD: Final = "own-reward"
"""Why a reward is refused that somebody gave to themselves."""
ASSESSED: Final = "assessment.completed"
REWARDED: Final = "reward.given"
NAMED: Final[Mapping[str, tuple[str, str]]] = {
    REWARDED: ("reward", "rewards"), "reward.voted": ("reward", "rewards"),
    "exception.made": ("scenario", "scenarios"), ASSESSED: ("form", "forms"), "review.completed": ("form", "forms"),
}  # fmt: skip
"""Which field of an event names something of which section. A reward that is proposed may be a new one."""
_ANSWERS: Final = ("score", "passed")


class Objection(NamedTuple):
    """Why an event is not taken: a reason in one word, and what is wrong with it."""

    reason: str
    found: str


def objection(event: Event, practice: Practice, nobody: str = "") -> Objection | None:
    """Say what speaks against an event; nothing, where the document has nothing of the sort that the event names.

    Private answers are taken out of it, so that what is kept of the refused event does not have them either; so are
    those to a form that nobody knows, as it may be a slip for one that is private. `nobody` is what stands for each who
    was forgotten: two of them need not be one.
    """
    kind = type_of(event)
    if kind not in NAMED:
        return None
    agent = event.data.agent.strip() if kind == REWARDED else ""
    if agent not in ("", nobody) and same(agent, event.data.by):
        return Objection(OWN_REWARD, f"{kind}: agent and by are the same person; nobody rewards themselves")
    field, section = NAMED[kind]
    name, known = getattr(event.data, field, None), getattr(practice, section)
    if not name or not known:
        return None
    said = _taken_out(event) if kind == ASSESSED and (name not in known or known[name].kind == "self") else []
    if name not in known:
        fix = did_you_mean(str(name), known) or f"it has {', '.join(sorted(known))}"
        found = f"{kind}: the practice document has no {field} {str(name)[:80]!r}; {fix}"
        return Objection(NOT_AGREED, f"{found}; {' and '.join(said)} was taken out" if said else found)
    if said:
        words = f"{name} is for one's own eyes, so {' and '.join(said)} was taken out; it can be sent again like this"
        return Objection(PRIVATE, f"{kind}: {words}")
    return None


def _taken_out(event: Event) -> list[str]:
    """Take what somebody answered out of an event, and name the fields that had it."""
    said = [each for each in _ANSWERS if getattr(event.data, each, None) is not None]
    for each in said:
        setattr(event.data, each, None)
    return said
