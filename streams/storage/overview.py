"""The overview: what the board asks beside the books' lists: what is owed now, how days went, what people did.

Read next: `board_queries.py`, which answers from the store, and `streams/board/__init__.py`, which shows it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

import msgspec

from alerts.routing.actions import Action
from alerts.routing.notice import Withheld
from streams.storage.books import DeadLetter, LateEvent, NoticeRow, PromiseRow, ReadBooks

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence


class UntoldFilter(msgspec.Struct, frozen=True):
    """Which notices that were not sent to show; what is empty does not narrow."""

    promise: str = ""
    to: str = ""
    reason: str = ""


class Owing(msgspec.Struct, frozen=True):
    """The open promises that are next: `rows` by the time left, and how many there are of each sort in all.

    `warned` and `running` have a deadline and a clock that runs; `paused` have a clock that stands; `endless` have no
    deadline of their own.
    """

    rows: list[PromiseRow] = []
    warned: int = 0
    running: int = 0
    paused: int = 0
    endless: int = 0


class Stretch(msgspec.Struct, frozen=True):
    """How many promises opened in one stretch of time were kept and broken. `start` is microseconds UTC."""

    start: int
    kept: int
    broken: int


class Untold(msgspec.Struct, frozen=True):
    """A notice that was not sent, with its place in the list, and what it would have told of: the kind of line."""

    seq: int
    row: Withheld
    standard: str = ""
    subject: str = ""
    kind: str = ""


class Sender(msgspec.Struct, frozen=True):
    """A sender whose events came late, or from the future: how many, and by how much at most, in microseconds."""

    source: str
    late: int = 0
    latest: int = 0
    ahead: int = 0


class Overview(Protocol):
    """What the board asks of a store: safe from any thread, always at the last commit. Raises StateError."""

    def owing(self, limit: int) -> Owing:
        """Give what is open: at most `limit` warned and running rows, and as many paused ones."""

    def actions_on(self, promises: Collection[str], causes: Collection[tuple[str, str]] = ()) -> list[Action]:
        """Give what people did about some promises, oldest first; `causes` name more acts, by (source, id)."""

    def broken(self, limit: int, *, debriefed: bool) -> tuple[list[PromiseRow], int]:
        """Give the newest broken promises that were, or were not, talked over; and how many there are in all."""

    def trend(self, starts: Sequence[int]) -> dict[str, list[Stretch]]:
        """Give how each standard went in the stretches that begin at `starts`, oldest first, the last one up to now."""

    def refused(self, limit: int) -> tuple[list[DeadLetter], int]:
        """Give the newest dead letters, and how many there are in all."""

    def unused(self, limit: int) -> tuple[list[LateEvent], int]:
        """Give the newest events that changed nothing, and how many there are in all."""

    def senders(self, since: int) -> list[Sender]:
        """Give the senders whose events came late, or from the future, since an instant; the worst first."""

    def letter(self, number: int) -> DeadLetter | None:
        """Give a dead letter by its number, or None."""

    def open_letters(self) -> int:
        """Give how many dead letters nobody has dealt with yet."""

    def suppressed(self, wanted: UntoldFilter, before: int = 0, limit: int = 100) -> list[Untold]:
        """Give notices that were not sent, newest first, from before the one numbered `before`; 0: from the newest."""

    def actions(self, before: int = 0, limit: int = 100, *, types: Collection[str] = ()) -> list[tuple[int, Action]]:
        """Give what people did, newest first, each with its number, from before `before`; of some `types`, or all."""

    def undelivered(self, limit: int) -> list[NoticeRow]:
        """Give the newest notices that wait for a channel, or that one has given up."""

    def fates(self) -> dict[str, int]:
        """Give how many deliveries there are in each state."""

    def reasons(self, promise: str) -> dict[str, str]:
        """Give why each line of a promise was told or not, by the line's id."""


class BoardBooks(ReadBooks, Protocol):
    """Books that the board can be drawn from."""

    @property
    def overview(self) -> Overview:
        """What the board asks beside the books' lists."""
