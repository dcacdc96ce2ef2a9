"""The pages and the words of a review: pictures that can be read, renamed standards, and what is wrong told at once."""

from __future__ import annotations

import itertools
import json
import re
from collections import Counter
from pathlib import Path

import pytest

from standards.calendar.duration import MINUTE
from standards.judge.score import Score
from standards.judge.standard import UTC_ZONE
from standards.review.tally import BINS, Tally
from streams.backtest.result import Result
from streams.review.pictures import kept_rates, timeline, waits
from streams.review.pictures import week as week_of
from streams.review.scales import days_of, scale_of, shade, shades
from streams.review.sweeping import Sweep, Tried
from tests.streams.commands import kept
from tests.streams.test_review import Shop


@pytest.fixture
def week(tmp_path: Path) -> Shop:
    return Shop(tmp_path, rises=True)


@pytest.mark.parametrize(
    ("arguments", "pictures"),
    [(("--against", "shop.yaml"), 6), (("--sweep", "within=1m,2m"), 1), ((), 3)],
)
def test_a_page_stands_alone(week: Shop, arguments: tuple[str, ...], pictures: int) -> None:
    """One file without scripts or addresses, its policy closed, a title and a table for each picture, texts escaped."""
    text = (week.folder / "next.yaml").read_text(encoding="utf-8")
    (week.folder / "next.yaml").write_text(text.replace("You will", "<script>alert(1)</script> You will"), "utf-8")
    assert week.ask("next.yaml", *arguments, "--html", "page.html").returncode == 0
    page = (week.folder / "page.html").read_text(encoding="utf-8")
    assert page.startswith("<!doctype html>")
    assert "default-src 'none'" in page.replace("&#x27;", "'")
    assert "<script" not in page
    assert "&lt;script&gt;" in page
    assert "http" not in page.replace("http-equiv", "")
    assert page.count("<svg") == page.count('role="img"') == pictures
    assert page.count("</title>") == pictures + 1
    assert page.count("<table") >= pictures


def test_a_page_never_takes_the_place_of_a_file_of_ones_own(week: Shop) -> None:
    """What does not end like a page is refused before anything is read, and is as it was."""
    before = (week.folder / "shop.yaml").read_bytes()
    for name in ("shop.yaml", "week.csv", "page"):
        assert "end it in .html" in week.refused("--html", name)
    assert "is read too" in week.refused("--ledger", "./shop.yaml")
    assert (week.folder / "shop.yaml").read_bytes() == before
    run = kept("staff", "shop.yaml", "--events", "week.csv", "--map", "map.yml", "--html", "week.csv", cwd=week.folder)
    assert (run.returncode, run.stdout) == (2, "")


def renamed(week: Shop, *more: str) -> str:
    """Give what is said of a version in which no-wait has another name."""
    text = (week.folder / "next.yaml").read_text(encoding="utf-8")
    (week.folder / "next.yaml").write_text(text.replace("  no-wait:", "  short-lines:"), "utf-8")
    run = week.ask("next.yaml", "--against", "shop.yaml", *more)
    assert run.returncode == 0, run.stderr
    return run.stdout


def test_a_standard_under_a_new_name_is_compared_with_its_old_self(week: Shop) -> None:
    """Whose promises are for the same moments is in the other's place; the difference is what it was without that."""
    said = renamed(week)
    assert "31 promises would end otherwise, and 87 promises would be told otherwise." in said
    assert "It is in the place of no-wait: whoever was promised one is promised the other." in said
    assert re.search(r"^  before +360 +143 +32 ", said, re.MULTILINE)
    assert "\nno-wait:" not in said


def test_a_new_name_is_told_in_every_form(week: Shop) -> None:
    """JSON has the old name of each new one; Markdown and the page say it where the standard is told."""
    found = json.loads(renamed(week, "--json", "--html", "page.html"))
    assert found["renamed"] == {"short-lines": "no-wait"}
    assert found["standards"]["short-lines"]["before"]["broken"] == 32
    assert "in the place of no-wait" in (week.folder / "page.html").read_text(encoding="utf-8")
    run = week.ask("next.yaml", "--against", "shop.yaml", "--markdown")
    assert "in the place of no-wait" in run.stdout


def test_the_clock_is_that_of_the_table(week: Shop) -> None:
    """From when to when the events are is told by the clock of the table, as the hours below are."""
    said = week.ask("next.yaml", "--against", "shop.yaml").stdout
    assert "from 2026-03-02 08:00 to 2026-03-07 19:56 by the clock of Europe/Warsaw. Before" in said


def open_hours(week: Shop, name: str, zone: str) -> str:
    """Give a rule its own calendar, and history as JSON lines, which have no clock but UTC."""
    text = (week.folder / name).read_text(encoding="utf-8")
    calendar = f"kept: 1\ncalendars:\n  open: {{timezone: {zone}, hours: {{mon-sun: '00:00-23:00'}}}}\n"
    text = text.replace("kept: 1\n", calendar, 1).replace("    within:", "    calendar: open\n    within:", 1)
    (week.folder / name).write_text(text, encoding="utf-8")
    rows = [
        {"specversion": "1.0", "id": str(at), "source": "s", "type": "queue.length", "time": f"2026-03-02T20:{at}:00Z",
         "data": {"site": "s1", "queue": "q1", "waiting": 5 if at < 40 else 0}}
        for at in range(30, 45)
    ]  # fmt: skip
    (week.folder / "live.jsonl").write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")
    return zone


def said_of(week: Shop, *more: str) -> str:
    run = kept("backtest", "next.yaml", "--events", "live.jsonl", *more, cwd=week.folder)
    assert run.returncode == 0, run.stderr
    return run.stdout


def test_a_page_has_the_clock_of_its_calendar(week: Shop) -> None:
    """Events that have no clock of their own are told by the only one there is, in the head as in each case."""
    zone = open_hours(week, "next.yaml", "Asia/Tokyo")
    said = said_of(week, "--against", "shop.yaml", "--html", "page.html")
    head = f"15 events, from 2026-03-03 05:30 to 2026-03-03 05:44 by the clock of {zone}."
    assert said.startswith(head)
    assert re.search(r"^  Tue 2026-03-03 05:30:00  no-wait", said, re.MULTILINE)
    assert head in (week.folder / "page.html").read_text(encoding="utf-8")
    assert said_of(week, "--sweep", "within=1m,2m").startswith(head)


def test_a_case_by_another_clock_names_it(week: Shop) -> None:
    """Where the table has a clock and the standard another, cases say whose hours they are told in."""
    open_hours(week, "next.yaml", "Asia/Tokyo")
    said = week.ask("next.yaml", "--against", "shop.yaml").stdout
    assert "by the clock of Europe/Warsaw. Before" in said
    assert re.search(r"^  Mon 2026-03-02 21:23:22 Asia/Tokyo  no-wait", said, re.MULTILINE)


def test_versions_beside_each_other_are_told_by_one_clock(week: Shop) -> None:
    """Where a calendar is what changed, the hours of before are counted by the clock of now, under an old name too."""
    open_hours(week, "next.yaml", "Asia/Tokyo")
    for old, new in (("  no-wait:", "  no-wait:"), ("  no-wait:", "  short-lines:")):
        text = (week.folder / "next.yaml").read_text(encoding="utf-8")
        (week.folder / "next.yaml").write_text(text.replace(old, new), encoding="utf-8")
        assert week.ask("next.yaml", "--against", "shop.yaml", "--html", "page.html").returncode == 0
        page = (week.folder / "page.html").read_text(encoding="utf-8")
        before, now = (
            part.split("</table>")[0] for part in page.split("how many were broken, and of how many, ")[2::2]
        )
        rows = [re.findall(r'<th scope="row">(.*?)</th>', part) for part in (before, now)]
        assert rows[0] == rows[1] != []


def test_a_ledger_does_not_say_what_its_deadline_was(week: Shop) -> None:
    """Who compares with a ledger sees how long it took by the deadline of now, and no guess about the one before."""
    assert week.ask("shop.yaml", "--ledger", "before.jsonl").returncode == 0
    assert week.ask("next.yaml", "--against", "before.jsonl", "--html", "page.html").returncode == 0
    page = (week.folder / "page.html").read_text(encoding="utf-8")
    assert re.findall(r"<figcaption>How long it took, (\w+)", page) == ["now"]
    assert re.findall(r">deadline, ([^<]+)<", page) == ["2 min"]


def test_nobodys_text_means_more_in_a_pull_request(week: Shop) -> None:
    """The name of an older file, and what is wrong with a value, stay text in Markdown."""
    (week.folder / "shop.yaml").rename(week.folder / "a_~old~_&amp;.yaml")
    said = week.ask("next.yaml", "--against", "a_~old~_&amp;.yaml", "--markdown").stdout
    assert r"Before is a\_\~old\~\_\&amp;.yaml." in said
    said = week.ask("next.yaml", "--sweep", "within=10s,2m", "--markdown").stdout
    assert "* within=10s cannot be: " in said


def counted(took: list[int]) -> Tally:
    return Tally("a", Counter(), {}, {}, took)


def test_a_last_bar_that_would_flatten_the_others_is_cut_and_numbered() -> None:
    """Where most took very long, the others are drawn to their own scale, and the last one says how many it has."""
    others = [4, 2] + [0] * (BINS - 2)
    cut, whole = (str(waits(counted([*others, last]), MINUTE, "a")) for last in (900, 8))
    assert "900, cut short" in cut
    assert "cut short" not in whole
    assert re.findall(r'height="(\d+)" class="kept"', cut) == ["138", "69"]
    assert "3 were done" not in cut
    assert "906 were done" in cut


def test_hours_are_told_apart_where_everything_broke() -> None:
    """An hour has the colour of how many were broken, beside the most in any hour, and says of how many."""
    assert [shade(broken, 12) for broken in (0, 1, 3, 4, 6, 7, 9, 10, 12)] == [
        "fine", "some", "some", "many", "many", "most", "most", "all", "all",
    ]  # fmt: skip
    hours = {(0, hour): Counter({"broken": broken}) for hour, broken in ((9, 13), (10, 1))}
    hours[2, 10] = Counter({"kept": 1_500, "void": 4})
    hours[3, 10] = Counter({"void": 4})
    tallied = Tally("a", Counter(), {(739_000, 9): Counter()}, hours, [])
    drawn = str(week_of(tallied, "a", scale_of([tallied])))
    assert re.findall(r'class="hour (\w+)"', drawn).count("none") == 10
    assert re.findall(r'class="count (?!of)(\w+)">([^<]+)<', drawn) == [("all", "13"), ("some", "1"), ("fine", "0")]
    assert re.findall(r">of ([^<]+)<", drawn) == ["13", "1", "1.5k"]


@pytest.mark.parametrize(
    ("most", "said"),
    [
        (0, ["none broken"]),
        (1, ["none broken", "1 broken"]),
        (3, ["none broken", "1 broken", "2", "3"]),
        (13, ["none broken", "1 to 3 broken", "4 to 6", "7 to 9", "10 to 13"]),
    ],
)
def test_a_legend_says_which_numbers_a_colour_stands_for(most: int, said: list[str]) -> None:
    """Each number up to the most has a colour, and its colour is the one that is drawn."""
    found = shades(most)
    assert [words for _, words in found] == said
    assert {shade(broken, most) for broken in range(most + 1)} == {kind for kind, _ in found}


def test_pictures_beside_each_other_have_one_scale(week: Shop) -> None:
    """Before and now are drawn to the same height and in the same colours, so that less looks like less."""
    assert week.ask("next.yaml", "--against", "shop.yaml", "--html", "page.html").returncode == 0
    page = (week.folder / "page.html").read_text(encoding="utf-8")
    legends = re.findall(r'<ul class="legend">(.*?)</ul>', page)[1:]
    assert len(legends) == 2
    assert legends[0] == legends[1]


@pytest.mark.parametrize(("days", "count", "first"), [((0, 2), 2 * 24 + 4, "06-16 09h"), ((0, 9), 10, "06-16")])
def test_versions_are_drawn_over_the_same_days(days: tuple[int, int], count: int, first: str) -> None:
    """Who has promises on the first day, and who has some on the last, are drawn from the first to the last."""
    early, late = (
        Tally(
            name, Counter(), {(738_687 + day, 9 + 3 * (day > 0)): Counter({"kept": 2})}, {(day, 9 + day): Counter()}, []
        )
        for name, day in zip("ab", days, strict=True)
    )
    scale = scale_of([early, late])
    assert (scale.top, scale.hours, scale.most) == (2, range(9, 10 + days[1]), 0)
    drawn = [days_of(tally, scale) for tally in (early, late)]
    assert [label for label, _ in drawn[0]] == [label for label, _ in drawn[1]]
    assert [(len(bars), bars[0][0], sum(counts[0] for _, counts in bars)) for bars in drawn] == [(count, first, 2)] * 2


@pytest.mark.parametrize(("kind", "hours", "count"), [("day", 1, 8), ("hour", 12, 5)])
def test_no_label_hangs_over_the_edge_or_into_another(kind: str, hours: int, count: int) -> None:
    """Of a month of days, or two days by the hour, so many have a label as there is room for."""
    days = {(739_000 + day, 9 + hour): Counter({"kept": 123_456}) for day in range(31 if kind == "day" else 2)
            for hour in range(hours)}  # fmt: skip
    tallied = Tally("a", Counter({"kept": 1}), days, {(0, 9): Counter()}, [])
    drawn = str(timeline(tallied, "a", scale_of([tallied])))
    labels = [float(x) for x in re.findall(r'<text x="([\d.]+)" [^>]*text-anchor="middle"', drawn)]
    wide = 35 if kind == "day" else 63
    assert len(labels) == count
    assert all(60 < x < 480 - wide / 2 for x in labels)
    assert all(later - x > wide for x, later in itertools.pairwise(labels))
    assert ">123k</text>" in drawn


@pytest.mark.parametrize("goal", [0.9, 0.3])
def test_an_objective_has_its_number_where_there_is_room(goal: float) -> None:
    """The dashed line says what it is, unless the scale of messages is in its place."""
    score = Score(opened=2, kept=1, broken=1, void=0, excused=0, unknown=0)
    drawn = str(kept_rates(Sweep("a", "", "x", "1", [Tried("1", score, 3)], 1.0, goal, False, Result(), UTC_ZONE)))
    assert 'class="goal"' in drawn
    assert (">90%</text>" in drawn) == (goal == 0.9)
