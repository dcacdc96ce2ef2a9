"""`kept export`: what a data folder holds comes out, whether or not a host runs on it."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import msgspec
import pytest

from standards.calendar.duration import DAY
from standards.judge.events import iso
from streams.embedded.options import Options
from tests.streams.commands import Ended, kept
from tests.streams.hosting import SECOND, T0, Clock, hosting, opened, queue, shop
from tests.streams.test_released import opened_folder


async def stored(folder: Path) -> Path:
    """Give the data folder of a host that took some events in and was stopped."""
    clock = Clock()
    async with hosting(folder, clock) as host:
        await host.submit([queue(host.reader, "a", T0 - 5 * SECOND, waiting=5)])
        clock.go(100)
        await host.submit([opened(host.reader, "b", T0 + 99 * SECOND), queue(host.reader, "c", T0, waiting=4)])
        clock.go(10)
        await host.submit([])
    return folder / "data"


def export(data: Path, *args: str, zone: str = "UTC") -> Ended:
    return kept("export", *args, "--data", str(data), settings={"KEPT_ZONE": zone})


def ids(ended: Ended) -> list[str]:
    assert ended.returncode == 0, ended.stderr
    return [json.loads(line)["id"] for line in ended.stdout.splitlines()]


async def test_events_are_given_and_it_is_said_how_far_they_go(tmp_path: Path) -> None:
    """JSON lines on stdout; beside them, how many, since when none is missing and how far they were judged."""
    run = export(await stored(tmp_path), "events")
    assert ids(run) == ["a", "b", "c"]
    since, until = iso(T0), iso(T0 + 110 * SECOND)
    assert run.stderr == f"kept: 3 events. None is missing since {since}; judged until {until}.\n"


async def test_a_part_is_chosen_by_time_and_type(tmp_path: Path) -> None:
    """From a time or a day on, by the zone that is set where none is named, up to before another; of one type."""
    data = await stored(tmp_path)
    assert ids(export(data, "events", "--from", iso(T0 + SECOND))) == ["b", "c"]
    assert ids(export(data, "events", "--to", iso(T0 + 100 * SECOND))) == ["a"]
    assert ids(export(data, "events", "--type", "register.opened")) == ["b"]
    assert ids(export(data, "events", "--from", "2026-01-10")) == []
    assert ids(export(data, "events", "--from", "2026-01-10", zone="Europe/Warsaw")) == ["a", "b", "c"]
    early = export(data, "events", "--from", "2026-01-01")
    assert "What was received before that is not kept any more" in early.stderr


def left_by_the_way(folder: Path) -> list[Path]:
    return [*folder.glob("*.part"), *folder.glob(".*.part")]


async def test_the_ledger_is_given_byte_for_byte(tmp_path: Path) -> None:
    """A line is as the host wrote it; with --out they are a file, which takes its place once it is whole."""
    data, out = await stored(tmp_path), tmp_path / "ledger.jsonl"
    out.write_text("what was there before", encoding="utf-8")
    run = export(data, "ledger", "--out", str(out))
    async with hosting(tmp_path, Clock(T0 + 110 * SECOND)) as host:
        lines = host.read_model.lines()
        while_it_runs = export(data, "ledger")
    assert out.read_bytes() == b"".join(msgspec.json.encode(line) + b"\n" for line in lines)
    assert (run.stdout, run.stderr) == ("", f"kept: {len(lines)} lines of the ledger.\n")
    assert while_it_runs.stdout.encode() == out.read_bytes()
    assert left_by_the_way(tmp_path) == []


async def test_files_beside_an_export_stay(tmp_path: Path) -> None:
    """What is written takes the place of no other file on its way: one called like it is somebody's."""
    data, own = await stored(tmp_path), tmp_path / "out.jsonl.part"
    own.write_text("mine", encoding="utf-8")
    assert export(data, "events", "--out", str(tmp_path / "out.jsonl")).returncode == 0
    assert own.read_text(encoding="utf-8") == "mine"


async def test_an_export_of_nothing_says_why(tmp_path: Path) -> None:
    """A type that is misspelt is told with the one that may be meant; a span that ends before it begins is refused."""
    data = await stored(tmp_path)
    said = export(data, "events", "--type", "queue.lenght")
    assert (said.returncode, said.stdout) == (0, "")
    assert "0 events of the type 'queue.lenght' (did you mean 'queue.length'?)" in said.stderr
    for what in ("events", "ledger", "score"):
        back = export(data, what, "--from", "2026-03-02", "--to", "2026-03-01")
        assert back.returncode == 2
        assert "--to is not after --from" in " ".join(back.stderr.replace("│", " ").split())


async def test_a_score_and_tables(tmp_path: Path) -> None:
    """A score has each standard in force, also one that was never owed; --csv makes a table of whatever is given."""
    data = await stored(tmp_path)
    (score,) = map(json.loads, export(data, "score").stdout.splitlines())
    (row,) = csv.DictReader(io.StringIO(export(data, "score", "--csv").stdout))
    assert (score["standard"], score["opened"]) == (row["standard"], int(row["opened"])) == ("no-wait", 1)
    never = json.loads(export(data, "score", "--from", "2027-01-01").stdout)
    assert (never["standard"], never["opened"]) == ("no-wait", 0)
    events = export(data, "events", "--csv")
    assert [each["data.waiting"] for each in csv.DictReader(io.StringIO(events.stdout))] == ["5", "", "4"]
    assert events.stderr.startswith("kept: 3 events. ")


OWN = """
kept: 1
events: {stint.asked: {helper: {type: text, person: true}}, stint.done: {helper: {type: text, person: true}}}
standards:
  stint-ends: {promise: It ends., owner: lead, per: helper, when: stint.asked, expect: stint.done, within: 1h}
"""


async def test_a_score_leaves_out_what_is_owed_for_each_person_alone(tmp_path: Path) -> None:
    """Of a shipped pack, and by a field that the author marked; also once it is not in force any more."""
    rules, clock = shop(tmp_path, OWN), Clock()
    pack = (Path(__file__).parents[2] / "standards/packs/practice.yaml").read_text(encoding="utf-8")
    (tmp_path / "rules" / "practice.yaml").write_text(pack, encoding="utf-8")
    async with hosting(tmp_path, clock, standards=rules) as host:
        (loaded,) = [host.rulebook.current]
        personal = {name for name, each in loaded.items() if each.owed_to}
    run = export(tmp_path / "data", "score")
    found = {json.loads(line)["standard"] for line in run.stdout.splitlines()}
    assert personal == {"stint-ends", "coach-comes", "assessed-quarterly"}
    assert (found, "without 3 standards owed for each person alone" in run.stderr) == (loaded.keys() - personal, True)
    async with hosting(tmp_path, clock):
        pass
    run = export(tmp_path / "data", "score")
    assert "without 3 standards owed for each person alone" in run.stderr


async def test_what_is_old_goes_and_it_is_said(tmp_path: Path) -> None:
    """Events are kept for as long as is set: what came before is gone, and since when none is missing is said."""
    clock = Clock()
    async with hosting(tmp_path, clock, options=Options(keep=DAY)) as host:
        for name in "ab":
            await host.submit([queue(host.reader, name, clock.at, waiting=1)])
            clock.go(86_401)
        await host.submit([queue(host.reader, "c", clock.at, waiting=1)])
    run = export(tmp_path / "data", "events")
    assert ids(run) == ["c"]
    assert f"None is missing since {iso(clock.at)}; " in run.stderr


def test_a_folder_of_the_released_version_is_read_as_it_is(tmp_path: Path) -> None:
    """What an older Kept stored can be got out before it is updated."""
    folder = opened_folder(tmp_path)
    events, ledger = export(folder, "events"), export(folder, "ledger")
    assert len(ids(events)) > 10
    assert len(ids(ledger)) > 10
    assert export(folder, "score").returncode == 0


async def test_a_folder_without_events_says_why(tmp_path: Path) -> None:
    """One to which nothing was sent, or of kept serve, has none: that is no error."""
    async with hosting(tmp_path, Clock()):
        pass
    run = export(tmp_path / "data", "events")
    assert (run.returncode, run.stdout) == (0, "")
    assert run.stderr.startswith("kept: 0 events: none was taken in yet")


@pytest.mark.parametrize(
    ("args", "code", "said"),
    [
        ([], 2, "say what to give: events, ledger, score, or --person NAME"),
        (["events", "--person", "Ann"], 2, "say what to give"),
        (["--person", "Ann", "--csv"], 2, "--person gives all there is"),
        (["events", "--from", "last week"], 2, "'last week' is not a time; write it like 2026-03-02T08:00:00Z"),
        (["ledger", "--type", "queue.length"], 2, "--type is for events"),
        (["events"], 3, "lacks kept.db; name the folder of a host with --data FOLDER"),
    ],
)
def test_what_cannot_be_is_said(tmp_path: Path, args: list[str], code: int, said: str) -> None:
    """A question that makes no sense, and a folder that holds nothing, end with what would help."""
    run = export(tmp_path, *args)
    assert (run.returncode, said in run.stderr) == (code, True), run.stderr
