"""Whom an event concerns: routes, subjects as text, and the strata of standards that hear promises."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from standards.errors import SpecError
from standards.judge.rulebook import subject_key, subject_text
from standards.judge.strata import CycleError, stratify
from tests.history import events_of, judge, loaded, rulebook, rules

ANSWER = "per: contact, carry: [team], when: contact.waiting, expect: contact.answered, within: 60s"
LINE = "per: [site, queue], when: {event: queue.length, where: waiting > 3}, expect: register.opened, within: 60s"
HEAR = "per: {per}, when: promise.{kind}, at_most: 3, within: 30d"


def where_to(text: str, event: str) -> list[tuple[str, tuple[object, ...]]]:
    book = rulebook(text)
    (made,) = events_of(f"08:00 {event}", book)
    return [(route.group.name, route.key(made.data)) for route in book.routes.get(type(made), ())]


def test_an_event_goes_to_every_group_that_names_its_type() -> None:
    """Standards with the same `per` share one case; others get their own, by their own fields."""
    whole = "per: site, when: queue.length, at_most: 9, within: 1h"
    same = "per: [site, queue], when: queue.length, must: waiting < 99"
    routes = where_to(rules(line=LINE, whole=whole, same=same), "queue.length waiting=4")
    assert sorted(routes) == [("0:site,queue:line", ("s3", "q1")), ("0:site:whole", ("s3",))]


def test_an_event_nobody_names_goes_nowhere() -> None:
    """A type in no clause has no route."""
    assert where_to(rules(line=LINE), "contact.waiting") == []


def test_every_clause_is_a_reason_to_route() -> None:
    """`when`, `expect`, `unless`, `until` and both ends of a pause all bring their events."""
    paused = f"{ANSWER}, unless: contact.abandoned, pause: {{when: contact.held, until: contact.resumed}}"
    once = "per: contact, when: transfer.completed, at_most: 1, until: contact.closed"
    book = rulebook(rules(paused=paused, once=once))
    routed = {name for name, cls in book.classes.items() if cls in book.routes}
    assert routed == {
        "contact.waiting", "contact.answered", "contact.abandoned", "contact.held", "contact.resumed",
        "transfer.completed", "contact.closed",
    }  # fmt: skip


def test_the_order_of_per_is_the_order_of_the_key() -> None:
    """Two standards that list the same fields the other way round have subjects of their own."""
    turned = LINE.replace("[site, queue]", "[queue, site]")
    routes = where_to(rules(line=LINE, turned=turned), "queue.length waiting=4")
    assert sorted(key for _, key in routes) == [("q1", "s3"), ("s3", "q1")]


VALUES = st.one_of(st.text(max_size=8), st.sampled_from(["/", "%", "%2F", "%25", "a/b", "%252F", ""]))


@given(st.lists(st.one_of(VALUES, st.integers(-(2**63), 2**63 - 1)), max_size=4))
def test_a_subjects_text_reads_back(values: list[str | int]) -> None:
    """Whatever a subject's values are, its text names that subject again."""
    key = tuple(values)
    types = ["integer" if isinstance(value, int) else "text" for value in key]
    assert subject_key(subject_text(key), types) == key


@given(st.lists(VALUES, min_size=2, max_size=2), st.lists(VALUES, min_size=2, max_size=2))
def test_two_subjects_never_share_a_text(first: list[str], second: list[str]) -> None:
    """Different values give different texts, slashes and percent signs included."""
    assert (subject_text(tuple(first)) == subject_text(tuple(second))) is (first == second)


@pytest.mark.parametrize(
    ("text", "types"), [("a", ["text", "text"]), ("a/b", ["text"]), ("x", ["integer"]), ("", ["integer"]), ("a", [])]
)
def test_a_text_that_does_not_fit_names_nobody(text: str, types: list[str]) -> None:
    """Too few parts, too many, or a word where a number belongs: no subject."""
    assert subject_key(text, types) is None


def test_no_fields_are_one_subject() -> None:
    """`per: []` has one subject, whose text is empty."""
    assert subject_text(()) == ""
    assert subject_key("", []) == ()


def test_who_hears_stands_above() -> None:
    """A standard that hears another stands one stratum above it, and one that hears that one two."""
    text = rules(
        answer=ANSWER,
        three="per: team, when: {event: promise.broken, where: 'standard == \"answer\"'}, at_most: 3, within: 1d",
        all="per: owner, when: {event: promise.kept, where: 'standard != \"all\"'}, at_most: 9, within: 1d",
    )
    assert stratify(loaded(text).standards) == {"answer": 0, "three": 1, "all": 2}


def test_a_condition_that_cannot_hold_is_no_hearing() -> None:
    """Who is left out by `where` is not heard, so that two may listen to a third without hearing each other."""
    quality = "per: contact, when: survey.answered, must: score > 3"
    listens = "per: owner, when: {event: promise.broken, where: 'severity == \"page\"'}, at_most: 3, within: 1d"
    text = rules(paged=f"{quality}, severity: page", one=f"{listens}, severity: info", two=f"{listens}, severity: info")
    assert stratify(loaded(text).standards) == {"paged": 0, "one": 1, "two": 1}


@pytest.mark.parametrize(
    ("standards", "circle"),
    [
        ({"a": HEAR.format(per="owner", kind="broken")}, "a -> a"),
        ({name: HEAR.format(per="owner", kind="kept") for name in "ab"}, "a -> a"),
        (
            {one: f"per: owner, when: {{event: promise.broken, where: 'standard == \"{two}\"'}}, at_most: 1, within: 1d"
             for one, two in (("a", "b"), ("b", "c"), ("c", "a"))},
            "a -> b -> c -> a",
        ),
    ],
)  # fmt: skip
def test_a_circle_is_refused(standards: dict[str, str], circle: str) -> None:
    """Standards that hear themselves through others are refused, and the circle is spelt out."""
    with pytest.raises(SpecError) as caught:
        loaded(rules(**standards))
    (finding,) = caught.value.findings
    assert finding.id == "cycle"
    assert circle in finding.found


def test_a_circle_names_its_members_in_order() -> None:
    """The error that the loader makes a finding of carries the ids."""
    standards = loaded(rules(answer=ANSWER)).standards
    assert stratify(standards) == {"answer": 0}
    assert CycleError(["a", "b"]).args == ("a -> b -> a",)


def test_a_promise_that_carries_nothing_of_the_kind_is_not_heard_by_it() -> None:
    """A standard per team does not hear of promises that know no team."""
    bare = "per: contact, when: survey.answered, must: score > 3"
    text = rules(
        answer=ANSWER, bare=bare,
        team="per: team, when: {event: promise.broken, where: 'standard != \"team\"'}, at_most: 0",
    )  # fmt: skip
    history = "08:00 survey.answered score=1\n08:00 contact.waiting contact=c2 team=north\n08:05 nothing"
    assert [line for line in judge(text, history) if line.endswith("north")] == [
        "08:01:00 opened north", "08:01:00 broken north",
    ]  # fmt: skip
