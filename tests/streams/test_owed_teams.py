"""`subjects: teams` in hosts and commands: one folder of rules is one revision, and its teams are owed it in each."""

from __future__ import annotations

import subprocess
from functools import partial
from pathlib import Path

import msgspec
import pytest

from standards.compiler.spec import Source, load
from standards.judge.events import iso
from standards.judge.ledger import Line
from streams.documents.rules import practice_in
from streams.embedded.options import DEFAULTS
from streams.settings import StandardsFiles
from tests.history import rules
from tests.streams.commands import Ended, kept
from tests.streams.hosting import SECOND, T0, Clock, hosting, until

pytestmark = pytest.mark.timeout(120)

MEET = "per: team, expect: meeting.held, every: 10m"
STORIES = """kept: 1
standards: .
start: 2026-03-02 10:00 UTC
stories:
  a team that never meets:
    given: [{at: 10:05, event: meeting.held, team: north, kind: weekly}]
    until: 10:10:01
    expect: [{at: 10:05, kept: meet north}, {at: 10:10, broken: meet south}]
"""
EVENTS = [
    ("a", "2026-03-02T10:00:00Z", "north"), ("b", "2026-03-02T10:11:00Z", "north"),
]  # fmt: skip


def written(folder: Path, *teams: str) -> StandardsFiles:
    """Write a standard that asks for teams, and a practice document that names these; without any, none."""
    folder.mkdir(exist_ok=True)
    (folder / "rules.yaml").write_text(rules(meet=f"{MEET}, subjects: teams"), encoding="utf-8")
    practice = folder / "practice.yaml"
    named = ", ".join(f"{team}: {{lead: team-lead}}" for team in teams)
    practice.write_text(f"kept: 1\nteams: {{{named}}}\nforms: {{}}\n", encoding="utf-8")
    return StandardsFiles([str(folder)])


def revision(*teams: str) -> str:
    """Give the revision of the same standard with these teams listed."""
    listed = ", ".join(f"{{team: {team}}}" for team in teams)
    return load([Source("a.yaml", rules(meet=f"{MEET}, subjects: [{listed}]"))]).standards[0].revision


def meeting(name: str, at: str, team: str) -> bytes:
    """Write down that a team met, as whoever sends it does."""
    data = {"team": team, "kind": "weekly"}
    made = {"specversion": "1.0", "id": name, "source": "desk", "type": "meeting.held", "time": at, "data": data}
    return msgspec.json.encode(made)


def history(folder: Path) -> None:
    (folder / "events.jsonl").write_bytes(b"\n".join(meeting(*each) for each in EVENTS))


def lines_of(run: Ended, ledger: Path) -> set[tuple[str, str, str]]:
    assert run.returncode == 0, run.stderr
    found = [msgspec.json.decode(raw, type=Line) for raw in ledger.read_bytes().splitlines()]
    return {(line.kind, line.subject, line.revision) for line in found}


@pytest.mark.parametrize("jobs", [(), ("--jobs", "2")])
def test_a_backtest_owes_it_to_the_teams(jobs: tuple[str, ...], tmp_path: Path) -> None:
    """Over history a team of which nothing was ever heard breaks it, judged by the revision of the listed teams."""
    written(tmp_path / "rules", "south", "north")
    history(tmp_path)
    run = kept("backtest", "rules", "--events", "events.jsonl", "--ledger", "out.jsonl", *jobs, cwd=tmp_path)
    told = lines_of(run, tmp_path / "out.jsonl")
    assert {("broken", "south", revision("north", "south")), ("kept", "north", revision("north", "south"))} <= told
    assert {each for _, _, each in told} == {revision("north", "south")}


def test_a_story_beside_a_practice_document_has_its_teams(tmp_path: Path) -> None:
    """`kept test` reads the practice document among the standards of a story; other teams are other stories."""
    written(tmp_path, "north", "south")
    (tmp_path / "stories.yaml").write_text(STORIES.replace("standards: .\n", ""), encoding="utf-8")
    assert kept("test", "stories.yaml", cwd=tmp_path).returncode == 0
    (tmp_path / "stories.yaml").write_text(STORIES.replace("standards: .", "standards: [rules.yaml, practice.yaml]"))
    assert kept("test", "stories.yaml", cwd=tmp_path).returncode == 0
    written(tmp_path, "north", "west")
    assert kept("test", "stories.yaml", cwd=tmp_path).returncode == 1


def test_a_changed_team_is_a_changed_standard_since_a_revision_in_git(tmp_path: Path) -> None:
    """Held against an older commit, the practice document of that commit counts, not the one that lies there now."""
    written(tmp_path / "rules", "north")
    history(tmp_path)
    git = ("git", "-C", str(tmp_path), "-c", "user.name=A", "-c", "user.email=a@shop.example")
    for words in (["init", "-q"], ["add", "rules"], ["commit", "-qm", "Rules"]):
        subprocess.run([*git, *words], check=True, timeout=60)
    same = kept("backtest", "rules", "--events", "events.jsonl", "--against", "HEAD", cwd=tmp_path)
    assert "No difference" in same.stdout, same.stderr
    written(tmp_path / "rules", "north", "south")
    run = kept("backtest", "rules", "--events", "events.jsonl", "--against", "HEAD", cwd=tmp_path)
    assert run.returncode == 0, run.stderr
    assert "No difference" not in run.stdout
    assert "meet south" in run.stdout


def test_what_is_wrong_with_the_teams_stops_every_command(tmp_path: Path) -> None:
    """A practice document whose teams cannot be read is no practice document without teams: it is an error."""
    written(tmp_path / "rules", "north")
    history(tmp_path)
    (tmp_path / "rules" / "practice.yaml").write_text("kept: 1\nteams: {north: {leed: l}}\nforms: {}\n")
    (tmp_path / "stories.yaml").write_text(STORIES.replace("standards: .", "standards: rules"), encoding="utf-8")
    for command in (["check", "rules"], ["backtest", "rules", "--events", "events.jsonl"], ["test", "stories.yaml"]):
        run = kept(*command, cwd=tmp_path)
        assert (run.returncode, "practice.yaml:2" in run.stdout + run.stderr) == (2, True), command


async def test_a_host_owes_it_to_a_team_that_comes_and_ends_it_for_one_that_goes(tmp_path: Path) -> None:
    """Who is added is owed from then on, who is left out to the period's end; who was kept is owed the rest anew."""
    clock = Clock()
    standards = written(tmp_path / "rules", "north", "south")
    options = msgspec.structs.replace(DEFAULTS, practices=partial(practice_in, standards.paths))
    async with hosting(tmp_path, clock, standards=standards, options=options) as host:

        def told() -> set[tuple[str, str, str, int]]:
            lines = host.read_model.lines()
            return {(line.kind, line.subject, line.revision, (line.at - T0) // SECOND) for line in lines}

        first = revision("north", "south")

        async def comes(*wanted: tuple[str, str, str, int]) -> None:
            await until(lambda: told().issuperset(wanted))

        await comes(("opened", "north", first, 0), ("opened", "south", first, 0))
        await host.submit([host.reader.one(meeting("a", iso(clock.at), "north"))])
        clock.go(60)
        await comes(("kept", "north", first, 0))
        written(tmp_path / "rules", "north", "east")
        assert await host.reload()
        second = revision("east", "north")
        await comes(("opened", "east", second, 60))
        await comes(("opened", "north", second, 60))  # it was kept already, and is owed what is left once more
        for _ in range(13):
            clock.go(60)
            await until(lambda: host.now_status().low >= clock.at - 3 * SECOND)
        await comes(("broken", "south", first, 600), ("broken", "east", second, 660), ("opened", "east", second, 660))
        assert {(team, by) for _, team, by, at in told() if at > 600} == {("north", second), ("east", second)}
        (tmp_path / "rules" / "practice.yaml").write_text("kept: 1\nteams: [north]\nforms: {}\n", encoding="utf-8")
        assert not await host.reload()
        clock.go(600)
        await comes(("broken", "east", second, 1260))  # the teams of before stay
