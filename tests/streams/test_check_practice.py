"""`kept check` with a practice document: it is told from the other sorts, read beside them, and counted."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from streams.documents.documents import Documents
from tests.streams.commands import ROOT, kept

PACKS = ROOT / "standards" / "packs"
GROCERY = PACKS / "grocery.yaml"
TOGETHER = (PACKS / "grocery.yaml", PACKS / "team.yaml")
POLICY = """kept: 1
people: {ann: {addresses: {mail: ann@shop.example}}}
teams: {north: {members: [ann]}}
routes: [{tell: north}]
"""
PRACTICE = """kept: 1
teams: {north: {lead: floor-lead}}
goals: {lines: {team: north, standard: no-wait, kept: 95%, over: day, beside: never-brusque}}
"""


def check(folder: Path, *paths: Path, **files: str) -> tuple[int, str, str]:
    """Check some files; gives the exit code, what was found and what was said."""
    for name, text in files.items():
        (folder / f"{name}.yaml").write_text(text, encoding="utf-8")
    run = kept("check", *map(str, paths), *(str(folder / f"{name}.yaml") for name in files))
    return run.returncode, run.stdout, run.stderr


@pytest.mark.parametrize("key", ["forms", "rewards", "scenarios", "goals", "consequences"])
def test_a_practice_document_is_told_by_its_keys(key: str) -> None:
    """Each of its own keys tells it, also behind teams, which a policy has too."""
    documents = Documents.none()
    assert documents.of(f"kept: 1\nteams: {{}}\n{key} : {{}}\n") is documents.practices
    assert documents.of(f"kept: 1\nstandards:\n  {key}:\n    promise: Well.\n") is documents.standards


def test_teams_alone_are_still_a_policy() -> None:
    """What has teams and nothing of a practice document is a policy, as ever."""
    documents = Documents.none()
    assert documents.of("kept: 1\nteams: {}\n") is documents.policies
    assert documents.of(POLICY) is documents.policies


def test_it_is_read_along_and_counted(tmp_path: Path) -> None:
    """Beside its standards and a policy that has its teams there is nothing to say, and the last line counts it."""
    code, found, said = check(tmp_path, *TOGETHER, policy=POLICY, practice=PRACTICE)
    assert (code, found, said) == (0, "", "13 standards, 1 policy, 1 practice: no findings.\n")


def test_a_team_of_another_name_is_told_where_there_is_a_policy(tmp_path: Path) -> None:
    """The policy's teams are those that can be told; without one, any team will do."""
    misspelt = PRACTICE.replace("north", "nort")
    code, found, said = check(tmp_path, *TOGETHER, policy=POLICY, practice=misspelt)
    assert (code, said) == (0, "13 standards, 1 policy, 1 practice: 1 warning.\n")
    assert "warning: the policy has no team 'nort'\n  fix: did you mean 'north'?" in found
    assert check(tmp_path, GROCERY, practice=misspelt)[1:] == ("", "6 standards, 1 practice: no findings.\n")


def test_its_slips_stand_with_those_of_the_policy(tmp_path: Path) -> None:
    """All documents are looked at in one go: an error in one hides none in another."""
    policy, practice = POLICY.replace("tell: north", "tell: nrth"), PRACTICE.replace("no-wait", "no-wiat")
    code, found, said = check(tmp_path, GROCERY, policy=policy, practice=practice)
    assert (code, found) == (2, "")
    assert re.findall(r"^([a-z-]+): .*/(\w+)\.yaml:\d+", said, re.MULTILINE) == [
        ("unknown-person", "policy"), ("unknown-standard", "practice"),
    ]  # fmt: skip


def test_a_slip_in_its_teams_hides_none_elsewhere(tmp_path: Path) -> None:
    """Its teams are read before the standards; what is wrong with them is told with all else, and once."""
    policy, practice = POLICY.replace("tell: north", "tell: nrth"), PRACTICE.replace("lead: floor", "leed: floor")
    code, found, said = check(tmp_path, PACKS / "team.yaml", policy=policy, practice=practice)
    assert (code, found) == (2, "")
    assert re.findall(r"^([a-z-]+): .*/(\w+)\.yaml:\d+", said, re.MULTILINE) == [
        ("unknown-person", "policy"), ("missing-key", "practice"), ("unknown-key", "practice"),
        ("unknown-standard", "practice"), ("unknown-standard", "practice"),
    ]  # fmt: skip


def test_a_house_has_one(tmp_path: Path) -> None:
    """A second practice document is an error that names the first."""
    code, _, said = check(tmp_path, GROCERY, practice=PRACTICE, rewards="kept: 1\nrewards: {}\n")
    assert code == 2
    assert "this is a second practice document; the first is " in said
    assert said.startswith("second-practice: ")


def test_one_alone_says_what_is_missing(tmp_path: Path) -> None:
    """Without any standards it cannot be checked, and that is all that is said."""
    code, _, said = check(tmp_path, practice=PRACTICE)
    assert code == 2
    assert "no-standards: " in said
    assert "this is a practice file, and there is no standards file" in said
    assert "name the standards that it speaks of, too" in said
    assert said.endswith("\n1 finding.\n")


def test_a_verb_that_judges_says_so_too(tmp_path: Path) -> None:
    """Who names only a practice document where standards are judged is told what it is."""
    (tmp_path / "practice.yaml").write_text(PRACTICE, encoding="utf-8")
    events = ROOT / "examples" / "grocery" / "events.jsonl"
    run = kept("backtest", str(tmp_path / "practice.yaml"), "--events", str(events))
    assert run.returncode == 2
    assert "this is a practice file, and there is no standards file" in run.stderr


def test_its_warning_sleeps_where_a_comment_says_so(tmp_path: Path) -> None:
    """What may sleep in a standard may sleep in a practice document, and is no idle snooze there."""
    reward = "kept: 1\nrewards:\n  cup:\n    title: A cup\n    value: 3\n{snooze}    for: no-wait\n"
    snooze = "    # snooze reward-for-speed until 2099-01-01: the line is what we work on this month\n"
    told = check(tmp_path, GROCERY, practice=reward.format(snooze=""))
    assert told[2] == "6 standards, 1 practice: 1 warning.\n"
    asleep = check(tmp_path, GROCERY, practice=reward.format(snooze=snooze))
    assert asleep == (0, "", "6 standards, 1 practice: no findings, 1 asleep.\n")
