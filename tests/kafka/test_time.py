"""Time on Kafka: whatever dies, stands still or is away, no event that came in time comes after its time was told.

The intakes and tickers are the real ones; only Kafka is in memory, so that hours pass in a moment.
Next: `world.py`; `test_ticker.py` for the same on a real broker.
"""

from __future__ import annotations

import asyncio
import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from streams.kafka.intake.intake import Terms
from streams.kafka.intake.ticker import RETURN
from tests.kafka.taking import TERMS, raw
from tests.kafka.world import TICK, World
from tests.streams.hosting import SECOND, T0

HOUR = 3_600 * SECOND

moves = st.lists(
    st.one_of(
        st.tuples(st.just("send"), st.integers(0, 2), st.integers(-1_900_000, 290 * SECOND)),
        st.tuples(st.just("go"), st.integers(0, 7), st.sampled_from([0.5, 1, 3, 9, 20])),
        st.tuples(st.just("die"), st.integers(0, 2), st.just(0)),
        st.tuples(st.just("hold"), st.integers(0, 2), st.just(0)),
        st.tuples(st.just("swap"), st.integers(0, 2), st.integers(0, 2)),
        st.tuples(st.just("away"), st.just(0), st.sampled_from([1, 6, 20])),
        st.tuples(st.just("grow"), st.just(0), st.just(0)),
    ),
    max_size=25,
)


async def moved(world: World, steps: list[tuple[str, int, float]]) -> None:
    """Do what is drawn, then let all of it be read."""
    for what, number, more in steps:
        partition = number % len(world.processes)
        match what:
            case "send":
                world.send(partition, ahead=round(more))
            case "go":
                await world.go(more, stopped=frozenset(each for each in range(3) if number >> each & 1))
            case "die":
                await world.processes[partition].read(dies=True)
            case "hold":
                world.hold(partition)
            case "swap":
                await world.swap(partition, int(more) % len(world.processes))
            case "away":
                await away(world, more)
            case _:
                world.grow()
    for each in sorted(world.memory.open):
        world.hold(each.partition)
    await world.go(30)


async def away(world: World, seconds: float) -> None:
    """Take the broker away; what happens meanwhile is sent once it is back, and was not late to get there."""
    began = world.clock.at
    world.memory.away = True
    await world.go(seconds)
    world.memory.away = False
    await world.go(1)
    for partition in range(len(world.processes)):
        world.send(partition, ahead=began - world.clock.at)
        if not world.memory.open:
            world.sent[f"e{len(world.sent) - 1}"] = world.sent[f"e{len(world.sent) - 1}"]._replace(readable=began)


@settings(max_examples=40)
@given(moves, st.sampled_from([0, 400_000, -400_000, -5 * SECOND, HOUR]))
def test_what_came_in_time_is_never_late(steps: list[tuple[str, int, float]], ahead: int) -> None:
    """However intakes die, stand still and change places, and clocks differ, what was readable by then is there."""

    async def whole() -> World:
        world = World(ahead=ahead)
        await world.go(1)
        await moved(world, steps)
        return world

    world = asyncio.run(whole())
    assert world.late() == []
    assert world.came() == set(world.sent)
    assert world.told()[-1] >= world.clock.at - RETURN - 2 * SECOND + min(0, ahead)


@pytest.mark.parametrize("ahead", [-5 * SECOND, -400_000])
async def test_time_is_never_ahead_of_the_slowest_broker(ahead: int) -> None:
    """From the first tick on, also of one that takes the telling over, what a slow clock stamps is in time."""
    world = World(ahead=ahead)
    for number in range(20):
        await world.go(0.5)
        world.send(number % 2)
        if number == 10:
            await world.swap(0, 1)
    await world.go(5)
    assert (world.late(), world.came()) == ([], set(world.sent))
    assert world.told()[-1] >= world.clock.at + ahead - SECOND


async def test_what_is_published_again_is_the_same() -> None:
    """An intake that dies between publishing and committing, again and again, says of each event the same each time."""
    world = World()
    for _ in range(20):
        world.send(0)
        world.send(1, ahead=-SECOND)
        await world.processes[0].read(dies=True)
        await world.go(0.5)
    said: dict[str, set[tuple[int, int, str]]] = {}
    for partition in range(2):
        for _, events in world.stamped(partition):
            for event, stamp in events:
                said.setdefault(event.id, set()).add((stamp, event.at, repr(event.data)))
    assert said.keys() == world.sent.keys()
    assert {len(forms) for forms in said.values()} == {1}
    assert world.late() == []


async def test_time_stands_still_for_all_while_one_intake_does() -> None:
    """While one partition is not read, nobody is told a time after what lies in it; then all of it is in time."""
    world = World()
    await world.go(5)
    world.send(1)
    stopped = world.clock.at
    for _ in range(60):
        world.send(0)
        await world.go(1, stopped=frozenset({1}))
    assert world.told()[-1] <= stopped
    await world.go(5)
    assert (world.late(), world.came()) == ([], set(world.sent))
    assert world.told()[-1] > world.clock.at - 2 * SECOND


async def test_a_ticker_that_wakes_up_says_nothing_wrong() -> None:
    """One that stood still while another told the time goes on telling for a moment: true, and of use to nobody."""
    world = World()
    await world.go(5)
    sleeper = world.processes[0]
    for _ in range(9):
        world.send(1)
        await world.go(1, stopped=frozenset({0}))
    await world.swap(0, 1)
    sleeper.partitions = {0, 1}  # it has not heard yet that others have its work
    await sleeper.tick()
    world.send(0)
    await world.go(5)
    assert (world.late(), world.came()) == ([], set(world.sent))


async def test_a_transaction_that_is_open_holds_nobody_else_up() -> None:
    """A sender that leaves a transaction open for a minute delays what comes after it there, and no other's time."""
    world = World()
    await world.go(5)
    world.hold(0)
    world.send(0)
    for _ in range(60):
        world.send(1)
        await world.go(1)
    assert world.told()[-1] > world.clock.at - 2 * SECOND
    world.hold(0)
    await world.go(5)
    assert (world.late(), world.came()) == ([], set(world.sent))


async def test_after_an_outage_time_waits_for_what_is_sent_again() -> None:
    """Once the broker is back, no time is told before those who could not send have had ten seconds to do so."""
    world = World()
    await world.go(5)
    world.memory.away, began = True, world.clock.at
    await world.go(60)
    world.memory.away, back = False, world.clock.at
    for number in range(18):
        await world.go(0.5)
        world.send(number % 2, ahead=began - world.clock.at)
        world.sent[f"e{number}"] = world.sent[f"e{number}"]._replace(readable=began)
    assert world.told()[-1] <= began
    await world.go(15)
    assert (world.late(), world.came()) == ([], set(world.sent))
    assert world.told()[-1] > back + RETURN


async def test_a_backlog_is_told_hour_by_hour() -> None:
    """After an hour without intakes, time is told along with what is read: workers hold a part of it, not all."""
    world = World(most=20)
    await world.go(5)
    for number in range(3_600):
        world.send(number % 2)
        world.clock.at += SECOND
    await world.go(60)
    assert (world.late(), world.came()) == ([], set(world.sent))
    assert world.waiting() < 100


async def test_records_that_a_broker_lost_prove_nothing() -> None:
    """Where `events` became shorter than what was committed, time stands until it was read anew."""
    world = World()
    for _ in range(10):
        world.send(0)
        await world.go(1)
    world.memory.cut(0, 3)
    stopped = frozenset({0})
    world.processes[1].partitions = {0}  # another tells the time, while nobody has read on
    world.send(0)
    lost = world.clock.at
    await world.go(5, stopped=stopped)
    assert world.told()[-1] <= lost
    world.processes[1].partitions = {1}
    await world.go(5)
    assert (world.late(), world.came()) == ([], set(world.sent))


async def test_what_was_deleted_unread_is_told_before_time_goes_on() -> None:
    """All partitions are told between which stamps facts are missing, before they are told a time after that."""
    world = World()
    world.send(1)
    await world.go(1)
    before = world.clock.at
    world.clock.at += HOUR
    world.send(1)
    world.clock.at += HOUR
    world.memory.delete_before(1, 2)
    world.send(1)
    await world.go(5)
    for partition in range(2):
        told, gaps = [], []
        for facts in world.facts(partition):
            gaps += [facts.gap] if facts.gap else []
            told += [facts.wall] if facts.lows and not gaps else []
        ((first, last),) = gaps
        assert T0 <= first <= before
        assert before + 2 * HOUR <= last <= world.clock.at
        assert max(told) <= before


histories = st.lists(st.tuples(st.integers(0, 1), st.integers(0, 5 * SECOND), st.integers(0, SECOND)), min_size=1)


@settings(max_examples=40)
@given(histories, st.integers(0, 99))
def test_in_a_replay_events_move_time_and_none_is_late(history: list[tuple[int, int, int]], seed: int) -> None:
    """However its partitions are read, what is out of order by no more than `lateness` is in time, up to the newest."""
    terms = Terms(TERMS.grace, TERMS.max_skew, lateness=SECOND, by_events=True)

    async def whole() -> tuple[World, int]:
        world, at, draw = World(terms, most=3), T0 - HOUR, random.Random(seed)
        for number, (partition, later, disorder) in enumerate(history):
            at += later
            world.memory.append("events", partition, raw(f"e{number}", at - disorder, queue=f"q{number % 5}"))
        for _ in range(3 * len(history) + 20):
            await world.processes[draw.randrange(2)].read()
            world.clock.at += TICK
            await world.processes[0].tick()
        return world, max(at, T0 - HOUR)

    world, _ = asyncio.run(whole())
    newest = -1
    for partition in range(2):
        low = -1
        for facts, events in world.stamped(partition):
            assert all(event.at == stamp > low for event, stamp in events)
            newest = max([newest, *(stamp for _, stamp in events)])
            low = max([low, *facts.lows[:1]])
    assert world.told()[-1] == newest + TERMS.grace
    assert world.waiting() <= 20
