"""The door: events taken in by HTTP where nothing can be looked up, as `kept intake --http` does."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import aiohttp
import pytest

from standards.errors import StateError
from streams.kafka.clients.connection import KafkaSettings
from streams.kafka.clients.event_sink import KafkaEventSink
from streams.kafka.clients.log import Message, producing
from streams.kafka.clients.outlet import Outlet, opening
from streams.kafka.records.facts import WORDS, Letter
from streams.metrics import Metrics
from streams.web import Counted, intake_application, serving
from tests.kafka.taking import letters_of
from tests.kafka.topics import alter
from tests.streams.asking import BATCH, waiting
from tests.streams.hosting import T0, Clock, shop

pytestmark = pytest.mark.timeout(60)


@asynccontextmanager
async def open_door(
    folder: Path, kafka: KafkaSettings, *, backlog: int = 1_000
) -> AsyncIterator[tuple[KafkaEventSink, aiohttp.ClientSession]]:
    """Serve a door on a free port and give a client of it."""
    async with producing(kafka) as producer:
        door = KafkaEventSink(
            shop(folder).load(()), Outlet(producer, kafka), clock=Clock(), backlog=backlog, name="test"
        )
        counted = Counted(Metrics().intake, Metrics().passed_over)
        app = intake_application(door, counted, lambda: b"kept_something 1\n")
        async with (
            serving(app, "127.0.0.1", 0) as port,
            aiohttp.ClientSession(f"http://127.0.0.1:{port}", headers={"Content-Type": BATCH}) as session,
        ):
            yield door, session


async def test_a_door_takes_events_in_and_shows_none(tmp_path: Path, kafka: KafkaSettings) -> None:
    """It has the intake, the probes, the metrics it was given and its description, and no promises."""
    async with open_door(tmp_path, kafka) as (door, session):
        answer = await session.post("/v1/events", data=json.dumps([waiting("a", T0)]))
        assert (answer.status, await answer.json()) == (202, {"accepted": 1, "refused": []})
        assert (await session.get("/readyz")).status == 200
        assert await (await session.get("/metrics")).text() == "kept_something 1\n"
        described = await (await session.get("/openapi.json")).json()
        assert set(described["paths"]) == {
            "/",
            "/healthz",
            "/readyz",
            "/metrics",
            "/openapi.json",
            "/v1/events",
            "/v1/in/{name}",
        }
        assert (await session.get("/v1/promises")).status == 404
        assert "/v1/" not in await (await session.get("/")).text()
        assert door.now_status().waiting == 0


async def test_a_full_door_says_so(tmp_path: Path, kafka: KafkaSettings) -> None:
    """When as many events are without the broker's word as may be, the next ones are asked to come again."""
    async with open_door(tmp_path, kafka, backlog=0) as (door, session):
        answer = await session.post("/v1/events", data=json.dumps([waiting("a", T0)]))
        assert (answer.status, "Retry-After" in answer.headers) == (429, True)
        assert not door.room()


async def test_a_missing_topic_is_named(kafka: KafkaSettings) -> None:
    """Where the topics were not created, the message says how to do it."""
    async with producing(kafka, request_timeout_ms=2_000) as producer:
        outlet = Outlet(producer, kafka)
        with pytest.raises(StateError, match=r"there is no topic .*nowhere; create it with `kept topics --create`"):
            await outlet.partitions(f"{kafka.prefix}nowhere")
        await outlet.publish([Message(kafka.names.events, None, b"[]")])
        assert outlet.fault == ""


async def test_one_record_that_is_refused_does_not_close_the_door(kafka: KafkaSettings) -> None:
    """What Kafka does not take is told to its sender; what comes after it is taken."""
    topic = kafka.names.events
    await asyncio.to_thread(alter, kafka, topic, "max.message.bytes", "1000")
    async with opening(kafka) as producer:
        outlet = Outlet(producer, kafka)
        with pytest.raises(StateError, match="MessageSizeTooLarge"):
            await outlet.publish([Message(topic, 0, b"x" * 5_000)])
        outlet.fault = ""  # as `watch` has it when the broker answers
        for _ in range(3):
            await outlet.publish([Message(topic, 0, b"[]")])


async def test_long_words_make_no_long_letters(tmp_path: Path, kafka: KafkaSettings) -> None:
    """However much a message quotes of what was sent, its letter is short, and is kept."""
    events = [{**waiting(f"e{n}", T0), "type": "\U000e0001" * 240_000} for n in range(4)]
    body = json.dumps(events, ensure_ascii=False).encode()
    async with open_door(tmp_path, kafka) as (_, session):
        answer = await session.post("/v1/events", data=body)
        assert answer.status == 400
    assert [len(each.message) for each in await letters_of(kafka, 4) if isinstance(each, Letter)] == [WORDS] * 4
