"""Columns of tables that are asked of the opening event: what its row said then.

Read next: `test_table_conditions.py`.
"""

import json

import pytest

from standards.errors import SpecError
from streams.runtime.pump import Pump
from tests.history import events_of, told
from tests.standards.tabled import ROWS, judged_shortly, with_rows
from tests.streams.test_pump import restored


@pytest.mark.parametrize(
    ("keys", "history", "lines"),
    [
        ('when: asked, expect: {event: done, where: opening.contracts.level == "gold"}, within: 1h',
         "0800 asked acme, 0820 done", "0800 opened, 0820 kept"),
        ('when: asked, expect: told, unless: {event: done, where: opening.contracts.level != "gold"}, within: 1h',
         "0800 asked bolt, 0820 done", "0800 opened, 0820 voided"),
        ('when: asked, at_most: 3, until: {event: done, where: opening.contracts.level == "gold"}',
         "0800 asked acme, 0820 done", "0800 opened, 0820 kept"),
        ("when: asked, expect: {event: told, where: contracts.level == opening.contracts.level}, within_last: 1h",
         "0800 told bolt, 0810 told acme, 0815 asked bolt", "0815 kept, 0815 opened"),
        ("when: asked, expect: told, within: 1h, pause: {when: DONE, until: told}",
         "0800 asked, 0820 done", "0800 opened, 0820 paused"),
        ("when: asked, expect: {event: told, where: opening.contracts.level is missing, for: 5m}, within: 1h",
         "0800 asked, 0820 told, 0830 nothing", "0800 opened, 0825 kept"),
    ],
)  # fmt: skip
def test_a_condition_can_ask_the_row_of_the_opening(keys: str, history: str, lines: str) -> None:
    """`opening.contracts.level` is what the row of the opening event said; the event at hand needs no key then."""
    keys = keys.replace("DONE", "{event: done, where: opening.contracts.level is missing}")
    assert judged_shortly(keys, history) == lines


def test_the_row_of_the_opening_is_copied_into_the_promise() -> None:
    """A row that changes touches no open promise, also when the case was stored; the next promise has the new row."""
    keys = 'expect: {event: job.done, where: opening.contracts.level == "gold"}, within: 1h'
    old, new = (with_rows(f"per: contact, when: job.asked, {keys}", rows) for rows in (ROWS, ROWS.replace("gold", "")))
    pump = Pump(old.rulebook)
    lines = pump.push(events_of("08:00 job.asked contact=a customer=acme\n08:01 nothing", old.rulebook)).transitions
    after = restored(pump, new.rulebook)
    history = """
        08:10 job.asked contact=b customer=acme id=b
        08:20 job.done contact=a id=c
        08:20 job.done contact=b id=d
        10:00 nothing id=e
    """
    lines += [*after.push(events_of(history, new.rulebook)).transitions, *after.finish().transitions]
    assert sorted(told(lines)) == ["08:00:00 opened a", "08:10:00 opened b", "08:20:00 kept a", "09:10:00 broken b"]


def test_the_row_of_the_opening_is_written_down_with_its_field() -> None:
    """A rule by itself names the column, and the opening event has the field by which it is looked up."""
    keys = "per: contact, when: job.asked, expect: {event: job.done, where: opening.contracts.level is missing}"
    written = json.loads(with_rows(f"{keys}, within: 1h").excerpt("job"))
    assert written["tables"]["contracts"]["columns"] == ["level"]
    assert written["events"] == {
        "job.asked": {name: {"type": "text", "optional": name == "customer"} for name in ("contact", "customer")},
        "job.done": {"contact": {"type": "text", "optional": False}},
    }


@pytest.mark.parametrize(
    ("where", "found", "fix"),
    [
        ("contracts.level is missing", "there is no such field in job.done", "write opening.contracts.COLUMN"),
        ("opening.contracts.lvel is missing", "there is no column contracts.lvel", "did you mean contracts.level?"),
        ("opening.contract.level is missing", "there is no table contract", "did you mean contracts.level?"),
        ("opening.contracts.level == gold", "there is no field gold", 'put it in quotes: "gold"'),
    ],
)
def test_a_slip_in_what_is_asked_of_the_opening_is_told(where: str, found: str, fix: str) -> None:
    """And where the event at hand cannot be looked up, the opening one may."""
    with pytest.raises(SpecError) as caught:
        with_rows(f"per: contact, when: job.asked, expect: {{event: job.done, where: '{where}'}}, within: 1h")
    (error,) = (it for it in caught.value.findings if it.level == "error")
    assert found in error.found
    assert fix in error.fix


def test_the_opening_must_have_the_field_by_which_its_row_is_looked_up() -> None:
    """The opening event has no customer here, so nothing would ever be found."""
    where = "opening.contracts.level is missing"
    with pytest.raises(SpecError) as caught:
        with_rows(f"per: contact, when: job.done, expect: {{event: job.told, where: {where}}}, within: 1h")
    assert [(it.id, it.found) for it in caught.value.findings if it.level == "error"] == [
        ("subject-field", "contracts is looked up by 'customer', and there is no such field in the event that opens")
    ]


def test_each_of_several_openings_must_have_the_field_by_which_is_chosen() -> None:
    """The finding names the event that has it not, though another one has."""
    with pytest.raises(SpecError) as caught:
        with_rows(
            "per: contact, when: [job.asked, job.done], expect: job.told, "
            "within: {by: contracts.level, gold: 1h, else: 2h}"
        )
    assert [(it.id, it.found) for it in caught.value.findings if it.level == "error"] == [
        ("subject-field", "contracts is looked up by 'customer', and there is no such field in job.done")
    ]
