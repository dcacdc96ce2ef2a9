"""Snapshots: a case as bytes and back, and what every store of cases promises.

A snapshot begins with its version, so that a newer Kept can read what an older one wrote; one it cannot read stops the
host with the data kept.
Read next: `sqlite.py`, the store of one machine.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar

import msgspec

from standards.errors import StateError
from standards.judge.case import Case
from standards.judge.events import Event, union_of
from standards.judge.promise import E, Promise
from streams.ingest.wire import UNREADABLE
from streams.storage.case_parts import unreadable

if TYPE_CHECKING:
    from standards.judge.rulebook import Rulebook

T = TypeVar("T")

VERSION = 2
"""The version of snapshots that this Kept writes. In version 1 what is overdue was counted only; see `take_over`."""
_READ = range(1, VERSION + 1)

Holding = tuple[str, tuple[str | int, ...], bool, list[E]]
"""Events that a case came to hold: its group, its key, whether it holds nothing else, and the events."""

Settled = dict[str, list[Promise[E]]]
"""Promises whose verdict can still be corrected, by revision, as a case's slots have them."""
Settling = tuple[str, tuple[str | int, ...], bool, Settled[E]]
"""Promises that were settled or corrected: the case's group, its key, whether it has no others, and the promises."""


class Snapshots:
    """Turns cases into bytes and back. It needs the rulebook, since held events are typed by the vocabulary."""

    def __init__(self, rulebook: Rulebook) -> None:
        union: Any = union_of(rulebook.classes.values())
        self._case: msgspec.msgpack.Decoder[Case[Event]] = msgspec.msgpack.Decoder(Case[union])
        self._holdings: msgspec.msgpack.Decoder[list[Holding[Event]]] = msgspec.msgpack.Decoder(list[Holding[union]])
        self._settlings: msgspec.msgpack.Decoder[list[Settling[Event]]] = msgspec.msgpack.Decoder(list[Settling[union]])
        self._encoder = msgspec.msgpack.Encoder()

    def encode(self, what: Case[Event] | list[Holding[Event]] | list[Settling[Event]]) -> bytes:
        """Give the bytes of a case, of what cases came to hold, or of what they settled; version first."""
        return bytes((VERSION,)) + self._encoder.encode(what)

    def decode(self, raw: bytes) -> Case[Event]:
        """Read a case back. Raises StateError for a version or content that this Kept does not know."""
        return _decoded(self._case, raw)

    def decode_holdings(self, raw: bytes) -> list[Holding[Event]]:
        """Read back what cases came to hold. Raises StateError as `decode` does."""
        return _decoded(self._holdings, raw)

    def decode_settlings(self, raw: bytes) -> list[Settling[Event]]:
        """Read back what cases settled. Raises StateError as `decode` does."""
        return _decoded(self._settlings, raw)


def _decoded(decoder: msgspec.msgpack.Decoder[T], raw: bytes) -> T:
    if not raw or raw[0] not in _READ:
        found = raw[0] if raw else "none"
        raise StateError(f"snapshot version {found}, and this Kept reads up to {VERSION}; run the Kept that wrote it")
    try:
        return decoder.decode(memoryview(raw)[1:])
    except UNREADABLE as error:
        raise unreadable(error) from None
