"""Events of an export, each with when a host received it: `keptreceived`, an extension attribute of CloudEvents.

Read next: `streams/backtest/by_receipt.py`, which judges them as that host did.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

import msgspec

from standards.errors import EventError
from standards.judge.events import AwareTime, microseconds
from streams.ingest.wire import UNREADABLE, Reader, Refusal

if TYPE_CHECKING:
    from collections.abc import Callable

    from standards.judge.events import Event
    from streams.ingest.jsonl import Chunk

ATTRIBUTE: Final = "keptreceived"
_MARK: Final = f'"{ATTRIBUTE}"'.encode()
_MISSING: Final = f"other events here say when they were received, and this one has no {ATTRIBUTE}; export it anew"


class _Receipt(msgspec.Struct):
    keptreceived: AwareTime | None = None


_receipts = msgspec.json.Decoder(_Receipt)


class Read(NamedTuple):
    """Events that were read, and whether they say when they were received."""

    events: list[Event]
    stamped: bool


def lines(reader: Reader, chunk: Chunk, refuse: Callable[[Refusal], None], *, stamped: bool = False) -> Read:
    """Read JSON lines, with when they were received where they say so. Then all of them have to.

    So it is where lines before these said so, which is `stamped`.
    """
    text, number, first, _ = chunk
    if _MARK not in text and not stamped:
        return Read(reader.lines(text, refuse, first=first, count=number), stamped=False)
    refused: list[Refusal] = []
    events = reader.lines(text, refused.append, first=first, count=number)
    try:
        receipts = _receipts.decode_lines(text)
    except (*UNREADABLE, msgspec.ValidationError):
        receipts = []
    if refused or len(events) != len(receipts) or any(each.keptreceived is None for each in receipts):
        return Read(_each(reader, text, refuse, first), stamped=True)
    for event, receipt in zip(events, receipts, strict=True):
        _stamp(event, receipt)
    return Read(events, stamped=True)


def _each(reader: Reader, text: bytes, refuse: Callable[[Refusal], None], first: int) -> list[Event]:
    events = []
    for place, raw in enumerate(text.split(b"\n"), first):
        if raw.strip():
            try:
                events.append(_one(reader, raw))
            except EventError as error:
                refuse(Refusal(place, error.reason, str(error), raw))
    return events


def _one(reader: Reader, raw: bytes) -> Event:
    event = reader.one(raw)
    try:
        receipt = _receipts.decode(raw)
    except msgspec.ValidationError:
        words = f"{ATTRIBUTE} is not a date and time; it is written like 2026-01-31T08:00:00Z"
        raise EventError("bad-field", words) from None
    if receipt.keptreceived is None:
        raise EventError("bad-field", _MISSING)
    _stamp(event, receipt)
    return event


def _stamp(event: Event, receipt: _Receipt) -> None:
    """Note when an event was received; it happened no later, whatever its sender claimed."""
    if receipt.keptreceived is not None:
        event.received = microseconds(receipt.keptreceived)
        event.at = min(event.at, event.received)
