"""When what people did counts, and in which order: as it came, each act at its own time at the earliest.

Where one names an earlier time than one that came before it, it counts at the time of that one. So nothing depends on
how many come at once.
Must not know: what becomes of them. Read next: `router_runtime.py`.
"""

from __future__ import annotations

from operator import attrgetter
from typing import TYPE_CHECKING

import msgspec

from alerts.routing.actions import Action
from standards.judge.events import Tick

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from alerts.routing.incident import Renamed
    from standards.judge.ledger import Line

_at = attrgetter("at")


class Due(msgspec.Struct, frozen=True):
    """Acts that count by now, in their order, those whose time is to come, and up to when any have counted so far."""

    acts: list[Action]
    left: list[Action]
    reached: int


def due(waiting: Sequence[Action], new: Iterable[Action], reached: int, low: int) -> Due:
    """Say which acts count up to `low`, of those that waited for their time and of new ones, which are as they came.

    Of the acts before, the last counted at `reached`. All are microseconds UTC.
    """
    come, left, since = [], [act for act in waiting if act.at > low], reached
    for act in new:
        if act.at > low:
            left.append(act)
        else:
            since = max(since, act.at)
            come.append(act if act.at == since else msgspec.structs.replace(act, at=since))
    acts = sorted([*(act for act in waiting if act.at <= low), *come], key=_at)
    return Due(acts, sorted(left, key=_at), max([reached, *(act.at for act in acts[-1:])]))


def apart(facts: Iterable[Line | Renamed | Action]) -> Iterator[Line | Renamed | Action | Tick]:
    """Let what one act leads to at its instant be said before the next act of that instant, as if that came later."""
    last = -1
    for fact in facts:
        if isinstance(fact, Action):
            if fact.at == last:
                yield Tick(last)
            last = fact.at
        yield fact
