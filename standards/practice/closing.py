"""What is told of a period that is over: made once of what was said in it, and not changed by anything after that.

Read next: `cells.py` for what hides; `streams/storage/closings.py`, which keeps it, and whatever shows it reads there.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from math import sqrt
from typing import Final

import msgspec

from standards.calendar.duration import DAY
from standards.judge.score import Z
from standards.practice.cells import (
    LEAST,
    Cell,
    Node,
    Unshown,
    groups_of,
    hidden,
    inside,
    is_shown_ever,
    is_unanimous,
    shown,
    sums,
)

CLOSES_AFTER: Final = DAY
"""How long after its end a period is counted, in microseconds: what comes late until then is in it."""
MOST: Final = 200
"""Of how many names a period tells, those that came most often in the whole house."""
_FEW: Final = range(1, LEAST)
Interval = tuple[float, float]


class Mean(msgspec.Struct, frozen=True):
    """Scores as their number, their sum and the sum of their squares: enough for a mean, and no score among it."""

    count: int = 0
    total: float = 0.0
    squares: float = 0.0

    def __add__(self, other: Mean) -> Mean:
        return Mean(self.count + other.count, self.total + other.total, self.squares + other.squares)

    def told(self) -> tuple[float, Interval]:
        """Give the mean of at least two scores, and its 95 % interval by the central limit theorem."""
        mean = self.total / self.count
        spread = max(0.0, (self.squares - self.total * mean) / (self.count - 1))
        half = Z * sqrt(spread / self.count)
        return mean, (mean - half, mean + half)


def mean_of(scores: Collection[float]) -> Mean:
    """Give scores as their mean needs them."""
    return Mean(len(scores), float(sum(scores)), float(sum(score * score for score in scores)))


class Tally(msgspec.Struct, frozen=True):
    """What a group chose, or complained of, by name; nothing of it where `why` says why."""

    counts: Mapping[str, Cell] = {}
    why: Unshown | None = None


class Scores(msgspec.Struct, frozen=True):
    """How customers scored a group, how many were asked, and their scores by the verdict of the promise before.

    Where there were no scores `told` is None. `after` is told in all its parts, or not at all.
    """

    told: Mean | Unshown | None = None
    asked: Cell = 0
    after: Mapping[str, Mean] | Unshown = {}


class Rate(msgspec.Struct, frozen=True):
    """How many promises were kept, and how many were broken."""

    kept: int
    broken: int


Named = Mapping[Node, Mapping[str, int]]
"""How many named what, by leaf of the tree."""
Kept = Mapping[Node, Mapping[str, tuple[int, int]]]
"""How many promises were kept and broken, by leaf of the tree and by person."""


def topics(said: Named) -> dict[Node, Tally]:
    """Tell of complaints by topic: each topic by itself, and of no group how many there were in all."""
    return _each(said, ())


def votes(said: Named, small: Collection[str] = ()) -> dict[Node, Tally]:
    """Tell what people chose, by name. `small` are the teams that have fewer than `LEAST` people.

    Nothing is told of a group where all chose the same, or all but one did; nor where the difference to others is such
    a group.
    """
    whole = {node: _added(said, inside(said, node)) for leaf in said for node in groups_of(leaf)}
    why = {node: reason for node, counts in whole.items() if (reason := _why(counts, node, small)) is not None}
    found = hidden(said, why, lambda left: _is_telling(_added(said, left)), lambda node: whole[node].total())
    told = {node: Tally(why=why.get(node, Unshown.TELLING)) for node in found}
    told |= {node: tally for node, tally in _each(said, found).items() if node not in found}
    return {node: tally for node, tally in told.items() if whole[node].total() and is_shown_ever(node)}


def scores(answers: Mapping[Node, Mapping[str, Mean]], asked: Mapping[Node, int]) -> dict[Node, Scores]:
    """Tell how customers scored each group, and how many were asked.

    `answers` are by leaf, and by the verdict of the promise of the same matter before; nothing: none is known.
    """
    split = {leaf: {verdict: mean.count for verdict, mean in given.items()} for leaf, given in answers.items()}
    count = {leaf: sum(counts.values()) for leaf, counts in split.items()}
    cells = shown(count)
    unshown = {node for node, cell in cells.items() if isinstance(cell, Unshown)}
    surveyed = shown(asked, unshown)
    few = {node for node in cells if _has_few(_added(split, inside(split, node)))}
    hides = hidden(split, {*unshown, *few}, lambda left: _has_few(_added(split, left)), sums(count).__getitem__)
    found = {}
    for node in {*cells, *surveyed}:
        given, cell = _means([answers[leaf] for leaf in inside(answers, node)]), cells.get(node)
        told = cell if isinstance(cell, Unshown) else sum(given.values(), Mean()) if cell else None
        found[node] = Scores(told, surveyed.get(node, 0), Unshown.TELLING if node in hides and given else given)
    return found


def rates(kept: Kept) -> dict[Node, Rate | Unshown]:
    """Tell how promises went that are owed for each person alone: of at least `LEAST` people, and so what is left."""
    people = {node: _persons(kept, inside(kept, node)) for leaf in kept for node in groups_of(leaf)}
    few = {node for node, persons in people.items() if len(persons) in _FEW}
    found = hidden(kept, few, lambda left: len(_persons(kept, left)) in _FEW, lambda node: len(people[node]))
    return {
        node: Unshown.FEWER if node in few else Unshown.TELLING if node in found else _rate(kept, node)
        for node in people
        if people[node] and is_shown_ever(node)
    }


def _each(said: Named, first: Collection[Node]) -> dict[Node, Tally]:
    """Tell of each name by itself; the `first` groups hide."""
    cells: dict[Node, dict[str, Cell]] = {}
    often = sorted(_added(said, list(said)).items(), key=lambda each: (-each[1], each[0]))
    for name, _ in often[:MOST]:
        for node, cell in shown({leaf: counts.get(name, 0) for leaf, counts in said.items()}, first).items():
            cells.setdefault(node, {})[name] = cell
    return {node: Tally(each) for node, each in cells.items()}


def _added(said: Named, leaves: Sequence[Node]) -> Counter[str]:
    found: Counter[str] = Counter()
    for leaf in leaves:
        found.update(said[leaf])
    return found


def _why(counts: Counter[str], node: Node, small: Collection[str]) -> Unshown | None:
    if counts.total() < LEAST or (len(node) > 1 and node[-1] in small):
        return Unshown.FEWER
    return Unshown.ALIKE if is_unanimous(counts.values()) else None


def _is_telling(counts: Counter[str]) -> bool:
    return counts.total() in _FEW or is_unanimous(counts.values())


def _has_few(counts: Mapping[str, int]) -> bool:
    return any(count in _FEW for count in counts.values())


def _means(leaves: Sequence[Mapping[str, Mean]]) -> dict[str, Mean]:
    found: dict[str, Mean] = {}
    for verdict, mean in (each for leaf in leaves for each in leaf.items()):
        found[verdict] = found.get(verdict, Mean()) + mean
    return found


def _persons(kept: Kept, leaves: Collection[Node]) -> set[str]:
    return {person for leaf in leaves for person in kept[leaf]}


def _rate(kept: Kept, node: Node) -> Rate:
    counts = [each for leaf in inside(kept, node) for each in kept[leaf].values()]
    return Rate(sum(each for each, _ in counts), sum(each for _, each in counts))
