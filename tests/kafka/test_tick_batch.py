"""Ticks that are judged together say what they would have said alone, and why it was told, or not."""

import asyncio
import random

import msgspec
import pytest

from standards.judge.events import Event
from streams.kafka.records.facts import Telling
from streams.runtime.pump import GRACE
from tests.history import events_of, rules
from tests.kafka.chain import NAMES, Chain, given_standards
from tests.stories import LINE

SECOND = 1_000_000
TALK = 'per: [site], when: {event: promise.broken, where: standard == "slow"}, expect: contact.closed, within: 60s'
TEXT = rules(line=f"{LINE}, within: 20s, warn: [50%]", slow=f"{LINE}, within: 40s, warn: [50%], again: each", talk=TALK)


def crowd(chain: Chain) -> list[Event]:
    draw = random.Random(3)
    history = "\n".join(
        f"08:{place // 60:02}:{place % 60:02} "
        + draw.choice(["queue.length waiting=5", "queue.length waiting=1", "register.opened"])
        + f" id=e{place}"
        for place in range(600)
    )
    return events_of(history, chain.bench.loaded.rulebook)


def told(delays: tuple[int, ...], *, flushes: float) -> tuple[dict[str, bytes], dict[str, str], set[str], int]:
    """Judge ten minutes with a tick each second; gives the ledger, why lines were told, notices, and the flushes."""
    chain = Chain([given_standards(TEXT)], partitions=1, draw=random.Random(1), crashes=0, flushes=flushes)
    draw, reasons, notices = random.Random(5), dict[str, str](), set[str]()

    async def play() -> None:
        events = crowd(chain)
        arrivals = sorted((event.at + draw.choice(delays), place) for place, event in enumerate(events))
        for stamp, place in arrivals:
            chain.receive([events[place]], [stamp])
            chain.tick(stamp)
        await chain.work()
        await chain.end(arrivals[-1][0] + 600 * SECOND)

    asyncio.run(play())
    tellings = chain.topics.log(NAMES.tellings, 0)
    for _, raw in tellings:
        telling = msgspec.json.decode(raw or b"", type=Telling)
        reasons |= telling.reasons
        notices |= {notice.id for notice in telling.notices}
    return chain.ledger(), reasons, notices, len(tellings)


@pytest.mark.parametrize("delays", [(0, SECOND), (0, SECOND, 0, 0, 0, 0, 0, 0, GRACE, 30 * SECOND)])
def test_hundreds_of_ticks_in_one_flush_tell_what_each_would_have_told(delays: tuple[int, ...]) -> None:
    """A warning was in time if it was with its own tick, however far time has come when the flush is made."""
    ledger, reasons, notices, flushes = told(delays, flushes=1.0)
    *together, fewer = told(delays, flushes=0.01)
    assert together == [ledger, reasons, notices]
    assert flushes > 5 * fewer
    assert {"told", "not-actionable"} <= set(reasons.values())
