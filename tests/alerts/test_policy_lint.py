"""Standards and a policy together: an owner whom no route serves is found, and one whom a route may serve is not."""

from __future__ import annotations

from datetime import date

import pytest

from alerts.policy.doubted import Doubted
from alerts.policy.doubts import late_summary
from alerts.policy.policy_document import load_policy
from alerts.policy.policy_lint import owner_without_route, policy_holidays
from standards.compiler.spec import Source, load
from standards.documents.document import Document
from standards.documents.entries import Entry

RULES = """kept: 1
standards:
  no-wait:
    promise: We do.
    what: w
    how: h
    why: y
    exceptions: none
    owner: lead
    per: [site]
    carry: [queue]
    when: queue.length
    expect: register.opened
    within: 60s
    severity: SEVERITY
"""


@pytest.mark.parametrize(
    ("routes", "severity", "served"),
    [
        ("- tell: ann", "page", True),
        ("- {match: {owner: lead}, tell: ann}", "page", True),
        ("- {match: no-wait, tell: ann}", "page", True),
        ("- {match: {severity: page}, tell: ann}", "page", True),
        ("- {match: {severity: page}, tell: ann}", "ticket", False),
        ("- {match: {severity: page}, tell: ann}", "info", True),  # it is only shown
        ("- {match: {site: s1}, tell: ann}", "page", True),  # whom it is about is not known beforehand
        ("- {match: {queue: q1}, tell: ann}", "page", True),
        ("- {match: {site: s1, severity: ticket}, tell: ann}", "page", False),
        ("- {match: {aspect: courtesy}, tell: ann}\n  - {match: {severity: [ticket, info]}, tell: ann}", "page", False),
        ("- {match: {aspect: courtesy}, tell: ann}\n  - {match: {severity: [ticket, page]}, tell: ann}", "page", True),
    ],
)
def test_every_standard_is_told_to_somebody(routes: str, severity: str, served: bool) -> None:
    """A standard that no route can match is a finding at its owner."""
    loaded = load([Source("rules.yaml", RULES.replace("SEVERITY", severity))])
    policy = Source("policy.yaml", f"kept: 1\npeople: {{ann: {{}}}}\nroutes:\n  {routes}\n")
    people = load_policy(policy, loaded.standards)
    owner_without_route(people, {standard.id: standard for standard in loaded.standards}, loaded.entries)
    found = [(warning.id, warning.place.line) for warning in loaded.warnings]
    assert found == ([] if served else [("owner-without-route", 9)])


def test_a_budget_names_the_first_three_standards_that_warn_too_late() -> None:
    """Each with how long before its end it warns, the shortest first; of more it says how many there are."""
    one = RULES.partition("standards:\n")[2].replace("severity: SEVERITY", "severity: page\n    warn: WARN before")
    several = "".join(
        one.replace("no-wait", f"no-wait-{span}").replace("WARN", f"{span}s") for span in (9, 7, 8, 6, 45)
    )
    loaded = load([Source("rules.yaml", f"kept: 1\nstandards:\n{several}")])
    policy = Source("policy.yaml", "kept: 1\npeople: {ann: {budget: 6}}\nroutes: [{tell: ann}]\n")
    document = Document(policy.name, policy.text)
    late_summary(
        Doubted(load_policy(policy, loaded.standards), loaded.standards, Entry(document, (), document.findings), 0)
    )
    (found,) = document.findings
    assert found.found.partition("summary, and ")[2] == (
        "no-wait-6 (6 s), no-wait-7 (7 s), no-wait-8 (8 s) and 1 more warn only so long before their end"
    )


def test_holidays_of_a_policy_run_out_too() -> None:
    """Quiet hours and shifts have holidays as standards have, and are told when the list is over."""
    text = """kept: 1
calendars:
  early: {timezone: UTC, hours: {mon-fri: ["06:00-14:00"]}, holidays: ["2025-12-25"]}
  late: {timezone: UTC, hours: {mon-fri: ["06:00-14:00"]}, holidays: ["2026-12-25"]}
people: {ann: {quiet: early}}
routes: [{tell: ann}]
"""
    document = Document("policy.yaml", text)
    policy_holidays(document, str, date(2026, 5, 4))
    assert [(found.id, found.level, found.place.line) for found in document.findings] == [
        ("holidays-over", "warning", 3)
    ]
