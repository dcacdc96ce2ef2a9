"""What routers say to one person's throttle: tell them this, or: so a promise stands by now.

Must not know: what becomes of it. Read next: `throttle.py`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

import msgspec

from alerts.routing.incident import Turn
from alerts.routing.notice import Notice

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

How = Literal["over", "taken", "left", "known"]
"""How a promise stands for somebody: it is over, taken by somebody, left to the next shift, or known to them anyway."""
Sort = Literal["page", "well", "ticket", "info"]
"""How a part of a message is told: it wakes people, says that a page is well again, does neither, or only informs."""

TOGETHER: frozenset[Turn | Literal["back"]] = frozenset({"repeat", "released", "over", "anew", "asked", "shift"})
"""What is one message for one person at one instant, whatever it is about."""


class Notification(msgspec.Struct, frozen=True):
    """Somebody is to be told some things in one message, at an instant (microseconds UTC).

    `turn` is what brought it about; "back" brings back what they would still wait to hear of, and tells nothing else.
    `fresh` are the promises of which nothing was told to them before. `passes` says that it does not wait for their
    quiet hours. `was` gives, by promise, the id under which they were to hear of it before, if that is another one.
    `groups` is of how many groups it tells.
    """

    to: str
    at: int
    parts: tuple[Notice, ...]
    turn: Turn | Literal["back"] = "trouble"
    fresh: frozenset[str] = frozenset()
    passes: bool = False
    was: dict[str, str] = {}
    groups: int = 1


class Standing(msgspec.Struct, frozen=True):
    """How a promise stands for somebody who was to hear of it, since an instant."""

    to: str
    at: int
    promise: str
    how: How


def sort_of(part: Notice) -> Sort:
    """Say how a part is told: an all-clear never wakes anybody, but a correction for the worse does."""
    if part.severity == "info" or part.kind == "given_up":
        return "info"
    if part.severity != "page":
        return "ticket"
    return "page" if part.is_trouble else "well"


def merged(told: Iterable[Notification], *, one_step: bool = False) -> Iterator[Notification]:
    """Make one of those of an instant that are one message for one person.

    With `one_step`, all for which somebody is the next in the chain is one too: they have no budget to gather it.
    """
    groups: dict[tuple[object, ...], list[Notification]] = {}
    for number, each in enumerate(told):
        together = each.turn in TOGETHER or (one_step and each.turn == "climb")
        alike = (each.turn, each.passes) if together else (number,)
        groups.setdefault(alike, []).append(each)
    for first, *others in groups.values():
        parts = [part for each in others for part in each.parts]
        fresh = first.fresh.union(*(each.fresh for each in others))
        yield msgspec.structs.replace(first, parts=(*first.parts, *parts), fresh=fresh, groups=1 + len(others))
