"""A message: a record that is to be published."""

from __future__ import annotations

from typing import Final, NamedTuple

ANY: Final = -1
"""The partition of a message that goes where its key says, or wherever the producer likes."""


class Message(NamedTuple):
    """A record to be published, with how many `events` are in it.

    A value of None deletes the key from a compacted topic.
    """

    topic: str
    partition: int
    value: bytes | None
    key: bytes | None = None
    headers: tuple[tuple[str, bytes], ...] = ()
    events: int = 0
