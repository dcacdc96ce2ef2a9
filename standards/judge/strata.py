"""Strata: a standard that hears promises is judged after those whose promises it hears, and no circle can be.

Read next: `rulebook.py`.
"""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

from standards.expressions.expression import could_hold
from standards.judge.standard import clauses

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from standards.judge.rulebook import Group
    from standards.judge.standard import Clause, Standard


def _of_promises(listener: Standard) -> list[Clause]:
    """Give the clauses of a standard that are about promises' own events."""
    states = [clause for state in listener.states for clause in state.clauses]
    every = [each for clause in (*clauses(listener.shape).values(), *states) for each in clause.all]
    return [each for each in every if each.event.startswith("promise.")]


def hears(listener: Standard, speaker: Standard) -> bool:
    """Say whether a standard hears of another one's promises, as far as can be said before there are any."""
    return any(can_mean(clause, speaker) for clause in _of_promises(listener))


def can_mean(clause: Clause, speaker: Standard) -> bool:
    """Say whether a clause about promises' events can hold for a standard's, as far as can be said before any."""
    known = {
        "standard": speaker.id, "owner": speaker.owner, "aspect": speaker.aspect, "severity": speaker.severity,
    }  # fmt: skip
    return clause.where is None or could_hold(clause.where, known)


def stratify(standards: Sequence[Standard]) -> dict[str, int]:
    """Give each standard's stratum by its id: 0, or one above the highest standard whose promises it hears.

    Raises CycleError with the ids on a cycle, in order, if there is one.
    """
    heard: dict[str, set[str]] = {standard.id: set() for standard in standards}
    for listener in filter(_of_promises, standards):
        heard[listener.id] |= {speaker.id for speaker in standards if hears(listener, speaker)}
    strata: dict[str, int] = {}
    while len(strata) < len(heard):
        ready = [name for name in heard if name not in strata and heard[name] <= strata.keys()]
        if not ready:
            raise CycleError(_cycle({name: ids - strata.keys() for name, ids in heard.items() if name not in strata}))
        strata |= {name: 1 + max((strata[each] for each in heard[name]), default=-1) for name in ready}
    return strata


class CycleError(ValueError):
    """Standards hear each other's promises in a circle. `ids` are the standards on it, in order."""

    def __init__(self, ids: list[str]) -> None:
        self.ids = ids
        super().__init__(" -> ".join([*ids, ids[0]]))


def _cycle(hears: dict[str, set[str]]) -> list[str]:
    path = [min(hears)]
    while True:
        following = min(hears[path[-1]])
        if following in path:
            return path[path.index(following) :]
        path.append(following)


def in_order(groups: Iterable[Group]) -> list[list[Group]]:
    """Give the groups by their stratum, the lowest first, and let none be ahead of those whose promises it hears."""
    groups = list(groups)
    found = [
        [it for it in groups if it.level == level] for level in range(max((g.level for g in groups), default=0) + 1)
    ]
    longest = 0
    for below, stratum in pairwise(found):
        longest = max([longest, *(group.lateness for group in below)])
        for group in stratum:
            group.lateness = max(group.lateness, longest)
    return found
