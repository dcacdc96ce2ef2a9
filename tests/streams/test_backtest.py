"""Backtests over files: ledgers, shares, packed and merged input, and real data with known verdicts."""

import gzip
import json
from collections import Counter
from pathlib import Path
from typing import Any

import msgspec
import pytest

from standards.judge.ledger import Line, stood_before
from standards.judge.score import Score
from tests.history import lines_of, rulebook, rules
from tests.streams.commands import ROOT, kept

DATA = ROOT.parent / "shared" / "data"
EXAMPLES = ROOT / "examples"
needs_data = pytest.mark.skipif(not DATA.is_dir(), reason="the shared data folder (../shared/data) is not here")

TEXT = rules(
    answer="""per: contact, carry: [team], when: contact.waiting, expect: contact.answered, within: 60s,
        unless: contact.abandoned, warn: 50%""",
    mean="per: [], when: contact.answered, measure: mean(waited), over: 30m, must: '<= 30'",
    meet="per: team, expect: meeting.held, every: 10m, subjects: [{team: north}, {team: south}]",
)
HEARING = """
  coach: {promise: p, what: w, how: h, why: y, exceptions: n, owner: lead, aspect: speed, per: team,
    when: {event: promise.broken, where: 'standard == "answer"'}, at_most: 1, within: 1d}
"""


def history() -> str:
    """Write 40 contacts: some answered in time, late or never, some given up, one excused, two told of late."""
    lines = []
    for number in range(40):
        at = f"08:{number:02}"
        lines.append(f"{at}:00 contact.waiting contact=c{number} team={'north' if number % 3 else 'south'}")
        if number % 5:
            lines.append(f"{at}:{10 + number} contact.answered contact=c{number} waited={10 + number}")
        elif number % 2:
            lines.append(f"{at}:20 contact.abandoned contact=c{number}")
    lines += ["08:50 exception.granted standard=answer subject=c30 by=lead", "08:50 queue.length waiting=3",
              "08:20:20 contact.answered contact=c20 waited=20", "08:21 contact.answered contact=nobody",
              "08:55 nothing id=n", "08:55 nothing id=n"]  # fmt: skip
    return "\n".join(lines)


class Files:
    """A folder with a standards file and a file of events."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.lines = lines_of(history(), rulebook(TEXT))
        self.rules = self.write("rules.yaml", TEXT.encode())
        self.hearing = self.write("hearing.yaml", (TEXT + HEARING.lstrip("\n")).encode())
        self.events = self.write("events.jsonl", b"\n".join(self.lines))

    def write(self, name: str, content: bytes) -> str:
        path = self.folder / name
        path.write_bytes(content)
        return str(path)


@pytest.fixture
def files(tmp_path: Path) -> Files:
    return Files(tmp_path)


def counts(*args: str) -> dict[str, Any]:
    """Run a backtest with `--json` and give the result without the time it took."""
    run = kept("backtest", *args, "--json")
    assert run.returncode == 0, run.stderr
    result: dict[str, Any] = json.loads(run.stdout)
    del result["seconds"]
    return result


def ledger(path: Path) -> list[Line]:
    return [msgspec.json.decode(line, type=Line) for line in path.read_bytes().splitlines()]


def folded(lines: list[Line]) -> dict[str, dict[str, int]]:
    """Fold a ledger to counts, as any reader of it would."""
    scores: dict[str, Score] = {}
    for line in lines:
        scores.setdefault(line.standard, Score()).add(line.kind, stood_before(line), line.state)
    return {name: score.counts() for name, score in scores.items()}


def test_the_ledger_folds_to_the_counts(files: Files) -> None:
    """What `--ledger` writes, line by line, adds up to what `--json` prints."""
    path = files.folder / "ledger.jsonl"
    result = counts(files.rules, "--events", files.events, "--ledger", str(path))
    lines = ledger(path)
    assert folded(lines) == result["standards"]
    assert len({line.id for line in lines}) == len(lines)
    assert result["standards"]["answer"]["opened"] == 40
    assert {line.kind for line in lines} >= {"warned", "corrected", "voided"}


def test_nothing_is_lost_on_the_way(files: Files) -> None:
    """Every event is judged or accounted for: late for a subject that cannot use it, of no concern, or twice."""
    result = counts(files.rules, "--events", files.events)
    assert result["events"] == len(files.lines)
    assert result["unused"] == {"late": 1, "too-old-to-tell": 2}  # one for its contact; both for the half hours
    assert result["duplicates"] == 0  # the heartbeat that came twice concerns no subject
    assert result["unconcerned"] == {"queue.length": 1}


@pytest.mark.parametrize("jobs", ["2", "3"])
def test_more_processes_give_the_same(files: Files, jobs: str) -> None:
    """Counts and the lines of the ledger, as a set, are those of one process."""
    one, more = files.folder / "one.jsonl", files.folder / "more.jsonl"
    alone = counts(files.rules, "--events", files.events, "--ledger", str(one))
    together = counts(files.rules, "--events", files.events, "--ledger", str(more), "--jobs", jobs)
    assert together == alone
    assert Counter(more.read_bytes().splitlines()) == Counter(one.read_bytes().splitlines())


def test_more_processes_say_bad_lines_once(files: Files) -> None:
    """What every process reads is counted once."""
    events = files.write("bad.jsonl", b"oops\n" + b"\n".join(files.lines))
    assert counts(files.rules, "--events", events, "--jobs", "2") == counts(files.rules, "--events", events)


def test_standards_that_hear_are_judged_by_one_process(files: Files) -> None:
    """Asked for two processes where one must do, the command says so and gives the right result."""
    run = kept("backtest", files.hearing, "--events", files.events, "--json", "--jobs", "2")
    assert "judged by one process" in run.stderr
    assert json.loads(run.stdout)["standards"] == counts(files.hearing, "--events", files.events)["standards"]


def test_a_packed_file_is_the_same_file(files: Files) -> None:
    """`.gz` in, the same counts out."""
    packed = files.write("events.jsonl.gz", gzip.compress(b"\n".join(files.lines)))
    assert counts(files.rules, "--events", packed) == counts(files.rules, "--events", files.events)


def test_a_packed_file_cut_short_is_refused(files: Files) -> None:
    """A damaged file is exit code 2, and no counts of half a day are printed."""
    packed = files.write("events.jsonl.gz", gzip.compress(b"\n".join(files.lines))[:-9])
    run = kept("backtest", files.rules, "--events", packed, "--json")
    assert (run.returncode, run.stdout) == (2, "")
    assert "damaged or cut short" in run.stderr
    assert packed in run.stderr


@pytest.mark.parametrize("jobs", ["1", "2"])
def test_a_packed_table_cut_short_is_refused(files: Files, jobs: str) -> None:
    """A damaged table is told in the same words as damaged lines."""
    rows = b"t,w\n" + b"".join(b"2026-03-02 08:%02d:00,%d\n" % (minute, minute) for minute in range(60))
    packed = files.write("rows.csv.gz", gzip.compress(rows)[:-9])
    mapping = "kept: 1\ntable: {zone: UTC, source: s, time: t}\nevents:\n  - event: queue.length\n"
    mapping += "    fields: {site: {value: s}, queue: {value: q}, waiting: w}\n"
    map_ = files.write("map.yaml", mapping.encode())
    run = kept("backtest", files.rules, "--events", packed, "--map", map_, "--jobs", jobs)
    assert (run.returncode, run.stdout) == (2, "")
    assert f"{packed}: the gzip file is damaged or cut short" in run.stderr


def test_several_files_are_merged_by_time(files: Files) -> None:
    """The same events in two files, by subject, are the same history."""
    ordered = sorted(files.lines[:-6], key=lambda line: json.loads(line)["time"])
    whole = files.write("whole.jsonl", b"\n".join(ordered))
    half = [line for line in ordered if b"team" in line]
    rest = [line for line in ordered if b"team" not in line]
    parts = [files.write("a.jsonl", b"\n".join(half)), files.write("b.jsonl.gz", gzip.compress(b"\n".join(rest)))]
    assert rest
    together = counts(files.rules, "--events", parts[0], "--events", parts[1])
    assert together == counts(files.rules, "--events", whole)
    assert counts(files.rules, "--events", parts[1], "--events", parts[0]) == together


def test_a_bad_line_of_the_second_file_names_it(files: Files) -> None:
    """With several files a bad line says in which."""
    other = files.write("other.jsonl", b"{}\n")
    run = kept("backtest", files.rules, "--events", files.events, "--events", other)
    assert f"{other}:1: " in run.stdout


def test_an_empty_file_owes_nothing(files: Files) -> None:
    """No events, no verdicts, exit code 0."""
    result = counts(files.rules, "--events", files.write("empty.jsonl", b""))
    assert result["events"] == 0
    assert set(result["standards"]["meet"].values()) == {0}


OFFICES = {"opened": 329, "excused": 0, "unknown": 0}
REAL = [
    ("warsaw", "warsaw_offices_2020-01-07_10.csv", "counter-opened-in-ten-minutes",
     {**OFFICES, "kept": 11, "void": 160, "broken": 158}),
    ("warsaw", "warsaw_offices_2020-01-07_10.csv", "counter-opened-in-five-minutes",
     {**OFFICES, "kept": 7, "void": 94, "broken": 228}),
    ("bank", "bank_calls_1999-02-03.tsv", "answered-in-sixty-seconds",
     {"opened": 916, "kept": 392, "void": 183, "broken": 341, "excused": 0, "unknown": 0}),
    ("volvo", "volvo_incidents_2012-04-16_29.csv", "taken-on-within-a-day",
     {"opened": 3913, "kept": 3070, "void": 0, "broken": 843, "excused": 0, "unknown": 0}),
    ("volvo", "volvo_incidents_2012-04-16_29.csv", "moved-once-at-most", {"broken": 746}),
]  # fmt: skip


@pytest.mark.data
@needs_data
@pytest.mark.parametrize(("example", "table", "standard", "expected"), REAL, ids=[case[2] for case in REAL])
def test_real_data_gives_the_verdicts_counted_by_other_means(
    example: str, table: str, standard: str, expected: dict[str, int]
) -> None:
    """Offices, calls and incidents of real days: opened, kept, void and broken to the last, by one process or two."""
    folder = EXAMPLES / example
    args = [str(folder / "standards.yaml"), "--map", str(folder / "map.yaml"), "--events", str(DATA / table)]
    result = counts(*args)
    assert expected.items() <= result["standards"][standard].items()
    assert counts(*args, "--jobs", "2")["standards"] == result["standards"]
    assert result["bad_lines"] == {}


@pytest.mark.data
@needs_data
def test_a_line_that_stays_long_is_owed_until_it_ends(tmp_path: Path) -> None:
    """Where the offices' promises say nothing of `again`, a poll is a reading: more is owed, and once a trouble."""
    text = (EXAMPLES / "warsaw" / "standards.yaml").read_text(encoding="utf-8")
    assert text.count("    again: rise\n") == 2
    rules = tmp_path / "standards.yaml"
    rules.write_text(text.replace("    again: rise\n", ""), encoding="utf-8")
    mapping = str(EXAMPLES / "warsaw" / "map.yaml")
    table = str(DATA / "warsaw_offices_2020-01-07_10.csv")
    found = counts(str(rules), "--map", mapping, "--events", table)["standards"]
    ten, five = found["counter-opened-in-ten-minutes"], found["counter-opened-in-five-minutes"]
    assert [ten[name] for name in ("opened", "kept", "void", "broken")] == [348, 11, 161, 176]
    assert [five[name] for name in ("opened", "kept", "void", "broken")] == [348, 7, 95, 246]


@pytest.mark.data
@needs_data
def test_real_calls_that_were_answered_too_late_are_told(tmp_path: Path) -> None:
    """Of the 341 calls not answered in a minute 301 were answered after it."""
    folder, path = EXAMPLES / "bank", tmp_path / "ledger.jsonl"
    args = [str(folder / "standards.yaml"), "--map", str(folder / "map.yaml"), "--ledger", str(path)]
    counts(*args, "--events", str(DATA / "bank_calls_1999-02-03.tsv"))
    late = [
        line for line in ledger(path) if (line.standard, line.kind) == ("answered-in-sixty-seconds", "fulfilled_late")
    ]
    assert len(late) == 301
