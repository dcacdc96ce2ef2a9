"""Deadlines that an event names itself."""

import pytest

from standards.errors import SpecError
from standards.judge.events import moment
from tests.history import judge, judge_all, loaded, rules, told
from tests.standards.test_judge_target import EVENTS

NAMED = "per: contact, when: call.promised, expect: job.done, due: by, within: 4h, warn: [50%, 15m before]"
CALLS = EVENTS + "  call.promised: {contact: text, by: time?}\n"


def test_the_event_names_the_deadline() -> None:
    """Warned at half of what there is, and a quarter of an hour before; where it is missing, by `within`."""
    history = """
        08:00 call.promised contact=a by=2026-03-02T10:00:00Z
        08:00 call.promised contact=b
        08:00 call.promised contact=c by=2026-03-02T08:10:00Z
        17:00 nothing
    """
    lines = judge(rules(CALLS, call=NAMED), history)
    assert sorted(line for line in lines if "opened" not in line) == [
        "08:05:00 warned c", "08:10:00 broken c", "09:00:00 warned a", "09:45:00 warned a", "10:00:00 broken a",
        "10:00:00 warned b", "11:45:00 warned b", "12:00:00 broken b",
    ]  # fmt: skip


def test_a_deadline_of_that_instant_can_still_be_met_and_one_that_is_past_cannot() -> None:
    """Past: opened and broken at once, and still owed; what comes at the same instant is late."""
    same = "08:00 call.promised contact=a by=2026-03-02T08:00:00Z\n08:00 job.done contact=a\n09:00 nothing"
    assert judge(rules(CALLS, call=NAMED), same) == ["08:00:00 opened a", "08:00:00 kept a"]
    past = same.replace("T08:00:00Z", "T07:00:00Z")
    outcome = judge_all(rules(CALLS, call=NAMED), past)
    assert told(outcome.transitions) == ["08:00:00 opened a", "08:00:00 broken a", "08:00:00 fulfilled_late a"]
    assert [it.at - it.due for it in outcome.transitions] == [3_600_000_000] * 3


def test_what_was_due_in_the_past_is_given_up_after_the_opening() -> None:
    """It is owed for `owed_for` from when it was heard of: else what is a year past would never be owed."""
    history = "08:00 call.promised contact=a by=2025-03-02T08:00:00Z\n+2d 08:00 nothing"
    lines = judge(rules(CALLS, call=f"{NAMED}, owed_for: 24h"), history)
    assert lines == ["08:00:00 opened a", "08:00:00 broken a", "2026-03-03 08:00:00 given_up a"]


def test_a_deadline_of_another_age_stops_nobody() -> None:
    """A slip of the pen is on the clock for eight thousand years; its open time is counted for twenty."""
    history = "08:00 call.promised contact=a by=9999-12-31T08:00:00Z\n09:00 nothing"
    (line,) = judge_all(rules(CALLS, call=f"{NAMED}, calendar: desk"), history).transitions
    assert (line.kind, moment(line.due).year) == ("opened", 9999)
    assert line.promise.target is not None
    assert 0 < line.promise.target.whole < 20 * 366 * 8 * 3_600_000_000


def test_each_named_time_is_a_promise_of_its_own() -> None:
    """Two calls promised are two promises, and one call answers both."""
    history = """
        08:00 call.promised contact=a by=2026-03-02T10:00:00Z
        08:10 call.promised contact=a by=2026-03-02T09:00:00Z
        09:30 job.done contact=a
        10:30 nothing
    """
    lines = judge(rules(CALLS, call=NAMED.replace(", warn: [50%, 15m before]", "")), history)
    assert lines == [
        "08:00:00 opened a", "08:10:00 opened a", "09:00:00 broken a", "09:30:00 fulfilled_late a", "09:30:00 kept a",
    ]  # fmt: skip


def test_a_named_time_is_not_moved_by_a_calendar() -> None:
    """A calendar says what is counted until then, and so when half of it is over."""
    history = "2026-03-06T14:00:00Z call.promised contact=a by=2026-03-09T10:00:00Z\n2026-03-10T00:00:00Z nothing"
    lines = judge(rules(CALLS, call=f"{NAMED}, calendar: desk"), history)
    assert lines[1:] == [
        "2026-03-06 16:00:00 warned a", "2026-03-09 09:45:00 warned a", "2026-03-09 10:00:00 broken a",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("keys", "check", "found"),
    [
        ("due: by", "missing-key", "by may be missing"),
        ("due: by, within: 4h, pause: {when: contact.held, until: contact.resumed}", "misplaced-key", "does not move"),
        ("due: bye, within: 4h", "unknown-field", "there is no field 'bye'"),
    ],
)
def test_a_named_deadline_that_says_too_little_is_refused(keys: str, check: str, found: str) -> None:
    """One that may be missing wants `within`, and one that is named cannot be paused."""
    with pytest.raises(SpecError) as caught:
        loaded(rules(CALLS, call=f"per: contact, when: call.promised, expect: job.done, {keys}"))
    errors = [f"{it.id}: {it.found}" for it in caught.value.findings if it.level == "error"]
    assert [(it.startswith(f"{check}: "), found in it) for it in errors] == [(True, True)]


@pytest.mark.parametrize(
    ("keys", "found", "fix"),
    [
        ("when: job.asked, due: by, follow: call.promised", "job.asked has no time 'by'",
         "add by: time to it, under events:"),
        ("when: job.asked, due: by, within: 4h, follow: call.promised", "job.asked has no time 'by'",
         "add by: time? to it, under events:"),
        ("when: [job.asked, call.promised, contact.held], due: by, within: 4h",
         "job.asked and contact.held have no time 'by'", "add by: time? to each, under events:"),
        ("when: [call.promised, job.asked], within: {by: priority, high: 1h, else: 2h}",
         "call.promised has no field 'priority'", "add priority: text? to it, under events:"),
    ],
)  # fmt: skip
def test_an_opening_event_that_lacks_what_is_looked_at_is_named(keys: str, found: str, fix: str) -> None:
    """Where another event has the field, the finding says which one lacks it, and what to add there."""
    with pytest.raises(SpecError) as caught:
        loaded(rules(CALLS, call=f"per: contact, expect: job.done, {keys}"))
    errors = [it for it in caught.value.findings if it.level == "error"]
    assert [(it.id, it.found, it.fix) for it in errors] == [("unknown-field", found, fix)]
