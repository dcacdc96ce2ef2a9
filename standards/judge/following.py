"""Following states: which of them are so for a subject, as its events begin and end them.

A state belongs to the subject: standards that share their subjects share it, and another revision of a standard finds
it as it was. An event that begins and ends it, begins it; one that does not say whether it is so changes nothing. What
was begun before a subject's first event is not known.
Read next: `shapes/scope.py`, which says what follows from it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from standards.expressions.condition import ruled_out
from standards.judge.shapes.machine import test_for

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from standards.expressions.expression import Condition
    from standards.judge.case import Case
    from standards.judge.context import JudgeContext
    from standards.judge.events import Event
    from standards.judge.shapes.machine import Reaction, Test
    from standards.judge.standard import State


def following(states: Iterable[State], event_type: str) -> Reaction | None:
    """Give what follows the states at events of a type; None where it concerns none of them."""
    found: list[tuple[str, Test | None, Callable[[object], bool]]] = []
    for state in states:
        begins, ends = test_for(state.when, event_type), _ends(state, event_type)
        if begins is not None or ends is not None:
            found.append((state.key, begins, ends or _never))
    if not found:
        return None

    def follow(case: Case[Event], event: Event, _context: JudgeContext[Event]) -> None:
        data = event.data
        for key, begins, ends in found:
            so = begins is not None and begins(data, None)
            if not so and not ends(data):
                continue
            was = case.holds.get(key)
            if was is None or (was[0] != so and was[1] <= event.at):  # what comes too late can be from before it
                case.holds = {**case.holds, key: (so, event.at)}

    return follow


def _ends(state: State, event_type: str) -> Callable[[object], bool] | None:
    if state.until is None:  # an event of its own at which it is not so, and not merely one that does not say
        wheres = [each.where for each in state.when.all if each.event == event_type]
        tests = [_not_so(where) for where in wheres if where is not None]
        return (lambda data: all(test(data) for test in tests)) if tests and None not in wheres else None
    test = test_for(state.until, event_type)
    return None if test is None else lambda data: test(data, None)


def _not_so(where: Condition) -> Callable[[object], bool]:
    """Give the test whether a condition does not hold. A table that has no row for an event says that it does not."""
    own = [name for name in where.fields if "." not in name]
    if len(own) == len(where.fields):
        return ruled_out(where)
    return lambda data: not where.test(data, None) and all(getattr(data, name) is not None for name in own)


def _never(_data: object) -> bool:
    return False
