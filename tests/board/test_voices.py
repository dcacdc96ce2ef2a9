"""The promises of Voices: what customers said is told with how sure it is, when its month is over, and of no few."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from standards.judge.events import microseconds, moment
from standards.practice.periods import begun_quarter, months_before
from standards.practice.practice import Whose
from tests.board.peopled import ALL, POLICY, entered, of_a_team
from tests.board.serving import Served
from tests.streams.asking import Peopled, cloud
from tests.streams.hosting import SECOND, T0

STANDARDS = """
kept: 1
standards:
  put-right: {promise: A person answers., per: contact, carry: site, when: complaint.received,
    expect: followup.completed, within: 1h}
"""
PRACTICE = """
kept: 1
teams: {north: {lead: floor-lead, site: s3}, south: {lead: floor-lead, site: s4}, idle: {lead: floor-lead, site: s5}}
rewards: {voucher: {title: A voucher, value: 10}}
"""
UNTIL = microseconds(datetime(2026, 3, 2, tzinfo=UTC))


@pytest.fixture
def practised(tmp_path: Path) -> Iterator[Served]:
    with of_a_team(tmp_path, STANDARDS, Peopled(POLICY, practice=PRACTICE)) as served:
        yield served


def complain(served: Served, count: int, topic: str, begins: str, site: str = "s3") -> None:
    events = (
        cloud("complaint.received", f"{begins}{number}", served.now, contact=f"{begins}{number}", topic=topic,
              site=site, customer="Secret", comment="Secret words") for number in range(count)
    )  # fmt: skip
    served.send(*events)


def score(served: Served, values: list[int], begins: str, site: str = "s3") -> None:
    events = (
        cloud("survey.answered", f"{begins}-{number}", served.now, contact=f"{begins}{number}", score=float(value),
              site=site, comment="Secret words") for number, value in enumerate(values)
    )  # fmt: skip
    served.send(*events)


def go_to(served: Served, at: int) -> None:
    served.go((at - served.now) // SECOND)


def part(served: Served, name: str, team: str = "north") -> str:
    page = entered(served, "viewer")[0].ask(f"/voices?team={team}")[2]
    assert "Secret" not in page
    return page.partition(f'id="{name}"')[2].partition("</section>")[0]


def test_topics_have_an_interval_and_a_trend(practised: Served) -> None:
    """A topic says how many, which share and how sure that is, and whether it is more than chance explains."""
    complain(practised, 6, "price", "a")
    complain(practised, 8, "tone", "b")
    assert part(practised, "complaints") == ""
    go_to(practised, UNTIL - 20 * 86_400 * SECOND)
    complain(practised, 30, "price", "c")
    complain(practised, 9, "tone", "d")
    complain(practised, 2, "noise", "e")
    complain(practised, 3, "Marek is rude", "f")
    assert "No complaint.received" not in part(practised, "complaints")
    go_to(practised, UNTIL)
    found = part(practised, "complaints")
    price, tone, *few = found.split("<li>")[1:]
    assert "30 complaints" in price
    assert "77% of 39 (62–87%)" in price
    assert "More than in the month before, and more than chance explains." in price
    assert "No change to the month before that chance could not explain." in tone
    assert ["Not named: fewer than 5 each" in each for each in few] == [True]
    assert ("noise" in found, "Marek" in found) == (False, False), "a topic may be a name"
    assert "No complaint.received came" in part(practised, "complaints", "south")


def test_scores_after_broken_stand_beside_those_after_kept(practised: Served) -> None:
    """Who had a broken promise is set beside who had kept ones, each with how sure it is; few are not shown."""
    complain(practised, 6, "price", "k")
    practised.send(
        *(cloud("followup.completed", f"f{number}", practised.now, contact=f"k{number}") for number in range(6))
    )
    complain(practised, 7, "price", "b")
    practised.go(4000)
    score(practised, [5, 5, 4, 5, 5, 4], "k")
    score(practised, [1, 2, 1, 2, 1, 1, 3], "b")
    go_to(practised, UNTIL)
    scores, after = part(practised, "scores"), part(practised, "after")
    assert scores.count("no survey.answered came.") == 2
    assert "<b>3</b>, from 13 answers (2.1 to 3.9)" in scores
    broken, kept = after.split("<li>")[1:]
    assert "After a promise that was broken" in broken
    assert "<b>1.6</b>" in broken
    assert "<b>4.7</b>" in kept
    assert "Who had a broken promise scored us lower, more than chance explains." in after


def test_few_scores_are_not_shown(practised: Served) -> None:
    """Fewer than five answers of a month, or after broken promises, are no figure at all."""
    score(practised, [1, 2, 3, 4], "x")
    go_to(practised, UNTIL)
    assert part(practised, "scores").count("fewer than 5") == 1
    assert "of one or the other there were fewer than five" in part(practised, "after")
    assert "<b>" not in part(practised, "scores")


def test_no_page_gives_what_another_hides(practised: Served) -> None:
    """Two sites without the one would be the few of the other: so the larger one hides too, and the house is told."""
    go_to(practised, UNTIL - 20 * 86_400 * SECOND)
    complain(practised, 40, "price", "a")
    complain(practised, 2, "price", "b", site="s4")
    score(practised, [5] * 20, "a")
    score(practised, [1, 2], "b", site="s4")
    go_to(practised, UNTIL)
    assert ["Other topics" in part(practised, "complaints", team) for team in ("north", "south")] == [True, True]
    assert "price" not in part(practised, "complaints") + part(practised, "complaints", "south")
    assert "Not shown: it would tell" in part(practised, "scores")
    assert "fewer than 5" in part(practised, "scores", "south")
    cells = practised.caller.host.read_model.cells
    span = cells.closed("month", 1)[0]
    assert cells.topics(span, Whose()).counts == {"price": 42}


def test_how_many_were_asked_stands_beside_how_many_answered(practised: Served) -> None:
    """A survey says how many of those asked answered; where the scores are of a few, that is not told either."""
    practised.send(cloud("survey.sent", "s1", practised.now, team="north", asked=30, kind="door"))
    practised.send(cloud("survey.sent", "s2", practised.now, team="south", asked=20))
    score(practised, [5] * 12, "a")
    score(practised, [5] * 4, "b", site="s4")
    go_to(practised, UNTIL)
    assert "Not shown: it would tell" in part(practised, "scores")
    assert " asked" not in part(practised, "scores") + part(practised, "scores", "south")
    practised.send(cloud("survey.sent", "s3", practised.now, team="north", asked=30, kind="door"))
    score(practised, [5] * 12, "c")
    go_to(practised, UNTIL + 31 * 86_400 * SECOND)
    assert "12 of 30 who were asked answered (40%)." in part(practised, "scores")


def test_a_month_says_when_it_is_counted(practised: Served) -> None:
    """Before that there is no number of it, however much was said, and nothing says that none came."""
    complain(practised, 30, "price", "a")
    page = entered(practised, "viewer")[0].ask("/voices?team=north")[2]
    assert "From Thu 1 Jan to Sat 31 Jan: counted on Mon 2 Feb." in page
    assert "No month is counted yet." in page
    assert ("30" in page.partition("<main")[2].replace("30 Nov", ""), "No complaint" in page) == (False, False)


def test_what_comes_after_it_was_counted_changes_nothing(practised: Served) -> None:
    """A month stays as it was told; and of what it was counted from nothing is left."""
    at = practised.now
    complain(practised, 6, "price", "a")
    go_to(practised, UNTIL)
    go_to(practised, UNTIL + 2 * 86_400 * SECOND)
    before = part(practised, "complaints"), part(practised, "scores")
    late = (cloud("complaint.received", f"late{n}", at, contact=f"late{n}", topic="price", site="s3") for n in range(9))
    practised.send(*late)
    go_to(practised, UNTIL + 3 * 86_400 * SECOND)
    assert (part(practised, "complaints"), part(practised, "scores")) == before
    go_to(practised, UNTIL + 35 * 86_400 * SECOND)
    assert practised.caller.host.read_model.board.actions(types=("complaint.received",)) == []


def test_three_months_do_not_give_one_of_them(practised: Served) -> None:
    """A month that has too few scores is not part of those that stand together, either."""
    score(practised, [5] * 8, "a")
    go_to(practised, UNTIL - 20 * 86_400 * SECOND)
    score(practised, [1, 2, 3], "b")
    go_to(practised, UNTIL)
    assert "fewer than 5" in part(practised, "scores")
    assert "from 8 answers (" in part(practised, "after")


def test_what_is_only_counted_is_kept_without_anybody(practised: Served) -> None:
    """Of a complaint and a score nothing is kept among the acts that names anybody, and nothing is listed."""
    complain(practised, 1, "price", "a")
    score(practised, [3], "x")
    acts = practised.caller.host.read_model.board.actions()
    assert "Secret" not in str(acts)
    assert {act.type for _, act in acts} == {"complaint.received", "survey.answered"}
    answer = practised.do(practised.caller.get("/v1/acts", Authorization=f"Bearer {ALL.token}"))
    assert (answer.status, answer.json["items"]) == (200, [])


def test_months_and_quarters_begin_where_one_is() -> None:
    """They are whole ones of the site's own calendar, also over the turn of the year."""
    zone = ZoneInfo("Europe/Warsaw")
    days = [f"{moment(at).astimezone(zone):%Y-%m-%d %H}" for at in months_before(T0, zone, 3)]
    assert days == ["2025-10-01 00", "2025-11-01 00", "2025-12-01 00", "2026-01-01 00"]
    assert f"{moment(begun_quarter(days_in_may(zone), zone)).astimezone(zone):%Y-%m-%d %H}" == "2026-04-01 00"


def days_in_may(zone: ZoneInfo) -> int:
    return microseconds(datetime(2026, 5, 20, tzinfo=zone))
