"""What people did about promises of which no place has heard yet, by promise, those with the latest act last.

It is remembered for as long as an incident is; of more than can be kept the oldest is forgotten. That is noted among
what was not told, and counted there; the log says so too.
Read next: `alerts/routing/early.py`, which says what is remembered of an act.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import structlog

from alerts.routing.incident import REMEMBERED_FOR, Renamed
from alerts.routing.notice import Withheld

if TYPE_CHECKING:
    from collections.abc import Iterable

    from alerts.routing.actions import Action
    from standards.judge.ledger import Line

MOST: Final = 5_000
"""Of how many promises what was done early is remembered: some 200 bytes each, in one record."""

log = structlog.get_logger("kept")

Early = dict[str, list["Action"]]


def remembered(early: Early, lines: Iterable[Line | Renamed], *, acts: bool, low: int) -> Early:
    """Give what is remembered at `low`, microseconds UTC, to be changed where there are lines about it, or new acts.

    It is the same dictionary where nothing of that is so.
    """
    over = any(_is_over(each, low) for each in list(early.values())[:1])
    about = (fact.line if isinstance(fact, Renamed) else fact for fact in lines) if early else ()
    if not (acts or over or any(line.promise in early or line.replaces in early for line in about)):
        return early
    return {name: each for name, each in early.items() if not _is_over(each, low)}


def bound(early: Early, at: int) -> list[Withheld]:
    """Forget the oldest of what is more than can be kept; gives what is noted of that, at an instant."""
    more = list(early)[: max(0, len(early) - MOST)]
    if more:
        log.warning("taken before there was trouble, and forgotten: too many", count=len(more), first=more[0])
    return [_forgotten(promise, early.pop(promise)[-1], at) for promise in more]


def _forgotten(promise: str, act: Action, at: int) -> Withheld:
    return Withheld(f"{promise}:forgotten:{act.at}", promise, "", "", "forgotten", at)


def _is_over(acts: list[Action], low: int) -> bool:
    return acts[-1].at + REMEMBERED_FOR <= low
