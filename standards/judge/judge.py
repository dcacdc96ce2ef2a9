"""The judge: one subject's case and some facts in, the case after them and its transitions out.

Theory of operation. Facts are events, ticks and what was heard of feeds. An event that arrives is first held: the
judge sees each subject in the order of event time, so nothing is judged until a tick says that time has reached it.
A tick to t judges the held events up to t; before each of them every timer that is due earlier runs first, at its own
time, and after them every timer up to t. A transition's time is therefore a deadline or an event's time, never the
time of a tick: how often ticks come, how facts are batched and which host runs cannot change the ledger.

An event at or before the case's time is late evidence: it can still correct a verdict, and opens nothing. The second
event with one (source, id) is inert. A subject that owes nothing is forgotten `forget_after` after its last event.

`feed` changes the case it is given and gives it back; a caller that may have to go back keeps its own snapshot.
Knows: cases and machines. Must not know: any shape, or where facts come from. Read next: `shapes/machine.py`.
"""

from __future__ import annotations

from bisect import bisect_right
from operator import attrgetter
from typing import TYPE_CHECKING, final

import msgspec

from standards.errors import StateError
from standards.judge.case import Case, Identity, JudgeContext, Step, Unused
from standards.judge.events import Event, Tick
from standards.judge.excuse import excuse
from standards.judge.feeds import Heard
from standards.judge.promise import NEVER
from standards.judge.rulebook import GRANT

if TYPE_CHECKING:
    from collections.abc import Iterable

    from standards.judge.rulebook import Group, Rulebook

DEDUPE_HORIZON = 600_000_000
"""How long an event's identity is remembered, in microseconds of event time."""
DEDUPE_LEAST = 1000
"""How many identities a case remembers at least, within the horizon; at most twice as many."""


@final
class Start(msgspec.Struct, frozen=True, gc=False):
    """The standards begin to be owed at `at` (microseconds UTC) to the subjects that they list."""

    at: int


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


Fact = Event | Tick | Heard | Start
_AT = attrgetter("at")


def feed(  # noqa: C901, PLR0912 - this loop runs for every event there is, and a call would be its dearest part
    case: Case[Event], facts: Iterable[Fact], rulebook: Rulebook
) -> Step[Event]:
    """Judge one subject's facts: an event before its tick, `Heard` before both. Raises StateError, JudgeDefect."""
    group = rulebook.groups[case.group]
    context: JudgeContext[Event] = JudgeContext(case)
    home, seen, before, newest = case.home, case.seen, case.seen_before, case.newest
    hold, time, ordered = case.held.append, case.time, not group.level
    rotate_at = case.rotated + DEDUPE_HORIZON
    fact = None
    try:
        for fact in facts:
            if type(fact) is Tick:
                _reach(fact.at, group, context, ordered=ordered)
                hold, time, ordered = case.held.append, case.time, not group.level
            elif type(fact) is Heard:
                context.heard = fact
            elif type(fact) is Start:
                _start(fact.at, group, context)
            else:
                at = fact.at
                if fact.source == home:
                    name: Identity = fact.id
                else:
                    name, rotate_at = _foreign(case, fact), case.rotated + DEDUPE_HORIZON
                if name in seen or name in before:
                    if max(seen.get(name, -NEVER), before.get(name, -NEVER)) >= newest - DEDUPE_HORIZON:
                        context.duplicates += 1
                        continue
                else:
                    seen[name] = at
                    if at > rotate_at or len(seen) >= DEDUPE_LEAST:
                        seen, before = _rotate(case, max(newest, at))
                        rotate_at = case.rotated + DEDUPE_HORIZON
                if at >= newest:
                    newest = at
                else:
                    ordered = False
                if at > time:
                    hold(fact)
                else:
                    _late(fact, group, context)
    except (StateError, JudgeDefect):
        raise
    except Exception as error:
        raise JudgeDefect(error, case, fact) from error
    case.newest = newest
    if not ordered:
        case.held.sort(key=group.order)
    return _step(case, context)


def _foreign(case: Case[Event], event: Event) -> Identity:
    """Name an event that is not from the source that the case heard from first: by its source as well."""
    if not case.home:
        case.home, case.rotated = event.source, event.at
    return event.id if event.source == case.home else (event.source, event.id)


def _rotate(case: Case[Event], newest: int) -> tuple[dict[Identity, int], dict[Identity, int]]:
    """Begin a new generation of identities: the last one is kept, the one before it is forgotten.

    What the one before holds was seen by `rotated`. A rotation for the sake of time comes more than the horizon after
    that, so nothing is forgotten by which a repeat could still be recognised.
    """
    case.seen_before, case.seen, case.generation, case.rotated = case.seen, {}, case.generation + 1, newest
    return case.seen, case.seen_before


def _step(case: Case[Event], context: JudgeContext[Event]) -> Step[Event]:
    wake_at = min(case.wake, case.held[0].at) if case.held else case.wake
    gone = not (case.held or case.states)
    return Step(None if gone else case, context.transitions, wake_at, context.duplicates, tuple(context.unused))


def _reach(until: int, group: Group, context: JudgeContext[Event], *, ordered: bool) -> None:
    """Bring the case to an instant: judge what was held up to it, and run every timer up to it.

    What is held is in order of time when it was so before and all that came since did.
    """
    case, held, reactions = context.case, context.case.held, group.reactions
    if held:
        if not ordered:
            held.sort(key=group.order)
        if case.wake == NEVER:
            case.wake = held[0].at + group.forget_after
        cut = len(held) if held[-1].at <= until else bisect_right(held, until, key=_AT)
        case.held, last = held[cut:], case.touched
        try:
            for event in held if cut == len(held) else held[:cut]:
                at = event.at
                if case.wake < at:
                    case.touched = last
                    _run_timers(at - 1, group, context)
                for on_event in reactions[type(event)]:
                    on_event(case, event, context)
                last = at
        except (StateError, JudgeDefect):
            raise
        except Exception as error:
            raise JudgeDefect(error, case, event) from error
        case.touched = last
    if case.wake <= until:
        _run_timers(until, group, context)
    case.time = max(case.time, until)


def _run_timers(until: int, group: Group, context: JudgeContext[Event]) -> None:
    """Run every timer up to an instant, earliest first; forget a subject that has owed nothing for long.

    Whoever owes nothing only after this instant is not forgotten before `forget_after` from it: hence the bound on
    `wake`.
    """
    case = context.case
    pairs = [(state, group.by_revision[revision]) for revision, state in sorted(case.states.items())]
    try:
        while pairs:
            state, machine = min(pairs, key=lambda pair: pair[0].wake)
            if state.wake > until:
                break
            machine.on_timer(state, state.wake, context)
    except StateError:
        raise
    except Exception as error:
        raise JudgeDefect(error, case) from error
    case.wake = min([until + group.forget_after, *(state.wake for state, _ in pairs)])
    if all(state.idle for state in case.states.values()):
        forget_at = case.touched + group.forget_after
        if forget_at <= until:
            case.states.clear()
        else:
            case.wake = forget_at


def _late(event: Event, group: Group, context: JudgeContext[Event]) -> None:
    case = context.case
    if event.__struct_config__.tag == GRANT:
        excuse(event, group.standards, context, late=True)
        return
    changed = False
    for machine in group.machines:
        if machine.on_late_event(case, event, context):
            changed = True
    if not changed:
        context.unused.append(Unused(event, "late"))


def _start(at: int, group: Group, context: JudgeContext[Event]) -> None:
    for machine in group.machines:
        machine.on_start(context.case, at, context)
    context.case.touched = max(context.case.touched, at)
