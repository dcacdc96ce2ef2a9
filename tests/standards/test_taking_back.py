"""A subject that always owes something goes back as well: no period is lost that a clock began in a false future.

Read next: `test_taking_back_laws.py`, the law over random standards.
"""

import pytest

from standards.judge.case import Case
from standards.judge.events import Event, Tick
from standards.judge.judge import Back, feed, take_back
from standards.judge.promise import Transition
from streams.runtime.pump import GRACE, SETTLE
from tests.history import events_of, rulebook, rules
from tests.standards.test_judging_again_laws import folded

SECOND = 1_000_000
HOUR = 3_600 * SECOND
BOOK = rulebook(rules(clean="per: queue, expect: register.opened, every: 1h"))


def cleaned_once(ahead: int) -> list[Transition[Event]]:
    """Judge an hourly round, done once, for three hours; after a second the clock is `ahead` for eight seconds."""
    (group,) = BOOK.groups.values()
    (event,) = events_of("08:00 register.opened", BOOK)
    begun = event.received = event.at
    case: Case[Event] = Case(group.name, ("q1",))
    step = feed(case, [Tick(begun - GRACE), event, Tick(begun)], BOOK, SETTLE)
    lines = [*step.transitions]
    if ahead:
        for second in range(1, 9):
            lines += feed(case, [Tick(begun + second * SECOND + ahead)], BOOK, SETTLE).transitions
        now = begun + 12 * SECOND
        lines += take_back(case, Back(now - GRACE, now), BOOK, SETTLE).transitions
    return lines + feed(case, [Tick(begun + 3 * HOUR)], BOOK, SETTLE).transitions


@pytest.mark.parametrize(
    "ahead", [3 * HOUR, 24 * HOUR, 30 * 24 * HOUR], ids=["hours", "a day", "longer than remembered"]
)
def test_a_period_that_began_in_a_false_future_begins_again(ahead: int) -> None:
    """However far ahead the clock was, each period stands as if it had not been, and each line has an id of its own."""
    lines = cleaned_once(ahead)
    assert folded(lines) == folded(cleaned_once(0))
    assert len({line.id for line in lines}) == len(lines)
