"""What a host says of itself: how it stands, that it is full, and what each transaction stored."""

from __future__ import annotations

import msgspec

from alerts.routing.notice import Notice, Withheld
from standards.errors import KeptError
from standards.judge.case import Effect
from standards.judge.ledger import Line


class Backlog(KeptError):  # noqa: N818 - the condition has a name of its own
    """More events wait than the host takes in; the same batch is welcome again after `seconds`."""

    seconds = 1

    def __init__(self, waiting: int) -> None:
        super().__init__(f"{waiting} events are waiting to be stored; send this batch again in {self.seconds} s")


class Status(msgspec.Struct, frozen=True):
    """How a host stands. `low` and `newest` are microseconds UTC, or -1; `waiting` counts events not yet stored.

    `revision` is one hash over all standards in force. `problems` are for people: what a reload found wrong, and such.
    `grace` is how long judging waits for events, so how far `low` is behind the clock while all is well.
    `clock_step` is how far this machine's clock is ahead of the time that has gone by, in microseconds: it was set.
    `standards_read` is when those in force were read, in microseconds UTC; `is_stale`: newer files could not be used.
    `operator`: on Kafka, this process decides whom to tell.
    """

    ready: bool
    reason: str = ""
    low: int = -1
    newest: int = -1
    waiting: int = 0
    revision: str = ""
    problems: list[str] = []
    retired: int = 0
    clock_step: int = 0
    grace: int = 0
    standards_read: int = 0
    is_stale: bool = False
    operator: bool = False


class Committed(msgspec.Struct, frozen=True):
    """What one transaction stored; told to listeners after it is durable. `judging` and `storing` are seconds.

    `events` and `unmatched` count by event type, `late` and `refused` by reason, `effects` by what late events came
    to, `acts` what people did, `handed` the promises that somebody else has now, or nobody any more. `joined` says of
    promises, by id, what joined them by now: how many events, and when the last did.
    `settled_early` counts events of busy subjects before which nothing finds its place any more.
    """

    lines: list[Line] = []
    notices: list[Notice] = []
    withheld: list[Withheld] = []
    acts: int = 0
    handed: int = 0
    joined: dict[str, tuple[int, int]] = {}
    events: dict[str, int] = {}
    duplicates: int = 0
    settled_early: int = 0
    unmatched: dict[str, int] = {}
    late: dict[str, int] = {}
    effects: dict[Effect, int] = {}
    refused: dict[str, int] = {}
    judging: float = 0.0
    storing: float = 0.0
