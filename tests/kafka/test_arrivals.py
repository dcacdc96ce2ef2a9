"""Records are read within bounds: one that cannot be used is one dead letter, however much is in it."""

from __future__ import annotations

import json

import pytest

from streams.ingest.wire import MOST_REFUSED
from streams.kafka.intake.arrivals import Arrivals
from streams.kafka.records.facts import Letter
from tests.kafka.test_stamps import READER, SKEW, Record
from tests.streams.asking import waiting
from tests.streams.hosting import SECOND, T0

LINES = (("content-type", b"application/x-ndjson"),)


def read(*records: Record) -> tuple[list[str], list[Letter]]:
    """Read records that came a second after they happened: the events' ids, and the letters."""
    letters: list[Letter] = []
    arrivals = Arrivals(READER, stamps=lambda given: [T0 + SECOND] * len(given), max_skew=SKEW)
    return [event.id for event in arrivals.read(list(records), letters)], letters


@pytest.mark.parametrize(
    ("record", "reason"),
    [
        (Record(b"[" + b"1," * 200_000 + b"1]", 0), "bad-event"),
        (Record(b"[" + b"{}," * 200_000 + b"{}]", 0), "bad-event"),
        (Record(b"[\n" + b"{},\n" * 200_000 + b"{}]", 0), "bad-event"),
        (Record(b"{}\n" * 200_000, 0), "bad-event"),
        (Record(b"{}\n" * 200_000, 0, headers=LINES), "bad-event"),
    ],
)
def test_a_record_of_very_many_faults_is_one_dead_letter(record: Record, reason: str) -> None:
    """What is sent by mistake, or to do harm, costs one letter, which says how much of it could not be read."""
    good = Record(json.dumps(waiting("good", T0)).encode(), 0)
    ids, (letter,) = read(good, record, good)
    assert ids == ["good", "good"]
    assert letter.reason == reason
    assert f"{MOST_REFUSED:,} of its events or more cannot be read" in letter.message
    assert len(letter.raw) <= 64 << 10


def test_some_faults_cost_themselves_alone() -> None:
    """Up to that bound each fault is a letter of its own, and the others of its record are read."""
    some: list[object] = [{}] * 999 + [waiting("good", T0)]
    ids, letters = read(Record(json.dumps(some).encode(), 0))
    assert (ids, len(letters)) == (["good"], 999)


def test_one_event_may_be_printed_over_more_lines_than_that() -> None:
    """An event with a long text, printed for people, is one event and not thousands of broken lines."""
    event = {**waiting("long", T0), "extension": [1] * 2_000}
    ids, letters = read(Record(json.dumps(event, indent=1).encode(), 0))
    assert (ids, letters) == (["long"], [])
