"""Small groups' promises: nobody is counted out of a figure, not even by what is left of the sum."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from standards.practice.cells import LEAST, shown


@pytest.mark.parametrize(
    ("counts", "told"),
    [
        ({}, {}),
        ({"a": 4}, {"a": None}),
        ({"a": 5}, {"a": 5}),
        ({"a": 12, "b": 7, "c": 3}, {"a": 12, "b": None, "c": None}),
        ({"a": 12, "b": 7, "c": 3, "d": 2}, {"a": 12, "b": 7, "c": None, "d": None}),
        ({"a": 12, "b": 0}, {"a": 12, "b": None}),
    ],
)
def test_what_is_small_is_hidden(counts: dict[str, int], told: dict[str, int | None]) -> None:
    """Under five is hidden, and so is the smallest that is shown where what is hidden would be under five together."""
    assert shown(counts) == told


@given(st.dictionaries(st.integers(), st.integers(0, 20)))
def test_nothing_small_can_be_worked_out(counts: dict[int, int]) -> None:
    """What is shown is true and at least five; what is hidden is nobody, five together or more, or all there is."""
    told = shown(counts)
    assert all(count is None or LEAST <= count == counts[name] for name, count in told.items())
    hidden = sum(counts[name] for name, count in told.items() if count is None)
    assert hidden == 0 or hidden >= LEAST or all(count is None for count in told.values())
