"""Small groups' promises: nobody is counted out of a figure, not even by what is left of the sum of others."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from standards.practice.cells import HOUSE, LEAST, Cell, Node, Tree, Unshown, groups_of, is_unanimous, shown, sums
from standards.practice.closing import Mean, Rate, Tally, mean_of, rates, scores, topics, votes

FEWER, TELLING, ALIKE = Unshown
NORTH, SOUTH, DOORS, LOOSE, NOBODY = ("s1", "north"), ("s1", "south"), ("s2", "doors"), ("", "loose"), ("s1", "")
leaf = st.sampled_from((NORTH, SOUTH, DOORS, LOOSE, NOBODY, ("s2", ""), ("", "")))
counts = st.integers(0, 20)
named = st.dictionaries(leaf, st.dictionaries(st.sampled_from("abc"), counts, max_size=3), max_size=7)


@pytest.mark.parametrize(
    ("leaves", "told"),
    [
        ({}, {}),
        ({NORTH: 4}, {HOUSE: FEWER, ("s1",): FEWER, NORTH: FEWER}),
        ({NORTH: 5}, {HOUSE: 5, ("s1",): 5, NORTH: 5}),
        ({NORTH: 40, SOUTH: 9, DOORS: 2}, {HOUSE: 51, ("s1",): TELLING, NORTH: 40, SOUTH: TELLING, ("s2",): FEWER,
                                           DOORS: FEWER}),
        ({LOOSE: 40, ("", ""): 3}, {HOUSE: 43, LOOSE: TELLING}),
        ({NORTH: 3, SOUTH: 2}, {HOUSE: 5, ("s1",): 5, NORTH: FEWER, SOUTH: FEWER}),
        ({NORTH: 4, SOUTH: 4}, {HOUSE: TELLING, ("s1",): TELLING, NORTH: FEWER, SOUTH: FEWER}),
    ],
)  # fmt: skip
def test_what_is_small_is_hidden(leaves: dict[Node, int], told: dict[Node, Cell]) -> None:
    """Under five is called so; where hidden siblings together are few, or known exactly, the smallest shown hides."""
    assert shown(leaves) == told


def apart(cells: Mapping[Node, object], node: Node) -> Iterator[tuple[Node, ...]]:
    """Give each choice of groups that are shown, within a group, of which none is in another."""
    parts = sorted({each for each in cells if len(each) == len(node) + 1 and each[: len(node)] == node})
    parts += [each for each in cells if node == HOUSE and len(each) == 2 and not each[0]]
    choices = [[(), *([(part,)] if isinstance(cells[part], int) else []), *apart(cells, part)] for part in parts]
    for chosen in product(*choices):
        yield tuple(each for some in chosen for each in some)


def check_differences(cells: Mapping[Node, Cell], leaves: Mapping[Node, int]) -> None:
    whole = sums(leaves)
    for node, cell in cells.items():
        if isinstance(cell, Unshown):
            continue
        assert cell == whole[node] >= LEAST
        for taken in set(apart(cells, node)):
            assert (left := cell - sum(whole[each] for each in taken)) == 0 or left >= LEAST, (node, taken)


@given(st.dictionaries(leaf, counts))
def test_no_difference_of_shown_cells_is_small(leaves: dict[Node, int]) -> None:
    """What is shown is true; whichever shown groups are taken from a wider one, nobody is left, or at least five."""
    cells = shown(leaves)
    check_differences(cells, leaves)
    assert {node for node, cell in cells.items() if cell is FEWER} == {
        node for node, count in sums(leaves).items() if 0 < count < LEAST and (node == HOUSE or node[-1])
    }


@given(named)
def test_no_topic_is_told_of_a_few(said: dict[Node, dict[str, int]]) -> None:
    """Each topic holds to that, in each group."""
    told = topics(said)
    for name in "abc":
        cells = {node: tally.counts[name] for node, tally in told.items() if name in tally.counts}
        check_differences(cells, {node: each.get(name, 0) for node, each in said.items()})


@given(named)
def test_no_vote_is_told_of_a_few_or_of_who_agree(said: dict[Node, dict[str, int]]) -> None:
    """Neither a group nor the difference of groups is few, or so much of one mind that it tells what somebody chose."""
    told = votes(said)
    opened = {node for node, tally in told.items() if tally.why is None}
    for name in "abc":
        cells = {node: tally.counts[name] for node, tally in told.items() if name in tally.counts}
        check_differences(cells, {node: each.get(name, 0) for node, each in said.items()})
    for node in opened:
        as_cells: dict[Node, Cell] = {each: 0 if each in opened else FEWER for each in told}
        for taken in {(), *apart(as_cells, node)}:
            left = [each for each in said if node in groups_of(each) and not {*taken} & {*groups_of(each)}]
            added = [sum(said[each].get(name, 0) for each in left) for name in "abc"]
            assert sum(added) == 0 or (sum(added) >= LEAST and not is_unanimous(added))


def test_votes_of_one_mind_are_not_told() -> None:
    """All of one mind, or all but one; the team beside them hides too, as else the site would tell."""
    told = votes({NORTH: {"a": 8, "b": 1}, SOUTH: {"a": 6, "b": 7}, DOORS: {"a": 9, "b": 9}})
    assert told[NORTH] == Tally(why=ALIKE)
    assert told[SOUTH] == Tally(why=TELLING)
    assert (told["s1",], told[DOORS]) == (Tally({"a": 14, "b": 8}), Tally({"a": 9, "b": 9}))
    assert [is_unanimous(each) for each in ([9], [8, 1], [7, 2], [])] == [True, True, False, False]


def test_a_team_of_few_people_has_no_tally() -> None:
    """However often they vote."""
    assert votes({NORTH: {"a": 8, "b": 6}}, ["north"])[NORTH] == Tally(why=FEWER)


def test_scores_are_told_with_how_many_were_asked() -> None:
    """A group of few has no mean, no number of who was asked, and nothing by what was before."""
    few, many = mean_of([1.0, 2.0]), mean_of([5.0] * 6)
    told = scores({NORTH: {"kept": many, "broken": many}, DOORS: {"": few}}, {NORTH: 20, DOORS: 30})
    assert (told[NORTH].told, told[NORTH].asked) == (TELLING, TELLING)
    assert (told[DOORS].told, told[DOORS].asked) == (FEWER, TELLING)
    assert (told[HOUSE].told, told[HOUSE].asked) == (many + many + few, 50)
    assert told[HOUSE].after == TELLING


def test_rates_of_persons_need_five_of_them() -> None:
    """However many promises they had: of four people nothing is told, nor by what is left of the house."""
    many = {f"n{number}": (9, 1) for number in range(6)}
    told = rates({NORTH: many, DOORS: {f"d{number}": (90, 0) for number in range(4)}})
    assert (told[HOUSE], told[DOORS], told[NORTH]) == (Rate(414, 6), FEWER, TELLING)
    assert rates({NORTH: many})[NORTH] == Rate(54, 6)


def test_a_mean_is_as_sure_as_its_scores() -> None:
    """The interval is that of the normal distribution: mean ± 1.96 · s / √n; two means make that of all."""
    mean, (low, high) = (mean_of([1.0, 2.0, 3.0]) + mean_of([4.0, 5.0]) + Mean()).told()
    assert (round(mean, 3), round(low, 3), round(high, 3)) == (3.0, 1.614, 4.386)


@pytest.mark.parametrize(
    ("teams", "named", "leaf"),
    [
        ({"north": "s1"}, ("north", "s9"), NORTH),
        ({"north": "s1", "south": "s1"}, ("", "s1"), NOBODY),
        ({"north": "s1", "doors": "s2"}, ("", "s1"), NORTH),
        ({"north": "s1", "doors": "s2"}, ("", ""), ("", "")),
        ({"loose": ""}, ("", "s9"), LOOSE),
        ({"north": "s1"}, ("nort", ""), ("", "")),
        ({}, ("", "s1"), NOBODY),
    ],
)
def test_everything_counts_once(teams: dict[str, str], named: tuple[str, str], leaf: Node) -> None:
    """For the team that it names, or the only one that works there; else for the site or the house."""
    assert Tree(teams).leaf(*named) == leaf
