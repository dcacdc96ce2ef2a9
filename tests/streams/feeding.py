"""A host in a process of its own, fed with a history that is the same each time, for tests that kill it.

Only the events' own times count here: the grace is years, so the wall clock decides nothing.
"""

import asyncio
import random
from multiprocessing.connection import Connection
from pathlib import Path

from standards.events import Event
from streams.engine import Options
from streams.settings import StandardsFiles
from streams.wire import Reader
from tests.streams.hosting import NO_WAIT, SECOND, T0, Clock, event, hosting, opened, queue

BATCHES = 500
BATCH = 8
ENDED = BATCHES - 1
OPTIONS = Options(grace=20 * 366 * 86_400 * SECOND)

RULES = f"""{NO_WAIT}
  debriefed:
    promise: Every broken promise is talked over.
    what: Talk it over with whoever was there.
    owner: floor-lead
    aspect: follow-through
    per: [site, queue]
    when: {{event: promise.broken, where: standard == "no-wait"}}
    expect: debrief.held
    within: 10m
  not-twice:
    promise: It does not happen twice in a quarter of an hour.
    owner: floor-lead
    aspect: quality
    per: [site]
    when: {{event: promise.broken, where: standard == "no-wait"}}
    at_most: 1
    within: 15m
  short-lines:
    promise: Lines are short on the whole.
    owner: floor-lead
    per: [site, queue]
    when: queue.length
    measure: mean(waiting)
    over: 30m
    must: measure <= 3
    at_least: 3
events:
  debrief.held: {{site: text, queue: text}}
"""


def history(reader: Reader) -> list[list[Event]]:
    """Give the same batches each time: some events a little out of order, some twice, some far too late."""
    draw = random.Random(20260109)
    events: list[Event] = []
    for n in range(BATCHES * BATCH):
        at = T0 + n * 2 * SECOND - draw.choice([0, 0, 0, 400_000, 5 * SECOND]) - draw.randrange(1000)
        where = f"q{draw.randrange(6)}"
        if events and draw.random() < 0.03:
            events.append(draw.choice(events[-40:]))
        elif draw.random() < 0.15:
            events.append(opened(reader, f"e{n}", at, where=where))
        elif draw.random() < 0.05:
            events.append(event(reader, "debrief.held", f"e{n}", at, site="s3", queue=where))
        else:
            events.append(queue(reader, f"e{n}", at, waiting=draw.randrange(9), where=where))
    return [events[start : start + BATCH] for start in range(0, len(events), BATCH)]


def feed_from(folder: str, first: int, answers: Connection) -> None:
    """Host the folder and submit the history's batches from `first` on, answering each one that is durable."""
    asyncio.run(_feed(Path(folder), first, answers))


async def _feed(folder: Path, first: int, answers: Connection) -> None:
    clock = Clock(T0 + 366 * 86_400 * SECOND)
    standards = StandardsFiles([str(folder / "rules")])
    async with hosting(folder, clock, standards=standards, options=OPTIONS) as host:
        answers.send(-1)
        for number, batch in enumerate(history(host.reader)[first:], first):
            await host.submit(batch)
            answers.send(number)
