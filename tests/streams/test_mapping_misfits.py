"""What a mapping says in vain, or in two ways: it is told, and nothing of it is lost in silence."""

from __future__ import annotations

import io
import json
from pathlib import Path

import pytest

from standards.errors import EventError, SpecError
from streams.ingest.cutting import LEAST, LONGEST, PATIENCE, Cut
from streams.ingest.live import LiveMapping
from streams.ingest.table import read_table
from tests.streams.tables import AT, EVENT, mapping, told

CHAIN = (
    "{event: contact.waiting, time: {column: [day, came]}, fields: {contact: call}}",
    "{event: contact.answered, time: {column: [day, answered], after: [day, came]}, fields: {contact: call}}",
    "{event: contact.closed, time: {column: [day, left], after: [day, answered]}, fields: {contact: call}}",
)
ROWS = {
    "on the next day": ("23:59:50,00:00:10,00:05:00", ["-01 23:59:50", "-02 00:00:10", "-02 00:05:00"]),
    "without the one between": ("23:59:50,,00:05:00", ["-01 23:59:50", "-02 00:05:00"]),
    "over two nights": ("23:59:50,00:00:10,00:00:05", ["-01 23:59:50", "-02 00:00:10", "-03 00:00:05"]),
    "on one day": ("10:00:00,10:00:10,10:05:00", ["-01 10:00:00", "-01 10:00:10", "-01 10:05:00"]),
}


def chained(*events: str) -> str:
    return "kept: 1\ntable: {source: calls, zone: UTC}\nevents:\n" + "".join(f"  - {each}\n" for each in events)


@pytest.mark.parametrize("row", ROWS)
def test_a_time_that_follows_one_that_follows_another(row: str) -> None:
    """What follows a time that was put on to the next day is held against that day, after none against the first."""
    times, found = ROWS[row]
    table = f"call,day,came,answered,left\n1,2026-03-01,{times}\n"
    events = read_table(io.BytesIO(table.encode()), mapping(chained(*CHAIN)), bad=print)
    assert [f"{event.time:-%d %H:%M:%S}" for event in events] == found


def test_times_that_follow_each_other_in_a_circle() -> None:
    """A time that follows itself says nothing, and is told."""
    first = CHAIN[0].replace("came]}", "came], after: [day, answered]}")
    with pytest.raises(SpecError, match="this time follows itself"):
        read_table(io.BytesIO(b"call,day,came,answered,left\n"), mapping(chained(first, *CHAIN[1:])), bad=print)


def test_a_group_that_is_called_like_a_column() -> None:
    """Which of two columns of one name is meant is not guessed: a group's and the table's, or those of two groups."""
    top = "columns: {call: {pattern: '(?P<line>[a-z])(?P<call_>[0-9])'}, at: {pattern: '%s'}}\n"
    with pytest.raises(SpecError, match="the group 'line' of this pattern is called like a column of the table"):
        told(f"call,line,at\na1,x,{AT}\n", "", top=top % ".*")
    with pytest.raises(SpecError, match="the pattern of 'call' has a group 'call_' too"):
        told(f"call,line,at\na1,x,{AT}\n", "", top=top % "(?P<call_>.*)")


MISFITS = {
    "json": (
        "sheet: A",
        "separator: ';'",
        "encoding: cp1250",
        "skip: 1",
        "header: [a]",
        "ragged: true",
        "quotes: none",
    ),
    "csv": ("sheet: A", "each: a"),
    "workbook": ("each: a", "encoding: utf-16", "quotes: none"),
    "xes": ("each: a", "skip: 1"),
}


@pytest.mark.parametrize(("form", "key"), [(form, key) for form, keys in MISFITS.items() for key in keys])
def test_a_key_that_says_nothing_about_the_format(form: str, key: str) -> None:
    """A key for another format is a finding: where the mapping names the format, or else where the file's name does."""
    said = f"{key.partition(':')[0]}: says nothing about a table of the format {form}"
    with pytest.raises(SpecError, match=said):
        mapping(f"kept: 1\ntable: {{source: a, zone: UTC, time: at, format: {form}, {key}}}\nevents:\n  - {EVENT}\n")
    name = {"workbook": "t.xlsx"}.get(form, f"t.{form}")
    with pytest.raises(SpecError, match=said):
        told("{}", f", {key}", name=name)


def test_a_key_that_says_nothing_about_what_comes_live() -> None:
    """What is sent is JSON where nothing says otherwise, and keys of tables are told there, too."""
    with pytest.raises(SpecError, match="skip: says nothing"):
        LiveMapping(mapping(f"kept: 1\ntable: {{source: a, zone: UTC, time: at, skip: 1}}\nevents:\n  - {EVENT}\n"))


def test_patterns_have_an_end() -> None:
    """Each cell on which a pattern takes too long leaves less time for the next one; sound cells are still read."""
    slow, top = f"{'a' * 5_000}!,x,{AT}\n", "columns:\n  call: {pattern: '^(a|aa|aaa)+$'}\n"
    found = told(f"call,line,at\n{slow * 30}aaa,x,{AT}\n", "", top=top)
    assert found[0].startswith("10:00:00 waiting a")
    assert len(found) == 31


def test_a_cell_that_is_too_long_for_a_pattern() -> None:
    """Nothing is cut off a cell in silence: one that is longer than a pattern looks at cannot be read."""
    (said,) = told(f"call,line,at\n{'a' * (LONGEST + 1)},x,{AT}\n", "", top="columns:\n  call: {pattern: 'a+$'}\n")
    assert "has 10,001 characters; a pattern looks at 10,000" in said
    assert Cut("a+$").found("a" * LONGEST, "call") == ["a" * LONGEST]


def test_of_rows_that_cannot_be_read_no_values_are_told() -> None:
    """Where no row at all could be read, nothing is said of what its columns hold."""
    doubts: list[str] = []
    table = mapping(f"kept: 1\ntable: {{source: a, zone: UTC, time: at}}\nevents:\n  - {EVENT}\n")
    list(read_table(io.BytesIO(b"call,line,at\n1,2\n"), table, bad=lambda _: None, doubt=doubts.append))
    assert doubts == []


def test_a_time_beyond_all_dates() -> None:
    """A time that is ISO 8601, and has no time in UTC, is told as that."""
    (said,) = told("call,line,at\n1,a,9999-12-31 23:00:00-05:00\n", "")
    assert "is outside of all dates" in said
    assert "leave format: out" not in said


def test_a_path_that_conditions_alone_use(tmp_path: Path) -> None:
    """A path that stands in `when` alone is not read from records, and the error says where to name it."""
    event = EVENT.replace("{event", "{when: metric == 'a', event")
    record = json.dumps({"call": "1", "at": AT, "metric": "a"})
    with pytest.raises(SpecError, match=r"named under columns: metric: \{\}"):
        told(record, "", event, name=str(tmp_path / "t.json"))
    assert told(record, "", event, name="t.json", top="columns: {metric: {}}\n") == ["10:00:00 waiting 1"]


def test_a_pattern_that_was_slow_for_a_while_has_its_time_again() -> None:
    """What comes live has no end: after some cells on which it gave up, sound ones give it back what it may take."""
    cut = Cut("^(a|aa|aaa)+$")
    for _ in range(10):
        with pytest.raises(EventError, match="takes too long"):
            cut.found(f"{'a' * 5_000}!", "call")
    assert cut.patience == LEAST
    for _ in range(500):
        assert cut.found("a", "call") == ["a"]
    assert cut.patience == PATIENCE
