"""What is agreed on holds on Kafka as on one machine: an intake refuses alike, and what a scenario allows excuses."""

from __future__ import annotations

import json
from collections.abc import Sequence
from functools import partial
from pathlib import Path

import pytest

from standards.judge.events import Event
from standards.practice.practice import Practice
from streams.documents.rules import practice_in
from streams.ingest.agreement import Agreement
from streams.kafka.clients.connection import KafkaSettings
from streams.kafka.clients.log import TopicPartition
from streams.kafka.intake.arrivals import Arrivals
from streams.kafka.intake.entrance import Entrance
from streams.kafka.records.facts import Late, Letter
from streams.settings import StandardsFiles
from tests.board.test_scenarios import PRACTICE, STANDARDS
from tests.kafka.taking import TERMS, facts_of, intake, letters_of, produce
from tests.kafka.test_stamps import READER, SKEW, Record
from tests.streams.asking import cloud
from tests.streams.hosting import SECOND, T0
from tests.streams.test_agreed import FORMS

FIRST, SECOND_ONE = TopicPartition("events", 0), TopicPartition("events", 1)
MADE = {"team": "north", "by": "ola", "scenario": "outage"}
REWARDS = "rewards:\n  voucher: {title: A voucher, value: 5, for: [no-wait]}\n"


def sent(kind: str, name: str, **data: object) -> bytes:
    return json.dumps(cloud(kind, name, T0, **data)).encode()


def practice(folder: Path) -> Practice:
    for name, text in (("shop", STANDARDS), ("practice", PRACTICE + FORMS + REWARDS)):
        (folder / f"{name}.yaml").write_text(text, encoding="utf-8")
    found = practice_in([str(folder)], StandardsFiles([str(folder)]).load(()).standards)
    assert found is not None
    return found


async def entered(folder: Path, *records: bytes) -> tuple[Sequence[Event], list[Letter], list[tuple[str, str]]]:
    """Let records of one partition in; gives the events, the letters, and what excused nothing, with why."""
    arrivals = Arrivals(READER, stamps=lambda given: [T0 + SECOND] * len(given), max_skew=SKEW)
    letters: list[Letter] = []
    entrance = Entrance(arrivals, None, Agreement(practice(folder), READER))
    found = {FIRST: [Record(raw, place, offset=place) for place, raw in enumerate(records)], SECOND_ONE: []}
    inside, unused = await entrance.let_in(found, letters)
    return inside[FIRST], letters, [(each.event.id, each.reason) for each in unused]


async def test_what_was_not_agreed_on_is_a_letter(tmp_path: Path) -> None:
    """Each with its own place and reason, the same as on one machine; what a private answer said is not kept."""
    events, letters, _ = await entered(
        tmp_path,
        sent("exception.made", "a", **{**MADE, "scenario": "outages"}),
        b"[" + sent("coaching.asked", "b", agent="ann", team="north") + b","
        + sent("assessment.completed", "c", agent="ann", form="delight", score=73.5) + b"]",
        *[sent("reward.given", "d", team="north", agent="ann", by="Ann", reward="voucher", value=5)] * 2,
    )  # fmt: skip
    assert [event.id for event in events] == ["b"]
    assert [(each.origin, each.reason) for each in letters] == [
        ("events/0/0#1", "not-agreed"), ("events/0/1#2", "private-answer"), ("events/0/2#1", "own-reward"),
        ("events/0/3#1", "own-reward"),
    ]  # fmt: skip
    assert "did you mean 'outage'?" in letters[0].message
    assert b"73.5" not in letters[1].raw


async def test_an_exception_brings_its_grant(tmp_path: Path) -> None:
    """It stands behind what it follows from, stamped alike; read twice, it is the same grant."""
    about = {"promise": "p", "standard": "no-wait", "subject": "s3/q1"}
    one = sent("exception.made", "a", **MADE, **about)
    events, letters, unused = await entered(tmp_path, one, one, sent("exception.made", "b", **MADE, promise="p"))
    made, grant, _, again, _ = events
    assert (grant.at, grant.received, grant.source) == (made.at, made.received, made.source)
    assert (grant.id, grant.data.by, grant.data.promise) == (again.id, "scenario/outage", "p")
    assert (letters, unused) == ([], [("b", "no-subject")])


@pytest.fixture
def rules(tmp_path: Path) -> Path:
    practice(tmp_path)
    return tmp_path


@pytest.mark.slow
async def test_a_running_intake_holds_to_the_document(kafka: KafkaSettings, rules: Path) -> None:
    """What is refused is in the topic of dead letters, what excuses nothing too, and a grant is among the facts."""
    terms = TERMS._replace(practices=partial(practice_in, [str(rules)]))
    about = {"standard": "no-wait", "subject": "s3/q1"}
    await produce(
        kafka, sent("exception.made", "a", **{**MADE, "scenario": "outages"}),
        sent("exception.made", "b", **MADE, **about), sent("exception.made", "c", **MADE, promise="p"),
    )  # fmt: skip
    async with intake(kafka, StandardsFiles([str(rules)]), terms=terms) as host, facts_of(kafka, host) as facts:
        letters = await letters_of(kafka, 2)
        assert [each.reason for each in letters if isinstance(each, Letter)] == ["not-agreed"]
        assert [(each.id, each.reason) for each in letters if isinstance(each, Late)] == [("c", "no-subject")]
        await facts.until(lambda _: bool(facts.ids()))
        ((granted,),) = [each.events for _, each in facts.facts() if each.events]
        assert (granted.data.by, granted.data.subject) == ("scenario/outage", "s3/q1")
