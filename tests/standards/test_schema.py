"""What an editor is told of standards: it completes what there is, and refuses nothing that Kept accepts."""

import re
from typing import Any

import jsonschema_rs
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from standards.calendar import working_days
from standards.calendar.duration import parse
from standards.compiler.schema import DAYS, LENGTH, standards_schema
from standards.compiler.shape_keys import FORMER, SHAPES
from standards.documents.document import Document
from standards.documents.model import StandardModel
from standards.documents.vocabulary import builtin_vocabulary
from standards.judge.rulebook import PROMISE_EVENTS

SCHEMA = standards_schema()
VALIDATOR = jsonschema_rs.Draft7Validator(SCHEMA)
UNITS = st.sampled_from(["w", "d", "h", "m", "s", "ms", "", "min", " "])
PARTS = st.lists(st.tuples(st.integers(0, 999), UNITS), max_size=4)
DAYS_PARTS = st.tuples(*map(st.sampled_from, (["", "end of "], ["", "next ", "1 ", "3 ", "0 "], ["", "s"])))
STANDARD = "kept: 1\nstandards:\n  it: {promise: p, per: [site], KEYS}\n"
RESPONSE = "when: queue.length, expect: register.opened, within: 1h"


def is_valid(keys: str) -> bool:
    return VALIDATOR.is_valid(Document("a.yaml", STANDARD.replace("KEYS", keys)).data)


def read(text: str) -> bool:
    try:
        parse(text)
    except ValueError as error:
        assume("hundred years" not in str(error))  # how long is too long is no matter of form
        return False
    return True


@given(PARTS.map(lambda parts: "".join(f"{number}{unit}" for number, unit in parts)) | st.text(max_size=6))
def test_a_length_of_time_is_what_kept_reads(text: str) -> None:
    """The pattern accepts the texts that the reader accepts, and no other."""
    assert bool(re.fullmatch(LENGTH, text)) == read(text)


@given(DAYS_PARTS)
def test_working_days_are_what_kept_reads(parts: tuple[str, str, str]) -> None:
    """The pattern accepts at least the forms of working days that there are."""
    text = f"{parts[0]}{parts[1]}working day{parts[2]}"
    if working_days.number_of(text) is not None:
        assert re.fullmatch(DAYS, text)


def test_each_shape_offers_its_keys_and_no_others() -> None:
    """Beside what all have, a standard that is begun as one shape is offered the keys of that one."""
    shapes: dict[str, Any] = {each["title"]: each for each in SCHEMA["definitions"]["StandardModel"]["anyOf"]}
    assert list(shapes) == list(SHAPES)
    owned = {key for required, optional in SHAPES.values() for key in (*required, *optional)} | FORMER.keys()
    every = {field.alias or name for name, field in StandardModel.model_fields.items()}
    for name, (required, optional) in SHAPES.items():
        former = {key for key, of in FORMER.items() if of == name}
        assert shapes[name]["properties"].keys() == (every - owned) | {*required, *optional} | former
        assert {*required} - {"within"} < {*shapes[name]["required"]}
    hidden = {key for each in shapes.values() for key, said in each["properties"].items() if said.get("doNotSuggest")}
    assert hidden == {"edition", *FORMER}


def test_every_event_type_is_offered_with_what_it_means() -> None:
    """The built-in types and promises' own stand there by name, each with its meaning."""
    (offered, _) = SCHEMA["definitions"]["EventType"]["anyOf"]
    assert offered["enum"] == [*builtin_vocabulary(), *PROMISE_EVENTS]
    assert len(offered["markdownEnumDescriptions"]) == len(offered["enum"])
    assert all(offered["markdownEnumDescriptions"])


@pytest.mark.parametrize(
    ("keys", "valid"),
    [
        (RESPONSE, True),
        (RESPONSE.replace("register.opened", "till.opened"), True),  # a type of the author's own
        (RESPONSE.replace("register.opened", "[register.opened, {event: [a.b, c.d], where: x > 1, for: 5m}]"), True),
        (RESPONSE.replace("register.opened", "Register Opened"), False),
        (RESPONSE.replace("1h", "{by: kind, a: 2 working days, else: none}"), True),
        (RESPONSE.replace("1h", "1 hour"), False),
        (RESPONSE.replace("1h", "null"), False),
        (f"{RESPONSE}, warn: [50%, 15s before]", True),
        ("when: callback.promised, expect: callback.made, due: due", True),  # the event names the deadline
        ("when: callback.promised, expect: callback.made", False),
        (f"{RESPONSE}, warn: 15s", False),
        (f"{RESPONSE}, reopen: edge", True),  # of before, and understood
        (f"{RESPONSE}, measure: count()", False),
        ("when: a.b, measure: count(), over: 50 events, must: < 3", True),
        ("when: a.b, measure: count(), over: shift, must: < 3, within: 1h", False),
        ("expect: a.b, every: week", True),
        ("expect: a.b, every: weekly", False),
        ("expect: a.b, evry: week", False),
    ],
)
def test_an_editor_says_what_kept_says(keys: str, valid: bool) -> None:
    """What can be written is accepted; what cannot, and keys of another shape, are underlined."""
    assert is_valid(keys) == valid
