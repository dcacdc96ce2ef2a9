"""Sentences that a # cuts off are found; comments are let alone."""

import pytest

from standards.compiler.spec import Source, load
from tests.standards.samples import TELL

TEXT = """\
kept: 1
standards:
  it:
    promise: We do.
    what: WHAT
    how: h
    why: y
    exceptions: none
    owner: lead
    per: contact
    when: callback.promised
    expect: callback.made
    within: 1h #an hour
"""


@pytest.mark.parametrize(
    ("what", "fix"),
    [
        ("Open till #2", 'write what: "Open till #2", or # 2 if it is one'),
        ('Say "hello" #1', "write what: 'Say \"hello\" #1', or # 1 if it is one"),
        ("Open till # two", None),
        ("Open till ## two", None),
        ('"Open till" #2', None),  # a text in quotes has ended
        ('"Open till #2"', None),
        ("Open till#2", None),
        ("|\n      Open till #2", None),
    ],
)
def test_a_sentence_that_is_cut_off_is_found(what: str, fix: str | None) -> None:
    """Only where a sentence stands, and the # is written as no comment is."""
    found = load([Source("a.yaml", TEXT.replace("WHAT", what))]).warnings
    assert [(each.id, each.fix) for each in found] == ([] if fix is None else [("cut-text", fix)])


def test_a_state_that_nobody_speaks_of_is_found() -> None:
    """A state wants a standard; one under pause or while is one."""
    text = (
        "kept: 1\nstates: {s: {when: contact.held, until: contact.resumed}}\nstandards:\n"
        f"  it: {{{TELL}, per: contact, when: callback.promised, expect: callback.made, within: 1h}}\n"
    )
    assert [each.id for each in load([Source("a.yaml", text)]).warnings] == ["unused-state"]
    for key in ("pause", "while"):
        named = text.replace("within: 1h", f"within: 1h, {key}: s")
        assert load([Source("a.yaml", named)]).warnings == []
