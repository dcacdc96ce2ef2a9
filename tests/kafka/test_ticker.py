"""The ticker's promises: time is told in silence, it never runs ahead of a partition, and it outlives any process."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from streams.kafka.clients.connection import KafkaSettings
from streams.kafka.clients.edge import wall
from streams.kafka.clients.log import TopicPartition, consuming, producing
from streams.kafka.intake.ticker import MEMORY, Ticker
from streams.kafka.records.facts import Progress
from tests.kafka.taking import FactsRead, facts_of, holds_soon, intake, intake_process, produce, raw
from tests.kafka.topics import grow
from tests.streams.hosting import NO_WAIT, SECOND, shop


def low_reaches(facts: FactsRead, at: int, *, stratum: int = 0) -> Callable[[object], bool]:
    """Say whether every partition of `facts` has been told that time has come to `at`."""

    def holds(_: object) -> bool:
        told = facts.ticks()
        reached = {place for place, each in told if len(each.lows) > stratum and each.lows[stratum] >= at}
        return reached == set(range(4))

    return holds


async def test_time_is_told_in_silence(kafka: KafkaSettings, tmp_path: Path) -> None:
    """Without any event, every partition is told that time goes on, no further than the grace allows."""
    async with intake(kafka, shop(tmp_path)) as host, facts_of(kafka, host) as facts:
        await facts.until(low_reaches(facts, wall()))
        for place in range(kafka.partitions):
            lows = [each.lows[0] for at, each in facts.ticks() if at == place]
            assert lows == sorted(lows)
            assert all(each.lows[0] == max(-1, each.wall - 2 * SECOND) for _, each in facts.ticks())


async def test_a_partition_that_is_behind_holds_time_back(kafka: KafkaSettings, tmp_path: Path) -> None:
    """While another member of the group has a partition and does not get on, no time after its events is told."""
    names = kafka.names
    async with consuming(kafka, group=names.intake_group) as slow:
        slow.subscribe([names.events])
        async with intake(kafka, shop(tmp_path)) as host, facts_of(kafka, host) as facts:
            while len(slow.assignment()) != 1 or host.now_status().reason:
                await slow.getmany(timeout_ms=100)
            (held,) = slow.assignment()
            for partition in range(kafka.events_partitions):
                await produce(kafka, raw(f"e{partition}"), partition=partition)
            produced = wall()
            count = len(facts.ticks())
            await facts.until(lambda _: len(facts.ticks()) >= count + 30 or held.partition == 0)
            assert all(each.lows[0] < produced - 2 * SECOND for _, each in facts.ticks())
            await slow.getmany(timeout_ms=5_000)
            await slow.commit({held: 1})
            if held.partition == 0:
                await slow.stop()
            await facts.until(low_reaches(facts, produced))


async def test_a_new_partition_holds_time_back_until_it_is_read(kafka: KafkaSettings, tmp_path: Path) -> None:
    """While nobody reads a partition yet that `events` was given, no time after its events is told."""
    async with intake(kafka, shop(tmp_path)) as host, facts_of(kafka, host) as facts:
        await facts.until(low_reaches(facts, wall()))
        await asyncio.to_thread(grow, kafka, kafka.names.events, kafka.events_partitions + 1)
        await produce(kafka, raw("new"), partition=kafka.events_partitions)
        produced = wall()
        await facts.until_ids(["new"])
        (home,) = {place for place, each in facts.facts() if each.events}
        here = [each for place, each in facts.facts() if place == home]
        before = here[: next(at for at, each in enumerate(here) if each.events)]
        assert all(each.lows[0] < produced for each in before if each.lows)
        await facts.until(low_reaches(facts, produced))


async def test_transactions_hold_nothing_up(kafka: KafkaSettings, tmp_path: Path) -> None:
    """What was sent in a transaction is read when it is committed, never when it is not, and time goes on after it."""
    async with producing(kafka, transactional_id=kafka.prefix) as producer:
        async with producer.transaction():
            await producer.send(kafka.names.events, raw("done"), partition=0)
        await producer.begin_transaction()
        await producer.send_and_wait(kafka.names.events, raw("undone"), partition=0)
        await producer.abort_transaction()
    async with intake(kafka, shop(tmp_path)) as host, facts_of(kafka, host) as facts:
        await facts.until_ids(["done"])
        await facts.until(low_reaches(facts, wall()))
        assert facts.ids() == {"done": 1}


async def test_a_transaction_that_is_open_holds_no_time_back(kafka: KafkaSettings, tmp_path: Path) -> None:
    """While a sender leaves its transaction open, time goes on; what is in it comes when it is committed."""
    async with producing(kafka, transactional_id=kafka.prefix) as producer:
        await producer.begin_transaction()
        await producer.send_and_wait(kafka.names.events, raw("open"), partition=0)
        async with intake(kafka, shop(tmp_path)) as host, facts_of(kafka, host) as facts:
            await produce(kafka, raw("after"), partition=0)
            await produce(kafka, raw("elsewhere"), partition=1)
            await facts.until(low_reaches(facts, wall()))
            assert facts.ids() == {"elsewhere": 1}
            await producer.commit_transaction()
            await facts.until_ids(["open", "after"])


async def test_what_the_strata_have_reached_is_passed_on(kafka: KafkaSettings, tmp_path: Path) -> None:
    """A higher stratum is told the least that any partition of the one below has reached."""
    async with producing(kafka) as producer:
        for partition in range(kafka.partitions):
            raw_progress = msgspec.json.encode(Progress(partition, [1_000 + partition, 500 - partition]))
            await producer.send_and_wait(kafka.names.progress, raw_progress, key=str(partition).encode())
    async with intake(kafka, shop(tmp_path)) as host, facts_of(kafka, host) as facts:
        await facts.until(low_reaches(facts, 0, stratum=2))
        assert {tuple(each.lows[1:]) for _, each in facts.ticks()} == {(1_000, 497)}


@pytest.mark.slow
async def test_another_intake_takes_the_telling_over(kafka: KafkaSettings, tmp_path: Path) -> None:
    """Whichever process is killed, also the one that tells the time, another goes on telling it."""
    standards, log = shop(tmp_path), tmp_path / "intake.log"
    async with intake(kafka, standards) as host:
        await holds_soon(lambda: host.now_status().ready)
    with intake_process(kafka, standards, log) as first, intake_process(kafka, standards, log) as second:
        async with facts_of(kafka, host) as facts:
            await facts.until(low_reaches(facts, wall()))
            first.kill()
            await facts.until(low_reaches(facts, wall() + SECOND))
            with intake_process(kafka, standards, log):  # here the second one is alone, so it is the one that tells
                second.kill()
                await facts.until(low_reaches(facts, wall() + SECOND))
                lows = [each.lows[0] for place, each in facts.ticks() if place == 0]
                assert max(lows) == lows[-1]


async def test_revisions_of_others_are_routed_too(kafka: KafkaSettings, tmp_path: Path) -> None:
    """When another process judges by a newer revision, this intake routes by it as well, without a restart."""
    newer = tmp_path / "newer"
    newer.mkdir()
    text = NO_WAIT.replace("no-wait:", "no-rush:").replace("[site, queue]", "[site]").replace("60s", "61s")
    async with intake(kafka, shop(tmp_path)) as host:
        async with intake(kafka, shop(newer, text)) as other, facts_of(kafka, other) as facts:
            await facts.until(low_reaches(facts, wall()))
        await holds_soon(lambda: len(host.loaded.rulebook.standards) == 2)
        assert [standard.id for standard in host.loaded.standards] == ["no-wait"]
        assert host.now_status().retired == 1
        async with consuming(kafka) as consumer:
            topic = TopicPartition(kafka.names.revisions, 0)
            assert (await consumer.end_offsets([topic]))[topic] == 2


# --- without a broker ----------------------------------------------------------------------------------------------

steps = st.lists(
    st.tuples(st.integers(0, 2), st.integers(0, 5), st.dictionaries(st.integers(0, 3), st.integers(-1, 99))),
    max_size=60,
)


@given(steps, st.integers(0, 30))
def test_time_never_goes_back_and_never_runs_ahead(moves: list[tuple[int, int, dict[int, int]]], grace: int) -> None:
    """Whatever arrives, is committed and is reported in any order, what is told only grows, and only what is true."""
    ticker = Ticker(grace)
    ends, done, looks, told = [0, 0, 0], [0, 0, 0], list[tuple[int, list[int]]](), list[int]()
    for now, (partition, count, reported) in enumerate(moves, start=100):
        ends[partition] += count
        done[(partition + now) % 3] = ends[(partition + now) % 3]
        ticker.look(now, dict(enumerate(ends)))
        looks.append((now, list(ends)))
        ticker.reached(dict(enumerate(done)))
        facts = ticker.tick({place: [low, low] for place, low in reported.items()}, range(4))
        covered = [at for at, wanted in looks if all(a <= b for a, b in zip(wanted, done, strict=True))]
        assert facts.wall <= max([*covered, -1])
        assert facts.lows[0] == max(-1, facts.wall - grace)
        assert all(low <= later for low, later in zip(told, facts.lows, strict=False))
        told = [*facts.lows, *told[len(facts.lows) :]]


def test_what_was_forgotten_only_delays() -> None:
    """A partition that stands still for long lets time go on again once it has caught up."""
    ticker = Ticker(0)
    for at in range(10 * MEMORY):
        ticker.look(at, {0: at, 1: at})
        ticker.reached({0: at, 1: 5})
    assert ticker.tick({}, range(1)).lows == [5]
    ticker.reached({0: 10 * MEMORY, 1: 10 * MEMORY})
    assert ticker.tick({}, range(1)).lows == [10 * MEMORY - 1]


def test_a_partition_that_says_nothing_holds_its_strata() -> None:
    """As long as one partition has not reported, the strata above are told nothing; fewer strata count by the last."""
    ticker = Ticker(0)
    assert ticker.tick({0: [7, 6]}, range(2)).lows == [-1, -1, -1]
    assert ticker.tick({0: [7, 6], 1: [5]}, range(2)).lows == [-1, 5, 5]
    assert ticker.tick({0: [3, 3], 1: [3]}, range(2)).lows == [-1, 5, 5]
