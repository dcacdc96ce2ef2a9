"""The clock of a host that judges by it: a step of the machine's clock moves nothing, is told, and can be accepted."""

import pytest

from streams.embedded.steady_clock import SETTLE, SteadyClock
from streams.embedded.synchronised import synchronised
from streams.host import ClockStanding
from tests.streams.stepping import Machine

S = 1_000_000
T0 = 1_768_000_000 * S


def test_time_is_the_systems_while_its_clock_goes_on() -> None:
    """It goes on as the clock does, and along with the small corrections of a time server."""
    machine = Machine()
    clock = machine.clock()
    machine.counted += 10 * S
    machine.ahead += 400_000
    assert (clock.wall(), clock.step, clock.problems()) == (machine.system(), 0, [])


def test_an_hour_forward_for_a_moment_moves_nothing() -> None:
    """The clock is set an hour ahead and back: time goes on at the old pace all along."""
    machine = Machine()
    clock = machine.clock()
    before = clock.wall()
    machine.ahead += 3600 * S
    machine.counted += 2 * S
    assert clock.wall() == before + 2 * S
    assert (clock.step, len(clock.problems())) == (3600 * S, 1)
    machine.ahead -= 3600 * S
    machine.counted += 2 * S
    assert (clock.wall(), clock.step, clock.problems()) == (before + 4 * S, 0, [])


def test_a_step_forward_that_lasts_is_believed() -> None:
    """After ten minutes at the new time, it is the time."""
    machine = Machine()
    clock = machine.clock()
    machine.ahead += 3600 * S
    clock.wall()
    machine.counted += SETTLE - 1
    assert clock.wall() == machine.system() - 3600 * S
    machine.counted += 1
    assert (clock.wall(), clock.step) == (machine.system(), 0)


def test_a_step_that_changes_begins_to_last_anew() -> None:
    """A clock that jumps about is not believed before it has stood by one time for ten minutes."""
    machine = Machine()
    clock = machine.clock()
    machine.ahead += 3600 * S
    clock.wall()
    machine.counted += SETTLE // 2
    machine.ahead += 60 * S
    clock.wall()
    machine.counted += SETTLE - 1
    assert clock.wall() == machine.system() - 3660 * S


def test_time_never_goes_back_with_the_clock() -> None:
    """Ten minutes back leave nobody blind: time goes on, for as long as that lasts."""
    machine = Machine()
    clock = machine.clock()
    before = clock.wall()
    machine.ahead -= 600 * S
    machine.counted += 2 * SETTLE
    assert clock.wall() == before + 2 * SETTLE
    assert "behind the time that has gone by" in clock.problems()[0]


@pytest.mark.parametrize("step", [3600 * S, -3600 * S])
@pytest.mark.parametrize("by", ["the system", "a person"])
def test_time_goes_over_when_it_is_said_that_the_clock_is_right(step: int, by: str) -> None:
    """The system's word, or a person's, is believed at once, whichever way the clock was set."""
    machine = Machine()
    clock = machine.clock()
    machine.ahead += step
    assert clock.wall() == machine.system() - step
    if by == "the system":
        machine.synchronised = True
    else:
        clock.accept()
    assert (clock.wall(), clock.step, clock.problems()) == (machine.system(), 0, [])
    assert clock.went_back is (step < 0)


def test_what_is_said_of_a_step_is_when_and_what_comes_of_it() -> None:
    """Since when both differ, by how much, and when time goes over by itself: never, after a step back."""
    machine = Machine()
    clock = machine.clock()
    assert clock.standing() == ClockStanding(machine.system(), machine.system(), synchronised=False)
    machine.ahead += 3600 * S
    seen = clock.wall()
    machine.counted += 60 * S
    assert clock.standing() == ClockStanding(seen + 60 * S, machine.system(), seen, seen + SETTLE, synchronised=False)
    assert "Kept goes over to it in 9 min" in clock.problems()[0]
    machine.ahead -= 7200 * S
    assert clock.standing().by_itself == -1
    assert "Kept goes over to it when the system says" in clock.problems()[0]


def test_time_goes_on_from_where_it_had_come() -> None:
    """A host whose stored time is ahead of the clock goes on from there, says so, and goes back when it is told to."""
    machine = Machine()
    clock = machine.clock()
    clock.resume(machine.system() - 2 * S)
    assert (clock.wall(), clock.step) == (machine.system(), 0)
    clock.resume(machine.system() + 3600 * S)
    machine.counted += 2 * SETTLE
    assert (clock.wall(), clock.step, clock.went_back) == (machine.system() + 3600 * S, -3600 * S, False)
    machine.synchronised = True
    assert (clock.wall(), clock.went_back) == (machine.system(), True)


def test_a_host_that_nobody_can_ask_says_what_else_lets_time_go_over() -> None:
    """An intake on Kafka hears no `kept time --accept`, so it does not advise it."""
    machine = Machine()
    clock = SteadyClock(machine.system, lambda: machine.counted, lambda: False, by_hand="when it is started anew")
    machine.ahead += 3600 * S
    (problem,) = clock.problems()
    assert "kept time" not in problem
    assert "or when it is started anew. If it is wrong, set it right" in problem


def test_the_system_is_asked_without_rights() -> None:
    """Whether the machine's clock is synchronised can be read here, or it is said that it cannot."""
    assert synchronised() in (True, False, None)
