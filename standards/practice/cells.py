"""How small groups are told: not at all, so that nobody is counted out of them (k-anonymity, Sweeney 2002).

A house is a tree: teams in sites, sites in the house. A group is shown only where it has at least `LEAST`, and where no
wider group, without those within it that are shown, leaves fewer than that: else the smallest of these hides too, and
where there is none, the wider one (complementary suppression, as in official statistics; Willenborg & de Waal 2001).
Read next: `closing.py`, which makes cells of what people and customers said in a period that is over.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from enum import Enum
from typing import Final

import msgspec

LEAST: Final = 5
"""From how many answers on a group is shown."""
Node = tuple[str, ...]
"""A group: the whole house (), a site (site,), a team (site, team). A team without a site has an empty one."""
HOUSE: Final[Node] = ()


class Unshown(Enum):
    """Why there is no count.

    There are fewer than `LEAST`; it would tell how many there are of something else; or all chose the same, or all but
    one did.
    """

    FEWER = "fewer"
    TELLING = "telling"
    ALIKE = "alike"


Cell = int | Unshown
"""What is told of a group: how many there are, or why not."""


class Tree(msgspec.Struct, frozen=True):
    """The teams of a house, each with its site; one that has none works anywhere."""

    teams: Mapping[str, str] = {}

    def leaf(self, team: str, site: str) -> Node:
        """Give where something counts that names a team and a site, or neither: once, whatever it names.

        It is the named team's, or that of the only team that works there; else the site's or the house's alone, which
        is a leaf without a team's name.
        """
        there = [name for name, at in self.teams.items() if not site or at in ("", site)]
        name = team if team in self.teams else there[0] if not team and len(there) == 1 else ""
        return (self.teams[name] if name else site, name)


def groups_of(leaf: Node) -> Iterator[Node]:
    """Give the groups that a leaf is in, the widest first, and last the leaf itself."""
    yield HOUSE
    if leaf[0]:
        yield leaf[:1]
    yield leaf


def inside(leaves: Collection[Node], node: Node) -> list[Node]:
    """Give those of some leaves that are in a group."""
    return [leaf for leaf in leaves if node in groups_of(leaf)]


def is_shown_ever(node: Node) -> bool:
    """Say whether a page is of this group: none is of those who named no team."""
    return node == HOUSE or bool(node[-1])


def sums(leaves: Mapping[Node, int]) -> Counter[Node]:
    """Add the leaves up to the groups that they are in."""
    found: Counter[Node] = Counter()
    for leaf, count in leaves.items():
        found.update(dict.fromkeys(groups_of(leaf), count))
    return found


def hidden(
    leaves: Collection[Node],
    first: Collection[Node],
    tells: Callable[[Sequence[Node]], bool],
    size: Callable[[Node], int],
) -> set[Node]:
    """Give the groups that are not shown: the `first`, and those without which the others would tell of a few.

    `tells` says whether it would be told of too few if some leaves were known together; `size` finds the smallest.
    """
    found = {*first, *(leaf for leaf in leaves if not is_shown_ever(leaf))}
    nodes = sorted({node for leaf in leaves for node in groups_of(leaf)}, key=lambda node: (-len(node), node))
    parts = {node: inside(leaves, node) for node in nodes}
    while (one := _gives_away(parts, found, tells, size)) is not None:
        found.add(one)
    return found


def _gives_away(
    parts: Mapping[Node, Sequence[Node]],
    found: AbstractSet[Node],
    tells: Callable[[Sequence[Node]], bool],
    size: Callable[[Node], int],
) -> Node | None:
    """Give a group that has to hide: the smallest that leaves a few of a wider one, or else the wider one."""
    for node, leaves in parts.items():
        if node in found:
            continue
        left, taken = [], set()
        for leaf in leaves:
            within = (each for each in groups_of(leaf) if len(each) > len(node) or each == leaf)
            cover = next((each for each in within if each not in found), None)
            if cover is None:
                left.append(leaf)
            elif cover != node:
                taken.add(cover)
        if left and tells(left):
            return min((each for each in taken if size(each)), key=lambda each: (size(each), each), default=node)
    return None


def shown(leaves: Mapping[Node, int], first: Collection[Node] = ()) -> dict[Node, Cell]:
    """Tell of each group that has any, by the counts of leaves; the `first` hide whatever they have."""
    whole = sums(leaves)
    few = {node for node, count in whole.items() if 0 < count < LEAST}
    found = hidden(leaves, {*few, *first}, lambda left: is_told([leaves[leaf] for leaf in left]), whole.__getitem__)
    return {
        node: Unshown.FEWER if node in few else Unshown.TELLING if node in found else count
        for node, count in whole.items()
        if count and is_shown_ever(node)
    }


def is_unanimous(counts: Collection[int]) -> bool:
    """Say whether all are in one group, or all but one: whoever knows one of them would know the others."""
    return sum(counts) > 0 and max(counts) >= sum(counts) - 1


def is_told(counts: Sequence[int]) -> bool:
    """Say whether the sum of groups that are not shown gives one of them: it is small, or the least or most it can be.

    Of each it is known whether it is small.
    """
    some = [count for count in counts if count]
    few = [count for count in some if count < LEAST]
    bounds = {len(few) + LEAST * (len(some) - len(few))}
    if len(few) == len(some):
        bounds.add((LEAST - 1) * len(few))
    return 0 < sum(some) < LEAST or (bool(few) and sum(some) in bounds)
