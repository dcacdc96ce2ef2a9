"""What a case is judged again by, as every store keeps it: a log that grows, and a basis that changes seldom.

A busy case logs thousands of events between two snapshots. While its basis stays, the log only grows, and what came
since it was stored is told by addresses alone; events up to the basis need not be taken out, as who reads passes over
them. Read next: `past_log.py` for SQLite, `streams/kafka/worker/journal.py`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Generic, NamedTuple

import msgspec

from standards.judge.case import Snapshot
from standards.judge.promise import E, Promise
from streams.ingest.wire import UNREADABLE

if TYPE_CHECKING:
    from collections.abc import Callable

    from standards.judge.case import Case
    from standards.judge.events import Event


class Basis(msgspec.Struct, Generic[E], array_like=True):
    """What a case's log goes on from, as a case has it: all that changes seldom of what it is judged again by."""

    base: Snapshot[E] | None = None
    younger: Snapshot[E] | None = None
    forgotten: dict[str, list[Promise[E]]] = {}
    revisions: tuple[str, ...] = ()
    too_late: list[tuple[int, E]] = []


class BasisMark(NamedTuple):
    """Which basis of a case is stored. Snapshots do not change, so they are told apart by their addresses."""

    base: Snapshot[Event] | None = None
    younger: Snapshot[Event] | None = None
    forgotten: dict[str, list[Promise[Event]]] | None = None
    promises: int = 0
    revisions: tuple[str, ...] = ()
    too_late: tuple[tuple[int, Event], ...] = ()

    def stands_for(self, case: Case[Event]) -> bool:
        """Say whether the case still has the basis that this is the mark of."""
        return (
            case.base is self.base
            and case.younger is self.younger
            and sum(map(len, case.forgotten.values())) == self.promises
            and (case.forgotten is self.forgotten or not self.promises)
            and case.revisions == self.revisions
            and tuple(case.too_late) == self.too_late
        )


class _Stamp(msgspec.Struct):
    at: int = msgspec.field(name="$at", default=0)


_read_stamp = msgspec.msgpack.Decoder(_Stamp).decode


def basis(case: Case[Event]) -> Basis[Event]:
    """Give what a case's log goes on from."""
    return Basis(case.base, case.younger, case.forgotten, case.revisions, case.too_late)


def basis_mark(case: Case[Event]) -> BasisMark:
    """Give the mark of a case's basis, once it is stored."""
    promises = sum(map(len, case.forgotten.values()))
    return BasisMark(case.base, case.younger, case.forgotten, promises, case.revisions, tuple(case.too_late))


def new_logged(case: Case[Event], stored: list[Event], base: Snapshot[Event] | None) -> list[Event]:
    """Give the events of a case's log that are not among the stored ones, which stood in it after another base.

    Under one base a log only grows: where the last stored event is in its place, no other came before it.
    """
    log, count = case.log, len(stored)
    if not count or (case.base is base and count <= len(log) and log[count - 1] is stored[-1]):
        return log[count:]
    known = set(map(id, stored))
    return [event for event in log if id(event) not in known]


def joined_log(case: Case[Event], stored: list[Event], events: list[Event]) -> list[Event]:
    """Give what is stored of a case's log once new events are: the list that was stored, if they came at its end."""
    count = len(stored)
    if count + len(events) == len(case.log) and (not events or case.log[count] is events[0]):
        stored += events
        return stored
    return list(case.log)


def join_log(
    case: Case[Event],
    raw_basis: bytes,
    decode_basis: Callable[[bytes], Basis[Event]],
    log_since: Callable[[int], list[Event]],
    order: Callable[[Event], Any],
) -> None:
    """Give a case back what it is judged again by; `log_since` gives the events of its log after an instant.

    What happened up to its base is no longer in it. What cannot be read any more is left out as a whole: the case then
    stands on nothing that is known, and is settled when it is adopted (`must_settle`).
    """
    try:
        found: Basis[Event] = decode_basis(raw_basis) if raw_basis else Basis()
        since = -1 if found.base is None else found.base.time
        events = log_since(since)
    except UNREADABLE:
        found, events = Basis(), []
    case.base, case.younger = found.base, found.younger
    case.forgotten, case.revisions, case.too_late = found.forgotten, found.revisions, found.too_late
    case.log = sorted(events, key=order)
    if case.younger is None:
        case.cut = 0


def stamp(raw: msgspec.Raw) -> int:
    """Read an event's time alone, in microseconds UTC."""
    return _read_stamp(raw).at
