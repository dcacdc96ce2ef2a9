"""Corrections: what a new run of a subject says otherwise than the ledger does becomes lines.

Promises are held against each other by their ids. One that is gone is withdrawn, and pairs with one that came: an
earlier event opened the same need.
Read next: `judging_again.py`, which makes the new run.
"""

from __future__ import annotations

from copy import copy
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

import msgspec

from standards.judge.events import is_same
from standards.judge.promise import Transition

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from standards.judge.case import Snapshot, StandardState
    from standards.judge.context import JudgeContext
    from standards.judge.events import Event
    from standards.judge.promise import Promise
    from standards.judge.rulebook import Group

    Remembered = dict[str, tuple[str, Promise[Event]]]

NONE: Final[Mapping[str, list[Promise[Event]]]] = MappingProxyType({})


class Difference:
    """What a new run from `start` says otherwise than the ledger does.

    `brought_up` says when it is known, and by which event, if by any.
    """

    def __init__(
        self,
        group: Group,
        context: JudgeContext[Event],
        again: JudgeContext[Event],
        start: Snapshot[Event],
        brought_up: tuple[int, Event | None],
    ) -> None:
        case = context.case
        self.group = group
        self.context = context
        self.again = again
        self.known, self.cause = brought_up
        self.key = case.key
        self.since = start.time
        self.runs: dict[str, list[Transition[Event]]] = {}
        for line in again.transitions:
            self.runs.setdefault(line.promise.identify(line.standard.id, self.key), []).append(line)
        self.before = self._promises(start.states)
        self.told = {**self.before, **self._promises(case.states, case.forgotten)}
        self.stands = {**self.before, **self._promises(again.case.states, again.case.forgotten)}

    def write(self) -> None:
        """Write the lines that the ledger lacks."""
        absent = [name for name in self.told if name not in self.runs and name not in self.stands]
        for name in filter(self._was_withdrawn, absent):  # also from before `start`: what comes later may bring it back
            self._keep_withdrawn(*self.told[name])
        gone = [name for name in absent if self._came_since(self.told[name][1]) and not self._was_withdrawn(name)]
        twins = self._twins(gone)
        for name in gone:
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

    def _came_since(self, promise: Promise[Event]) -> bool:
        """Say whether a promise came about after `start`, as one does that was opened since, or too late."""
        opening, late = promise.opening, self.context.case.too_late
        return promise.opened > self.since or any(at >= self.since and is_same(it, opening) for at, it in late)

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
            (revision, it)
            for revision, state in states.items()
            for it in (*state.settled, *filter(None, [state.undoable]), *state.overdue, *state.open)
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
            told.state, now.state, self.cause, numbers=now.numbers,
        )  # fmt: skip

    def _say(self, line: Transition[Event]) -> None:
        self.context.transitions.append(line)


def _standing(promise: Promise[Event]) -> tuple[str, int, int, int]:
    """Say how a promise stands: its state, since when, its deadline, and how much of its time is used."""
    return promise.state, promise.last_at, promise.due, promise.last_elapsed
