"""Excusing: an exception was granted for a subject, so its promise is not owed, or was not broken.

Read next: `judge.py`.
"""

from __future__ import annotations

from operator import attrgetter
from typing import TYPE_CHECKING

from standards.judge.case import Unused
from standards.judge.promise import VERDICTS
from standards.judge.standard import SCENARIO
from standards.natural import is_among

if TYPE_CHECKING:
    from collections.abc import Iterable

    from standards.judge.case import StandardState
    from standards.judge.context import JudgeContext
    from standards.judge.events import Event
    from standards.judge.promise import Kind, Promise, State
    from standards.judge.shapes.machine import Machine
    from standards.judge.standard import Standard


_BY_VERDICT = attrgetter("settled", "opened")


def excuse(event: Event, machines: Iterable[Machine], context: JudgeContext[Event], *, late: bool = False) -> None:
    """Excuse the subject's promises of the standard that the grant names: those that are owed, or not long over.

    A grant that names a `promise` reaches that one alone. Without a name it reaches the open ones; where none is open,
    the one that is overdue since last; and where none is overdue, the one that failed last within the horizon. Judged
    again, it reaches those that it reached the first time.
    """
    named = [machine for machine in machines if machine.standard.id == event.data.standard]
    if not named:
        return  # the grant is here because a standard counts grants
    reached: list[str] = []
    refused = False
    for machine in named:
        standard = machine.standard
        state = context.case.states.get(standard.revision)
        if state is None:
            continue
        if not is_among(event.data.by, standard.may_excuse):
            refused = True
            continue
        for promise in _reached(state, standard, event, context):
            _grant(machine, state, promise, event, context, late=late)
            reached.append(promise.identify(standard.id, context.case.key))
    if context.settle and reached and event.data.promise is None:
        context.case.grants[f"{event.source} {event.id}"] = reached
    if not reached:
        context.unused.append(Unused(event, "not-allowed" if refused else "nothing-to-excuse"))


def _reached(
    state: StandardState[Event], standard: Standard, event: Event, context: JudgeContext[Event]
) -> list[Promise[Event]]:
    named, bound = event.data.promise, context.case.grants.get(f"{event.source} {event.id}")
    opened = [promise for promise in state.open if promise.opened <= event.at]
    overdue = sorted((p for p in state.overdue if p.opened <= event.at), key=_BY_VERDICT)
    done = [] if state.undoable is None else [state.undoable]
    over = [p for p in (*state.settled, *done) if p.opened <= event.at and context.excusable(p, event.at)]
    if named is not None:
        return [p for p in (*opened, *overdue, *over) if p.identify(standard.id, context.case.key) == named]
    if bound is not None:
        same = [p for p in (*opened, *overdue, *over) if p.identify(standard.id, context.case.key) in bound]
        if same:  # else an earlier event has opened the same need under another id
            return same
    return opened or overdue[-1:] or sorted(over, key=_BY_VERDICT)[-1:]


def _grant(  # noqa: PLR0913 - one line of the ledger has this many facts
    machine: Machine,
    state: StandardState[Event],
    promise: Promise[Event],
    event: Event,
    context: JudgeContext[Event],
    *,
    late: bool,
) -> None:
    standard = machine.standard
    settled = promise.state in VERDICTS
    now = max(context.case.time, event.at)
    if promise is state.undoable:
        context.settle_done(state)
    owed = not settled or any(promise is other for other in state.overdue)
    if owed:
        state.barred = promise.opening if state.up else None
        runs = {name: each for name, each in (state.need_runs or {}).items() if name != "barred"}
        state.need_runs = (runs | ({"barred": promise.runs} if promise.runs and state.barred else {})) or None
    kind: Kind = "corrected" if settled else "excused"
    corrected: State | None = "excused" if settled else None
    by = event.data.by if event.data.by.startswith(SCENARIO) else ""
    if late:
        context.reveal(standard, promise, kind, event, corrected=corrected, reason=by)
    else:
        context.write(standard, promise, kind, event.at, cause=event, corrected=corrected, reason=by)
    if not settled:
        context.close(state, promise, event.at)
    elif owed:
        context.relieve(state, promise, now)
    if owed:
        machine.on_excused(state, now, context)
