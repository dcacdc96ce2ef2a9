"""What must have been so for a while: the run of a clause with `for`, from the first event at which it is so.

Only an event of the clause's own types at which it is not so cuts the run; one that is missing cuts nothing. It
completes by the clock, at its end. Where the feed that would have cut it is silent then, nobody can tell: it completes
at the next event at which it is so.
Read next: `lasting_machine.py`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from standards.judge.promise import NEVER, Run
from standards.judge.shapes.machine import own_test

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from standards.judge.context import JudgeContext
    from standards.judge.events import Event
    from standards.judge.shapes.machine import Test
    from standards.judge.standard import Clause, Standard

    Runs = Mapping[int, Run[Event]]


class Lasting(NamedTuple):
    """A clause that has to last `span` microseconds: its number, and the tests that it makes of each type of event.

    `feeds` would have told otherwise.
    """

    number: int
    span: int
    tests: Mapping[str, tuple[Test, ...]]
    feeds: frozenset[str]

    def ends(self, run: Run[Event]) -> int:
        """Give when a run is over, if nothing cuts it: microseconds UTC; never, where nobody could tell, or it was."""
        return NEVER if run.dark or run.complete else run.since + self.span


def lasting(clause: Clause | None, told_by: Mapping[str, tuple[str, ...]]) -> tuple[Lasting, ...]:
    """Find what has to last in a clause, and by which feeds that would be `told_by`."""
    found: dict[int, Lasting] = {}
    for each in clause.all if clause is not None else ():
        if each.lasting:
            known = found.get(each.run) or Lasting(each.run, each.lasting, {}, frozenset())
            tests = {**known.tests, each.event: (*known.tests.get(each.event, ()), own_test(each))}
            found[each.run] = known._replace(tests=tests, feeds=known.feeds.union(told_by.get(each.event, ())))
    return tuple(found.values())


def carried_on(
    runs: Runs | None, clauses: Iterable[Lasting], event: Event, event_type: str, opening: object
) -> dict[int, Run[Event]] | None:
    """Give the runs after an event: begun, gone on, or cut by it."""
    found = dict(runs or {})
    for clause in clauses:
        tests = clause.tests.get(event_type)
        if tests is None:
            continue
        run = found.get(clause.number)
        if not any(test(event.data, opening) for test in tests):
            found.pop(clause.number, None)
        elif run is None:
            found[clause.number] = Run(event.at, event)
        else:
            late = run.dark and not run.complete
            found[clause.number] = Run(run.since, event, dark=run.dark, complete=run.complete or late)
    return found or None


def complete(
    runs: Runs | None, clauses: Iterable[Lasting], at: int, standard: Standard, context: JudgeContext[Event]
) -> tuple[dict[int, Run[Event]] | None, Event | None]:
    """Complete what ends at an instant. Gives the runs after it, and the last event of one that is complete now."""
    found, last = dict(runs or {}), None
    for clause in clauses:
        run = found.get(clause.number)
        if run is None or clause.ends(run) > at:
            continue
        dark = context.dark(standard, at, run.since, clause.feeds)
        found[clause.number] = Run(run.since, run.last, dark=dark, complete=not dark)
        if not dark and last is None:
            last = run.last
    return found or None, last


def soonest(runs: Runs | None, clauses: Iterable[Lasting]) -> int:
    """Give when the next run is over: microseconds UTC."""
    if runs is None:
        return NEVER
    return min((clause.ends(runs[clause.number]) for clause in clauses if clause.number in runs), default=NEVER)
