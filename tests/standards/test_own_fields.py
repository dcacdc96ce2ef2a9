"""Fields of an author's own on built-in event types: what they may be, and what they leave as it was."""

import msgspec
import pytest

from standards.compiler.spec import Loaded, Source, load
from standards.documents.vocabulary import builtin_vocabulary
from standards.errors import SpecError
from standards.judge.events import Event
from streams.ingest.mapping import load_mapping
from tests.standards.samples import TELL

STANDARD = f"""\
kept: 1
events:
  survey.answered: {{product: text?, visit: {{type: integer, optional: true}}}}
feeds:
  doors: {{events: [survey.answered], per: [product], silent_after: 1d}}
standards:
  called: {{{TELL}, per: [contact, product],
    when: {{event: survey.answered, where: 'score <= 2 and product != "gift card"'}},
    must: visit > 0}}
"""
OTHER = f"kept: 1\nstandards:\n  other: {{{TELL}, per: contact, when: survey.answered, must: score > 1}}\n"
MAPPING = """\
kept: 1
table: {source: door, time: at}
events:
  - event: survey.answered
    fields: {contact: receipt, score: points, product: what}
columns: {points: {type: number}}
"""


def loaded(*texts: str) -> Loaded:
    return load([Source(f"{number}.yaml", text) for number, text in enumerate(texts)])


def error(events: str) -> str:
    with pytest.raises(SpecError) as caught:
        loaded(OTHER + f"events:\n{events}")
    (finding,) = caught.value.findings
    return finding.render()


def test_conditions_subjects_and_feeds_know_own_fields() -> None:
    """A built-in type has its own fields beside the author's; they stand wherever a field can stand."""
    found = loaded(STANDARD)
    fields = found.vocabulary["survey.answered"].fields
    assert fields["product"].optional
    assert list(fields)[:-2] == list(builtin_vocabulary()["survey.answered"].fields)
    (standard,) = found.standards
    assert standard.per == ("contact", "product")
    assert found.feeds[0].per == ("product",)
    assert loaded(found.excerpt("called")).standards[0].revision == standard.revision


def test_an_event_with_an_own_field_is_taken_in() -> None:
    """What decodes events, from the wire and from a table, has the field; without it it is none."""
    found = loaded(STANDARD)
    event = found.rulebook.classes["survey.answered"]
    raw = {"id": "1", "source": "d", "time": "2026-05-04T10:00:00Z", "type": "survey.answered"}
    given: Event = msgspec.convert({**raw, "data": {"contact": "c", "score": 2, "product": "kettle"}}, event)
    assert given.data.product == "kettle"
    assert msgspec.convert({**raw, "data": {"contact": "c", "score": 2}}, event).data.product is None
    mapping = load_mapping(Source("map.yaml", MAPPING), found.rulebook.classes, found.vocabulary)
    assert mapping.model.events[0].fields["product"].column == "what"


def test_what_does_not_use_them_keeps_its_revision() -> None:
    """Own fields change no standard but those that name them."""
    alone, beside = loaded(OTHER).standards[0], loaded(OTHER, STANDARD).standards
    assert [each.revision for each in beside if each.id == "other"] == [alone.revision]


def test_a_built_in_reading_stays_one() -> None:
    """A type that says how things stand says it with own fields too, and in an excerpt."""
    text = f"""\
kept: 1
events: {{queue.length: {{lane: text?}}}}
standards:
  it: {{{TELL}, per: queue, when: {{event: queue.length, where: lane == "left"}}, expect: register.opened, within: 1h}}
"""
    found = loaded(text)
    assert found.vocabulary["queue.length"].reading
    assert loaded(found.excerpt("it")).vocabulary["queue.length"].reading


@pytest.mark.parametrize(
    ("declared", "said", "fix"),
    [
        (
            "{product: text}",
            "product of survey.answered can be missing: it is your own, and survey.answered is built in",
            "write product: text?",
        ),
        (
            "{product: text?, score: number}",
            "survey.answered is built in, and has score already",
            "leave that out: only fields of your own stand here, such as product: text?",
        ),
        (
            "{score: number?, contact: text}",
            "survey.answered is built in, and has score, contact already",
            "leave these out: only fields of your own stand here, such as product: text?",
        ),
        ("{is: text?}", "'is': is is a word of the expression language", "choose another name"),
    ],
)
def test_what_cannot_be_added_is_said_once(declared: str, said: str, fix: str) -> None:
    """A field that is there already, one that has to be there, one that no condition could name."""
    shown = error(f"  survey.answered: {declared}\n")
    assert shown.splitlines()[-2:] == [f"  error: {said}", f"  fix: {fix}"]
