"""The clock of a host that judges by it: a step of the machine's clock moves nothing, and is told."""

from streams.embedded.steady_clock import BELIEVED_AFTER, SteadyClock

S = 1_000_000
T0 = 1_768_000_000 * S


class Machine:
    """A machine whose clock somebody sets."""

    def __init__(self) -> None:
        self.counted = 5 * S
        self.ahead = T0

    def system(self) -> int:
        return self.counted + self.ahead

    def clock(self) -> SteadyClock:
        return SteadyClock(self.system, lambda: self.counted)


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
    machine.counted += BELIEVED_AFTER - 1
    assert clock.wall() == machine.system() - 3600 * S
    machine.counted += 1
    assert (clock.wall(), clock.step) == (machine.system(), 0)


def test_a_step_that_changes_begins_to_last_anew() -> None:
    """A clock that jumps about is not believed before it has stood by one time for ten minutes."""
    machine = Machine()
    clock = machine.clock()
    machine.ahead += 3600 * S
    clock.wall()
    machine.counted += BELIEVED_AFTER // 2
    machine.ahead += 60 * S
    clock.wall()
    machine.counted += BELIEVED_AFTER - 1
    assert clock.wall() == machine.system() - 3660 * S


def test_time_never_goes_back_with_the_clock() -> None:
    """Ten minutes back leave nobody blind: time goes on, for as long as that lasts."""
    machine = Machine()
    clock = machine.clock()
    before = clock.wall()
    machine.ahead -= 600 * S
    machine.counted += 2 * BELIEVED_AFTER
    assert clock.wall() == before + 2 * BELIEVED_AFTER
    assert "behind the time that has gone by" in clock.problems()[0]
