"""The policy document: all that is wrong with it is said at once, each thing at its place, with what would mend it."""

import msgspec
import pytest

from alerts.policy.policy import People
from alerts.policy.policy_document import load_policy
from standards.compiler.spec import Source
from standards.errors import SpecError
from tests.alerts.playing import MINUTE, NOON, STANDARDS, people, standard

WHOLE = """
kept: 1
calendars:
  night: {timezone: Europe/Warsaw, hours: {daily: ["22:00-06:00"]}}
people:
  ann: {addresses: {mail: ann@shop.example}, timezone: Europe/Warsaw, quiet: night, budget: 6}
  bob: {}
teams:
  floor: {members: [ann, {person: bob, shift: night}], addresses: {webhook: room}, budget: 20}
routes:
  - name: pages
    match: {severity: page, site: [s1, s2]}
    tell: floor
    escalate: [{after: 5m, tell: bob}]
    group_by: site
    group_wait: 30s
    well_for: 1m
    repeat: 30m
    mute: [night]
    continue: true
  - {tell: ann}
inhibit: [{when: tills-work, mute: {owner: floor-lead}, same: [queue]}]
silences: [{name: rebuild, match: {site: s1}, until: 2026-01-10T12:00:00+01:00, by: ann, why: the shop is rebuilt}]
digest: {after: 15m, every: 1h}
"""


def test_everything_that_can_be_said_is_read() -> None:
    """Every key of the document comes to what it says."""
    found: People = people(WHOLE)
    pages, rest = found.routes
    assert [(step.after // MINUTE, step.tell) for step in pages.chain] == [(0, ("floor",)), (5, ("bob",))]
    assert (pages.name, rest.name, rest.group_by) == ("pages", "everything: ann", ("standard", "site"))
    assert (pages.group_wait, pages.well_for, pages.repeat) == (MINUTE // 2, MINUTE, 30 * MINUTE)
    assert pages.go_on
    assert not rest.go_on
    assert found.person("ann").budget == 6
    assert found.person("floor").addresses == {"webhook": "room"}
    assert [member.person for member in found.teams["floor"].members] == ["ann", "bob"]
    assert found.inhibitions[0].same == ("site", "queue")
    assert found.silences[0].until == NOON
    assert (found.digest_after, found.digest_every) == (15 * MINUTE, 60 * MINUTE)


WRONG = [
    ("kept: 1\npeople: {}", "missing-key", "the policy has no routes, so nobody would be told", "routes:"),
    ("kept: 2\nroutes: [{tell: ann}]", "wrong-value", "only version 1 of this form is known", "kept: 1"),
    ("rout: []\nroutes: [{tell: ann}]", "unknown-key", "'rout' is not a valid key here", "did you mean 'routes'?"),
    ("people: {ann: , bob: {}}\nroutes: [{tell: ann}]", "empty-value", "ann has no value", "give it one"),
    ("routes: [{tell: anne}]", "unknown-person", "there is no person or team 'anne'", "did you mean 'ann'?"),
    ("routes: [{tel: ann}]", "unknown-key", "'tel' is not a valid key here", "did you mean 'tell'?"),
    ("routes: [{name: a}]", "missing-key", "has no 'tell'", "add tell:"),
    ("routes: [{tell: ann, match: {sitte: a}}]", "unknown-field", "no standard has a field 'sitte'", "'site'"),
    ("routes: [{tell: ann, match: no-wayt}]", "unknown-standard", "no standard 'no-wayt'", "'no-wait'"),
    ("routes: [{tell: ann, match: {severity: pages}}]", "unknown-severity", "no severity 'pages'", "'page'"),
    ("routes: [{tell: ann, match: {owner: floorlead}}]", "unknown-owner", "no owner 'floorlead'", "'floor-lead'"),
    ("routes: [{tell: ann, group_by: [quue]}]", "unknown-field", "no standard has a field 'quue'", "'queue'"),
    ("routes: [{tell: ann, repeat: soon}]", "bad-duration", "'soon' is not a length of time", "60s"),
    ("routes: [{tell: ann, mute: nihgt}]", "unknown-calendar", "there is no calendar 'nihgt'", "'night'"),
    ("routes: [{tell: ann, mute: always}]", "always-open", "the calendar 'always' is always open", "give the calendar"),
    ("routes: [{tell: ann, escalate: [{after: 5m, tel: ann}]}]", "unknown-key", "'tel' is not a valid key", "'tell'"),
    ("routes: [{tell: ann, escalate: [{after: 5m, tell: ann}, {after: 5m, tell: ann}]}]", "chain-order", "5m", "order"),
    ("routes: [{tell: ann, escalate: 5}]", "wrong-type", "escalate must be a list", "- in front"),
    ("routes: [{tell: ann, name: x}, {tell: ann, name: x}]", "duplicate-name", "'x' is a route already", "another"),
    ("routes: {tell: ann}", "wrong-type", "routes must be a list", "- in front"),
    ("teams: {night-crew: {members: [{person: an}]}}\nroutes: [{tell: ann}]", "unknown-person", "'an'", "'ann'"),
    ("teams: {nobody: {}}\nroutes: [{tell: ann}]", "empty-team", "nobody is in nobody", "members:"),
    (
        "teams: {floor: {addresses: {mail: f@shop.example}, timezone: Mars}}\nroutes: [{tell: ann}]",
        "unknown-zone",
        "'Mars'",
        "Europe/Warsaw",
    ),
    (
        "teams: {floor: {members: [ann], timezone: Europe/Warsw}}\nroutes: [{tell: ann}]",
        "unknown-zone",
        "'Europe/Warsw'",
        "'Europe/Warsaw'",
    ),
    ("teams: {ann: {members: [ann]}}\nroutes: [{tell: ann}]", "duplicate-name", "'ann' is a person too", "another"),
    (
        "people: {kim: {also: [A-117]}, lee: {also: [a-117]}}\nroutes: [{tell: kim}]",
        "duplicate-name",
        "'a-117' is a name of 'kim' already",
        "take it from one",
    ),
    (
        "people: {kim: {also: [Lee]}, lee: {}}\nroutes: [{tell: kim}]",
        "duplicate-name",
        "'Lee' is a name of 'lee' already",
        "take it from one",
    ),
    (
        "teams: {Floor: {members: [ann]}}\nroutes: [{tell: ann}]",
        "bad-name",
        "'Floor' is not a valid name",
        "lower case",
    ),
    ("people: {Łukasz: {}}\nroutes: [{tell: Łukasz}]", "bad-name", "'Łukasz'", "write lukasz:"),
    ("people: {Zoë: {}}\nroutes: [{tell: Zoë}]", "bad-name", "'Zoë'", "write zoe:"),
    ("people: {Straße: {}}\nroutes: [{tell: Straße}]", "bad-name", "'Straße'", "write strasse:"),
    ("people: {İnci: {}}\nroutes: [{tell: İnci}]", "bad-name", "'İnci'", "write inci:"),
    ("people: {Søren Æbelø: {}}\nroutes: [{tell: x}]", "bad-name", "'Søren Æbelø'", "write soren-aebelo:"),
    ("people: {Łukasz: {}, lukasz: {}}\nroutes: [{tell: lukasz}]", "bad-name", "'Łukasz'", "lukasz is there already"),
    ("routes: [{tell: ann}]\nsilences: [{match: no-wait, until: soon, by: a, why: b}]", "bad-time", "'soon'", "offset"),
    ("routes: [{tell: ann}]\ndigest: {evry: 1h}", "unknown-key", "'evry' is not a valid key here", "every"),
    ("routes: [{tell: ann}]\ninhibit: [{when: no-wait, mute: greting}]", "unknown-standard", "'greting'", "'greeting'"),
]
KNOWN = """
calendars: {night: {timezone: Europe/Warsaw, hours: {daily: ["22:00-06:00"]}}, always: {timezone: Europe/Warsaw}}
"""


@pytest.mark.parametrize(("text", "check", "found", "fix"), WRONG)
def test_each_slip_is_told_at_its_place(text: str, check: str, found: str, fix: str) -> None:
    """A slip is found, shown where it is, and what would mend it is said."""
    whole = text if text.startswith("kept") else f"kept: 1\n{text}"
    whole += "" if "people:" in whole else "\npeople: {ann: {addresses: {mail: ann@shop.example}}}"
    with pytest.raises(SpecError) as caught:
        load_policy(Source("policy.yaml", whole + KNOWN), STANDARDS.values())
    one = next(finding for finding in caught.value.findings if finding.id == check)
    assert one.id == check
    assert found in one.found
    assert fix in one.fix
    assert one.place.file == "policy.yaml"
    assert one.place.line <= len(whole.splitlines())


def test_all_slips_are_told_at_once() -> None:
    """Three slips in three sections are three findings, in the order of the text."""
    text = "kept: 1\npeople: {ann: {adresses: {}}}\nroutes:\n  - {tell: an}\n  - {tell: ann, match: {severty: page}}\n"
    with pytest.raises(SpecError) as caught:
        people(text)
    errors = [finding for finding in caught.value.findings if finding.level == "error"]
    assert [(finding.place.line, finding.id) for finding in errors] == [
        (2, "unknown-key"), (4, "unknown-person"), (5, "unknown-field"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    "text",
    [
        "routes: [{tell: ann, match: {agent: kim}}]",
        "routes: [{tell: ann}]\ninhibit: [{when: {agent: kim}, mute: no-wait}]",
        "routes: [{tell: ann}]\ninhibit: [{when: no-wait, mute: {agent: [kim, lee]}}]",
        "routes: [{tell: ann}]\nsilences: [{match: {agent: kim}, until: 2026-01-10T12:00:00Z, by: a, why: b}]",
    ],
)
def test_a_policy_tells_nothing_otherwise_for_one_human(text: str) -> None:
    """A field that names a person in one of the standards is matched nowhere, whatever it is in the others."""
    named = msgspec.structs.replace(standard("it"), persons=frozenset({"agent"}))
    whole = f"kept: 1\npeople: {{ann: {{addresses: {{mail: ann@shop.example}}}}}}\n{text}\n"
    assert load_policy(Source("policy.yaml", whole), STANDARDS.values()).routes
    with pytest.raises(SpecError) as caught:
        load_policy(Source("policy.yaml", whole), [*STANDARDS.values(), named])
    (error,) = caught.value.findings
    assert error.id == "names-a-person"
    assert whole.splitlines()[error.place.line - 1][error.place.column - 1 :].startswith("agent: ")
    assert "a team, a site" in error.fix


def test_people_can_be_kept_apart_and_joined() -> None:
    """What is the same person in two promises is grouped, and explains each other, as no name is needed for it."""
    named = msgspec.structs.replace(standard("it"), persons=frozenset({"agent"}))
    text = "kept: 1\npeople: {ann: {}}\nroutes: [{tell: ann, group_by: agent}]\n"
    text += "inhibit: [{when: no-wait, mute: it, same: agent}]\n"
    found = load_policy(Source("policy.yaml", text), [*STANDARDS.values(), named])
    assert found.routes[0].group_by == ("agent",)
    assert found.inhibitions[0].same == ("site", "agent")
