"""Who is told what, and who is not: the same on the embedded host and on Kafka, whoever was killed meanwhile."""

from __future__ import annotations

import asyncio
import re
import subprocess
from collections.abc import AsyncIterator, Collection, Sequence
from contextlib import asynccontextmanager, closing
from functools import partial
from pathlib import Path
from typing import NamedTuple

import msgspec
import pytest

from alerts.channels import Channel
from alerts.channels.webhook import Webhook
from alerts.policy.policy import People, Policy
from alerts.routing.stalls import NOTED
from standards.calendar.duration import SECOND
from standards.judge.ledger import Line
from streams.documents.rules import policy_in
from streams.embedded.embedded import EmbeddedHost
from streams.embedded.options import Options
from streams.kafka.clients.connection import KafkaSettings
from streams.kafka.clients.log import producing
from streams.kafka.persons.name_records import NameRecords
from streams.kafka.persons.names_topic import published
from streams.kafka.persons.shared_names import SharedNames
from streams.kafka.records.facts import Told
from streams.kafka.serve.coordinator import AppliedOffsets
from streams.kafka.serve.coordinator_runner import CoordinatorRunner
from streams.names.names import Names
from streams.names.rows import Row
from streams.names.schema import SCHEMA
from streams.names.secret import FILE as NAMES
from streams.runtime.pump import GRACE
from streams.settings import Settings, StandardsFiles
from streams.storage.sqlite import FILE, Database
from tests.alerts.receiver import Receiver, receiving
from tests.days import DAYS, RULES, named
from tests.history import rulebook
from tests.kafka.comparing import whole
from tests.kafka.hosts import SOON, Step, backtested, embedded_by, instant_of, playing, steps_of, worker
from tests.kafka.serve import process, shares, until
from tests.kafka.taking import SECRET
from tests.streams.hosting import Clock

SHORT = [name for name in DAYS if name.startswith("a silence is laid")]
"""The days that each change is tried with: in the others time goes on for longer."""


class Heard(NamedTuple):
    """What was told and what was withheld, by id, as bytes."""

    notices: dict[str, bytes]
    withheld: dict[str, bytes]


def written(folder: Path, text: str) -> Path:
    """Write the standards and a policy into a folder."""
    rules = folder / "rules"
    rules.mkdir()
    (rules / "standards.yaml").write_text(RULES)
    (rules / "policy.yaml").write_text(text)
    return rules


def scripted(folder: Path, rules: Path, script: str) -> list[Step]:
    """Read a script, with the promises of a backtest in it."""
    book = rulebook(RULES)
    plain = re.sub(r"(?m)^(\s*\S+) .*promise=.*$", r"\1 nothing", script)  # as many events: their ids are their places
    lines = [msgspec.json.decode(it, type=Line) for it in backtested(folder, rules, steps_of(plain, book)).values()]
    return steps_of(named(script, lines), book)


async def on_one_machine(
    folder: Path, rules: Path, steps: Sequence[Step], channels: Sequence[Channel] = (), *, names: Names | None = None
) -> Heard:
    options = Options(grace=GRACE, policies=partial(policy_in, [str(rules)]), names=names)
    clock = Clock()
    host = EmbeddedHost(folder / "data", StandardsFiles([str(rules)]), clock=clock, channels=channels, options=options)
    await embedded_by(host, clock, steps)
    database = Database(folder / "data" / FILE, read_only=True)
    found = [
        {name: bytes(body) for name, body in database.all(f"SELECT id, body FROM {table}")}
        for table in ("notices", "withheld")
    ]
    database.close()
    return Heard(*found)


@asynccontextmanager
async def operating(
    kafka: KafkaSettings, rules: Path, people: People | None = None, *, channels: Collection[str] = ()
) -> AsyncIterator[CoordinatorRunner]:
    """Run an operator in this process, by the policy among the rules or by another one."""
    files = StandardsFiles([str(rules)])

    async def policy() -> Policy:
        loaded = files.load(())
        return Policy(loaded.rulebook.standards, people=people or policy_in(files.paths, loaded.standards))

    operator = CoordinatorRunner(kafka, kafka.partitions, mine=lambda: True, policy=policy, channels=channels)
    running = asyncio.create_task(operator.run())
    try:
        yield operator
    finally:
        running.cancel()
        await asyncio.wait([running])


async def heard(kafka: KafkaSettings) -> Heard:
    """Read what was said; that nothing was said twice is asserted on the way."""
    found = Heard({}, {})
    for record in await whole(kafka, kafka.names.notices, kafka.partitions):
        told = msgspec.json.decode(record.value, type=Told)
        for each, into in ((told.notices, found.notices), (told.withheld, found.withheld)):
            for it in each:
                assert it.id not in into, f"{it.id} was said twice"
                into[it.id] = msgspec.json.encode(it)
    return found


@pytest.mark.parametrize(
    "name", [pytest.param(name, marks=[] if name in SHORT else [pytest.mark.slow]) for name in DAYS]
)
async def test_people_are_told_the_same(name: str, tmp_path: Path, kafka: KafkaSettings) -> None:
    """One machine or many: the same messages to the same people, and the same reasons for what was withheld."""
    text, script = DAYS[name]
    rules = written(tmp_path, text)
    steps = scripted(tmp_path, rules, script)
    expected, end = await on_one_machine(tmp_path, rules, steps), instant_of(script.split()[-1])
    assert expected.notices
    assert expected.withheld
    async with (
        playing(kafka, rules, instant_of("08:00")) as (host, producer),
        worker(kafka, rules, tmp_path / "worker"),
        operating(kafka, rules) as operator,
    ):
        await host.play(steps, producer)
        await until(lambda: operator.low >= end, seconds=SOON)
    assert await heard(kafka) == expected


async def claimed(kafka: KafkaSettings, file: Path) -> None:
    """Have everybody on Kafka be who they are in the file of one machine."""
    database, records = Database(file, read_only=True, schema=SCHEMA), NameRecords(kafka.names.persons)
    rows = database.all("SELECT by, reference, coalesce(text, '') FROM found LEFT JOIN said USING (reference)")
    database.close()
    async with producing(kafka) as producer:
        await published(producer, [records.message(row[0], Row(*row)) for row in rows])


@pytest.mark.slow
async def test_an_operator_that_is_killed_is_replaced(tmp_path: Path, kafka: KafkaSettings) -> None:
    """SIGKILL to whoever decides, twice: another one goes on, with the same messages, none lost or doubled.

    The webhook is a machine: of the messages, it gets those of each promise by itself. Of the day, twenty seconds go by
    until the next one decides: where it were a minute or more, what fell due in it would be told once.
    """
    text, script = DAYS["a silence is laid and lifted, and a till outage explains the lines"]
    rules = written(tmp_path, text)
    steps = scripted(tmp_path, rules, script)
    async with receiving() as one_machine:
        channel = Webhook(one_machine.url, clock=Clock())
        with closing(Names(tmp_path, SECRET.encode())) as kept:
            expected = await on_one_machine(tmp_path, rules, steps, [channel], names=kept)
        await channel.close()
    await claimed(kafka, tmp_path / NAMES)
    (tmp_path / "intake").mkdir()
    names = SharedNames(tmp_path / "intake", SECRET.encode())
    posted = {name for name in expected.notices if name.endswith(":machines")}
    assert 0 < len(posted) < len(expected.notices)
    logs = [tmp_path / f"serve-{number}.log" for number in range(3)]
    async with (
        playing(kafka, rules, instant_of("08:00"), names=names) as (host, producer),
        worker(kafka, rules, tmp_path / "worker"),
        receiving() as receiver,
    ):
        serves = [serve(kafka, rules, receiver.url, log) for log in logs]
        try:
            await until(lambda: sorted(map(shares, logs)) == [1, 1, 2], seconds=SOON)  # no turn changes by itself then
            midway, soon = instant_of("08:12"), instant_of("08:12:25")
            half = steps.index(midway) + 1
            await host.play(steps[:half], producer)
            await told_up_to(kafka, midway - NOTED)
            for _ in range(2):
                await until(lambda: any(operates(log) for log in logs), seconds=SOON)
                number = next(number for number, log in enumerate(logs) if operates(log))
                serves[number].kill()
                logs[number].write_text("")
            await host.play([soon], producer)
            await told_up_to(kafka, soon - SECOND)
            await host.play(steps[half:], producer)
            await until(lambda: came(receiver) >= posted, seconds=SOON)
            async with asyncio.timeout(SOON):  # what was withheld is seen nowhere else
                while await heard(kafka) != expected:
                    pass
            assert came(receiver) == posted
        finally:
            for each in serves:
                each.kill()
                each.wait()
    names.close()


def serve(kafka: KafkaSettings, rules: Path, webhook: str, log: Path) -> subprocess.Popen[bytes]:
    """Start a `kept serve` with a policy among its standards."""
    settings = Settings(
        data=log.with_suffix(""), kafka=kafka, standards=(str(rules),), listen="127.0.0.1:0", time="events"
    )
    return process(settings, webhook=webhook, log=log)


async def told_up_to(kafka: KafkaSettings, instant: int) -> None:
    """Return when it is remembered that all was decided up to an instant, in microseconds UTC."""
    low = -1
    async with asyncio.timeout(SOON):
        while low < instant:
            for it in await whole(kafka, kafka.names.desk, 1):
                if it.key == b'["fence"]':
                    low = msgspec.json.decode(it.value, type=AppliedOffsets).low


def came(receiver: Receiver) -> set[str]:
    """Give the ids of the notices that came."""
    return {headers["webhook-id"] for headers in receiver.headers}


def operates(log: Path) -> bool:
    """Say whether a process has taken the telling over."""
    return "] telling " in log.read_text(encoding="utf-8")
