"""The simulation: it agrees with the formulas where those hold, and keeps the laws of any line."""

from __future__ import annotations

from collections import Counter
from math import inf, sqrt
from statistics import fmean, stdev
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from standards.staffing.draws import Draws
from standards.staffing.erlang import erlang_c
from standards.staffing.floor import HOURS, SLOT, SLOTS, Arrival, Crowd, Served, least_staff, whole_day
from standards.staffing.interval import of_count, of_draws, of_mean
from standards.staffing.patience import Load, fate

if TYPE_CHECKING:
    from collections.abc import Callable

RATE, EACH = 100 / 1800, 180.0
WARM = 4
"""Hours that an empty line takes to look like one that has always been there."""


def crowd_of(draws: Draws, load: Load) -> Crowd:
    """Draw a day by the clock of the calls themselves: the next one comes an exponential time after the last."""
    crowd: Crowd = [[] for _ in range(SLOTS)]
    at = 0.0
    while (at := at + draws.exponential(1 / load.rate)) < SLOT * SLOTS:
        patience = inf if load.patience is None else draws.exponential(load.patience)
        crowd[int(at // SLOT)].append(Arrival(at, draws.exponential(load.each), patience))
    return crowd


def interval(people: int, load: Load, verdict: Callable[[Served], bool], days: int = 120) -> tuple[float, float]:
    """Give the 95 % interval of the share kept in the long run, from some days without their first hours.

    A ratio of sums, as days with more calls are also worse ones (Law, Simulation Modeling and Analysis, 9.5.3).
    """
    tallies = [whole_day(crowd_of(Draws(number), load), [people] * SLOTS, verdict) for number in range(days)]
    kept = [sum(tally.kept[WARM:]) for tally in tallies]
    calls = [good + sum(tally.broken[WARM:]) for good, tally in zip(kept, tallies, strict=True)]
    share = sum(kept) / sum(calls)
    reach = 1.98 * stdev(k - share * n for k, n in zip(kept, calls, strict=True)) / fmean(calls) / sqrt(days)
    return share - reach, share + reach


def test_it_agrees_with_erlang_on_who_waits() -> None:
    """Ten erlangs on twelve people: the share that waits, 44.9388 %, lies in the simulation's own interval."""
    low, high = interval(12, Load(RATE, EACH), lambda served: served.waited == 0)
    assert low <= 1 - 0.449388 <= high
    assert high - low < 0.04


def test_it_agrees_with_erlang_on_who_is_in_time() -> None:
    """Fourteen people: 88.835 % within 20 s lies in the simulation's own interval."""
    low, high = interval(14, Load(RATE, EACH), lambda served: served.waited <= 20)
    assert low <= 0.88835 <= high
    assert high - low < 0.03


@pytest.mark.slow
def test_it_agrees_with_palm_on_who_gives_up() -> None:
    """Eleven people and callers who wait four minutes: the share that gives up lies in the interval, and so on."""
    load = Load(RATE, EACH, 240)
    what = fate(11, load, 20)
    low, high = interval(11, load, lambda served: served.gave_up)
    assert low <= what.gave_up_soon + what.gave_up_late <= high
    low, high = interval(11, load, lambda served: not served.gave_up and served.waited <= 20)
    assert low <= what.at_once + what.in_time <= high


def test_it_finds_the_staff_that_erlang_finds() -> None:
    """For even traffic and 84 % it asks for 14, as Erlang does (13 keep 79.6 %, 14 88.8 %), wherever it looks first."""
    crowds = [crowd_of(Draws(number), Load(RATE, EACH)) for number in range(20)]
    for guess in (10, 14, 20):
        found = least_staff(crowds, [guess] * HOURS, 0.84, lambda served: served.waited <= 20)
        assert Counter(found[WARM:]).most_common(1)[0][0] == 14
        assert set(found[WARM:]) <= {13, 14, 15}


ARRIVALS = st.lists(
    st.builds(Arrival, st.floats(0, SLOT * SLOTS - 1), st.floats(0, 5000), st.floats(0, 5000)), max_size=40
)


def by_slot(arrivals: list[Arrival], *, patient: bool) -> Crowd:
    crowd: Crowd = [[] for _ in range(SLOTS)]
    for arrival in sorted(arrivals):
        crowd[int(arrival.at // SLOT)].append(arrival._replace(patience=inf) if patient else arrival)
    return crowd


def heard(crowd: Crowd, staff: list[int]) -> list[Served]:
    found: list[Served] = []

    def take(served: Served) -> None:
        found.append(served)

    whole_day(crowd, staff, take)
    return found


@given(ARRIVALS, st.lists(st.integers(0, 4), min_size=SLOTS, max_size=SLOTS))
def test_everybody_is_heard_of_once(arrivals: list[Arrival], staff: list[int]) -> None:
    """Whoever comes is served or gives up, once, whatever the staff; nobody waits longer than they would."""
    crowd = by_slot(arrivals, patient=False)
    found = heard(crowd, staff)
    assert sorted(served.arrival for served in found) == sorted(arrivals)
    assert all(0 <= served.waited <= served.arrival.patience for served in found)


@given(ARRIVALS, st.integers(1, 6))
def test_one_more_server_delays_nobody(arrivals: list[Arrival], staff: int) -> None:
    """Patient people each wait no longer with one more server (Kiefer and Wolfowitz 1955)."""
    crowd = by_slot(arrivals, patient=True)
    few, more = ({s.arrival: s.waited for s in heard(crowd, [n] * SLOTS)} for n in (staff, staff + 1))
    assert all(more[arrival] <= waited + 1e-6 for arrival, waited in few.items())


@given(ARRIVALS)
def test_with_a_server_each_nobody_waits(arrivals: list[Arrival]) -> None:
    """As many servers as people: all are served as they come, and find nobody before them."""
    found = heard(by_slot(arrivals, patient=False), [len(arrivals) + 1] * SLOTS)
    assert all((served.waited, served.gave_up, served.found) == (0, False, 0) for served in found)


def test_a_line_is_carried_into_the_next_hour() -> None:
    """What the formulas leave out: forty who come in a rush at nine make those wait who come after ten."""
    crowd: Crowd = [[] for _ in range(SLOTS)]
    crowd[36] = [Arrival(36 * SLOT + n, 300.0) for n in range(40)]
    crowd[40] = [Arrival(40 * SLOT + 1, 300.0)]
    tally = whole_day(crowd, [2] * SLOTS, lambda served: served.waited <= 60)
    assert (tally.kept[10], tally.broken[10]) == (0, 1)
    assert erlang_c(2, 300 / 3600) < 0.01


def test_the_hours_before_leave_what_their_staff_leaves() -> None:
    """A closed hour stays closed, and its people count with those who must be served when it opens."""
    crowd: Crowd = [[] for _ in range(SLOTS)]
    crowd[31] = [Arrival(31 * SLOT + n, 600.0) for n in range(8)]
    crowd[32] = [Arrival(32 * SLOT + 60, 600.0)]
    open_at_eight = [1 if hour == 8 else 0 for hour in range(HOURS)]
    found = least_staff([crowd], open_at_eight, 1.0, lambda served: served.waited <= 60)
    assert found == [9 if hour == 8 else 0 for hour in range(HOURS)]


# --- chance and intervals -----------------------------------------------------------------------------------------


def test_the_draws_are_splitmix64() -> None:
    """The generator is the published one: the first two numbers of seed 0, whatever the machine."""
    draws = Draws(0)
    assert [int(draws.unit() * 2**53) for _ in range(2)] == [0xE220A8397B1DCDAF >> 11, 0x6E789E6AA1B965F4 >> 11]


def test_the_draws_have_their_means() -> None:
    """Times, counts and rates have the mean that was asked for, and counts and rates the variance too."""
    draws = Draws(7)
    assert fmean(draws.exponential(3) for _ in range(20_000)) == pytest.approx(3, rel=0.03)
    for mean in (0.3, 12.0, 600.0):
        counts = [draws.poisson(mean) for _ in range(3_000)]
        assert fmean(counts) == pytest.approx(mean, rel=0.06)
        assert stdev(counts) ** 2 == pytest.approx(mean, rel=0.1)
    rates = [draws.gamma(9) for _ in range(20_000)]
    assert fmean(rates) == pytest.approx(9, rel=0.03)
    assert stdev(rates) ** 2 == pytest.approx(9, rel=0.06)


@pytest.mark.parametrize(
    ("count", "low", "high"),
    [(0, 0.0, 3.689), (1, 0.025, 5.572), (10, 4.795, 18.390), (100, 81.364, 121.627)],  # Garwood 1936
)
def test_the_interval_of_a_count_is_garwoods(count: int, low: float, high: float) -> None:
    """The approximation lies within 0.1 of the exact values that were published."""
    assert of_count(count) == pytest.approx((low, high), abs=0.1)


def test_the_interval_of_a_mean_is_students() -> None:
    """Two values reach 12.706 standard errors either way; thirty 2.045."""
    assert of_mean([10.0, 12.0])[1] == pytest.approx(11 + 12.706205, abs=1e-5)
    values = [float(number) for number in range(30)]
    assert of_mean(values)[1] == pytest.approx(14.5 + 2.0452 * stdev(values) / sqrt(30), rel=1e-4)
    assert of_mean([0.0, 1.0])[0] == 0
    assert of_draws([float(number) for number in range(101)]) == (2, 98)
