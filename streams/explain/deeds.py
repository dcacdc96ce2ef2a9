"""What people did, in words: who, how, and what they said with it.

Read next: `why.py`, which tells it of one promise.
"""

from __future__ import annotations

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
from standards.judge.changed_days import CHANGED, OWN_SOURCE
from standards.natural import same

if TYPE_CHECKING:
    from collections.abc import Collection

    from alerts.routing.actions import Action

_DID: Final = {
    ACKNOWLEDGED: "took it",
    HANDED_ON: "handed it on",
    GIVEN_BACK: "gave it back",
    DONE: "said that it is done",
    DEBRIEFED: "talked it over",
    EXCUSED: "asked for an exception",
    SILENCED: "laid a silence",
    UNSILENCED: "lifted a silence",
    SETTLED: "dealt with an event that could not be read",
    CHANGED: "changed a day of a calendar",
    HANDED_OVER: "left a note for the next shift",
    THANKED: "said thanks",
    SHARED: "told of a moment",
    PROPOSED: "put a reward on the list",
    REWARDED: "gave a reward",
    MADE: "made an exception that everybody may make",
    ERASED: "erased a name",
}
WANTED: Final = {GIVEN_BACK: "wanted to give it back", HANDED_ON: "wanted to hand it on"}
"""What somebody wanted to do, where it had no effect."""
_WAYS: Final = {
    "kept/board": "on the board",
    "kept/link": "by a link in a message",
    "kept/exceptions": "by the API",
    "kept/api": "by the API",
    OWN_SOURCE: "as an admin",
}
SAID: Final = ("to", "agent", "calendar", "date", "open", "reason", "note", "how", "involved", "cause", "missed",
                "next_step", "reward", "scenario", "team", "silence", "until", "standard", "subject", "site", "owner",
                "severity")  # fmt: skip
"""The fields of an act in which somebody says something of it."""

Cause = tuple[str, str] | None
"""The event that made a line of the ledger, by its source and id; None where time did."""


def did(act: Action, causes: Collection[Cause] = ()) -> str:
    """Say what an act was; an exception that made a line of the ledger, which are those of `causes`, was granted."""
    granted = act.type == EXCUSED and (act.source, act.id) in causes
    return "granted an exception" if granted else _DID.get(act.type, act.type)


def who(act: Action) -> str:
    """Say who did it, and in which role, where that is said."""
    person = str(act.data.get("person") or "")
    return f"{person}, as {act.by}," if person and not same(person, act.by) else act.by or "somebody"


def way(act: Action) -> str:
    """Say by which way it came."""
    return _WAYS.get(act.source, f"from {act.source}")


def said(act: Action) -> list[str]:
    """Give what they said of it, each with its name."""
    return [f"{name.replace('_', ' ')}: {act.data[name]}" for name in SAID if act.data.get(name)]
