"""`kept backtest --against` and `--sweep` as authors use them: what is different, which number could be kept."""

import json
import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.streams.commands import ROOT, Ended, kept
from tests.streams.test_cli import GROCERY, bad_input

TUTORIAL = ROOT / "docs" / "tutorial"
MAP = """kept: 1
table:
  zone: Europe/Warsaw
  source: our-shop
  time: {column: time, format: "%d.%m.%Y %H:%M:%S"}
columns:
  till opened: {as: opened}
events:
  - event: register.opened
    when: opened == "yes"
    fields: {site: {value: our-shop}, queue: line}
  - event: queue.length
    fields: {site: {value: our-shop}, queue: line, waiting: people}
"""


class Shop:
    """A folder with a standard, a week of history, and the standard as it is to become.

    By `rises` a promise opens when a line begins to be too long, and the numbers are those counted by other means.
    """

    def __init__(self, folder: Path, *, rises: bool = False) -> None:
        self.folder = folder
        shutil.copy(GROCERY / "standards.yaml", folder / "shop.yaml")
        shutil.copy(TUTORIAL / "week.csv", folder)
        (folder / "map.yml").write_text(MAP, encoding="utf-8")
        text = (folder / "shop.yaml").read_text(encoding="utf-8")
        assert text.count("within: 60s") == 1
        if rises:
            text = text.replace("within: 60s", "within: 60s\n    again: rise")
            (folder / "shop.yaml").write_text(text, encoding="utf-8")
        (folder / "next.yaml").write_text(text.replace("within: 60s", "within: 2m"), encoding="utf-8")

    def ask(self, rules: str, *more: str) -> Ended:
        return kept("backtest", rules, "--events", "week.csv", "--map", "map.yml", *more, cwd=self.folder)

    def refused(self, *more: str, rules: str = "shop.yaml") -> str:
        run = self.ask(rules, *more)
        assert (run.returncode, run.stdout) == (2, "")
        assert "Traceback" not in run.stderr
        return " ".join(run.stderr.split())


@pytest.fixture
def week(tmp_path: Path) -> Shop:
    return Shop(tmp_path, rises=True)


def test_people_read_what_is_different(week: Shop) -> None:
    """One sentence, the counts before and now, how promises changed, when most, and the ten cases that say most."""
    run = week.ask("next.yaml", "--against", "shop.yaml")
    assert (run.returncode, run.stderr) == (0, "")
    assert "31 promises would end otherwise, and 87 promises would be told otherwise." in run.stdout
    assert re.search(r"^  before +360 +143 +32 +185 .* 81.7%", run.stdout, re.MULTILINE)
    assert re.search(r"^  now +360 +169 +1 +190 .* 99.4%", run.stdout, re.MULTILINE)
    assert "26 broken before, kept now" in run.stdout
    assert "by the clock of Europe/Warsaw" in run.stdout
    told = run.stdout.split("The cases that say most, of each way by turns:\n")[1].splitlines()
    assert told[:2] == [
        "  Mon 2026-03-02 13:23:22  no-wait our-shop/left (1 of 26 broken before, kept now)",
        "    broken, after 1 min, done after 1 min 15 s; told 3 times  ->  kept, after 1 min 15 s; told once",
    ]
    assert len(told) == 20


def test_programs_and_pull_requests_get_the_same(week: Shop) -> None:
    """JSON has every change and the counts by weekday and hour; Markdown has tables, and nobody's text means more."""
    run = week.ask("next.yaml", "--against", "shop.yaml", "--json")
    found = json.loads(run.stdout)
    standard = found["standards"]["no-wait"]
    assert (standard["before"]["broken"], standard["now"]["broken"]) == (32, 1)
    assert sum(way["count"] for way in standard["ways"]) == len(found["changes"]) == 118
    assert sum(standard["changes_by_weekday_and_hour"].values()) == 118
    assert len(found["telling"]) == 10
    text = (week.folder / "next.yaml").read_text(encoding="utf-8")
    (week.folder / "next.yaml").write_text(text.replace("more than three", "<b>three</b> | [three](x)"), "utf-8")
    run = week.ask("next.yaml", "--against", "shop.yaml", "--markdown")
    assert "| now | 360 | 169 | 1 | 190 | 0 | 0 | 0 | 99.4% | 96.7% to 99.9% | 36 |" in run.stdout
    assert r"\<b\>three\</b\> \| \[three\](x)" in run.stdout


def test_a_change_of_words_changes_nothing(week: Shop) -> None:
    """Where every promise ends alike and is told alike, that is all that is said of it."""
    run = week.ask("shop.yaml", "--against", "shop.yaml")
    assert "No difference: every promise ends alike, and is told alike." in run.stdout
    assert "cases" not in run.stdout


def test_a_ledger_of_before_is_as_good_as_its_rules(week: Shop) -> None:
    """What `--ledger` wrote can be compared with: the same difference comes out, and none from itself."""
    assert week.ask("shop.yaml", "--ledger", "before.jsonl").returncode == 0
    by_rules = week.ask("next.yaml", "--against", "shop.yaml").stdout
    by_ledger = week.ask("next.yaml", "--against", "before.jsonl").stdout
    assert by_ledger == by_rules.replace("Before is shop.yaml", "Before is before.jsonl")
    assert "No difference" in week.ask("shop.yaml", "--against", "before.jsonl").stdout
    (week.folder / "before.jsonl").write_text("{}\n", encoding="utf-8")
    assert "bad-ledger: before.jsonl:1:1" in week.refused("--against", "before.jsonl")


def test_a_revision_in_git_is_an_older_version(week: Shop) -> None:
    """A folder of rules is read as it was at a revision, calendars too; nothing in the work tree is touched."""
    git(week.folder, "init", "--quiet")
    rules = week.folder / "rules"
    rules.mkdir()
    (week.folder / "shop.yaml").rename(rules / "shop.yaml")
    (rules / ".hidden.yaml").write_text("no rule", encoding="utf-8")
    git(week.folder, "add", "rules")
    git(week.folder, "-c", "user.name=a", "-c", "user.email=a@localhost", "commit", "--quiet", "-m", "one minute")
    (week.folder / "next.yaml").rename(rules / "shop.yaml")
    (rules / ".hidden.yaml").unlink()
    run = week.ask("rules", "--against", "HEAD")
    assert run.returncode == 0, run.stderr
    assert "31 promises would end otherwise" in run.stdout
    assert "Before is HEAD." in run.stdout
    assert "no file, no folder and no revision 'HEAD~7'" in week.refused("--against", "HEAD~7", rules="rules")
    assert "no revision '--help'" in week.refused("--against=--help", rules="rules")
    (week.folder / "later").mkdir()
    shutil.copy(rules / "shop.yaml", week.folder / "later")
    assert "at HEAD there were no standards at later" in week.refused("--against", "HEAD", rules="later")


def test_a_hook_of_another_repository_does_not_lead_astray(week: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    """Called from a hook of git, the repository is that of the rules, whatever git tells its hooks."""
    monkeypatch.setenv("GIT_DIR", str(ROOT / ".git"))
    assert "is in no git repository" in week.refused("--against", "HEAD")


def git(folder: Path, *words: str) -> None:
    subprocess.run(["git", "-C", str(folder), *words], check=True, capture_output=True)


def test_without_git_the_older_version_is_a_path(week: Shop) -> None:
    """What is neither a path nor in a repository is told, with what would do."""
    assert "is in no git repository" in week.refused("--against", "nothing-of-that-name")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--sweep", "within"), "no-sweep: --sweep error:"),
        (("--sweep", "patience=1..3"), "what can vary is: within, waiting"),
        (("--sweep", "within=1m,2m", "--standard", "no-wat"), "there is no standard 'no-wat'"),
        (("--sweep", "within=1s,2s"), "none of the values can be"),
        (("--sweep", "within=1m", "--against", "next.yaml"), "two questions"),
        (("--against", "next.yaml", "--json", "--markdown"), "choose one"),
        (("--against", "next.yaml", "--jobs", "2"), "leave out --against"),
        (("--standard", "no-wait"), "add --sweep"),
        (("--sweep", "witin=30s..5m"), "did you mean 'within'?"),
        (("--sweep", "within=30s-5m"), "no-sweep"),
        (("--against", "shop.yml"), "did you mean 'shop.yaml'?"),
        (("--against", "map.yml"), "no-standards"),
    ],
)
def test_questions_that_make_no_sense_are_told(week: Shop, arguments: tuple[str, ...], said: str) -> None:
    """Exit code 2, what was found and what would mend it, and no page half written."""
    assert said in week.refused(*arguments, "--html", "page.html")
    assert not (week.folder / "page.html").exists()


def test_events_that_can_be_read_once_are_refused(tmp_path: Path) -> None:
    """Standard input cannot be judged twice, and neither can a pipe with a name."""
    rules, pipe = str(GROCERY / "standards.yaml"), str(tmp_path / "pipe")
    os.mkfifo(pipe)
    assert "write them to a file" in " ".join(
        bad_input("backtest", rules, "--events", pipe, "--against", rules).split()
    )
    assert "write them to a file" in " ".join(bad_input("backtest", rules, "--events", "-", "--against", rules).split())


def test_a_subject_is_text_on_a_line(week: Shop) -> None:
    """What an event calls its queue steers no terminal and breaks no line."""
    rows = [
        {"specversion": "1.0", "id": str(at), "source": "s", "type": "queue.length", "time": f"2026-03-02T10:0{at}:00Z",
         "data": {"site": "a\u2028b", "queue": "\u202ecba", "waiting": 5 - at}}
        for at in range(3)
    ]  # fmt: skip
    (week.folder / "odd.jsonl").write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")
    run = kept("backtest", "next.yaml", "--events", "odd.jsonl", "--against", "shop.yaml", cwd=week.folder)
    assert run.returncode == 0
    assert "a\N{REPLACEMENT CHARACTER}b/\N{REPLACEMENT CHARACTER}cba" in run.stdout
    assert "\u202e" not in run.stdout


def test_what_is_wrong_with_both_versions_is_told_at_once(week: Shop) -> None:
    """A slip in the new rules and one in the old are two findings, each at its place; a path that is near is named."""
    for name, line in (("next.yaml", "whin"), ("shop.yaml", "whne")):
        text = (week.folder / name).read_text(encoding="utf-8")
        (week.folder / name).write_text(text.replace("    when:", f"    {line}:"), encoding="utf-8")
    said = week.refused("--against", "shop.yaml", rules="next.yaml")
    assert "'whin' is not a valid key here" in said
    assert "'whne' is not a valid key here" in said
    assert "did you mean 'shop.yaml'?" in week.refused(rules="shp.yaml")
