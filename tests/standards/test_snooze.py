"""Snoozes: which comments are some, what sleeps by them and until when, and what is said of those that are no use."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from standards.compiler.spec import Source, load
from standards.documents.document import Document
from standards.documents.snooze import Checks, Sifted, sift
from tests.standards.samples import TELL

TODAY = date(2026, 5, 4)
KNOWN = ("too-short", "other-number", "over-budget", "never-true")
SNOOZE = "# snooze too-short until 2027-03-01: a camera"
RULE = f"kept: 1\nstandards:\n  it:\n    <{TELL}>\n    per: site\n    when: queue.length\n    expect: register.opened\n"


def text_of(tail: str) -> str:
    telling = "\n    ".join(part.strip() for part in TELL.split(", "))
    return RULE.replace(f"<{TELL}>", telling) + tail


def sifted(tail: str, *, today: date = TODAY) -> Sifted:
    text = text_of(tail)
    warnings = load([Source("a.yaml", text)]).warnings
    return sift(warnings, [Document("a.yaml", text)], Checks(KNOWN, KNOWN[:2]), today)


def ids(found: Sifted) -> tuple[list[str], list[str]]:
    return [each.id for each in found.awake], [each.id for each in found.asleep]


@pytest.mark.parametrize(
    "tail",
    [
        f"    within: 2s {SNOOZE}\n",
        f"    {SNOOZE}\n    within: 2s\n",
        f"{SNOOZE}\n    # and another comment\n    within: 2s\n",
        f"    {SNOOZE}\n    # snooze other-number until 2027-01-01: two of them\n    within: 2s\n",
    ],
)
def test_a_warning_sleeps_by_a_comment_at_its_line(tail: str) -> None:
    """On the line or directly above it, among other comments too, a warning sleeps and is not shown."""
    awake, asleep = ids(sifted(tail))
    assert asleep == ["too-short"]
    assert awake in ([], ["snooze-idle"])


@pytest.mark.parametrize(
    "tail", ["    within: 2s\n", f"    {SNOOZE}\n\n    within: 2s\n", f"    within: 2s\n    {SNOOZE}\n"]
)
def test_elsewhere_it_does_not_sleep(tail: str) -> None:
    """Without a snooze, or with one that is not right above it, a warning is awake; the snooze itself is found idle."""
    awake, asleep = ids(sifted(tail))
    assert asleep == []
    assert awake == ["too-short", *(["snooze-idle"] if SNOOZE in tail else [])]


@pytest.mark.parametrize(
    ("snooze", "found"),
    [
        ("# snooze", "this snooze cannot be read"),
        ("# snooze too-short please", "this snooze cannot be read"),
        ("# snooze too-short: a camera", "this snooze has no date, and would never be looked at again"),
        ("# snooze too-short until soon: a camera", "'soon' is not a valid date"),
        ("# snooze too-short until 2027-02-30: a camera", "'2027-02-30' is not a valid date"),
        ("# snooze too-short until 2027-03-01", "this snooze has no reason; who reads it next year will want one"),
        ("# snooze too-short until 2027-03-01:  ", "this snooze has no reason; who reads it next year will want one"),
        ("# snooze too-shirt until 2027-03-01: a camera", "there is no warning 'too-shirt'; errors cannot sleep"),
        ("# snooze unknown-key until 2027-03-01: a camera", "there is no warning 'unknown-key'; errors cannot sleep"),
    ],
)
def test_a_snooze_says_what_why_and_until_when(snooze: str, found: str) -> None:
    """One that does not is a finding, and nothing sleeps by it."""
    result = sifted(f"    within: 2s {snooze}\n")
    assert ids(result) == (["too-short", "bad-snooze"], [])
    assert result.awake[1].found == found
    assert result.awake[1].level == "warning"


def test_a_snooze_that_missed_its_line_is_told_where_it_belongs() -> None:
    """It is not just removed while what it is about is awake a line below; where nothing is, it goes."""
    awake = {each.id: each for each in sifted(f"    {SNOOZE}\n\n    within: 2s\n").awake}
    line = awake["too-short"].place.line
    assert (
        awake["snooze-idle"].fix == f"remove it; or, if the one in line {line} is meant, put it right above that line"
    )
    assert [each.fix for each in sifted(f"    {SNOOZE}\n    within: 60s\n").awake] == ["remove it"]


def test_a_snooze_ends_on_its_day() -> None:
    """On its date the warning is awake, and so is a word about the snooze; the day before it sleeps."""
    tail = f"    within: 2s {SNOOZE}\n"
    assert ids(sifted(tail, today=date(2027, 2, 28))) == ([], ["too-short"])
    assert ids(sifted(tail, today=date(2027, 3, 1))) == (["too-short", "snooze-over"], [])


def test_a_snooze_of_what_is_gone_is_found() -> None:
    """One that nothing needs any more is a finding; one of a check that was not made is left alone."""
    assert ids(sifted(f"    within: 60s {SNOOZE}\n")) == (["snooze-idle"], [])
    assert ids(sifted("    within: 60s # snooze over-budget until 2027-03-01: ann is away\n")) == ([], [])


def test_a_sign_in_a_text_begins_no_comment() -> None:
    """Quoted, folded, in a block or within a word, `#` is a part of the text; behind it, on the line, it is not."""
    text = (
        "a: 'x # snooze 1'\nb: \"x\n  # snooze 2\"\nc: | # snooze 3\n  x # snooze 4\n  # snooze 5\n\n# snooze 6\n"
        "d: x# snooze 7\ne: x # snooze 8\nf: [x, # snooze 9\n  'y # z'] # snooze 10\n'g # snooze 11': >-\n  x\n\n"
        "  # snooze 12\nh: x\n  y # snooze 13\ni: # snooze 14\n  j: k"
    )
    document = Document("a.yaml", text)
    assert document.findings == []
    numbers = [int(comment.text.split()[-1]) for comment in document.comments()]
    assert numbers == [3, 6, 8, 9, 10, 13, 14]
    assert [comment.line for comment in document.comments() if comment.alone] == [8]


@given(st.lists(st.tuples(st.sampled_from(["'{}'", '"{}"', "|\n  {}", ">-\n  {}"]), st.text("#x ", max_size=8))))
def test_no_text_is_taken_for_a_comment(values: list[tuple[str, str]]) -> None:
    """Whatever signs a text is full of, only what stands behind it on a line of its own is a comment."""
    lines = [f"k{number}: {form.format(text or 'x')}\n# {number}" for number, (form, text) in enumerate(values)]
    document = Document("a.yaml", "\n".join(["top: 1", *lines]))
    assume(not document.findings)
    assert [comment.text for comment in document.comments()] == [f"# {number}" for number in range(len(values))]
