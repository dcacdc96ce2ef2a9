"""Brokers' clocks: time goes no further than the slowest of them, while that may be a slip, and it is told."""

from __future__ import annotations

from streams.kafka.intake.leaders import APART, BELIEVED_AFTER, MEASURED, Leaders
from tests.streams.hosting import SECOND, T0

MS = 1_000


def measured(leaders: Leaders, wall: int, *behind: int) -> Leaders:
    """Have a tick acknowledged by leaders that are so far behind, in microseconds."""
    leaders.measure([(wall - each) // MS for each in behind], wall)
    return leaders


def test_the_slowest_leader_counts_and_is_told() -> None:
    """Of several brokers time goes by the one that is furthest behind; people are told which way clocks are apart."""
    leaders = measured(Leaders(), T0, 0, 10 * SECOND)
    assert leaders.behind == 10 * SECOND
    (told,) = leaders.problems()
    assert told.startswith("a broker's clock is 10 s behind this machine's")


def test_a_broker_that_stays_behind_is_not_waited_for_for_ever() -> None:
    """After ten minutes this machine's clock counts; it goes on being told, until clocks agree again."""
    leaders = Leaders()
    for at in range(T0, T0 + BELIEVED_AFTER + SECOND, SECOND):
        measured(leaders, at, 3_600 * SECOND)
        assert leaders.behind == (0 if at >= T0 + BELIEVED_AFTER else 3_600 * SECOND)
    assert leaders.problems()
    measured(leaders, T0 + 2 * BELIEVED_AFTER, 0)
    assert (leaders.problems(), leaders.behind) == ([], 0)


def test_a_slow_acknowledgement_is_no_slow_clock() -> None:
    """Of the last ticks the quickest answer counts, as the others say more of the way than of the clock."""
    leaders = measured(Leaders(), T0, MS)
    for number in range(1, MEASURED):
        measured(leaders, T0 + number * SECOND, 4 * SECOND)
    assert leaders.behind == MS
    assert leaders.problems() == []


def test_a_broker_that_is_ahead_moves_no_time() -> None:
    """Time is this machine's where brokers are ahead, and that is told too."""
    leaders = measured(Leaders(), T0, -2 * APART)
    assert leaders.behind == 0
    assert "ahead of" in leaders.problems()[0]


def test_where_topics_do_not_stamp_this_machines_clock_counts() -> None:
    """Without stamps nothing is known of the leaders' clocks, and nothing is claimed."""
    leaders = Leaders()
    leaders.measure([], T0)
    assert (leaders.known, leaders.behind, leaders.problems()) == (True, 0, [])


def test_another_teller_begins_anew() -> None:
    """Whoever takes the telling over asks the leaders first."""
    leaders = measured(Leaders(), T0, 10 * SECOND)
    leaders.forget()
    assert (leaders.known, leaders.behind, leaders.problems()) == (False, 0, [])
