"""The intake's stamps: when a record came is the broker's word, unless that is of no use, and then that is told."""

from __future__ import annotations

import asyncio
from collections import Counter
from pathlib import Path
from typing import NamedTuple

from hypothesis import given
from hypothesis import strategies as st

from streams.ingest.wire import Reader
from streams.kafka.clients.connection import KafkaSettings
from streams.kafka.clients.edge import wall
from streams.kafka.intake.arrivals import Arrivals
from streams.kafka.intake.fastest_clock import FastestClock
from streams.kafka.intake.stamps import AHEAD, CLOCK_AHEAD, CREATE_TIME, LOG_APPEND_TIME, Stamps
from streams.kafka.records.facts import Letter
from streams.metrics.kafka import KafkaMetrics
from tests.kafka.chain import given_standards
from tests.kafka.taking import facts_of, holds_soon, intake, produce, raw
from tests.kafka.topics import alter
from tests.streams.hosting import NO_WAIT, SECOND, T0, Clock, shop

MS = 1_000
SOURCE_AHEAD = "kept_source_clock_ahead_seconds"
SKEW = 300 * SECOND
READER = Reader(given_standards(NO_WAIT).load(()).rulebook.classes)


class Record(NamedTuple):
    """As the client gives it, with what is read here."""

    value: bytes
    timestamp: int
    timestamp_type: int = LOG_APPEND_TIME
    offset: int = 0
    topic: str = "events"
    partition: int = 0
    headers: tuple[tuple[str, bytes], ...] = ()


def stamps_at(at: int = T0) -> tuple[Stamps, Counter[str]]:
    counted: Counter[str] = Counter()

    def count(reason: str, number: int) -> None:
        counted[reason] += number

    return Stamps(Clock(at), count), counted


def test_nothing_is_received_before_it_happened() -> None:
    """An event of the very millisecond in which it was appended is not received before that."""
    stamps, counted = stamps_at()
    assert stamps.of([Record(b"", T0 // MS)]) == [T0 // MS * MS + 999]
    assert (stamps.problems("events"), counted) == ([], {})


def test_a_stamp_that_cannot_be_used_is_replaced_counted_and_told() -> None:
    """Where a topic does not stamp, or a broker's clock is ahead, the intake's clock counts, and who looks is told."""
    stamps, counted = stamps_at()
    made, ahead = Record(b"", 5, 0), Record(b"", (T0 + AHEAD) // MS + 1)
    assert stamps.of([made, ahead]) == [T0, T0]
    assert counted == {CREATE_TIME: 1, CLOCK_AHEAD: 1}
    assert "ahead of this machine's" in stamps.problems("events")[0]
    assert stamps.of([made]) == [T0]
    (told,) = stamps.problems("events")
    assert told.endswith("--entity-name events --add-config message.timestamp.type=LogAppendTime")
    assert not stamps.believed
    stamps.of([made, Record(b"", T0 // MS)])
    assert (stamps.problems("events"), stamps.believed) == ([], True)


senders = st.lists(st.tuples(st.integers(-300, 300), st.integers(0, 3), st.booleans()), min_size=1, max_size=40)


@given(senders)
def test_each_event_has_the_stamp_of_its_own_record(sent: list[tuple[int, int, bool]]) -> None:
    """However records are read, together or one by one, an event is stamped with when its own record came."""
    records, wanted = [], {}
    for place, (ahead, later, bad) in enumerate(sent):
        at = T0 // MS + later
        value = b"{" if bad else raw(f"e{place}", T0 + ahead * SECOND)
        if place % 7 == 3 and not bad:
            value += b"\n" + raw(f"second-{place}", T0)
            wanted[f"second-{place}"] = at * MS + 999
        records.append(Record(value, at, offset=place))
        if not bad:
            wanted[f"e{place}"] = at * MS + 999
    letters: list[Letter] = []
    events = Arrivals(READER, stamps=stamps_at()[0].of, max_skew=SKEW).read(records, letters)
    assert {event.id: event.received for event in events} == wanted
    assert len(letters) == sum(bad for *_, bad in sent)
    assert all(
        letter.received == records[int(letter.origin.split("/")[2][:-2])].timestamp * MS + 999 for letter in letters
    )


def test_an_event_is_held_against_its_own_stamp() -> None:
    """A backlog that is read an hour later refuses what was from the future when it came, and nothing else."""
    records = [Record(raw("fast", T0 + SKEW), T0 // MS), Record(raw("wrong", T0 + SKEW + SECOND), T0 // MS)]
    letters: list[Letter] = []
    events = Arrivals(READER, stamps=stamps_at(T0 + 3_600 * SECOND)[0].of, max_skew=SKEW).read(records, letters)
    assert [event.id for event in events] == ["fast"]
    assert [letter.reason for letter in letters] == ["from-the-future"]


def test_the_fastest_of_the_senders_clocks_is_known() -> None:
    """By what each batch claims, also where it is refused for that; it is named once, and forgotten within the hour."""
    clocks = FastestClock()
    arrivals = Arrivals(READER, stamps=stamps_at(T0 + 3_600 * SECOND)[0].of, max_skew=SKEW, clocks=clocks)
    metrics = KafkaMetrics("intake")
    metrics.source_clocks(lambda: clocks.ahead(now))
    now = T0
    assert (clocks.ahead(now), SOURCE_AHEAD.encode() in metrics.text()) == (None, False)
    arrivals.read([Record(raw(f"e{ahead}", T0 + ahead * SECOND), T0 // MS) for ahead in (-9, 3, 1)], [])
    assert (clocks.ahead(now), clocks.unnamed(), clocks.unnamed()) == (
        3 * SECOND - 999,
        ("till", 3 * SECOND - 999),
        None,
    )
    assert f"{SOURCE_AHEAD} 2.999001".encode() in metrics.text()
    arrivals.read([Record(raw("refused", T0 + SKEW + 60 * SECOND), T0 // MS)], [])
    assert clocks.ahead(now) == SKEW + 60 * SECOND - 999
    now = T0 + 3_600 * SECOND
    arrivals.read([Record(raw("slow", T0), now // MS)], [])
    assert clocks.ahead(now) == SKEW + 60 * SECOND - 999
    now += 1_800 * SECOND
    assert (clocks.ahead(now), clocks.unnamed()) == (-3_600 * SECOND - 999, None)
    assert f"{SOURCE_AHEAD} 0.0".encode() in metrics.text()


def test_in_a_replay_events_are_received_when_they_happened() -> None:
    """Where events move time, what was appended a moment ago counts as received at its own time."""
    arrivals = Arrivals(READER, stamps=stamps_at()[0].of, max_skew=SKEW, by_events=True)
    (event,) = arrivals.read([Record(raw("old", T0 - 99 * SECOND), T0 // MS)], [])
    assert event.received == event.at == T0 - 99 * SECOND


async def test_a_topic_that_does_not_stamp_is_told_until_it_does(kafka: KafkaSettings, tmp_path: Path) -> None:
    """Records from before the topic was altered are read like those after; the problem goes with the last of them."""
    topic, began = kafka.names.events, wall()
    await asyncio.to_thread(alter, kafka, topic, "message.timestamp.type", "CreateTime")
    await produce(kafka, raw("before", began))
    async with intake(kafka, shop(tmp_path)) as host, facts_of(kafka, host) as facts:
        await facts.until_ids(["before"])
        await holds_soon(lambda: any("LogAppendTime" in each for each in host.now_status().problems))
        await asyncio.to_thread(alter, kafka, topic, "message.timestamp.type", "LogAppendTime")
        await produce(kafka, raw("after", began))
        await facts.until_ids(["before", "after"])
        await holds_soon(lambda: host.now_status().problems == [])
        stamps = [event.received for _, each in facts.facts() for event in each.events]
        assert began <= min(stamps) <= max(stamps) <= wall()
        assert max(stamps) % MS == 999
