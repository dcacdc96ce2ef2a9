"""The checks that warn, case by case; `tests/streams/test_check_pages.py` has each by its page."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from standards.compiler.spec import Source, load
from standards.expressions.expression import Field, compile_condition
from standards.expressions.regions import fixed_truth
from standards.lint.spoken import numbers_said
from tests.standards.samples import TELL

FIELDS = {
    "waiting": Field("integer"), "waited": Field("number"), "channel": Field("text"),
    "cold": Field("boolean", optional=True),
}  # fmt: skip
COMPARISONS = st.tuples(st.sampled_from(["<", "<=", ">", ">=", "==", "!="]), st.integers(-3, 3))


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
        ("Called within 1 working day, or within 2 opening days.", []),
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
        ("90 of 100.", 'when: survey.answered, measure: share(score >= 4), over: 50 events, must: ">= 90%"', []),
        (
            "80 of 100.",
            'when: survey.answered, measure: share(score >= 4), over: 50 events, must: ">= 90%"',
            ["other-number"],
        ),
    ],
)
def test_a_sign_and_its_rule_say_the_same(promise: str, rule: str, warned: list[str]) -> None:
    """A number of the promise is found in the rule, whatever unit or bound it is written in."""
    telling = TELL.replace("promise: We do.", f"promise: {promise}")
    text = f"kept: 1\nstandards:\n  it: {{{telling}, per: site, {rule}}}\n"
    assert [warning.id for warning in load([Source("a.yaml", text)]).warnings] == warned
