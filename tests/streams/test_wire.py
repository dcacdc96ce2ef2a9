"""Events as bytes: every form that people send, and what is said about what cannot be read."""

import json
from typing import Any

import msgspec
import pytest

from standards.documents.vocabulary import builtin_vocabulary
from standards.errors import EventError
from standards.judge.events import Event, event_class, iso, type_of
from streams.ingest.wire import MAX_EVENT, Reader, Refusal, encode, in_future

CLASSES = {name: event_class(event_type) for name, event_type in builtin_vocabulary().items()}
READER = Reader(CLASSES)
GOOD: dict[str, Any] = {
    "specversion": "1.0",
    "id": "e1",
    "source": "camera",
    "type": "queue.length",
    "time": "2026-03-02T09:00:00+01:00",
    "data": {"site": "s3", "queue": "q1", "waiting": 4},
}
DATA = GOOD["data"]
LINE = json.dumps(GOOD).encode()
OBJECT = "an event is a JSON object with id, source, type, time and data"


def spoilt(**changes: Any) -> bytes:  # noqa: ANN401 - anything that JSON can say
    return json.dumps({name: value for name, value in (GOOD | changes).items() if value is not None}).encode()


def refusals(lines: bytes, *, first: int = 1, reader: Reader = READER) -> tuple[list[Event], list[Refusal]]:
    found: list[Refusal] = []
    return reader.lines(lines, found.append, first=first), found


def test_a_structured_event_is_read_as_what_it_says() -> None:
    """Envelope and data arrive typed, and the time as microseconds UTC."""
    event = READER.one(LINE)
    assert (event.id, event.source, type_of(event), iso(event.at)) == (
        "e1",
        "camera",
        "queue.length",
        "2026-03-02T08:00:00Z",
    )
    assert msgspec.structs.asdict(event.data) == {**DATA, "serving": None, "longest_wait": None, "last_called": None}


@pytest.mark.parametrize(
    ("time", "at"),
    [
        ("2026-03-02T08:00:00Z", "2026-03-02T08:00:00Z"),
        ("2026-03-02T08:00:00z", "2026-03-02T08:00:00Z"),
        ("2026-03-02T08:00:00.123456789Z", "2026-03-02T08:00:00.123457Z"),
        ("2026-03-02T08:00:00-05:30", "2026-03-02T13:30:00Z"),
        ("1970-01-01T00:00:00Z", "1970-01-01T00:00:00Z"),
    ],
)
def test_times_with_an_offset_are_read(time: str, at: str) -> None:
    """Any offset, any precision; finer than a microsecond is rounded."""
    assert iso(READER.one(spoilt(time=time)).at) == at


def test_what_kept_does_not_know_is_passed_over() -> None:
    """Extension attributes and fields of newer producers do no harm."""
    event = READER.one(
        spoilt(traceparent="00-ab", datacontenttype="application/json", data={**DATA, "weather": "rain"})
    )
    assert event.data.waiting == 4


BAD = [
    (b"{", "not-json", "not JSON: Input data was truncated"),
    (LINE.replace(b"e1", rb"\ud83d"), "not-json", r"not JSON: \ud83d is half a character; write its other half"),
    (LINE.replace(b"e1", rb"x\uDE00y"), "not-json", r"not JSON: \uDE00 is half a character; write its other half"),
    (LINE.replace(b"e1", rb"\ud83dx"), "not-json", r"\ud83d is half a character"),
    (b"nonsense", "not-json", "not JSON: JSON is malformed"),
    (b"\xff\xfe{}", "not-json", "not JSON: "),
    (LINE.replace(b"e1", b"\xff"), "not-json", "not JSON: "),
    (b"[]", "bad-event", OBJECT),
    (b"3", "bad-event", OBJECT),
    (b"null", "bad-event", OBJECT),
    (b'{"type": 3}', "bad-event", OBJECT),
    (b"{}", "bad-event", OBJECT),
    (spoilt(type="queue.lenght"), "unknown-type",
     "no event type 'queue.lenght' in the vocabulary; did you mean queue.length?"),
    (spoilt(type="moon.rose"), "unknown-type",
     "no event type 'moon.rose' in the vocabulary; declare it under `events` in the standards file"),
    (spoilt(type="promise.broken"), "reserved-type",
     "promise.broken is made by Kept itself and is not taken from outside"),
    (spoilt(time="2026-03-02T09:00:00"), "bad-field", "time has no offset; write it like 2026-01-31T08:00:00Z"),
    (spoilt(time="yesterday"), "bad-field", "time is not a date and time; write it like 2026-01-31T08:00:00Z"),
    (spoilt(time=1772438400), "bad-field", "time is a whole number, where a date and time is expected"),
    (spoilt(time=None), "bad-field", "the event has no time"),
    (spoilt(specversion="0.3"), "bad-field", "specversion is not 1.0"),
    (spoilt(specversion=1.0), "bad-field", "specversion is a number, where text is expected"),
    (spoilt(id=""), "bad-field", "id is empty"),
    (spoilt(id=7), "bad-field", "id is a whole number, where text is expected"),
    (spoilt(id="x" * 513), "bad-field", "id is longer than 512 characters"),
    (spoilt(source=None), "bad-field", "the event has no source"),
    (spoilt(data=None), "bad-field", "the event has no data"),
    (spoilt(data=[]), "bad-field", "data is a list, where an object is expected"),
    (spoilt(data={"site": "s3", "queue": "q1"}), "bad-field", "data has no waiting"),
    (spoilt(data={**DATA, "waiting": "4"}), "bad-field", "data.waiting is text, where a whole number is expected"),
    (spoilt(data={**DATA, "waiting": 4.5}), "bad-field", "data.waiting is a number, where a whole number is expected"),
    (spoilt(data={**DATA, "waiting": True}), "bad-field",
     "data.waiting is true or false, where a whole number is expected"),
    (spoilt(data={**DATA, "waiting": 2**63}), "bad-field", "data.waiting is too large a number"),
    (spoilt(data={**DATA, "site": "x" * 4097}), "bad-field", "data.site is longer than 4096 characters"),
    (b"[" * 100_000, "bad-event", OBJECT),
    (b'{"data":' * 100_000, "not-json", "not JSON: "),
    (LINE[:-1] + b"," + b" " * MAX_EVENT + b"}", "too-large", f"the event is longer than {MAX_EVENT} bytes"),
    (spoilt(time="2026-03-02T09:00:00+01:00 "), "bad-field", "time is not a date and time"),
]  # fmt: skip


@pytest.mark.parametrize(("raw", "reason", "message"), BAD, ids=range(len(BAD)))
def test_what_cannot_be_read_says_why(raw: bytes, reason: str, message: str) -> None:
    """Each fault has its reason, by which it is counted, and a sentence that says what to change."""
    with pytest.raises(EventError) as caught:
        READER.one(raw)
    assert caught.value.reason == reason
    assert message in str(caught.value)
    assert "$" not in str(caught.value)


def test_a_character_in_two_halves_is_read() -> None:
    """JSON writes what is beyond the first 65,536 characters in two halves, which are one character."""
    assert READER.one(LINE.replace(b"e1", rb"\ud83d\ude00")).id == "\U0001f600"


def test_a_time_field_in_the_data_is_named() -> None:
    """A naive time in the data says which field it is."""
    raw = spoilt(type="callback.promised", data={"contact": "c1", "due": "2026-03-02T09:00:00"})
    with pytest.raises(EventError, match=r"data\.due: time has no offset"):
        READER.one(raw)


def test_bad_lines_leave_the_good_ones() -> None:
    """Every good line is read in its order; every bad one is refused with its number and its text."""
    body = b"\n".join([LINE, b"", b"oops", spoilt(id="e2"), b"  \r", spoilt(type="queue.lenght"), spoilt(id="e3")])
    events, refused = refusals(body, first=10)
    assert [event.id for event in events] == ["e1", "e2", "e3"]
    assert [(one.place, one.reason) for one in refused] == [(12, "not-json"), (15, "unknown-type")]
    assert refused[0].raw == b"oops"


@pytest.mark.parametrize("ending", [b"\n", b"\r\n"])
@pytest.mark.parametrize("last", [True, False])
def test_lines_end_as_they_like(ending: bytes, last: bool) -> None:
    """Unix or Windows, with or without an end after the last one."""
    body = ending.join([LINE, spoilt(id="e2")]) + (ending if last else b"")
    events, refused = refusals(body)
    assert ([event.id for event in events], refused) == (["e1", "e2"], [])


def test_nothing_is_no_event() -> None:
    """An empty chunk, or blank lines only, is no event and no fault."""
    assert refusals(b"") == ([], [])
    assert refusals(b"\n \n\r\n") == ([], [])


def test_two_objects_on_one_line_are_a_fault() -> None:
    """A line is one event; what stands behind it is not passed over in silence."""
    events, refused = refusals(LINE + b" " + spoilt(id="e2") + b"\n" + spoilt(id="e3"))
    assert [event.id for event in events] == ["e3"]
    assert [(one.place, one.reason) for one in refused] == [(1, "not-json")]


def test_an_event_over_two_lines_is_a_fault() -> None:
    """A pretty-printed event is refused line by line and not read by luck."""
    events, refused = refusals(json.dumps(GOOD, indent=1).encode())
    assert events == []
    assert {one.reason for one in refused} >= {"not-json"}


def test_a_batch_is_an_array_of_events() -> None:
    """Good and bad in one array: places count from one."""
    found: list[Refusal] = []
    events = READER.batch(b"[" + LINE + b", 3, " + spoilt(id="e2") + b"]", found.append)
    assert ([event.id for event in events], [(one.place, one.reason) for one in found]) == (
        ["e1", "e2"],
        [(2, "bad-event")],
    )
    assert READER.batch(b"[]", found.append) == []


@pytest.mark.parametrize("body", [b"", b"{}", LINE, b"[", b"[1,]", b"\xff", b"[" + LINE + b"] x", b"[" * 100_000])
def test_what_is_no_array_is_no_batch(body: bytes) -> None:
    """A body that is not an array is refused as a whole."""
    with pytest.raises(EventError, match="the body is not a JSON array of events") as caught:
        READER.batch(body, lambda _: None)
    assert caught.value.reason == "not-json"


HEADERS = {"ce-specversion": "1.0", "CE-Id": "e1", "ce-source": "s%C3%BCd", "ce-type": "queue.length",
           "Ce-Time": "2026-03-02T08:00:00Z", "content-type": "application/json"}  # fmt: skip


def test_the_binary_form_is_read() -> None:
    """Attributes stand in headers, in any case and percent-encoded; the data is the body."""
    event = READER.binary(HEADERS, json.dumps(DATA).encode())
    assert (event.id, event.source, event.data.waiting) == ("e1", "süd", 4)


@pytest.mark.parametrize(
    ("headers", "body", "reason"),
    [
        (HEADERS, b"{", "not-json"),
        (HEADERS, b"", "bad-field"),
        (HEADERS, b"{}} ", "not-json"),
        (HEADERS, json.dumps(DATA).encode() + b', "id": "other"', "not-json"),
        (HEADERS, b"[" * 100_000, "not-json"),
        (HEADERS | {"ce-data": "{}"}, b"", "bad-field"),
        ({}, b"{}", "bad-event"),
        (HEADERS | {"ce-type": "promise.kept"}, b"{}", "reserved-type"),
        (HEADERS | {"ce-source": "%FF%00"}, b"{}", "bad-field"),
        (HEADERS, b"\xff", "not-json"),
    ],
)
def test_a_bad_binary_event_is_refused(headers: dict[str, str], body: bytes, reason: str) -> None:
    """Headers and body are held to the same rules, and a body cannot smuggle attributes in."""
    with pytest.raises(EventError) as caught:
        READER.binary(headers, body)
    assert caught.value.reason == reason


def test_an_event_from_the_future_is_refused() -> None:
    """What claims a time after `latest` is refused, in a chunk too, and the rest of the chunk is read."""
    reader = Reader(CLASSES, latest=READER.one(LINE).at)
    later = spoilt(id="e2", time="2027-03-02T09:00:00+01:00")
    events, refused = refusals(LINE + b"\n" + later, reader=reader)
    assert [event.id for event in events] == ["e1"]
    assert [(one.place, one.reason) for one in refused] == [(2, "from-the-future")]
    assert refused[0].message == "time is 365 days ahead of this machine's clock; check the sender's"


def test_the_skew_that_is_allowed_is_allowed() -> None:
    """Exactly `max_skew` ahead is in time; a microsecond more is not."""
    event = READER.one(LINE)
    assert in_future(event, event.at - 300, 300) is None
    assert in_future(event, event.at - 301, 300) is not None


def test_what_is_written_reads_back() -> None:
    """An event that is encoded and read again is the same event."""
    event = READER.one(LINE)
    assert READER.one(encode(event)) == event
