"""Records of `events` that cannot be had, damaged on the broker's disk or deleted before they were read: their letters.

Read next: `intake.py`, which passes them over.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import structlog

from streams.kafka.clients.log import KafkaError
from streams.kafka.records.facts import Letter

if TYPE_CHECKING:
    from streams.kafka.clients.log import TopicPartition
    from streams.kafka.intake.places import Deleted

_CORRUPT: Final = 2
"""Kafka's number for a record that is not what its checksum says."""

log = structlog.get_logger("kept")


def is_damage(error: Exception) -> bool:
    """Say whether what was read is damaged, rather than that it could not be read now."""
    if isinstance(error, KafkaError):
        return getattr(error, "errno", 0) == _CORRUPT
    return not isinstance(error, OSError | TimeoutError)


def damaged(where: TopicPartition, place: int, error: Exception, now: int) -> Letter:
    """Say of a record that it was passed over; `now` in microseconds UTC."""
    log.error("a record is damaged and was passed over", partition=where.partition, offset=place, error=str(error))
    words = f"the record, or what it is packed with, is damaged: {error}"
    return Letter(now, "damaged-record", words, f"{where.topic}/{where.partition}/{place}#1")


def unread(deleted: Deleted, now: int) -> Letter:
    """Say which records Kafka deleted; `now` in microseconds UTC."""
    where, first, last = deleted
    log.error("Kafka deleted records before they were read", partition=where.partition, first=first, last=last)
    words = (
        f"records {first} to {last} were deleted before they were read; have {where.topic} keep its records for "
        "longer than all intakes may stand still (retention.ms)"
    )
    return Letter(now, "deleted-unread", words, f"{where.topic}/{where.partition}/{first}#1")
