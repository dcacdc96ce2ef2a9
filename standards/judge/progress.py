"""A case's progress: events in order, each after the timers that are due before it, and timers up to an instant.

Read next: `judge.py`, which says when, and `judging_again.py`, which does it once more.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from standards.errors import StateError
from standards.judge.case import Unused
from standards.judge.events import Event
from standards.judge.excuse import excuse
from standards.judge.promise import NEVER
from standards.judge.rulebook import GRANT

if TYPE_CHECKING:
    from collections.abc import Sequence

    from standards.judge.case import Case, StandardState
    from standards.judge.context import JudgeContext
    from standards.judge.rulebook import Group
    from standards.judge.shapes.machine import Machine


class JudgeDefect(Exception):  # noqa: N818 - it is a defect, and not an error of whoever called
    """Judging raised what nobody foresaw, which is its `__cause__`: a defect in Kept.

    `case` is the (group, key) of the case that was judged. `event` is the event that was being judged, or None: then it
    was a timer, or the case itself. The case and the context are half changed: judge on from a snapshot.
    """

    def __init__(self, error: Exception, case: Case[Event], event: object = None) -> None:
        self.case = case.group, case.key
        self.event = event if isinstance(event, Event) else None
        culprit = "a timer" if self.event is None else f"event {self.event.id!r} of {self.event.source!r}"
        super().__init__(f"{culprit} of case {case.group} {case.key} could not be judged: {error!r}")


def judge_events(events: Sequence[Event], group: Group, context: JudgeContext[Event]) -> None:
    """Judge events, which are in order of time, each after all timers before it. No timer runs after the last one.

    Raises StateError, JudgeDefect.
    """
    case, reactions = context.case, group.reactions
    if events and case.wake == NEVER:
        case.wake = events[0].at + group.forget_after
    if group.changed_at:
        case.wake = min(case.wake, group.next_change(context.changed_until))
    last, event = case.touched, None
    try:
        for event in events:
            at = event.at
            if case.wake < at:
                case.touched = last
                run_timers(at - 1, group, context)
            for on_event in reactions[type(event)]:
                on_event(case, event, context)
            last = at
    except (StateError, JudgeDefect):
        raise
    except Exception as error:
        raise JudgeDefect(error, case, event) from error
    case.touched = last


def judge_too_late(event: Event, group: Group, context: JudgeContext[Event]) -> bool:
    """Let an event that has no place any more do what it still can; say whether it did anything.

    Raises StateError, JudgeDefect.
    """
    lines = len(context.transitions)
    if event.__struct_config__.tag == GRANT:
        excuse(event, group.machines, context, late=True)
        return len(context.transitions) > lines
    follow = group.follow.get(type(event))
    was = context.case.holds
    try:
        if follow is not None:
            follow(context.case, event, context)
        changed = [machine.on_late_event(context.case, event, context) for machine in group.machines]
    except StateError:
        raise
    except Exception as error:
        raise JudgeDefect(error, context.case, event) from error
    if not any(changed):
        context.unused.append(Unused(event, "late"))
    return len(context.transitions) > lines or context.case.holds is not was


def end_late(event: Event, group: Group, context: JudgeContext[Event]) -> None:
    """Let an event that has no place any more end what it was in time for, or what was overdue then."""
    if event.__struct_config__.tag != GRANT:
        for machine in group.machines:
            machine.end_late(event, context)


def run_timers(until: int, group: Group, context: JudgeContext[Event]) -> None:
    """Run every timer up to an instant, earliest first; forget a subject that has owed nothing for long.

    Whoever owes nothing only after this instant is not forgotten before `forget_after` from it: hence the bound on
    `wake`.
    """
    case = context.case
    several = len(case.states) > 1
    states = sorted(case.states.items()) if several else case.states.items()
    pairs = [(state, group.by_revision[revision]) for revision, state in states]
    change = group.next_change(context.changed_until) if group.changed_at else NEVER
    try:
        while pairs:
            state, machine = min(pairs, key=lambda pair: pair[0].wake) if several else pairs[0]
            if change <= min(state.wake, until):
                change = _change_days(change, pairs, group, context)
                continue
            if state.wake > until:
                break
            machine.on_timer(state, state.wake, context)
    except StateError:
        raise
    except Exception as error:
        raise JudgeDefect(error, case) from error
    if change != NEVER:
        context.changed_until = max(context.changed_until, until)
        change = group.next_change(context.changed_until)
    case.wake = min([until + group.forget_after, change, *(state.wake for state, _ in pairs)])
    if all(state.idle for state in case.states.values()):
        case.wake = min(_forgotten_at(until, group, context), change)


def _forgotten_at(until: int, group: Group, context: JudgeContext[Event]) -> int:
    """Forget a subject that has owed nothing for long by an instant; gives when to look at it again."""
    case = context.case
    forget_at = case.touched + group.forget_after
    if forget_at > until:
        return forget_at
    if context.settle:
        for revision, state in case.states.items():
            case.forgotten.setdefault(revision, []).extend([*state.settled, *filter(None, [state.undoable])])
    case.states.clear()
    case.holds = {}
    return max(forget_at, until) + context.settle if context.settle else case.wake


def _change_days(
    change: int, pairs: Sequence[tuple[StandardState[Event], Machine]], group: Group, context: JudgeContext[Event]
) -> int:
    """Let what is owed go by the days that are changed from an instant on; gives the instant of the next change.

    What came too late to find its place comes about right after the last event.
    """
    at = max(change, context.case.touched)
    for state, machine in pairs:
        if change in machine.standard.changed_at:
            machine.on_changed_days(state, at, context)
    context.changed_until = change
    return group.next_change(change)
