"""The checks of what is promised about people: who is counted, what a reward is for, teams owed nothing."""

from __future__ import annotations

from collections.abc import Collection

import pytest

from standards.compiler.spec import Source, load
from standards.lint.lint_input import Terms
from tests.standards.samples import TODAY

TELL = "promise: We do., what: w, how: h, why: y, exceptions: none, owner: lead, aspect: quality, severity: info"
WEEKLY = "per: team, expect: reward.given, every: week, calendar: ours"


def warned(check: str, *rules: str, teams: Collection[str] = ()) -> list[str]:
    """Give the names of the standards, a, b and so on, that a check warns of."""
    lines = [f"  {name}: {{{TELL}, {rule}}}" for name, rule in zip("abc", rules, strict=False)]
    text = "\n".join(["kept: 1", "calendars: {ours: {timezone: Europe/Warsaw}}", "standards:", *lines, ""])
    loaded = load([Source("a.yaml", text)], terms=Terms(TODAY), teams=teams)
    return [each.found.partition(" ")[0] for each in loaded.warnings if each.id == check]


@pytest.mark.parametrize(
    "rule",
    [
        "per: agent, when: complaint.received, at_most: 3, within: 30d",
        "per: [team, agent], when: contact.answered, measure: count(), over: 1d, must: '>= 30'",
        "per: agent, when: contact.answered, measure: sum(waited), over: 1d, must: '<= 30'",
        "per: agent, when: survey.answered, measure: share(score >= 4), over: 20 events, must: '>= 80%'",
    ],
)
def test_a_count_of_a_colleague_is_told(rule: str) -> None:
    """How often, how many, how much and which share: each is a figure about a person."""
    assert warned("counted-person", rule) == ["a"]


@pytest.mark.parametrize(
    "rule",
    [
        "per: team, when: complaint.received, at_most: 3, within: 30d",
        "per: customer, when: complaint.received, at_most: 1, within: 30d",
        "per: agent, when: coaching.asked, expect: coaching.completed, within: 5d",
        "per: agent, when: survey.answered, measure: mean(score), over: 20 events, must: '>= 4'",
    ],
)
def test_what_is_no_count_of_a_colleague_is_left_in_peace(rule: str) -> None:
    """A team's count, what a customer is spared, a single case and a mean are none."""
    assert warned("counted-person", rule) == []


@pytest.mark.parametrize(
    "tie",
    [
        "per: team, when: reward.given, must: promise is not missing",
        "per: moment, when: reward.given, expect: moment.shared, within_last: 7d",
        "per: promise, when: reward.given, at_most: 1, within: 7d",
    ],
)
def test_a_reward_that_is_tied_somewhere_is_left_in_peace(tie: str) -> None:
    """Whichever way a standard asks what a reward is for, it is enough for all that look at rewards."""
    assert warned("reward-untied", WEEKLY) == ["a"]
    assert warned("reward-untied", WEEKLY, tie) == []


def test_teams_that_nobody_names_are_told_once() -> None:
    """However many standards ask for the teams of a practice document, that there are none is one finding."""
    asks = f"{WEEKLY}, subjects: teams"
    assert warned("nobody-owed", asks) == ["a"]
    assert warned("nobody-owed", WEEKLY, asks, asks) == ["b,"]
    assert warned("nobody-owed", asks, teams=["north"]) == []


@pytest.mark.parametrize(
    ("rule", "found"),
    [
        (WEEKLY, True),
        (f"{WEEKLY}, while: {{when: shift.ended, until: meeting.held}}", False),
        (f"{WEEKLY}, subjects: [{{team: north}}]", False),
        (f"{WEEKLY}, subjects: []", False),
        (WEEKLY.replace("per: team", "per: agent"), False),
        ("per: team, when: shift.ended, expect: meeting.held, within: 30m", False),
    ],
)
def test_a_team_that_never_begins_is_told_where_teams_are_named(rule: str, *, found: bool) -> None:
    """What is owed by team again and again asks for the teams, unless it says who is owed it, or a state does."""
    assert warned("nobody-owed", rule, teams=["north"]) == ["a"] * found
    assert warned("nobody-owed", rule) == []
