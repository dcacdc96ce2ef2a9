"""A defect in the judge says which event of which case showed it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from standards.errors import StateError
from standards.judge.case import Case, StandardState
from standards.judge.context import JudgeContext
from standards.judge.events import Event
from standards.judge.progress import JudgeDefect
from standards.judge.shapes.machine import Machine
from streams.runtime.pump import Pump
from tests.history import events_of, pump_all, rulebook, rules

if TYPE_CHECKING:
    from standards.judge.shapes.machine import Reaction

ANSWER = "per: contact, when: contact.waiting, expect: contact.answered, within: 60s"


class Broken(Machine):
    """A machine that raises wherever the judge asks it."""

    def __init__(self, machine: Machine, error: Exception) -> None:
        self.standard = machine.standard
        self.error = error

    def reaction(self, event_type: str, *, counts: bool = True) -> Reaction:
        raise self.error

    def on_timer(self, state: StandardState[Event], at: int, context: JudgeContext[Event]) -> None:
        raise self.error

    def on_late_event(self, case: Case[Event], event: Event, context: JudgeContext[Event]) -> bool:
        raise self.error


def defect_of(history: str, error: Exception, *, in_time: bool = False) -> BaseException:
    """Judge a history with a judge that raises; `in_time`: for events that come in time, too."""
    book = rulebook(rules(answer=ANSWER))

    def raising(_case: Case[Event], _event: Event, _context: JudgeContext[Event]) -> None:
        raise error

    for group in book.groups.values():
        group.machines = tuple(Broken(machine, error) for machine in group.machines)
        group.by_revision = {machine.standard.revision: machine for machine in group.machines}
        if in_time:
            group.reactions = dict.fromkeys(group.reactions, (raising,))
    with pytest.raises(Exception, match="unforeseen") as caught:
        pump_all(Pump(book), events_of(history, book))
    return caught.value


@pytest.mark.parametrize(
    ("history", "in_time", "event"),
    [
        ("08:00 contact.waiting id=first", True, "first"),
        ("08:00 nothing\n07:00 contact.answered id=late", False, "late"),
        ("08:00 contact.waiting id=first\n08:02 nothing", False, None),
    ],
)
def test_a_defect_names_the_event_and_the_case(history: str, *, in_time: bool, event: str | None) -> None:
    """An event in time, a late one, or none where a timer raised; the case always, and what was raised as its cause."""
    error = ZeroDivisionError("unforeseen")
    defect = defect_of(history, error, in_time=in_time)
    assert isinstance(defect, JudgeDefect)
    assert defect.__cause__ is error
    assert defect.case == ("0:contact:answer", ("c1",))
    assert (None if defect.event is None else defect.event.id) == event
    assert (f"event {event!r} of 'desk'" if event else "a timer") in str(defect)


@pytest.mark.parametrize("in_time", [True, False])
def test_a_move_that_no_promise_can_make_stays_a_state_error(*, in_time: bool) -> None:
    """Such a batch must not be judged without the event: it is not the event's fault."""
    error = StateError("unforeseen")
    assert defect_of("08:00 contact.waiting\n08:02 nothing", error, in_time=in_time) is error
