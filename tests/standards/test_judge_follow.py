"""Deadlines that a following event moves."""

import pytest

from standards.errors import SpecError
from tests.history import judge, judge_all, judge_live, loaded, rules, shown, told
from tests.standards.test_judge_due import CALLS, NAMED
from tests.standards.test_judge_target import BY_LEVEL, EVENTS, JOB

RANKED = EVENTS + "  job.ranked: {contact: text, priority: text?, level: text?}\n"
FOLLOWED = f"{JOB}, within: {{by: priority, high: 2h, low: none, else: 4h}}, follow: job.ranked"


def moved(keys: str, history: str) -> list[str]:
    """Judge, and tell each line with its deadline where one moved."""
    lines = judge_all(rules(RANKED, job=keys), history).transitions
    words = zip(told(lines), lines, strict=True)
    return [f"{text}, due {shown(it.due)}" if it.kind in ("moved", "resumed") else text for text, it in words][1:]


def test_a_following_event_moves_the_deadline() -> None:
    """What was counted stays: an hour of two is left, and back to four it is three."""
    raised = "08:00 job.asked contact=a\n09:00 job.ranked contact=a priority=high"
    assert moved(FOLLOWED, f"{raised}\n12:30 nothing") == ["09:00:00 moved a, due 10:00:00", "10:00:00 broken a"]
    lowered = f"{raised}\n09:30 job.ranked contact=a priority=odd\n12:30 nothing"
    assert moved(FOLLOWED, lowered)[1:] == ["09:30:00 moved a, due 12:00:00", "12:00:00 broken a"]


def test_a_deadline_that_would_be_past_breaks_at_once() -> None:
    """After all events of that instant, so that what was done then is still in time."""
    history = "08:00 job.asked contact=a\n11:00 job.ranked contact=a priority=high"
    assert moved(FOLLOWED, f"{history}\n12:30 nothing") == ["11:00:00 moved a, due 11:00:00", "11:00:00 broken a"]
    done = f"{history}\n11:00 job.done contact=a\n12:30 nothing"
    assert moved(FOLLOWED, done) == ["11:00:00 moved a, due 11:00:00", "11:00:00 kept a"]


def test_at_the_deadline_itself_it_can_still_be_moved() -> None:
    """The event comes before the deadline of its instant."""
    history = "08:00 job.asked contact=a priority=high\n10:00 job.ranked contact=a priority=odd\n12:30 nothing"
    assert moved(FOLLOWED, history) == ["10:00:00 moved a, due 12:00:00", "12:00:00 broken a"]


def test_what_is_broken_stays_broken_and_a_following_event_opens_nothing_while_it_is_owed() -> None:
    """Raised after the deadline: it is still owed as it was. When it is done, the next such event opens one."""
    both = FOLLOWED.replace("when: job.asked", "when: {event: job.ranked}") + ", again: each"
    history = """
        08:00 job.ranked contact=a priority=high
        11:00 job.ranked contact=a priority=odd
        11:30 job.done contact=a
        12:00 job.ranked contact=a priority=odd
        13:00 job.ranked contact=a priority=high
        15:30 nothing
    """
    assert moved(both, history) == [
        "10:00:00 broken a", "11:30:00 fulfilled_late a", "12:00:00 opened a", "13:00:00 moved a, due 14:00:00",
        "14:00:00 broken a",
    ]  # fmt: skip


def test_an_event_without_a_new_value_moves_nothing() -> None:
    """Neither a field that is missing nor the value that it has already; there is no line."""
    history = (
        "08:00 job.asked contact=a priority=high\n09:00 job.ranked contact=a\n09:10 job.ranked contact=a priority=high"
    )
    assert moved(FOLLOWED, f"{history}\n12:30 nothing") == ["10:00:00 broken a"]


def test_where_nothing_is_owed_any_more_it_is_void() -> None:
    """By the author's own choice the need went away."""
    history = "08:00 job.asked contact=a\n09:00 job.ranked contact=a priority=low\n12:30 nothing"
    assert moved(FOLLOWED, history) == ["09:00:00 voided a"]


def test_a_warning_that_lies_ahead_again_is_given_again() -> None:
    """Half of two hours was warned; half of four lies ahead. Of those that lie behind, only the last one is given."""
    history = "08:00 job.asked contact=a priority=high\n09:30 job.ranked contact=a priority=odd\n12:30 nothing"
    assert moved(f"{FOLLOWED}, warn: 50%", history) == [
        "09:00:00 warned a", "09:30:00 moved a, due 12:00:00", "10:00:00 warned a", "12:00:00 broken a",
    ]  # fmt: skip
    raised = "08:00 job.asked contact=a\n09:45 job.ranked contact=a priority=high\n12:30 nothing"
    assert moved(f"{FOLLOWED}, warn: [50%, 75%]", raised) == [
        "09:45:00 moved a, due 10:00:00", "09:45:00 warned a", "10:00:00 broken a",
    ]  # fmt: skip


def test_a_paused_promise_that_would_be_past_breaks_when_the_pause_ends() -> None:
    """Three hours were counted; of two none is left, and that shows when the clock goes on."""
    paused = f"{FOLLOWED}, pause: {{when: contact.held, until: contact.resumed}}"
    history = """
        08:00 job.asked contact=a
        11:00 contact.held contact=a
        11:30 job.ranked contact=a priority=high
        13:00 contact.resumed contact=a
        14:00 nothing
    """
    assert moved(paused, history) == [
        "11:00:00 paused a", "11:30:00 moved a, due 11:30:00", "13:00:00 resumed a, due 13:00:00", "13:00:00 broken a",
    ]  # fmt: skip


def test_a_calendar_holds_from_the_following_event_on() -> None:
    """Four hours of the desk were counted until noon; the rest counts at night too."""
    keys = f"{JOB}, within: 10h, {BY_LEVEL}, follow: job.ranked"
    history = "08:00 job.asked contact=a\n12:00 job.ranked contact=a level=gold\n+1d 08:00 nothing"
    assert moved(keys, history) == ["12:00:00 moved a, due 18:00:00", "18:00:00 broken a"]


def test_a_following_event_can_name_another_deadline() -> None:
    """With `due` the newest time that was named holds; one that is past then is that instant."""
    sections = CALLS + "  call.put-off: {contact: text, by: time?}\n"
    keys = NAMED.replace(", warn: [50%, 15m before]", ", follow: call.put-off")
    history = """
        08:00 call.promised contact=a by=2026-03-02T10:00:00Z
        09:00 call.put-off contact=a by=2026-03-02T12:00:00Z
        09:30 call.put-off contact=a by=2026-03-02T09:00:00Z
        13:00 nothing
    """
    lines = judge_all(rules(sections, call=keys), history).transitions
    assert [(it.kind, shown(it.due)) for it in lines] == [
        ("opened", "10:00:00"), ("moved", "12:00:00"), ("moved", "09:30:00"), ("broken", "09:30:00"),
    ]  # fmt: skip


def test_a_late_following_event_moves_what_it_should_have_moved() -> None:
    """In a live host it is judged where it belongs, and what was told otherwise is corrected."""
    history = (
        "08:00 job.asked contact=a\n08:10 nothing\n08:15 <- 08:05 job.ranked contact=a priority=high\n11:00 nothing"
    )
    lines = told(judge_live(rules(RANKED, job=FOLLOWED), history).transitions)
    assert lines == ["08:00:00 opened a", "08:05:00 moved a", "10:00:00 broken a"]


@pytest.mark.parametrize(
    ("keys", "check", "found"),
    [
        ("within: 4h, follow: job.ranked", "misplaced-key", "there is nothing to follow"),
        ("within: {by: floor, 1: 1h, else: 2h}, follow: job.ranked", "wrong-value", "has none of the fields"),
        ("within: {by: priority, a: 1h, else: 2h}, follow: job.odd", "wrong-type", "priority is integer in job.odd"),
    ],
)  # fmt: skip
def test_what_brings_nothing_is_not_followed(keys: str, check: str, found: str) -> None:
    """An event without any of the fields, or where nothing depends on one, would be followed in vain."""
    sections = RANKED + "  job.odd: {contact: text, priority: integer}\n"
    with pytest.raises(SpecError) as caught:
        loaded(rules(sections, job=f"{JOB}, {keys}"))
    errors = [f"{it.id}: {it.found}" for it in caught.value.findings if it.level == "error"]
    assert [(it.startswith(f"{check}: "), found in it) for it in errors] == [(True, True)], errors


SHUT = """
events:
  fault.told: {contact: text, stuck: text?}
  fault.changed: {contact: text, stuck: text?}
  fault.mended: {contact: text}
  house.closed: {contact: text}
  house.opened: {contact: text}
states:
  shut: {when: house.closed, until: house.opened}
"""
LIFT = """per: contact, when: fault.told, expect: fault.mended, within: {by: stuck, person: 1h, else: 8h},
    follow: fault.changed, while: not shut, undo: {when: house.opened, within: 1h}"""


@pytest.mark.parametrize(
    "history",
    [
        "08:10 fault.changed contact=a stuck=person\n08:20 house.closed contact=a",
        "08:10 house.closed contact=a\n08:20 fault.changed contact=a stuck=person",
    ],
)
def test_what_followed_is_not_forgotten_out_of_scope(history: str) -> None:
    """Somebody is stuck, and then nothing is owed for a while: what is owed again is what was brought last."""
    lines = judge(
        rules(SHUT, lift=LIFT), f"08:00 fault.told contact=a\n{history}\n08:30 house.opened contact=a\n18:00 nothing"
    )
    assert lines[-2:] == ["08:30:00 opened a", "09:30:00 broken a"]


def test_another_event_that_opens_is_what_it_says_itself() -> None:
    """What followed the need before it says nothing of it."""
    history = """
        08:00 fault.told contact=a
        08:10 house.closed contact=a
        08:20 fault.changed contact=a stuck=person
        08:25 fault.told contact=a
        08:30 house.opened contact=a
        18:00 nothing
    """
    assert judge(rules(SHUT, lift=LIFT), history)[-1] == "16:30:00 broken a"


def test_what_followed_what_was_done_counts_when_it_is_taken_back() -> None:
    """Done, then it became urgent, then it was not done after all: what is left is of the hour."""
    history = """
        08:00 fault.told contact=a
        08:10 fault.mended contact=a
        08:20 fault.changed contact=a stuck=person
        08:30 house.opened contact=a
        18:00 nothing
    """
    assert judge(rules(SHUT, lift=LIFT), history)[-2:] == ["08:30:00 undone a", "09:20:00 broken a"]
