"""Tables become events as their mapping says: in order, with nothing lost in silence."""

from __future__ import annotations

import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from standards.errors import SpecError
from standards.judge.events import iso, type_of
from streams.ingest.rows import MAX_ROW
from streams.ingest.table import read_table
from tests.streams.tables import CLASSES, QUEUES, mapping, read

TICKETS = """\
kept: 1
table: {source: desk, time: t}
events:
  - event: ticket.moved
    changed: {column: Team, per: [Ticket]}
    fields: {ticket: Ticket, team: Team}
"""


# --- what a row becomes -------------------------------------------------------------------------------------------


def test_a_row_becomes_an_event() -> None:
    """Cells become the typed fields of the event; local time becomes an instant; empty and missing cells are none."""
    events, bad = read(QUEUES, "\ufefft,s,w,c\n2020-01-07 07:58, Wola ,3.0,n/a\n2020-07-07T07:58,Wola,4,2\n")
    assert bad == []
    assert [(e.id, e.source, iso(e.at), e.data.waiting, e.data.serving) for e in events] == [
        ("1.1", "offices", "2020-01-07T06:58:00Z", 3, None),
        ("2.1", "offices", "2020-07-07T05:58:00Z", 4, 2),
    ]
    assert {e.data.site for e in events} == {"Wola"}
    assert all(type(e) is CLASSES["queue.length"] for e in events)


def test_events_come_in_order_of_time_then_of_the_mapping_then_of_the_rows() -> None:
    """Rows out of order are sorted, and in one second exits come before entries if the mapping lists them first."""
    text = """\
kept: 1
table: {source: bank, zone: UTC}
events:
  - {event: contact.closed, time: out, fields: {contact: id}}
  - {event: contact.waiting, time: in, fields: {contact: id}}
"""
    early, late = "2020-01-01 10:00", "2020-01-01 10:00:05"
    table = f"id\tin\tout\nc\t{late}\t\nb\t{early}\t{late}\na\t{early}\t{late}\n"
    events, _ = read(text, table, "calls.tsv")
    assert [(type_of(e), e.data.contact) for e in events] == [
        ("contact.waiting", "b"),
        ("contact.waiting", "a"),
        ("contact.closed", "b"),
        ("contact.closed", "a"),
        ("contact.waiting", "c"),
    ]


def test_conditions_see_columns_by_their_names_and_types() -> None:
    """`when` knows a column by its normalised or given name, as text or as the declared type; no number, no match."""
    text = """\
kept: 1
table: {source: x, time: Change Date+Time}
columns: {"n°": {as: count, type: integer}, "ok?": {type: boolean}}
events:
  - event: meeting.held
    when: change_date_time != "" and (count > 3 or ok) and b_1 == ""
    id: "{{{n°}}}/{Team}"
    fields: {team: Team}
"""
    rows = "4,no,\n3,no,\n3,yes,\nx,,\nx,1,\n9,no,b\n"
    table = "Change Date+Time,Team,n°,ok?,--B:1\n" + "".join(f"2020-01-01T00:00Z,t,{row}\n" for row in rows.split())
    events, bad = read(text, table)
    assert [e.id for e in events] == ["{4}/t", "{3}/t", "{x}/t"]
    assert bad == []


def test_a_change_is_told_in_order_of_time() -> None:
    """`changed` compares with the row before in time, not in the file; the first row of a key changes nothing."""
    table = (
        "t,Ticket,Team\n2020-01-03T00:00Z,1,B\n2020-01-01T00:00Z,1,A\n2020-01-02T00:00Z,1,A\n2020-01-02T00:00Z,2,B\n"
    )
    events, _ = read(TICKETS, table)
    assert [(e.id, e.data.team) for e in events] == [("1.1", "B")]


def test_rows_that_when_leaves_out_are_still_rows_before() -> None:
    """A change away and back is two changes, though `when` lets only one through; empty cells are passed over."""
    text = TICKETS.replace("    changed:", '    when: team == "A"\n    changed:')
    days = enumerate(["A", "B", "", "B", "A", "A"], start=1)
    table = "t,Ticket,Team\n" + "".join(f"2020-01-0{day}T00:00Z,1,{team}\n" for day, team in days)
    assert [e.id for e in read(text, table)[0]] == ["5.1"]


def test_a_row_that_changed_nothing_may_be_incomplete() -> None:
    """An event that would not have happened is not missed: only a change with a bad cell is a bad row."""
    text = TICKETS.replace("team: Team}", "team: Team, agent: {text: '{by}'}}").replace("ticket: Ticket", "ticket: T2")
    days = enumerate([",A", ",A", ",B", "1,C"], start=1)
    table = "t,Ticket,T2,Team,by\n" + "".join(f"2020-01-0{day}T00:00Z,1,{cells},\n" for day, cells in days)
    events, bad = read(text, table)
    assert [e.id for e in events] == ["4.1"]
    assert [(row.row, row.reason) for row in bad] == [(3, "missing")]


def test_semicolons_and_other_encodings_are_read() -> None:
    """What a spreadsheet saves in Poland or as Unicode text is a table too."""
    text = "kept: 1\ntable: {source: x, time: t, encoding: cp1250}\nevents: [{event: meeting.held, fields: {team: a}}]"
    line = 't;a\r\n2020-01-01T00:00Z;"żółw; ""1"""\r\n'
    assert [e.data.team for e in read(text, line.encode("cp1250"))[0]] == ['żółw; "1"']
    tabs = text.replace("cp1250", "utf-16").replace("source: x", "source: x, format: tsv")
    assert [e.data.team for e in read(tabs, "t\ta\n2020-01-01T00:00Z\tżółw".encode("utf-16"))[0]] == ["żółw"]


# --- what cannot be read ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("row", "reason", "said"),
    [
        (b"2024-03-31 02:30,a,1,", "time", "put forward"),
        (b"31.03.2024,a,1,", "time", "column 't': '31.03.2024' is not a time"),
        (b"2024-01-01,a,1_0,", "integer", "column 'w': '1_0' is not a whole number"),
        (b"2024-01-01,a,9223372036854775808,", "integer", "not a whole number"),
        (b"2024-01-01,,1,", "missing", "site has no value"),
        (b"2024-01-01,a,1", "columns", "3 cells where the header has 4"),
        (b"2024-01-01,\xff,1,", "encoding", "not all of it is utf-8"),
        (b'2024-01-01,"a"b,1,', "quotes", "',' expected"),
        (b"2024-01-01," + b"a" * 4097 + b",1,", "text", "4,097 characters"),
    ],
)
def test_a_bad_row_is_told_and_the_rest_goes_on(row: bytes, reason: str, said: str) -> None:
    """Whatever is wrong with a row, it is told with its place and its reason, and the rows around it become events."""
    good = b"2024-01-01,a,1,\n"
    events, bad = read(QUEUES, b"t,s,w,c\n" + good + b"\n" + row + b"\n" + good)
    assert [e.id for e in events] == ["1.1", "3.1"]
    assert [(b.row, b.lines, b.reason) for b in bad] == [(2, (4, 4), reason)]
    assert said in bad[0].message


def test_rows_of_one_fault_have_one_message() -> None:
    """What is said about a bad row does not repeat its place, so that equal faults can be told once."""
    _, bad = read(QUEUES, "t,s,w,c\n2024-01-01,a,x,\n2024-01-02,b,x,\n")
    assert [(row.row, row.lines) for row in bad] == [(1, (2, 2)), (2, (3, 3))]
    assert {row.message for row in bad} == {
        "queue.length: column 'w': 'x' is not a whole number; write it in digits alone",
    }


def test_an_hour_that_comes_twice_is_the_first() -> None:
    """When the clock is put back, a local time that it shows twice is the first of the two."""
    events, _ = read(QUEUES, "t,s,w,c\n2024-10-27 02:30,a,1,\n2024-10-27 03:30,a,1,\n2024-10-27T02:30+01:00,a,1,\n")
    assert [iso(e.at)[11:16] for e in events] == ["00:30", "01:30", "02:30"]


def test_a_time_without_offset_needs_a_zone() -> None:
    """Without a zone in the mapping no local time is guessed at."""
    events, bad = read(QUEUES.replace("zone: Europe/Warsaw, ", ""), "t,s,w,c\n2024-10-27 02:30,a,1,\n")
    assert events == []
    assert [row.reason for row in bad] == ["zone"]


def test_an_event_without_time_did_not_happen() -> None:
    """A time that is empty or one of `missing` makes no event and no bad row."""
    text = QUEUES.replace("time: t}", 'time: {column: [t, s], missing: "0:00", format: "%Y-%m-%d %H:%M"}}')
    events, bad = read(text, "t,s,w,c\n2024-01-01,0:00,1,\n,1:00,1,\n2024-01-01,1:00,1,\n")
    assert ([e.id for e in events], bad) == (["3.1"], [])


def test_one_bad_event_of_a_row_leaves_the_other() -> None:
    """A row whose second event cannot be read still makes its first."""
    text = QUEUES + "  - {event: register.opened, fields: {site: s, queue: c}}\n"
    events, bad = read(text, "t,s,w,c\n2024-01-01,a,1,\n")
    assert [type_of(e) for e in events] == ["queue.length"]
    assert [(row.event, row.reason) for row in bad] == [("register.opened", "missing")]


class Endless(io.BytesIO):
    """A line without end; `given` counts the bytes that were taken of it."""

    given = 0

    def read1(self, size: int | None = -1, /) -> bytes:
        taken = super().read1(size) or b"a" * max(1, size or 1)
        self.given += len(taken)
        return taken


@pytest.mark.parametrize("start", [b"", b"t,s,w,c\n", b't,s,w,c\n"'])
def test_a_line_without_end_is_refused_before_it_fills_the_memory(start: bytes) -> None:
    """A row longer than MAX_ROW ends the reading with an error that says where, and little more of it is read."""
    endless = Endless(start)
    with pytest.raises(SpecError, match="longer than 1,000,000 characters"):
        list(read_table(endless, mapping(QUEUES), bad=print))
    assert MAX_ROW < endless.given < 2 * MAX_ROW


@given(st.lists(st.sampled_from([b"2024-01-01", b"a", b"1", b",", b"\n", b'"', b"\r", b"\xff", b"\0", b"\t"])))
def test_any_bytes_are_events_or_bad_rows(rows: list[bytes]) -> None:
    """No table makes reading fail: each of its rows is an event, a told bad row, or one without a time."""
    events, bad = read(QUEUES, b"t,s,w,c\n" + b"".join(rows))
    numbers = [int(e.id.partition(".")[0]) for e in events] + [row.row for row in bad]
    assert len(numbers) == len(set(numbers))
    assert [e.at for e in events] == sorted(e.at for e in events)
