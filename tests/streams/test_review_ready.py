"""What is wrong with a question about history is told at once, before any of it is judged; nothing is half written."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.streams.commands import kept
from tests.streams.test_review import Shop


@pytest.fixture
def week(tmp_path: Path) -> Shop:
    return Shop(tmp_path, rises=True)


def test_what_is_wrong_with_rules_and_history_is_told_at_once(week: Shop) -> None:
    """A slip in the rules, a file, an empty folder and a mapping that is not there: all of them, and no page."""
    text = (week.folder / "shop.yaml").read_text(encoding="utf-8")
    (week.folder / "shop.yaml").write_text(text.replace("    when:", "    whn:"), encoding="utf-8")
    empty = week.folder / "empty"
    empty.mkdir()
    asks = ((), ("--against", "next.yaml"), ("--sweep", "within=1m"), ("--html", "page.html"))
    for more in asks:
        run = kept("backtest", "shop.yaml", "--events", "wek.csv", "--events", str(empty), "--map", "mp.yml",
                   *more, cwd=week.folder)  # fmt: skip
        said = " ".join(run.stderr.split())
        assert (run.returncode, run.stdout, run.stderr.count("  error: ")) == (2, "", 4)
        for part in ("'whn' is not a valid key here", "did you mean 'week.csv'?", "this folder has no files", "mp.yml"):
            assert part in said
    assert not (week.folder / "page.html").exists()


def test_a_question_that_makes_no_sense_is_told_with_the_rest(week: Shop) -> None:
    """What --sweep varies, events and a mapping that are not there, and a page without a folder are four findings."""
    run = kept("backtest", "shop.yaml", "--events", "wek.csv", "--map", "mp.yml", "--sweep", "witin=1m",
               "--html", "nowhere/page.html", cwd=week.folder)  # fmt: skip
    said = " ".join(run.stderr.split())
    assert (run.returncode, run.stdout, run.stderr.count("  error: ")) == (2, "", 4)
    for part in ("no-sweep: --sweep error: no standard has a number 'witin'", "did you mean 'week.csv'?", "mp.yml",
                 "no-folder: nowhere/page.html error: there is no folder nowhere fix: make it first"):  # fmt: skip
        assert part in said


def test_values_are_looked_at_though_the_rules_are_wrong(week: Shop) -> None:
    """A range that goes down is told beside a slip in the rules."""
    text = (week.folder / "shop.yaml").read_text(encoding="utf-8")
    (week.folder / "shop.yaml").write_text(text.replace("    when:", "    whn:"), encoding="utf-8")
    said = week.refused("--sweep", "within=5m..30s")
    assert "'whn' is not a valid key here" in said
    assert "write the shorter one first" in said


@pytest.mark.parametrize(
    ("option", "path", "said"),
    [
        ("--html", "nowhere/page.html", "there is no folder nowhere"),
        ("--ledger", "nowhere/ledger.jsonl", "there is no folder nowhere"),
        ("--html", "pages.html", "this is a folder"),
        ("--ledger", "pages.html", "this is a folder"),
    ],
)
def test_where_nothing_can_be_written_nothing_is_judged(week: Shop, option: str, path: str, said: str) -> None:
    """Told beside what else is wrong, and not after minutes of work."""
    (week.folder / "pages.html").mkdir()
    assert said in week.refused(option, path)
    assert "there is no such file" in week.refused(option, path, "--events", "gone.csv")


def test_a_ledger_stays_until_the_next_one_is_whole(week: Shop) -> None:
    """Where a run ends early, the ledger of before is as it was, and no half of another lies beside it."""
    assert week.ask("shop.yaml", "--ledger", "ledger.jsonl").returncode == 0
    before = (week.folder / "ledger.jsonl").read_bytes()
    names = sorted(path.name for path in week.folder.iterdir())
    with (week.folder / "week.csv").open("a", encoding="utf-8") as table:
        table.write("no time,left,3,no\n")
    assert week.ask("next.yaml", "--ledger", "ledger.jsonl", "--strict").returncode == 2
    assert (week.folder / "ledger.jsonl").read_bytes() == before != b""
    assert sorted(path.name for path in week.folder.iterdir()) == names


def test_a_ledger_can_go_where_there_is_no_file(week: Shop) -> None:
    """A device is written to as it is; it is not replaced."""
    assert week.ask("shop.yaml", "--ledger", "/dev/null").returncode == 0
    assert Path("/dev/null").is_char_device()


def test_a_ledger_takes_no_rules_place(week: Shop) -> None:
    """A document in a folder that is read is no place to write to, whether it is there or not."""
    rules = week.folder / "rules"
    rules.mkdir()
    before = (week.folder / "shop.yaml").rename(rules / "shop.yaml").read_bytes()
    for name in ("rules/shop.yaml", "rules/more.yml"):
        assert "is read too" in week.refused("--ledger", name, rules="rules")
    assert (rules / "shop.yaml").read_bytes() == before


def test_a_bad_ledger_is_told_with_the_rest(week: Shop) -> None:
    """What --against names is read before anything is judged, a ledger as well as rules."""
    (week.folder / "before.jsonl").write_text("{}\n", encoding="utf-8")
    said = week.refused("--against", "before.jsonl", "--events", "gone.csv", "--html", "nowhere/page.html")
    for part in ("bad-ledger: before.jsonl:1:1", "no-file: gone.csv", "no-folder: nowhere/page.html"):
        assert part in said


def test_a_page_that_cannot_be_written_is_told_by_its_own_name(week: Shop) -> None:
    """Where it shows only in the end that a place takes no file, it is the page that is named, and nothing else."""
    run = week.ask("shop.yaml", "--html", "/proc/page.html")
    assert (run.returncode, run.stdout) == (3, "")
    assert run.stderr.startswith("kept: /proc/page.html: ")
