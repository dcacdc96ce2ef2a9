"""`subjects: teams` on Kafka: a worker reads the practice document among its files, and owes it to the same teams."""

import asyncio
import random
from pathlib import Path

import msgspec
import pytest

from standards.judge.ledger import Line
from streams.kafka.clients.connection import KafkaSettings
from streams.runtime.pump import GRACE
from streams.settings import StandardsFiles
from tests.history import rules
from tests.kafka.chain import Chain
from tests.kafka.hosts import backtested, embedded, instant_of, on_kafka, steps_of
from tests.stories import LINE

MEET = "per: team, expect: meeting.held, every: day, subjects: teams"
SCRIPT = "23:59:00 meeting.held team=north\nuntil +1d 00:00:10"
PRACTICE = "kept: 1\nteams: {south: {lead: team-lead}, north: {lead: team-lead}}\nforms: {}\n"


def house(folder: Path) -> Path:
    """Write a folder of rules with the teams that are owed them."""
    folder.mkdir()
    (folder / "rules.yaml").write_text(rules(meet=MEET, line=f"{LINE}, within: 60s"), encoding="utf-8")
    (folder / "practice.yaml").write_text(PRACTICE, encoding="utf-8")
    return folder


def settled(lines: list[bytes]) -> set[tuple[str, str, str, int]]:
    """Give what became of promises of the day that is over: when a host began to owe them differs by its start."""
    found = [msgspec.json.decode(raw, type=Line) for raw in lines]
    return {(line.kind, line.subject, line.revision, line.at) for line in found if line.kind in {"kept", "broken"}}


def test_a_worker_owes_it_to_a_team_of_which_nobody_heard(tmp_path: Path) -> None:
    """By time alone a team of the practice document breaks it, in the revision that the same files have elsewhere."""
    standards = StandardsFiles([str(house(tmp_path / "rules"))])
    revisions = {standard.id: standard.revision for standard in standards.load(()).standards}
    chain = Chain([standards], partitions=2, draw=random.Random(1), crashes=3)

    async def night() -> None:
        for minute in ("23:58", "23:59", "+1d 00:00", "+1d 00:01"):
            chain.tick(instant_of(minute) + GRACE)
        await chain.work()

    asyncio.run(night())
    midnight = instant_of("+1d 00:00")
    assert settled(list(chain.ledger().values())) == {
        ("broken", team, revisions["meet"], midnight) for team in ("north", "south")
    }  # fmt: skip


@pytest.mark.slow
async def test_every_host_owes_it_to_the_same_teams(tmp_path: Path, kafka: KafkaSettings) -> None:
    """History, one machine and Kafka, given one folder, tell the same of a team that met and of one that did not."""
    rules_of = house(tmp_path / "rules")
    steps = steps_of(SCRIPT, StandardsFiles([str(rules_of)]).load(()).rulebook)
    expected = settled(list(backtested(tmp_path, rules_of, steps).values()))
    assert {(kind, subject) for kind, subject, *_ in expected} == {("kept", "north"), ("broken", "south")}
    assert settled(list((await embedded(tmp_path, rules_of, steps)).values())) == expected
    assert settled(list((await on_kafka(kafka, tmp_path, rules_of, steps)).values())) == expected
