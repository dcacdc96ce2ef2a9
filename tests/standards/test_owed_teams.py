"""`subjects: teams`: the teams of the practice document, as if the author had listed them."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from standards.compiler.spec import Loaded, Source, load
from standards.errors import Finding, SpecError
from standards.practice.practice_document import teams_named
from tests.history import judge, rules

WEEKLY = "per: team, expect: meeting.held, every: week"
TEAMS = st.lists(st.sampled_from(["north", "a", "team-2", "team-10", "floor"]), unique=True, min_size=1)


def read(keys: str, *teams: str, more: str = "") -> Loaded:
    return load([Source("rules.yaml", rules(more, meet=keys))], teams=teams)


def wrong(keys: str, *teams: str, more: str = "") -> list[Finding]:
    with pytest.raises(SpecError) as caught:
        read(keys, *teams, more=more)
    return caught.value.findings


@given(TEAMS)
def test_teams_are_the_list_of_them(teams: list[str]) -> None:
    """Whatever teams are called and in whatever order they stand, revision and excerpt are those of their list."""
    listed = f"{WEEKLY}, subjects: {json.dumps([{'team': team} for team in sorted(teams)])}"
    asked = read(f"{WEEKLY}, subjects: teams", *teams)
    assert asked.excerpts == read(listed).excerpts
    assert asked.standards == read(listed).standards
    assert load([Source("excerpt.yaml", asked.excerpt("meet"))]).excerpts == asked.excerpts


@given(TEAMS, TEAMS)
def test_the_teams_are_part_of_the_revision(one: list[str], other: list[str]) -> None:
    """Other teams are another revision, the same ones the same; what does not ask for them stays as it is."""
    revisions = [read(f"{WEEKLY}, subjects: teams", *teams).standards[0].revision for teams in (one, other)]
    assert (revisions[0] == revisions[1]) is (set(one) == set(other))
    assert read(WEEKLY, *one).excerpts == read(WEEKLY).excerpts


def test_without_teams_it_begins_with_the_first_event() -> None:
    """Where no practice document names any, a standard that asks for them judges as one that does not."""
    history = "08:00 nothing\n08:01 meeting.held team=east\n08:30 nothing"
    assert judge(rules(meet=WEEKLY.replace("week", "10m, subjects: teams")), history) == judge(
        rules(meet=WEEKLY.replace("week", "10m")), history
    )


@pytest.mark.parametrize("per", ["team", "[team]"])
def test_it_stands_with_teams_alone(per: str) -> None:
    """Whoever is owed something by another field, or a second one, is told what to write instead."""
    keys = f"{WEEKLY.replace('per: team', f'per: {per}')}, subjects: teams"
    assert [standard.id for standard in read(keys, "north").standards] == ["meet"]
    for other in ("site", "[site]", "[team, kind]"):
        (found,) = wrong(keys.replace(f"per: {per}", f"per: {other}"), "north")
        assert (found.id, found.found) == (
            "subject-field", "subjects: teams lists teams, and meet is not owed per team alone"
        )  # fmt: skip
        assert found.fix == "write per: [team], or list under subjects who is owed it"


@pytest.mark.parametrize("word", ["team", "all", "5", "{team: north}"])
def test_no_other_word_will_do(word: str) -> None:
    """What is neither teams nor a list is an error that says what can stand there."""
    (found,) = wrong(f"{WEEKLY}, subjects: {word}", "north")
    assert (found.id, found.fix) == ("wrong-value", "write teams, or a list: [{team: north}, {team: south}]")


@pytest.mark.parametrize("teams", [(), ("north",)])
def test_it_has_its_place_in_a_recurrence(teams: tuple[str, ...]) -> None:
    """In another shape it is out of place, as a list is, whether or not there are teams."""
    found = wrong("per: team, when: shift.ended, expect: meeting.held, within: 1h, subjects: teams", *teams)
    assert [each.id for each in found] == ["misplaced-key"]


def test_teams_that_events_call_by_number_are_told_once() -> None:
    """A document names teams by words; where events have numbers, one finding says so, however many teams there are."""
    more = "events: {desk.staffed: {team: integer}}"
    (found,) = wrong("per: team, expect: desk.staffed, every: day, subjects: teams", "north", "south", more=more)
    assert (found.id, found.found) == ("wrong-type", "team is integer in the events, and the teams have names")


def test_a_practice_document_says_its_teams_before_the_standards_are_known() -> None:
    """Its teams can be read by themselves, whatever standards the rest names; a slip in them is told at its place."""
    text = "kept: 1\nteams: {south: {lead: l}, north: {lead: l}}\ngoals: {x: {team: south, standard: unheard-of}}\n"
    assert teams_named(Source("practice.yaml", text)) == {"north", "south"}
    with pytest.raises(SpecError) as caught:
        teams_named(Source("practice.yaml", text.replace("lead: l}, n", "leed: l}, n")))
    assert [finding.id for finding in caught.value.findings] == ["missing-key", "unknown-key"]
