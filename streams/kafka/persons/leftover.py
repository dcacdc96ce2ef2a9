"""What the brokers still hold of who was erased: records of the topic that are replaced, and not compacted away yet.

An erasure publishes what texts say now, then since when who is found by these keys is erased, then that they are
deleted. Until the topic is compacted past there, what was said before can be read from a broker's disk.
Read next: `names_topic.py`, which publishes it, and has the topic read for this.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from streams.kafka.persons.name_records import BLOCK, MARK, SEEN, erased_at

if TYPE_CHECKING:
    from collections.abc import Iterable

    from streams.kafka.clients.log import ConsumerRecord


class Leftover:
    """Looks for what was replaced by the erasure of an instant (microseconds UTC), record by record, in their order."""

    def __init__(self, at: int) -> None:
        self._at = at
        self._keys: set[bytes] = set()
        self._end = -1
        self._said: dict[bytes, int] = {}
        self._replaced: list[int] = []

    @property
    def is_there(self) -> bool:
        """Whether something is there of what it replaced, by what was read so far."""
        return any(by <= self._end for by in self._replaced)

    def read(self, records: Iterable[ConsumerRecord]) -> None:
        """Read some records."""
        for record in records:
            key = record.key or b""
            if key.startswith(BLOCK):
                if erased_at(record.value) == self._at:
                    self._keys.add(key.removeprefix(BLOCK))
                    self._end = record.offset
            elif key != MARK and not key.startswith(SEEN):
                if self._said.pop(key, None) is not None:
                    self._replaced.append(record.offset)
                if record.value is not None:
                    self._said[key] = record.offset
                elif key in self._keys:
                    self._end = record.offset
