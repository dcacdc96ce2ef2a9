"""The scope of a standard: in which hours, in which state, and how far apart, an event counts at all.

What opens a promise, or is judged or counted, passes here first; what ends one does not. `during` says what counts,
`while` how long there is anything to owe: when that is over, what is owed is void.
Read next: `responding/response_machine.py`, which also remembers what stands while nothing is owed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from standards.judge.case import Unused
from standards.judge.shapes.machine import own_test, test_for
from standards.judge.standard import clauses

if TYPE_CHECKING:
    from collections.abc import Callable

    from standards.judge.case import Case
    from standards.judge.context import JudgeContext
    from standards.judge.events import Event
    from standards.judge.shapes.machine import Machine, Reaction, Test
    from standards.judge.standard import Clause, Standard

    Counts = Callable[[Case[Event], Event], int | None]


class Distance(NamedTuple):
    """One alternative: what comes less than `apart` microseconds after the last that counted does not count.

    `run` numbers the clause as it is written.
    """

    test: Test
    apart: int
    run: int


def scoped(machine: Machine, event_type: str) -> Reaction:
    """Give what judges events of a type, with what the standard's scope says. Without any, it is the shape's own."""
    standard, full = machine.standard, machine.reaction(event_type)
    counts, opens = _counts(standard, event_type), test_for(opening(standard), event_type)
    moves = standard.needed is not None and event_type in standard.needed_by
    if counts is None and not moves:
        return full
    passing, by_type = machine.reaction(event_type, counts=False), machine.opens_by_type

    def on_event(case: Case[Event], event: Event, context: JudgeContext[Event]) -> None:
        if opens is None or counts is None or not (by_type or opens(event.data, None)):
            full(case, event, context)
        elif (run := counts(case, event)) is not None:
            full(case, event, context)
            state = case.states.get(standard.revision)
            if run >= 0 and state is not None:
                state.counted_at = {**(state.counted_at or {}), run: event.at}
        else:
            passing(case, event, context)
            pass_over(machine, event.at, event, context)
        if moves:
            machine.on_scope(case, event, context)

    return on_event


def opening(standard: Standard) -> Clause:
    """Give the clause that opens promises, or whose events are judged."""
    return next(iter(clauses(standard.shape).values()))


def pass_over(machine: Machine, at: int, event: Event, context: JudgeContext[Event]) -> None:
    """Remember what would count from `at` on if there were anything to owe; say so where that cannot be known."""
    standard, holds = machine.standard, context.case.holds
    if standard.needed is None or standard.owes(holds) or not within_hours(standard, at):
        return
    machine.remember(context.case, event)
    if standard.needed.could_hold(holds):
        context.unused.append(Unused(event, "no-scope", standard.id))


def within_hours(standard: Standard, at: int) -> bool:
    """Say whether what happens at an instant counts by the hours of `during`."""
    return standard.during is None or standard.during.counts(at)


def _counts(standard: Standard, event_type: str) -> Counts | None:
    """Give what says by which clause an event of a type counts: its number, -1 where that does not matter, or None.

    None at all, where each event of the type counts.
    """
    alternatives = [each for each in opening(standard).all if each.event == event_type and not each.lasting]
    distances = [Distance(own_test(each), each.apart, each.run) for each in alternatives]
    apart = any(each.apart for each in distances)
    if not alternatives or (standard.during is None and standard.needed is None and not apart):
        return None
    revision = standard.revision

    def counts(case: Case[Event], event: Event) -> int | None:
        if not within_hours(standard, event.at) or not standard.owes(case.holds):
            return None
        return _far_enough(case, event, distances, revision) if apart else -1

    return counts


def counts_late(standard: Standard, event_type: str, case: Case[Event], event: Event) -> bool:
    """Say whether an event that came too late would have opened something, by the scope as far as it is known now."""
    counts = _counts(standard, event_type)
    return counts is None or counts(case, event) is not None


def _far_enough(case: Case[Event], event: Event, distances: list[Distance], revision: str) -> int | None:
    state = case.states.get(revision)
    last = (state.counted_at if state is not None else None) or {}
    far = (it for it in distances if it.test(event.data, None) and event.at - last.get(it.run, -it.apart) >= it.apart)
    found = next(far, None)
    return None if found is None else found.run
