"""Judging a subject again: an event that came late takes its place, and what comes out otherwise becomes lines.

Theory of operation. A live case keeps a snapshot of its states from at least `settle` ago, and all events since. The
snapshot stands right after an event and before any timer after it ran; it moves on past events that were also received
at least `settle` ago, so that of two senders who were both away, the second still finds room before the first. An
event behind the case's time, but not behind what has settled, is put in its place, and the subject is judged anew from
the snapshot. Each promise is then held against what the ledger says of it. The same: nothing is said. What the ledger
says is where the new run has been: the rest follows as ordinary lines. Otherwise one `corrected` line says how the
promise stands now, and one that is not there any more is `withdrawn`; it is remembered, since another late event can
bring it back.

What has settled is decided by the events' times and stamps alone, never by where a snapshot happens to stand, and late
events of one stamp are judged together. So the lines depend on what was received when, and not on batches.
Read next: `judge.py`, which judges what comes in time.
"""

from __future__ import annotations

from bisect import bisect_right, insort
from copy import copy
from itertools import islice
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

import msgspec

from standards.judge.case import Case, Snapshot
from standards.judge.context import JudgeContext, forget_settled
from standards.judge.progress import judge_events, run_timers
from standards.judge.promise import NEVER, Transition

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from standards.judge.case import StandardState
    from standards.judge.events import Event
    from standards.judge.promise import Promise
    from standards.judge.rulebook import Group

    Remembered = dict[str, tuple[str, Promise[Event]]]

FEW: Final = 8
"""How many events at least lie between two snapshots: a subject with fewer needs none."""
NONE: Final[Mapping[str, list[Promise[Event]]]] = MappingProxyType({})
MOST: Final = 2_000
"""How many events of a subject an earlier one can take its place among; what is older has settled early."""


def remember(events: Sequence[Event], group: Group, context: JudgeContext[Event]) -> None:
    """Keep events that were just judged, in order of time, no timer after them having run; move the snapshot on."""
    case, settle, logged = context.case, context.settle, len(context.case.log)
    if not case.log:
        case.revisions = tuple(group.by_revision)
    case.log += events if case.base is None else [event for event in events if event.at > case.base.time]
    for last in range(max(logged, MOST), len(case.log)):
        _count_early(case.log[last - MOST], case.log[last], context)
    younger, received = case.younger, events[-1].received
    full = len(case.log) - case.cut > MOST
    early = younger is not None and younger.received >= received - settle
    if len(case.log) - case.cut < FEW or (early and not full):
        return
    if younger is not None:
        case.base = younger
        for event in case.log[: case.cut]:
            case.grants.pop(_name(event), None)
        del case.log[: case.cut]
        for state in (*younger.states.values(), *case.states.values()):
            forget_settled(state, events[-1].at, younger.time)
        case.forgotten = _still_reached(case.forgotten, younger.time)
    case.younger, case.cut = _snapshot(case, events[-1].at, max(each.received for each in case.log)), len(case.log)


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
    case.settle_all(case.time, _copies(case.states), tuple(group.by_revision))


def must_settle(case: Case[Event], group: Group) -> bool:
    """Say whether a case that was stored was judged by other standards than the group's, or by what is not known."""
    if case.base is None and not case.log:
        return case.touched >= 0 or bool(case.states)
    return case.revisions != tuple(group.by_revision)


def settled_until(case: Case[Event], received: int) -> int:
    """Give the event time up to which all is settled (-1: nothing), for what is received at a stamp less `settle`.

    All but the newest `MOST` events have settled. From there on it is walked in order of
    time, and stops at the first event that did not come before the stamp.
    """
    settled = max(0, len(case.log) - MOST)
    until = -1 if case.base is None else case.base.time
    if settled:
        until = case.log[settled - 1].at
    for event in islice(case.log, settled, None):
        if event.received >= received:
            break
        until = event.at
    return until


def is_known(case: Case[Event], event: Event) -> bool:
    """Say whether an event is among those that the subject can be judged by again."""
    return any(it.id == event.id and it.time == event.time and it.source == event.source for it in case.log)


def judge_again(late: Iterable[Event], group: Group, context: JudgeContext[Event]) -> None:
    """Put late events of one stamp in their places, judge the subject anew, and write what comes out otherwise."""
    case = context.case
    late, received, cause = list(late), 0, None
    if not case.log:
        case.revisions = tuple(group.by_revision)
    for event in late:
        insort(case.log, event, key=group.order)
        if len(case.log) > MOST:
            _count_early(case.log[-MOST - 1], event, context)
        received, cause = event.received, event
    base = case.base or Snapshot(-1)
    fresh: Case[Event] = Case(
        case.group, case.key, states=_copies(base.states), grants=case.grants, touched=base.time,
        wake=0 if base.states else NEVER,
    )  # fmt: skip
    again: JudgeContext[Event] = JudgeContext(fresh, context.settle)
    again.heard = context.heard
    again.lost = frozenset(
        (revision, it.last_at)
        for revision, state in case.states.items()
        for it in state.settled
        if it.state == "unknown"
    )
    if case.younger is not None:
        case.cut = bisect_right(case.log, case.younger.time, key=lambda event: event.at)
        judge_events(case.log[: case.cut], group, again)
        case.younger = _snapshot(fresh, case.younger.time, max(it.received for it in case.log[: case.cut]))
    judge_events(case.log[case.cut :], group, again)
    if fresh.wake <= case.time:
        run_timers(case.time, group, again)
    context.unused += [unused for unused in again.unused if any(unused.event is event for event in late)]
    _Difference(group, context, again, received, cause).write()
    case.states, case.forgotten, case.touched, case.wake = fresh.states, fresh.forgotten, fresh.touched, fresh.wake


class _Difference:
    """What a new run says otherwise than the ledger does. `cause` is the event that brought it to light."""

    def __init__(
        self,
        group: Group,
        context: JudgeContext[Event],
        again: JudgeContext[Event],
        received: int,
        cause: Event | None,
    ) -> None:
        case = context.case
        self.group = group
        self.context = context
        self.again = again
        self.known = received
        self.cause = cause
        self.key = case.key
        self.since = -1 if case.base is None else case.base.time
        self.runs: dict[str, list[Transition[Event]]] = {}
        for line in again.transitions:
            self.runs.setdefault(line.promise.identify(line.standard.id, self.key), []).append(line)
        self.before = {} if case.base is None else self._promises(case.base.states)
        self.told = {**self.before, **self._promises(case.states, case.forgotten)}
        self.stands = {**self.before, **self._promises(again.case.states, again.case.forgotten)}

    def write(self) -> None:
        """Write the lines that the ledger lacks."""
        gone = [name for name in self.told if name not in self.runs and name not in self.stands]
        gone = [name for name in gone if self.told[name][1].opened > self.since]
        twins = self._twins([name for name in gone if not self._was_withdrawn(name)])
        for name in gone:
            if self._was_withdrawn(name):
                self._keep_withdrawn(*self.told[name])
            else:
                self._withdraw(name, twins.get(name, ""))
        older = {new: old for old, new in twins.items()}
        for name, lines in self.runs.items():
            if name in self.told:
                self._continue(name, lines, older.get(name, ""))
            else:
                self._open(lines, older.get(name, ""))
        for name, (revision, promise) in self.stands.items():
            if name in self.told and name not in self.runs:
                self._return(revision, self.told[name][1], promise)

    def _was_withdrawn(self, name: str) -> bool:
        return self.told[name][1].state == "withdrawn"

    def _keep_withdrawn(self, revision: str, promise: Promise[Event]) -> None:
        """Remember a promise that was withdrawn: it counts its lines on, if it comes back."""
        self.again.case.forgotten.setdefault(revision, []).append(promise)

    def _promises(
        self, states: dict[str, StandardState[Event]], forgotten: Mapping[str, list[Promise[Event]]] = NONE
    ) -> Remembered:
        """Give the promises that a case remembers by their ids, each with its revision."""
        found = [(revision, it) for revision, known in forgotten.items() for it in known]
        found += [
            (revision, it) for revision, state in states.items() for it in (*state.settled, *state.overdue, *state.open)
        ]
        standards = self.group.by_revision
        return {it.identify(standards[name].standard.id, self.key): (name, it) for name, it in found}

    def _twins(self, gone: Iterable[str]) -> dict[str, str]:
        """Pair promises that are gone with new ones of the same standard: an earlier event opened the same need."""
        came: dict[str, list[str]] = {}
        for name, lines in self.runs.items():
            if name not in self.told or self._was_withdrawn(name):
                came.setdefault(lines[0].standard.revision, []).append(name)
        pairs = {}
        for name in gone:
            candidates = came.get(self.told[name][0])
            if candidates:
                pairs[name] = candidates.pop(0)
        return pairs

    def _open(self, lines: Sequence[Transition[Event]], replaces: str) -> None:
        if replaces:
            lines[-1].promise.warned = self.told[replaces][1].warned
        for line in lines:
            self._say(msgspec.structs.replace(line, known=self.known, replaces=replaces))

    def _continue(self, name: str, lines: Sequence[Transition[Event]], replaces: str) -> None:
        """Say what a promise's new run has beyond what was told of it, or how it stands instead."""
        told, promise = self.told[name][1], lines[-1].promise
        now = _standing(told)
        promise.warned = self.told[replaces or name][1].warned
        been = [name in self.before and _standing(self.before[name][1]) == now]
        been += [(it.after, it.at, it.due, it.elapsed) == now for it in lines]
        if not any(been):
            self._correct(told, lines[-1], replaces)
            return
        rest = lines[len(been) - 1 - been[::-1].index(True) :]
        for ordinal, line in enumerate(rest, told.ordinal + 1):
            self._say(msgspec.structs.replace(line, known=self.known, ordinal=ordinal))
        promise.ordinal = told.ordinal + len(rest)

    def _correct(self, told: Promise[Event], line: Transition[Event], replaces: str) -> None:
        line.promise.ordinal = ordinal = told.ordinal + 1
        self._say(
            msgspec.structs.replace(
                line, kind="corrected", known=self.known, ordinal=ordinal, before=told.state, replaces=replaces
            )
        )

    def _return(self, revision: str, told: Promise[Event], promise: Promise[Event]) -> None:
        """Say of a promise to which nothing happened since the snapshot that it stands as it stood there."""
        promise.warned = told.warned
        if _standing(told) == _standing(promise):
            promise.ordinal = told.ordinal
            return
        promise.ordinal = told.ordinal + 1
        self._say(self._line(revision, promise, told, at=promise.last_at))

    def _withdraw(self, name: str, replaced_by: str) -> None:
        revision, told = self.told[name]
        line = self._line(revision, told, told, at=self.known)
        promise = copy(told)
        promise.state, promise.ordinal = "withdrawn", told.ordinal + 1
        self._keep_withdrawn(revision, promise)
        self._say(
            msgspec.structs.replace(
                line, promise=promise, kind="withdrawn", after="withdrawn", replaced_by=replaced_by, elapsed=0
            )
        )

    def _line(self, revision: str, now: Promise[Event], told: Promise[Event], *, at: int) -> Transition[Event]:
        standard = self.group.by_revision[revision].standard
        return Transition(
            standard, self.key, now, "corrected", at, self.known, told.ordinal + 1, now.due, now.last_elapsed,
            told.state, now.state, self.cause,
        )  # fmt: skip

    def _say(self, line: Transition[Event]) -> None:
        self.context.transitions.append(line)


def _standing(promise: Promise[Event]) -> tuple[str, int, int, int]:
    """Say how a promise stands: its state, since when, its deadline, and how much of its time is used."""
    return promise.state, promise.last_at, promise.due, promise.last_elapsed


def _snapshot(case: Case[Event], time: int, received: int) -> Snapshot[Event]:
    return Snapshot(time, received, _copies(case.states))


def _copies(states: dict[str, StandardState[Event]]) -> dict[str, StandardState[Event]]:
    """Copy states as deep as judging changes them; events are shared."""
    found = {}
    for revision, state in states.items():
        own = found[revision] = copy(state)
        own.open = [copy(promise) for promise in state.open]
        own.overdue = [copy(promise) for promise in state.overdue]
        own.settled = [copy(promise) for promise in state.settled]
        own.recent = None if state.recent is None else list(state.recent)
        own.times = None if state.times is None else list(state.times)
        if state.tally is not None:
            own.tally = copy(state.tally)
            own.tally.samples = None if state.tally.samples is None else list(state.tally.samples)
    return found


def _name(event: Event) -> str:
    """Name a grant by its source and id."""
    return f"{event.source} {event.id}"
