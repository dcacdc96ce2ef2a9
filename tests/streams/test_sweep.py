"""`kept backtest --sweep` as authors use it: which number could be kept, and how many messages it would send."""

import json
import re
from pathlib import Path

import pytest

from tests.streams.commands import ROOT, kept
from tests.streams.test_backtest import DATA, needs_data
from tests.streams.test_cli import GROCERY
from tests.streams.test_review import Shop


@pytest.fixture
def week(tmp_path: Path) -> Shop:
    """A week of one shop."""
    return Shop(tmp_path, rises=True)


def test_an_author_picks_a_promise_that_can_be_kept(week: Shop) -> None:
    """A row for each deadline, the present one marked, messages counted, and the first value that can be kept."""
    run = week.ask("shop.yaml", "--sweep", "within=30s..5m")
    assert (run.returncode, run.stderr) == (0, "")
    rows = re.findall(r"^(\S+)(?: \(now\))? +360 +(\d+) +(\d+) ", run.stdout, re.MULTILINE)
    assert rows == [("30s", "82", "118"), ("45s", "122", "62"), ("1m", "143", "32"), ("1m30s", "161", "10"),
                    ("2m", "169", "1"), ("2m30s", "169", "1"), ("3m", "170", "0"), ("4m", "170", "0"),
                    ("5m", "170", "0")]  # fmt: skip
    assert "1m (now)" in run.stdout
    assert "within=2m is the first that keeps its objective of 95 %" in run.stdout


def test_each_row_is_what_the_rule_with_that_number_does(week: Shop) -> None:
    """The counts of a value are those of a backtest of a document with that value in it."""
    found = json.loads(week.ask("shop.yaml", "--sweep", "waiting=2..6", "--json").stdout)
    text = (week.folder / "shop.yaml").read_text(encoding="utf-8")
    for value in found["values"]:
        number = value["value"]
        changed = text.replace("waiting > 3", f"waiting > {number}").replace("waiting <= 3", f"waiting <= {number}")
        (week.folder / "tried.yaml").write_text(changed, encoding="utf-8")
        plain = json.loads(week.ask("tried.yaml", "--json").stdout)["standards"]["no-wait"]
        assert {key: value[key] for key in plain} == plain


def test_messages_are_those_of_the_policy(week: Shop) -> None:
    """With a policy among the files, what it holds back is not counted."""
    without = json.loads(week.ask("shop.yaml", "--sweep", "within=60s", "--json").stdout)
    policy = "kept: 1\npeople: {ann: {budget: 1}}\nroutes: [{tell: ann}]\n"
    (week.folder / "policy.yaml").write_text(policy, encoding="utf-8")
    run = kept("backtest", "shop.yaml", "policy.yaml", "--events", "week.csv", "--map", "map.yml",
               "--sweep", "within=60s", "--json", cwd=week.folder)  # fmt: skip
    held = json.loads(run.stdout)
    assert (without["by_policy"], held["by_policy"]) == (False, True)
    assert 0 < held["values"][0]["messages"] < without["values"][0]["messages"] / 2


def test_a_number_is_tried_beside_the_promises_that_its_clock_hears_of(week: Shop) -> None:
    """Where a pause waits for another standard's promise, that standard is judged along with each value."""
    rules = (week.folder / "shop.yaml").read_text(encoding="utf-8")
    hearing = """
  calm-line:
    promise: A long line is short again within two minutes, not counting while we fail at the till.
    what: Send help.
    why: Long lines drive people away.
    owner: floor-lead
    per: [site, queue]
    when: {event: queue.length, where: waiting > 3}
    expect: {event: queue.length, where: waiting <= 3}
    within: 2m
    pause:
      when: {event: promise.broken, where: standard == "no-wait"}
      until: {event: queue.length, where: waiting <= 3}
"""
    (week.folder / "shop.yaml").write_text(rules.rstrip() + hearing, encoding="utf-8")
    whole = json.loads(week.ask("shop.yaml", "--json").stdout)
    swept = json.loads(week.ask("shop.yaml", "--sweep", "within=2m", "--standard", "calm-line", "--json").stdout)
    [value] = swept["values"]
    assert {name: value[name] for name in ("opened", "kept", "broken")} == {"opened": 360, "kept": 346, "broken": 14}
    assert whole["standards"]["calm-line"]["broken"] == 14


def test_a_value_that_cannot_be_is_told_beside_the_others(week: Shop) -> None:
    """A warning 15 s before the end of 10 s is no rule: that value has no row, and a reason."""
    run = week.ask("shop.yaml", "--sweep", "within=10s,60s")
    assert run.returncode == 0
    assert re.search(r"^within=10s cannot be: .+\.$", run.stdout, re.MULTILINE)
    assert "1 promise" not in run.stdout


@needs_data
def test_real_lines_are_swept_as_they_were_counted(tmp_path: Path) -> None:
    """Two deadlines of the Warsaw offices give the numbers that a separate script has counted."""
    folder = ROOT / "examples" / "warsaw"
    run = kept(
        "backtest", str(folder / "standards.yaml"), "--events", str(DATA / "warsaw_offices_2020-01-07_10.csv"),
        "--map", str(folder / "map.yaml"), "--sweep", "within=5m,10m", "--standard", "counter-opened-in-ten-minutes",
        "--json", "--html", "page.html", cwd=tmp_path,
    )  # fmt: skip
    found = json.loads(run.stdout)["values"]
    assert [(it["opened"], it["kept"], it["void"], it["broken"]) for it in found] == [
        (329, 7, 94, 228), (329, 11, 160, 158),
    ]  # fmt: skip
    assert (tmp_path / "page.html").stat().st_size < 100_000


def test_a_period_by_the_calendar_can_be_tried_beside_lengths(tmp_path: Path) -> None:
    """A week has no length to compare, and is a value like others."""
    pack, events = str(ROOT / "standards" / "packs" / "team.yaml"), str(GROCERY / "events.jsonl")
    run = kept("backtest", pack, "--events", events, "--sweep", "every=week,10d", "--standard", "team-meets-weekly",
               "--json", cwd=tmp_path)  # fmt: skip
    found = json.loads(run.stdout)
    assert ([it["value"] for it in found["values"]], found["now"]) == (["week", "10d"], "week")
