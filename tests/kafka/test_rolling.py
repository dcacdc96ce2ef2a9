"""Workers are brought up to date one by one: what older standards owe is ended, and what newer ones owe begins."""

import asyncio
import random
from collections.abc import Sequence

import msgspec
import pytest

from standards.judge.ledger import Line
from streams.runtime.pump import GRACE
from tests.history import events_of, rules
from tests.kafka.chain import Chain, Crash, Disk, given_standards
from tests.kafka.hosts import instant_of
from tests.kafka.test_late_rows import Story
from tests.stories import LINE

EVERY = "per: [site], expect: register.opened, every: 10m, subjects: [{site: s3}]"


def chain_of(texts: Sequence[str], seed: int = 1, crashes: int = 0) -> Chain:
    return Chain([given_standards(text) for text in texts], partitions=1, draw=random.Random(seed), crashes=crashes)


def told(chain: Chain) -> list[tuple[str, str, str, int]]:
    found = [msgspec.json.decode(raw, type=Line) for raw in chain.ledger().values()]
    return [(line.kind, line.revision, line.promise, line.at) for line in found]


async def ticking(chain: Chain, minutes: range) -> None:
    for minute in minutes:
        at = instant_of(f"08:{minute:02}")
        chain.tick(at + GRACE)
    await chain.work()


@pytest.mark.parametrize("number", [5, pytest.param(20, marks=pytest.mark.slow)])
def test_a_new_revision_takes_over_whom_it_lists(number: int) -> None:
    """When the period that an older revision owes is over, the newer one begins to owe."""
    old, new = rules(seen=EVERY), rules(seen=EVERY.replace("10m", "5m"))
    for seed in range(number):
        chain = chain_of([old, new], seed)

        async def story(chain: Chain = chain) -> None:
            await ticking(chain, range(3))
            chain.use(1)
            chain.crashes = 5
            chain.shops = chain.shops[1:]
            await ticking(chain, range(3, 40))

        asyncio.run(story())
        lines = told(chain)
        opened = [at for kind, _, _, at in lines if kind == "opened"]
        first, following, *_ = sorted(opened)
        assert instant_of("08:10:02") <= following <= instant_of("08:12:02"), seed  # time comes once a minute here
        assert len({revision for _, revision, _, _ in lines}) == 2
        ends = {promise for kind, _, promise, _ in lines if kind == "broken"}
        begun = {promise for kind, _, promise, _ in lines if kind == "opened"}
        assert len(begun - ends) == 1  # the period that is under way; nothing was begun twice
        assert first == instant_of("08:00:02")


def test_a_revision_that_was_missing_is_found_once_somebody_publishes_it() -> None:
    """A worker that met an unknown revision judges by it as soon as it takes the partition up after that."""
    old, new = rules(seen=EVERY), rules(seen=EVERY.replace("10m", "5m"))
    chain = chain_of([old, new])
    (revision,) = chain.bench.loaded.rulebook.standards
    asyncio.run(ticking(chain, range(3)))
    lost = chain.known.pop(revision)
    chain.use(1)
    assert chain.bench.judging([revision]).problems
    chain.known[revision] = lost
    assert not chain.bench.judging([revision]).problems
    assert revision in chain.bench.judging([revision]).rulebook.standards


def test_what_an_older_revision_can_take_back_is_taken_back_by_a_newer_worker() -> None:
    """A worker that takes over with other standards loads those by which a promise was kept that may be undone."""
    solved = "per: [ticket], when: ticket.opened, expect: ticket.completed, undo: {when: ticket.reopened, within: 1d}"
    chain = chain_of([rules(solved=f"{solved}, within: 2h"), rules(solved=f"{solved}, within: 3h")])
    (old,) = chain.bench.loaded.rulebook.standards

    async def happen(line: str) -> None:
        (event,) = events_of(line, chain.bench.loaded.rulebook)
        chain.receive([event], [event.at])
        chain.tick(event.at + GRACE)
        await chain.work()

    async def story() -> None:
        await happen("08:00 ticket.opened id=e1")
        await happen("08:10 ticket.completed id=e2")
        chain.disk = Disk.recovered(chain.topics, chain.partitions)
        chain.use(1)
        await happen("08:20 ticket.reopened id=e3")

    asyncio.run(story())
    assert [(kind, revision) for kind, revision, *_ in told(chain)] == [
        ("opened", old), ("kept", old), ("undone", old),
    ]  # fmt: skip


async def test_a_flush_cut_short_loses_nothing_to_standards_that_group_anew() -> None:
    """Two cases of a subject, one of them as it was before the flush, become one: what that one held is judged."""
    answer = "per: [site, queue], when: contact.started, expect: contact.closed, within: 60s"
    both = "per: [site, queue], when: {event: queue.length, where: waiting > 99}, expect: contact.closed, within: 60s"
    old = {"answer": answer, "line": f"{LINE}, within: 60s"}
    story = Story(rules(**old))
    story.chain.shops.append(given_standards(rules(**old, both=both)))
    at = "site=s3 queue=q1"
    await story.judge(f"08:00:20 queue.length waiting=5\n08:00:21 contact.closed source=us {at}", "08:00:10")
    story.topics.asleep = True
    with pytest.raises(Crash):
        await story.judge(f"08:00:25 queue.length waiting=6\n08:00:26 contact.started source=them {at}", "08:00:30")
    story.topics.asleep = False
    story.topics.wake(1)
    story.another_worker(1)
    await story.judge("", "08:03")
    assert sorted(story.told("s3/q1")) == ["broken", "broken", "opened", "opened"]
