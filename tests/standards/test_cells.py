"""Small groups' promises: nobody is counted out of a figure, not even by what is left of the sum."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from standards.practice.cells import LEAST, Cell, Unshown, is_unanimous, shown

FEWER, TELLING = Unshown.FEWER, Unshown.TELLING
counts = st.integers(0, 20)


@pytest.mark.parametrize(
    ("parts", "alone", "summed"),
    [
        ({}, {}, {}),
        ({"a": [4]}, {"a": FEWER}, {"a": FEWER}),
        ({"a": [5]}, {"a": 5}, {"a": 5}),
        ({"a": [12], "b": [200], "c": [3]}, {"a": 12, "b": 200, "c": FEWER}, {"a": TELLING, "b": 200, "c": FEWER}),
        ({"a": [7], "b": [4], "c": [4]}, {"a": 7, "b": FEWER, "c": FEWER}, {"a": TELLING, "b": FEWER, "c": FEWER}),
        ({"a": [7], "b": [3], "c": [2]}, {"a": 7, "b": FEWER, "c": FEWER}, {"a": 7, "b": FEWER, "c": FEWER}),
        ({"a": [200, 2], "b": [5, 6]}, {"a": TELLING, "b": 11}, {"a": TELLING, "b": 11}),
    ],
)
def test_what_is_small_is_hidden(parts: dict[str, list[int]], alone: dict[str, Cell], summed: dict[str, Cell]) -> None:
    """Under five is called so, and nothing else is: 200 are not shown, and that only where they would tell of few."""
    assert shown(parts) == alone
    assert shown(parts, summed=True) == summed


@given(st.dictionaries(st.integers(), st.lists(counts, min_size=1, max_size=4)))
def test_nothing_small_can_be_worked_out(parts: dict[int, list[int]]) -> None:
    """What is shown is true, and so is each of its parts nobody or at least five; "fewer" is said of few alone."""
    for name, cell in shown(parts).items():
        if isinstance(cell, int):
            assert cell == sum(parts[name]) >= LEAST
            assert all(count == 0 or count >= LEAST for count in parts[name])
        else:
            assert (cell is FEWER) == (sum(parts[name]) < LEAST)


def test_a_vote_that_all_agree_on_tells_what_each_chose() -> None:
    """All in one, or all but one; whoever knows the one knows the rest."""
    assert [is_unanimous(each) for each in ([9], [8, 1], [7, 2], [])] == [True, True, False, False]
