"""Names on Kafka: all processes agree who somebody is, and nobody who was erased comes back."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, closing
from functools import partial
from pathlib import Path

import msgspec
import pytest

from standards.calendar.duration import DAY
from standards.errors import StateError
from streams.kafka.clients.connection import KafkaSettings
from streams.kafka.clients.edge import wall
from streams.kafka.clients.log import consuming, producing
from streams.kafka.persons.name_records import SEEN, Named
from streams.kafka.persons.names_topic import STALE, NamesTopic, published
from streams.kafka.persons.shared_names import Place, Read, SharedNames, shared_secret
from streams.kafka.records.topics import OVERWRITTEN_WITHIN
from streams.names.references import ERASED, canonical, index_of, new
from streams.names.rows import Row
from streams.names.secret import FILE
from tests.kafka.broker import Broker
from tests.kafka.comparing import whole
from tests.kafka.topics import alter, prepared
from tests.streams.hosting import Clock

SECRET = b"a secret"


@asynccontextmanager
async def sharing(
    kafka: KafkaSettings, folder: Path, secret: bytes = SECRET, clock: Callable[[], int] = wall
) -> AsyncIterator[tuple[SharedNames, NamesTopic]]:
    """Follow the topic as one process does."""
    await asyncio.to_thread(folder.mkdir, exist_ok=True)
    with closing(SharedNames(folder, secret)) as names:
        async with producing(kafka) as producer, consuming(kafka) as consumer:
            topic = NamesTopic(names, kafka.names.persons, consumer, partial(published, producer), clock)
            await topic.begin()
            following = asyncio.create_task(topic.run())
            try:
                yield names, topic
            finally:
                following.cancel()
                await asyncio.wait([following])


async def persons(names: SharedNames, *called: str) -> dict[str, str]:
    return await asyncio.to_thread(names.persons, called)


async def test_who_comes_first_is_who_they_are_everywhere(kafka: KafkaSettings, tmp_path: Path) -> None:
    """Processes that meet the same people at the same instant call each by one reference, and read the same names."""
    called = [f"Person {number}" for number in range(200)]
    async with sharing(kafka, tmp_path / "a") as (one, _), sharing(kafka, tmp_path / "b") as (other, _):
        mine, others = await asyncio.gather(persons(one, *called), persons(other, *reversed(called)))
        assert mine == others
        assert len(set(mine.values())) == 200
        shown = dict(zip(mine.values(), called, strict=True))
        assert one.shown(list(mine.values())) == other.shown(list(mine.values())) == shown
        texts = [await asyncio.to_thread(each.texts, {("till", "7", "note"): "was ill"}) for each in (one, other)]
        assert texts[0] == texts[1]


async def test_the_first_claim_outlives_a_later_one(kafka: KafkaSettings, tmp_path: Path) -> None:
    """Where another claim of the same person lies behind it, the first one is published again: it is the last then."""
    async with sharing(kafka, tmp_path / "a") as (names, topic):
        first = (await persons(names, "Ann"))["Ann"]
        key = index_of(SECRET, "p", canonical("Ann")).hex().encode()
        async with producing(kafka) as producer:
            rival = msgspec.json.encode(Named(new("p"), "Ann", "p"))
            await producer.send_and_wait(kafka.names.persons, rival, key=key, partition=0)
        await topic.catch_up()
        assert await persons(names, "Ann") == {"Ann": first}
    last = {record.key: record.value for record in await whole(kafka, kafka.names.persons, 1)}
    assert msgspec.json.decode(last[key], type=Named) == Named(first, "Ann", "p")
    async with sharing(kafka, tmp_path / "b") as (names, _):
        assert await persons(names, "Ann") == {"Ann": first}


async def test_a_file_that_was_lost_is_made_anew(kafka: KafkaSettings, tmp_path: Path) -> None:
    """After a restart, on the same disk or another one, everybody is who they were; what was said is, too."""
    async with sharing(kafka, tmp_path / "a") as (names, _):
        before = await persons(names, "Ann", "Ben")
    async with sharing(kafka, tmp_path / "a") as (names, _):
        assert await persons(names, "Ann", "Ben") == before
        assert names.shown(list(before.values())) == {before["Ann"]: "Ann", before["Ben"]: "Ben"}
    for file in (tmp_path / "a").glob(f"{FILE}*"):
        file.unlink()
    async with sharing(kafka, tmp_path / "a") as (names, _):
        assert names.shown(list(before.values())) == {before["Ann"]: "Ann", before["Ben"]: "Ben"}
        assert await persons(names, "ben") == {"ben": before["Ben"]}


async def test_who_was_erased_is_known_to_nobody(kafka: KafkaSettings, tmp_path: Path) -> None:
    """Their reference stands for nobody in any process; by their name they are a stranger from then on."""
    async with sharing(kafka, tmp_path / "a") as (one, _), sharing(kafka, tmp_path / "b") as (other, topic):
        ann, ben = (await persons(one, "Ann", "Ben")).values()
        await asyncio.to_thread(one.join, {"Ann": ["A-117"]})
        place = ("till", "7", "note")
        note = (await asyncio.to_thread(one.texts, {place: "Ann was ill"}))[place]
        await topic.catch_up()
        erased = await asyncio.to_thread(other.erase, ann, 1_000)
        assert (erased.rows, erased.texts) == (2, 1)
        await asyncio.to_thread(one.are_known, [new("p")])  # which has it read all that is there
        for each in (one, other):
            assert each.shown([ann, ben, note]) == {ben: "Ben", note: f"{ERASED} was ill"}
            assert each.erased(["Ann", "a-117", "Ben"]) == {"Ann": 1_000, "a-117": 1_000}
        assert [one.find("Ann"), one.find("A-117")] == ["", ""]
        last = {record.key: record.value for record in await whole(kafka, kafka.names.persons, 1)}
        assert last[SEEN + index_of(SECRET, "p", canonical("Ann")).hex().encode()] is None
        again = (await persons(one, "Ann"))["Ann"]
        assert again not in ("", ann)
    async with sharing(kafka, tmp_path / "c") as (names, _):
        assert names.shown([ann, again, note]) == {again: "Ann", note: f"{ERASED} was ill"}
        assert names.erased(["Ann"]) == {"Ann": 1_000}


async def test_a_text_can_be_said_anew(kafka: KafkaSettings, tmp_path: Path) -> None:
    """Where a name was taken out of a note, every process shows it without: under the reference that it had."""
    place = ("till", "7", "note")
    async with sharing(kafka, tmp_path / "a") as (one, topic), sharing(kafka, tmp_path / "b") as (other, second):
        note = (await asyncio.to_thread(one.texts, {place: "Ann was ill"}))[place]
        await second.catch_up()
        assert other.shown([note]) == {note: "Ann was ill"}
        await topic.claim([Row(index_of(SECRET, "t", *place), note, "p~ was ill")])
        await second.catch_up()
        assert [each.shown([note]) for each in (one, other)] == [{note: "p~ was ill"}] * 2


async def test_a_file_that_lay_for_too_long_is_made_anew(kafka: KafkaSettings, tmp_path: Path) -> None:
    """What was erased meanwhile may have left no trace in the topic: so it is not kept in a file that did not hear."""
    async with sharing(kafka, tmp_path / "a") as (names, _):
        ann = (await persons(names, "Ann"))["Ann"]
    with closing(SharedNames(tmp_path / "a", SECRET)) as names:
        gone = Row(b"erased since", new("p"), "Ben")
        names.take(Read([(gone.by, gone)]), Place(names.place().following, wall() - STALE - 1))
        assert names.shown([ann, gone.reference]) == {ann: "Ann", gone.reference: "Ben"}
    async with sharing(kafka, tmp_path / "a") as (names, _):
        assert names.shown([ann, gone.reference]) == {ann: "Ann"}


async def test_a_process_with_another_secret_is_refused(kafka: KafkaSettings, tmp_path: Path) -> None:
    """It would make everybody somebody new: it hears what is wrong, and the others go on."""
    async with sharing(kafka, tmp_path / "a") as (names, _):
        ann = await persons(names, "Ann")
        for _ in range(2):
            with pytest.raises(StateError, match=r"names are kept under another secret.*KEPT_PERSON_SECRET"):
                async with sharing(kafka, tmp_path / "b", b"another secret"):
                    pass
        assert await persons(names, "Ann") == ann
    async with sharing(kafka, tmp_path / "b") as (names, _):
        assert await persons(names, "Ann") == ann


def test_no_secret_is_said_with_how_to_make_one() -> None:
    """There is none that could be made by itself: all processes need the same."""
    with pytest.raises(StateError, match=r"KEPT_PERSON_SECRET is not set;.*openssl rand -hex 32"):
        shared_secret(None)


async def test_nobody_is_claimed_while_kafka_is_away(tmp_path: Path) -> None:
    """Whoever is known is found in the file; who is not cannot be made up."""
    with closing(SharedNames(tmp_path, SECRET)) as names, pytest.raises(StateError, match="while Kafka is away"):
        names.persons(["Ann"])


async def stands_in_topic(kafka: KafkaSettings, reference: str) -> bool:
    """Say whether the brokers still have what a reference stands, or stood, for."""
    records = await whole(kafka, kafka.names.persons, 1)
    return any(record.value is not None and reference.encode() in record.value for record in records)


@pytest.mark.slow
async def test_what_was_erased_leaves_the_brokers_disk(tmp_path: Path) -> None:
    """When the topic was compacted nothing says any more whom a reference stood for."""
    with Broker(tmp_path / "broker", more={"log.cleaner.backoff.ms": "200"}) as broker:
        kafka = prepared(broker.servers)
        async with sharing(kafka, tmp_path / "a") as (names, topic):
            found = await persons(names, "Ann Quux", "Ben")
            gone, kept = found["Ann Quux"], found["Ben"]
            await asyncio.to_thread(names.erase, gone, 1_000)
            assert await stands_in_topic(kafka, gone)
            topic.apart = partial(consuming, kafka)
            assert await asyncio.to_thread(names.held_until, 1_000) == 1_000 + OVERWRITTEN_WITHIN
            quick = {
                "min.compaction.lag.ms": "0", "max.compaction.lag.ms": "100", "segment.ms": "100",
                "min.cleanable.dirty.ratio": "0.0", "file.delete.delay.ms": "0",
            }  # fmt: skip
            for name, value in quick.items():
                await asyncio.to_thread(alter, kafka, kafka.names.persons, name, value)
            for number in range(2_000):  # each new name lets the broker close what was written before
                await persons(names, f"somebody {number}")
                if not await stands_in_topic(kafka, gone):
                    break
            assert not await stands_in_topic(kafka, gone)
            assert await asyncio.to_thread(names.held_until, 1_000) == -1
            assert await stands_in_topic(kafka, kept)
            assert names.shown([gone, kept]) == {kept: "Ben"}
        segments = (tmp_path / "broker" / "data" / f"{kafka.names.persons}-0").glob("*.log")
        assert not any(b"Quux" in segment.read_bytes() for segment in segments)
        assert not any(b"Quux" in file.read_bytes() for file in (tmp_path / "a").iterdir())


async def test_whom_nothing_names_for_long_is_forgotten_everywhere(kafka: KafkaSettings, tmp_path: Path) -> None:
    """After 400 days, and a week at most, in every process; not who was named meanwhile, in whichever process."""
    now = wall()
    async with sharing(kafka, tmp_path / "a") as (names, topic):
        ann, ben = (await persons(names, "Ann", "Ben")).values()
        await topic.catch_up()
    later = Clock(now + 300 * DAY)
    async with sharing(kafka, tmp_path / "b", clock=later) as (names, topic):
        assert await persons(names, "Ben") == {"Ben": ben}
        await topic.look()
        await topic.catch_up()
    for days, known in ((406, {ann, ben}), (408, {ben}), (706, {ben}), (708, set())):
        then = Clock(now + days * DAY)
        async with sharing(kafka, tmp_path / str(days), clock=then) as (names, topic):
            await topic.catch_up()
            await topic.look()
            await topic.catch_up()
            assert names.shown([ann, ben]).keys() == known, days
            assert names.erased(["Ann"]) == {}, "it is no erasure: who comes again is somebody new"
