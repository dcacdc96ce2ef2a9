"""Columns of tables in conditions: by which row an event is looked at, and what is wrong with a condition."""

import json
import re

import pytest

from standards.compiler.spec import Source, load
from standards.errors import SpecError
from standards.judge.judging_again import must_settle
from standards.judge.ledger import line
from streams.runtime.pump import SETTLE, Pump
from tests.history import events_of, pump_all, rules, told
from tests.standards.tabled import EVENTS, GOLD, IS_GOLD, ROWS, judged, judged_shortly, with_rows
from tests.streams.test_pump import restored


def opened_by(where: str) -> str:
    """Say which of five customers' events meet a condition: `d` has no row, and `e` no customer."""
    keys = f"per: contact, when: {{event: job.asked, where: '{where}'}}, expect: job.done, within: 1h"
    asked = [f"08:00 job.asked contact={c} customer={customer}" for c, customer in zip("abcd", CUSTOMERS, strict=True)]
    lines = judged(keys, "\n".join([*asked, "08:00 job.asked contact=e site=7 priority=3", "08:30 nothing"]))
    return "".join(text[-1] for text in lines if "opened" in text)


CUSTOMERS = ("acme", "bolt", "cora", "dora")


@pytest.mark.parametrize(
    ("where", "met_by"),
    [
        ('contracts.level == "gold"', "a"),
        ('contracts.level != "gold"', "b"),
        ('not contracts.level == "gold"', "bcde"),
        ('contracts.level in ["gold", "silver"]', "ab"),
        ("contracts.level is missing", "cde"),
        ("contracts.level is not missing", "ab"),
        ('contracts.level == "gold" or priority >= 2', "ae"),
        ("contracts.level == contracts.customer", ""),
        ("contracts.customer == customer", "abc"),
        ('old-sites.kind == "outlet"', "e"),
        ("old-sites.kind is missing", "abcd"),
        ('priority > 2 and old-sites.kind != "shop"', "e"),
    ],
)
def test_a_condition_looks_at_the_row_of_the_event(where: str, met_by: str) -> None:
    """By the key field of the event; without a row, or with nothing in it, the column is missing as a field can be."""
    assert opened_by(where) == met_by


@pytest.mark.parametrize(
    ("keys", "history", "lines"),
    [
        ("when: asked, expect: GOLD told, within: 1h", "0800 asked, 0810 told bolt, 0820 told acme",
         "0800 opened, 0820 kept"),
        ("when: asked, expect: done, unless: GOLD told, within: 1h", "0800 asked, 0810 told bolt, 0820 told acme",
         "0800 opened, 0820 voided"),
        ("when: GOLD asked, at_most: 0, within: 1h", "0800 asked bolt, 0810 asked acme, 0820 nothing",
         "0810 broken, 0810 opened"),
        ("when: asked, at_most: 1, until: GOLD told", "0800 asked, 0810 told bolt, 0820 told acme",
         "0800 opened, 0820 kept"),
        ('when: asked, must: contracts.level == "gold"', "0800 asked acme, 0810 asked bolt",
         "0800 kept, 0800 opened, 0810 broken, 0810 opened"),
        ("when: done, expect: GOLD told, within_last: 1h", "0800 told bolt, 0805 done, 0810 told acme, 0815 done",
         "0805 broken, 0805 opened, 0815 kept, 0815 opened"),
        ("expect: GOLD told, every: 1h", "0800 told acme, 0930 told bolt, 1010 nothing",
         "0800 kept, 0800 opened, 0900 opened, 1000 broken, 1000 opened"),
        ("when: GOLD asked, measure: count(), over: 1h, must: <= 1", "0800 asked acme, 0830 asked bolt, 0910 nothing",
         "0800 opened, 0900 kept"),
        ('when: asked, measure: share(contracts.level == "gold"), over: 1h, must: <= 50%',
         "0800 asked, 0830 asked acme, 0910 nothing", "0800 opened, 0900 kept"),
        ("when: asked, expect: done, within: 1h, pause: {when: GOLD told, until: done}",
         "0800 asked, 0810 told bolt, 0820 told acme", "0800 opened, 0820 paused"),
        ("when: LONG told, expect: done, within: 1h", "0800 told acme, 0802 told bolt, 0804 told acme, 0810 nothing",
         "0809 opened"),
        ("when: asked, expect: done, within: 1h, undo: {when: GOLD told, within: 1h}",
         "0800 asked, 0810 done, 0820 told bolt, 0830 told acme", "0800 opened, 0810 kept, 0830 undone"),
        ("when: asked, expect: done, within: {by: contracts.level, gold: 1h, else: 8h}, follow: GOLD told",
         "0800 asked, 0810 told bolt, 0820 told acme, 0830 nothing", "0800 opened, 0820 moved"),
    ],
)  # fmt: skip
def test_every_clause_of_every_shape_can_ask(keys: str, history: str, lines: str) -> None:
    """When, expect, unless, until, pause, undo and follow; must and measure; for, and every shape there is."""
    for short, condition in (("GOLD", IS_GOLD), ("LONG", f"{IS_GOLD}, for: 5m")):
        keys = re.sub(rf"{short} (\w+)", rf"{{event: job.\1, {condition}}}", keys)
    assert judged_shortly(keys, history) == lines


def test_a_state_can_ask() -> None:
    """It begins and ends by the row of its own events."""
    golden = '{when: {event: job.told, where: contracts.level == "gold"}, until: job.told}'
    events = f"{EVENTS}states:\n  golden: {golden}\n"
    keys = "per: contact, when: job.asked, expect: job.done, within: 1h, while: golden"
    book = with_rows(keys, events=events).rulebook
    history = """
        08:00 job.told contact=a customer=acme
        08:00 job.told contact=b customer=bolt
        08:10 job.asked contact=a
        08:10 job.asked contact=b
        08:20 job.told contact=a customer=cora
        08:30 nothing
    """
    lines = told(pump_all(Pump(book), events_of(history, book)).transitions)
    assert lines == ["08:10:00 opened a", "08:20:00 voided a"]


def test_a_state_is_another_where_its_rows_are_looked_up_by_another_field() -> None:
    """A retired rule, whose table had another key, does not share the state with the rule of today."""
    golden = '{when: {event: job.told, where: contracts.level == "gold"}, until: job.told}'
    events = f"{EVENTS}states:\n  golden: {golden}\n"
    keys = "per: contact, when: job.asked, expect: job.done, within: 1h, while: golden"
    old = with_rows(keys, events=events.replace("key: customer", "key: contact"), rows="contact,level\na,gold\n")
    new = with_rows(keys, events=events, retired=(old.excerpt("job"),))
    (first,), (second,) = (standard.states for standard in new.rulebook.standards.values())
    assert first.key != second.key


def test_other_rows_are_no_other_rule() -> None:
    """The revision stays, what was judged by the old rows has settled, and the next event is looked at by the new."""
    old, new = with_rows(GOLD), with_rows(GOLD, ROWS.replace("gold", "silver"))
    assert old.standards[0].revision == new.standards[0].revision
    asked = events_of("08:00 job.asked contact=a customer=acme", old.rulebook)
    more = events_of("08:02 job.asked contact=b customer=acme id=b", new.rulebook)
    for event in (*asked, *more):
        event.received = event.at
    pump = Pump(old.rulebook, settle=SETTLE)
    lines = pump.push(asked, now=asked[0].at).transitions
    lines += pump.push([], now=asked[0].at + 60_000_000).transitions
    (case,) = pump.cases()
    assert [must_settle(case, book.rulebook.groups[case.group]) for book in (old, new)] == [False, True]
    after = restored(pump, new.rulebook)
    lines += after.push(more, now=more[0].at).transitions
    lines += after.push([], now=more[0].at + 5 * 3_600_000_000).transitions
    assert sorted(told(lines)) == ["08:00:00 opened a", "09:00:00 broken a"]


def test_the_ledger_says_by_which_tables() -> None:
    """The hash of each table that the rule looks at stands in the line of the opening, and in no other one."""

    def lines(rows: str) -> list[dict[str, str]]:
        book = with_rows(GOLD, rows).rulebook
        history = "08:00 job.asked contact=a customer=acme\n10:00 nothing"
        return [line(each).tables for each in pump_all(Pump(book), events_of(history, book)).transitions]

    one, other = lines(ROWS), lines(ROWS + "dora,gold,\n")
    assert one[0].keys() == {"contracts"}
    assert one[0] != other[0]
    assert one[1:] == [{}]


def test_an_excerpt_gives_the_same_rule_without_the_rows() -> None:
    """It names the tables, the columns that are looked at and the fields by which, and nothing of what is in them."""
    found = with_rows(GOLD.replace('"gold"', '"gold" and old-sites.kind is missing'))
    written = json.loads(found.excerpt("job"))
    assert written["tables"] == {
        "contracts": {"file": "contracts.csv", "key": "customer", "columns": ["level"]},
        "old-sites": {"file": "sites.csv", "key": "site", "columns": ["kind"]},
    }
    assert written["events"]["job.asked"].keys() == {"contact", "customer", "site"}
    assert "acme" not in found.excerpt("job")
    again = load([Source("rules.yaml", found.excerpt("job"))])
    assert again.standards[0].revision == found.standards[0].revision


def test_a_retired_rule_has_the_rows_of_today() -> None:
    """Where the table is still there; where it is not, its columns are missing."""
    keys = 'when: job.asked, expect: job.done, unless: {event: job.told, where: contracts.level == "gold"}, within: 1h'
    old = with_rows(f"per: contact, {keys}")
    other = "per: contact, when: job.told, expect: job.done, within: 9h"
    gone = EVENTS.replace("  contracts: {file: contracts.csv, key: customer}\n", "")
    for events, text in ((EVENTS, "voided a"), (gone, "broken a")):
        new = with_rows(other, retired=(old.excerpt("job"),), events=events)
        pump = Pump(old.rulebook)
        pump.push(events_of("08:00 job.asked contact=a\n08:01 nothing", old.rulebook))
        after = restored(pump, new.rulebook)
        rest = events_of("08:30 job.told contact=a customer=acme id=b\n12:00 nothing id=d", new.rulebook)
        lines = told([*after.push(rest).transitions, *after.finish().transitions])
        assert any(text in each for each in lines), lines


@pytest.mark.parametrize(
    ("where", "check", "found", "fix"),
    [
        ('contract.level == "gold"', "unknown-field", "there is no table contract", "did you mean contracts.level?"),
        ('teams.lead == "ann"', "unknown-field", "there is no table teams", "the tables are: contracts, old-sites"),
        ('contracts.lvel == "gold"', "unknown-field", "there is no column contracts.lvel",
         "did you mean contracts.level?"),
        ('contracts.x == "gold"', "unknown-field", "there is no column contracts.x",
         "its columns are: customer, hours, level"),
        ('old-sites.knd == "a"', "unknown-field", "there is no column old-sites.knd", "did you mean old-sites.kind?"),
        ('hours == "always"', "unknown-field", "there is no field hours", "did you mean contracts.hours?"),
        ("contracts.level == gold", "unknown-field", "there is no field gold", 'put it in quotes: "gold"'),
        ("contracts.level == none", "unknown-field", "there is no field none", "write contracts.level is missing"),
        ("contracts.level > 3", "bad-expression", "contracts.level is text, and 3 is a whole number",
         'put it in quotes: "3"'),
        ("contracts.level", "bad-expression", "contracts.level is text, which is neither true nor false", ""),
        ('contracts == "gold"', "bad-expression", "contracts is a table, not a field", "write contracts. and"),
        ('priority.level == "gold"', "bad-expression", "only opening has fields of its own", ""),
    ],
)  # fmt: skip
def test_a_slip_in_a_column_is_told_where_it_stands(where: str, check: str, found: str, fix: str) -> None:
    """A table or a column that is not there, a text without quotes, a number: each says what was likely meant."""
    keys = f"per: contact, when: {{event: job.asked, where: '{where}'}}, expect: job.done, within: 1h"
    with pytest.raises(SpecError) as caught:
        with_rows(keys)
    errors = [it for it in caught.value.findings if it.level == "error"]
    assert [it.id for it in errors] == [check], errors
    assert found in errors[0].found
    assert fix in errors[0].fix


@pytest.mark.parametrize(
    ("keys", "found"),
    [
        ("when: job.asked, expect: {event: job.done, where: contracts.level is missing}, within: 1h",
         "contracts is looked up by 'customer', and there is no such field in job.done"),
        ("when: {event: [job.asked, job.done], where: contracts.level is missing}, expect: job.told, within: 1h",
         "contracts is looked up by 'customer', and there is no such field in job.done"),
        ("when: job.done, must: contracts.level is missing",
         "contracts is looked up by 'customer', and there is no such field in job.done"),
        ("when: job.done, measure: share(contracts.level is missing), over: 1h, must: <= 50%",
         "contracts is looked up by 'customer', and there is no such field in job.done"),
    ],
)  # fmt: skip
def test_an_event_must_have_the_field_by_which_a_row_is_looked_up(keys: str, found: str) -> None:
    """Each of several events; else nothing would ever be found."""
    with pytest.raises(SpecError) as caught:
        with_rows(f"per: contact, {keys}")
    errors = [(it.id, it.found) for it in caught.value.findings if it.level == "error"]
    assert errors == [("subject-field", found)]


def test_a_table_that_cannot_be_read_is_said_once() -> None:
    """What is asked of its columns is not found fault with too."""

    def gone(path: str) -> str:
        raise OSError(f"no {path}")

    with pytest.raises(SpecError) as caught:
        load([Source("rules.yaml", rules(EVENTS.replace("  old-sites: {file: sites.csv, key: site}\n", ""), job=GOLD))],
             read=gone)  # fmt: skip
    assert [it.id for it in caught.value.findings if it.level == "error"] == ["bad-table"]


def test_a_table_of_a_condition_is_used() -> None:
    """The one that a condition asks is not called unused, and the other one is."""
    found = [it.found for it in with_rows(GOLD).warnings if it.id == "unused-table"]
    assert found == ["no standard looks anything up in 'old-sites'"]


@pytest.mark.parametrize(
    ("where", "found"),
    [
        ('contracts.level == "gold" and contracts.level == "silver"', ["never-true"]),
        ('contracts.level == "gold" or contracts.level != "gold" or contracts.level is missing', ["always-true"]),
        ('contracts.level != "gold"', ["no-value"]),
        ('contracts.level == "gold" and priority >= 2', []),
    ],
)
def test_what_a_condition_can_hardly_mean_is_found_of_columns_too(where: str, found: list[str]) -> None:
    """A column is a text that may be missing: what can be said of such a field can be said of it."""
    keys = f"per: contact, when: {{event: job.asked, where: '{where}'}}, expect: job.done, within: 1h"
    known = {"never-true", "always-true", "no-value", "other-number"}
    assert [it.id for it in with_rows(keys).warnings if it.id in known] == found
