"""The judge: one subject's case and some facts in, the case after them and its transitions out.

Theory of operation. Facts are events, ticks and what was heard of feeds. An event that arrives is first held: the
judge sees each subject in the order of event time, so nothing is judged until a tick says that time has reached it.
A tick to t judges the held events up to t; before each of them every timer that is due earlier runs first, at its own
time, and after them every timer up to t. A transition's time is therefore a deadline or an event's time, never the
time of a tick: how often ticks come, how facts are batched and which host runs cannot change the ledger.

An event at or before the case's time is late. In a live host the subject is judged again with the event in its place,
unless that has settled; then it opens what is still due ahead and ends what is overdue, no more. The second event with
one (source, id) is inert. A subject that owes nothing is forgotten `forget_after` after its last event.

`feed` changes the case it is given and gives it back; a caller that may have to go back keeps its own snapshot.
Knows: cases and machines. Must not know: any shape, or where facts come from. Read next: `shapes/machine.py`.
"""

from __future__ import annotations

from bisect import bisect_right
from operator import attrgetter
from typing import TYPE_CHECKING, Any, Final, final

import msgspec

from standards.errors import StateError
from standards.judge.case import Case, Identity, Late, Step, Unused
from standards.judge.context import JudgeContext
from standards.judge.events import Event, Tick, microseconds
from standards.judge.feeds import Heard
from standards.judge.judging_again import is_known, judge_again, remember, settle_by_time, settle_now, settled_until
from standards.judge.progress import JudgeDefect, judge_events, judge_too_late, run_timers
from standards.judge.promise import NEVER
from standards.judge.rulebook import GRANT

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    from standards.judge.case import Effect
    from standards.judge.rulebook import Group, Rulebook

DEDUPE_HORIZON = 600_000_000
"""How long an event's identity is remembered, in microseconds of event time."""
DEDUPE_LEAST = 1000
"""How many identities a case remembers at least, within the horizon; at most twice as many."""


@final
class Start(msgspec.Struct, frozen=True, gc=False):
    """The standards begin to be owed at `at` (microseconds UTC) to the subjects that they list."""

    at: int


@final
class Changed(msgspec.Struct, frozen=True, gc=False):
    """Days of calendars are changed from `at` on, as is known at `known` (microseconds UTC)."""

    at: int
    known: int


class Back(msgspec.Struct, frozen=True, gc=False):
    """Time goes back to `at`, as is known at `known` (microseconds UTC); `heard` says which feeds were silent when."""

    at: int
    known: int
    heard: Heard | None = None


Fact = Event | Tick | Heard | Start | Changed
_NOT_EVENTS: Final[Collection[type[object]]] = frozenset({Tick, Heard, Start, Changed})
_AT = attrgetter("at")


def feed(case: Case[Event], facts: Iterable[Fact], rulebook: Rulebook, settle: int = 0) -> Step[Event]:
    """Judge one subject's facts: an event before its tick, `Heard` before both. Raises StateError, JudgeDefect.

    `settle` is how long in microseconds after an event was received an earlier one can take its place; 0 in history.
    """
    group = rulebook.groups[case.group]
    context: JudgeContext[Event] = JudgeContext(case, settle)
    _take(case, facts, group, context)
    return _step(case, group, context)


def take_back(case: Case[Event], back: Back, rulebook: Rulebook, settle: int) -> Step[Event]:
    """Take a live case back to an instant, and judge again what was judged by clocks alone since. Raises as `feed`.

    It goes back no further than its last event, nor than what has settled: that nothing can change any more.
    """
    group = rulebook.groups[case.group]
    context: JudgeContext[Event] = JudgeContext(case, settle)
    context.heard = back.heard
    settled = -1 if case.base is None else case.base.time
    case.time = max(back.at, settled, case.log[-1].at if case.log else -1)
    if case.younger is not None and case.younger.time > case.time:  # a clock took it in the false future
        case.younger, case.cut = None, 0
    try:
        judge_again((), group, context, known=back.known)
    except (StateError, JudgeDefect):
        raise
    except Exception as error:
        raise JudgeDefect(error, case, back) from error
    return _step(case, group, context)


def _take(  # noqa: C901, PLR0912 - this loop runs for every event there is, and a call would be its dearest part
    case: Case[Event], facts: Iterable[Fact], group: Group, context: JudgeContext[Event]
) -> None:
    home, seen, before, newest = case.home, case.seen, case.seen_before, case.newest
    hold, time, ordered = case.held.append, case.time, not group.level
    rotate_at = case.rotated + DEDUPE_HORIZON
    late: list[Event] = []
    fact: Any = None  # to ask it whether it is an event would cost three times as much as one look-up
    try:
        for fact in facts:
            if type(fact) not in _NOT_EVENTS:
                at = fact.at  # which is its stamp where its sender's clock is ahead; a repeat has another stamp
                if fact.source == home:
                    name: Identity = fact.id
                else:
                    name, rotate_at = _foreign(case, fact), case.rotated + DEDUPE_HORIZON
                if name in seen or name in before:
                    if _is_repeat(fact, max(seen.get(name, -NEVER), before.get(name, -NEVER)), newest):
                        context.duplicates += 1
                        continue
                    if name in seen:  # used again for another event, where stores only add
                        case.generation += 2
                seen[name] = at if at != fact.received else microseconds(fact.time)
                if at > rotate_at or len(seen) >= DEDUPE_LEAST:
                    _late_before(fact, late, group, context)
                    seen, before, rotate_at = _rotate(case, max(newest, at), stamped=context.settle or fact.received)
                if at >= newest:
                    newest = at
                else:
                    ordered = False
                (hold if at > time else late.append)(fact)
            elif type(fact) is Tick:
                if late:
                    _late(late, fact.at, group, context)
                _reach(fact.at, group, context, ordered=ordered)
                hold, time, ordered = case.held.append, case.time, not group.level
            elif type(fact) is Heard:
                context.heard = fact
            else:
                _late(late, NEVER, group, context)
                _begin_or_change(fact, group, context)
        if late:
            _late(late, NEVER, group, context)
    except (StateError, JudgeDefect):
        raise
    except Exception as error:
        raise JudgeDefect(error, case, fact) from error
    case.newest = newest
    if not ordered:
        case.held.sort(key=group.order)


def _is_repeat(event: Event, last: int, newest: int) -> bool:
    """Say whether an event is the one of its name that was `last` seen: soon before, or at the time it claims."""
    claimed = event.at if event.at != event.received else microseconds(event.time)
    return last >= max(newest, event.at) - DEDUPE_HORIZON or last == claimed


def _foreign(case: Case[Event], event: Event) -> Identity:
    """Name an event that is not from the source that the case heard from first: by its source as well."""
    if not case.home:
        case.home, case.rotated = event.source, event.at
    return event.id if event.source == case.home else (event.source, event.id)


def _late_before(event: Event, late: list[Event], group: Group, context: JudgeContext[Event]) -> None:
    """Take in late events that were received before another: what is remembered by then says if they are repeats."""
    if late and late[0].received < event.received:
        _late(late, NEVER, group, context)


def _rotate(case: Case[Event], newest: int, *, stamped: int) -> tuple[dict[Identity, int], dict[Identity, int], int]:
    """Begin a new generation of identities: the last one is kept, the one before it is forgotten.

    Gives both, and the event time after which the next one begins.

    What the one before holds was seen by `rotated`. A rotation for the sake of time comes more than the horizon after
    that, so nothing is forgotten by which a repeat could still be recognised. What is `stamped` can claim a time
    that is ahead of all others.
    """
    case.seen_before, case.seen, case.generation = case.seen, {}, case.generation + 1
    case.rotated_before, case.rotated = case.rotated, max(newest, *case.seen_before.values()) if stamped else newest
    return case.seen, case.seen_before, case.rotated + DEDUPE_HORIZON


def _step(case: Case[Event], group: Group, context: JudgeContext[Event]) -> Step[Event]:
    wake_at = min(case.wake, case.held[0].at) if case.held else case.wake
    gone = not (case.held or case.states or case.holds)
    if gone and context.settle:  # what was received lately can come again, or an earlier event can take its place
        settled = case.time - context.settle
        gone = case.touched + group.forget_after <= settled and all(event.received <= settled for event in case.log)
    return Step(
        None if gone else case, context.transitions, wake_at, context.duplicates, tuple(context.unused),
        context.settled_early, tuple(context.late),
    )  # fmt: skip


def _reach(until: int, group: Group, context: JudgeContext[Event], *, ordered: bool) -> None:
    """Bring the case to an instant: judge what was held up to it, and run every timer up to it.

    What is held is in order of time when it was so before and all that came since did.
    """
    case, held = context.case, context.case.held
    if held:
        if not ordered:
            held.sort(key=group.order)
        cut = len(held) if held[-1].at <= until else bisect_right(held, until, key=_AT)
        case.held, events = held[cut:], held if cut == len(held) else held[:cut]
        judge_events(events, group, context)
        if context.settle and events:
            remember(events, group, context)
    if case.wake <= until:
        run_timers(until, group, context)
    case.time = max(case.time, until)
    if group.endless and context.settle:
        settle_by_time(group, context)


def _late(late: list[Event], until: int, group: Group, context: JudgeContext[Event]) -> None:
    """Take in events of one stamp that are behind the case's time, once time goes on `until` another instant."""
    case, placed = context.case, []
    if not late or until <= case.time:
        return
    settled = settled_until(case, late[0].received - context.settle, group) if context.settle else NEVER
    for event in late:
        if event.at <= settled:
            context.late.append(Late(event, _too_late(event, group, context)))
        elif is_known(case, event):
            context.duplicates += 1
        else:
            placed.append(event)
    late.clear()
    if placed:
        effect = judge_again(placed, group, context)
        context.late += [Late(event, effect) for event in placed]


def _too_late(event: Event, group: Group, context: JudgeContext[Event]) -> Effect:
    """Let an event that came too late to be judged where it belongs do what it still can; say what it came to.

    One that is older than all identities that are remembered may be a repeat: nobody can tell, so it does nothing.
    Whatever it does is known when it was received or, in history, at the case's time.
    """
    case, lines = context.case, len(context.transitions)
    if event.at <= case.rotated_before:
        context.unused.append(Unused(event, "too-old-to-tell"))
        return "too-old-to-tell"
    changed = judge_too_late(event, group, context)
    if event.__struct_config__.tag != GRANT:
        known = event.received or max(case.time + 1, event.at)
        context.transitions[lines:] = [msgspec.structs.replace(it, known=known) for it in context.transitions[lines:]]
    if not changed:
        return "changed-nothing"
    if context.settle:
        case.too_late.append((case.time, event))
    return "came-too-late"


def _begin_or_change(fact: Start | Changed, group: Group, context: JudgeContext[Event]) -> None:
    """Begin to owe what is listed, or judge again by days that were changed."""
    if isinstance(fact, Start):
        _start(fact.at, group, context)
    else:
        judge_again((), group, context, fact.known, fact.at)


def _start(at: int, group: Group, context: JudgeContext[Event]) -> None:
    lines = len(context.transitions)
    for machine in group.machines:
        machine.on_start(context.case, at, context)
    context.case.touched = max(context.case.touched, at)
    if context.settle and len(context.transitions) > lines:
        settle_now(context.case, group)
