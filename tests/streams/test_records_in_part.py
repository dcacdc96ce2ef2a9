"""JSON of which a part cannot be read: that part is counted, and all around it is read."""

from __future__ import annotations

import io
import json

import pytest

from standards.errors import SpecError
from streams.ingest.live import LiveMapping, Sent
from streams.ingest.rows import BadRow
from streams.ingest.table import Counts, read_table
from streams.ingest.wire import Refusal
from tests.streams.tables import AT, EVENT, mapping, told

MAP = f"kept: 1\ntable: {{source: calls, zone: UTC, time: at%s}}\nevents:\n  - {EVENT}\n"
GOOD = {"call": "7", "line": None, "at": AT}


def taken(document: object, keys: str = "", name: str = "t.json") -> tuple[list[str], list[BadRow], Counts, list[str]]:
    """Give the contacts of the events, what could not be read, the counts and the doubts."""
    bad: list[BadRow] = []
    doubts: list[str] = []
    counts = Counts()
    lines = io.BytesIO(document if isinstance(document, bytes) else json.dumps(document).encode())
    events = read_table(lines, mapping(MAP % keys), bad=bad.append, doubt=doubts.append, counts=counts, name=name)
    return [event.data.contact for event in events], bad, counts, doubts


@pytest.mark.parametrize("odd", [None, 7, "x", [], [1]])
def test_what_is_no_record_is_counted(odd: object) -> None:
    """An item of an array that is no object costs itself alone, and is told with its number."""
    found, bad, counts, _ = taken([GOOD, odd, {**GOOD, "call": "8"}])
    assert (found, [each.lines for each in bad], counts.rows, counts.unread) == (["7", "8"], [(2, 2)], 3, 1)
    assert "is not a record with fields" in bad[0].message


def test_a_list_can_be_a_record() -> None:
    """What a path finds something in is a record, whatever it is."""
    rows = json.dumps([["1", AT], ["2", AT]])
    event = "{event: contact.waiting, time: '[1]', fields: {contact: '[0]'}}"
    assert told(rows, "", event, name="t.json") == ["10:00:00 waiting 1", "10:00:00 waiting 2"]


@pytest.mark.parametrize("each", ["sort_by(calls, &at)", "{call: 'sort_by(calls, &at)'}"])
def test_an_item_for_which_a_path_fails_is_counted(each: str) -> None:
    """A path that fails in one item of a document loses that item alone."""
    good, odd = {"calls": [GOOD]}, {"calls": [{"at": 1}, {"at": "x"}]}
    keys = f", each: {each}" if "{" in each else f', each: "{each}"'
    column = "call.call" if "{" in each else "call"
    made = mapping(
        f"kept: 1\ntable: {{source: calls, zone: UTC{keys}}}\nevents:\n  - {{event: contact.waiting, "
        f"time: {column.replace('call.call', 'call.at') if '{' in each else 'at'}, fields: {{contact: {column}}}}}\n"
    )
    bad: list[BadRow] = []
    lines = io.BytesIO(json.dumps([good, odd, good]).encode())
    assert len(list(read_table(lines, made, bad=bad.append, name="t.json"))) == 2
    assert [(each.row, each.reason) for each in bad] == [(2, "path")]


@pytest.mark.parametrize("path", ["contains('abc', `1`)", "floor(to_number('nan'))", "ceil(to_number('inf'))", "&call"])
def test_whatever_a_path_raises_is_told(path: str) -> None:
    """A path that the library stumbles over costs the record, and not the command."""
    event = f'{{event: contact.waiting, fields: {{contact: call, queue: "{path}"}}}}'
    (said,) = told(json.dumps([GOOD]), "", event, name="t.json")
    assert said.startswith("bad: ")


def test_a_step_that_leads_nowhere_is_counted() -> None:
    """A null within a list within a record is told; the others beside it are read."""
    document = {"calls": [GOOD, None, {**GOOD, "call": "8"}]}
    event = "{event: contact.waiting, time: one.at, fields: {contact: one.call}}"
    found = told(json.dumps(document), ", each: {one: calls}", event, name="t.json")
    assert [each[:18] for each in found] == ["10:00:00 waiting 7", "10:00:00 waiting 8", "bad: 'null' is not"]


def test_where_there_is_no_record_it_is_doubted() -> None:
    """A path to the records that is misspelt makes no row, and that is said."""
    assert taken({"calls": [GOOD]}, ", each: cals")[3] == [
        "t.json: nothing stands at cals, which is each: of the mapping."
    ]


PATHS = {
    "a[?b": "not a valid path from character",
    "a[1:5:0]": "a slice whose step is 0",
    "[" * 3_000: "too many brackets",
}


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("form", [", format: json", ""])
def test_a_path_that_is_none_is_told_before_anything_is_read(path: str, form: str) -> None:
    """Whether or not the mapping says that it is for JSON, what is no path is a finding."""
    event = f'{{event: contact.waiting, fields: {{contact: "{path}"}}}}'
    with pytest.raises(SpecError, match=PATHS[path]):
        told(json.dumps([GOOD]), form, event, name="t.json")
    if not form:
        made = mapping(f"kept: 1\ntable: {{source: calls, zone: UTC, time: at}}\nevents:\n  - {event}\n")
        with pytest.raises(SpecError, match=PATHS[path]):
            LiveMapping(made)


def test_the_line_of_a_record() -> None:
    """In a document the line is the number of the record, in lines it is the line."""
    assert [each.lines for each in taken([GOOD, GOOD, {**GOOD, "at": "x"}])[1]] == [(3, 3)]
    lines = b"\n" + json.dumps(GOOD).encode() + b"\n\n" + json.dumps({**GOOD, "at": "x"}).encode()
    assert [each.lines for each in taken(lines, name="t.jsonl")[1]] == [(4, 4)]


def test_a_line_without_an_end_is_refused() -> None:
    """A line of more than 1,000,000 characters is not read on, as a row of a table is not."""
    with pytest.raises(SpecError, match="longer than 1,000,000"):
        taken(json.dumps(GOOD).encode() + b"\n" + b'{"a": "' + b"x" * 1_000_001, name="t.jsonl")


def test_half_a_character_is_told_in_words() -> None:
    """Half a character in JSON is named, instead of a text that was cut short."""
    lines = json.dumps(GOOD).encode() + b"\n" + b'{"call": "\\ud800", "at": "x"}\n'
    (bad,) = taken(lines, name="t.jsonl")[1]
    assert "\\ud800 is half a character" in bad.message


def test_what_comes_live_and_is_no_record_is_refused() -> None:
    """A null that is sent is not passed over as a record of which the mapping wants nothing."""
    refused: list[Refusal] = []
    made = LiveMapping(mapping(MAP % "")).read(
        Sent(json.dumps([GOOD, None]).encode(), 0, lambda _raw, _begin, place: str(place)), refused.append
    )
    assert (len(made.events), made.passed_over, [each.place for each in refused]) == (1, 0, [2])
