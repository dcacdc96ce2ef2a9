"""The checks that warn, by their pages: the bad example is found as the page says, and the good one is not."""

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from standards.expression import Field, compile_condition
from standards.lint import CHECKS
from standards.regions import fixed_truth
from standards.spec import Source, load
from standards.spoken import numbers_said
from tests.standards.samples import TELL

PAGES = Path(__file__).parents[2] / "docs" / "checks"
FIELDS = {
    "waiting": Field("integer"), "waited": Field("number"), "channel": Field("text"),
    "cold": Field("boolean", optional=True),
}  # fmt: skip
COMPARISONS = st.tuples(st.sampled_from(["<", "<=", ">", ">=", "==", "!="]), st.integers(-3, 3))
BLOCK = re.compile(r"^```(yaml|text)\n(.*?)^```", re.DOTALL | re.MULTILINE)


def test_every_check_has_its_page() -> None:
    """Each check that warns has a page and a line in the list of pages, and no page is about nothing."""
    assert sorted(page.stem for page in PAGES.glob("*.md") if page.stem != "README") == sorted(CHECKS)
    listed = (PAGES / "README.md").read_text()
    assert re.findall(r"^\| \[(.+?)\]", listed, re.MULTILINE) == sorted(CHECKS)


@pytest.mark.parametrize("check", CHECKS)
def test_a_page_shows_what_is_found(check: str) -> None:
    """The bad example gives the message on the page and no other; the good one gives none."""
    page = (PAGES / f"{check}.md").read_text()
    assert page.startswith(f"# {check}: ")
    (_, bad), (_, message), (_, good) = BLOCK.findall(page)
    assert [warning.render() + "\n" for warning in load([Source("standards.yaml", bad)]).warnings] == [message]
    assert load([Source("standards.yaml", good)]).warnings == []


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("waiting > 3 and waiting < 2", "never"),
        ("waiting > 3 and waiting < 4", "never"),  # there is no half person
        ("waited > 3 and waited < 4", None),
        ("waiting > 3 or waiting <= 3", "always"),
        ("waiting > -1 or waiting <= -1", "always"),
        ('channel == "phone" and channel == "mail"', "never"),
        ('channel != "phone" or channel != "mail"', "always"),
        ('channel in ("phone", "mail")', None),
        ("cold or not cold", "always"),
        ("cold == true or cold == false", None),  # an event may come without it
        ("waiting > waited and waiting < waited", None),  # compared with each other: nothing is said
        ("waited > -waiting and waiting < -waited", None),
        ('channel > "a" and channel < "c"', None),  # and "b" is between them
        ("waited > -3 and waited < -4", "never"),
        ("opening.waiting > 3 and opening.waiting < 3", "never"),
    ],
)
def test_what_can_never_be_met_is_known(source: str, expected: str | None) -> None:
    """A condition that holds never or always is told from one that can do both."""
    condition = compile_condition(source, FIELDS, opening=FIELDS)
    assert fixed_truth(condition, FIELDS, FIELDS) == expected


@given(st.lists(COMPARISONS, min_size=1, max_size=4), st.sampled_from([" and ", " or "]))
def test_trying_regions_is_as_good_as_trying_all(parts: list[tuple[str, int]], junction: str) -> None:
    """Of comparisons with numbers up to three, what is said is what all whole numbers up to nine say."""
    condition = compile_condition(junction.join(f"waiting {op} {number}" for op, number in parts), FIELDS)

    class Data:
        waiting = 0

    truths = set()
    for Data.waiting in range(-9, 10):
        truths.add(condition.test(Data, None))
    expected = {frozenset({False}): "never", frozenset({True}): "always"}.get(frozenset(truths))
    assert fixed_truth(condition, FIELDS, FIELDS) == expected


@pytest.mark.parametrize(
    ("promise", "expected"),
    [
        ("Nobody waits behind three people.", [3]),
        ("Four of five callers hear a voice within twenty seconds.", [80, 20]),
        ("9 out of 10 are done in one call.", [90]),
        ("It is solved within three working days, and you hear from us within four opening hours.", [4]),
        ("You never tell your story twice, and are passed on once at most.", []),
    ],
)
def test_numbers_are_heard_in_a_promise(promise: str, expected: list[float]) -> None:
    """Digits and number words count, shares as percent; what the calendar says the length of does not."""
    assert [said.value for said in numbers_said(promise)] == expected


@pytest.mark.parametrize(
    ("promise", "rule", "warned"),
    [
        ("Within four hours.", "when: queue.length, expect: register.opened, within: 240m", []),
        ("Within five hours.", "when: queue.length, expect: register.opened, within: 240m", ["other-number"]),
        ("Behind three.", 'when: {event: queue.length, where: "waiting >= 4"}, at_most: 1', []),
        ("Behind three.", 'when: {event: queue.length, where: "4 < waiting"}, at_most: 1', ["other-number"]),
        ("Behind three.", 'when: {event: queue.length, where: "3 < waiting"}, at_most: 1', []),
        ("Behind four.", 'when: {event: queue.length, where: "waiting > 4"}, at_most: 1', []),
        ("Behind three.", 'when: {event: queue.length, where: "waiting > 4"}, at_most: 1', ["other-number"]),
        ("At most two in a week.", "when: queue.length, at_most: 2, within: 7d", []),
        ("90 of 100.", 'when: survey.answered, measure: share(score >= 4), over: 7d, must: ">= 90%"', []),
        ("80 of 100.", 'when: survey.answered, measure: share(score >= 4), over: 7d, must: ">= 90%"', ["other-number"]),
    ],
)
def test_a_sign_and_its_rule_say_the_same(promise: str, rule: str, warned: list[str]) -> None:
    """A number of the promise is found in the rule, whatever unit or bound it is written in."""
    telling = TELL.replace("promise: We do.", f"promise: {promise}")
    text = f"kept: 1\nstandards:\n  it: {{{telling}, per: site, {rule}}}\n"
    assert [warning.id for warning in load([Source("a.yaml", text)]).warnings] == warned
