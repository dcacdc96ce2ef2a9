"""What brokers still hold of who was erased: told by the records alone, whatever else was replaced since."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import pytest

from streams.kafka.persons.leftover import Leftover
from streams.kafka.persons.name_records import MARK, NameRecords
from streams.names.rows import Row

AT = 1_000
RECORDS = NameRecords("names")
ANN, BEN, NOTE = b"a" * 32, b"b" * 32, b"n" * 32


class Record(NamedTuple):
    """A record of the topic."""

    offset: int
    key: bytes | None
    value: bytes | None


def row(key: bytes, text: str) -> tuple[bytes | None, bytes | None]:
    message = RECORDS.message(key, Row(key, f"p~{key.decode()[:20]}", text))
    return message.key, message.value


def erased(key: bytes, at: int = AT) -> tuple[bytes | None, bytes | None]:
    message = RECORDS.block(key, at)
    return message.key, message.value


def gone(key: bytes) -> tuple[bytes | None, bytes | None]:
    return key.hex().encode(), None


MARKED = (MARK, b"{}")
ERASURE = [row(NOTE, "p~ was ill"), erased(ANN), gone(ANN)]


@pytest.mark.parametrize(
    ("records", "held"),
    [
        ([row(ANN, "Ann"), row(NOTE, "Ann was ill"), MARKED, *ERASURE], True),
        ([row(ANN, "Ann"), MARKED, *ERASURE, MARKED], True),
        ([row(NOTE, "Ann was ill"), *ERASURE], True),
        ([row(BEN, "Ben"), *ERASURE], False),
        ([row(NOTE, "p~ was ill"), erased(ANN)], False),
        ([*ERASURE, row(BEN, "Ben"), row(BEN, "Ben"), MARKED, MARKED], False),
        ([*ERASURE, row(ANN, "Ann"), row(ANN, "Ann")], False),
        ([row(ANN, "Ann"), erased(ANN, 7), gone(ANN)], False),
        ([], False),
    ],
    ids=[
        "all is there", "the name is there", "a text is there", "all was compacted", "the deletion has gone too",
        "others were replaced since", "they came back since", "another erasure", "nothing is there",
    ],
)  # fmt: skip
def test_what_an_erasure_replaced_is_found(records: Sequence[tuple[bytes | None, bytes | None]], *, held: bool) -> None:
    """What lies before it and was replaced by it, or before it, is held; what was replaced since is not its own."""
    leftover = Leftover(AT)
    leftover.read(Record(offset, *each) for offset, each in enumerate(records))
    assert leftover.is_there == held
