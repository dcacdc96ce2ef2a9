"""How long there is, by the event that opens: choices by a field, of lengths and of calendars."""

import msgspec
import pytest

from standards.compiler.spec import Source, load
from standards.errors import SpecError
from streams.runtime.pump import Pump
from tests.history import events_of, judge, judge_all, judge_live, loaded, rules, told
from tests.streams.test_pump import restored

EVENTS = """
calendars:
  desk: {timezone: UTC, hours: {mon-fri: ["08:00-16:00"]}}
  late: {timezone: UTC, hours: {mon-fri: ["12:00-20:00"]}}
events:
  job.asked: {contact: text, priority: text?, level: text?, paid: boolean?, floor: integer?}
  job.done: {contact: text}
"""
JOB = "per: contact, when: job.asked, expect: job.done"
BY_PRIORITY = "within: {by: priority, high: 1h, low: {by: paid, true: 4h, else: none}, else: 8h}"
BY_LEVEL = "calendar: {by: level, gold: always, silver: late, else: desk}"


def test_the_event_chooses_how_long_there_is() -> None:
    """By its value; what is missing or not listed has what `else` says; a choice can lie in a choice."""
    history = """
        08:00 job.asked contact=a priority=high
        08:00 job.asked contact=b priority=low paid=true
        08:00 job.asked contact=c priority=odd
        08:00 job.asked contact=d
        17:00 nothing
    """
    broken = [line for line in judge(rules(EVENTS, job=f"{JOB}, {BY_PRIORITY}"), history) if "broken" in line]
    assert broken == ["09:00:00 broken a", "12:00:00 broken b", "16:00:00 broken c", "16:00:00 broken d"]


@pytest.mark.parametrize(
    ("field", "value", "due"),
    [
        ("floor", "3", "09:00:00"),
        ("floor", "-1", "10:00:00"),
        ("floor", "5", "11:00:00"),
        ("paid", "false", "09:00:00"),
    ],
)
def test_whole_numbers_and_truths_choose_too(field: str, value: str, due: str) -> None:
    """A choice by a whole number or by true and false takes the value that the event has."""
    within = {"floor": "{by: floor, 3: 1h, -1: 2h, else: 3h}", "paid": "{by: paid, false: 1h, else: 2h}"}[field]
    history = f"08:00 job.asked contact=a {field}={value}\n17:00 nothing"
    assert judge(rules(EVENTS, job=f"{JOB}, within: {within}"), history)[-1] == f"{due} broken a"


def test_what_is_owed_nothing_opens_nothing_and_is_counted() -> None:
    """`none` opens no promise, joins none, and the event can be looked up; it still ends what it ends."""
    text = rules(EVENTS, job=f"{JOB}, {BY_PRIORITY}, unless: job.asked, again: done")
    outcome = judge_all(text, "08:00 job.asked contact=a priority=low\n09:00 nothing")
    assert outcome.transitions == []
    assert [it.reason for it in outcome.unused] == ["owed-nothing"]
    outcome = judge_all(text, "08:00 job.asked contact=a\n08:10 job.asked contact=a priority=low\n09:00 nothing")
    assert told(outcome.transitions) == ["08:00:00 opened a", "08:10:00 voided a"]


def test_the_event_chooses_the_calendar() -> None:
    """By its value, with `always` for the clock on the wall, which need not be declared."""
    history = """
        08:00 job.asked contact=a level=gold
        08:00 job.asked contact=b level=silver
        08:00 job.asked contact=c
        20:00 nothing
    """
    lines = judge(rules(EVENTS, job=f"{JOB}, within: 6h, {BY_LEVEL}, warn: 50%"), history)
    assert sorted(line for line in lines if "opened" not in line) == [
        "11:00:00 warned a", "11:00:00 warned c", "14:00:00 broken a", "14:00:00 broken c", "15:00:00 warned b",
        "18:00:00 broken b",
    ]  # fmt: skip


def test_warnings_go_by_what_was_chosen() -> None:
    """Half of one hour is thirty minutes, half of eight is four hours; ten minutes before is that for both."""
    history = "08:00 job.asked contact=a priority=high\n08:00 job.asked contact=b\n17:00 nothing"
    lines = judge(rules(EVENTS, job=f"{JOB}, {BY_PRIORITY}, warn: [50%, 10m before]"), history)
    assert [line for line in lines if "warned" in line] == [
        "08:30:00 warned a", "08:50:00 warned a", "12:00:00 warned b", "15:50:00 warned b",
    ]  # fmt: skip


def test_a_pause_stops_the_chosen_clock() -> None:
    """An hour on hold is an hour more, by the calendar that was chosen."""
    paused = "pause: {when: contact.held, until: contact.resumed}"
    history = """
        08:00 job.asked contact=a level=silver
        13:00 contact.held contact=a
        14:00 contact.resumed contact=a
        20:00 nothing
    """
    lines = judge(rules(EVENTS, job=f"{JOB}, within: 2h, {BY_LEVEL}, {paused}"), history)
    assert lines[-1] == "15:00:00 broken a"


def test_a_stored_promise_is_judged_by_what_it_was_given() -> None:
    """A case that was put away and read again, under a file that says otherwise, is judged to its end by the old."""
    old = loaded(rules(EVENTS, job=f"{JOB}, {BY_PRIORITY}, {BY_LEVEL}, warn: 50%"))
    text = rules(EVENTS, job=f"{JOB}, within: {{by: level, gold: 5m, else: 10m}}")
    new = load([Source("rules.yaml", text)], retired=[old.excerpt("job")])
    pump = Pump(old.rulebook)
    first = pump.push(events_of("08:00 job.asked contact=a priority=high level=silver\n08:01 nothing", old.rulebook))
    after = restored(pump, new.rulebook)
    rest = events_of("08:02 job.asked contact=b id=b\n16:00 nothing id=d", new.rulebook)
    lines = [*first.transitions, *after.push(rest).transitions, *after.finish().transitions]
    assert told(lines) == [
        "08:00:00 opened a", "08:02:00 opened b", "08:12:00 broken b", "12:30:00 warned a", "13:00:00 broken a",
    ]  # fmt: skip


def test_a_late_event_that_is_owed_nothing_is_counted_once() -> None:
    """Judged where it belongs in a live host, it is no news, and stands among what changed nothing."""
    text = rules(EVENTS, job=f"{JOB}, {BY_PRIORITY}")
    outcome = judge_live(
        text, "08:00 job.asked contact=a\n08:05 <- 08:01 job.asked contact=a priority=low\n08:06 nothing"
    )
    assert told(outcome.transitions) == ["08:00:00 opened a"]
    assert [it.reason for it in outcome.unused] == ["owed-nothing"]


DAYS = "within: {by: priority, high: end of working day, else: 2 working days}, calendar: desk, warn: 50%"


def test_working_days_end_by_the_calendar() -> None:
    """What is asked on Friday at 15:00 is due on Tuesday at 15:00, or when Friday ends; half of its open time warns."""
    history = """
        2026-03-06T15:00:00Z job.asked contact=a
        2026-03-06T15:00:00Z job.asked contact=b priority=high
        2026-03-12T00:00:00Z nothing
    """
    lines = judge(rules(EVENTS, job=f"{JOB}, {DAYS}"), history)
    assert sorted(line for line in lines if "opened" not in line) == [
        "2026-03-06 15:30:00 warned b", "2026-03-06 16:00:00 broken b", "2026-03-09 15:00:00 warned a",
        "2026-03-10 15:00:00 broken a",
    ]  # fmt: skip


@pytest.mark.parametrize(("priority", "due"), [("low", "2026-03-12 08:00:00"), ("high", "2026-03-10 16:00:00")])
def test_after_a_pause_a_deadline_is_one_of_the_same_sort(priority: str, due: str) -> None:
    """Asked on Saturday it is due as the desk opens; after a whole day on hold still so, not as it closes before."""
    paused = "pause: {when: contact.held, until: contact.resumed}"
    history = f"""
        2026-03-07T12:00:00Z job.asked contact=a priority={priority}
        2026-03-09T08:00:00Z contact.held contact=a
        2026-03-10T08:00:00Z contact.resumed contact=a
        2026-03-14T00:00:00Z nothing
    """
    lines = judge(rules(EVENTS, job=f"{JOB}, {DAYS}, {paused}"), history)
    assert [line for line in lines if "broken" in line] == [f"{due} broken a"]


@pytest.mark.parametrize(
    ("held", "resumed", "broken"),
    [
        ("2026-03-09T10:00:00Z", "2026-03-09T12:00:00Z", "2026-03-11 09:00:00"),
        ("2026-03-09T17:00:00Z", "2026-03-10T07:00:00Z", "2026-03-10 15:00:00"),
        ("2026-03-06T15:30:00Z", "2026-03-09T09:00:00Z", "2026-03-11 08:30:00"),
    ],
)
def test_a_pause_moves_such_a_deadline_by_the_open_time_that_it_took(held: str, resumed: str, broken: str) -> None:
    """Two hours of the desk's are two more; a night on hold costs nothing."""
    paused = "pause: {when: contact.held, until: contact.resumed}"
    history = f"""
        2026-03-06T15:00:00Z job.asked contact=a
        {held} contact.held contact=a
        {resumed} contact.resumed contact=a
        2026-03-12T00:00:00Z nothing
    """
    lines = judge(rules(EVENTS, job=f"{JOB}, {DAYS}, {paused}"), history)
    assert lines[-1] == f"{broken} broken a"


def test_a_day_of_a_calendar_that_is_always_open_is_a_working_day() -> None:
    """Then the same time on the next day is meant, also across a clock change."""
    always = "calendars:\n  desk: {timezone: Europe/Warsaw}\n" + EVENTS[EVENTS.index("events:") :]
    history = "2026-03-28T11:00:00Z job.asked contact=a\n2026-03-30T00:00:00Z nothing"
    lines = judge(rules(always, job=f"{JOB}, within: 1 working day, calendar: desk"), history)
    assert lines[-1] == "2026-03-29 10:00:00 broken a"


@pytest.mark.parametrize(
    ("keys", "check", "found"),
    [
        ("within: {by: priority, high: 1h}", "missing-key", "has no 'else'"),
        ("within: {high: 1h, else: 2h}", "missing-key", "has no 'by'"),
        ("within: {by: priority, else: 2h}", "missing-key", "names no value"),
        ("within: {by: urgency, high: 1h, else: 2h}", "unknown-field", "there is no field 'urgency'"),
        ("within: {by: floor, high: 1h, else: 2h}", "wrong-value", "'high' can never be the value"),
        ("within: {by: paid, yes: 1h, else: 2h}", "wrong-value", "'yes' can never be the value"),
        ("within: {by: priority, high: none, else: none}", "wrong-value", "nothing is ever owed"),
        ("within: {by: priority, high: soon, else: 2h}", "bad-duration", "'soon' is not a length of time"),
        ("within: {by: priority, high: 1h, else: 2h}, warn: 90m before", "bad-warning", "is not between"),
        ("within: 2 working days", "missing-key", "and this standard has none"),
        ("within: 2 working days, calendar: {by: level, gold: always, else: desk}", "missing-key", "always has none"),
        ("within: 2 business days, calendar: desk", "bad-duration", "not a number of working days"),
        ("within: 9000 working days, calendar: desk", "bad-duration", "not over within 20 years"),
        ("due: priority", "wrong-type", "priority is of the type text"),
        ("due: by", "unknown-field", "there is no field 'by' to name a deadline"),
        ("within: none", "bad-duration", "'none' is not a length of time"),
        ("within: 1h, calendar: {by: level, gold: allways, else: desk}", "unknown-calendar", "no calendar 'allways'"),
        ("within: [1h, 2h]", "wrong-type", "within is a list"),
    ],
)
def test_a_choice_that_says_too_little_is_refused(keys: str, check: str, found: str) -> None:
    """Each slip in a choice is found at its place, with what would mend it."""
    with pytest.raises(SpecError) as caught:
        loaded(rules(EVENTS, job=f"{JOB}, {keys}"))
    errors = [f"{it.id}: {it.found}" for it in caught.value.findings if it.level == "error"]
    assert len(errors) == 1
    assert errors[0].startswith(f"{check}: ")
    assert found in errors[0]


def test_only_a_response_chooses() -> None:
    """Other shapes refuse a choice, and say so."""
    text = rules(EVENTS, job="per: contact, when: job.asked, at_most: 3, within: {by: priority, high: 1h, else: 2h}")
    with pytest.raises(SpecError, match="misplaced-key"):
        loaded(text)


def test_a_standard_without_a_choice_keeps_its_revision() -> None:
    """What uses nothing new is written down as it was, and its promises remember nothing new."""
    book = loaded(rules(EVENTS, job=f"{JOB}, within: 1h, calendar: desk"))
    assert book.standards[0].revision == "78d8c675926b"
    pump = Pump(book.rulebook)
    pump.push(events_of("08:00 job.asked contact=a\n08:01 nothing", book.rulebook))
    assert [b"target" in msgspec.json.encode(case) for case in pump.cases() if case.states] == [False]
