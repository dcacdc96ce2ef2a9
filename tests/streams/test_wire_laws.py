"""Laws of the wire: no bytes, values or headers from outside do more than be refused."""

import json
from collections.abc import Callable

from hypothesis import given
from hypothesis import strategies as st

from standards.errors import EventError
from standards.judge.events import Event, iso
from streams.ingest.wire import Refusal
from tests.streams.test_wire import GOOD, HEADERS, LINE, READER, refusals

REASONS = {"", "not-json", "bad-event", "unknown-type", "bad-field", "too-large", "reserved-type"}


def reason_of(read: Callable[[], Event]) -> str:
    """Give the reason for which an event is refused, or nothing where it is read; nothing else may be raised."""
    try:
        read()
    except EventError as error:
        return error.reason
    return ""


PIECES = st.sampled_from(
    [b"{", b"}", b"[", b"]", b'"', b":", b",", b"null", b"1e999", b"-0", b"\\u0000", b"\\ud800", b"\xff", b"\n", LINE,
     b'"type"', b'"queue.length"', b'"time"', b'"0000-00-00T00:00:00Z"', b'"data"', b'"id"', b'"$at"', b"9" * 400],
)  # fmt: skip
NOISE = st.one_of(st.binary(max_size=60), st.lists(PIECES, max_size=12).map(b"".join))


@given(NOISE)
def test_no_bytes_do_more_than_be_refused(raw: bytes) -> None:
    """Whatever arrives, it is an event or an EventError; in lines it is an event or a Refusal."""
    assert reason_of(lambda: READER.one(raw)) in REASONS
    events, refused = refusals(raw)
    assert len(events) + len(refused) == sum(bool(line.strip()) for line in raw.split(b"\n"))


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=6,
)


@given(st.sampled_from([*GOOD, "$at", "at"]), JSON)
def test_no_value_anywhere_does_more_than_be_refused(name: str, value: object) -> None:
    """Any JSON in place of any attribute is read or refused; nothing from outside sets the time but `time`."""
    try:
        event = READER.one(json.dumps(GOOD | {name: value}).encode())
    except EventError:
        return
    assert iso(event.at) == iso(READER.one(LINE).at) or name == "time"


@given(st.dictionaries(st.text(max_size=9) | st.sampled_from([*HEADERS]), st.text(max_size=12), max_size=8), NOISE)
def test_no_headers_do_more_than_be_refused(headers: dict[str, str], body: bytes) -> None:
    """The binary form with any headers and body is an event or an EventError."""
    assert reason_of(lambda: READER.binary(headers, body)) in REASONS


@given(NOISE)
def test_no_body_does_more_than_be_refused_as_a_batch(body: bytes) -> None:
    """A batch of anything is events and refusals, or an EventError for the whole."""
    found: list[Refusal] = []
    try:
        events = READER.batch(b"[" + body + b"]", found.append)
    except EventError as error:
        reason, whole = error.reason, 0
    else:
        reason, whole = "", len(json.loads(b"[" + body + b"]")) - len(events)
    assert (reason, whole) == (("", len(found)) if not reason else ("not-json", 0))
