"""The intake's promises, on a real broker: every form is read, what is bad is located, and nothing is lost."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path

import pytest

from standards.judge.events import iso
from streams.kafka.clients.connection import KafkaSettings
from streams.kafka.clients.edge import wall
from streams.kafka.clients.log import KafkaError, acknowledged
from streams.kafka.records.facts import Late, Letter, partition_of
from tests.kafka.broker import Broker
from tests.kafka.taking import facts_of, holds_soon, intake, intake_process, letters_of, produce, raw
from tests.kafka.topics import delete_before
from tests.streams.asking import cloud, waiting
from tests.streams.hosting import SECOND, T0, shop

BINARY = [
    ("ce_specversion", b"1.0"), ("ce_id", "100% ż".encode()), ("ce_source", b"till"), ("ce_type", b"queue.length"),
    ("ce_time", b"2026-01-09T23:06:40Z"), ("content-type", b"application/json"),
]  # fmt: skip
FEEDS = """
kept: 1
feeds:
  tills: {events: [register.closed], per: [site], silent_after: 15m}
"""


async def test_every_form_is_read(kafka: KafkaSettings, tmp_path: Path) -> None:
    """Structured, binary, batch, lines and printed events all come to `facts`, once, where their subject is."""
    lines = raw("line-1") + b"\n" + raw("line-2") + b"\n"
    batch = json.dumps([waiting("batch-1", T0), waiting("batch-2", T0)]).encode()
    printed = json.dumps(waiting("printed", T0), indent=2).encode()
    headers = [("content-type", b"application/cloudevents+json; charset=utf-8")]
    await produce(kafka, raw("one"), lines, batch, printed)
    await produce(kafka, raw("typed"), headers=headers)
    await produce(kafka, json.dumps({"site": "s3", "queue": "q1", "waiting": 4}).encode(), headers=BINARY)
    await produce(kafka, *(raw(f"plain-{number}") for number in range(1_200)), partition=1)
    wanted = ["one", "line-1", "line-2", "batch-1", "batch-2", "printed", "typed", "100% ż"]
    wanted += [f"plain-{number}" for number in range(1_200)]
    async with intake(kafka, shop(tmp_path)) as host, facts_of(kafka, host) as facts:
        found = await facts.until_ids(wanted)
        assert set(found.values()) == {1}
        assert sorted(found) == sorted(wanted)
        home = partition_of(("s3", "q1"), kafka.partitions)
        batches = [(place, each) for place, each in facts.facts() if each.events]
        assert {place for place, _ in batches} == {home}
        assert all(event.received for _, each in batches for event in each.events)


@pytest.mark.parametrize("packed", ["gzip", "lz4", "snappy", "zstd"])
async def test_packed_records_are_read(kafka: KafkaSettings, tmp_path: Path, packed: str) -> None:
    """However a producer packs its records, they are read."""
    wanted = [f"{packed}-{number}" for number in range(300)]
    await produce(kafka, *map(raw, wanted), compression_type=packed)
    async with intake(kafka, shop(tmp_path)) as host, facts_of(kafka, host) as facts:
        assert set((await facts.until_ids(wanted)).values()) == {1}


async def test_what_cannot_be_used_is_in_the_dead_letters(kafka: KafkaSettings, tmp_path: Path) -> None:
    """Each bad event has a letter with its reason and its place: topic, partition, offset, and place in the record."""
    future = raw("future", (4_000_000_000) * SECOND)
    own = json.dumps({**waiting("own", T0), "source": "kept"}).encode()
    promise = json.dumps(cloud("promise.broken", "p", T0, standard="no-wait")).encode()
    lines = b"\n" + raw("good-1") + b"\n{}\n" + own
    batch = json.dumps([waiting("good-2", T0), {"type": "no.such"}]).encode()
    nothing = json.dumps(
        cloud("exception.granted", "g", T0, standard="nobody", subject="a", by="lead", reason="r")
    ).encode()
    await produce(kafka, b"{", future, own, promise, lines, batch, None, b" ", b"x" * 100_000, nothing, raw("good-3"))
    async with intake(kafka, shop(tmp_path)) as host, facts_of(kafka, host) as facts:
        assert sorted(await facts.until_ids(["good-1", "good-2", "good-3"])) == ["good-1", "good-2", "good-3"]
        letters = await letters_of(kafka, 11)
        found = [(each.origin.partition("/")[2], each.reason) for each in letters if isinstance(each, Letter)]
        assert found == [
            ("0/0#1", "not-json"), ("0/1#1", "from-the-future"), ("0/2#1", "reserved-source"),
            ("0/3#1", "reserved-type"), ("0/4#3", "bad-event"), ("0/4#4", "reserved-source"),
            ("0/5#2", "unknown-type"), ("0/6#1", "no-event"), ("0/7#1", "no-event"), ("0/8#1", "not-json"),
        ]  # fmt: skip
        assert all(each.origin.startswith(kafka.names.events) for each in letters if isinstance(each, Letter))
        unreadable = [each for each in letters if isinstance(each, Letter) and each.reason == "not-json"]
        assert [each.raw for each in unreadable] == [b"", b""]
        assert "1 bytes, which are not kept" in unreadable[0].message
        late = [each for each in letters if isinstance(each, Late)]
        assert [(each.id, each.reason, each.type, each.at) for each in late] == [
            ("g", "nothing-to-excuse", "exception.granted", T0)
        ]


async def test_feeds_are_heard_everywhere(kafka: KafkaSettings, tmp_path: Path) -> None:
    """What a feed said is told to all partitions, also of events that concern no standard."""
    standards = shop(tmp_path)
    (tmp_path / "rules" / "feeds.yaml").write_text(FEEDS, encoding="utf-8")
    closed = [cloud("register.closed", f"c{n}", T0 + n * SECOND, site="s3", queue="q1", serving=1) for n in range(9)]
    await produce(kafka, *(json.dumps(event).encode() for event in closed))
    async with intake(kafka, standards) as host, facts_of(kafka, host) as facts:
        await facts.until(lambda _: len({place for place, each in facts.facts() if each.hearings}) == kafka.partitions)
        heard = {(place, str(each.hearings)) for place, each in facts.facts() if each.hearings}
        assert {text for _, text in heard} == {str([("tills", ("s3",), [T0, T0 + 8 * SECOND])])}
        assert not any(each.events for _, each in facts.facts())


async def test_a_killed_intake_loses_nothing(kafka: KafkaSettings, tmp_path: Path) -> None:
    """An intake that is killed with events under way has lost none once it runs again."""
    standards, log = shop(tmp_path), tmp_path / "intake.log"
    wanted = [f"e{number}" for number in range(60_000)]
    values = [raw(name, T0 + place, queue=f"q{place % 50}") for place, name in enumerate(wanted)]
    await produce(kafka, *values[:30_000])
    await produce(kafka, *values[30_000:], partition=1)
    async with intake(kafka, standards) as host:
        codec_of = host
        await holds_soon(lambda: host.now_status().ready)
    with intake_process(kafka, standards, log) as process:
        await produce(kafka, *(raw(f"more-{place}", T0 + place) for place in range(2_000)))
        process.kill()
        process.wait()
    with intake_process(kafka, standards, log):
        async with facts_of(kafka, codec_of) as facts:
            found = await facts.until_ids([*wanted, *(f"more-{place}" for place in range(2_000))])
            assert len(found) == len(wanted) + 2_000


@pytest.mark.slow
async def test_a_broker_that_comes_back_is_gone_on_with(
    own_broker: Broker, own_kafka: KafkaSettings, tmp_path: Path
) -> None:
    """While the broker is away the status says so; when it is back, the intake goes on, and nothing is lost."""
    async with intake(own_kafka, shop(tmp_path)) as host, facts_of(own_kafka, host) as facts:
        await produce(own_kafka, raw("before"))
        await facts.until_ids(["before"])
        await holds_soon(lambda: host.now_status().ready)
        own_broker.kill()
        await holds_soon(lambda: not host.now_status().ready)
        assert "Kafka" in host.now_status().reason
        own_broker.start()
        await produce(own_kafka, raw("after"))
        await facts.until_ids(["before", "after"])
        await holds_soon(lambda: host.now_status().ready)


async def test_an_intake_waits_for_a_broker_that_is_not_there_yet(
    own_broker: Broker, own_kafka: KafkaSettings, tmp_path: Path
) -> None:
    """An intake that is started before its broker waits for it, and can be stopped meanwhile."""
    own_broker.stop()
    async with intake(own_kafka, shop(tmp_path)) as host:
        await holds_soon(lambda: "does not answer" in host.now_status().reason)
    async with intake(own_kafka, shop(tmp_path)) as host:
        await holds_soon(lambda: "does not answer" in host.now_status().reason)
        own_broker.start()
        await holds_soon(lambda: host.now_status().ready)
        assert host.now_status().reason == ""


async def test_damage_on_the_brokers_disk_is_passed_over(
    own_broker: Broker, own_kafka: KafkaSettings, tmp_path: Path
) -> None:
    """A record that is damaged on the broker's disk has a letter with its place; what is around it is read."""
    for name in ("first", "damaged", "last"):
        await produce(own_kafka, raw(name))
    (segment,) = (own_broker.folder / "data" / f"{own_kafka.names.events}-0").glob("*.log")
    with segment.open("r+b") as file:
        content = file.read()
        file.seek(content.index(b'"damaged"') + 1)
        file.write(b"DAMAGED")
    async with intake(own_kafka, shop(tmp_path)) as host, facts_of(own_kafka, host) as facts:
        assert sorted(await facts.until_ids(["first", "last"])) == ["first", "last"]
        (letter,) = await letters_of(own_kafka, 1)
        assert isinstance(letter, Letter)
        assert (letter.reason, letter.origin) == ("damaged-record", f"{own_kafka.names.events}/0/1#1")
        await produce(own_kafka, raw("afterwards"))
        await facts.until_ids(["afterwards"])


@pytest.mark.parametrize("after", [["last"], []])
async def test_what_was_deleted_before_it_was_read_is_told(
    kafka: KafkaSettings, tmp_path: Path, after: list[str]
) -> None:
    """Where Kafka deleted what no intake had read, a letter names its place, and all partitions are told when it was.

    Also when nothing comes after it.
    """
    topic, began = kafka.names.events, wall()
    await produce(kafka, raw("read"))
    async with intake(kafka, shop(tmp_path)) as host, facts_of(kafka, host) as facts:
        await facts.until_ids(["read"])
        await holds_soon(lambda: host.now_status().ready)
    read = wall()
    await produce(kafka, *(raw(f"unread-{number}") for number in range(5)), *map(raw, after))
    await asyncio.to_thread(delete_before, kafka, topic, 0, 6)
    async with intake(kafka, shop(tmp_path)) as host, facts_of(kafka, host) as facts:
        await facts.until_ids(["read", *after])
        (letter,) = await letters_of(kafka, 1)
        assert isinstance(letter, Letter)
        assert (letter.reason, letter.origin) == ("deleted-unread", f"{topic}/0/1#1")
        assert letter.message.startswith("records 1 to 5 were deleted")
        await facts.until(lambda _: sum(bool(each.gap) for _, each in facts.facts()) >= kafka.partitions)
        gaps = [(place, *each.gap) for place, each in facts.facts() if each.gap]
        assert sorted(place for place, *_ in gaps) == list(range(kafka.partitions))
        assert all(began <= first <= read <= last <= wall() for _, first, last in gaps)
        await produce(kafka, raw("afterwards"))
        await facts.until_ids(["afterwards"])


async def test_what_kafka_does_not_acknowledge_is_told() -> None:
    """While Kafka does not acknowledge what was published, that is told again and again; what fails is raised."""
    loop = asyncio.get_running_loop()
    done, late, bad = (loop.create_future() for _ in range(3))
    done.set_result(None)
    bad.set_exception(KafkaError("no"))
    told = list[int]()

    def slow() -> None:
        told.append(1)
        if len(told) > 1:
            late.set_result(None)

    await acknowledged([done, late], slow, seconds=0.01)
    assert len(told) == 2
    with pytest.raises(KafkaError, match="no"):
        await acknowledged([loop.create_future(), bad], slow)


def test_times_are_as_the_tests_write_them() -> None:
    """The binary form's time above is the tests' own beginning of time."""
    assert iso(T0) == "2026-01-09T23:06:40Z"
