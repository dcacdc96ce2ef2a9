"""Facts that are looked up by a field: by which row a promise is judged, and what is wrong with a table."""

import json
from collections.abc import Mapping

import pytest

from standards.compiler.spec import Loaded, Source, load
from standards.errors import SpecError
from standards.judge.judging_again import must_settle
from standards.judge.ledger import line
from standards.judge.promise import Transition
from streams.runtime.pump import SETTLE, Pump
from tests.history import events_of, pump_all, rules, told
from tests.standards.test_judge_target import EVENTS as CALENDARS
from tests.streams.test_pump import restored

EVENTS = """
tables:
  contracts: {file: contracts.csv, key: customer}
""" + CALENDARS.replace("level: text?,", "customer: text?, level: text?,")
EVENTS += "  job.given: {contact: text, customer: text?}\n"
KEYS = """per: contact, when: job.asked, expect: job.done,
    within: {by: contracts.level, gold: 1h, silver: 4h, else: 8h},
    calendar: {by: contracts.hours, always: always, else: desk}, follow: job.given"""
ROWS = "customer,level,hours\nacme,gold,always\nbolt,silver,\n"


def with_rows(rows: str, keys: str = KEYS, *, retired: tuple[str, ...] = ()) -> Loaded:
    files: Mapping[str, str] = {"shop/contracts.csv": rows}
    return load([Source("shop/rules.yaml", rules(EVENTS, job=keys))], read=files.__getitem__, retired=retired)


def judged(history: str, rows: str = ROWS) -> list[str]:
    book = with_rows(rows).rulebook
    return told(pump_all(Pump(book), events_of(history, book)).transitions)


def test_a_row_says_how_long_there_is() -> None:
    """By the customer's row; without one, or with nothing in it, `else` holds."""
    history = """
        07:00 job.asked contact=a customer=acme
        08:00 job.asked contact=b customer=bolt
        08:00 job.asked contact=c customer=odd
        08:00 job.asked contact=d
        17:00 nothing
    """
    assert sorted(each for each in judged(history) if "broken" in each) == [
        "08:00:00 broken a", "12:00:00 broken b", "16:00:00 broken c", "16:00:00 broken d",
    ]  # fmt: skip


@pytest.mark.parametrize("between", [";", "\t"])
def test_values_can_stand_apart_by_other_signs(between: str) -> None:
    """As spreadsheets write them in some countries; blanks around a value are no part of it."""
    rows = ROWS.replace(",", f" {between} ")
    assert judged("08:00 job.asked contact=a customer=acme\n10:00 nothing", rows)[-1] == "09:00:00 broken a"


def test_a_row_that_changes_touches_no_open_promise() -> None:
    """It is judged to its end by the row of its opening; the next one has the new row. No revision changes.

    What was judged by the old rows has settled, as when a revision changes: no late event judges it anew by the new.
    """
    old, new = with_rows(ROWS), with_rows(ROWS.replace("gold", "silver"))
    assert old.standards[0].revision == new.standards[0].revision
    asked = events_of("08:00 job.asked contact=a customer=acme", old.rulebook)
    late = events_of("08:00:30 job.given contact=a id=late", new.rulebook)
    more = events_of("08:02 job.asked contact=b customer=acme id=b", new.rulebook)
    for event, at in ((asked[0], asked[0].at), (late[0], more[0].at), (more[0], more[0].at)):
        event.received = at
    pump = Pump(old.rulebook, settle=SETTLE)
    lines = pump.push(asked, now=asked[0].at).transitions
    lines += pump.push([], now=asked[0].at + 60_000_000).transitions
    (case,) = pump.cases()
    assert [must_settle(case, book.rulebook.groups[case.group]) for book in (old, new)] == [False, True]
    after = restored(pump, new.rulebook)
    lines += after.push([*late, *more], now=more[0].at).transitions
    lines += after.push([], now=more[0].at + 5 * 3_600_000_000).transitions
    assert sorted(told(lines)) == [
        "08:00:00 opened a", "08:02:00 opened b", "09:00:00 broken a", "12:02:00 broken b",
    ]  # fmt: skip


def test_a_following_event_looks_the_row_up_again() -> None:
    """Another customer's row, or the same one's that has changed."""
    history = "08:00 job.asked contact=a customer=bolt\n08:30 job.given contact=a customer=acme\n17:00 nothing"
    assert judged(history) == ["08:00:00 opened a", "08:30:00 moved a", "09:00:00 broken a"]


def opening(rows: str) -> Transition:  # type: ignore[type-arg]
    book = with_rows(rows).rulebook
    return pump_all(Pump(book), events_of("08:00 job.asked contact=a customer=acme\n08:01 nothing", book)).transitions[
        0
    ]


def test_the_ledger_says_by_which_table() -> None:
    """The hash of the file stands in the line of the opening, and is another for other rows."""
    one, other = (line(opening(rows)).tables for rows in (ROWS, ROWS + "cora,gold,\n"))
    assert one.keys() == other.keys() == {"contracts"}
    assert one != other


def test_a_retired_rule_keeps_what_its_promises_were_given() -> None:
    """Its table is gone with the file: what a row said stays, also when a following event comes."""
    old = with_rows(ROWS)
    text = rules(CALENDARS + "  job.given: {contact: text, customer: text?}\n", it="per: contact, when: job.given, "
                 "expect: job.done, within: 10h")  # fmt: skip
    new = load([Source("rules.yaml", text)], retired=[old.excerpt("job")])
    pump = Pump(old.rulebook)
    pump.push(events_of("08:00 job.asked contact=a customer=acme\n08:01 nothing", old.rulebook))
    after = restored(pump, new.rulebook)
    rest = events_of("08:30 job.given contact=a id=b\n12:00 nothing id=d", new.rulebook)
    lines = told([*after.push(rest).transitions, *after.finish().transitions])
    assert [text for text in lines if "broken" in text or "moved" in text] == ["09:00:00 broken a"]


def test_an_excerpt_gives_the_same_rule_without_the_rows() -> None:
    """It names the table and the columns that are looked at, and nothing of what is in it."""
    found = with_rows(ROWS)
    written = json.loads(found.excerpt("job"))
    assert written["tables"] == {
        "contracts": {"file": "contracts.csv", "key": "customer", "columns": ["hours", "level"]}
    }
    assert "acme" not in found.excerpt("job")
    more = with_rows("customer,level,hours,since\nacme,gold,always,2020\n")
    assert more.standards[0].revision == found.standards[0].revision


@pytest.mark.parametrize(
    ("rows", "at", "found"),
    [
        ("customer,level,hours\nacme,gold\n", 2, "this row has 2 values, and there are 3 columns"),
        ("customer,level,hours\n,gold,\n", 2, "this row has no key"),
        (f"{ROWS}\nacme,silver,\n", 5, "acme has a row already, in line 2"),
        ("client,level,hours\nacme,gold,\n", 1, "there is no column 'customer'"),
        ("customer,level,level\nacme,gold,\n", 1, "the column 'level' is there more than once"),
        ("customer,level,\nacme,gold,\n", 1, "a column has no name"),
        ("", 1, "there is no column 'customer'"),
    ],
)
def test_a_bad_row_is_found_at_its_line(rows: str, at: int, found: str) -> None:
    """Each is named by the file and the line; nothing is dropped."""
    with pytest.raises(SpecError) as caught:
        with_rows(rows)
    errors = [it for it in caught.value.findings if it.level == "error"]
    assert [(it.id, it.place.file, it.place.line) for it in errors] == [("bad-table", "shop/contracts.csv", at)]
    assert found in errors[0].found


def test_many_bad_rows_are_counted() -> None:
    """Five are shown, the others counted, so that a wrong file does not fill the screen."""
    with pytest.raises(SpecError) as caught:
        with_rows("customer,level,hours\n" + "acme\n" * 30)
    errors = [it.found for it in caught.value.findings if it.id == "bad-table"]
    assert len(errors) == 6
    assert "there are 25 more rows like these" in errors[0]


@pytest.mark.parametrize(
    ("keys", "check", "found"),
    [
        (KEYS.replace("contracts.level", "contracts.rank"), "unknown-field", "there is no field 'contracts.rank'"),
        (KEYS.replace("contracts.level", "contract.level"), "unknown-field", "there is no field 'contract.level'"),
        (KEYS.replace("job.asked", "job.done").replace("expect: job.done", "expect: job.asked"), "subject-field",
         "contracts is looked up by 'customer', and there is no such field"),
        (KEYS.replace("follow: job.given", "follow: job.done"), "wrong-value",
         "job.done has none of the fields"),
    ],
)  # fmt: skip
def test_a_choice_by_what_is_not_there_is_refused(keys: str, check: str, found: str) -> None:
    """A column, a table, or the field by which a row is looked up."""
    with pytest.raises(SpecError) as caught:
        with_rows(ROWS, keys)
    errors = [f"{it.id}: {it.found}" for it in caught.value.findings if it.level == "error"]
    assert any(it.startswith(f"{check}: ") and found in it for it in errors), errors


def test_a_table_that_cannot_be_read_is_said_once() -> None:
    """Where there is no such file; what is chosen by its columns is not found fault with too."""
    text = rules(EVENTS, job=KEYS)

    def gone(path: str) -> str:
        raise OSError(f"no {path}")

    with pytest.raises(SpecError) as caught:
        load([Source("rules.yaml", text)], read=gone)
    assert [it.id for it in caught.value.findings if it.level == "error"] == ["bad-table"]
    with pytest.raises(SpecError, match="cannot be read from here"):
        load([Source("rules.yaml", text)])
