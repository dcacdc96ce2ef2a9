"""Whatever is written, the loader loads it or says what is wrong; it never fails in another way."""

from hypothesis import given, settings
from hypothesis import strategies as st

from standards.compiler.spec import Source, load
from standards.documents.model import StandardModel
from standards.errors import SpecError

WORDS = (
    "kept 1 standards it when event where expect within 60s per [] must x calendars events a.b text? over every *a %"
)
PIECES = [*WORDS.split(), "{", "}", ": ", "\n", "\n  ", "\n    ", "- "]
SHAPES = [
    "per: queue, when: queue.length, expect: register.opened, within: 1h",
    "per: contact, when: transfer.completed, expect: transfer.briefed, within_last: 10m",
    "per: [], when: queue.length, must: waiting < 10",
    "per: contact, when: transfer.completed, at_most: 1, until: contact.closed",
    "per: team, expect: meeting.held, every: 1d",
    "per: [], when: survey.answered, measure: p90(score), over: 30m, must: '>= 4.2'",
]
VALUES = [
    "null",
    "[]",
    "{}",
    "0",
    "1.5",
    "true",
    '""',
    "x",
    "[x]",
    "{x: y}",
    "[[x]]",
    "[{}]",
    '">"',
    "60s",
    "[1]",
    "[{a: []}]",
]


def outcome(text: str) -> set[str]:
    """Load a text; give the levels of what was found, or nothing where it was refused without a reason."""
    try:
        load([Source("a.yaml", text)])
    except SpecError as error:
        return {finding.level for finding in error.findings if finding.render()}
    return {"loaded"}


@settings(max_examples=60)
@given(st.one_of(st.text(max_size=80), st.lists(st.sampled_from(PIECES), max_size=30).map("".join)))
def test_any_text_loads_or_is_refused_with_findings(text: str) -> None:
    """Only SpecError is ever raised, and it has an error to show."""
    assert outcome("kept: 1\n" + text) & {"loaded", "error"}


@settings(max_examples=200)
@given(st.sampled_from(sorted(StandardModel.model_fields)), st.sampled_from(VALUES), st.sampled_from(SHAPES))
def test_any_value_under_any_key_loads_or_is_refused_with_findings(key: str, value: str, shape: str) -> None:
    """Every key can hold anything; what does not fit is a finding."""
    kept = ", ".join(pair for pair in shape.split(", ") if not pair.startswith(f"{key}: "))
    assert outcome(f"kept: 1\nstandards:\n  it: {{promise: p, {kept}, {key}: {value}}}\n") & {"loaded", "error"}
