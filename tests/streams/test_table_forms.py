"""Files as programs write them: without a header, ragged, in JSON of any shape, in workbooks, in archives."""

from __future__ import annotations

import gzip
import io
import zipfile
from pathlib import Path

import pytest

from standards.errors import SpecError
from standards.judge.events import iso
from streams.backtest.inputs import expanded, inputs_of
from streams.ingest.packed import opened
from streams.ingest.table import read_table
from tests.streams.tables import AT, EVENT, mapping, told

HEADED = f"call,line,at\n1,a,{AT}\n"
WRITTEN = {
    "a header that the mapping gives": (f"1,a,{AT}\n", ", header: [call, line, at]"),
    "title lines above the header": (f"March\nall lines\n{HEADED}", ", skip: 2"),
    "title lines, one of them empty": (f"March\n\n{HEADED}", ", skip: 2"),
    "another separator in the title": (f"March, all lines\n{HEADED.replace(',', ';')}", ", skip: 1"),
    "a lone quote in the title": (f'"March\n{HEADED}', ", skip: 1"),
    "a declared separator above a title": (f"sep=;\nMarch\n{HEADED.replace(',', ';')}", ", skip: 1"),
    "a declared tab": (f"sep=\t\n{HEADED}".replace(",", "\t"), ""),
    "a line that declares the separator": (f"sep=;\n{HEADED.replace(',', ';')}", ""),
    "bars between cells": (HEADED.replace(",", "|"), ""),
    "tabs in a file that is called csv": (HEADED.replace(",", "\t"), ""),
    "a separator of its own": (HEADED.replace(",", "^"), ', separator: "^"'),
    "a separator at the end of each line": (f"call,line,at\n1,a,{AT},\n", ""),
    "rows that are longer": (f"call,line,at\n1,a,{AT},x,y\n", ", ragged: true"),
    "words for none in every column": (f"call,line,at\n1,a,{AT}\n2,b,NULL\n", ", missing: ['NULL', n/a]"),
}  # fmt: skip


@pytest.mark.parametrize("written", WRITTEN)
def test_a_table_is_read_as_it_is_written(written: str) -> None:
    """However a program writes a table, its row is the same event."""
    table, keys = WRITTEN[written]
    assert told(table, keys) == ["10:00:00 waiting 1 a"]


def test_rows_that_are_shorter_have_no_value_there() -> None:
    """Where rows differ in length, what is not there is none; where they should not, the row is told."""
    table = f"call,at,line\n1,{AT}\n"
    assert told(table, ", ragged: true") == ["10:00:00 waiting 1"]
    (said,) = told(table, "")
    assert said.startswith("bad: 2 cells where the header has 3")


def test_quotes_that_mean_nothing() -> None:
    """A quote in a cell can be a letter like any other."""
    table = f'call,line,at\n1,2" pipe,{AT}\n2,"a" b,{AT}\n'
    assert told(table, ", quotes: none") == ['10:00:00 waiting 1 2" pipe', '10:00:00 waiting 2 "a" b']
    assert told(table, ", quotes: lenient") == ['10:00:00 waiting 1 2" pipe', "10:00:00 waiting 2 a b"]
    assert "quotes: lenient or none" in told(table, "")[-1]


def test_columns_of_one_name() -> None:
    """The second column of a name has a number; an accent in two pieces is the same letter as in one."""
    table = f"call,line,at,line\n1,a,{AT},b\n"
    assert told(table, "", EVENT.replace("line", '"line (2)"')) == ["10:00:00 waiting 1 b"]
    composed, decomposed = "\u00e9quipe", "e\u0301quipe"
    assert told(f"call,{decomposed},at\n1,a,{AT}\n", "", EVENT.replace("line", composed)) == ["10:00:00 waiting 1 a"]
    assert told(f"call,line,at\n1,{decomposed},{AT}\n", "") == [f"10:00:00 waiting 1 {composed}"]


@pytest.mark.parametrize("line", ["sep=ab", "Sep=x,call,at"])
def test_a_line_that_declares_no_separator(line: str) -> None:
    """What begins like a declared separator and is none is the header."""
    with pytest.raises(SpecError, match=r"has none of the 3 columns|has no column"):
        told(f"{line}\n1,a,{AT}\n", "")


def test_a_long_cell_is_no_fault_of_quotes() -> None:
    """A cell may be as long as a row; a text that is too long for an event is told as that."""
    table = f"call,line,at,note\n1,a,{AT},{'x' * 200_000}\n2,{'x' * 200_000},{AT},\n"
    read, bad = told(table, "")
    assert read == "10:00:00 waiting 1 a"
    assert "a text has at most 4,096" in bad


NUMBERS = "{event: contact.answered, fields: {contact: call, waited: wait}}"
READ = {"7": "7.0", "7,5": "7.5", "0:01:05": "65.0", "1:00:00,5": "3600.5"}


@pytest.mark.parametrize("cell", READ)
def test_numbers_as_half_of_the_world_writes_them(cell: str) -> None:
    """A comma can stand before the fraction, and a span is its seconds."""
    table = f"call;wait;at\n1;{cell};{AT}\n"
    assert told(table, ", decimal: ','", NUMBERS) == [f"10:00:00 answered 1 {READ[cell]}"]


def test_a_decimal_comma_that_is_not_declared_is_told() -> None:
    """It could as well stand between thousands, so nothing is guessed; the fix is named."""
    (said,) = told(f"call;wait;at\n1;7,5;{AT}\n", "", NUMBERS)
    assert "write decimal: ',' under table:" in said


@pytest.mark.parametrize("wait", ["number", "integer"])
def test_a_point_beside_a_decimal_comma_is_not_guessed_at(wait: str) -> None:
    """Where a comma stands before a fraction, `1.000` may be a thousand: it is told, and is not read as 1."""
    event = NUMBERS if wait == "number" else "{event: queue.length, fields: {site: call, queue: call, waiting: wait}}"
    (said,) = told(f"call;wait;at\n1;1.000;{AT}\n", ", decimal: ','", event)
    assert said.startswith("bad: ")


def test_what_of_a_cell_counts() -> None:
    """A pattern cuts a cell, and its named groups are columns: in fields, in texts and in conditions."""
    table = f"call,move,at\nC-0017 (web),a -> b,{AT}\nC-18,none,{AT}\n"
    top = "columns:\n  call: {pattern: 'C-0*([0-9]+)'}\n  move: {pattern: '(?P<from>[a-z]+) -> (?P<to>[a-z]+)'}\n"
    event = "{event: contact.waiting, when: to == 'b', fields: {contact: call, queue: {text: '{from}-{to}'}}}"
    assert told(table, "", event, top=top) == ["10:00:00 waiting 17 a-b"]


def test_a_pattern_that_takes_too_long_is_given_up() -> None:
    """A pattern that tries everything in every way costs its row, not the evening."""
    table = f"call,line,at\n{'a' * 5_000}!,x,{AT}\n"
    (said,) = told(table, "", top="columns:\n  call: {pattern: '^(a|aa|aaa)+$'}\n")
    assert "the pattern takes too long" in said


def test_the_row_and_the_file_are_columns() -> None:
    """Where nothing else tells rows apart, their number does, and the name of the file."""
    event = "{event: contact.waiting, fields: {contact: {text: '{#file}-{#row}'}}}"
    assert told(f"at\n{AT}\n", "", event, name="/tmp/x/may.csv") == ["10:00:00 waiting may.csv-1"]


TIMES = {
    "1772359200": "{column: at, format: unix}",
    "1772359200000": "{column: at, format: unix-ms}",
    "46082.4166666667": "{column: at, format: excel}",
    "2026-03-01 10:00:00 UTC": "at",
    "01.03.2026 10:00": "{column: at, format: ['%Y-%m-%d', '%d.%m.%Y %H:%M']}",
}
MONTHS = {"1. März 2026 10:00": ("de", "%d. %B %Y %H:%M"), "1 mar. 2026 10:00": ("es", "%d %b %Y %H:%M")}


@pytest.mark.parametrize("cell", TIMES)
def test_times_as_programs_write_them(cell: str) -> None:
    """Seconds since 1970, a spreadsheet's days, a zone in letters, several forms in one column."""
    event = EVENT.replace("{event", f"{{time: {TIMES[cell]}, event")
    assert told(f"call,line,at\n1,a,{cell}\n", "", event) == ["10:00:00 waiting 1 a"]


@pytest.mark.parametrize("cell", MONTHS)
def test_months_in_letters(cell: str) -> None:
    """The table says in which language its months are written, in full or shortened."""
    language, form = MONTHS[cell]
    event = EVENT.replace("{event", f"{{time: {{column: at, format: '{form}'}}, event")
    assert told(f"call,line,at\n1,a,{cell}\n", f", language: {language}", event) == ["10:00:00 waiting 1 a"]


CALLS = (
    "{event: contact.waiting, time: {column: [day, came]}, fields: {contact: call}}",
    "{event: contact.answered, time: {column: [day, left]%s}, fields: {contact: call}}",
)


def test_a_call_goes_on_past_midnight() -> None:
    """One date and two clock times: what ends before it begins ended the next day, where the mapping says so."""
    table = "call,day,came,left\n1,2026-03-01,23:59:50,00:00:10\n2,2026-03-01,10:00:00,10:00:05\n"
    ends = CALLS[0], CALLS[1] % ", after: [day, came]"
    made = mapping("kept: 1\ntable: {source: calls, zone: UTC}\nevents:\n" + "".join(f"  - {each}\n" for each in ends))
    found = [iso(event.at) for event in read_table(io.BytesIO(table.encode()), made, bad=print)]
    assert found == ["2026-03-01T10:00:00Z", "2026-03-01T10:00:05Z", "2026-03-01T23:59:50Z", "2026-03-02T00:00:10Z"]


def test_calls_that_may_go_past_midnight_are_doubted() -> None:
    """Where a few end before they begin and share their date, it is said what would be written."""
    rows = [f"{at},2026-03-01,10:00:00,10:00:05\n" for at in range(20)]
    table = "call,day,came,left\n" + "".join([*rows, "x,2026-03-01,23:59:50,00:00:10\n"])
    ends = CALLS[0], CALLS[1] % ""
    made = mapping("kept: 1\ntable: {source: calls, zone: UTC}\nevents:\n" + "".join(f"  - {each}\n" for each in ends))
    said: list[str] = []
    list(read_table(io.BytesIO(table.encode()), made, bad=print, doubt=said.append, name="t.csv"))
    (doubt,) = said
    assert doubt.startswith(
        "t.csv: contact.answered comes before contact.waiting once, and after it 20 times; both have"
    )
    assert doubt.endswith("write after: [day, came] beside the time of contact.answered.")


def test_a_start_and_seconds() -> None:
    """An end that is only known as a length is the start and the length, as seconds or h:mm:ss."""
    table = f"call,at,talk\n1,{AT}:00,90\n2,{AT}:00,0:02:00\n3,{AT}:00,\n"
    event = "{event: contact.closed, time: {column: at, plus: talk}, fields: {contact: call}}"
    assert told(table, "", event) == ["10:01:30 closed 1", "10:02:00 closed 2"]


def test_a_start_and_two_lengths() -> None:
    """Where a table has how long a call took and how long both spoke, it was answered at its end less the talk."""
    table = f"call,at,took,talk\n1,{AT}:00,100,0:01:20\n2,{AT}:00,70,\n3,{AT}:00,60,60\n"
    event = "{event: contact.answered, time: {column: at, plus: took, minus: talk}, fields: {contact: call}}"
    assert told(table, "", event) == ["10:00:00 answered 3", "10:00:20 answered 1"]


@pytest.mark.parametrize("length", ["1e12", "1e300"])
def test_a_length_that_leads_out_of_all_dates(length: str) -> None:
    """Such a row is left out and told, and the others are read."""
    table = f"call,at,talk\n1,{AT}:00,{length}\n2,{AT}:00,5\n"
    event = "{event: contact.closed, time: {column: at, plus: talk}, fields: {contact: call}}"
    closed, bad = told(table, "", event)
    assert closed == "10:00:05 closed 2"
    assert "lead out of all dates" in bad


def of(files: str = "", name: str = "map.yaml") -> object:
    return mapping(f"kept: 1\ntable: {{source: calls, zone: UTC, time: at{files}}}\nevents:\n  - {EVENT}\n")


def test_folders_patterns_and_archives_are_their_files(tmp_path: Path) -> None:
    """A folder is the files in it, a pattern those that it fits, an archive what is packed in it."""
    (tmp_path / "a.csv").write_text(HEADED)
    (tmp_path / "map.yaml").write_text("kept: 1")
    with zipfile.ZipFile(tmp_path / "b.zip", "w") as archive:
        archive.writestr("in/c.csv", HEADED)
        archive.writestr("__MACOSX/c.csv", "x")
    (tmp_path / "d.csv.gz").write_bytes(gzip.compress(HEADED.encode()))
    names = [str(tmp_path / name) for name in ("a.csv", "b.zip/in/c.csv", "d.csv.gz")]
    assert expanded([str(tmp_path)]) == names
    assert expanded([str(tmp_path / "*.csv*")]) == [names[0], names[2]]
    for name in names:
        with opened(name) as stream:
            assert stream.read().decode() == HEADED


def test_each_file_has_its_own_mapping(tmp_path: Path) -> None:
    """Mappings say which files they are for; files of one name, and their ids, are told apart by their folders."""
    for name in ("jan/calls.csv", "feb/calls.csv", "jan/chats.csv"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(HEADED)
    calls, others = of(", files: calls*"), of()
    paths = [str(tmp_path / name) for name in ("jan/calls.csv", "feb/calls.csv", "jan/chats.csv")]
    found = inputs_of(paths, [calls, others])  # type: ignore[list-item]
    assert [each.mapping is calls for each in found] == [True, True, False]
    assert [each.label for each in found] == ["jan/calls.csv", "feb/calls.csv", "chats.csv"]


def test_two_mappings_for_one_file_are_refused(tmp_path: Path) -> None:
    """Which of two mappings a file belongs to is not guessed, and none is passed over in silence."""
    (tmp_path / "calls.csv").write_text(HEADED)
    with pytest.raises(SpecError, match="could both be its mapping"):
        inputs_of([str(tmp_path / "calls.csv")], [of(), of()])  # type: ignore[list-item]
    with pytest.raises(SpecError, match=r"none is called chats\.csv"):
        inputs_of([str(tmp_path / "calls.csv")], [of(), of(", files: chats.csv")])  # type: ignore[list-item]
