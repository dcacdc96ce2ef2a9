"""The life of one promise: every state, every transition between states, and the lines they leave in the ledger.

Theory of operation. A promise is opened once and settled at most once; after that only late evidence can change its
verdict, by a `corrected` line, take it back, by a `withdrawn` one, or give it back, by a `corrected` one again; and
what was done can be taken back by an event, by an `undone` line. A broken promise is still owed, it is overdue, until
it is fulfilled late, the need ends, or it is given up. Nothing is rewritten: whatever is shown anywhere is a fold over
these lines. All moves stand in `MOVES`; a move that is not there is a defect in the judge, and `StateError` says so.

Identity is derived, never drawn: a promise's id from its standard, subject, opening event and time; a transition's from
its promise and ordinal. The same facts therefore give the same ids on every machine: a repeat is recognised by its id.

Knows: states, moves, ids. Must not know: why a move is made. Read next: `judge.py`.
"""

from __future__ import annotations

from hashlib import blake2b
from typing import TYPE_CHECKING, Generic, Literal, NamedTuple, TypeVar

import msgspec

from standards.errors import StateError
from standards.judge.events import Event
from standards.judge.numbers import Numbers
from standards.judge.standard import Standard
from standards.judge.targets.target import Target

if TYPE_CHECKING:
    from collections.abc import Sequence

State = Literal[
    "new",
    "open",
    "warned",
    "paused",
    "paused_warned",
    "kept",
    "broken",
    "late",
    "ended",
    "given_up",
    "void",
    "excused",
    "unknown",
    "withdrawn",
]
Verdict = Literal["kept", "broken", "void", "excused", "unknown", "withdrawn"]
Kind = Literal[
    "opened",
    "warned",
    "paused",
    "resumed",
    "moved",
    "kept",
    "broken",
    "voided",
    "excused",
    "lost",
    "fulfilled_late",
    "ended",
    "given_up",
    "undone",
    "corrected",
    "withdrawn",
]


class Move(NamedTuple):
    """One row of the table: in state `before`, a transition of this kind leads to state `after`."""

    before: State
    kind: Kind
    after: State


_LIVE: tuple[State, ...] = ("open", "warned", "paused", "paused_warned")
_RUNNING: tuple[State, ...] = ("open", "warned")
_STANDING: tuple[State, ...] = (*_LIVE, "kept", "broken", "late", "ended", "given_up", "void", "excused", "unknown")

MOVES: tuple[Move, ...] = (
    Move("new", "opened", "open"),
    Move("open", "warned", "warned"),
    Move("warned", "warned", "warned"),
    Move("open", "paused", "paused"),
    Move("paused", "resumed", "open"),
    Move("warned", "paused", "paused_warned"),
    Move("paused_warned", "resumed", "warned"),
    *(Move(before, "moved", before) for before in _LIVE),
    *(Move(before, "kept", "kept") for before in _LIVE),
    *(Move(before, "voided", "void") for before in _LIVE),
    *(Move(before, "excused", "excused") for before in _LIVE),
    *(Move(before, "broken", "broken") for before in _RUNNING),
    *(Move(before, "lost", "unknown") for before in _LIVE),
    Move("broken", "fulfilled_late", "late"),
    Move("broken", "ended", "ended"),
    Move("broken", "given_up", "given_up"),
    Move("kept", "undone", "open"),
    Move("late", "undone", "broken"),
    *(Move(before, "corrected", after) for before in (*_STANDING, "withdrawn") for after in _STANDING),
    *(Move(before, "withdrawn", "withdrawn") for before in _STANDING),
)

VERDICTS: dict[str, Verdict] = {
    "kept": "kept",
    "broken": "broken",
    "late": "broken",
    "ended": "broken",
    "given_up": "broken",
    "void": "void",
    "excused": "excused",
    "unknown": "unknown",
    "withdrawn": "withdrawn",
}
"""The verdict that a state stands for; a state that is not here is still open. What was withdrawn counts nowhere."""

_AFTER: dict[Kind, dict[State, State]] = {}
for _move in MOVES:
    if _move.kind != "corrected":
        _AFTER.setdefault(_move.kind, {})[_move.before] = _move.after
_CORRECTIONS = frozenset((move.before, move.after) for move in MOVES if move.kind == "corrected")

CHANGED_DAY = "calendar-changed"
"""The reason of a line that came about since a day of the calendar was changed."""
NEVER = 2**62
"""An instant that no clock reaches: the wake-up of what waits for nothing."""

E = TypeVar("E", bound=Event)


class Run(msgspec.Struct, Generic[E], frozen=True, omit_defaults=True):
    """What has been so `since` an instant, the last event that said so, and whether that was long enough.

    `dark`: at its end nobody could tell, as what would have said otherwise was silent.
    """

    since: int
    last: E
    dark: bool = False
    complete: bool = False


class Promise(msgspec.Struct, Generic[E], gc=False, omit_defaults=True):
    """One instance of a standard, owed to a subject. Times are microseconds UTC, spans microseconds.

    `opening` is the event that opened it, if one did. `due` is its deadline; -1 while it has none. `spent` is the open
    time used up before `running_since`, when its clock last started; `step` counts the warnings given. `wake` is when
    its clock next has something to say. `settled` is when its verdict fell. `joined` counts the events that would have
    opened a promise of their own while this one was owed, the last of them at `joined_at`. `runs` are what has been so
    for a while since it was opened, by the number of the clause. `last_at` and `last_elapsed` are those of its last
    line. `target` is what it was given, where its event chose that; `stood` is for how much open time a deadline of its
    own moved on, and `running_since` since when it stands still, if it does. `warned` is when people were last warned:
    the judge only carries it for whoever tells them (`alerts/routing/relevance.py`). `rows` is what tables said of its
    opening, where a condition asks that. `numbers` are those by which it stands as it does, where they are other ones
    than those of its opening.
    """

    opened: int
    opening: E | None = None
    due: int = -1
    state: State = "new"
    ordinal: int = 0
    step: int = msgspec.field(default=0, name="rung")
    spent: int = 0
    running_since: int = 0
    wake: int = NEVER
    settled: int = -1
    id: str = ""
    joined: int = 0
    joined_at: int = -1
    runs: dict[int, Run[E]] | None = None
    last_at: int = -1
    last_elapsed: int = 0
    warned: int | msgspec.UnsetType = msgspec.UNSET
    target: Target | None = None
    stood: int = 0
    rows: dict[str, str | None] | None = None
    numbers: Numbers | None = None

    def identify(self, standard: str, key: tuple[str | int, ...]) -> str:
        """Give the promise's id, deriving it the first time: 20 hex digits, the same for the same facts anywhere.

        The time of the opening is part of it: a sender that begins to count anew after a restart uses its ids again.
        """
        if not self.id:
            cause = (self.opening.source, self.opening.id) if self.opening is not None else ("", "")
            self.id = promise_id(standard, key, cause, self.opened)
        return self.id


def promise_id(standard: str, key: Sequence[object], cause: Sequence[str], opened: int) -> str:
    """Give the id of a promise, of its standard, its subject's key, the source and id of what opened it, and when."""
    return blake2b(msgspec.json.encode((standard, key, cause, opened)), digest_size=10).hexdigest()


class Transition(msgspec.Struct, Generic[E], frozen=True, gc=False):
    """One change of one promise, as the judge makes it; `ledger.line` gives the form that is stored and shown.

    `at` is when it took effect; `known` is the case's time when late evidence brought it to light, else the same.
    `elapsed` is the open time since the opening. `before` and `after` are states of `MOVES`. `reason` says why a
    verdict is unknown, where that is not silence, or that a day of the calendar was changed. When an earlier event
    turns out to have opened the promise, it has another id: it `replaces` the one that was told, which is withdrawn and
    `replaced_by` it. `numbers` are the promise's as they were then. `silent` are the feeds for whose silence nobody can
    tell, and when each was heard last, in microseconds UTC, or -1.
    """

    standard: Standard
    key: tuple[str | int, ...]
    promise: Promise[E]
    kind: Kind
    at: int
    known: int
    ordinal: int
    due: int
    elapsed: int
    before: State
    after: State
    cause: E | None = None
    reason: str = ""
    replaces: str = ""
    replaced_by: str = ""
    numbers: Numbers | None = None
    silent: dict[str, int] | None = None

    @property
    def id(self) -> str:
        """The transition's id: its promise's, and its place in the promise's life."""
        return f"{self.promise.identify(self.standard.id, self.key)}.{self.ordinal}"


def advance(before: State, kind: Kind, corrected: State | None = None) -> State:
    """Look a move up in the table. Raises StateError for a move that no promise can make."""
    after = corrected if kind == "corrected" else _AFTER[kind].get(before)
    if after is None or (kind == "corrected" and (before, after) not in _CORRECTIONS):
        message = f"a promise that is {before} cannot be {kind}; this is a defect in Kept, and the batch was not judged"
        raise StateError(message)
    return after


def diagram() -> str:
    """Draw the table as a Mermaid state diagram for the docs: all moves but what judging again can find."""
    lines = ["stateDiagram-v2", "    [*] --> open: opened"]
    for before, kind, after in MOVES[1:]:
        if kind not in ("corrected", "withdrawn"):
            lines.append(f"    {before} --> {after}: {kind}")
    return "\n".join(lines) + "\n"
