"""The benchmarks measure what they say: workloads are repeatable, and every contender counts what is right. No times.

Next: `benchmarks/reference.py`, the rule in plain words.
"""

import json
import sys
from collections import Counter, defaultdict
from dataclasses import asdict, replace
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from benchmarks.contest import Contender, FailedError, MismatchError, call, check, contest
from benchmarks.decode import decode
from benchmarks.events import MIXES, Workload, lines, write
from benchmarks.reference import WITHIN, Counts, judge
from benchmarks.rules import NO_WAIT, many, no_wait
from benchmarks.scaling import bytes_each, seconds_each
from benchmarks.table import BEGIN, END, Row, rendered, replaced

EVENTS = 20_000
KEPT = (sys.executable, "-c", "from streams.cli import main; main()", "backtest", str(NO_WAIT), "--json", "--events")


@pytest.fixture(scope="module", params=sorted(MIXES))
def file(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("workload") / f"{request.param}.jsonl"
    write(replace(MIXES[request.param], events=EVENTS), path)
    return path


def event(seconds: float, waiting: int | None = None) -> bytes:
    """Write an event of the only queue: a report, or an opening where nobody is said to wait."""
    time = f"2026-06-01T08:{int(seconds) // 60:02d}:{seconds % 60:09.6f}Z"
    kind, told = ("register.opened", {}) if waiting is None else ("queue.length", {"waiting": waiting})
    return json.dumps({"type": kind, "time": time, "data": {"site": "s", "queue": "q", **told}}).encode()


@pytest.mark.parametrize(
    ("history", "right"),
    [
        ([event(0, 4), event(60)], Counts(opened=1, kept=1)),
        ([event(0, 4), event(60.000001)], Counts(opened=1, broken=1)),
        ([event(0, 4), event(60, 3)], Counts(opened=1, void=1)),
        ([event(0, 4), event(60, 5)], Counts(opened=1, broken=1)),
        ([event(0, 4), event(59, 5)], Counts(opened=1, open=1)),
        ([event(0, 4), event(1), event(2, 5), event(3, 3), event(4, 4), event(5)], Counts(opened=2, kept=2)),
        ([event(0, 3), event(1)], Counts()),
    ],
)
def test_the_reference_counts_by_the_rule(history: list[bytes], right: Counts) -> None:
    """The deadline itself is in time, only a rise opens a promise, and the end of the input is as far as time goes."""
    assert judge(history) == right


def test_kept_counts_what_the_reference_counts(file: Path) -> None:
    """Kept, run as a command, has the verdicts of the plain rule, by one process and by two."""
    kept = [Contender(f"{jobs}", (*KEPT[:-1], "--jobs", str(jobs), KEPT[-1])) for jobs in (1, 2)]
    assert [time.name for time in contest(kept, file, turns=1)] == ["1", "2"]


def test_a_contender_that_counts_wrongly_ends_the_contest() -> None:
    """A fast wrong answer is no answer: one promise more or a verdict that nobody expected is told loudly."""
    right = Counts(opened=2, kept=1, open=1)
    check("right", {"counts": asdict(right)}, right)
    wrong: list[dict[str, Any]] = [{"opened": 2, "kept": 2}, {**asdict(right), "excused": 1}]
    for counts in wrong:
        with pytest.raises(MismatchError, match="hasty counted"):
            check("hasty", {"counts": counts}, right)


def test_all_lines_are_decoded(file: Path) -> None:
    """Decoding alone reads every line that the backtest reads."""
    assert decode(file, no_wait())[0] == EVENTS


def test_the_mixes_are_what_they_say() -> None:
    """More than three wait in about a quarter of the reports, one event in ten opens a register, no time goes back."""
    drawn = [json.loads(line) for line in lines(replace(MIXES["sparse"], events=EVENTS))]
    kinds = Counter(line["type"] for line in drawn)
    crowded = sum(line["data"].get("waiting", 0) > 3 for line in drawn)
    assert 0.08 < kinds["register.opened"] / EVENTS < 0.12
    assert 0.2 < crowded / kinds["queue.length"] < 0.3
    assert [line["time"] for line in drawn] == sorted(line["time"] for line in drawn)


def test_some_events_fall_exactly_on_a_deadline() -> None:
    """The sparse mix shows whether a contender has the boundary right: fractions of seconds would never meet it."""
    told: dict[tuple[str, str], set[datetime]] = defaultdict(set)
    for line in lines(replace(MIXES["sparse"], events=EVENTS)):
        read = json.loads(line)
        told[read["data"]["site"], read["data"]["queue"]].add(datetime.fromisoformat(read["time"]))
    assert sum(at + WITHIN in times for times in told.values() for at in times) > 50


def test_a_workload_is_the_same_each_time() -> None:
    """Two runs draw the same bytes, another seed draws others, and subjects that take turns all get theirs."""
    work = Workload(1_000, subjects=1_000, rounds=True)
    assert list(lines(work)) == list(lines(work))
    assert list(lines(work)) != list(lines(replace(work, seed=2)))
    assert len({tuple(json.loads(line)["data"].items())[:2] for line in lines(work)}) == 1_000


def test_the_sizes_can_be_measured() -> None:
    """Standards for many kinds of event load, and the cost of an event and of a promise come out as numbers."""
    work = Workload(2_000, subjects=100, kinds=10)
    assert len(many(10).current) == 30
    assert seconds_each(many(10), work) > 0
    assert bytes_each(500) > 0


def test_the_intake_can_be_measured() -> None:
    """The host takes in every event that is sent over HTTP, or the benchmark says that it did not."""
    command = (sys.executable, "-m", "benchmarks.intake", "--events", "1000")
    assert call(command)[0].keys() == call([*command, "--sqlite"])[0].keys() == {"seconds"}


def test_the_measured_part_of_a_document_is_replaced() -> None:
    """What stands around the marks stays; a document without marks is refused."""
    page = f"before\n{BEGIN}\nold\n{END}\nafter\n"
    table = rendered([Row("a workload", "somebody", "1/s")])
    assert replaced(page, table) == f"before\n{BEGIN}\n\n{table}\n{END}\nafter\n"
    with pytest.raises(ValueError, match="has no lines"):
        replaced("no marks", table)


def test_a_failing_command_says_why() -> None:
    """A contender that ends with an error ends the run with what it said."""
    with pytest.raises(FailedError, match="no such thing"):
        call([sys.executable, "-c", "raise SystemExit('no such thing')"])
