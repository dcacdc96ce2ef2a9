"""The check of names: owners and those who may grant an exception are called the same wherever they stand."""

from __future__ import annotations

import pytest

from standards.compiler.spec import Source, load
from standards.lint.lint_input import Terms
from tests.standards.samples import TODAY

TELL = "promise: We do., what: w, how: h, why: y, exceptions: none, aspect: quality"
RULE = "per: site, when: queue.length, expect: register.opened, within: 60s"


def warned(*names: str) -> list[tuple[str, str]]:
    """Give what is warned of in standards, each given by its keys for names: what was found, and what to write."""
    lines = [f"  {key}: {{{TELL}, {RULE}, {keys}}}" for key, keys in zip("abcdef", names, strict=False)]
    found = load([Source("a.yaml", "\n".join(["kept: 1", "standards:", *lines, ""]))], terms=Terms(TODAY)).warnings
    return [(each.found, each.fix) for each in found if each.id == "other-spelling"]


@pytest.mark.parametrize(
    "names",
    [
        ["owner: floor-lead"],
        ["owner: floor-lead, may_excuse: [floor-lead, shift-lead]", "owner: shift-lead, may_excuse: []"],
        ["owner: floor-lead, may_excuse: [Ann Smith]"],
        ["owner: floor lead, may_excuse: [shift lead]"],
        ["owner: lead-1", "owner: lead-2"],
    ],
)
def test_names_that_are_spelt_alike_are_left_in_peace(names: list[str]) -> None:
    """Different people, names of persons, and a house whose roles all have blanks are no slips."""
    assert warned(*names) == []


def test_a_name_in_two_spellings_is_told_where_it_is_the_rarer_one() -> None:
    """The spelling that stands more often is the usual one, whichever comes first."""
    assert warned("owner: Floor Lead", "owner: floor-lead", "owner: floor-lead, may_excuse: floor_lead") == [
        ("Floor Lead is floor-lead elsewhere, and to Kept those are two", "write floor-lead, if it is the same"),
        ("floor_lead is floor-lead elsewhere, and to Kept those are two", "write floor-lead, if it is the same"),
    ]


def test_a_role_with_a_blank_beside_an_owner_without_is_told() -> None:
    """Who writes `shift lead` beside `floor-lead` likely means shift-lead, whose grant would not count."""
    (warning,) = warned("owner: floor-lead, may_excuse: [shift lead]")
    assert warning[1] == "write shift-lead, if that is the name"
