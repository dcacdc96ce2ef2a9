"""`kept test` as its users run it: exit codes, what is printed, reports, and which standards a story is about."""

import os
import re
import shutil
import signal
import subprocess
import sys
from pathlib import Path
from typing import IO
from xml.etree import ElementTree as ET

import pytest

from streams.explain.unused import WHY
from streams.stories.junit import junit
from streams.stories.running import Result
from tests.streams.commands import ROOT, kept
from tests.streams.test_cli import GROCERY

FINE = """kept: 1
start: 2026-03-02 10:00 UTC
with: {site: s1, queue: q1}
stories:
  broken as it should be:
    given: [{event: queue.length, waiting: 5}]
    only: broken
    expect: [{at: 10:01, broken: no-wait s1/q1}]
"""
WRONG = """  told <too> late:
    given: [{event: queue.length, waiting: 5}]
    only: broken
    expect: [{at: 10:01:30, broken: no-wait s1/q1}]
"""


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    """Give a folder with one standard and one story."""
    shutil.copy(GROCERY / "standards.yaml", tmp_path)
    (tmp_path / "stories.yaml").write_text(FINE, encoding="utf-8")
    return tmp_path


def with_failure(shop: Path) -> None:
    (shop / "stories.yaml").write_text(FINE + WRONG, encoding="utf-8")


def test_all_is_well(shop: Path) -> None:
    """Where all goes as it says, the exit code is 0 and one line is printed."""
    run = kept("test", ".", cwd=shop)
    assert (run.returncode, run.stdout, run.stderr) == (0, "1 story: all as expected.\n", "")


RELOADED = """  told by another policy:
    given: [{event: queue.length, waiting: 5}, {at: 10:00:10, reload: later/policy.yaml}]
    until: 10:00:40
    notices: [{at: 10:00:30, to: bob}]
"""


def test_another_policy_is_read_on_the_way(shop: Path) -> None:
    """A policy that a story goes over to is seen from its file; one that is missing, or wrong, is told at its place."""
    (shop / "policy.yaml").write_text("kept: 1\npeople: {ann: {}}\nroutes: [{tell: ann}]\n", encoding="utf-8")
    (shop / "stories.yaml").write_text(FINE + RELOADED, encoding="utf-8")
    missing = kept("test", "stories.yaml", cwd=shop)
    assert (missing.returncode, "no-file: stories.yaml:10:" in missing.stderr) == (2, True)
    later = shop / "later" / "policy.yaml"
    later.parent.mkdir()
    later.write_text("kept: 1\npeople: {bob: {}}\nroutes: [{tell: bbo}]\n", encoding="utf-8")
    wrong = kept("test", "stories.yaml", cwd=shop)
    assert (wrong.returncode, "later/policy.yaml:3:" in wrong.stderr) == (2, True)
    later.write_text("kept: 1\npeople: {bob: {}}\nroutes: [{tell: bob}]\n", encoding="utf-8")
    run = kept("test", "stories.yaml", cwd=shop)
    assert (run.returncode, run.stdout, run.stderr) == (0, "2 stories: all as expected.\n", "")


def test_a_failure_says_what_differs_and_when(shop: Path) -> None:
    """Exit code 1; what was expected stands beside what happened, and the first difference is said in words."""
    with_failure(shop)
    run = kept("test", ".", cwd=shop)
    assert run.returncode == 1
    assert "FAILED told <too> late (stories.yaml:9)" in run.stdout
    assert re.search(r"> 10:01:00 +\+1m +nothing +broken no-wait s1/q1", run.stdout)
    assert re.search(r"x 10:01:30 +\+1m30s +broken no-wait s1/q1 +nothing", run.stdout)
    assert "happened and was not expected; it was expected at 10:01:30, 30 s later." in run.stdout
    assert run.stdout.endswith("2 stories: 1 failed, 1 as expected.\n")
    assert "\x1b" not in run.stdout


UNUSED = """kept: 1
start: 2026-03-02 10:00 UTC
with: {site: s1, queue: q1}
stories:
  it opens nothing:
    given:
      - {event: queue.length, waiting: 5}
      - {event: exception.granted, standard: no-wait, subject: s1/q1, by: nobody, reason: none}
    expect: [{at: 10:01, broken: no-wait s1/q1}]
"""


def test_a_failure_says_for_which_standard_an_event_changed_nothing(shop: Path) -> None:
    """The standard that had no use for an event is named; where none had, none is."""
    standards = (shop / "standards.yaml").read_text(encoding="utf-8")
    scope = "    while: {when: register.closed, until: register.opened}\n"
    (shop / "standards.yaml").write_text(standards + scope, encoding="utf-8")
    (shop / "stories.yaml").write_text(UNUSED, encoding="utf-8")
    lines = kept("test", ".", cwd=shop).stdout.splitlines()
    assert [line for line in lines if "changed nothing" in line] == [
        f"  queue.length of 10:00:00 changed nothing for no-wait (no-scope): {WHY['no-scope']}",
        f"  exception.granted of 10:00:00 changed nothing (not-allowed): {WHY['not-allowed']}",
    ]


def test_only_some_are_run(shop: Path) -> None:
    """`--run` takes a part of a name, in any case of letters; a name that nothing has is a slip."""
    with_failure(shop)
    assert kept("test", ".", "--run", "BROKEN AS", cwd=shop).returncode == 0
    run = kept("test", ".", "--run", "nothing", cwd=shop)
    assert run.returncode == 2
    assert "no story has 'nothing' in its name" in run.stderr


def test_a_report_for_a_build_server(shop: Path) -> None:
    """The report counts the stories by file and holds the timeline of each that failed."""
    with_failure(shop)
    assert kept("test", ".", "--junit", "report.xml", cwd=shop).returncode == 1
    top = ET.parse(shop / "report.xml").getroot()
    assert (top.get("tests"), top.get("failures")) == ("2", "1")
    fine, wrong = top.iter("testcase")
    assert (fine.get("name"), fine.get("file"), fine.get("line")) == ("broken as it should be", "stories.yaml", "5")
    failure = wrong.find("failure")
    assert failure is not None
    assert "it was expected at 10:01:30" in str(failure.get("message"))
    assert "EXPECTED" in str(failure.text)
    assert sorted(path.name for path in shop.iterdir()) == ["report.xml", "standards.yaml", "stories.yaml"]


def test_a_report_is_xml_whatever_a_story_is_called() -> None:
    """A name may hold what XML cannot: the report can be read all the same."""
    body = junit([Result("a.yaml", 1, "bell \x07 & <tag> \ud800", 0.1, ["first\x1b line", "last"])])
    (case,) = ET.fromstring(body).iter("testcase")
    assert case.get("name") == "bell \ufffd & <tag> \ufffd"


def test_slips_in_all_files_are_told_and_nothing_is_run(shop: Path) -> None:
    """Exit code 2, every slip of every file at its place, no story played, and the report before it untouched."""
    (shop / "report.xml").write_text("the one before", encoding="utf-8")
    (shop / "stories.yaml").write_text(FINE.replace("waiting: 5", "waitin: 5"), encoding="utf-8")
    (shop / "more.yaml").write_text(FINE.replace("queue.length", "queue.lenght"), encoding="utf-8")
    run = kept("test", ".", "--junit", "report.xml", cwd=shop)
    assert (run.returncode, run.stdout) == (2, "")
    assert "unknown-event: more.yaml:6:21" in run.stderr
    assert "unknown-field: stories.yaml:6:35" in run.stderr
    assert run.stderr.endswith("2 findings.\n")
    assert (shop / "report.xml").read_text(encoding="utf-8") == "the one before"


def test_slips_in_the_standards_are_told_too(shop: Path) -> None:
    """A story cannot be played by standards that cannot be read."""
    rules = (shop / "standards.yaml").read_text(encoding="utf-8")
    (shop / "standards.yaml").write_text(rules.replace("waiting > 3", "wating > 3"), encoding="utf-8")
    run = kept("test", "stories.yaml", cwd=shop)
    assert run.returncode == 2
    assert "unknown-field: standards.yaml" in run.stderr


def test_which_standards_a_story_is_about(shop: Path) -> None:
    """Those it names; else those beside it; else those on the command line; else there is a finding."""
    apart = shop / "stories"
    apart.mkdir()
    (apart / "a.yaml").write_text(FINE, encoding="utf-8")
    run = kept("test", "stories/a.yaml", cwd=shop)
    assert run.returncode == 2
    assert "there are no standards beside these stories" in run.stderr
    assert kept("test", "stories/a.yaml", "standards.yaml", cwd=shop).returncode == 0
    (apart / "a.yaml").write_text(FINE.replace("start:", "standards: ../standards.yaml\nstart:"), encoding="utf-8")
    assert kept("test", "stories", cwd=shop).returncode == 0
    (apart / "a.yaml").write_text(FINE.replace("start:", "standards: [../rules.yaml]\nstart:"), encoding="utf-8")
    run = kept("test", "stories", cwd=shop)
    assert "no-file: stories/a.yaml:2:13" in run.stderr


def test_without_stories_nothing_is_tested(shop: Path) -> None:
    """A folder in which no story lies is a slip, not a success."""
    (shop / "stories.yaml").unlink()
    run = kept("test", ".", cwd=shop)
    assert run.returncode == 2
    assert "there are no stories here" in run.stderr


def test_an_act_about_no_promise_fails(shop: Path) -> None:
    """Who acknowledges what was never promised is told so, rather than wonder."""
    act = "given: [{act: acknowledge, promise: no-wait s9/q9, by: ann}, "
    (shop / "stories.yaml").write_text(FINE.replace("given: [", act), encoding="utf-8")
    run = kept("test", ".", cwd=shop)
    assert run.returncode == 1
    assert "at 10:00:00 Kept knew of no promise no-wait s9/q9" in run.stdout


def test_stories_may_lie_among_the_standards(shop: Path) -> None:
    """Who loads a folder of standards does not stumble over its stories, and `kept check` checks them."""
    events = shop / "events.jsonl"
    events.write_text("", encoding="utf-8")
    assert kept("backtest", ".", "--events", "events.jsonl", cwd=shop).returncode == 0
    run = kept("check", ".", "--strict", cwd=shop)
    assert (run.returncode, run.stderr) == (0, "1 standard, 1 story: no findings.\n")
    (shop / "stories.yaml").write_text(FINE.replace("broken:", "borken:"), encoding="utf-8")
    run = kept("check", ".", cwd=shop)
    assert run.returncode == 2
    assert "did you mean 'broken'?" in run.stderr


def test_watching_runs_again_when_a_file_changes(shop: Path) -> None:
    """`--watch` shows how it goes after each change, also through a slip, until it is interrupted."""
    environment = {"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT), "NO_COLOR": "1"}
    command = [sys.executable, "-c", "from streams.cli import main; main()", "test", ".", "--watch"]
    with subprocess.Popen(
        command, cwd=shop, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    ) as process:
        assert process.stdout is not None
        _until(process.stdout, "waiting for a file to change")
        (shop / "stories.yaml").write_text(FINE.replace("10:01", "10:02"), encoding="utf-8")
        assert "1 story: 1 failed, 0 as expected.\n" in _until(process.stdout, "waiting for a file to change")
        (shop / "stories.yaml").write_text(FINE.replace("broken:", "borken:"), encoding="utf-8")
        assert "unknown-key" in _until(process.stdout, "waiting for a file to change")
        (shop / "stories.yaml").write_text(FINE + "\n", encoding="utf-8")
        assert "1 story: all as expected.\n" in _until(process.stdout, "waiting for a file to change")
        process.send_signal(signal.SIGINT)
        assert process.wait(timeout=60) == 130


def _until(stream: IO[str], words: str) -> str:
    """Read lines up to one with some words in it."""
    found = ""
    for line in stream:
        found += line
        if words in line:
            return found
    raise AssertionError(f"it ended without {words!r}: {found}")


BOTH_AT_ONCE = """kept: 1
standards:
  answered:
    promise: We answer within 2 hours.
    per: [ticket]
    when: ticket.opened
    expect: ticket.replied
    within: 2h
    while: {when: {event: ticket.moved, where: team == "support"}, until: ticket.moved}
"""
AWAY_AND_BACK = """kept: 1
start: 2026-03-02 10:00 UTC
with: {ticket: t1}
stories:
  moved away and back at the instant at which it opens:
    given:
      - {event: ticket.moved, team: support}
      - {at: 11:00, event: ticket.opened}
      - {at: 11:00, event: ticket.moved, team: sales}
      - {at: 11:00, event: ticket.moved, team: support}
    expect: []
"""


def test_a_promise_that_is_open_again_is_said_to_be_corrected_to_open(tmp_path: Path) -> None:
    """A correction that gives no verdict is told in words, as every other one."""
    (tmp_path / "standards.yaml").write_text(BOTH_AT_ONCE, encoding="utf-8")
    (tmp_path / "stories.yaml").write_text(AWAY_AND_BACK, encoding="utf-8")
    assert "corrected answered t1, to open\n" in kept("test", ".", cwd=tmp_path).stdout
