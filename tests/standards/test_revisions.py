"""Revisions and excerpts: what a standard's identity depends on, and that it outlives its file."""

import pytest

from standards.compiler.spec import Loaded, Source, load
from standards.documents.document import Document
from standards.errors import SpecError
from standards.expressions.expression import Field
from tests.standards.samples import FULL, TELL

SHAPES = [
    """per: queue, when: {event: queue.length, where: waiting > 3}, within: 1h,
      expect: {event: queue.length, where: waiting < opening.waiting},
      pause: {when: register.closed, until: register.opened}""",
    "per: contact, when: transfer.completed, expect: transfer.briefed, within_last: 10m",
    "per: [], when: queue.length, must: waiting < 10",
    "per: contact, when: transfer.completed, at_most: 1, until: contact.closed",
    'per: team, expect: meeting.held, every: month, subjects: [{team: "n\\u2028o 🎉 \\x7f \'rth"}]',
    "per: [], when: survey.answered, measure: p90(score), over: 50 events, must: '>= 4.2'",
    'per: [standard], when: {event: promise.broken, where: standard != "it"}, at_most: 2, within: 30d',
]


def loaded(text: str) -> Loaded:
    return load([Source("a.yaml", text)])


def test_how_a_document_is_written_does_not_change_a_revision() -> None:
    """Comments, layout, quotes and the order of keys are no part of a standard."""
    document = Document("a.yaml", FULL).data
    standard = document["standards"]["no-wait"]  # type: ignore[index,call-overload]
    lines = "\n".join(f"    {key}: {value!r}" for key, value in reversed(standard.items()))  # type: ignore[union-attr]
    again = FULL[: FULL.index("    promise:")] + "# a comment\n" + lines + "\n"
    assert loaded(again).standards[0].revision == loaded(FULL).standards[0].revision


CHANGES = [
    ("three people.", "four people."), ("waiting > 3", "waiting > 4"), ("60s", "61s"), ("page", "info"),
    ("95%", "96%"), ("28d", "29d"), ("50%", "60%"), ("floor-lead", "lead"), ("silent_after: 15m", "silent_after: 16m"),
    ("08:00", "08:30"), ("2026-12-25", "2026-12-26"), ("Europe/Warsaw", "Europe/Berlin"),
    ("per: [site, queue]", "per: [site]"), ("no-wait", "no-waiting"), ("    calendar: trading\n", ""),
]  # fmt: skip


@pytest.mark.parametrize(("before", "after"), CHANGES)
def test_whatever_a_verdict_or_a_message_depends_on_changes_the_revision(before: str, after: str) -> None:
    """Also the calendar, and the feeds that a standard relies on."""
    assert before in FULL
    assert loaded(FULL.replace(before, after)).standards[0].revision != loaded(FULL).standards[0].revision


def test_what_a_standard_does_not_use_leaves_its_revision_alone() -> None:
    """Other calendars, event types and standards are not part of it; the fields it uses are."""
    revision = loaded(FULL).standards[0].revision
    more = FULL.replace("calendars:", "calendars:\n  other: {timezone: UTC}").replace("by: text?", "by: integer")
    more += f"  another: {{{TELL}, per: window, when: window.cleaned, must: 'site == \"a\"'}}\n"
    revisions = {standard.id: standard.revision for standard in loaded(more).standards}
    assert revisions["no-wait"] == revision
    changed = loaded(more.replace("window: integer", "window: text")).standards
    assert {standard.id: standard.revision for standard in changed}["another"] != revisions["another"]


@pytest.mark.parametrize("shape", SHAPES)
def test_an_excerpt_gives_the_same_standard_again(shape: str) -> None:
    """An excerpt stands alone, has the same revision, and its excerpt is itself."""
    first = load([Source("a.yaml", f"kept: 1\nstandards:\n  it: {{{TELL}, {shape}}}\n")])
    text = first.excerpt("it")
    again = load([Source("b.yaml", text)])
    assert again.standards[0].revision == first.standards[0].revision
    assert again.excerpt("it") == text
    assert type(again.standards[0].shape) is type(first.standards[0].shape)
    assert again.standards[0].per == first.standards[0].per
    assert getattr(again.standards[0].shape, "subjects", ()) == getattr(first.standards[0].shape, "subjects", ())


def test_an_older_revision_is_taken_along_retired() -> None:
    """Promises opened under it are judged by it; the current revision opens new ones."""
    before = loaded(FULL)
    after = load([Source("a.yaml", FULL.replace("60s", "50s"))], retired=[before.excerpt("no-wait")])
    revision = before.standards[0].revision
    assert after.rulebook.standards[revision].retired
    assert after.rulebook.current["no-wait"].revision == after.standards[0].revision != revision
    assert [standard.retired for standard in after.standards] == [False]
    same = load([Source("a.yaml", FULL)], retired=[before.excerpt("no-wait")])
    assert [standard.retired for standard in same.rulebook.standards.values()] == [False]


def test_an_older_revision_brings_the_event_types_and_fields_that_are_gone() -> None:
    """Events come without them now; a missing field is optional, so nothing can fail on it."""
    text = f"kept: 1\nevents: {{a.b: {{x: text, y: integer}}}}\nstandards: {{it: {{{TELL}, {{}}}}}}"
    text = text.replace("{}", "per: x, when: a.b, must: y > 1")
    older = loaded(text).excerpt("it")
    gone = load([Source("a.yaml", "kept: 1\nevents: {a.b: {x: text}}")], retired=[older])
    assert gone.vocabulary["a.b"].fields == {"x": Field("text"), "y": Field("integer", optional=True)}
    away = load([Source("a.yaml", "kept: 1")], retired=[older])
    assert away.vocabulary["a.b"].fields["y"] == Field("integer")
    with pytest.raises(SpecError) as caught:
        load([Source("a.yaml", "kept: 1\nevents: {a.b: {x: text, y: text}}")], retired=[older])
    assert [finding.id for finding in caught.value.findings] == ["changed-type"]


def test_an_older_listener_keeps_the_promise_fields_it_heard() -> None:
    """Also when the standard that carried them is gone."""
    speaker = f"  low: {{{TELL}, per: site, carry: queue, when: queue.length, must: waiting < 9}}\n"
    heard = "\"queue == 'a' and standard == 'low'\""
    listener = f"  high: {{{TELL}, per: site, when: {{event: promise.broken, where: {heard}}}, at_most: 2}}\n"
    older = loaded("kept: 1\nstandards:\n" + speaker + listener).excerpt("high")
    result = load([Source("a.yaml", "kept: 1")], retired=[older])
    assert result.vocabulary["promise.broken"].fields["queue"] == Field("text", optional=True)
