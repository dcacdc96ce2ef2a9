"""The promises of rates of what is owed for each person alone: by the month, of five people at least, nowhere else."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.board.peopled import ALL, POLICY, TOKENS, entered, of_a_team
from tests.board.serving import Served
from tests.board.test_voices import UNTIL, go_to
from tests.streams.asking import Peopled, cloud
from tests.streams.hosting import SECOND

DAY = 86_400 * SECOND
STANDARDS = """
kept: 1
standards:
  coach-comes: {promise: Who asks for a coach gets one., owner: floor-lead, aspect: follow-through, per: agent,
    carry: team, when: coaching.asked, expect: coaching.completed, within: 2d, objective: {kept: 90%, over: 28d}}
"""
PRACTICE = """
kept: 1
teams: {north: {lead: floor-lead, site: s3}}
goals: {coached: {team: north, standard: coach-comes, kept: 90%, over: month}}
"""
TOO_EARLY = "It is owed for each person alone"


@pytest.fixture
def house(tmp_path: Path) -> Iterator[Served]:
    with of_a_team(tmp_path, STANDARDS, Peopled(POLICY, practice=PRACTICE)) as served:
        yield served


def coach(served: Served, people: int, come: int) -> None:
    """Have so many people ask for a coach, to some of whom one comes."""
    served.send(*(cloud("coaching.asked", f"a{n}", served.now, agent=f"p{n}", team="north") for n in range(people)))
    served.send(*(cloud("coaching.completed", f"c{n}", served.now, agent=f"p{n}", team="north", by="k")
                  for n in range(come)))  # fmt: skip
    go_to(served, served.now + 4 * DAY)
    go_to(served, UNTIL)


def card(served: Served, path: str) -> str:
    page = entered(served, "viewer")[0].ask(path)[2].partition("<main")[2].partition("<footer")[0]
    return page.partition("coach-comes")[2].partition("</li>")[0]


def test_a_month_is_told_of_five_people(house: Served) -> None:
    """Standards and the standard's own page have the share of the month that was counted, and when the next one is."""
    coach(house, 6, 5)
    for path in ("/standards", "/standards/coach-comes"):
        found = card(house, path)
        assert (TOO_EARLY in found, "From Thu 1 Jan to Sat 31 Jan: kept 83% of 6" in found) == (True, True), path
        assert "From Sun 1 Mar to Tue 31 Mar: counted on Thu 2 Apr." in found
        assert ("7 days" in found, "svg" in found) == (False, False)


def test_of_four_people_nothing_is_told(house: Served) -> None:
    """Neither how many, nor which share."""
    coach(house, 4, 3)
    found = card(house, "/standards")
    assert ("From Thu 1 Jan to Sat 31 Jan: fewer than 5" in found, "75%" in found) == (True, False)


def test_no_other_outlet_counts_it(house: Served) -> None:
    """Not Today, beside its goal or for the lead; not the API, nor the metrics, which machines read."""
    coach(house, 6, 5)
    today = entered(house, "supervisor")[0].ask("/today?team=north")[2]
    assert today.count("how it went is told by the month, under Standards.") == 2
    assert "83%" not in today
    token = f"Bearer {TOKENS['supervisor']}"
    scores = house.do(house.caller.get("/v1/score", Authorization=token)).json["items"]
    assert [each["standard"] for each in scores] == ["no-wait"]
    one = house.do(house.caller.get("/v1/score?standard=coach-comes", Authorization=token))
    assert (one.status, "owed for each person alone" in one.json["detail"]) == (404, True)
    metrics = house.do(house.caller.get("/metrics", Authorization=f"Bearer {ALL.token}")).text
    (said,) = [line for line in metrics.splitlines() if "coach-comes" in line]
    assert said.startswith("kept_standard_info"), "no deadline, nothing open, overdue or counted"
    assert "coaching." not in metrics, "and how many asked is told with all else that is private"


def test_nor_once_it_is_not_in_force_any_more(house: Served, tmp_path: Path) -> None:
    """Who takes such a standard out of the files has not made its score public by that."""
    coach(house, 6, 5)
    token = f"Bearer {TOKENS['supervisor']}"
    (tmp_path / "rules" / "team.yaml").unlink()
    (tmp_path / "rules" / "practice.yaml").write_text("kept: 1\nrewards: {}", encoding="utf-8")
    assert house.do(house.caller.host.reload())
    scores = house.do(house.caller.get("/v1/score", Authorization=token)).json["items"]
    assert "coach-comes" not in [each["standard"] for each in scores]
