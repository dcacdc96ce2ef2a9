"""Time that catches up: nothing is told before it has, and then once."""

from streams.kafka.serve.catching_up import PATIENCE, CatchingUp
from tests.streams.hosting import SECOND, T0, Clock

HOUR = 3_600 * SECOND


def test_time_that_catches_up_is_waited_for() -> None:
    """Two hours are judged in a few steps: nothing is told before the last of them, and that one goes over a stall."""
    clock = Clock(T0)
    catching = CatchingUp(clock)
    assert not catching.waits(T0 - SECOND, T0 - 2 * SECOND)
    assert catching.resumes(T0 - SECOND, T0 - 2 * SECOND)  # nobody told before the first step
    clock.at += 2 * HOUR
    assert catching.waits(T0 + HOUR, T0 - SECOND)
    assert catching.waits(T0 + 2 * HOUR - 90 * SECOND, T0 - SECOND)
    assert not catching.waits(T0 + 2 * HOUR - SECOND, T0 - SECOND)
    clock.at += SECOND
    slow = CatchingUp(clock)
    assert slow.waits(T0, T0 - HOUR)
    assert not slow.waits(T0, T0 - HOUR)  # it does not move: what has come is told
    clock.at += PATIENCE
    assert not slow.waits(T0 + SECOND, T0 - HOUR)


def test_time_that_goes_as_the_clock_does_is_no_stall() -> None:
    """Step by step with the clock: nothing to go over. Time that jumps while the clock does not: a stall."""
    clock = Clock(T0)
    catching = CatchingUp(clock)
    catching.resumes(T0, T0 - SECOND)
    clock.at += HOUR
    assert not catching.resumes(T0 + HOUR, T0)
    assert catching.resumes(T0 + 2 * HOUR, T0 + HOUR)
    by_events = CatchingUp(None)
    by_events.resumes(T0, T0 - SECOND)
    assert not by_events.waits(T0 + HOUR, T0)
    assert not by_events.resumes(T0 + HOUR, T0)
