"""What the judge asks of every shape: `Machine`, the state machine that judges one standard, one subject at a time.

A shape inherits from it what it has no answer of its own to: no listed subjects, no timers, no use for late events.
Read next: `response.py`, the first of the shapes.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple, Protocol

from standards.judge.standard import clauses
from standards.judge.targets.table import WithRows, columns_of, said_of

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from typing import Any

    from standards.judge.case import Case, StandardState
    from standards.judge.context import JudgeContext
    from standards.judge.events import Event
    from standards.judge.promise import Promise
    from standards.judge.standard import Clause, Standard
    from standards.judge.targets.table import Columns

    Test = Callable[[Any, Any], bool]
    Reaction = Callable[[Case[Event], Event, JudgeContext[Event]], None]


class Machine(Protocol):
    """Judges one standard. It holds no promises: what it remembers of a subject is a state in that subject's case.

    Instants are microseconds UTC. What happened is written to the context.
    """

    standard: Standard
    listed: tuple[tuple[str | int, ...], ...] = ()
    """The keys of the subjects that are owed from the start, before any event names them."""
    owed_for: int = 0
    """How long after its deadline a broken promise is owed, in microseconds; 0: it is over when it is broken."""

    opens_by_type: bool = False
    """Whether any event of the type that opens does so, whatever its condition says."""

    endless: bool = False
    """Whether a subject, once it is owed something, always is: then time alone settles its promises."""

    def reaction(self, event_type: str, *, counts: bool = True) -> Reaction:
        """Give `on_event` for events of one type: it judges an event in time, with all timers before it run.

        Without `counts` it is for events that open nothing, and are not judged or counted: they end what they end.
        """

    def on_scope(self, case: Case[Event], event: Event, context: JudgeContext[Event]) -> None:
        """Look whether there is anything to owe since an event: if not, what is owed is void, and counted anew."""
        state = case.states.get(self.standard.revision)
        if state is not None and not self.standard.owes(case.holds):
            context.void_all(self.standard, state, event)
            self.forget(state)

    def forget(self, state: StandardState[Event]) -> None:  # noqa: ARG002 - one signature for all shapes
        """Forget what was counted or measured so far: what comes then begins anew."""
        return

    def remember(self, case: Case[Event], event: Event) -> None:  # noqa: ARG002 - one signature for all shapes
        """Remember an event that would open something if there were anything to owe."""
        return

    def on_start(self, case: Case[Event], at: int, context: JudgeContext[Event]) -> None:  # noqa: ARG002 - one signature for all shapes
        """Begin to owe a listed subject at `at`; a shape that lists none does nothing."""
        return

    def on_timer(self, state: StandardState[Event], at: int, context: JudgeContext[Event]) -> None:  # noqa: ARG002 - one signature for all shapes
        """Give the warnings and verdicts that fall at `at`, which is `state.wake`, and set `state.wake` anew."""
        return

    def on_excused(self, state: StandardState[Event], at: int, context: JudgeContext[Event]) -> None:  # noqa: ARG002 - one signature for all shapes
        """Look at a state whose promise was excused at `at`, while it was owed."""
        return

    def on_changed_days(self, state: StandardState[Event], at: int, context: JudgeContext[Event]) -> None:  # noqa: ARG002 - one signature for all shapes
        """Let what is owed go by the calendar's hours as they are known from `at` on."""
        return

    def on_late_event(self, case: Case[Event], event: Event, context: JudgeContext[Event]) -> bool:  # noqa: ARG002 - one signature for all shapes
        """Take in an event that came after its time. Says whether it changed anything."""
        return False

    def end_late(self, event: Event, context: JudgeContext[Event]) -> None:  # noqa: ARG002 - one signature for all shapes
        """End by an event that came after its time what it ends: the part of `on_late_event` that opens nothing."""
        return


def test_for(clause: Clause | None, event_type: str) -> Test | None:
    """Give the test that a clause makes of events of a type, or None where the type does not concern it.

    What has to last for a while is no matter of one event: see `responding/lasting.py`.
    """
    wheres = [] if clause is None else [it.where for it in clause.all if it.event == event_type and not it.lasting]
    if not wheres:
        return None
    tests = [where.test for where in wheres if where is not None]
    if len(tests) < len(wheres):
        return _always
    return tests[0] if len(tests) == 1 else _any_of(tests)


def own_test(clause: Clause) -> Test:
    """Give the test that a clause makes of its own events, without those beside it."""
    return _always if clause.where is None else clause.where.test


def _any_of(tests: Sequence[Test]) -> Test:
    return lambda data, opening: any(test(data, opening) for test in tests)


def _always(_data: object, _opening: object) -> bool:
    return True


def opening_data(promise: Promise[Event]) -> object:
    """Give the data of the event that opened a promise, and its rows as they were then: `opening` in conditions."""
    data = promise.opening.data if promise.opening is not None else None
    return data if promise.rows is None else WithRows(data, promise.rows)


class OpeningRows(NamedTuple):
    """Copies what tables say of an event as it opens a promise, in the columns that a standard asks of the opening."""

    columns: Columns

    @classmethod
    def of(cls, standard: Standard) -> OpeningRows:
        """Find the columns in the conditions of a standard."""
        every = [each.where for clause in clauses(standard.shape).values() for each in clause.all]
        asked = (name for where in every if where is not None for name in where.opening_fields)
        return cls(columns_of(standard.tables, asked))

    def copy(self, event: Event) -> dict[str, str | None] | None:
        """Give what the rows say now; None where nothing is asked of them."""
        return said_of(self.columns, event.data) if self.columns else None

    def data(self, event: Event) -> object:
        """Give the data of an event as `opening_data` would if it opened a promise now."""
        return WithRows(event.data, said_of(self.columns, event.data)) if self.columns else event.data
