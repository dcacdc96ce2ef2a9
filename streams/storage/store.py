"""Snapshots: a case as bytes and back.

A snapshot begins with its version, so that a newer Kept can read what an older one wrote; one it cannot read stops the
host with the data kept. Read next: `shelving.py`.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any, TypeVar

import msgspec

from standards.errors import StateError
from standards.judge.case import Case
from standards.judge.events import Event, union_of
from standards.judge.promise import E, Promise
from streams.ingest.wire import UNREADABLE
from streams.storage.case_parts import unreadable

if TYPE_CHECKING:
    from collections.abc import Callable

    from standards.judge.rulebook import Rulebook

T = TypeVar("T")

VERSION = 1
"""The version of snapshots that this Kept writes."""

Holding = tuple[str, tuple[str | int, ...], bool, list[E]]
"""Events that a case came to hold: its group, its key, whether it holds nothing else, and the events."""

Settled = dict[str, list[Promise[E]]]
"""Promises whose verdict can still be corrected, by revision, as a case's slots have them."""
Settling = tuple[str, tuple[str | int, ...], bool, Settled[E]]
"""Promises that were settled or corrected: the case's group, its key, whether it has no others, and the promises."""


class Snapshots:
    """Turns cases into bytes and back. It needs the rulebook, since held events are typed by the vocabulary.

    `decode` reads a case, the other two what cases came to hold or settled; all raise StateError for a version or
    content that this Kept does not know.
    """

    def __init__(self, rulebook: Rulebook) -> None:
        union: Any = union_of(rulebook.classes.values())
        form = msgspec.msgpack.Decoder
        self.decode: Callable[[bytes], Case[Event]] = partial(_decoded, form(Case[union]))
        self.decode_holdings: Callable[[bytes], list[Holding[Event]]] = partial(_decoded, form(list[Holding[union]]))
        self.decode_settlings: Callable[[bytes], list[Settling[Event]]] = partial(_decoded, form(list[Settling[union]]))

    def encode(self, what: Case[Event] | list[Holding[Event]] | list[Settling[Event]]) -> bytes:
        """Give the bytes of a case, of what cases came to hold, or of what they settled; version first."""
        return bytes((VERSION,)) + msgspec.msgpack.encode(what)


def _decoded(decoder: msgspec.msgpack.Decoder[T], raw: bytes) -> T:
    if not raw or raw[0] != VERSION:
        found = raw[0] if raw else "none"
        raise StateError(f"snapshot version {found}, and this Kept reads {VERSION}; run the Kept that wrote it")
    try:
        return decoder.decode(memoryview(raw)[1:])
    except UNREADABLE as error:
        raise unreadable(error) from None
