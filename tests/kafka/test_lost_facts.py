"""What Kafka has lost of `facts` makes verdicts unknown, never false; and what comes in its place is judged."""

import asyncio
import random
from pathlib import Path

import msgspec
import pytest

from standards.judge.ledger import Line
from streams.kafka.clients.admin import create
from streams.kafka.clients.connection import KafkaSettings
from streams.kafka.clients.log import TopicPartition, consuming
from streams.kafka.records.facts import Facts
from streams.kafka.records.topics import wanted
from streams.kafka.worker.trail import LONGEST, longer
from streams.runtime.pump import GRACE
from tests.history import events_of, rulebook, rules
from tests.kafka.chain import NAMES, Chain, Disk, given_standards
from tests.kafka.hosts import SOON, instant_of, playing, steps_of, worker
from tests.kafka.topics import administering, delete_before
from tests.stories import LINE

WALK = "per: [site], expect: register.opened, every: 5m, subjects: [{site: s3}]"


class Loss:
    """One partition that loses records; a worker reads it as Faust would give them."""

    def __init__(self, **standards: str) -> None:
        shop = given_standards(rules(**standards))
        self.chain = Chain([shop], partitions=1, draw=random.Random(1), crashes=0)
        self.topics = self.chain.topics

    def happen(self, history: str) -> None:
        """Let events be received when they happen, each in a record of its own."""
        for event in events_of(history, self.chain.bench.loaded.rulebook):
            event.id = f"e{self.topics.appended}"
            self.chain.receive([event], [event.at])

    def tick(self, time: str) -> None:
        self.chain.tick(instant_of(time) + GRACE)

    def another_worker(self) -> None:
        self.chain.disk = Disk.recovered(self.topics, 1)
        self.chain.use(0)

    async def judge(self, first: int = 0) -> None:
        """Have the worker read the topic from an offset on, and flush."""
        offset = first
        while offset < len(self.topics.log(NAMES.facts, 0)):
            following = await self.chain.take(0, offset)
            if following < first:  # those before are deleted
                self.chain.worker.pass_over(0, first)
            offset = max(following, first)
        await self.chain.worker.flush()

    def told(self) -> dict[str, list[tuple[str, str]]]:
        """Give each subject's lines, as kind and reason."""
        found: dict[str, list[tuple[str, str]]] = {}
        for raw in self.chain.ledger().values():
            line = msgspec.json.decode(raw, type=Line)
            found.setdefault(line.subject, []).append((line.kind, line.reason))
        return found


async def test_what_was_deleted_unread_makes_nobody_fail() -> None:
    """A promise that was open while facts were lost is unknown, and says why; one that is kept all the same is kept."""
    loss = Loss(line=f"{LINE}, within: 60s", walk=WALK)
    loss.happen("08:00:00 queue.length waiting=5\n08:00:00 queue.length waiting=5 queue=q2")
    loss.tick("08:00:10")
    await loss.judge()
    loss.happen("08:00:20 register.opened")
    loss.tick("08:00:20")
    first = len(loss.topics.log(NAMES.facts, 0))
    loss.topics.begins[NAMES.facts, 0] = first
    loss.topics.appended = instant_of("08:00:25")  # from here on the broker's stamps say when
    loss.tick("08:00:25")
    loss.happen("08:00:30 register.opened queue=q2\n08:01:00 queue.length waiting=5 queue=q3")
    loss.tick("08:06:00")
    await loss.judge(first)
    told = loss.told()
    assert told["s3/q1"] == [("opened", ""), ("lost", "evidence-lost")]
    assert told["s3/q2"] == [("opened", ""), ("kept", "")]
    assert told["s3/q3"] == [("opened", ""), ("broken", "")]
    assert told["s3"][:2] == [("opened", ""), ("kept", "")]
    (problem,) = loss.chain.worker.problems
    assert problem.startswith("facts of partition 0 received between 2026-03-02T08:00:12Z and 2026-03-02T08:00:25")
    loss.another_worker()
    loss.happen("08:06:10 queue.length waiting=1")
    loss.tick("08:30:00")
    await loss.judge(first)
    assert loss.told()["s3/q1"] == told["s3/q1"]


async def test_a_gap_that_the_intake_tells_of_makes_nobody_fail() -> None:
    """Where events were deleted before the intake read them, whoever rests on their absence is unknown."""
    loss = Loss(line=f"{LINE}, within: 60s")
    loss.happen("08:00:00 queue.length waiting=5")
    loss.tick("08:00:10")
    loss.chain.put(0, Facts(gap=[instant_of("08:00:30"), instant_of("08:00:40")]))
    loss.happen("08:00:50 queue.length waiting=5 queue=q2")
    loss.tick("08:00:50")
    await loss.judge()
    loss.another_worker()
    loss.tick("08:05:00")
    await loss.judge()
    assert loss.told() == {
        "s3/q1": [("opened", ""), ("lost", "evidence-lost")],
        "s3/q2": [("opened", ""), ("broken", "")],
    }


@pytest.mark.parametrize("restarted", [True, False])
@pytest.mark.parametrize("left", range(7))
async def test_records_at_offsets_that_others_had_are_judged(left: int, *, restarted: bool) -> None:
    """However much of its end the topic lost, what comes then is judged, it is said, and nobody fails by the loss."""
    loss = Loss(line=f"{LINE}, within: 60s")
    loss.tick("08:00:00")
    loss.happen("08:00:01 queue.length waiting=5")
    loss.tick("08:00:10")
    loss.happen("08:00:12 queue.length waiting=5 queue=q2")
    loss.tick("08:00:20")
    loss.tick("08:00:21")
    await loss.judge()
    loss.tick("08:00:22")
    await loss.judge(len(loss.topics.log(NAMES.facts, 0)) - 1)
    loss.topics.cut(NAMES.facts, 0, left)
    loss.topics.appended = instant_of("08:00:30")
    if restarted:
        loss.another_worker()
    loss.happen("08:00:40 queue.length waiting=6 queue=q3")
    loss.tick("08:00:45")
    await loss.judge()
    assert loss.told()["s3/q3"] == [("opened", "")]
    assert len(loss.chain.worker.problems) == 1
    loss.another_worker()
    for minute in range(2, 6):
        loss.tick(f"08:0{minute}:00")
    await loss.judge()
    assert loss.told() == {
        "s3/q1": [("opened", ""), ("lost", "evidence-lost")],
        "s3/q2": [("opened", ""), ("lost", "evidence-lost")],
        "s3/q3": [("opened", ""), ("broken", "")],
    }
    assert loss.chain.worker.problems == []


async def test_a_topic_that_lost_nothing_is_gone_on_with() -> None:
    """A worker that takes up a partition whose marked records were deleted by age, or are there, misses nothing."""
    loss = Loss(line=f"{LINE}, within: 60s")
    loss.happen("08:00:00 queue.length waiting=5")
    loss.tick("08:00:10")
    await loss.judge()
    for begins in (0, 2):
        loss.topics.begins[NAMES.facts, 0] = begins
        loss.another_worker()
        loss.tick("08:00:20")
        await loss.judge(begins)
        assert loss.chain.worker.problems == []
    loss.tick("08:05:00")
    await loss.judge()
    assert loss.told() == {"s3/q1": [("opened", ""), ("broken", "")]}


@pytest.mark.slow
async def test_a_worker_finds_that_facts_were_deleted(tmp_path: Path, kafka: KafkaSettings) -> None:
    """On a broker too: what was deleted while no worker was there makes unknown what was open, and judging goes on."""
    text = rules(line=f"{LINE}, within: 60s")
    standards = tmp_path / "rules.yaml"
    standards.write_text(text)
    book = rulebook(text)
    begun = steps_of("08:00:00 queue.length waiting=5\nuntil 08:00:10", book)
    async with playing(kafka, standards, instant_of("08:00")) as (host, producer):
        async with worker(kafka, standards, tmp_path / "one"):
            await host.play(begun, producer)
        host.clock.at = instant_of("08:00:30")
        (opened,) = steps_of("08:00:30 register.opened source=tills", book)
        sent = await producer.send_and_wait(kafka.names.events, opened, partition=0)
        async with asyncio.timeout(SOON):
            while (await host.commits.committed(TopicPartition(kafka.names.events, 0)) or 0) <= sent.offset:
                pass
        await delete_all(kafka, kafka.names.facts)
        async with worker(kafka, standards, tmp_path / "two"):
            await host.play([instant_of("08:05:00")], producer)
    told = [(line.subject, line.kind, line.reason) for line in host.told()]
    assert told == [("s3/q1", "opened", ""), ("s3/q1", "lost", "evidence-lost")]


@pytest.mark.slow
async def test_a_worker_finds_that_facts_are_others_now(tmp_path: Path, kafka: KafkaSettings) -> None:
    """On a broker too: where `facts` begins anew at offsets that others had, what is in it is judged."""
    text = rules(line=f"{LINE}, within: 60s")
    standards = tmp_path / "rules.yaml"
    standards.write_text(text)
    book = rulebook(text)
    begun = steps_of("08:00:00 queue.length waiting=5\nuntil 08:00:10", book)
    then = steps_of("08:01:00 queue.length waiting=5 queue=q2 source=tills\nuntil 08:05:00", book)
    async with (
        playing(kafka, standards, instant_of("08:00")) as (host, producer),
        worker(kafka, standards, tmp_path / "one"),
    ):
        await host.play(begun, producer)
    with administering(kafka) as admin:
        admin.delete_topics([kafka.names.facts])
    wanted_now = wanted(kafka.names, partitions=kafka.partitions, events_partitions=kafka.events_partitions)
    await asyncio.to_thread(create, kafka, wanted_now)
    async with (
        playing(kafka, standards, instant_of("08:01")) as (host, producer),
        worker(kafka, standards, tmp_path / "two"),
    ):
        await host.play(then, producer)
    told = {(line.subject, line.kind) for line in host.told()}
    assert told >= {("s3/q1", "opened"), ("s3/q1", "lost"), ("s3/q2", "opened")}
    assert ("s3/q1", "broken") not in told
    assert "facts are not those that were read before" in (tmp_path / "two.log").read_text(encoding="utf-8")


async def delete_all(kafka: KafkaSettings, topic: str) -> None:
    """Delete all records that a topic has now."""
    there = [TopicPartition(topic, partition) for partition in range(kafka.partitions)]
    async with consuming(kafka) as consumer:
        ends = await consumer.end_offsets(there)
    for where, end in ends.items():
        await asyncio.to_thread(delete_before, kafka, topic, where.partition, end)


def test_a_trail_reaches_far_back_in_few_places() -> None:
    """The newest tick is always in it, the first one too, and never more than so many."""
    trail: list[tuple[int, int]] = []
    for number in range(10_000):
        trail = longer(trail, number, number)
        assert (trail[0], trail[-1]) == ((0, 0), (number, number))
        assert len(trail) <= LONGEST
