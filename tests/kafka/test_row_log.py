"""What many events of a case are judged by again is read from `facts`: whoever takes over, the ledger is the same."""

import asyncio
import random
from collections.abc import Iterator, Sequence

import msgspec
import pytest

from standards.judge.events import Event
from standards.judge.ledger import Line
from streams.kafka.clients.connection import KafkaSettings
from streams.kafka.clients.log import Message, consuming
from streams.kafka.clients.publishing import Publisher
from streams.kafka.intake.arrivals import Arrivals
from streams.kafka.records.facts import Facts, FactsCodec
from streams.kafka.records.places import events_at, first_place
from streams.kafka.records.rows import places_in
from streams.kafka.worker.facts_lookup import FactsLookup
from streams.kafka.worker.renewal import OLD
from streams.kafka.worker.row_log import FEW
from streams.kafka.worker.waiting import Waiting
from streams.runtime.pump import GRACE
from tests.history import events_of, rules
from tests.kafka.chain import NAMES, Chain, Disk, cases_of, given_standards
from tests.kafka.hosts import instant_of
from tests.kafka.test_stamps import READER, Record, stamps_at
from tests.kafka.topics import delete_before
from tests.stories import LINE
from tests.streams.hosting import T0

SECOND = 1_000_000
START = instant_of("08:00:00")
ONE = rules(line=f"{LINE}, within: 20s, again: each")
LATE = (0, 0, 0, SECOND, 5 * SECOND, 100 * SECOND, 400 * SECOND, 590 * SECOND)


def chain_of(*texts: str, flushes: float = 0.05, crashes: int = 0) -> Chain:
    shops = [given_standards(text) for text in texts or (ONE,)]
    return Chain(shops, partitions=1, draw=random.Random(4), crashes=crashes, flushes=flushes)


def busy(chain: Chain, count: int, *, first: int = 0, queues: Sequence[int] = (0, 1)) -> list[Event]:
    """Give so many events, one each second, of a few lines of people."""
    draw = random.Random(first + count)
    history = "\n".join(
        f"08:{place // 60:02}:{place % 60:02} "
        + draw.choice(["queue.length waiting=5", "queue.length waiting=1", "register.opened"])
        + f" queue=q{draw.choice(queues)} id=e{place}"
        for place in range(first, first + count)
    )
    return events_of(history, chain.bench.loaded.rulebook)


def send(chain: Chain, events: Sequence[Event], late: Sequence[int] = (0,), *, size: int = 40) -> Iterator[int]:
    """Let events be received some time after they happened, many in a record; gives the last stamp of each."""
    draw, routing = random.Random(len(events)), chain.routing()  # a later worker has event classes of its own
    arrivals = sorted((event.at + draw.choice(late), place) for place, event in enumerate(events))
    for start in range(0, len(arrivals), size):
        some = arrivals[start : start + size]
        chain.receive([events[place] for _, place in some], [stamp for stamp, _ in some], routing)
        chain.tick(some[-1][0])
        yield some[-1][0]


def places(chain: Chain) -> set[int]:
    return places_in(cases_of(chain.disk.of[0]))


def lose_worker(chain: Chain, shop: int = 0) -> None:
    chain.disk = Disk.recovered(chain.topics, 1)
    chain.use(shop)


def judged(late: Sequence[int], *, lives: float, crashes: int = 0) -> tuple[dict[str, bytes], int]:
    """Judge a quarter of an hour by workers that end after so many records; gives the ledger and what was read."""
    chain = chain_of(flushes=0.05 if crashes else 1.0, crashes=crashes)

    async def play() -> None:
        at = 0
        for number, at in enumerate(send(chain, busy(chain, 900), late), 1):  # noqa: B007 - the last one counts
            if number % lives == 0:
                await chain.work()
                assert number < 9 or places(chain)
                lose_worker(chain)
        await chain.end(at + 600 * SECOND)

    asyncio.run(play())
    return chain.ledger(), chain.topics.looked_up


@pytest.mark.parametrize(
    ("lives", "crashes"), [*(pytest.param(each, 0, marks=pytest.mark.slow) for each in (3, 9)), (4, 12)]
)
def test_a_busy_case_has_one_text_for_each_line_whoever_takes_over(lives: int, crashes: int) -> None:
    """Of events that come up to ten minutes late, to workers that die with their disks, none loses its place."""
    calm, none = judged(LATE, lives=1e9)
    assert none == 0
    ledger, looked_up = judged(LATE, lives=lives, crashes=crashes)
    assert looked_up > 0
    assert ledger == calm
    kinds = {msgspec.json.decode(raw, type=Line).kind for raw in calm.values()}
    assert {"opened", "kept", "broken", "corrected"} <= kinds


def test_a_case_that_falls_silent_names_no_place_for_long() -> None:
    """Its rows are written once more, with the events themselves: by then no fact that it rests on need be there."""
    chain = chain_of()

    async def play() -> None:
        (*_, last) = send(chain, busy(chain, 60, queues=(0,)))
        await chain.work()
        assert len(places(chain)) > FEW
        lose_worker(chain)
        for later in (OLD // 2, OLD, 2 * OLD):
            chain.tick(last + later)
            await chain.work()
        assert places(chain) == set()
        logged = chain.logged()
        chain.topics.begins[NAMES.facts, 0] = len(chain.topics.log(NAMES.facts, 0))
        lose_worker(chain)
        chain.tick(last + 3 * OLD)
        await chain.work()
        assert chain.worker.problems == []
        assert (chain.logged(), logged > 0) == (logged, True)

    asyncio.run(play())


def test_a_subject_of_one_event_a_day_names_no_place() -> None:
    """A few events stand in the rows themselves, so nothing old of `facts` is ever looked up for them."""
    chain = chain_of()

    async def play() -> None:
        for day in range(6):
            (event,) = busy(chain, 1, first=day)
            event.at += day * 86_400 * SECOND
            chain.receive([event], [event.at])
            chain.tick(event.at)
            await chain.work()
            lose_worker(chain)
        await chain.end(event.at + SECOND)
        assert (places(chain), chain.topics.looked_up) == (set(), 0)
        assert chain.logged() > 0

    asyncio.run(play())


def test_what_is_gone_is_said_and_judging_goes_on() -> None:
    """Where Kafka deleted what a case is judged again by, a late event finds no place, and what comes next does."""
    chain = chain_of()

    async def play() -> None:
        (*_, last) = send(chain, busy(chain, 200))
        await chain.work()
        assert places(chain)
        chain.topics.begins[NAMES.facts, 0] = len(chain.topics.log(NAMES.facts, 0))
        lose_worker(chain)
        said, routing = len(chain.ledger()), chain.routing()
        late, due = events_of(
            "08:03:00 queue.length waiting=5 queue=q1 id=late\n08:05:00 queue.length waiting=5 queue=q7 id=due",
            chain.bench.loaded.rulebook,
        )
        chain.receive([late, due], [due.at, due.at], routing)
        chain.tick(due.at + GRACE)
        await chain.work()
        (problem,) = chain.worker.problems
        assert "2 subjects of partition 0 rest on facts" in problem
        chain.tick(last + 600 * SECOND)
        await chain.work()
        assert len(chain.ledger()) > said
        assert "came-too-late" in chain.metrics.text().decode()
        lose_worker(chain)
        chain.tick(last + 601 * SECOND)
        await chain.work()
        assert chain.worker.problems == []

    asyncio.run(play())


async def lost_end(left: int, *, often: bool) -> tuple[dict[str, bytes], list[str]]:
    """Judge by a topic that loses its end and has others there when it is taken up; gives the ledger and problems."""
    chain = chain_of()
    done = "08:05:00 register.opened queue=q0 id=d0\n08:05:00 register.opened queue=q1 id=d1"
    before = [*busy(chain, 300), *events_of(done, chain.bench.loaded.rulebook)]
    (*_, at) = send(chain, [*before, *busy(chain, 10, first=310, queues=(5,))])
    await chain.work()
    chain.topics.cut(NAMES.facts, 0, left)
    chain.topics.appended += 1_000  # the broker's stamps go on
    (*_, at) = send(chain, busy(chain, 600, first=400, queues=(2, 3, 4, 5)), (0, 0, 0, 9 * SECOND))
    lose_worker(chain)
    chain.read, chain.committed = {0: 0}, {0: 0}
    await chain.work()
    problems = chain.worker.problems
    for number in range(6):
        if often:
            lose_worker(chain)
        (late,) = events_of(f"08:11:{number:02} queue.length waiting=5 queue=q{number}", chain.bench.loaded.rulebook)
        late.id = f"late{number}"
        chain.receive([late], [at := at + SECOND], chain.routing())
        chain.tick(at)
        await chain.work()
    await chain.end(at + 600 * SECOND)
    return chain.ledger(), problems


@pytest.mark.parametrize("left", [3, 8])
async def test_no_place_leads_to_what_came_instead(left: int) -> None:
    """Where the topic lost its end, others have its offsets: no case is judged by those, whoever takes over."""
    ledger, problems = await lost_end(left, often=False)
    assert [problem for problem in problems if "2 subjects of partition 0 rest on facts" in problem]
    assert await lost_end(left, often=True) == (ledger, problems)
    assert len(ledger) > 100


def test_places_hold_though_some_events_cannot_be_read() -> None:
    """Worked out from the record, not from what these standards know of it: another worker may know more."""
    chain = chain_of()
    classes = chain.bench.loaded.rulebook.classes
    whole = FactsCodec(classes)
    events = events_of(
        "08:00:00 register.opened\n08:00:01 queue.length waiting=5\n08:00:02 register.opened",
        chain.bench.loaded.rulebook,
    )
    for event in events:
        event.received = event.at
    raw = whole.encode(Facts(events=events))
    fewer = FactsCodec({"register.opened": classes["register.opened"]})
    first, found = first_place(7), {}
    for codec in (whole, fewer):
        facts = codec.decode(raw)
        Waiting().add(7, facts, -1, first)
        found = {event.id: event.place for event in facts.events}
        assert {event.place for event in facts.events} <= {first, first + 1, first + 2}
        again = events_at(set(found.values()), {7: raw}, whole)
        assert {place: event.id for place, event in again.items()} == {place: name for name, place in found.items()}
    assert sorted(found.values()) == [first, first + 2]


def test_what_is_not_judged_as_its_record_has_it_has_no_place() -> None:
    """An event that counts as received later than its record says stands in the rows itself."""
    chain = chain_of()
    early, later = events_of("08:00:00 register.opened\n08:00:09 register.opened", chain.bench.loaded.rulebook)
    early.received, later.received = early.at, later.at
    Waiting().add(3, Facts(events=[early, later]), later.at - SECOND, first_place(3))
    assert (early.received, early.place) == (later.at - SECOND, -1)
    assert (later.received, later.place) == (later.at, first_place(3) + 1)


def test_a_sender_gives_no_places() -> None:
    """Whatever an event says of its place, the intake does not pass it on."""
    raw = (
        b'{"specversion":"1.0","id":"e1","source":"till","type":"register.opened","time":"2026-01-09T23:06:40Z","$p":7,'
        b'"data":{"site":"s1","queue":"q1"}}'
    )
    (event,) = Arrivals(READER, stamps=stamps_at()[0].of, max_skew=600 * SECOND).read([Record(raw, T0 // 1_000)], [])
    assert event.place == -1


async def test_records_are_looked_up_wherever_they_are(kafka: KafkaSettings) -> None:
    """Close together and far apart, in order; what was deleted or is not there yet is left out."""
    topic = kafka.names.facts
    async with Publisher(kafka) as publisher, consuming(kafka) as consumer:
        await publisher.publish([Message(topic, 0, b"%d" % number) for number in range(2_500)])
        lookup = FactsLookup(consumer, topic)
        wanted = [0, 3, 4, 700, 2_400, 2_499, 2_500]
        assert await lookup.records(0, wanted) == {number: b"%d" % number for number in wanted[:-1]}
        await asyncio.to_thread(delete_before, kafka, topic, 0, 4)
        assert await lookup.records(0, wanted) == {number: b"%d" % number for number in wanted[2:-1]}
        assert (await lookup.stamp_of(0, 0), await lookup.stamp_of(0, 2_500)) == (None, -1)
        assert await lookup.records(0, []) == {}
