"""What can be read of a host: its standing, its promises, and what it could not use; and what each commit tells.

These are the values that pass between the store, the host and whoever shows them.
Read next: `read_model.py`, which fills them from the store, and `streams/embedded/embedded.py`, the host.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, Protocol

import msgspec

from alerts.routing.notice import Notice, Withheld
from standards.errors import KeptError
from standards.judge.ledger import Line, Plain
from standards.judge.promise import State, Verdict

if TYPE_CHECKING:
    from standards.judge.score import Score

DeliveryState = Literal["waiting", "delivered", "failed"]


class Backlog(KeptError):  # noqa: N818 - the condition has a name of its own
    """More events wait than the host takes in; the same batch is welcome again after `seconds`."""

    def __init__(self, waiting: int, *, seconds: int = 1) -> None:
        self.seconds = seconds
        super().__init__(f"{waiting} events are waiting to be stored; send this batch again in {seconds} s")


class Status(msgspec.Struct, frozen=True):
    """How a host stands. `low` and `newest` are microseconds UTC, or -1; `waiting` counts events not yet stored.

    `revision` is one hash over all standards in force. `problems` are for people: what a reload found wrong, and such.
    """

    ready: bool
    reason: str = ""
    low: int = -1
    newest: int = -1
    waiting: int = 0
    revision: str = ""
    problems: list[str] = []
    retired: int = 0


class PromiseFilter(msgspec.Struct, frozen=True):
    """Which promises to show; what is empty does not narrow. `since`: opened at or after, in microseconds UTC.

    `due_before`, from 0: only promises that are still open and due before it.
    """

    standard: str = ""
    owner: str = ""
    subject: str = ""
    verdict: str = ""
    open: bool | None = None
    since: int = -1
    state: str = ""
    due_before: int = -1


class PromiseRow(msgspec.Struct, frozen=True):
    """One promise as the ledger leaves it. Instants are microseconds UTC or -1, spans microseconds.

    `elapsed` is the open time and `waited` the customer's own time, both up to the verdict (or the last line).
    """

    id: str
    standard: str
    revision: str
    subject: str
    owner: str
    aspect: str
    severity: str
    fields: dict[str, Plain]
    state: State
    verdict: Verdict | None
    opened: int
    due: int
    settled: int
    elapsed: int
    waited: int
    warned: bool
    corrected: bool


class Page(msgspec.Struct, frozen=True):
    """Some promises, newest first; `next` fetches those that follow, and is empty at the end."""

    items: list[PromiseRow]
    next: str = ""


class Delivery(msgspec.Struct, frozen=True):
    """How one notice fares on one channel. `next_try` and `delivered` are microseconds UTC, or -1."""

    notice: str
    channel: str
    state: DeliveryState = "waiting"
    tries: int = 0
    next_try: int = -1
    delivered: int = -1
    error: str = ""


class NoticeRow(msgspec.Struct, frozen=True):
    """A notice and how it fares on each channel."""

    notice: Notice
    deliveries: list[Delivery] = []


class PromiseView(msgspec.Struct, frozen=True):
    """Everything about one promise: its lines, what was told of it, and the text of the revision that judges it.

    `withheld` are the notices that were not sent, with their reasons.
    """

    row: PromiseRow
    lines: list[Line]
    notices: list[NoticeRow]
    revision_text: str
    withheld: list[Withheld] = []


class StandardRow(msgspec.Struct, frozen=True):
    """One revision of one standard, as it was loaded at `loaded_at` (microseconds UTC)."""

    id: str
    revision: str
    retired: bool
    text: str
    loaded_at: int


class DeadLetter(msgspec.Struct, frozen=True):
    """An event that could not be taken in: when it came (microseconds UTC), a stable reason, a sentence, the bytes.

    `mark` names it in every store that has it; it is empty for one from before there were marks.
    """

    seq: int
    received: int
    reason: str
    message: str
    raw: bytes
    mark: str = ""


class LateEvent(msgspec.Struct, frozen=True):
    """An event that changed nothing: it came too late, or granted what could not be. Instants: microseconds UTC."""

    seq: int
    received: int
    reason: str
    type: str
    source: str
    id: str
    at: int


class Total(msgspec.Struct, frozen=True):
    """How many lines of one kind the ledger has for one standard and owner."""

    standard: str
    owner: str
    kind: str
    count: int


class Committed(msgspec.Struct, frozen=True):
    """What one transaction stored; told to listeners after it is durable. `judging` and `storing` are seconds.

    `events` and `unmatched` count by event type, `late` and `refused` by reason, `acts` what people did.
    """

    lines: list[Line] = []
    notices: list[Notice] = []
    withheld: list[Withheld] = []
    acts: int = 0
    events: dict[str, int] = {}
    duplicates: int = 0
    unmatched: dict[str, int] = {}
    late: dict[str, int] = {}
    refused: dict[str, int] = {}
    judging: float = 0.0
    storing: float = 0.0


class ReadBooks(Protocol):
    """The read side of a store: safe to use from any thread, and always at the last commit. Raises StateError."""

    def promises(self, wanted: PromiseFilter, after: str = "", limit: int = 100) -> Page:
        """Give a page of promises, newest first. Raises ValueError for an `after` that is no cursor."""

    def promise(self, promise_id: str) -> PromiseView | None:
        """Give everything about one promise, or None."""

    def standards(self) -> list[StandardRow]:
        """Give the revisions that were ever loaded, those in force first."""

    def score(self, since: int | None = None) -> dict[str, Score]:
        """Give each standard's score by its id, over the promises opened at or after `since`."""

    def nearest(self) -> dict[str, int]:
        """Give the next deadline (microseconds UTC) of each standard's promises whose clock runs, by its id."""

    def dead_letters(self, after: int = 0, limit: int = 100) -> list[DeadLetter]:
        """Give dead letters with a `seq` above `after`, oldest first."""

    def late(self, after: int = 0, limit: int = 100) -> list[LateEvent]:
        """Give events that changed nothing with a `seq` above `after`, oldest first."""

    def notices(self, after: str = "", limit: int = 100) -> list[NoticeRow]:
        """Give notices, newest first, from before the one whose id is `after`."""

    def totals(self) -> list[Total]:
        """Give how many lines of each kind the ledger has, by standard and owner."""
