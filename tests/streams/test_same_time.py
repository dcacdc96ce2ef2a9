"""Events of one time: of different things as the mapping lists them, of one thing as its life goes elsewhere."""

from __future__ import annotations

import io
from itertools import groupby

from hypothesis import given
from hypothesis import strategies as st

from standards.judge.events import type_of
from streams.ingest.table import read_table
from tests.streams.tables import mapping

CALLS = """\
kept: 1
table: {source: calls, zone: UTC%s}
events:
  - {event: contact.answered, time: {column: left, missing: never}, fields: {contact: call}}
  - {event: contact.waiting, time: {column: joined, missing: never}, fields: {contact: call}}
"""
DAY = "2026-03-01 10:0"


def told(rows: list[tuple[str, str, str]], keys: str = "") -> tuple[list[str], list[str]]:
    """Give what the events of some rows (call, joined, left) are, in order, and what is said to be odd."""
    table = "call,joined,left\n" + "".join(f"{','.join(row)}\n" for row in rows)
    doubts: list[str] = []
    read = read_table(
        io.BytesIO(table.encode()), mapping(CALLS % keys), bad=lambda _: None, doubt=doubts.append, name="c.csv"
    )
    return [f"{event.data.contact} {type_of(event).removeprefix('contact.')}" for event in read], doubts


def test_a_call_that_is_answered_at_once_is_answered_after_it_came() -> None:
    """Who leaves goes before who enters, and yet a call of no length begins before it ends, as other calls do."""
    events, doubts = told([
        ("1", f"{DAY}0", f"{DAY}1"),
        ("2", f"{DAY}1", f"{DAY}1"),
        ("3", f"{DAY}1", f"{DAY}2"),
    ])  # fmt: skip
    assert events == ["1 waiting", "1 answered", "2 waiting", "3 waiting", "2 answered", "3 answered"]
    assert doubts == []


def test_where_no_other_row_says_which_comes_first_it_is_told() -> None:
    """Two events of one row at one time stand as they are listed, where nothing else is known, and that is doubted."""
    events, doubts = told([("1", f"{DAY}1", f"{DAY}1"), ("2", f"{DAY}1", f"{DAY}1")])
    assert events == ["1 answered", "2 answered", "1 waiting", "2 waiting"]
    (said,) = doubts
    assert said.startswith(
        "c.csv: contact.answered and contact.waiting of the same one have the same time 2 times, and"
    )
    assert said.endswith("as the mapping lists them, contact.answered first: see to the order under events.")


def test_where_rows_differ_in_what_comes_first_it_is_told() -> None:
    """A life that goes one way as often as the other says nothing of who goes first at one time."""
    _, doubts = told([("1", f"{DAY}0", f"{DAY}1"), ("2", f"{DAY}1", f"{DAY}0"), ("3", f"{DAY}1", f"{DAY}1")])
    assert "elsewhere contact.answered comes first once and contact.waiting once" in doubts[0]


def test_rows_of_one_call_are_one_life() -> None:
    """Where each row is one event, `per` says which are about the same call."""
    log = [
        ("1", f"{DAY}0", "never"), ("1", "never", f"{DAY}1"),
        ("2", f"{DAY}1", "never"), ("2", "never", f"{DAY}1"),
    ]  # fmt: skip
    assert told(log)[0] == ["1 waiting", "1 answered", "2 answered", "2 waiting"], "each row is one of its own"
    assert told(log, ", per: [call]") == (["1 waiting", "1 answered", "2 waiting", "2 answered"], [])


def test_rows_that_do_not_say_which_call_are_no_life() -> None:
    """Rows without a key are not about one and the same thing."""
    table = f"key,call,joined,left\n,1,{DAY}1,never\n,2,never,{DAY}1\n"
    doubts: list[str] = []
    made = mapping(CALLS % ", per: [key]")
    events = read_table(io.BytesIO(table.encode()), made, bad=print, doubt=doubts.append, name="c.csv")
    assert [event.data.contact for event in events] == ["2", "1"]
    assert doubts == []


def test_many_rows_of_one_thing_at_one_time() -> None:
    """However many rows of one thing have one time, they are put in order kind by kind."""
    rows = [("1", f"{DAY}0", f"{DAY}1"), *(("2", f"{DAY}1", f"{DAY}1") for _ in range(3_000))]
    events, _ = told(rows, ", per: [call]")
    assert events[2:] == ["2 waiting"] * 3_000 + ["2 answered"] * 3_000


def test_a_log_stays_in_its_order() -> None:
    """Where rows stand in the order in which things happened, those of one time stay as they are."""
    log = [("1", f"{DAY}1", "never"), ("2", f"{DAY}0", "never"), ("1", "never", f"{DAY}1"), ("2", "never", f"{DAY}1")]
    assert told(log, ", ordered: true") == (["2 waiting", "1 waiting", "1 answered", "2 answered"], [])


@given(st.lists(st.tuples(st.integers(0, 3), st.integers(0, 3)), max_size=8))
def test_whatever_ends_begins_before_it(spans: list[tuple[int, int]]) -> None:
    """However calls lie beside each other: time goes on, each begins before it ends, and who leaves goes first."""
    rows = [("0", f"{DAY}0", f"{DAY}9")]
    rows += [(str(at), f"{DAY}{begun}", f"{DAY}{begun + long}") for at, (begun, long) in enumerate(spans, 1)]
    whens = {
        (call, what): time for call, *times in rows for what, time in zip(("waiting", "answered"), times, strict=True)
    }
    events = [(each.split()[0], each.split()[1]) for each in told(rows)[0]]
    assert sorted(events) == sorted(whens)
    assert [whens[event] for event in events] == sorted(whens.values())
    for call, _, _ in rows:
        assert events.index((call, "waiting")) < events.index((call, "answered"))
    for _, together in groupby(events, key=whens.__getitem__):
        here = list(together)
        firsts = [what for call, what in here if (call, "waiting") not in here or what == "waiting"]
        assert firsts == sorted(firsts), "of calls that do not begin here, the ends stand before all begins"
