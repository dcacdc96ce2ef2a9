"""Partitions of facts, judged by workers that crash anywhere: the ledger is that of a backtest."""

import asyncio
import json
import random
from collections.abc import Callable
from typing import Any

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from standards.judge.ledger import Line, line
from streams.kafka.records.facts import lines
from streams.runtime.pump import Pump
from tests.history import events_of, rules
from tests.kafka.chain import Chain, given_standards, run
from tests.kafka.hosts import instant_of
from tests.oracle.histories import SHAPES, cases
from tests.oracle.kept import read, rulebook_of
from tests.stories import LINE

SOME, MANY = 2, 40
"""Random histories for each shape in `make test` and in `make test-all`."""


def backtested(document: dict[str, Any], history: list[dict[str, Any]]) -> dict[str, bytes]:
    rulebook = rulebook_of(document)
    pump = Pump(rulebook)
    transitions = pump.push(read(rulebook, history)).transitions + pump.finish().transitions
    made = [line(one) for one in transitions]
    return {one.id: lines([one]).rstrip(b"\n") for one in made}


@pytest.mark.parametrize("number", [SOME, pytest.param(MANY, marks=pytest.mark.slow)])
@pytest.mark.parametrize("shape", [*SHAPES, "mixed"])
def test_the_ledger_is_that_of_a_backtest_whatever_crashes(
    shape: str, number: int, record_property: Callable[[str, object], None]
) -> None:
    """Cut into partitions, flushed and killed anywhere: each line is there, byte for byte, and no other."""
    judged = 0

    @settings(max_examples=number, database=None, derandomize=True, suppress_health_check=list(HealthCheck))
    @given(cases(shape), st.integers(0, 2**32), st.sampled_from([1, 3, 40]))
    def agree(case: tuple[dict[str, Any], list[dict[str, Any]]], seed: int, size: int) -> None:
        nonlocal judged
        document, history = case
        chain = Chain([given_standards(json.dumps(document))], partitions=3, draw=random.Random(seed), crashes=6)
        events = read(chain.bench.loaded.rulebook, history)
        assert run(chain, events, size=size) == backtested(document, history)
        judged += 1

    agree()
    record_property("cases", f"{shape}: {judged} random cases on workers that crash are those of a backtest")
    assert judged >= number


def test_a_revision_that_cannot_be_loaded_stops_its_standard_and_nothing_else() -> None:
    """What it owes is carried along as it is, the others go on, and a worker that can load it ends the promise."""
    answer = "per: [site, queue], when: contact.started, expect: contact.closed, within: 60s"
    old = rules(line=f"{LINE}, within: 60s", answer=answer)
    new = old.replace("within: 60s", "within: 45s", 1)
    chain = Chain([given_standards(old), given_standards(new)], partitions=1, draw=random.Random(1), crashes=0)
    revision = chain.bench.loaded.rulebook.current["line"].revision
    good = chain.known[revision]
    history = "08:00:00 queue.length waiting=5\n08:00:00 contact.started site=s3 queue=q1"
    run(chain, events_of(history, chain.bench.loaded.rulebook), size=9)

    chain.known[revision] = msgspec.structs.replace(good, excerpt="kept: 99\n")
    chain.use(1)
    asyncio.run(chain.end(instant_of("08:05")))
    assert kinds(chain) == {("answer", "opened"), ("answer", "broken"), ("line", "opened")}
    assert chain.bench.judging([revision]).stopped == {"line"}
    (problem,) = chain.worker.problems
    assert problem.startswith(f"revision {revision} of line cannot be loaded here")

    chain.known[revision] = good
    chain.use(1)
    asyncio.run(chain.end(instant_of("08:06")))
    assert kinds(chain) == {("answer", "opened"), ("answer", "broken"), ("line", "opened"), ("line", "broken")}
    broken = next(line for line in told(chain) if line.standard == "line" and line.kind == "broken")
    assert (broken.at, broken.revision) == (instant_of("08:01"), revision)
    assert chain.worker.problems == []


def test_a_revision_that_nobody_published_is_carried_along_and_said() -> None:
    """A worker that finds a promise of unknown text says which revision is missing, and loses nothing of it."""
    old = rules(line=f"{LINE}, within: 60s")
    new = rules(line=f"{LINE}, within: 45s")
    chain = Chain([given_standards(old), given_standards(new)], partitions=1, draw=random.Random(1), crashes=0)
    revision = chain.bench.loaded.rulebook.current["line"].revision
    run(chain, events_of("08:00:00 queue.length waiting=5", chain.bench.loaded.rulebook), size=9)
    lost = chain.known.pop(revision)
    chain.use(1)
    asyncio.run(chain.end(instant_of("08:05")))
    assert chain.worker.problems == [
        f"revision {revision} is owed, and nobody has published it; start a worker with the files it came from"
    ]
    chain.known[revision] = lost
    chain.use(0)
    asyncio.run(chain.end(instant_of("08:06")))
    assert kinds(chain) == {("line", "opened"), ("line", "broken")}


def test_rows_of_what_an_earlier_version_had_told_are_deleted() -> None:
    """A topic that an earlier Kept wrote opens: its rows for the desk are gone after the first flush."""
    chain = Chain([given_standards(rules(line=f"{LINE}, within: 60s"))], partitions=1, draw=random.Random(1), crashes=0)
    former = b'd["line","s3/q1",1]'
    chain.disk.of[0] = {former: b'[0,{"key":["line","s3/q1"],"told":{"p":1}}]'}
    history = "08:00:00 queue.length waiting=5"
    assert run(chain, events_of(history, chain.bench.loaded.rulebook), size=9)
    assert former not in chain.disk.of[0]


def told(chain: Chain) -> list[Line]:
    return [msgspec.json.decode(raw, type=Line) for raw in chain.ledger().values()]


def kinds(chain: Chain) -> set[tuple[str, str]]:
    return {(line.standard, line.kind) for line in told(chain)}
