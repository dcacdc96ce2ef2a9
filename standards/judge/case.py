"""A case: the whole state of one subject, as one value, and the context that one step of judging writes to.

Knows: what is remembered of a subject between two facts. Must not know: any rule. A case is complete in itself: restore
it anywhere and nothing has to be read again. Read next: `judge.py`, which moves it, and the shapes it moves it by.
"""

from __future__ import annotations

from copy import copy
from typing import Generic, Literal

import msgspec

from standards.judge.promise import NEVER, E, Promise, Run, State, Transition
from standards.judge.targets.target import Looked

Identity = str | tuple[str, str]
"""What identifies an event: its id, if it is from the source that a case heard from first, else (source, id)."""


EXCUSABLE: tuple[State, ...] = ("broken", "late", "ended", "given_up", "unknown")
"""The states of settled promises that an exception can still excuse."""


class Tally(msgspec.Struct, gc=False):
    """The running measure of one window: count, sum and extremes.

    `lost` is what rounding took from the sum; `samples`, in order of size, are kept only where a percentile needs them.
    """

    count: int = 0
    total: float = 0.0
    lost: float = 0.0
    least: float = 0.0
    most: float = 0.0
    samples: list[float] | None = None

    def copied(self) -> Tally:
        """Copy it, with its samples."""
        own = copy(self)
        own.samples = None if self.samples is None else list(self.samples)
        return own


class Rolling(msgspec.Struct, omit_defaults=True):
    """The window that rolls, by steps: when those that have samples `began`, and the running measure of each.

    The step that is running goes from `starts` to `ends`. `held`: one has held since the promise opened.
    """

    starts: int = -1
    ends: int = -1
    began: list[int] = msgspec.field(default_factory=list)
    tallies: list[Tally] = msgspec.field(default_factory=list)
    held: bool = False

    def copied(self) -> Rolling:
        """Copy it as deep as judging changes it: only the newest step is added to."""
        tallies = [*self.tallies[:-1], *(tally.copied() for tally in self.tallies[-1:])]
        return Rolling(self.starts, self.ends, list(self.began), tallies, self.held)


class StandardState(msgspec.Struct, Generic[E], omit_defaults=True):
    """What one revision of one standard remembers of a subject.

    `open` are its open promises, `settled` those whose verdict can still be corrected, oldest first, `wake` when a
    timer is next due. `up`: the condition of `when` held at its last event, or a count that was exceeded has fallen
    back and may open anew; `up_by` are the event types at whose last event it held, of a `when` of several. `overdue`
    are the broken promises that are still owed. `barred` is the opening of a promise that was excused, while its need
    goes on. Up to `rest_until` nothing opens; `waiting` is the event that opens then. `recent` are the events that may
    still precede another, `times` those that still count, `counted_at` is when a clause, by its number, last counted.
    `standing` is the last event that spoke of a need that nothing has ended since, where a need can stand without being
    owed, `brought` is what followed it meanwhile; `outside` says that it was not owed last. `undoable` is the newest
    promise, where it was done and that can be taken back. `runs` are what has been so for a while, by the number of the
    clause, and `need_runs` the same of what would end a need that is barred, waiting or standing, by that name.
    `tripped` says that their count was exceeded, or that a step did not hold, `tally` is the running measure of the
    open window, `rolled` its steps where it rolls, `until` the end of the current window or period. `counted` and
    `relieved` are of states that an older Kept stored, and of no others: how many of the settled were overdue, and
    since when they were settled.
    """

    open: list[Promise[E]] = msgspec.field(default_factory=list)
    settled: list[Promise[E]] = msgspec.field(default_factory=list)
    wake: int = NEVER
    up: bool = False
    up_by: tuple[str, ...] = ()
    overdue: list[Promise[E]] = msgspec.field(default_factory=list, name="owed")
    barred: E | None = None
    rest_until: int = -1
    waiting: E | None = None
    recent: list[E] | None = None
    times: list[int] | None = None
    counted_at: dict[int, int] | None = None
    standing: E | None = None
    brought: dict[str, Looked] | None = None
    outside: bool = False
    runs: dict[int, Run[E]] | None = None
    need_runs: dict[str, dict[int, Run[E]]] | None = None
    undoable: Promise[E] | None = None
    tripped: bool = False
    tally: Tally | None = None
    rolled: Rolling | None = None
    until: int = -1
    counted: int = msgspec.field(default=0, name="overdue")
    relieved: int = -1

    @property
    def idle(self) -> bool:
        """Nothing is owed and no timer runs: the state may be forgotten."""
        return self.wake == NEVER and not self.open


class Snapshot(msgspec.Struct, Generic[E], omit_defaults=True):
    """How the states of a case stood once all events and timers up to `time` were judged, and none after it.

    `received` is the latest stamp of the events that were judged into it since the snapshot before it.
    """

    time: int
    received: int = -1
    states: dict[str, StandardState[E]] = msgspec.field(default_factory=dict)
    holds: dict[str, tuple[bool, int]] = {}


class Case(msgspec.Struct, Generic[E], omit_defaults=True):
    """The state of one subject of one group of standards.

    `time` is the instant up to which it was judged; events after it wait in `held`. `states` are those of its
    standards, by revision. `seen` and, older, `seen_before` map the identities of the last events to the times that
    they claim; `generation` counts how often they were rotated, and two for a time that was overwritten; `rotated` is
    the latest time seen when they last were and `rotated_before` when they were the time before: no event that was
    forgotten is newer than that. `newest` is the latest time at which an event happened. `touched` is the last judged
    event's time, `wake` a lower bound of the next instant at which time alone changes something.

    A live case can be judged again: from `base` (None: from nothing), by the events of `log`, in order of time.
    `younger` is the next `base`, after the first `cut` events of the log. `forgotten` are the promises that no
    state has any more, by revision: their state was forgotten since, or they were withdrawn. `grants` are the promises
    that a grant without a name reached, by its source and id. `holds` says which states are so, or not so, and since
    when; what is not there was never seen to begin or to end. `too_late` are events that have no place any more and did
    what they still could, each with the case's time then: judged again, they do it anew. `revisions` were in force when
    the log began. Snapshots keep the names that they had in version 1.
    """

    group: str
    key: tuple[str | int, ...]
    time: int = -1
    home: str = ""
    holds: dict[str, tuple[bool, int]] = {}
    held: list[E] = msgspec.field(default_factory=list)
    states: dict[str, StandardState[E]] = msgspec.field(default_factory=dict, name="slots")
    seen: dict[Identity, int] = msgspec.field(default_factory=dict)
    seen_before: dict[Identity, int] = msgspec.field(default_factory=dict)
    generation: int = msgspec.field(default=0, name="leaf")
    rotated: int = msgspec.field(default=-1, name="turned")
    rotated_before: int = -1
    newest: int = -1
    touched: int = -1
    wake: int = NEVER
    base: Snapshot[E] | None = None
    younger: Snapshot[E] | None = None
    cut: int = 0
    log: list[E] = msgspec.field(default_factory=list)
    forgotten: dict[str, list[Promise[E]]] = msgspec.field(default_factory=dict)
    grants: dict[str, list[str]] = msgspec.field(default_factory=dict)
    revisions: tuple[str, ...] = ()
    too_late: list[tuple[int, E]] = msgspec.field(default_factory=list)

    def settle_all(self, time: int, states: dict[str, StandardState[E]], revisions: tuple[str, ...]) -> None:
        """Settle all that the case was judged by up to a time: nothing can take its place before that any more.

        What a clock opened after it, in a false future, was withdrawn, and may still come back.
        """
        ahead = {name: [it for it in self.forgotten.get(name, ()) if it.opened > time] for name in revisions}
        self.base = Snapshot(time, -1, states, self.holds)
        self.younger, self.cut, self.log, self.revisions = None, 0, [], revisions
        self.forgotten, self.grants = {name: promises for name, promises in ahead.items() if promises}, {}
        self.too_late = []

    def state_of(self, revision: str) -> StandardState[E]:
        """Give the state of a revision, making it on first use."""
        found = self.states.get(revision)
        if found is None:
            found = self.states[revision] = StandardState()
        return found


UnusedReason = Literal[
    "late",
    "too-old-to-tell",
    "not-allowed",
    "nothing-to-excuse",
    "scenario-may-not",
    "no-subject",
    "no-scope",
    "owed-nothing",
    "no-such-day",
    "too-many-changes",
]
"""Why an event changed nothing."""


class Unused(msgspec.Struct, Generic[E], frozen=True, gc=False):
    """An event that changed nothing, and why; it is counted and can be looked up.

    `standard` is the id of the one that had no use for it, where it is not all that look at it.
    """

    event: E
    reason: UnusedReason
    standard: str = ""


Effect = Literal["in-place", "added", "corrected", "came-too-late", "changed-nothing", "too-old-to-tell"]
"""What a late event came to. Judged where it belongs, it was no news (`in-place`), brought lines that were missing
(`added`), or showed that what was told was wrong (`corrected`). After what followed it had settled, it did what it
still could (`came-too-late`), or it had nothing left to do (`changed-nothing`), or nobody can tell whether it had come
before (`too-old-to-tell`)."""


class Late(msgspec.Struct, Generic[E], frozen=True, gc=False):
    """An event that was behind its subject's time, and what it came to there."""

    event: E
    effect: Effect


class Step(msgspec.Struct, Generic[E], frozen=True, gc=False):
    """What one call of `feed` did: the case after it (None: forgotten), the transitions, the next wake-up.

    `duplicates` counts repeats, which are inert; `unused` are the events that changed nothing. `settled_early` counts
    those before which no earlier event finds its place any more, for want of room. `late` are those that came late.
    """

    case: Case[E] | None
    transitions: list[Transition[E]]
    wake_at: int
    duplicates: int = 0
    unused: tuple[Unused[E], ...] = ()
    settled_early: int = 0
    late: tuple[Late[E], ...] = ()
