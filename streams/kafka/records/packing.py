"""Packing: many values made into records that are neither too many nor too large.

Read next: `streams/kafka/intake/intake.py`, which publishes the records.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, TypeVar

import msgspec

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from standards.judge.events import Event
    from streams.kafka.records.facts import Facts

MOST: Final = 1_000
"""How many values one record holds."""
LARGEST: Final = 900_000
"""How large a record may be, in bytes: brokers take a little more than this unless they are told to."""

T = TypeVar("T")


def bounded(values: Sequence[T], encode: Callable[[Sequence[T]], bytes]) -> Iterator[bytes]:
    """Write values as records, in order: as few as may be. A value by itself is written however large it is."""
    for start in range(0, len(values), MOST):
        yield from _halved(values[start : start + MOST], encode)


def _halved(values: Sequence[T], encode: Callable[[Sequence[T]], bytes]) -> Iterator[bytes]:
    raw = encode(values)
    if len(raw) <= LARGEST or len(values) == 1:
        yield raw
        return
    half = len(values) // 2
    yield from _halved(values[:half], encode)
    yield from _halved(values[half:], encode)


def facts_records(
    whole: Facts[Any], buckets: Sequence[list[Event]], encode: Callable[[Facts[Any]], bytes]
) -> Iterator[tuple[int, bytes]]:
    """Give (partition, record) of what a batch came to; `whole` is without its events, which are in the `buckets`.

    Hearings come before all events.
    """
    for partition, bucket in enumerate(buckets):
        if bucket or whole.hearings:
            for raw in _split(whole, bucket, encode):
                yield partition, raw


def _split(whole: Facts[Any], bucket: list[Event], encode: Callable[[Facts[Any]], bytes]) -> Iterator[bytes]:
    facts, heard = msgspec.structs.replace(whole, events=bucket), whole.hearings
    raw = encode(facts) if len(bucket) <= MOST else b""
    if raw and (len(raw) <= LARGEST or len(bucket) + len(heard) <= 1):
        yield raw
        return
    half = len(bucket) // 2
    first = len(heard) if half else (len(heard) + 1) // 2  # they are divided when there are no events to divide
    yield from _split(msgspec.structs.replace(whole, hearings=heard[:first]), bucket[:half], encode)
    yield from _split(msgspec.structs.replace(whole, hearings=heard[first:]), bucket[half:], encode)
