"""How many promises tell a bad team from bad luck: by published tables, and by counting every outcome."""

from __future__ import annotations

from fractions import Fraction
from math import comb

import pytest

from standards.staffing.chance import ALARM, MOST, POWER, at_least, promises_needed, trials_needed


@pytest.mark.parametrize(
    ("share", "worse", "trials"),
    [(0.05, 0.25, 16), (0.10, 0.30, 25), (0.20, 0.40, 35), (0.40, 0.60, 42), (0.80, 0.90, 82), (0.90, 1.00, 29)],
)
def test_numbers_are_those_of_the_exact_binomial(share: float, worse: float, trials: int) -> None:
    """For 5 % and 80 %, exact fractions and a search of every number of trials give the same sizes."""

    def tail(hits: int, size: int, of: Fraction) -> Fraction:
        return sum((comb(size, k) * of**k * (1 - of) ** (size - k) for k in range(hits, size + 1)), Fraction(0))

    low, high = (Fraction(each).limit_denominator(100) for each in (share, worse))
    fitting = (
        size
        for size in range(1, 100)
        if any(
            tail(k, size, low) <= Fraction(5, 100) and tail(k, size, high) >= Fraction(8, 10) for k in range(size + 1)
        )
    )
    assert next(fitting) == trials
    assert trials_needed(share, worse) == trials


@pytest.mark.parametrize("kept", [0.1, 0.2, 0.4, 0.5, 0.8, 0.9, 0.95, 0.98, 0.99])
def test_so_many_promises_are_enough_and_one_fewer_is_not(kept: float) -> None:
    """At the number given a bound tells both teams apart; one promise fewer has no such bound."""
    missed = 1 - kept
    worse = min(2 * missed, (1 + missed) / 2)

    def told(size: int) -> bool:
        bounds = range(size + 1)
        return any(at_least(k, size, missed) <= ALARM and at_least(k, size, worse) >= POWER for k in bounds)

    needed = promises_needed(kept)
    assert told(needed)
    assert not told(needed - 1)


def test_a_stricter_objective_needs_more_promises() -> None:
    """The fewer may break, the longer it takes to see that more did; at last nobody will ever know."""
    needed = [promises_needed(kept) for kept in (0.5, 0.8, 0.9, 0.95, 0.99, 0.999)]
    assert needed == sorted(needed)
    assert promises_needed(0.999_999_9) == MOST


@pytest.mark.parametrize(("kept", "needed"), [(0.1, 179), (0.05, 361), (0.02, 969), (0.000_000_1, MOST)])
def test_a_lax_objective_is_worked_out_too(kept: float, needed: int) -> None:
    """An objective of 2 %, a slip of the pen, is counted from the kept ones: the number is what counting all gives."""
    assert promises_needed(kept) == needed
