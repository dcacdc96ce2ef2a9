"""What is wrong with a mapping is found before anything is read, and placed where the author wrote it."""

from __future__ import annotations

import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from standards.errors import Finding, SpecError
from standards.judge.events import iso, type_of
from streams.ingest.table import read_table
from tests.streams.tables import QUEUES, ROOT, mapping, read


def found_in(text: str) -> list[Finding]:
    try:
        mapping(text)
    except SpecError as error:
        return error.findings
    return []


def test_a_missing_column_is_named_at_once() -> None:
    """Before any row is read, each column that is not there is named, where it is asked for, with those that are."""
    with pytest.raises(SpecError) as caught:
        read_table(io.BytesIO(b"t,site,w,x,x\n"), mapping(QUEUES.replace("column: c", "column: x")), bad=print)
    first, second = caught.value.findings
    assert (first.place.line, first.place.column, first.source[19:20]) == (5, 20, "s")
    assert first.found == "table.csv has no column 's'"
    assert "its columns are: 't', 'site', 'w', 'x', 'x (2)'" in first.fix
    assert second.found == "table.csv has more than one column 'x'"
    assert "the second can be called 'x (2)'" in second.fix


TABBED = QUEUES.replace("table: {", "table: {format: tsv, ")
MISFITS = [
    (TABBED, b"t,s,w,c\n", 2, "is `format: tsv` right? its columns are: 't,s,w,c'"),
    (QUEUES, b"t^s^w^c\n", 2, "is its separator right? its columns are: 't^s^w^c'"),
    (QUEUES, b"a,b,s2\n", 2, "does it belong to this mapping? its columns are: 'a', 'b', 's2'"),
]


@pytest.mark.parametrize(("text", "header", "line", "fix"), MISFITS, ids=["format", "name", "file"])
def test_a_table_of_another_kind_is_one_finding(text: str, header: bytes, line: int, fix: str) -> None:
    """Where none of the columns is there, that is said once, where the fault is likely, with the columns there are."""
    twice = text + text.partition("events:\n")[2].replace("    fields", "    when: w > '3'\n    fields")
    with pytest.raises(SpecError) as caught:
        read_table(io.BytesIO(header), mapping(twice), bad=print)
    (finding,) = caught.value.findings
    assert finding.found == "table.csv has none of the 4 columns that are asked for"
    assert finding.place.line == line
    assert finding.fix.startswith(fix)


def test_a_missing_column_is_one_finding_however_often_it_is_used() -> None:
    """A column that two events ask for is named where it is asked for first."""
    with pytest.raises(SpecError) as caught:
        read_table(io.BytesIO(b"t,s,w\n"), mapping(QUEUES + QUEUES.partition("events:\n")[2]), bad=print)
    assert [(f.found, f.place.line) for f in caught.value.findings] == [("table.csv has no column 'c'", 5)]


def test_standards_are_no_mapping() -> None:
    """A standards file that is given as a mapping is told so, once, and which file is wanted."""
    (finding,) = found_in((ROOT / "examples" / "grocery" / "standards.yaml").read_text(encoding="utf-8"))
    assert finding.id == "no-mapping"
    assert "this is a standards file" in finding.found
    assert "table:" in finding.fix


def test_a_condition_on_an_unknown_column_is_placed() -> None:
    """A column that `when` misspells is underlined inside the condition."""
    text = QUEUES.replace("    fields", "    when: s == 'a' and wating == '3'\n    fields")
    with pytest.raises(SpecError, match="did you mean waiting") as caught:
        read_table(io.BytesIO(b"t,s,w,c,waiting\n"), mapping(text), bad=print)
    place = caught.value.findings[0].place
    assert (place.line, place.column, place.length) == (5, 24, 6)


@pytest.mark.parametrize(
    ("old", "new", "found"),
    [
        ("queue.length", "queue.lenght", "unknown-event"),
        ("queue.length", "promise.broken", "unknown-event"),
        ("waiting: w, ", "", "missing-field"),
        ("waiting: w", "waiting: w, wait: w", "unknown-field"),
        ("waiting: w", "waiting: {value: three}", "wrong-type"),
        ("{value: main}", "{value: 3}", "wrong-type"),
        ("{value: main}", "{value: main, column: s}", "wrong-value"),
        ("{value: main}", "{value: main, missing: main}", "wrong-value"),
        ("{value: main}", '{text: "{s"}', "bad-template"),
        (", time: t", "", "missing-key"),
        ("time: t", "time: {column: t, format: '%H:%M'}", "bad-time-format"),
        ("time: t", "time: {column: t, format: '%Y-%m-%d %I:%M'}", "bad-time-format"),
        ("time: t", "time: {colum: t}", "missing-key"),
        ("Europe/Warsaw", "Europe/Warsow", "unknown-zone"),
        ("source: offices", "source: kept", "wrong-value"),
        ("source: offices", "source: offices, encoding: utf-88", "unknown-encoding"),
        ("events:", "columns: {s: {as: Site}}\nevents:", "bad-name"),
        ("events:", "columns: {s: {as: x}, w: {as: x}}\nevents:", "bad-name"),
        ("    fields", "    when: s = 3\n    fields", "bad-condition"),
        ("kept: 1", "kept: 2", "unknown-value"),
        ("kept: 1", "kept: 1\nkept: 1", "duplicate-key"),
    ],
)
def test_a_mapping_that_cannot_work_is_refused(old: str, new: str, found: str) -> None:
    """What can be seen without a table is found when the mapping is loaded."""
    assert old in QUEUES
    assert found_in(QUEUES.replace(old, new, 1))[0].id == found


PIECES = ["", "{", "}", "[t]", ": ", "- 1", "null", "3", "a: b", "{a: {b: c}}", "time", "value", "columns: ", "\n", '"']


@given(st.integers(0, len(QUEUES)), st.integers(0, 30), st.sampled_from(PIECES))
def test_any_text_is_a_mapping_or_a_finding(start: int, length: int, piece: str) -> None:
    """However a mapping is mistyped, it loads, or what is wrong is placed inside it; nothing else happens."""
    text = QUEUES[:start] + piece + QUEUES[start + length :]
    findings = found_in(text)
    assert all(1 <= finding.place.line <= len(text.splitlines()) + 1 and finding.found for finding in findings)
    assert findings or mapping(text).model.events


def test_the_example_of_the_documentation_works() -> None:
    """What docs/mapping.md shows can be loaded, and its table becomes what it says."""
    page = (ROOT / "docs" / "mapping.md").read_text(encoding="utf-8")
    text = page.partition("```yaml\n")[2].partition("```")[0]
    table = page.partition("```csv\n")[2].partition("```")[0]
    shown = page.partition("```text\n")[2].partition("```")[0]
    events, bad = read(text, table)
    assert bad == []
    assert [f"{iso(e.at)} {type_of(e)} {e.data.contact} ({e.id})" for e in events] == shown.splitlines()
