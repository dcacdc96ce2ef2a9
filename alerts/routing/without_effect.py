"""What people did that changes nothing of who has a promise or who is told of it, and how that is noted.

It stands among what was not told, with its reason, and is counted there. Read next: `taking.py`, `early.py`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from alerts.routing.notice import Withheld

if TYPE_CHECKING:
    from alerts.routing.actions import Action
    from alerts.routing.notice import Reason

WITHOUT_EFFECT: Final[frozenset[Reason]] = frozenset({"not-theirs", "nobody-is-told"})
"""The reasons that say of an act that it changes nothing of who has a promise or who is told."""


def without_effect(action: Action, promise: str, reason: Reason, at: int, line: str = "") -> Withheld:
    """Note why what somebody did about a promise has no effect, at an instant; `line` is its trouble, if any."""
    return Withheld(f"{action.name}:{reason}", promise, line, "", reason, at)


def act_of(noted: Withheld) -> str:
    """Give the name of the act that is noted so; nothing where another note is meant."""
    return noted.id.removesuffix(f":{noted.reason}") if noted.reason in WITHOUT_EFFECT else ""
