"""What frontliners may do: they read names on the pages of their own team, and take part there; nothing else."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.board.peopled import POLICY, TOKENS, entered, of_a_team
from tests.board.serving import Served, fill, owed, proof_in
from tests.board.test_thanks import KNOWING, PRACTICE, STANDARDS, data
from tests.board.visiting import Visitor
from tests.streams.asking import Peopled, cloud

SECOND_TEAM = PRACTICE.replace("rewards:", "  south: {lead: floor-lead}\nrewards:")


@pytest.fixture(params=[True])
def house(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Served]:
    with of_a_team(tmp_path, STANDARDS, Peopled(KNOWING, practice=SECOND_TEAM, apart=request.param)) as served:
        fill(served)
        for team, whom in (("north", "Nora Nord"), ("south", "Sven Sued")):
            said = {"moment": team, "team": team, "agent": whom, "by": "bob", "note": f"{team} walked along."}
            served.send(cloud("moment.shared", team, served.now, **said))
        served.go(3)
        yield served


def of_team(served: Served, team: str) -> tuple[Visitor, str]:
    """Give somebody who has signed in for a team, and the proof for their forms."""
    visitor = Visitor(served)
    status, headers, _ = visitor.ask("/sign-in", {"token": TOKENS["frontliner"], "name": "Ania", "next": "/today"})
    assert (status, headers["Location"]) == (303, "/sign-in/team?next=/today")
    page = visitor.ask(headers["Location"])[2]
    assert "Which team are you in?" in page
    joined = visitor.ask("/sign-in/team", {"proof": proof_in(page), "team": team, "next": "/today"})
    assert (joined[0], joined[1]["Location"]) == (303, "/today")
    return visitor, proof_in(page)


@pytest.mark.parametrize("house", [True, False], ids=["names kept apart", "names in events"], indirect=True)
def test_names_are_read_on_the_pages_of_the_own_team(house: Served) -> None:
    """Whoever is in the north reads there whose moment it was, and of the south no more than a viewer."""
    visitor, _ = of_team(house, "north")
    own, other = visitor.ask("/thanks?team=north")[2], visitor.ask("/thanks?team=south")[2]
    assert ("Nora Nord" in own, "north walked along." in own) == (True, True)
    assert "Nora Nord" in visitor.ask("/thanks")[2], "their own team comes first"
    assert ("Sven" in other, "south walked along." in other) == (False, False)
    assert "Sven" not in visitor.ask("/thanks?team=north")[2].partition("<main")[2]
    assert visitor.ask("/thanks?team=south")[2].count("<form") < own.count("<form")


def test_everywhere_else_a_frontliner_is_a_viewer(house: Served) -> None:
    """The other pages and the API name nobody to them, and have no buttons."""
    visitor, _ = of_team(house, "north")
    found = next(iter(owed(house).values()))
    for path in ("/", "/shift", "/people", "/feeds", "/notices", f"/promises/{found}"):
        page = visitor.ask(path)[2]
        assert ("Nora" in page, 'action="/acts/' in page) == (False, False), path
    told = house.do(house.caller.get("/v1/acts", Authorization=f"Bearer {TOKENS['frontliner']}"))
    assert (told.status, "Nora" in told.text) == (200, False)
    refused = house.do(house.caller.get("/v1/dead-letters", Authorization=f"Bearer {TOKENS['frontliner']}"))
    assert (refused.status, "frontliner" in refused.text) == (403, True)


def test_everybody_reads_their_own_name(house: Served) -> None:
    """The head of each page says who has signed in, as they wrote it or, of who is known, as they are called."""
    frontliner, author, viewer = of_team(house, "north")[0], entered(house, "author")[0], entered(house, "viewer")[0]
    for path in ("/", "/shift", "/today", "/handbook"):
        heads = [who.ask(path)[2].partition("<main")[0] for who in (frontliner, author, viewer)]
        assert [head.count(">Ania<") for head in heads] == [1, 1, 1], path


def test_a_frontliner_takes_part(house: Served) -> None:
    """They share a moment, thank, propose a reward and say that they did what a scenario allows, for their team."""
    visitor, proof = of_team(house, "north")
    told = {"proof": proof, "agent": "ola", "note": "She ran.", "team": "north", "next": "/thanks?team=north"}
    assert visitor.ask("/acts/share", told)[0] == 303
    assert visitor.ask("/acts/thank", {"proof": proof, "agent": "ola", "reason": "for it"})[0] == 303
    assert visitor.ask("/acts/propose", {"proof": proof, "team": "north", "reward": "A plant"})[0] == 303
    made = {"proof": proof, "team": "north", "scenario": "outage", "note": "I walked."}
    assert visitor.ask("/acts/make-exception", made)[0] == 303
    house.go(3)
    kinds = ("recognition.given", "reward.proposed", "exception.made")
    assert [data(house, kind)[-1]["team"] for kind in kinds] == ["north"] * 3
    assert data(house, "reward.proposed")[-1] == {"team": "north", "reward": "A plant"}, "and nobody learns who"
    assert "A plant" in visitor.ask("/thanks")[2]


def test_only_who_supervises_thanks_as_the_one_who_leads(house: Served) -> None:
    """A frontliner thanks as a colleague: the form offers nothing else, and what says otherwise is refused."""
    visitor, proof = of_team(house, "north")
    assert "the one who leads" not in visitor.ask("/thanks")[2]
    form = {"proof": proof, "agent": "ola", "giver": "lead", "moment": "north"}
    status, _, page = visitor.ask("/acts/thank", form)
    assert (status, "Only who supervises" in page, data(house, "recognition.given")) == (403, True, [])
    assert "the one who leads" in entered(house, "supervisor")[0].ask("/thanks")[2]


def test_for_another_team_nothing_is_done(house: Served) -> None:
    """A form that names another team is refused in plain words."""
    visitor, proof = of_team(house, "north")
    status, _, page = visitor.ask("/acts/share", {"proof": proof, "team": "south", "agent": "ola", "note": "x"})
    assert (status, "signed in for the team north" in page) == (403, True)


def test_what_is_for_others_is_refused(house: Served) -> None:
    """Taking on, excusing, debriefing, silencing and rewarding are not for them: they are told for whom it is."""
    visitor, proof = of_team(house, "north")
    for act in ("acknowledge", "excuse", "debrief", "silence", "hand-on", "done", "reward", "resend"):
        status, _, page = visitor.ask(f"/acts/{act}", {"proof": proof, "promise": "x", "reason": "why"})
        assert (status, "for the role frontliner" in page) == (403, True), act


def test_a_team_is_chosen_once(house: Served) -> None:
    """Whoever has said their team goes on with it; another one needs another sign-in, and a team that there is."""
    visitor, proof = of_team(house, "north")
    visitor.ask("/sign-in/team", {"proof": proof, "team": "south"})
    assert "Sven" not in visitor.ask("/thanks?team=south")[2]
    other = Visitor(house)
    other.ask("/sign-in", {"token": TOKENS["frontliner"], "name": "Ania"})
    proof = proof_in(other.ask("/sign-in/team")[2])
    other.ask("/sign-in/team", {"proof": proof, "team": "west"})
    assert "Nora" not in other.ask("/thanks?team=north")[2]
    status, _, page = other.ask("/acts/share", {"proof": proof, "team": "north", "agent": "ola", "note": "x"})
    assert (status, "which team you are in" in page) == (403, True)


def test_whoever_is_no_frontliner_is_not_asked(house: Served) -> None:
    """The page that asks for a team leads everybody else on."""
    visitor, _ = entered(house, "supervisor")
    assert visitor.ask("/sign-in/team?next=/shift")[1]["Location"] == "/shift"


ALONE = """
kept: 1
events:
  stint.asked: {team: text, helper: {type: text, person: true}}
  stint.done: {helper: {type: text, person: true}}
standards:
  coach-comes: {promise: A coach comes., owner: floor-lead, aspect: follow-through, per: agent, carry: team,
    when: coaching.asked, expect: coaching.completed, within: %s, may_excuse: [scenario/busy]}
  stint-ends: {promise: It ends., owner: floor-lead, aspect: follow-through, per: helper, carry: team,
    when: stint.asked, expect: stint.done, within: %s, may_excuse: [scenario/busy]}
  heard: {promise: We listen., owner: floor-lead, aspect: follow-through, per: contact, carry: [team, agent],
    when: contact.started, expect: contact.closed, within: %s}
"""
BUSY = """
kept: 1
teams: {north: {lead: floor-lead, site: s3}, south: {lead: floor-lead}}
scenarios: {busy: {when: All are busy., do: [Say so.], up_to: 0, excuses: [coach-comes, stint-ends]}}
"""


@pytest.mark.parametrize("within", ["1m", "1d"], ids=["overdue", "open"])
def test_who_of_them_asked_for_a_coach_is_told_to_who_leads_alone(tmp_path: Path, within: str) -> None:
    """What is owed for each person alone reads "one of the team" to the team itself, also on its own pages."""
    rules = ALONE % (within, within, within)
    with of_a_team(tmp_path, rules, Peopled(POLICY, practice=BUSY, apart=True)) as served:
        served.send(
            cloud("coaching.asked", "a", served.now, agent="Nora Nord", team="north"),
            cloud("stint.asked", "b", served.now, helper="Sven Sued", team="north"),
            cloud("contact.started", "c", served.now, contact="c1", agent="Nora Nord", team="north"),
        )
        served.go(70)
        lead, (one, _) = entered(served, "supervisor")[0], of_team(served, "north")
        for path in ("/today?team=north", "/handbook"):
            page = lead.ask(path)[2].partition("<main")[2]
            assert ("Nora Nord" in page, "Sven Sued" in page) == (True, True), path
            page = one.ask(path)[2].partition("<main")[2]
            assert ("Nora Nord" in page, "Sven Sued" in page) == (False, False), path
            assert "one of the team" in page, path
