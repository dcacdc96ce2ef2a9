"""Snapshots: a case as bytes and back, and what every store of cases promises.

A snapshot begins with its version, so that a newer Kept can read what an older one wrote; one it cannot read stops the
host with the data kept. Knows: bytes. Must not know: where they lie. Read next: `sqlite.py`, the store of one machine.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec

from standards.case import Case
from standards.errors import StateError
from standards.events import Event

if TYPE_CHECKING:
    from standards.rulebook import Rulebook

VERSION = 1
"""The version of snapshots that this Kept writes."""


class Snapshots:
    """Turns cases into bytes and back. It needs the rulebook, since held events are typed by the vocabulary."""

    def __init__(self, rulebook: Rulebook) -> None:
        union: Any = Event
        for position, cls in enumerate(rulebook.classes.values()):
            union = cls if not position else union | cls
        self._decoder: msgspec.msgpack.Decoder[Case[Event]] = msgspec.msgpack.Decoder(Case[union])
        self._encoder = msgspec.msgpack.Encoder()

    def encode(self, case: Case[Event]) -> bytes:
        """Give the bytes of a case, version first."""
        return bytes((VERSION,)) + self._encoder.encode(case)

    def decode(self, raw: bytes) -> Case[Event]:
        """Read a case back. Raises StateError for a version or content that this Kept does not know."""
        if not raw or raw[0] != VERSION:
            found = raw[0] if raw else "none"
            raise StateError(f"snapshot version {found}, and this Kept reads {VERSION}; run the Kept that wrote it")
        try:
            return self._decoder.decode(memoryview(raw)[1:])
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
            message = f"a stored case cannot be read: {error}; put back the standards it was stored under"
            raise StateError(message) from None
