"""An export judged again from its file gives the ledger of the host that it is from: the same lines, byte for byte."""

from __future__ import annotations

import csv
import io
import json
import re
from contextlib import closing
from functools import partial
from pathlib import Path
from random import Random

import pytest

from standards.judge.events import Event
from streams.embedded.options import Options
from streams.ingest.jsonl import CHUNK
from streams.ingest.wire import Reader
from streams.names.names import Names
from streams.names.secret import read_secret
from streams.settings import StandardsFiles
from tests.crowd.senders import Request
from tests.crowd.simulate import case
from tests.crowd.standards import every
from tests.history import lines_of, rulebook
from tests.streams.commands import Ended, kept
from tests.streams.hosting import NO_WAIT, SECOND, Clock, event, hosting, opened, queue, shop

THANKED = """
kept: 1
standards:
  asked-and-seen:
    promise: Who asks for a coach is seen.
    what: See to it.
    how: Ask them when.
    why: They asked.
    exceptions: None.
    owner: floor-lead
    aspect: speed
    per: [agent]
    when: coaching.asked
    expect: recognition.given
    within: 60s
    warn: 20s before
"""


def exported(folder: Path, what: str, *args: str) -> tuple[Path, Ended]:
    out = folder / f"{what}.jsonl"
    run = kept("export", what, "--data", str(folder / "data"), "--out", str(out), *args)
    assert run.returncode == 0, run.stderr
    return out, run


def judged_again(folder: Path, events: Path, until: str, *args: str, grace: str = "2s") -> tuple[list[bytes], Ended]:
    """Judge an export; gives the ledger's lines, in the order of their text."""
    ledger = folder / "again.jsonl"
    words = ("--events", str(events), "--ledger", str(ledger), "--until", until, *args)
    run = kept("backtest", str(folder / "rules"), *words, settings={"KEPT_GRACE": grace})
    assert run.returncode == 0, run.stderr
    return sorted(ledger.read_bytes().splitlines()), run


def until_of(run: Ended) -> str:
    found = re.search(r"judged until (\S+Z)\.", run.stderr)
    assert found is not None, run.stderr
    return found[1]


async def crowd(folder: Path, seed: int) -> None:
    """Have a host take in what unruly senders send: late, twice, out of order, from wrong clocks; it stops once."""
    rules = folder / "rules"
    rules.mkdir()
    (rules / "rules.yaml").write_text(every(), encoding="utf-8")
    requests = sorted(case(Random(seed), every()).requests, key=lambda each: each.at)
    clock = Clock(requests[0].at)
    half = len(requests) // 2
    for some in (requests[:half], requests[half:]):
        async with hosting(folder, clock, standards=StandardsFiles([str(rules)])) as host:
            for request in some:
                clock.at = max(clock.at + 1, request.at)
                await host.submit(_read(host.reader, request))
            clock.go(0.5)
    async with hosting(folder, clock, standards=StandardsFiles([str(rules)])) as host:
        clock.go(90)
        await host.submit([])


def _read(reader: Reader, request: Request) -> list[Event]:
    refused: list[object] = []
    events = reader.batch(request.body, refused.append)
    assert refused == []
    return events


@pytest.mark.parametrize("seed", [1, 3])
async def test_an_unruly_day_comes_out_again(tmp_path: Path, seed: int) -> None:
    """Late, repeated and out of order, from wrong clocks, with the host stopped in between: every line is the same."""
    await crowd(tmp_path, seed)
    events, run = exported(tmp_path, "events")
    told = sorted(exported(tmp_path, "ledger")[0].read_bytes().splitlines())
    again, said = judged_again(tmp_path, events, until_of(run))
    differing = len(set(again).symmetric_difference(told))
    assert (differing, len(again)) == (0, len(told))
    assert "Judged by when they were received, as a host does." in said.stdout
    assert {"corrected", "withdrawn"} & {json.loads(line)["kind"] for line in told}
    assert judged_again(tmp_path, tmp_path / "data", until_of(run))[0] == again, "the host's folder does as well"


async def test_people_stay_references(tmp_path: Path) -> None:
    """Where a promise is owed by person it comes out again, and nobody is named on the way."""
    rules = shop(tmp_path, THANKED)
    (tmp_path / "data").mkdir()
    clock = Clock()
    with closing(Names(tmp_path / "data", read_secret(tmp_path / "data"))) as names:
        async with hosting(tmp_path, clock, standards=rules, options=Options(names=names)) as host:
            for name in ("Ann Nowak", "Ben Kern"):
                clock.go(1)
                await host.submit([event(host.reader, "coaching.asked", name[:1], clock.at, agent=name, team="n")])
            clock.go(100)
            await host.submit([])
    events, run = exported(tmp_path, "events")
    told = sorted(exported(tmp_path, "ledger")[0].read_bytes().splitlines())
    assert (len(told), b"Nowak" in events.read_bytes()) == (6, False)
    assert judged_again(tmp_path, events, until_of(run))[0] == told


async def test_what_a_host_would_not_have_waited_for_depends_on_its_grace(tmp_path: Path) -> None:
    """The grace of the host is that of the replay; several files are one history; several processes share it."""
    shop(tmp_path)
    clock = Clock()
    async with hosting(tmp_path, clock, options=Options(grace=30 * SECOND)) as host:
        for number in range(20):
            clock.go(7)
            where = f"q{number % 4}"
            back = clock.at - number % 5 * 13 * SECOND
            make = opened if number % 3 == 1 else partial(queue, waiting=5 - number % 4)
            await host.submit([make(host.reader, f"e{number}", back, where=where)])
        clock.go(200)
        await host.submit([])
    events, run = exported(tmp_path, "events")
    told = sorted(exported(tmp_path, "ledger")[0].read_bytes().splitlines())
    until = until_of(run)
    assert judged_again(tmp_path, events, until, grace="30s")[0] == told
    parts = [tmp_path / name for name in ("odd.jsonl", "even.jsonl")]
    lines = events.read_bytes().splitlines(keepends=True)
    for number, part in enumerate(parts):
        part.write_bytes(b"".join(lines[number::2]))
    more = ("--events", str(parts[1]))
    assert judged_again(tmp_path, parts[0], until, *more, grace="30s")[0] == told
    assert judged_again(tmp_path, events, until, "--jobs", "2", grace="30s")[0] == told
    score = next(csv.DictReader(io.StringIO(kept("export", "score", "--csv", "--data", str(tmp_path / "data")).stdout)))
    found = json.loads(judged_again(tmp_path, events, until, "--json", grace="30s")[1].stdout)
    assert {name: str(count) for name, count in found["standards"]["no-wait"].items()}.items() <= score.items()
    assert found["by_receipt"] is True


def test_a_history_is_one_or_the_other(tmp_path: Path) -> None:
    """Where only some events say when they were received, nobody can say how time went: it is refused, and why."""
    shop(tmp_path)
    book, out = rulebook(NO_WAIT), []
    for number, line in enumerate(lines_of("08:00 queue.length waiting=5\n08:01 queue.length waiting=2", book)):
        out.append({**json.loads(line), "keptreceived": f"2026-03-02T08:0{number + 1}:00Z"})
    bad = [{**out[0], "id": "naive", "keptreceived": "yesterday"}, {**out[0], "id": "none", "keptreceived": None}]
    stamped, plain = tmp_path / "stamped.jsonl", tmp_path / "plain.jsonl"
    stamped.write_text("\n".join(map(json.dumps, [*out, *bad])), encoding="utf-8")
    plain.write_bytes(lines_of("08:02 queue.length waiting=5", book)[0])
    run = kept("backtest", str(tmp_path / "rules"), "--events", str(stamped))
    assert "\n2 events judged" in run.stdout
    assert "keptreceived is not a date and time" in run.stdout
    assert "this one has no keptreceived" in run.stdout
    both = kept("backtest", str(tmp_path / "rules"), "--events", str(stamped), "--events", str(plain))
    assert (both.returncode, "judge them apart" in both.stderr) == (2, True)


@pytest.mark.parametrize("place", [0, 1, 2, -1])
def test_an_event_without_a_receipt_is_refused_wherever_it_stands(tmp_path: Path, place: int) -> None:
    """One event that does not say when it was received is a bad line of its file: first, last, or alone in its part."""
    shop(tmp_path)
    (event,) = lines_of("08:00 queue.length waiting=5", rulebook(NO_WAIT))
    received = {**json.loads(event), "keptreceived": "2026-03-02T08:01:00Z"}
    lines = [json.dumps({**received, "id": str(at)}).encode() + b" " * (CHUNK // 4) for at in range(9)]
    lines.insert(place if place >= 0 else len(lines), event)
    (tmp_path / "events.jsonl").write_bytes(b"\n".join(line.rstrip(b"\n") for line in lines))
    run = kept("backtest", str(tmp_path / "rules"), "--events", str(tmp_path / "events.jsonl"))
    assert "9 events judged" in run.stdout
    assert "this one has no keptreceived" in run.stdout


@pytest.mark.parametrize("stamped", [True, False])
def test_time_does_not_go_back(tmp_path: Path, stamped: bool) -> None:
    """A time to go on to that is before the newest event would leave out what was accepted: it is refused."""
    shop(tmp_path)
    (event,) = lines_of("08:00 queue.length waiting=5", rulebook(NO_WAIT))
    receipt = {"keptreceived": "2026-03-02T08:01:00Z"} if stamped else {}
    (tmp_path / "events.jsonl").write_text(json.dumps({**json.loads(event), **receipt}), encoding="utf-8")
    plain = ("backtest", str(tmp_path / "rules"), "--events", str(tmp_path / "events.jsonl"))
    run = kept(*plain, "--until", "2026-03-02T07:00:00Z")
    assert run.returncode == 2
    assert "is before the newest event" in run.stderr
    assert kept(*plain, "--until", "2026-03-02T08:01:00Z").stdout.startswith("1 event judged")


def test_time_goes_on_as_far_as_is_asked(tmp_path: Path) -> None:
    """What falls due after the last event of any history is judged with --until, and open without it."""
    shop(tmp_path)
    file = tmp_path / "events.jsonl"
    file.write_bytes(lines_of("08:00 queue.length waiting=5", rulebook(NO_WAIT))[0])
    plain = ("backtest", str(tmp_path / "rules"), "--events", str(file), "--json")
    later = [json.loads(kept(*plain, *more).stdout)["standards"]["no-wait"] for more in ([], ["--until", "2026-03-03"])]
    assert [(each["open"], each["broken"]) for each in later] == [(1, 0), (0, 1)]


def test_a_clock_that_was_ahead_is_believed_where_time_goes_so_far(tmp_path: Path) -> None:
    """Of a demo that ran fast, events are ahead of this machine's clock: with --until they are judged all the same."""
    shop(tmp_path)
    file = tmp_path / "events.jsonl"
    ahead = lines_of("08:00 queue.length waiting=5", rulebook(NO_WAIT))[0].replace(b"2026-", b"2999-")
    file.write_bytes(ahead)
    plain = ("backtest", str(tmp_path / "rules"), "--events", str(file))
    assert "nothing of this input could be read" in kept(*plain).stderr
    assert kept(*plain, "--until", "2999-12-31").stdout.startswith("1 event judged")
