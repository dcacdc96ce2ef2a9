"""How sure a number is: 95 % intervals of counts and of means.

`judge/score.py` has that of a share. Read next: `record.py`.
"""

from __future__ import annotations

from math import log, sqrt
from statistics import fmean, stdev
from typing import TYPE_CHECKING

from standards.judge.score import Z

if TYPE_CHECKING:
    from collections.abc import Sequence

Span = tuple[float, float]


def of_count(count: float) -> Span:
    """Give the 95 % interval of the mean of a Poisson count.

    The quantiles of gamma (Garwood 1936) by Byar's approximation (Breslow and Day, Statistical Methods in Cancer
    Research 2, 1987, p. 69), which is off by less than 0.1 from a count of 1 on; exact for zero.
    """
    if count <= 0:
        return 0.0, -log(0.025)
    low = count * (1 - 1 / (9 * count) - Z / (3 * sqrt(count))) ** 3
    above = count + 1
    return max(0.0, low), above * (1 - 1 / (9 * above) + Z / (3 * sqrt(above))) ** 3


def of_mean(values: Sequence[float]) -> Span:
    """Give the 95 % interval of the mean of at least two values by Student's t, never below zero."""
    middle, spread = fmean(values), stdev(values) / sqrt(len(values))
    reach = _student(len(values) - 1) * spread
    return max(0.0, middle - reach), middle + reach


def of_draws(values: Sequence[float]) -> Span:
    """Give what lies between the 2.5th and the 97.5th hundredth of at least one value, by nearest rank."""
    ordered = sorted(values)
    last = len(ordered) - 1
    return ordered[round(0.025 * last)], ordered[round(0.975 * last)]


def _student(freedom: int) -> float:
    """Give the 97.5 % quantile of Student's t (Abramowitz and Stegun 26.7.5); exact for 1 and 2 degrees."""
    if freedom <= 2:  # noqa: PLR2004 - the series needs more
        return (12.706205, 4.302653)[freedom - 1]
    z, n = Z, freedom
    terms = (
        z,
        (z**3 + z) / (4 * n),
        (5 * z**5 + 16 * z**3 + 3 * z) / (96 * n**2),
        (3 * z**7 + 19 * z**5 + 17 * z**3 - 15 * z) / (384 * n**3),
    )
    return sum(terms)
