"""Commits: how far each partition of `events` is in `facts`, with what an intake noted beside the offset.

The note is the commit's own metadata in Kafka: so it outlives the intake, and everyone sees the same.
Read next: `intake.py`, which commits.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

import msgspec

from streams.kafka.clients.log import commits_of

if TYPE_CHECKING:
    from streams.kafka.clients.connection import KafkaSettings


class Done(NamedTuple):
    """How far a partition is: the `offset` that comes next, and the latest stamp and event time before it.

    `received` and `newest` are microseconds UTC, or -1 where nothing is known.
    """

    offset: int
    received: int = -1
    newest: int = -1


class _Note(msgspec.Struct):
    received: int = -1
    newest: int = -1


_read: Final = msgspec.json.Decoder(_Note).decode


def note(done: Done) -> str:
    """Write what goes beside the offset."""
    return msgspec.json.encode(_Note(done.received, done.newest)).decode()


def noted(offset: int, words: str) -> Done:
    """Read a commit; one of an earlier version, or of a tool that moves offsets, has no note."""
    try:
        found = _read(words)
    except msgspec.DecodeError:
        return Done(offset)
    return Done(offset, found.received, found.newest)


class Commits:
    """Reads what the intakes have committed."""

    def __init__(self, kafka: KafkaSettings) -> None:
        self._kafka = kafka

    async def read(self) -> dict[int, Done]:
        """Say how far each partition of `events` is; one that was never read is missing. Raises KafkaError."""
        names = self._kafka.names
        found = await commits_of(self._kafka, names.intake_group)
        return {
            where.partition: noted(offset, words)
            for where, (offset, words) in found.items()
            if where.topic == names.events and offset >= 0
        }
