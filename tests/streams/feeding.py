"""A host in a process of its own, fed with a history that is the same each time, for tests that kill it.

The clock is part of the history: each batch is received at an instant of its own, and after a kill the clock stands
where it stood when the last batch was stored.
"""

import asyncio
import random
from copy import copy
from functools import partial
from multiprocessing.connection import Connection
from pathlib import Path

from standards.judge.events import Event, iso
from streams.documents.rules import policy_in
from streams.embedded.options import Options
from streams.ingest.wire import Reader
from streams.settings import StandardsFiles
from tests.streams.hosting import NO_WAIT, SECOND, T0, Clock, event, hosting, opened, queue

BATCHES = 500
BATCH = 8
ENDED = BATCHES - 1

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

POLICY = """
kept: 1
calendars: {nights: {timezone: UTC, hours: {daily: ["22:00-23:30"]}}}
people:
  ann: {addresses: {mail: ann@shop.example}, budget: 30}
  bob: {quiet: nights}
routes:
  - {match: {standard: no-wait, queue: [q0, q1]}, tell: ann, group_wait: 20s, escalate: [{after: 90s, tell: bob}]}
  - {match: no-wait, tell: [ann, bob], well_for: 0s, repeat: 20m, continue: true}
  - {match: [no-wait, debriefed], tell: bob, group_by: [site]}
inhibit: [{when: not-twice, mute: debriefed}]
silences: [{match: {queue: q5}, until: "2026-01-10T00:00:00Z", by: ann, why: it is being rebuilt}]
"""
"""Whom the history's promises are told to, with something of everything that keeps them from being told."""


def history(reader: Reader) -> list[list[Event]]:
    """Give the same batches each time: some events a little out of order, some twice, some far too late."""
    draw = random.Random(20260109)
    events: list[Event] = []
    for n in range(BATCHES * BATCH):
        at = T0 + n * 2 * SECOND - draw.choice([0, 0, 0, 400_000, 5 * SECOND]) - draw.randrange(1000)
        where = f"q{draw.randrange(6)}"
        if events and draw.random() < 0.03:
            events.append(copy(draw.choice(events[-40:])))
        elif draw.random() < 0.15:
            events.append(opened(reader, f"e{n}", at, where=where))
        elif draw.random() < 0.05:
            events.append(event(reader, "debrief.held", f"e{n}", at, site="s3", queue=where))
        else:
            events.append(queue(reader, f"e{n}", at, waiting=draw.randrange(9), where=where))
    return [events[start : start + BATCH] for start in range(0, len(events), BATCH)]


def received(number: int) -> int:
    """Say when a batch is received, in microseconds UTC: right after the last of its events."""
    return T0 + (number + 1) * BATCH * 2 * SECOND


def acts(reader: Reader, number: int) -> list[Event]:
    """Give what people do along with a batch: now and then somebody wants quiet at a queue, or no longer."""
    at = T0 + number * BATCH * 2 * SECOND
    name, by = f"quiet-{number // 40}", "ann"
    match number % 40:
        case 5:
            until = iso(at + 300 * SECOND)
            return [event(reader, "alert.silenced", name, at, silence=name, until=until, by=by, subject="s3/q0")]
        case 15:
            return [event(reader, "alert.unsilenced", f"{name}-over", at, silence=name, by=by)]
        case _:
            return []


def feed_from(folder: str, first: int, answers: Connection) -> None:
    """Host the folder and submit the history's batches from `first` on, answering each one that is durable."""
    asyncio.run(_feed(Path(folder), first, answers))


async def _feed(folder: Path, first: int, answers: Connection) -> None:
    standards = StandardsFiles([str(folder / "rules")])
    options = Options(policies=partial(policy_in, standards.paths))
    clock = Clock(T0)
    async with hosting(folder, clock, standards=standards, options=options) as host:
        answers.send(-1)
        clock.at = max(clock.at, host.now_status().low + options.grace)
        for number, batch in enumerate(history(host.reader)[first:], first):
            clock.at = max(clock.at, received(number))
            await host.submit([*batch, *acts(host.reader, number)])
            answers.send(number)
