"""What people did, in words: what it was, who did it, how, and what they said with it. The board says the same.

Read next: `why.py`, which tells it of one promise.
"""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Final

from alerts.routing.actions import (
    ACKNOWLEDGED,
    DEBRIEFED,
    DONE,
    ERASED,
    EXCUSED,
    GIVEN_BACK,
    HANDED_ON,
    HANDED_OVER,
    MADE,
    PROPOSED,
    REWARDED,
    SETTLED,
    SHARED,
    SILENCED,
    THANKED,
    UNSILENCED,
)
from alerts.words.words import phrase
from standards.judge.changed_days import CHANGED, OWN_SOURCE
from standards.judge.events import microseconds
from standards.natural import same

if TYPE_CHECKING:
    from collections.abc import Callable, Collection

    from alerts.routing.actions import Action

DID: Final = {
    ACKNOWLEDGED: phrase("took it"),
    HANDED_ON: phrase("handed it on"),
    GIVEN_BACK: phrase("gave it back"),
    DONE: phrase("said that it is done"),
    DEBRIEFED: phrase("talked it over"),
    EXCUSED: phrase("asked for an exception"),
    SILENCED: phrase("laid a silence"),
    UNSILENCED: phrase("lifted a silence"),
    SETTLED: phrase("dealt with an event that could not be read"),
    CHANGED: phrase("changed a day of a calendar"),
    HANDED_OVER: phrase("left a note for the next shift"),
    THANKED: phrase("said thanks"),
    SHARED: phrase("told of a moment"),
    PROPOSED: phrase("put a reward on the list"),
    REWARDED: phrase("gave a reward"),
    MADE: phrase("made an exception that everybody may make"),
    ERASED: phrase("erased a name"),
}
"""What somebody did, by the type of the act."""
WANTED: Final = {
    GIVEN_BACK: phrase("wanted to give it back"), HANDED_ON: phrase("wanted to hand it on"),
}  # fmt: skip
"""What somebody wanted to do, where it had no effect; what is not here was done all the same."""
GRANTED: Final = phrase("granted an exception")
WAYS: Final = {
    "kept/board": phrase("on the board"),
    "kept/link": phrase("by a link in a message"),
    "kept/exceptions": phrase("by the API"),
    "kept/api": phrase("by the API"),
    OWN_SOURCE: phrase("as an admin"),
    "kept/erasing": phrase("as an admin"),
}
"""By which way an act came, by its source."""
SAID: Final = ("to", "agent", "calendar", "date", "open", "reason", "note", "how", "involved", "cause", "missed",
                "next_step", "next_step_by", "reward", "scenario", "team", "silence", "until", "standard",
                "subject", "site", "owner", "severity")  # fmt: skip
"""The fields of an act in which somebody says something of it."""
INSTANTS: Final = frozenset({"until", "next_step_by"})
"""Those of them that name an instant."""

Cause = tuple[str, str] | None
"""The event that made a line of the ledger, by its source and id; None where time did."""


def did(act: Action, causes: Collection[Cause] = ()) -> str:
    """Say what an act was; an exception that made a line of the ledger, which are those of `causes`, was granted."""
    granted = act.type == EXCUSED and (act.source, act.id) in causes
    return GRANTED if granted else DID.get(act.type, act.type)


def who(act: Action) -> str:
    """Say who did it, and in which role, where that is said."""
    person = str(act.data.get("person") or "")
    return f"{person}, as {act.by}," if person and not same(person, act.by) else act.by or "somebody"


def way(act: Action) -> str:
    """Say by which way it came."""
    return WAYS.get(act.source, f"from {act.source}")


def said(act: Action, told: Callable[[int], str]) -> list[str]:
    """Give what they said of it, each with its name; instants (microseconds UTC) as they are `told`."""
    values = ((name, str(act.data[name])) for name in SAID if act.data.get(name))
    shown = ((name, as_told(value, told) if name in INSTANTS else value) for name, value in values)
    return [f"{name.replace('_', ' ')}: {value}" for name, value in shown]


def as_told(written: str, told: Callable[[int], str]) -> str:
    """Tell an instant that an act names; what is none stays as it is written."""
    try:
        at = microseconds(datetime.fromisoformat(written))
    except (ValueError, TypeError, OverflowError):
        return written
    return told(at)
