"""A message: a record that is to be published."""

from __future__ import annotations

from typing import NamedTuple


class Message(NamedTuple):
    """A record to be published. A value of None deletes the key from a compacted topic."""

    topic: str
    partition: int
    value: bytes | None
    key: bytes | None = None
