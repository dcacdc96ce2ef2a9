"""Workers judge in the order of receipt, tick by tick: whatever crashes, whenever they flush, a line has one text."""

import asyncio
import json
import random
from collections.abc import Sequence
from typing import Any

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from standards.judge.events import Event
from standards.judge.ledger import Line, line
from streams.kafka.records.facts import DeadLetters, Late, Telling, lines
from streams.runtime.pump import GRACE, SETTLE, Pump
from tests.history import events_of, rules
from tests.kafka.chain import NAMES, Chain, Disk, given_standards, run
from tests.kafka.hosts import instant_of
from tests.oracle.histories import SHAPES, cases
from tests.oracle.kept import read
from tests.stories import LINE

SECOND = 1_000_000
DELAYS = (0, 0, 0, 0, SECOND // 2, 3 * SECOND, 40 * SECOND, 300 * SECOND)


def chain_of(
    text: str,
    *,
    draw: int = 1,
    crashes: int = 0,
    flushes: float = 0.2,
    partitions: int = 3,
    punctual: bool = False,
) -> Chain:
    shop = given_standards(text)
    drawn, arrivals = random.Random(draw), random.Random(7)
    return Chain(
        [shop], partitions=partitions, draw=drawn, crashes=crashes, arrivals=arrivals, flushes=flushes,
        punctual=punctual,
    )  # fmt: skip


def received(chain: Chain, history: list[dict[str, Any]], seed: int) -> tuple[list[Event], list[int]]:
    """Give events in the order of their receipt, each after a delay that is drawn, and their stamps."""
    draw = random.Random(seed)
    events = read(chain.bench.loaded.rulebook, history)
    stamped = sorted(((event.at + draw.choice(DELAYS), place) for place, event in enumerate(events)))
    return [events[place] for _, place in stamped], [stamp for stamp, _ in stamped]


def embedded(chain: Chain, events: Sequence[Event], stamps: Sequence[int], ticks: Sequence[int]) -> dict[str, bytes]:
    """Judge as the embedded host does that takes all as one batch that was received by an instant."""
    pump = Pump(chain.bench.loaded.rulebook, settle=SETTLE)
    found: list[Line] = []
    place = 0
    for tick in ticks:
        batch = []
        while place < len(events) and stamps[place] <= tick:
            events[place].received = max(stamps[place], 1)
            events[place].at = min(events[place].at, events[place].received)
            batch.append(events[place])
            place += 1
        found += map(line, pump.push(batch, now=tick).transitions)
    return {each.id: lines([each]).rstrip(b"\n") for each in found}


@pytest.mark.parametrize("number", [1, pytest.param(60, marks=pytest.mark.slow)])
@pytest.mark.parametrize("shape", SHAPES)
def test_a_line_has_one_text_whatever_comes_late_and_crashes(shape: str, number: int) -> None:
    """Flushed at each tick, seldom or by many workers that die: the ledger is the embedded host's, byte for byte.

    A worker hears of a feed when its record comes, and judges at the tick after it. The embedded host hears event by
    event, so where there are feeds it is held against a worker with a record and a tick for each event.
    """

    @settings(max_examples=number, database=None, derandomize=True, suppress_health_check=list(HealthCheck))
    @given(cases(shape), st.integers(0, 2**32), st.sampled_from([1, 3, 40]))
    def agree(case: tuple[dict[str, Any], list[dict[str, Any]]], seed: int, size: int) -> None:
        document, history = case
        text = json.dumps(document)
        ledgers, ticks = [], []
        for crashes, flushes in ((0, 1.0), (6, 0.3), (3, 0.02)):
            chain = chain_of(text, draw=seed, crashes=crashes, flushes=flushes)
            events, stamps = received(chain, history, seed)
            ledgers.append(run(chain, events, stamps=stamps, size=size, until=stamps[-1]))
            ticks.append(chain.ticks)
        assert ticks[0] == ticks[1] == ticks[2]
        assert ledgers[0] == ledgers[1] == ledgers[2]
        if "feeds" in document:
            chain = chain_of(text, draw=seed, punctual=True)
            events, stamps = received(chain, history, seed)
            ledgers[0] = run(chain, events, stamps=stamps, size=1, until=stamps[-1])
        events, stamps = received(chain, history, seed)
        assert ledgers[0] == embedded(chain, events, stamps, chain.ticks)

    agree()


@pytest.mark.parametrize("number", [3, pytest.param(60, marks=pytest.mark.slow)])
def test_strata_have_one_text_for_each_line(number: int) -> None:
    """Standards that hear of others' promises, and of their corrections, say one thing of each, whatever crashes."""

    @settings(max_examples=number, database=None, derandomize=True, suppress_health_check=list(HealthCheck))
    @given(cases("mixed"), st.integers(0, 2**32), st.sampled_from([1, 3, 40]))
    def agree(case: tuple[dict[str, Any], list[dict[str, Any]]], seed: int, size: int) -> None:
        document, history = case
        chain = chain_of(json.dumps(document), draw=seed, crashes=6)
        events, stamps = received(chain, history, seed)
        assert run(chain, events, stamps=stamps, size=size, until=stamps[-1]) is not None

    agree()


class Day:
    """One partition and its worker, told by a script when events were received."""

    def __init__(self, **standards: str) -> None:
        self.chain = chain_of(rules(**standards), partitions=1)

    async def hear(self, history: str, at: str = "") -> None:
        """Let events be received when they happen, or at an instant; the last part of a source's name is its id."""
        for event in events_of(history, self.chain.bench.loaded.rulebook):
            event.id = f"e{self.chain.topics.appended}" if event.id.isdigit() else event.id
            self.chain.receive([event], [instant_of(at) if at else event.at])

    async def hear_all(self, history: str, later: int) -> None:
        """Let events be received so long after they happened, in microseconds, many in a record."""
        events = events_of(history, self.chain.bench.loaded.rulebook)
        for start in range(0, len(events), 100):
            some = events[start : start + 100]
            self.chain.receive(some, [event.at + later for event in some])
            self.chain.tick(some[-1].at + later)
            await self.chain.work()

    async def tick(self, *times: str) -> None:
        """Cover instants, one after another, and judge."""
        for time in times:
            self.chain.tick(instant_of(time))
            await self.chain.work()

    def another_worker(self) -> None:
        """Have the worker die with its disk, and another one take over."""
        self.chain.disk = Disk.recovered(self.chain.topics, self.chain.partitions)
        self.chain.use(0)

    def lines(self) -> list[Line]:
        return [msgspec.json.decode(raw, type=Line) for raw in self.chain.ledger().values()]

    def told(self, subject: str = "s3/q1") -> list[str]:
        return [line.kind for line in self.lines() if line.subject == subject]

    def notices(self) -> list[str]:
        raws = [raw for _, raw in self.chain.topics.log(NAMES.tellings, 0)]
        return [each.kind for raw in raws for each in msgspec.json.decode(raw or b"", type=Telling).notices]

    def letters(self) -> list[str]:
        raws = [raw for _, raw in self.chain.topics.log(NAMES.dead_letters, 0)]
        found = [each for raw in raws for each in msgspec.json.decode(raw or b"", type=DeadLetters)]
        return [each.reason for each in found if isinstance(each, Late)]


async def test_two_senders_that_were_away_are_judged_in_the_order_of_time() -> None:
    """Each sends its own order when it is back, the second half a minute after the first: what happened counts."""
    day = Day(line=f"{LINE}, within: 60s, again: each")
    await day.tick("08:00:00", "08:05:00")
    await day.hear("08:00:50 register.opened source=tills\n08:02:30 register.opened source=tills", at="08:05:01")
    await day.tick("08:05:02", "08:05:20")
    await day.hear(
        "08:00:10 queue.length waiting=5 source=cameras\n08:02:00 queue.length waiting=5 source=cameras", at="08:05:31"
    )
    await day.tick("08:05:32", "08:30:00")
    assert day.told() == ["opened", "kept", "opened", "kept"]
    assert {line.known for line in day.lines()} == {instant_of("08:05:31")}


async def test_what_comes_nine_minutes_late_corrects_after_the_worker_lost_its_disk() -> None:
    """What a subject is judged again by outlives the worker and its disk."""
    day = Day(line=f"{LINE}, within: 60s")
    await day.hear("08:00:00 queue.length waiting=5")
    await day.tick("08:00:02", "08:05:00")
    assert day.told() == ["opened", "broken"]
    day.another_worker()
    await day.hear("08:00:30 register.opened", at="08:09:30")
    await day.tick("08:09:31")
    assert day.told() == ["opened", "broken", "corrected"]
    assert day.lines()[-1].verdict == "kept"


@pytest.mark.parametrize("days", [1, 2])
@pytest.mark.parametrize("events", [1, 40, 2_500])
async def test_events_of_days_ago_that_come_again_open_nothing(events: int, days: int) -> None:
    """Known ones are repeats; those that nobody can know any more have a letter; there is no line and no notice."""
    day = Day(line=f"{LINE}, within: 60s, owed_for: 1h, forget_after: 1d")
    history = "\n".join(
        f"08:{place // 60:02}:{place % 60:02} queue.length waiting={5 * (place % 90 == 0)} id=y{place}"
        for place in range(events)
    )
    await day.hear_all(history, 0)
    await day.tick("09:00", f"+{days}d 07:50")
    said, notices = day.lines(), day.notices()
    assert "broken" in day.told()
    day.another_worker()
    await day.hear_all(history, days * 86_400 * SECOND)
    await day.tick(f"+{days}d 09:00", f"+{days}d 10:00")
    assert (day.lines(), day.notices()) == (said, notices)
    assert set(day.letters()) == ({"too-old-to-tell"} if days > 1 or events > 1_000 else set())


@pytest.mark.parametrize("seeds", [5, pytest.param(40, marks=pytest.mark.slow)])
async def test_a_correction_is_heard_above_once_and_in_time(seeds: int) -> None:
    """However far apart the ticks are and whoever dies meanwhile, a standard hears of it once, when it was known."""
    talk = (
        'per: [site], when: {event: promise.corrected, where: standard == "line"}, expect: contact.closed, within: 60s'
    )
    for seed in range(seeds):
        day = Day(line=f"{LINE}, within: 60s, carry: []", talk=talk)
        day.chain.draw, day.chain.crashes = random.Random(seed), 3
        await day.hear("08:00:00 queue.length waiting=5")
        await day.tick("08:00:02", "08:05:00", "08:05:01")
        await day.hear("08:00:30 register.opened", at="08:05:02")
        await day.tick("08:05:20", "08:05:29", "08:05:30", "08:07:00", "08:07:01", "08:07:02")
        heard = [line for line in day.lines() if line.standard == "talk"]
        assert [(line.kind, line.at, line.known) for line in heard] == [
            ("opened", instant_of("08:05:02"), instant_of("08:05:02")),
            ("broken", instant_of("08:06:02"), instant_of("08:06:02")),
        ]
        assert day.letters() == []


async def test_a_leader_whose_clock_is_slow_makes_nothing_late() -> None:
    """What it stamps counts as received after the last tick: the order is right to a tick, and nothing is late."""
    day = Day(line=f"{LINE}, within: 60s, again: each")
    for second in range(1, 50, 2):
        await day.hear(f"08:00:{second:02} queue.length waiting={5 if second % 4 == 1 else 1}")
        await day.tick(f"08:00:{second:02}.5")
        at = f"08:00:{max(0, second - 9):02}"
        await day.hear(f"08:00:{second + 1:02} register.opened", at=at)
    await day.tick("08:05:00")
    assert {line.kind for line in day.lines()} == {"opened", "kept"}
    assert all(line.at == line.known for line in day.lines())


async def test_one_subject_that_never_rests_is_bounded() -> None:
    """At thousands of events a second of one subject, no more of them are kept than its worker has room for."""
    day = Day(line=f"{LINE}, within: 60s")
    book = day.chain.bench.loaded.rulebook
    (event,) = events_of("08:00:00 queue.length waiting=1", book)
    start = event.at
    for tick in range(12):
        stamps = [start + tick * SECOND // 2 + place * 300 for place in range(1_500)]
        events = [msgspec.structs.replace(event, id=f"{tick}-{place}", at=stamp) for place, stamp in enumerate(stamps)]
        day.chain.receive(events, stamps)
        day.chain.tick(stamps[-1])
        await day.chain.work()
    assert day.chain.logged() <= 3 * 2_000
    assert b"kept_settled_early_events_total 0.0" not in day.chain.metrics.text()


async def test_what_late_events_came_to_is_counted() -> None:
    """One that corrects what was told and one that finds its place: the same counts as on one machine."""
    day = Day(line=f"{LINE}, within: 60s")
    await day.hear("08:00:00 queue.length waiting=5")
    await day.tick("08:00:02", "08:05:00", "08:05:01")
    await day.hear("08:00:30 register.opened", at="08:05:02")
    await day.hear("08:00:20 queue.length waiting=6", at="08:05:03")
    await day.tick("08:05:20", "08:05:40")
    assert {line.kind for line in day.lines()} == {"opened", "broken", "corrected"}
    told = day.chain.metrics.text().decode()
    found = dict(line.split() for line in told.splitlines() if line.startswith("kept_late_events_total{"))
    assert {name: count for name, count in found.items() if count != "0.0"} == {
        'kept_late_events_total{effect="corrected"}': "1.0", 'kept_late_events_total{effect="in-place"}': "1.0",
    }  # fmt: skip


def test_nothing_waits_that_a_tick_has_covered() -> None:
    """In a replay, where events move time, a worker holds what no tick has come to yet, however long it lasts."""
    history = "\n".join(f"08:{place // 60:02}:{place % 60:02} queue.length waiting=5" for place in range(600))
    chain = chain_of(rules(line=f"{LINE}, within: 60s"), partitions=1)
    events = events_of(history, chain.bench.loaded.rulebook)

    async def play() -> None:
        for event in events:
            chain.receive([event], [event.at])
            chain.tick(event.at - SECOND)
            await chain.work()
            assert chain.worker.partitions[0].waiting <= GRACE // SECOND + 2

    asyncio.run(play())
