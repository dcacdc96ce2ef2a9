"""A worker that stood still writes its rows when others have its work: nothing that they wrote is lost by it."""

import random
import re
from collections.abc import Sequence
from pathlib import Path

import msgspec
import pytest
from faust.types import TP

from standards.judge.ledger import Line
from streams.kafka.clients.connection import KafkaSettings
from streams.kafka.clients.log import Message
from streams.kafka.worker.faust_app import FaustHost, Rows
from streams.kafka.worker.worker import Remembered, Worker
from streams.metrics.kafka import KafkaMetrics
from tests.history import events_of, rules
from tests.kafka.chain import NAMES, Chain, Crash, Disk, Topics, given_standards
from tests.kafka.hosts import instant_of
from tests.stories import LINE

AHEAD = 60_000_000
"""How far what is received may be ahead of time, and is held: microseconds."""


class Sleepy(Topics):
    """Topics whose publisher can fall asleep before its rows are sent; what it had not sent comes late."""

    def __init__(self) -> None:
        super().__init__()
        self.late: list[Message] = []
        self.asleep = False

    async def publish(self, messages: Sequence[Message]) -> list[int]:
        if self.asleep and any(each.topic == NAMES.changelog for each in messages):
            self.late += messages
            raise Crash
        return await super().publish(messages)

    def wake(self, count: int) -> None:
        """Let so many of the late messages arrive."""
        for each in self.late[:count]:
            self.log(each.topic, each.partition or 0).append((each.key, each.value))


class Story:
    """One partition, judged by one worker after another, none of them on the machine of the one before."""

    def __init__(self, rules: str) -> None:
        self.chain = Chain([given_standards(rules)], partitions=1, draw=random.Random(1), crashes=0)
        self.topics = self.chain.topics = Sleepy()
        self.another_worker()

    def another_worker(self, shop: int = 0) -> None:
        self.chain.disk = Disk.recovered(self.topics, 1)
        self.chain.use(shop)

    async def judge(self, history: str, until: str) -> None:
        """Let events arrive, and time go on; judge all that there is, in one flush."""
        named = re.sub(r"(queue.length|register.opened)", rf"\1 source=until-{until}", history)
        if events := events_of(named, self.chain.bench.loaded.rulebook):
            self.chain.receive(events, [event.at for event in events])
        self.chain.tick(instant_of(until) + AHEAD, low=instant_of(until))
        offset, facts = self.chain.worker.partitions[0].offset + 1 if self.chain.worker.partitions else 0, NAMES.facts
        while offset < len(self.topics.log(facts, 0)):
            offset = await self.chain.take(0, offset)
        await self.chain.worker.flush()

    def told(self, subject: str) -> list[str]:
        lines = [msgspec.json.decode(raw, type=Line) for raw in self.chain.ledger().values()]
        return [line.kind for line in lines if line.subject == subject]

    def notices(self, subject: str) -> set[tuple[str, str]]:
        found = [msgspec.json.decode(raw or b"").get("notices", []) for _, raw in self.topics.log(NAMES.tellings, 0)]
        return {(each["id"], each["kind"]) for notices in found for each in notices if each["subject"] == subject}


@pytest.mark.parametrize("late", range(1, 9))
async def test_rows_that_come_late_undo_nothing(late: int) -> None:
    """However many of them come after those of its successor: a promise that was kept stays so, whoever comes next."""
    story = Story(rules(line=f"{LINE}, within: 60s, warn: [50%], again: rise"))
    await story.judge("08:00:00 queue.length waiting=5\n08:00:00 queue.length waiting=5 queue=q2", "08:00:10")
    story.topics.asleep = True
    with pytest.raises(Crash):
        await story.judge("08:00:30.5 queue.length waiting=6", "08:00:35")
    story.topics.asleep = False

    story.another_worker()
    await story.judge("08:00:40 register.opened\n08:00:40 register.opened queue=q2", "08:00:50")
    story.topics.wake(late)
    story.another_worker()
    await story.judge("", "08:02")
    await story.judge("08:02:10 queue.length waiting=5", "08:05")
    assert story.told("s3/q1") == ["opened", "warned", "kept"]  # the edge was used up by the first
    assert story.told("s3/q2") == ["opened", "warned", "kept"]
    assert sorted(kind for _, kind in story.notices("s3/q1")) == ["kept", "warned"]


def test_a_table_that_others_wrote_past_is_read_on_from_there(tmp_path: Path) -> None:
    """Rows that do not follow what the table has are kept, but what came between is still to be read."""
    hosts: list[Rows] = []

    def made(rows: Rows) -> Worker:
        hosts.append(rows)
        return Chain(
            [given_standards(rules(line=f"{LINE}, within: 60s"))], partitions=1, draw=random.Random(1), crashes=0
        ).worker

    host = FaustHost(KafkaSettings(), tmp_path, made, KafkaMetrics("worker"))
    (rows,) = hosts
    at = TP(KafkaSettings().names.changelog, 0)
    store = host.app.tables.data["cases"].data
    rows.remember(0, [Remembered(0, b"a", b"1"), Remembered(1, b"b", b"1")])
    assert store.persisted_offset(at) == 1
    rows.remember(0, [Remembered(7, b"a", b"2"), Remembered(8, b"b", None)])
    assert store.persisted_offset(at) == 1
    assert list(rows.rows(0)) == [(b"a", b"2")]
    rows.remember(0, [Remembered(9, b"a", b"3")])
    assert store.persisted_offset(at) == 1
    store.set_persisted_offset(at, 9)
    rows.remember(0, [Remembered(10, b"a", b"4")])
    assert store.persisted_offset(at) == 10
