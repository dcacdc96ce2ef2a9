"""How many promises it takes to tell a team that misses its objective from one that was unlucky: the exact binomial.

A team at the objective breaks the share q0 of its promises; one that breaks twice as many, q1, has to be found out. So
many promises are needed that a number k of broken ones exists which the first reaches in at most 5 of 100 spans, and
the second in at least 80: P(X >= k | n, q0) <= 0.05 and P(X >= k | n, q1) >= 0.8, X binomial. The smallest such n is
that of A'Hern, "Sample size tables for exact single-stage phase II designs", Statistics in Medicine 20 (2001) 859-866.
Read next: `streams/checking/history.py`, which counts.
"""

from __future__ import annotations

from math import exp, lgamma, log, log1p
from typing import Final

ALARM: Final = 0.05
"""How often a team at its objective may be blamed by chance."""
POWER: Final = 0.8
"""How often a team that breaks twice as many is found out."""
MOST: Final = 1 << 20
"""Above so many promises an objective is practically indistinguishable from chance."""


def promises_needed(kept: float) -> int:
    """Give the number of promises from which on an objective (0 < kept < 1) tells teams apart; at most `MOST`."""
    missed = 1 - kept
    return trials_needed(missed, min(2 * missed, (1 + missed) / 2))


def trials_needed(share: float, worse: float) -> int:
    """Give the smallest number of trials by which a share is told from a worse one (0 < share < worse <= 1)."""
    if share > 1 / 2:  # what is kept is the rarer: too few of it is what is found out, and there is less to count
        return _fewest(1 - worse, 1 - share, alarm=1 - POWER, power=1 - ALARM)
    return _fewest(share, worse, alarm=ALARM, power=POWER)


def _fewest(share: float, worse: float, *, alarm: float, power: float) -> int:
    hits = 1
    while True:
        fewest = _smallest(hits, worse, power)
        if fewest >= MOST:
            return MOST
        if at_least(hits, fewest, share) <= alarm:
            return fewest
        hits += 1


def at_least(hits: int, trials: int, share: float) -> float:
    """Give P(X >= hits) of a binomial X."""
    if hits > trials:
        return 0.0
    if share <= 0 or share >= 1:
        return float(hits <= 0 or share >= 1)
    return max(0.0, 1 - sum(_exactly(number, trials, share) for number in range(hits)))


def _smallest(hits: int, share: float, power: float) -> int:
    """Give the smallest number of trials in which so many hits are found with enough power: it grows with trials."""
    low, high = hits - 1, hits
    while high < MOST and at_least(hits, high, share) < power:
        low, high = high, 2 * high
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if at_least(hits, middle, share) >= power else (middle, high)
    return min(high, MOST)


def _exactly(hits: int, trials: int, share: float) -> float:
    choose = lgamma(trials + 1) - lgamma(hits + 1) - lgamma(trials - hits + 1)
    return exp(choose + hits * log(share) + (trials - hits) * log1p(-share))
