"""The day's promises: what a team owes and how it goes, quality beside speed, and nothing said that is not known."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from standards.judge.events import microseconds
from standards.practice.periods import begun
from tests.board.peopled import POLICY, entered, of_a_team
from tests.board.serving import Served, fill
from tests.board.visiting import Visitor
from tests.streams.asking import Peopled, cloud, waiting
from tests.streams.hosting import T0

STANDARDS = """
kept: 1
standards:
  never-brusque: {promise: We stay polite., aspect: courtesy, per: contact, when: complaint.received,
    must: topic != "tone"}
  lead-walks: {promise: I walk the floor., owner: floor-lead, aspect: follow-through, per: team,
    expect: meeting.held, every: day}
  lead-listens: {promise: I listen., owner: floor-lead, aspect: follow-through, per: team,
    expect: survey.sent, every: week}
"""
PRACTICE = """
kept: 1
teams:
  north: {lead: floor-lead, site: s3}
  south: {lead: floor-lead, site: s4}
goals:
  lines: {team: north, standard: no-wait, kept: 90%, over: day, beside: [never-brusque]}
"""


@pytest.fixture
def practised(tmp_path: Path) -> Iterator[Served]:
    with of_a_team(tmp_path, STANDARDS, Peopled(POLICY, practice=PRACTICE)) as served:
        yield served


def test_what_is_overdue_is_done_in_two_taps(practised: Served) -> None:
    """Today has what the team is late with at its top, each with its own button; another team's is not there."""
    fill(practised)
    visitor, proof = entered(practised)
    page = visitor.ask("/today?team=north")[2]
    assert "Overdue · 1" in page
    promise = page.partition('formaction="/acts/done"')[0].rpartition('value="')[2].partition('"')[0]
    assert "Overdue · " not in visitor.ask("/today?team=south")[2]
    form = {"promise": promise, "proof": proof, "next": "/today?team=north"}
    status, _, page = visitor.ask("/acts/done", form | {"event": "meeting.held"})
    assert (status, "does not keep this promise; what does: register.opened." in page) == (409, True)
    status, headers, _ = visitor.ask("/acts/done", form)
    assert (status, headers["Location"]) == (303, "/today?team=north")
    practised.go(3)
    assert "Nothing is overdue that Kept has heard of." in visitor.ask("/today?team=north")[2]


def test_a_team_sees_its_own_however_much_the_others_owe(practised: Served) -> None:
    """Behind hundreds of another team's that are overdue, its own stands on Today, and is counted."""
    others = ({**waiting(f"o{number}", T0, queue=f"o{number}")} for number in range(501))
    for event in others:
        event["data"]["site"] = "s4"
        practised.send(event)
    practised.go(100)
    fill(practised)
    visitor = entered(practised)[0]
    assert "Overdue · 1" in visitor.ask("/today?team=north")[2]
    assert "Overdue · 501" in visitor.ask("/today?team=south")[2]


def test_speed_never_stands_alone(practised: Served) -> None:
    """A goal says how sure it is, and beside it stands the quality; of what is not known it says which event is."""
    fill(practised)
    page = entered(practised)[0].ask("/today")[2]
    goal = page.partition('id="goals"')[2].partition("</section>")[0]
    assert "Goal: 90% today." in goal
    assert "Below the goal of 90% so far, of 2 promises." in goal
    assert "Nothing is known of never-brusque: no complaint.received that begins it has come." in goal
    practised.send(cloud("complaint.received", "k", practised.now, contact="c1", topic="price", site="s3"))
    practised.go(3)
    goal = entered(practised)[0].ask("/today")[2].partition('id="goals"')[2].partition("</section>")[0]
    assert "Nothing is known" not in goal


def test_from_deadline_to_done(practised: Served) -> None:
    """Of what needed a hand it stands when somebody was told, took it, and did it, or that nobody has."""
    fill(practised)
    visitor, proof = entered(practised)
    page = visitor.ask("/today?team=north")[2].partition('id="handled"')[2]
    assert (page.count("<dt>Deadline</dt>"), page.count("<dt>Taken</dt><dd>nobody</dd>")) == (2, 2)
    promise = page.partition('href="/promises/')[2].partition('"')[0]
    for act in ("acknowledge", "done"):
        assert visitor.ask(f"/acts/{act}", {"promise": promise, "proof": proof})[0] == 303
    practised.go(3)
    page = visitor.ask("/today?team=north")[2].partition('id="handled"')[2].partition("</li>")[0]
    assert (promise in page, "<dd>nobody</dd>" in page, "<dd>not yet</dd>" in page) == (True, False, False)


def test_events_that_begin_nothing_are_told_of(practised: Served) -> None:
    """What came and began nothing is counted, instead of saying that it did not come; and it is folded away."""
    practised.send(*(cloud("survey.sent", f"s{number}", practised.now, team="south", asked=5) for number in range(3)))
    practised.go(60)
    page = entered(practised)[0].ask("/today?team=north")[2].partition('id="own"')[2]
    folded = page.partition("<details>")[2].partition("</details>")[0]
    assert "Nothing is known yet of 2 standards<" in folded
    assert "3 survey.sent came since the start of Kept, and no verdict has come of them here yet." in folded


def test_the_lead_looks_at_themselves(practised: Served) -> None:
    """What the lead has promised stands there, owed or not; what nobody ever heard of says which event is missing."""
    practised.send(cloud("meeting.held", "m", practised.now, team="north", kind="weekly"))
    practised.go(86_400 + 60)
    page = entered(practised)[0].ask("/today?team=north")[2].partition('id="own"')[2]
    assert "What floor-lead has promised" in page
    assert ">lead-walks</span>" in page
    assert "Nothing is known of lead-listens: no survey.sent that begins it has come." in page


def test_without_a_practice_document_it_is_of_the_whole_house(busy: Served) -> None:
    """A house that has agreed on nothing yet sees what it owes, and why there is no more."""
    page = Visitor(busy).ask("/today")[2]
    assert "There is no practice document yet" in page
    assert "Overdue · 1" in page
    assert 'id="goals"' not in page


def test_a_period_begins_by_the_clock_on_the_wall() -> None:
    """The day begins at midnight in its zone, also on one of 23 hours; the week on a Monday, the month on its first."""
    zone = ZoneInfo("Europe/Warsaw")
    at = microseconds(datetime(2026, 3, 29, 12, tzinfo=zone))
    days = [at - begun(period, at, zone) for period in ("day", "week", "month")]
    hours = [each // 3_600_000_000 for each in days]
    assert hours == [11, 6 * 24 + 11, 28 * 24 + 11]


LED = """
  lead-calls: {promise: I call back., owner: floor-lead, aspect: follow-through, per: contact,
    when: complaint.received, expect: followup.completed, within: 1h}
  lead-coaches: {promise: I find a coach., owner: floor-lead, aspect: follow-through, per: agent,
    when: coaching.asked, expect: coaching.completed, within: 14d}
"""


def test_what_a_list_leaves_out_is_said_and_hides_nothing(tmp_path: Path) -> None:
    """Of more than twenty that wait it is said so; a standard whose promises come after these is not called unknown."""
    with of_a_team(tmp_path, STANDARDS + LED, Peopled(POLICY, practice=PRACTICE)) as served:
        served.send(
            *(cloud("complaint.received", f"c{number}", served.now, contact=f"c{number}", topic="wait")
              for number in range(25)),
            cloud("coaching.asked", "a", served.now, agent="ola"),
            *(waiting(f"w{number}", served.now, queue=f"w{number}") for number in range(21)),
        )  # fmt: skip
        served.go(100)
        page = entered(served)[0].ask("/today?team=north")[2]
    handled, own = (page.partition(f'id="{name}"')[2].partition("</section>")[0] for name in ("handled", "own"))
    assert (handled.count("Deadline"), "There are more than these 20." in handled) == (20, True)
    assert "There are more than these 20." in own
    assert ("Nothing is known of lead-coaches" in own, "no verdict yet" in own) == (False, True)
