"""Callers who give up: the model that C. Palm (1957) added to Erlang's, known as Erlang A, or M/M/n+M.

Worked out from the offered wait V, the time that a caller would have to wait who never gave up (Baccelli and Hebuterne,
On queues with impatient customers, 1981). Its density for waits above zero, with n people, calls at rate r that each
take a mean time s, and patience of mean p, is

    v(x) = r P(n-1) exp(rp(1 - exp(-x/p)) - xn/s)

where P(n-1) is the chance that one of the n is free and no more. As p grows it becomes r P(n-1) exp(-(n/s - r)x), which
is Erlang C.
Read next: `target.py`.
"""

from __future__ import annotations

from math import exp, expm1, inf, log

import msgspec

from standards.staffing.erlang import erlang_b

STEPS = 600
"""Parts of each stretch that is added up; doubling it changes the sixth digit at most."""
NOTHING = 36.0
"""Where the density has fallen by this power of e, what is left is below the last digit of a float."""


class Load(msgspec.Struct, frozen=True):
    """What comes to a line: `rate` calls a second, `each` seconds of work on average, `patience` seconds on average.

    A patience of None: nobody gives up.
    """

    rate: float
    each: float
    patience: float | None = None

    @property
    def erlangs(self) -> float:
        """How many people would be busy if nobody waited."""
        return self.rate * self.each


class Fate(msgspec.Struct, frozen=True):
    """What becomes of calls, as shares that add up to 1.

    Some are answered `at_once`; some wait and are answered in `time` or `late`; some gave up before the time was over,
    `gave_up_soon`, or after it, `gave_up_late`.
    """

    at_once: float
    in_time: float
    late: float
    gave_up_soon: float
    gave_up_late: float


SERVED_AT_ONCE = Fate(1.0, 0.0, 0.0, 0.0, 0.0)
NEVER_SERVED = Fate(0.0, 0.0, 1.0, 0.0, 0.0)


def fate(servers: int, load: Load, within: float) -> Fate:
    """Say what becomes of calls where so many people answer and the promise is to answer `within` seconds."""
    if load.rate <= 0 or load.each <= 0:
        return SERVED_AT_ONCE
    if servers <= 0:
        if load.patience is None:
            return NEVER_SERVED
        still = exp(-within / load.patience)
        return Fate(0.0, 0.0, 0.0, 1 - still, still)
    if load.patience is None and load.erlangs >= servers:
        return NEVER_SERVED
    offered = _Offered(servers, load)
    if offered.free() == inf:
        return SERVED_AT_ONCE
    patience = load.patience or inf
    soon = offered.total(0.0, within, inf)
    soon_served = offered.total(0.0, within, patience)
    late = offered.total(within, inf, inf)
    late_served = offered.total(within, inf, patience)
    # 1/B(n-1) is the chance of a free one, and `soon + late` that of none, both in parts of P(n-1).
    whole = offered.free() + soon + late
    still = exp(-within / patience)
    return Fate(
        at_once=offered.free() / whole,
        in_time=soon_served / whole,
        late=late_served / whole,
        gave_up_soon=(soon - soon_served + late * (1 - still)) / whole,
        gave_up_late=(late * still - late_served) / whole,
    )


class _Offered:
    """The density of the offered wait over its own largest value, so that no load is too large for a float."""

    def __init__(self, servers: int, load: Load) -> None:
        self._rate = load.rate
        self._drain = servers / load.each
        self._patience = load.patience
        self._blocked = erlang_b(servers - 1, load.erlangs)
        peak = 0.0
        if load.patience is not None and load.rate > self._drain:
            peak = load.patience * log(load.rate / self._drain)
        self._top = self._power(peak)
        self._end = max(peak, 1 / self._drain)
        while self._power(self._end) > self._top - NOTHING:
            self._end *= 1.5

    def free(self) -> float:
        """Give the weight of the states in which somebody is free; zero where that is beyond a float."""
        return exp(-self._top) / self._blocked if self._blocked > 0 else inf

    def total(self, start: float, stop: float, patience: float) -> float:
        """Add the density up between two waits, over those who are still there (Simpson's rule), where there is any."""
        stop = min(stop, self._end, start + NOTHING * patience)
        if stop <= start:
            return 0.0
        step = (stop - start) / STEPS
        weights = (self._density(start + at * step, patience) * (4 if at % 2 else 2) for at in range(1, STEPS))
        ends = self._density(start, patience) + self._density(stop, patience)
        return (sum(weights) + ends) * step / 3

    def _density(self, wait: float, patience: float) -> float:
        return self._rate * exp(self._power(wait) - self._top - wait / patience)

    def _power(self, wait: float) -> float:
        if self._patience is None:
            return (self._rate - self._drain) * wait
        return -self._rate * self._patience * expm1(-wait / self._patience) - self._drain * wait
