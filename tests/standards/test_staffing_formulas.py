"""The formulas: published values, the laws they obey, and what they become at their limits."""

from __future__ import annotations

from dataclasses import dataclass
from math import exp

import pytest
from hypothesis import given
from hypothesis import strategies as st

from standards.staffing.erlang import erlang_b, erlang_c, found_at_most, least_servers
from standards.staffing.patience import Fate, Load, fate

SERVERS = st.integers(1, 150)
LOADS = st.floats(0.01, 150)
EACH = 180.0


def answered_within(servers: int, load: float, each: float, within: float) -> float:
    """Give the share of calls that wait no longer than `within`; it and `each`, the mean time of a call, in seconds.

    1 - C exp(-(n - a) within / each): Cooper (1981), 3.4. Zero where the line only ever grows.
    """
    if load >= servers:
        return 0.0
    return 1 - erlang_c(servers, load) * exp(-(servers - load) * within / each)


def test_erlang_b_has_its_published_values() -> None:
    """Ten erlangs on ten lines are blocked in 21.5 % of cases; 1 erlang on 2 lines in a fifth (tables of B)."""
    assert erlang_b(10, 10) == pytest.approx(0.214582, abs=1e-6)
    assert erlang_b(2, 1) == pytest.approx(0.2, abs=1e-12)
    assert (erlang_b(0, 5), erlang_b(3, 0)) == (1.0, 0.0)


def test_erlang_c_has_its_published_value() -> None:
    """Ten erlangs on twelve people: 44.9388 % have to wait."""
    assert erlang_c(12, 10) == pytest.approx(0.449388, abs=5e-7)


def test_a_call_centres_textbook_case() -> None:
    """100 calls in half an hour of 3 minutes each: 80 % in 20 s needs 14 people, who keep 88.835 %."""

    def kept(people: int) -> float:
        return answered_within(people, 10, EACH, 20)

    assert least_servers(10, 0.8, kept) == 14
    assert kept(14) == pytest.approx(0.88835, abs=5e-6)
    assert kept(13) < 0.8


@pytest.mark.parametrize("bad", [(-1, 1.0), (1, -1.0)])
def test_less_than_nothing_is_refused(bad: tuple[int, float]) -> None:
    """Servers or a load below zero are an error, and no number."""
    with pytest.raises(ValueError, match="give zero or more of both"):
        erlang_b(*bad)


@given(SERVERS, LOADS)
def test_more_people_are_never_worse(servers: int, load: float) -> None:
    """With one more server fewer are blocked, fewer wait, more are in time, and the line is shorter."""
    assert erlang_b(servers + 1, load) <= erlang_b(servers, load)
    assert erlang_c(servers + 1, load) <= erlang_c(servers, load)
    assert answered_within(servers + 1, load, EACH, 20) >= answered_within(servers, load, EACH, 20)
    assert found_at_most(servers + 1, load, 3) >= found_at_most(servers, load, 3)


@given(SERVERS, LOADS, st.floats(1.001, 3))
def test_more_work_is_never_better(servers: int, load: float, times: float) -> None:
    """With more load more are blocked, more wait and fewer are in time."""
    assert erlang_b(servers, load * times) >= erlang_b(servers, load)
    assert erlang_c(servers, load * times) >= erlang_c(servers, load)
    assert answered_within(servers, load * times, EACH, 20) <= answered_within(servers, load, EACH, 20) + 1e-12


@given(SERVERS, st.floats(0.001, 0.999))
def test_waiting_is_likelier_than_being_turned_away(servers: int, busy: float) -> None:
    """B <= C <= 1, and both are joined by 1/C = 1/B - (a/n)(1/B - 1)."""
    load = busy * servers
    blocked, waits = erlang_b(servers, load), erlang_c(servers, load)
    assert blocked <= waits <= 1
    if blocked > 1e-300:
        assert 1 / waits == pytest.approx(1 / blocked - busy * (1 / blocked - 1), rel=1e-9)


@given(st.floats(0.01, 0.99))
def test_one_person_alone_makes_others_wait_as_often_as_they_are_busy(load: float) -> None:
    """For a single server C is the load (M/M/1)."""
    assert erlang_c(1, load) == pytest.approx(load)


@given(LOADS, st.floats(0.5, 0.99))
def test_the_least_is_the_least(load: float, goal: float) -> None:
    """The number found reaches the goal, and one fewer does not."""

    def kept(people: int) -> float:
        return answered_within(people, load, EACH, 20)

    found = least_servers(load, goal, kept)
    assert found is not None
    assert kept(found) >= goal
    assert found == 1 or kept(found - 1) < goal


def test_what_nobody_could_reach_has_no_number() -> None:
    """Where no staff is enough, that is said rather than a number."""
    assert least_servers(10, 0.8, lambda _: 0.5) is None


# --- callers who give up ------------------------------------------------------------------------------------------


def parts(what: Fate) -> list[float]:
    return [what.at_once, what.in_time, what.late, what.gave_up_soon, what.gave_up_late]


LOAD = st.builds(Load, rate=st.floats(0.001, 0.3), each=st.floats(5, 600), patience=st.floats(10, 3000) | st.none())


@given(st.integers(0, 120), LOAD, st.floats(0, 600))
def test_everybody_has_one_fate(servers: int, load: Load, within: float) -> None:
    """The shares are none below zero, and add up to one."""
    shares = parts(fate(servers, load, within))
    assert min(shares) >= -1e-9
    assert sum(shares) == pytest.approx(1, abs=1e-6)


@given(SERVERS, LOAD, st.floats(1, 120))
def test_more_people_lose_fewer(servers: int, load: Load, within: float) -> None:
    """With one more server more are served in time and fewer give up."""
    few, more = fate(servers, load, within), fate(servers + 1, load, within)
    assert more.at_once + more.in_time >= few.at_once + few.in_time - 1e-6
    assert more.gave_up_soon + more.gave_up_late <= few.gave_up_soon + few.gave_up_late + 1e-6


@given(st.integers(2, 60), st.floats(0.1, 0.95), st.floats(1, 120))
def test_endless_patience_is_erlang_c(servers: int, busy: float, within: float) -> None:
    """As patience grows the shares become those of Erlang C; with a patience of None they are."""
    load = busy * servers
    patient = fate(servers, Load(load / EACH, EACH, 1e9), within)
    endless = fate(servers, Load(load / EACH, EACH), within)
    assert parts(patient) == pytest.approx(parts(endless), abs=1e-4)
    assert endless.at_once == pytest.approx(1 - erlang_c(servers, load), abs=1e-6)
    assert endless.at_once + endless.in_time == pytest.approx(answered_within(servers, load, EACH, within), abs=1e-6)


@given(st.integers(2, 40), st.floats(0.1, 2.0))
def test_no_patience_at_all_is_erlang_b(servers: int, busy: float) -> None:
    """As patience goes to zero, who gives up is who would have been turned away."""
    load = busy * servers
    what = fate(servers, Load(load / EACH, EACH, 1e-4), 20)
    assert what.gave_up_soon + what.gave_up_late == pytest.approx(erlang_b(servers, load), abs=1e-3)


@dataclass(frozen=True)
class Chain:
    """The same line as a chain of states, worked out by adding up: another way to the same numbers."""

    servers: int
    load: Load

    def states(self) -> list[float]:
        patience = self.load.patience or 0.0
        weights = [1.0]
        for number in range(1, 700):
            leave = min(number, self.servers) / self.load.each + max(0, number - self.servers) / patience
            weights.append(weights[-1] * self.load.rate / leave)
        return [weight / sum(weights) for weight in weights]

    def at_once(self) -> float:
        return sum(self.states()[: self.servers])

    def gave_up(self) -> float:
        waiting = sum(max(0, number - self.servers) * share for number, share in enumerate(self.states()))
        return waiting / (self.load.patience or 0.0) / self.load.rate


@pytest.mark.parametrize("servers", [1, 5, 12, 20])
@pytest.mark.parametrize("patience", [20.0, 255.0, 2000.0])
def test_the_integral_is_the_chain(servers: int, patience: float) -> None:
    """Who is served at once, and who gives up in all, are those of the line's states (Palm 1957)."""
    load = Load(100 / 1800, EACH, patience)
    chain, what = Chain(servers, load), fate(servers, load, 20)
    assert what.at_once == pytest.approx(chain.at_once(), abs=2e-6)
    assert what.gave_up_soon + what.gave_up_late == pytest.approx(chain.gave_up(), abs=2e-6)


def test_where_nobody_answers_all_give_up() -> None:
    """With no staff at all each caller waits as long as patience lasts; without an end to it, for ever."""
    what = fate(0, Load(0.1, EACH, 60), 30)
    assert (what.gave_up_soon, what.gave_up_late) == pytest.approx((1 - exp(-0.5), exp(-0.5)))
    assert fate(0, Load(0.1, EACH), 30).late == 1


def test_loads_beyond_any_float_have_a_fate() -> None:
    """Thousands of people, thousands of calls: the shares are still numbers that add up to one."""
    for servers, rate in ((1, 50.0), (9_000, 50.0), (9_500, 50.0), (20_000, 50.0), (3_000, 1e-6)):
        assert sum(parts(fate(servers, Load(rate, EACH, 60), 20))) == pytest.approx(1, abs=1e-5)
