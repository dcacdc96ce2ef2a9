"""`kept serve` on a real broker: all of them show the same, take events in, and can be made again from the topics."""

import asyncio
import json
import random
import re
import shutil
from pathlib import Path

import aiohttp
import msgspec
import pytest

from standards.judge.ledger import Line
from streams.kafka.clients.connection import KafkaSettings
from streams.kafka.clients.log import Consumer, ConsumerRecord, TopicPartition, consuming
from streams.kafka.records.facts import Progress, lines
from streams.kafka.records.topics import LEDGER, PROGRESS
from streams.storage.sqlite import FILE
from tests.kafka.broker import Broker
from tests.kafka.history import PARTITIONS, Said, Tables, interleaved, progress, record_history, records_of, tables
from tests.kafka.serve import PATIENCE, process, published, served, settings_of, until
from tests.kafka.test_intake_process import status_of
from tests.streams.asking import BATCH, Answer, waiting
from tests.streams.hosting import NO_WAIT, SECOND, T0, Clock, shop

pytestmark = pytest.mark.timeout(120)

FEEDS = """
feeds:
  tills: {events: [register.opened], per: [site], silent_after: 15m}
standards:
"""


def without_revisions(found: Tables) -> Tables:
    """Leave out the texts of standards: each process adds its own."""
    return {name: rows for name, rows in found.items() if name != "revisions"}


async def publish_history(folder: Path, kafka: KafkaSettings, seed: int) -> Tables:
    """Publish a history as workers would; gives the tables that it should be seen as."""
    recorded = record_history(folder / "embedded")
    draw = random.Random(seed)
    said = [
        Said(it.topic, it.partition, it.value or b"", str(it.offset).encode())
        for it in interleaved(records_of(recorded, draw), draw)
    ]
    await published(kafka, said)
    return without_revisions(tables(recorded)) | {"outbox": []}


async def test_the_read_model_is_made_from_the_topics_and_made_again(tmp_path: Path, kafka: KafkaSettings) -> None:
    """Two processes show the same; one whose database was deleted shows it again; one that was not reads on."""
    (tmp_path / "embedded").mkdir()
    expected = await publish_history(tmp_path, kafka, 1)
    one, other = settings_of(tmp_path, kafka, name="one"), settings_of(tmp_path, kafka, name="other")
    async with served(one) as first, served(other) as second:
        status = first.host.kafka_host.now_status()
        assert (status.low, status.problems) == (T0, ["one", "0", "1", "2", "3"])
        assert (await first.get("/v1/score")).json == (await second.get("/v1/score")).json
    shutil.rmtree(one.data)
    for settings in (one, other):
        async with served(settings):
            found = without_revisions(tables(settings.data / FILE))
            assert {**found, "outbox": []} == expected


async def test_what_comes_later_is_seen_everywhere(tmp_path: Path, kafka: KafkaSettings) -> None:
    """A process that is running shows new lines soon, and how far the workers have come."""
    recorded = record_history(tmp_path, batches=20)
    streams = records_of(recorded, random.Random(3))
    async with served(settings_of(tmp_path, kafka)) as serve:
        assert serve.host.kafka_host.now_status().low == -1
        await published(kafka, [it for stream in streams for it in stream if it.topic == LEDGER])
        count = len(tables(recorded)["ledger"])
        await until(lambda: sum(serve.host.kafka_host.read_model.totals().values()) == count)
        for at in (T0, T0 + SECOND):
            await published(kafka, [progress(number, [at]) for number in range(PARTITIONS)])
            await until(lambda at=at: serve.host.kafka_host.now_status().low == at)  # type: ignore[misc]
        assert serve.host.kafka_host.now_status().ready


async def events_of(kafka: KafkaSettings) -> list[tuple[dict[str, bytes], list[dict[str, object]]]]:
    """Read the topic of events: each record's headers, and the events in it."""
    async with consuming(kafka) as consumer:
        return [(dict(it.headers), json.loads(it.value)) for it in await _all(consumer, kafka)]


async def _all(consumer: Consumer, kafka: KafkaSettings) -> list[ConsumerRecord]:
    there = [TopicPartition(kafka.names.events, number) for number in range(kafka.events_partitions)]
    consumer.assign(there)
    ends = await consumer.end_offsets(there)
    found: list[ConsumerRecord] = []
    while len(found) < sum(ends.values()):
        for records in (await consumer.getmany(timeout_ms=200)).values():
            found += records
    return found


async def test_events_and_refusals_go_to_their_topics(tmp_path: Path, kafka: KafkaSettings) -> None:
    """What HTTP takes in is published as batches before it is answered; a refusal can be looked up in every process."""
    events = [waiting(f"e{n}", T0, queue=f"q{n}") for n in range(3_000)]
    async with (
        served(settings_of(tmp_path, kafka)) as serve,
        served(settings_of(tmp_path, kafka, name="other")) as other,
    ):
        answer = await serve.post("/v1/events", json.dumps([*events, {"type": "no.such"}]).encode())
        assert (answer.status, answer.json["accepted"]) == (400, len(events))
        found = await events_of(kafka)
        assert {headers["content-type"] for headers, _ in found} == {b"application/cloudevents-batch+json"}
        assert [event["id"] for _, batch in found for event in batch] == [event["id"] for event in events]
        assert len(found) > 1
        await until(lambda: len(other.host.kafka_host.read_model.dead_letters()) == 1)
        letters = (await other.get("/v1/dead-letters")).json["items"]
        assert [letter["reason"] for letter in letters] == ["unknown-type"]
        assert serve.host.kafka_host.now_status().waiting == 0


async def test_a_serve_says_what_it_refuses_itself(tmp_path: Path, kafka: KafkaSettings) -> None:
    """With a database made anew it reads of all that was ever refused, and logs what is refused at its own door."""
    log = tmp_path / "log"
    async with served(settings_of(tmp_path, kafka, name="other")) as other:
        await other.post("/v1/events", b'[{"type": "no.such"}]')
        await until(lambda: len(other.host.kafka_host.read_model.dead_letters()) == 1)
    running = process(settings_of(tmp_path, kafka), log=log)
    try:
        await until(lambda: "api=http" in log.read_text(encoding="utf-8"))
        (url,) = re.findall(r"api=(http\S+)", log.read_text(encoding="utf-8"))
        five = json.dumps([{"type": "no.such"}] * 5)
        async with aiohttp.ClientSession() as session:
            await status_of(session, url, 200)
            async with session.post(f"{url}/v1/events", data=five, headers={"Content-Type": BATCH}) as answer:
                assert answer.status == 400
    finally:
        running.terminate()
        await asyncio.to_thread(running.wait, PATIENCE)
    found = re.findall(r"events were refused +events=(\d+)", log.read_text(encoding="utf-8"))
    assert found == ["5"]


async def test_an_older_workers_silent_feeds_are_counted(tmp_path: Path, kafka: KafkaSettings) -> None:
    """While workers are replaced, partition 0 may be with one that counts none: those that it tells of count."""
    settings = settings_of(tmp_path, kafka)
    shop(tmp_path, NO_WAIT.replace("standards:\n", FEEDS, 1))
    older = {"partition": 0, "lows": [T0], "feeds": [{"name": "tills", "key": "s1", "last": 0, "silent_after": 1}]}
    async with served(settings) as serve:
        await published(kafka, [Said(PROGRESS, 0, json.dumps(older).encode(), b"0")])
        await until(lambda: 0 in serve.host.follower.progress)
        assert serve.host.kafka_host.silent_feeds() == {"tills": 1}
        newer = Progress(0, [T0], silent={})
        await published(kafka, [Said(PROGRESS, 0, msgspec.json.encode(newer), b"0")])
        await until(lambda: serve.host.follower.progress[0] == newer)
        assert serve.host.kafka_host.silent_feeds() == {"tills": 0}


async def test_a_grant_goes_the_same_way(tmp_path: Path, kafka: KafkaSettings) -> None:
    """An exception granted over HTTP is an event like all others; what is not owed cannot be excused."""
    owed = Line("p.1", "p", "no-wait", "r", "s3/q1", "opened", T0, T0, T0, "open", due=T0 + 60 * SECOND)
    async with served(settings_of(tmp_path, kafka)) as serve:

        async def grant(subject: str) -> Answer:
            asked = {"standard": "no-wait", "subject": subject, "by": "floor-lead", "reason": "fire alarm"}
            return await serve.post("/v1/exceptions", json.dumps(asked).encode(), "application/json")

        await published(kafka, [Said(LEDGER, 1, lines([owed]))])
        await until(lambda: serve.host.kafka_host.read_model.promise("p") is not None)
        answer = await grant("s3/q2")
        assert (answer.status, "nothing that no-wait owes" in answer.text) == (409, True)
        answer = await grant("s3/q1")
        assert (answer.status, answer.json["promises"]) == (202, ["p"])
        assert [event["type"] for _, batch in await events_of(kafka) for event in batch] == ["exception.granted"]


@pytest.mark.slow
async def test_without_a_broker_events_are_turned_away_and_reading_goes_on(
    tmp_path: Path, own_broker: Broker, own_kafka: KafkaSettings
) -> None:
    """While Kafka is away: 503 within seconds, and it says so; what is known is shown. When it is back, all goes on."""
    loop = asyncio.get_running_loop()
    async with served(settings_of(tmp_path, own_kafka), clock=Clock()) as serve:

        async def post(name: str) -> int:
            began = loop.time()
            answer = await serve.post("/v1/events", json.dumps([waiting(name, T0)]).encode())
            assert loop.time() < began + 8
            return answer.status

        assert await post("before") == 202
        own_broker.kill()
        assert await post("meanwhile") == 503
        assert await post("meanwhile") == 503
        await until(lambda: not serve.host.kafka_host.now_status().ready)
        assert "Kafka" in (await serve.get("/readyz")).text
        assert (await serve.get("/v1/score")).status == 200
        own_broker.start()
        await until(lambda: serve.host.kafka_host.now_status().ready)
        assert await post("after") == 202
        ids = {event["id"] for _, batch in await events_of(own_kafka) for event in batch}
        assert {"before", "after"} <= ids <= {"before", "meanwhile", "after"}
        await until(lambda: serve.host.kafka_host.now_status().waiting == 0)
