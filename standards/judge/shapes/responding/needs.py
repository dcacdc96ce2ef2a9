"""Needs that are not owed, and what must have lasted to end them.

A need is barred by an excuse, waits for the end of a rest, or stands while there is nothing to owe. What `expect` and
`unless` ask for ends it, as it ends a promise; where that must last, it counts from when the need was spoken of.
Read next: `lasting_machine.py`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, get_args

from standards.judge.shapes.responding.lasting import carried_on, complete

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from standards.judge.case import StandardState
    from standards.judge.context import JudgeContext
    from standards.judge.events import Event
    from standards.judge.promise import Run
    from standards.judge.shapes.machine import OpeningRows
    from standards.judge.shapes.responding.lasting import Lasting
    from standards.judge.standard import Standard

    Runs = dict[int, Run[Event]] | None

Need = Literal["barred", "waiting", "standing"]
NEEDS: tuple[Need, ...] = get_args(Need)


def of(state: StandardState[Event] | None) -> dict[Need, Event | None]:
    """Give the events that spoke of the needs there are."""
    return {} if state is None else {name: getattr(state, name) for name in NEEDS}


def begin_anew(state: StandardState[Event], before: Mapping[Need, Event | None]) -> None:
    """Forget the runs of each need that is another one than before."""
    known, now = state.need_runs or {}, of(state)
    state.need_runs = {name: known[name] for name in NEEDS if name in known and now[name] is before.get(name)} or None


def carry_on(
    state: StandardState[Event], clauses: Iterable[Lasting], event: Event, event_type: str, rows: OpeningRows
) -> None:
    """Begin, go on or cut what would end a need, and end it where that was long enough, and nobody could tell then.

    `rows` has what is asked of the event that spoke of it.
    """
    for name, opening in of(state).items():
        if opening is not None:
            known = (state.need_runs or {}).get(name)
            runs = carried_on(known, clauses, event, event_type, rows.data(opening))
            _note(state, name, runs, over=any(run.complete for run in (runs or {}).values()))


def complete_at(
    state: StandardState[Event],
    clauses: Iterable[Lasting],
    at: int,
    standard: Standard,
    context: JudgeContext[Event],
) -> None:
    """End each need that what lasted up to an instant ends."""
    for name in NEEDS:
        known = (state.need_runs or {}).get(name)
        runs, last = complete(known, clauses, at, standard, context)
        if known is not None:
            _note(state, name, runs, over=last is not None)


def _note(state: StandardState[Event], name: Need, runs: Runs, *, over: bool) -> None:
    others = {key: each for key, each in (state.need_runs or {}).items() if key != name}
    if over:
        setattr(state, name, None)
    elif runs:
        others[name] = runs
    state.need_runs = others or None
