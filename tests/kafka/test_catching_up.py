"""Time that catches up: nothing is told before it has, and then once."""

import pytest

from alerts.routing.stalls import Stall
from streams.kafka.serve.catching_up import PATIENCE, CatchingUp
from tests.streams.hosting import SECOND, T0, Clock

HOUR = 3_600 * SECOND


def test_time_that_catches_up_is_waited_for() -> None:
    """Two hours are judged in a few steps: nothing is told before the last of them, and that one goes over a stall."""
    clock = Clock(T0)
    catching = CatchingUp(clock, clock)
    assert not catching.waits(T0 - SECOND, T0 - 2 * SECOND)
    clock.at += 2 * HOUR
    assert catching.waits(T0 + HOUR, T0 - SECOND)
    assert catching.waits(T0 + 2 * HOUR - 90 * SECOND, T0 - SECOND)
    assert not catching.waits(T0 + 2 * HOUR - SECOND, T0 - SECOND)
    clock.at += SECOND
    slow = CatchingUp(clock, clock)
    assert slow.waits(T0, T0 - HOUR)
    assert not slow.waits(T0, T0 - HOUR)  # it does not move: what has come is told
    clock.at += PATIENCE
    assert not slow.waits(T0 + SECOND, T0 - HOUR)


def test_time_that_goes_on_is_no_stall() -> None:
    """Step by step with the clock: nothing to go over. A minute or more in one step: nobody ran, whoever slept."""
    clock = Clock(T0)
    catching = CatchingUp(clock, clock)
    assert catching.stall(T0, T0 - SECOND) is None
    for at in range(T0, T0 + HOUR, 59 * SECOND):
        clock.at = at
        assert catching.stall(at + 59 * SECOND, at) is None
    assert catching.stall(T0 + 2 * HOUR, T0 + HOUR) == Stall(T0 + HOUR, T0 + 2 * HOUR)
    clock.go(3_600)
    assert catching.stall(T0 + 3 * HOUR, T0 + 2 * HOUR) == Stall(T0 + 2 * HOUR, T0 + 3 * HOUR)


def test_time_that_is_the_events_goes_as_it_will() -> None:
    """Where events move time, only what passed before somebody began to tell passed while nobody did."""
    by_events = CatchingUp(None, Clock())
    assert by_events.stall(T0, T0 - HOUR) == Stall(T0 - HOUR, T0)
    assert not by_events.waits(T0 + HOUR, T0)
    assert by_events.stall(T0 + HOUR, T0) is None
    begun = CatchingUp(None, Clock())
    assert begun.stall(-1, T0) is None  # how far time is was not read yet
    assert begun.stall(T0, T0) is None
    assert begun.stall(T0 + HOUR, T0) is None


def test_a_clock_that_was_set_forward_is_gone_over_once() -> None:
    """Set by an hour, which intakes heed ten minutes later: time jumps by that, and not as if nobody had run."""
    clock, counting = Clock(T0), Clock(0)
    catching = CatchingUp(clock, counting)
    clock.at += HOUR
    for _ in range(600):
        clock.go(1)
        counting.go(1)
        assert catching.stall(T0 + counting.at, T0 + counting.at - SECOND) is None
    before = T0 + counting.at
    assert catching.stall(before + HOUR + SECOND, before) == Stall(
        before + SECOND, before + HOUR + SECOND, stepped=True
    )
    assert catching.stall(before + 3 * HOUR, before + HOUR) == Stall(before + HOUR, before + 3 * HOUR)


@pytest.mark.parametrize("later", [-3_600, 21 * 60])
def test_a_clock_that_was_set_here_alone_is_forgotten(later: int) -> None:
    """Set back again, or long ago: what time goes over then is time in which nobody ran."""
    clock, counting = Clock(T0), Clock(0)
    catching = CatchingUp(clock, counting)
    clock.at += HOUR
    assert catching.stall(T0, T0 - SECOND) is None
    clock.go(later)
    counting.go(max(0, later))
    assert catching.stall(T0 + SECOND, T0) is None
    assert catching.stall(T0 + 2 * HOUR, T0) == Stall(T0, T0 + 2 * HOUR)
