"""Notices on Kafka: each goes out once per channel, whoever is there to send it, and none is lost with a process."""

from __future__ import annotations

from collections import Counter
from contextlib import AsyncExitStack
from pathlib import Path

import msgspec
import pytest

from alerts.channels.webhook import Webhook
from alerts.routing.notice import Notice
from streams.delivery.dispatch import AT_ONCE
from streams.kafka.clients.connection import KafkaSettings
from streams.kafka.records.facts import Told
from streams.kafka.records.topics import DELIVERIES, NOTICES
from streams.storage.rows import Delivery
from tests.alerts.receiver import Answer, Receiver, receiving
from tests.kafka.history import CHANNEL, Said
from tests.kafka.serve import Served, process, published, served, settings_of, shares, until
from tests.streams.hosting import T0, Clock

pytestmark = pytest.mark.timeout(180)


def notice(name: str) -> Notice:
    return Notice(f"{name}.2", "broken", name, "no-wait", "r", "q1", T0, "Open the next register.")


def told(names: list[str], kafka: KafkaSettings) -> list[Said]:
    """Give the records of some notices, in all partitions."""
    return [
        Said(NOTICES, number % kafka.partitions, msgspec.json.encode(Told([notice(name)])))
        for number, name in enumerate(names)
    ]


def delivered(name: str) -> Said:
    fared = Delivery(notice(name).id, CHANNEL, "delivered", 1, -1, T0)
    return Said(DELIVERIES, 0, msgspec.json.encode(fared), f"{fared.notice}/{fared.channel}".encode())


def came(receiver: Receiver) -> Counter[str]:
    """How often each notice came."""
    return Counter(headers["webhook-id"].removesuffix(".2") for headers in receiver.headers)


def fates(serve: Served) -> Counter[str]:
    rows = serve.host.kafka_host.read_model.notices(limit=1_000)
    return Counter(fate.state for row in rows for fate in row.deliveries)


async def test_several_processes_send_each_notice_once(tmp_path: Path, kafka: KafkaSettings) -> None:
    """The partitions are divided among all who are there; all of them know what was sent by whom."""
    names = [f"p{n}" for n in range(200)]
    async with receiving() as receiver, AsyncExitStack() as stack:
        serves = [
            await stack.enter_async_context(
                served(settings_of(tmp_path, kafka, name=name), channels=[Webhook(receiver.url, clock=Clock())])
            )
            for name in ("one", "two")
        ]
        shares = [serve.host.outbox for serve in serves]
        await until(lambda: [len(share.shards) for share in shares] == [kafka.partitions // 2] * 2)
        assert not shares[0].shards & shares[1].shards
        await published(kafka, told(names, kafka))
        for serve in serves:
            await until(lambda serve=serve: fates(serve) == {"delivered": len(names)})  # type: ignore[misc]
        assert came(receiver) == Counter(names)


async def test_a_database_made_anew_sends_only_what_was_not_sent(tmp_path: Path, kafka: KafkaSettings) -> None:
    """What was delivered before, by whomever, does not go out again."""
    names = [f"p{n}" for n in range(60)]
    await published(kafka, [*told(names, kafka), *(delivered(name) for name in names[::2])])
    async with receiving() as receiver:
        for folder in ("one", "made-anew"):
            channel = Webhook(receiver.url, clock=Clock())
            async with served(settings_of(tmp_path, kafka, name=folder), channels=[channel]) as serve:
                await until(lambda serve=serve: len(serve.host.outbox.shards) == kafka.partitions)  # type: ignore[misc]
                await until(lambda serve=serve: fates(serve) == {"delivered": len(names)})  # type: ignore[misc]
        assert came(receiver) == Counter(names[1::2])


async def test_who_stops_in_order_leaves_nothing_to_be_sent_twice(tmp_path: Path, kafka: KafkaSettings) -> None:
    """A process that is asked to stop tells how its deliveries fared before it gives its share up."""
    names = [f"p{n}" for n in range(120)]
    async with receiving() as receiver, AsyncExitStack() as stack:
        settings = [settings_of(tmp_path, kafka, name=name) for name in ("one", "two")]
        channel = Webhook(receiver.url, clock=Clock())
        async with served(settings[0], channels=[channel]) as first:
            await until(lambda: len(first.host.outbox.shards) == kafka.partitions)
            await published(kafka, told(names, kafka))
            await until(lambda: len(receiver.bodies) > len(names) // 4)
        last = await stack.enter_async_context(served(settings[1], channels=[Webhook(receiver.url, clock=Clock())]))
        await until(lambda: fates(last) == {"delivered": len(names)})
        assert came(receiver) == Counter(names)


async def test_a_notice_that_failed_is_tried_again_by_whoever_owns_it_then(
    tmp_path: Path, kafka: KafkaSettings
) -> None:
    """How often a notice was tried, and when it is due again, is handed on."""
    clock = Clock()
    async with receiving([Answer(500)]) as receiver:
        channel = Webhook(receiver.url, clock=clock)
        async with served(settings_of(tmp_path, kafka, name="one"), clock=clock, channels=[channel]) as serve:
            await published(kafka, told(["p"], kafka))
            await until(lambda: fate(serve).tries == 1)
        clock.go(10)
        channel = Webhook(receiver.url, clock=clock)
        async with served(settings_of(tmp_path, kafka, name="two"), clock=clock, channels=[channel]) as other:
            await until(lambda: fate(other).state == "delivered")
            assert fate(other).tries == 2
    assert came(receiver) == {"p": 2}


def fate(serve: Served) -> Delivery:
    """How the one notice there is fares, if it is there."""
    rows = serve.host.kafka_host.read_model.notices()
    return rows[0].deliveries[0] if rows else Delivery("", "")


@pytest.mark.slow
async def test_a_process_that_is_killed_is_replaced(tmp_path: Path, kafka: KafkaSettings) -> None:
    """SIGKILL in the midst of sending: another one sends the rest; only what was under way comes twice, with its id."""
    names = [f"p{n}" for n in range(400)]
    async with receiving() as receiver:
        logs = [tmp_path / name for name in ("killed.log", "stays.log")]
        both = [process(settings_of(tmp_path, kafka, name=log.stem), webhook=receiver.url, log=log) for log in logs]
        try:
            await until(lambda: [shares(log) for log in logs] == [kafka.partitions // 2] * 2)
            await published(kafka, told(names, kafka))
            await until(lambda: len(receiver.bodies) > len(names) // 8)
            both[0].kill()
            await until(lambda: set(came(receiver)) == set(names), seconds=90)
        finally:
            for each in both:
                each.kill()
                each.wait()
        twice = [name for name, times in came(receiver).items() if times > 1]
        assert len(twice) <= 2 * AT_ONCE
        assert max(came(receiver).values()) <= 2
