"""Judging a subject again: an event that came late takes its place, and what comes out otherwise becomes lines.

Theory of operation. A live case keeps a snapshot of its states from at least `settle` ago, and all events since. The
snapshot stands right after all that an instant brought, events and timers; it moves on past events that were also
received at least `settle` ago, so that of two senders who were both away, the second still finds room before the first.
An event behind the case's time, but not behind what has settled, is put in its place, and the subject is judged anew
from the snapshot. Each promise is then held against what the ledger says of it. The same: nothing is said. What the
ledger says is where the new run has been: the rest follows as ordinary lines. Otherwise one `corrected` line says how
the promise stands now, and one that is not there any more is `withdrawn`; it is remembered, since another late event
can bring it back.

What has settled is decided by the events' times and stamps alone, never by where a snapshot happens to stand, and late
events of one stamp are judged together. So the lines depend on what was received when, and not on batches.
Read next: `corrections.py` for the lines; `judge.py`, which judges what comes in time.
"""

from __future__ import annotations

from bisect import bisect_right, insort
from copy import copy
from itertools import islice
from operator import attrgetter, itemgetter
from typing import TYPE_CHECKING, Final

from standards.judge.case import Case, Snapshot
from standards.judge.context import JudgeContext, forget_settled
from standards.judge.corrections import Difference
from standards.judge.events import is_same
from standards.judge.progress import end_late, judge_events, judge_too_late, run_timers
from standards.judge.promise import NEVER

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from standards.judge.case import Effect, StandardState
    from standards.judge.events import Event
    from standards.judge.promise import Promise
    from standards.judge.rulebook import Group

    _Effect = Callable[[Event, Group, JudgeContext[Event]], object]

FEW: Final = 8
"""How many events at least lie between two snapshots: a subject with fewer needs none."""
_AT: Final = attrgetter("at")
MOST: Final = 2_000
"""How many events of a subject an earlier one can take its place among; what is older has settled early."""


def remember(events: Sequence[Event], group: Group, context: JudgeContext[Event]) -> None:
    """Keep events that were just judged, in order of time, no timer after them having run; move the snapshot on."""
    case, settle, logged = context.case, context.settle, len(context.case.log)
    if not case.log:
        case.revisions = group.judged_by
    case.log += events if case.base is None else [event for event in events if event.at > case.base.time]
    for last in range(max(logged, MOST), len(case.log)):
        _count_early(case.log[last - MOST], case.log[last], context)
    younger, received = case.younger, events[-1].received
    full = len(case.log) - case.cut > MOST
    early = younger is not None and younger.received >= received - settle
    if len(case.log) - case.cut < FEW or (early and not full):
        return
    if case.wake <= events[-1].at:
        run_timers(events[-1].at, group, context)
    _move_on(events[-1].at, context)


def settle_by_time(group: Group, context: JudgeContext[Event]) -> None:
    """Settle what a subject that always owes something was owed long ago, though it has no events that would do it."""
    case, reached = context.case, _latest_too_late(context.case.time - context.settle, group)
    if case.too_late and case.too_late[-1][0] >= case.time:
        return  # a snapshot stands before what came too late at its instant
    if all(not state.settled or state.settled[0].settled > reached for state in case.states.values()):
        return
    if case.younger is None or case.younger.time <= reached:
        _move_on(case.time, context)


def _latest_too_late(received: int, group: Group) -> int:
    """Give the last event time that has no place, at a stamp less `settle`, where a subject always owes something."""
    return received - group.forget_after if group.endless else -1


def _move_on(time: int, context: JudgeContext[Event]) -> None:
    """Let the younger snapshot be the one to judge again from, and take another at `time`, which the case has reached.

    Its events and timers up to there were judged, and none after it.
    """
    case, base = context.case, context.case.younger
    if base is not None:
        case.base = base
        for event in (*case.log[: case.cut], *(event for at, event in case.too_late if at < base.time)):
            case.grants.pop(_name(event), None)
        del case.log[: case.cut]
        case.too_late = [(at, event) for at, event in case.too_late if at >= base.time]
        reached = min([base.time, *(event.at - 1 for _, event in case.too_late)])
        for state in (*base.states.values(), *case.states.values()):
            forget_settled(state, time, reached)
        case.forgotten = _still_reached(case.forgotten, reached)
    case.younger, case.cut = _snapshot(case, time, case.log), len(case.log)


def _count_early(event: Event, newer: Event, context: JudgeContext[Event]) -> None:
    """Count an event that a newer one leaves no room for, if it was not received `settle` before that one."""
    context.settled_early += event.received >= newer.received - context.settle


def _still_reached(forgotten: Mapping[str, list[Promise[Event]]], time: int) -> dict[str, list[Promise[Event]]]:
    """Give what judging again can still find otherwise, of promises that no state has: what happened after a time."""
    found = {revision: [it for it in promises if it.last_at > time] for revision, promises in forgotten.items()}
    return {revision: promises for revision, promises in found.items() if promises}


def settle_now(case: Case[Event], group: Group) -> None:
    """Settle all that a case was judged by: what it stands on has changed, and from now on it is the group's."""
    for state in case.states.values():
        forget_settled(state, case.time, case.time)
    case.settle_all(case.time, _copies(case.states), group.judged_by)


def must_settle(case: Case[Event], group: Group) -> bool:
    """Say whether a case that was stored was judged by other standards than the group's, or by what is not known."""
    if case.base is None and not case.log:
        return case.touched >= 0 or bool(case.states)
    return case.revisions != group.judged_by


def settled_until(case: Case[Event], received: int, group: Group) -> int:
    """Give the event time up to which all is settled (-1: nothing), for what is received at a stamp less `settle`.

    All but the newest `MOST` events have settled. From there on it is walked in order of time, and stops at the first
    event that did not come before the stamp.
    """
    settled = max(0, len(case.log) - MOST)
    until = -1 if case.base is None else case.base.time
    if settled:
        until = case.log[settled - 1].at
    until = max(until, _latest_too_late(received, group))
    for event in islice(case.log, settled, None):
        if event.received >= received:
            break
        until = max(until, event.at)
    return until


def is_known(case: Case[Event], event: Event) -> bool:
    """Say whether an event is among those that the subject can be judged by again."""
    return any(is_same(event, it) for it in case.log)


def judge_again(
    late: Sequence[Event], group: Group, context: JudgeContext[Event], known: int = -1, since: int = NEVER
) -> Effect:
    """Put late events of one stamp in their places, judge the subject anew, and write what comes out otherwise.

    Says what the events came to, all together. Where there are none, `known` is when it is known, and `since` from when
    on it goes by what has changed.
    """
    case, lines = context.case, len(context.transitions)
    if not case.log:
        case.revisions = group.judged_by
    for event in late:
        insort(case.log, event, key=group.order)
        if len(case.log) > MOST:
            _count_early(case.log[-MOST - 1], event, context)
    start = _start(case, min([since, *(event.at for event in late)]))
    fresh: Case[Event] = Case(
        case.group, case.key, states=_copies(start.states), holds=start.holds, grants=case.grants,
        touched=start.time, wake=0 if start.states else NEVER,
    )  # fmt: skip
    again = _context(fresh, context)
    again.changed_until = min(start.time, since - 1)
    case.too_late = [(min(at, case.time), event) for at, event in case.too_late]
    if case.younger is not None and start is not case.younger:
        case.cut = bisect_right(case.log, case.younger.time, key=_AT)
        before = [(at if at < case.younger.time else NEVER, event) for at, event in case.too_late]
        _run(case.log[: case.cut], (start.time, case.younger.time), before, group, again)
        case.younger = _snapshot(fresh, case.younger.time, case.log[: case.cut])
    since = start.time if case.younger is None else case.younger.time
    _run(case.log[case.cut :], (since, case.time), case.too_late, group, again)
    context.unused += [unused for unused in again.unused if any(unused.event is event for event in late)]
    brought_up = (late[-1].received, late[-1]) if late else (known, None)
    Difference(group, context, again, start, brought_up).write()
    case.states, case.forgotten, case.touched, case.wake = fresh.states, fresh.forgotten, fresh.touched, fresh.wake
    case.holds, context.changed_until = fresh.holds, case.time
    kinds = {line.kind for line in context.transitions[lines:]}
    return "corrected" if kinds & {"corrected", "withdrawn"} else "added" if kinds else "in-place"


def _run(
    events: Sequence[Event], span: tuple[int, int], known: Sequence[tuple[int, Event]], group: Group,
    again: JudgeContext[Event],
) -> None:  # fmt: skip
    """Judge events and timers of a span of time, and all `known` that came too late.

    That ends at its own time what it ended, so that no event that has its place does it instead; the rest of its effect
    comes about where it did.
    """
    start, until = span
    steps: list[tuple[int, _Effect, Event]] = [
        (max(start, event.at), end_late, event) for _, event in known if event.at <= until
    ]
    steps += [(time, judge_too_late, event) for time, event in known if time >= start]
    done = 0
    for time, step, event in sorted(steps, key=itemgetter(0)):
        if time > until:
            break
        place = bisect_right(events, time, key=_AT)
        _reach(events[done:place], time, group, again)
        step(event, group, again)
        done = place
    _reach(events[done:], until, group, again)


def _reach(events: Sequence[Event], until: int, group: Group, again: JudgeContext[Event]) -> None:
    judge_events(events, group, again)
    if again.case.wake <= until:
        run_timers(until, group, again)
    again.case.time = until


def _start(case: Case[Event], since: int) -> Snapshot[Event]:
    """Give the snapshot to begin from: the younger one where all is after it, and no state was forgotten since."""
    younger = case.younger
    kept = all(it.state == "withdrawn" for promises in case.forgotten.values() for it in promises)
    if younger is not None and kept and since > younger.time:
        return younger
    return case.base or Snapshot(-1)


def _context(fresh: Case[Event], context: JudgeContext[Event]) -> JudgeContext[Event]:
    """Give what a new run writes to; it hears what the case heard, and was told of what was silent."""
    again: JudgeContext[Event] = JudgeContext(fresh, context.settle)
    again.heard = context.heard
    again.lost = frozenset(
        (revision, it.last_at)
        for revision, state in context.case.states.items()
        for it in state.settled
        if it.state == "unknown"
    )
    return again


def _snapshot(case: Case[Event], time: int, events: Iterable[Event]) -> Snapshot[Event]:
    """Take a snapshot of a case in which some events were judged last."""
    return Snapshot(time, max((event.received for event in events), default=-1), _copies(case.states), case.holds)


def _copies(states: dict[str, StandardState[Event]]) -> dict[str, StandardState[Event]]:
    """Copy states as deep as judging changes them; events are shared."""
    found = {}
    for revision, state in states.items():
        own = found[revision] = copy(state)
        own.open = [copy(promise) for promise in state.open]
        own.overdue = [copy(promise) for promise in state.overdue]
        own.settled = [copy(promise) for promise in state.settled]
        own.undoable = None if state.undoable is None else copy(state.undoable)
        own.recent = None if state.recent is None else list(state.recent)
        own.times = None if state.times is None else list(state.times)
        own.tally = None if state.tally is None else state.tally.copied()
        own.rolled = None if state.rolled is None else state.rolled.copied()
    return found


def _name(event: Event) -> str:
    """Name a grant by its source and id."""
    return f"{event.source} {event.id}"
