"""Records of JSON in any shape, of XES, and rows of workbooks: read by the same mapping as a table."""

from __future__ import annotations

import io
import json

import pytest

from standards.errors import SpecError
from streams.ingest.rows import BadRow
from streams.ingest.table import read_table
from tests.streams.tables import AT, EVENT, mapping, told
from tests.streams.workbooks import cells, workbook_of_calls

RECORD = {"call": {"id": 7, "line": None}, "at": AT}
NESTED = "{event: contact.waiting, fields: {contact: call.id, queue: call.line}}"
SHAPES = {
    "an array": json.dumps([RECORD]),
    "a record a line": json.dumps(RECORD) + "\n",
    "one record over lines": json.dumps(RECORD, indent=1),
}


@pytest.mark.parametrize("shape", SHAPES)
def test_json_of_any_shape(shape: str) -> None:
    """A path into a record is a column; what is null, or not there, is none."""
    assert told(SHAPES[shape], "", NESTED, name="t.json") == ["10:00:00 waiting 7"]


def test_records_within_records() -> None:
    """Named steps unroll lists within lists; each record has what is above it under its name."""
    issue = {"key": "K-1", "changelog": [
        {"created": f"{AT}:01", "items": [{"field": "status", "to": "Done"}, {"field": "team", "to": "B"}]},
        {"created": f"{AT}:02", "items": [{"field": "status", "to": "Open"}]},
    ]}  # fmt: skip
    keys = ", format: json, each: {issue: issues, change: changelog, item: items}"
    event = (
        "{event: contact.waiting, time: change.created, when: field == 'status', "
        "fields: {contact: issue.key, queue: item.to}}"
    )
    found = told(
        json.dumps({"issues": [issue]}), keys.replace("time: at", ""), event, name="t.json",
        top="columns: {item.field: {as: field}}\n",
    )  # fmt: skip
    assert found == ["10:00:01 waiting K-1 Done", "10:00:02 waiting K-1 Open"]


def test_columns_of_our_own_are_no_paths() -> None:
    """What a pattern finds in a value, the number of the record and the file's name are columns, and not looked for."""
    record = json.dumps({"topic": "shop/north/tills", "at": AT})
    top = 'columns: {topic: {pattern: "shop/(?P<shop>[a-z]+)/(?P<till>[a-z]+)"}}\n'
    event = "{event: contact.waiting, when: shop == 'north', fields: {contact: {text: '{#file}-{#row}'}, queue: till}}"
    assert told(record, "", event, name="t.json", top=top) == ["10:00:00 waiting t.json-1 tills"]


def test_a_bad_record_costs_itself_alone() -> None:
    """A line that is not JSON is told with its number, and the others are read; a path to nothing is doubted."""
    made = mapping(f"kept: 1\ntable: {{source: calls, zone: UTC, time: at}}\nevents:\n  - {NESTED}\n")
    text = f"{json.dumps(RECORD)}\nnonsense\n{json.dumps(RECORD)}\n"
    bad: list[BadRow] = []
    doubts: list[str] = []
    read = list(read_table(io.BytesIO(text.encode()), made, bad=bad.append, doubt=doubts.append, name="t.jsonl"))
    assert (len(read), [each.lines for each in bad]) == (2, [(2, 2)])
    assert doubts == ["t.jsonl: no record has anything at 'call.line'."]


XES = f"""<?xml version="1.0"?><log xmlns="http://www.xes-standard.org/">
<trace><string key="concept:name" value="c7"/>
<event><string key="concept:name" value="queued"/><date key="time:timestamp" value="{AT}:00+00:00"/></event>
<event><string key="concept:name" value="else"/><date key="time:timestamp" value="{AT}:01+00:00"/></event></trace></log>
"""


def test_xes() -> None:
    """Events of a process log have their own attributes, and those of their trace."""
    event = (
        "{event: contact.waiting, time: 'time:timestamp', when: step == 'queued', "
        "fields: {contact: 'case:concept:name'}}"
    )
    top = "columns: {'concept:name': {as: step}}\n"
    assert told(XES, "", event, name="t.xes", top=top) == ["10:00:00 waiting c7"]
    entities = XES.replace("?><log", '?><!DOCTYPE log [<!ENTITY a "a">]><log')
    with pytest.raises(SpecError, match="declares entities"):
        told(entities, "", event, name="t.xes", top=top)
    with pytest.raises(SpecError, match="not XES that can be read"):
        told(XES[:200], "", event, name="t.xes", top=top)


BARE = f"""<log><event><string key="concept:name" value="c1"/><date key="time:timestamp" value="{AT}:00+00:00"/></event>
<trace/></log>"""


def test_events_without_a_trace() -> None:
    """XES has events that stand in the log itself: they are read, with their own attributes alone."""
    event = "{event: contact.waiting, time: 'time:timestamp', fields: {contact: 'concept:name'}}"
    assert told(BARE, "", event, name="t.xes") == ["10:00:00 waiting c1"]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("<html><body>Sign in</body></html>", "its root is <html>"),
        ('<?xml version="1.0" encoding="nonsense"?>' + BARE, "not XES that can be read"),
        ('<?xml version="1.0" encoding="utf-7"?>' + BARE, "not XES that can be read"),
    ],
)
def test_what_is_no_log_is_refused(text: str, said: str) -> None:
    """Another document, and one of an encoding that nobody knows, is told as such."""
    event = "{event: contact.waiting, time: 'time:timestamp', fields: {contact: 'concept:name'}}"
    with pytest.raises(SpecError, match=said):
        told(text, "", event, name="t.xes")


def test_a_workbook() -> None:
    """A sheet is read as it is kept: its times are the spreadsheet's days, whole numbers have no fraction."""
    book = workbook_of_calls(cells("call", "line", "at") + cells(1.0, "a", 46082.4166666667))
    event = EVENT.replace("{event", "{time: {column: at, format: excel}, event")
    assert told(book, ", sheet: Calls", event, name="t.xlsx") == ["10:00:00 waiting 1 a"]
    with pytest.raises(SpecError, match="no sheet 'Cals'"):
        told(book, ", sheet: Cals", event, name="t.xlsx")
    with pytest.raises(SpecError, match="not a workbook that can be read"):
        told(b"nonsense", "", event, name="t.xlsx")


def test_a_cell_far_out_does_not_end_the_command() -> None:
    """A small workbook with a cell in its last corner takes more memory than there is, and is refused with a fix."""
    book = workbook_of_calls(
        cells("call", "line", "at") + '<row r="1048576"><c r="XFD1048576" t="str"><v>x</v></c></row>'
    )
    with pytest.raises(SpecError, match="takes more memory than there is"):
        told(book, "", name="t.xlsx")


def test_lines_above_the_header_of_a_sheet() -> None:
    """Lines that are skipped are lines of the sheet, whether or not anything stands in them."""
    rows = f"{cells('March')}<row></row>{cells('call', 'line', 'at')}{cells('1', 'a', AT)}"
    assert told(workbook_of_calls(rows), ", skip: 2", name="t.xlsx") == ["10:00:00 waiting 1 a"]


def test_what_has_no_parts_is_a_record_by_itself() -> None:
    """A ticket that nobody changed was opened all the same: with an empty list of changes, none, or null."""
    changed = {"id": "t1", "at": AT, "changes": [{"what": "a"}, {"what": "b"}]}
    none: list[dict[str, object]] = [{"changes": []}, {"changes": None}, {}]
    tickets = [changed, *({**each, "id": f"t{number}", "at": AT} for number, each in enumerate(none, 2))]
    event = "{event: contact.waiting, id: '{id}', fields: {contact: id}}"
    keys = ", each: {change: changes}"
    assert [line.split()[-1] for line in told(json.dumps(tickets), keys, event, name="t.json")] == [
        "t1", "t1", "t2", "t3", "t4"
    ]  # fmt: skip
