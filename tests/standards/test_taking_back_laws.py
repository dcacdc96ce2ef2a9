"""The law of a false future: once time has gone back, each promise stands as if no clock had ever been wrong.

A subject's events come in their order. Somewhere between them time goes ahead by clocks alone, so that deadlines fall
that have not come, and goes back later. Read next: `test_judging_again_laws.py`, whose subjects these are.
"""

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from standards.judge.case import Case
from standards.judge.events import Event, Tick
from standards.judge.judge import Back, feed, take_back
from standards.judge.promise import Transition
from tests.oracle.scales import SECOND
from tests.standards.test_judging_again_laws import Live, _received, folded, in_order, lives

SOME, MANY = 25, 2_000


def in_their_order(live: Live) -> list[Event]:
    """Give a subject's events, each once, in the order of their times."""
    return sorted({event.id: event for _, event in live.arrivals}.values(), key=lambda event: event.at)


def taken_back(case: Case[Event], now: int, live: Live) -> list[Transition[Event]]:
    """Take a subject back, if it was judged further than the clock says now."""
    back = Back(now - live.grace, now)
    return take_back(case, back, live.rulebook, live.settle).transitions if case.time > back.at else []


def through_a_false_future(live: Live, ahead: int, began: int, ended: int) -> list[Transition[Event]]:
    """Judge a subject's events in their order; from event `began` up to `ended` the clock is `ahead`."""
    lines: list[Transition[Event]] = []
    case: Case[Event] = Case(live.group.name, live.key)
    events = in_their_order(live)
    for number, event in enumerate(events):
        if number == ended:
            lines += taken_back(case, event.at, live)
        now = event.at + (ahead if began <= number < ended else 0)
        step = feed(case, [Tick(now - live.grace), _received(event, now)], live.rulebook, live.settle)
        lines += step.transitions
        assume(step.case is not None)
        case = step.case or case
    if ended == len(events):
        lines += taken_back(case, live.end, live)
    return lines + feed(case, [Tick(live.end)], live.rulebook, live.settle).transitions


@pytest.mark.parametrize("number", [SOME, pytest.param(MANY, marks=pytest.mark.slow)])
def test_once_time_went_back_all_stands_as_if_it_had_never_been_ahead(number: int) -> None:
    """Whatever the standard: what broke in a time that was none is owed again, and what began in it is gone."""
    corrected = 0

    @settings(
        max_examples=number, database=None, derandomize=True, report_multiple_bugs=False,
        suppress_health_check=list(HealthCheck),
    )  # fmt: skip
    @given(lives(), st.data())
    def agree(subjects: list[Live], data: st.DataObject) -> None:
        nonlocal corrected
        for live in subjects:
            times = [event.at for event in in_their_order(live)]
            began = times.index(data.draw(st.sampled_from(times)))  # what happens in one instant is ahead together
            ended = data.draw(st.integers(began, len(times)))
            ahead = data.draw(st.sampled_from((SECOND, 30 * SECOND, 600 * SECOND, 3_600 * SECOND)))
            lines = through_a_false_future(live, ahead, began, ended)
            assert folded(lines) == folded(in_order(live))
            assert len({line.id for line in lines}) == len(lines)  # a store takes an id once
            corrected += any(line.kind in ("corrected", "withdrawn") for line in lines)

    agree()
    assert corrected
