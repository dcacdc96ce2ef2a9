"""What one step of judging writes to: lines, what became of promises, what was not used.

Read next: `judge.py`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Generic

from standards.judge.case import EXCUSABLE, Case, Late, Unused
from standards.judge.promise import CHANGED_DAY, NEVER, E, Kind, Promise, State, Transition, advance
from standards.judge.standard import CORRECTIONS_HORIZON, DAY

if TYPE_CHECKING:
    from collections.abc import Iterable

    from standards.judge.case import StandardState
    from standards.judge.feeds import Heard
    from standards.judge.standard import Standard


class JudgeContext(Generic[E]):
    """What one step of judging writes to. `heard` says which feeds were silent when, if any matter here.

    `settle` is how long after an event was received an earlier one can still take its place, in microseconds; 0 where
    nothing is judged again, as in history. `lost` are the instants of verdicts that were unknown: what is remembered of
    a silence that the feeds themselves have forgotten. `changed_until` is the instant up to which changes of calendars'
    days have come about.
    """

    __slots__ = (
        "case",
        "changed_until",
        "duplicates",
        "heard",
        "late",
        "lost",
        "settle",
        "settled_early",
        "transitions",
        "unused",
    )

    def __init__(self, case: Case[E], settle: int = 0) -> None:
        self.case = case
        self.settle = settle
        self.changed_until = case.time
        self.settled_early = 0
        self.lost: frozenset[tuple[str, int]] = frozenset()
        self.transitions: list[Transition[E]] = []
        self.unused: list[Unused[E]] = []
        self.late: list[Late[E]] = []
        self.duplicates = 0
        self.heard: Heard | None = None

    def write(  # noqa: PLR0913, PLR0917 - one line of the ledger has this many facts
        self,
        standard: Standard,
        promise: Promise[E],
        kind: Kind,
        at: int,
        cause: E | None = None,
        elapsed: int = -1,
        corrected: State | None = None,
        known: int = -1,
        reason: str = "",
    ) -> None:
        """Move the promise by the table and add the line.

        `elapsed` of -1 means: as by the wall clock; `known` of -1: at once.
        """
        if kind == "opened" and self.case.forgotten and self._comes_back(standard, promise):
            kind, corrected = "corrected", "open"
        before = promise.state
        promise.state = after = advance(before, kind, corrected)
        promise.ordinal = ordinal = promise.ordinal + 1
        if elapsed < 0:
            elapsed = at - promise.opened
        promise.last_at, promise.last_elapsed = at, elapsed
        silent: dict[str, int] | None = None
        if kind == "lost" and not reason and self.heard is not None:
            if self.heard.incomplete(promise.opened, at):
                reason = "evidence-lost"
            else:
                silent = self.heard.silent(standard.feeds, at) or None
        self.transitions.append(
            Transition(
                standard,
                self.case.key,
                promise,
                kind,
                at,
                at if known < 0 else known,
                ordinal,
                promise.due,
                elapsed,
                before,
                after,
                cause,
                reason,
                numbers=promise.numbers,
                silent=silent,
            )
        )

    def move(self, standard: Standard, promise: Promise[E], at: int, elapsed: int = -1) -> None:
        """Say that the deadline moves since a day of the calendar was changed."""
        self.write(standard, promise, "moved", at, elapsed=elapsed, reason=CHANGED_DAY)

    def _comes_back(self, standard: Standard, promise: Promise[E]) -> bool:
        """Let a promise that was withdrawn when time went back count its lines on; say whether it is one."""
        case, revision = self.case, standard.revision
        name = promise.identify(standard.id, case.key)
        gone = case.forgotten.get(revision, ())
        told = next((it for it in gone if it.state == "withdrawn" and it.identify(standard.id, case.key) == name), None)
        if told is None:
            return False
        case.forgotten = {**case.forgotten, revision: [it for it in gone if it is not told]}
        promise.state, promise.ordinal, promise.warned = told.state, told.ordinal, told.warned
        return True

    def reveal(  # noqa: PLR0913, PLR0917 - as `write`
        self,
        standard: Standard,
        promise: Promise[E],
        kind: Kind,
        cause: E,
        elapsed: int = -1,
        corrected: State | None = None,
        reason: str = "",
    ) -> None:
        """Write a line that late evidence brought to light: it took effect at the event, and is known since now."""
        known = cause.received or max(self.case.time + 1, cause.at)
        self.write(standard, promise, kind, cause.at, cause, elapsed, corrected, known, reason)

    def close(self, state: StandardState[E], promise: Promise[E], at: int) -> None:
        """Move a promise whose verdict fell at `at` from the open to the settled ones of its state."""
        promise.settled = at
        state.open = [other for other in state.open if other is not promise]
        self._remember(state, promise)

    def _remember(self, state: StandardState[E], promise: Promise[E]) -> None:
        """Keep what a grant can still excuse and, in a live host, all that judging again may find otherwise."""
        promise.wake = NEVER
        if self.settle:
            state.settled.append(promise)
        elif promise.state in EXCUSABLE:
            settled = state.settled
            while settled and settled[0].settled < promise.settled - CORRECTIONS_HORIZON:
                del settled[0]
            settled.append(promise)

    def settle_done(self, state: StandardState[E]) -> None:
        """Let what was done be settled as any other promise is: nothing takes it back any more."""
        promise, state.undoable = state.undoable, None
        if promise is not None:
            self._remember(state, promise)

    def void_all(self, standard: Standard, state: StandardState[E], event: E) -> None:
        """Let all that is open be void since an event: there is nothing to owe any more."""
        for promise in tuple(state.open):
            self.write(standard, promise, "voided", event.at, cause=event)
            self.close(state, promise, event.at)

    def owe(self, state: StandardState[E], promise: Promise[E], at: int, until: int) -> None:
        """Move a promise that broke at `at` from the open to the overdue ones, where it is owed up to `until`."""
        promise.settled = at
        promise.wake = until
        state.open = [other for other in state.open if other is not promise]
        state.overdue = [*state.overdue, promise]

    def relieve(self, state: StandardState[E], promise: Promise[E], at: int) -> None:
        """Take a promise that is no longer owed since `at` from the overdue ones; it settles, if not long ago."""
        state.overdue = [other for other in state.overdue if other is not promise]
        promise.wake = NEVER
        if self.settle or promise.settled >= at - CORRECTIONS_HORIZON:
            self._remember(state, promise)

    def wake(self, state: StandardState[E], standard: Standard) -> None:
        """Note that a standard's timer was set: the case wakes no later, and not for a timer that no longer runs.

        A case of one standard is spared the wake-up for a promise that was settled; it is looked at again in a day at
        the latest, as nobody is forgotten earlier. Not so where days of its calendars are changed: then it may have to
        wake for that.
        """
        case = self.case
        if len(case.states) == 1 and not standard.changed_at:
            case.wake = min(state.wake, case.touched + DAY)
        else:
            case.wake = min(case.wake, state.wake)

    def owes(self, revisions: tuple[str, ...]) -> bool:
        """Say whether the subject has a promise on the clock under one of these revisions."""
        states = self.case.states
        return any(revision in states and states[revision].open for revision in revisions)

    def owed(self, revisions: tuple[str, ...]) -> Promise[E] | None:
        """Give the newest promise that the subject is owed under these revisions: on the clock or overdue."""
        states = [self.case.states[revision] for revision in revisions if revision in self.case.states]
        found = [*(p for state in states for p in state.overdue), *(p for state in states for p in state.open)]
        return found[-1] if found else None

    def excusable(self, promise: Promise[E], at: int) -> bool:
        """Say whether a grant from `at` can still excuse a settled promise; it is known no earlier than the case is."""
        return promise.state in EXCUSABLE and max(self.case.time, at) - promise.settled <= CORRECTIONS_HORIZON

    def dark(self, standard: Standard, at: int, since: int, feeds: Iterable[str] | None = None) -> bool:
        """Say whether nobody can tell what did not happen from `since` to `at`.

        So it is when one of the feeds, or of those that the standard's verdicts rest on, was silent at the end, or when
        events may be lost.
        """
        if self.heard is None:
            return False
        if self.heard.incomplete(since, at):
            return True
        if at < self.heard.since:
            return (standard.revision, at) in self.lost
        return any(self.heard.dark(feed, at) for feed in (standard.feeds if feeds is None else feeds))


def forget_settled(state: StandardState[E], now: int, reached: int) -> None:
    """Forget what was settled before judging again can reach, at `reached`, unless a grant can still excuse it."""
    horizon = now - CORRECTIONS_HORIZON
    state.settled = [
        it for it in state.settled if it.last_at > reached or (it.state in EXCUSABLE and it.settled >= horizon)
    ]
