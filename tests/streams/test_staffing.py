"""`kept staff` as its users run it: made-up and real history, what is printed, and what it says about bad input."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from tests.history import rules
from tests.staffing_days import Shift, day, in_order
from tests.streams.commands import ROOT, kept, kept_apart
from tests.streams.test_backtest import DATA, needs_data
from tests.streams.test_cli import bad_input, written

ANSWER = """per: contact, when: contact.waiting, expect: contact.answered, within: 20s, unless: contact.abandoned,
    objective: {kept: 80%, over: 28d}"""
MEET = "per: team, expect: meeting.held, every: week"


class Desk:
    """A folder with a standard that can be staffed, one that cannot, and two Tuesdays of history."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.rules = written(folder, rules(answer=ANSWER, meet=MEET))
        shift = Shift(9, 12, 2, 30, 240)
        lines = [line for number in (1, 8) for line in day(number, shift)]
        self.events = str(folder / "calls.jsonl")
        Path(self.events).write_bytes(in_order(lines))


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path)


def test_people_read_hours_and_a_sentence(desk: Desk) -> None:
    """A row for each hour, how far the model is off, what the gap cost, and what would mend it."""
    run = kept("staff", desk.rules, "--events", desk.events)
    assert (run.returncode, run.stderr) == (0, "")
    assert "answer: We do." in run.stdout
    assert "Goal: 80% of contacts answered within 20 s. History: Tue 3 March 2026 to Tue 10 March 2026" in run.stdout
    rows = re.findall(r"^  Tue (\d\d)–\d\d .*$", run.stdout, re.MULTILINE)
    assert rows[:3] == ["09", "10", "11"]
    said = " ".join(run.stdout.split())
    assert "The model was tried on 2 days" in said
    assert re.search(r"By the model, the gap cost \d+ \(\d+–\d+\) broken promises in this time\.", said)
    assert re.search(r"take the sign down, or \d( to \d)? more on Tuesdays 9–1\d", said)
    assert "meet: it is about what happens each period" in said


def test_programs_read_the_same(desk: Desk) -> None:
    """`--json` has the standards, lines and hours, with intervals, and the sentence."""
    run = kept("staff", desk.rules, "--events", desk.events, "--json")
    found = json.loads(run.stdout)
    (standard,) = found["standards"]
    (line,) = standard["lines"]
    assert (standard["standard"], standard["kind"], standard["goal"], line["days"]) == ("answer", "answer", 0.8, 2)
    assert list(found["not_staffable"]) == ["meet"]
    hour = line["hours"][1]
    low, high = hour["arrivals"]["interval"]
    assert (hour["weekday"], hour["hour"], low < hour["arrivals"]["value"] < high) == ("tue", 10, True)
    assert hour["needed_interval"][0] <= hour["needed"] <= hour["needed_interval"][1]
    assert hour["needed"] > hour["there"]


def test_the_page_is_one_file(desk: Desk) -> None:
    """`--html` writes a page that asks for nothing else and lets nothing else in, and leaves nothing beside it."""
    page = desk.folder / "staff.html"
    run = kept("staff", desk.rules, "--events", desk.events, "--html", str(page))
    assert (run.returncode, run.stderr) == (0, "")
    text = page.read_text(encoding="utf-8")
    assert "default-src &#x27;none&#x27;; style-src &#x27;sha256-" in text
    assert not re.search(r"<script|<link|<img|url\(|@import|https?:", text)
    assert sorted(path.name for path in desk.folder.iterdir()) == ["calls.jsonl", "rules.yaml", "staff.html"]


def test_bad_lines_are_told_and_the_rest_counts(desk: Desk) -> None:
    """A line that cannot be read is told with its place; the plan is that of the other lines."""
    good = kept("staff", desk.rules, "--events", desk.events).stdout
    with Path(desk.events).open("ab") as file:
        file.write(b"nonsense\n")
    run = kept("staff", desk.rules, "--events", desk.events)
    assert run.stdout == good
    assert "1 of 529 lines could not be read (not-json 1)" in run.stderr


def test_all_that_is_wrong_is_said_at_once(desk: Desk) -> None:
    """A file that is not there, a page without a folder and an unknown standard are three findings, and no page."""
    said = bad_input(
        "staff", desk.rules, "--events", "nowhere.jsonl", "--standard", "answr", "--html", "no/such/p.html"
    )
    assert "3 findings." in said
    assert "no-file: nowhere.jsonl:1:1" in said
    assert "no-folder: no/such/p.html:1:1" in said
    assert "there is no standard 'answr'" in said
    assert "did you mean 'answer'?" in said


def test_a_standard_that_staff_does_not_keep_is_shown_at_its_place(desk: Desk) -> None:
    """Asked for a weekly meeting, the command says where it is declared and why it is not a matter of staff."""
    said = bad_input("staff", desk.rules, "--events", desk.events, "--standard", "meet")
    text = Path(desk.rules).read_text(encoding="utf-8")
    row = next(number for number, line in enumerate(text.splitlines(), 1) if "meet:" in line)
    assert f"not-staffable: {desk.rules}:{row}:3" in said
    assert "it is about what happens each period" in said


def test_history_that_says_too_little_is_refused_with_what_is_missing(desk: Desk) -> None:
    """Without the end of contacts nobody knows how long one takes: that is said, and no page is written."""
    lines = [line for line in Path(desk.events).read_bytes().splitlines() if b"contact.closed" not in line]
    events = desk.folder / "open.jsonl"
    events.write_bytes(b"\n".join(lines))
    page = desk.folder / "staff.html"
    said = bad_input("staff", desk.rules, "--events", str(events), "--html", str(page))
    assert f"too-little-known: {events}:1:1" in said
    assert "answer: nothing says how long contacts take: add contact.closed" in said
    assert not page.exists()
    empty = written(desk.folder, "", "empty.jsonl")
    assert "nobody came" in bad_input("staff", desk.rules, "--events", empty)


# --- real data ----------------------------------------------------------------------------------------------------

PAGE = (ROOT / "docs" / "staffing.md").read_text(encoding="utf-8")
CALLS, OFFICES = re.findall(r"^```text\n(\$ kept staff .*?)^```", PAGE, re.DOTALL | re.MULTILINE)
"""What the page types, and what it shows."""


def real(example: str, table: str, *more: str) -> dict[str, Any]:
    folder = ROOT / "examples" / example
    args = ["staff", str(folder / "standards.yaml"), "--map", str(folder / "map.yaml"), "--events", str(DATA / table)]
    run = kept_apart(*args, *more, "--json")  # many lines of people are planned by several processes
    assert run.returncode == 0, run.stderr
    found: dict[str, Any] = json.loads(run.stdout)
    return found


@pytest.mark.data
@needs_data
@pytest.mark.slow
def test_a_real_day_of_calls() -> None:
    """The bank's day: the lunch hour is shortest, the model hopes for too much, and one day proves nothing."""
    found = real("bank", "bank_calls_1999-02-03.tsv")
    answers, share = found["standards"]
    (line,) = answers["lines"]
    assert not line["error"]["held_out"]
    assert line["days"] == 1
    hours = {hour["hour"]: hour for hour in line["hours"]}
    worst = max(hours.values(), key=lambda hour: hour["needed"] - hour["there"])
    assert (worst["hour"], worst["kept"], worst["broken"], worst["short"]) == (13, 14, 48, True)
    assert worst["there"] < 6
    assert worst["needed"] > 11
    assert "from one day" in answers["shortfall"]
    assert line["error"]["simulation"]["points"] < 20
    assert share["lines"][0]["error"]["simulation"]["bias"] > 10


@pytest.mark.data
@needs_data
@pytest.mark.slow
def test_real_lines_of_two_offices() -> None:
    """44 lines in Warsaw: 32 are known well enough, four days are held out in turn, and the model's error is said."""
    found = real("warsaw", "warsaw_offices_2020-01-07_10.csv", "--standard", "counter-opened-in-ten-minutes")
    (standard,) = found["standards"]
    lines = {"/".join(line["line"]): line for line in standard["lines"]}
    assert (len(lines), len(standard["left_out"])) == (32, 12)
    assert all(line["error"]["held_out"] and line["error"]["days"] == 4 for line in lines.values())
    assert lines["UD_Praga_Poludnie/165"]["error"]["simulation"]["points"] < 10
    assert "a direction, not a roster" in standard["shortfall"]
    came = sum(hour["arrivals"]["value"] for hour in lines["UD_Praga_Poludnie/165"]["hours"])
    assert came == pytest.approx(167 + 162 + 143 + 176, rel=0.05)  # the last numbers called on the four days


@pytest.mark.data
@needs_data
@pytest.mark.parametrize("shown", [CALLS, pytest.param(OFFICES, marks=pytest.mark.slow)], ids=["calls", "offices"])
def test_the_page_shows_what_the_command_prints(shown: str, tmp_path: Path) -> None:
    """Whoever types what docs/staffing.md types reads what it shows."""
    command, _, printed = shown.partition("\n")
    (tmp_path / "examples").symlink_to(ROOT / "examples")
    (tmp_path / "data").symlink_to(DATA)
    run = kept_apart(*command.split()[2:], cwd=tmp_path)
    assert run.returncode == 0, run.stderr
    if "\n...\n" in printed:
        begin, _, end = printed.partition("...\n")
        assert run.stdout.startswith(begin)
        assert run.stdout.endswith(end)
    else:
        assert run.stdout == printed
