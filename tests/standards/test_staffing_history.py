"""From history to numbers: which standards can be staffed, and what is counted from contacts and looks at a line."""

from __future__ import annotations

from collections import Counter
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from standards.judge.events import type_of
from standards.judge.standard import UTC_ZONE
from standards.staffing import contacts, polls
from standards.staffing.record import Record, slices, wall
from standards.staffing.target import Target, Unfit, target_of
from tests.history import events_of, instant, judge_all, loaded, rulebook, rules

GOAL = "objective: {kept: 90%, over: 28d}"
ANSWER = (
    f"per: contact, when: contact.waiting, expect: contact.answered, within: 60s, unless: contact.abandoned, {GOAL}"
)
SHARE = "per: queue, when: contact.answered, measure: share(waited <= 20), over: 30m, must: '>= 80%'"
LINE = f"""per: [site, queue], when: {{event: queue.length, where: waiting > 3}}, expect: register.opened, within: 60s,
    unless: {{event: queue.length, where: waiting <= 3}}, {GOAL}"""


def target(keys: str, sections: str = "") -> Target | Unfit:
    return target_of(loaded(rules(sections, it=keys)).standards[0])


def fit(keys: str) -> Target:
    found = target(keys)
    assert isinstance(found, Target)
    return found


def shown(found: Target) -> tuple[str, float, float, int, tuple[str, ...]]:
    return found.kind, found.goal, found.within, found.most, found.fields


@pytest.mark.parametrize(
    ("keys", "expected"),
    [
        (ANSWER, ("answer", 0.9, 60, 0, ())),
        (SHARE, ("share", 0.8, 20, 0, ("queue",))),
        (SHARE.replace("<= 20", "< 30").replace("80%", "0.75"), ("share", 0.75, 30, 0, ("queue",))),
        (LINE, ("line", 0.9, 0, 3, ("site", "queue"))),
        (LINE.replace("waiting > 3", "waiting >= 3"), ("line", 0.9, 0, 2, ("site", "queue"))),
        (
            "per: [site], when: queue.length, measure: share(waiting <= 5), over: 1h, must: '>= 95%'",
            ("line", 0.95, 0, 5, ("site",)),
        ),
        (
            "per: [site], when: queue.length, measure: share(waiting < 5), over: 1h, must: '>= 95%'",
            ("line", 0.95, 0, 4, ("site",)),
        ),
    ],
)
def test_what_is_promised_is_understood(keys: str, expected: tuple[object, ...]) -> None:
    """A standard about waiting becomes a goal, a time or a longest line, and the fields that name who serves."""
    assert shown(fit(keys)) == expected


@pytest.mark.parametrize(
    ("keys", "why"),
    [
        (ANSWER.replace(f", {GOAL}", ""), "it has no objective"),
        (ANSWER.replace("expect: contact.answered", "expect: contact.closed"), "it waits for contact.closed"),
        (ANSWER.replace("unless: contact.abandoned", "unless: contact.closed"), "unless contact.abandoned"),
        (
            ANSWER.replace("expect: contact.answered", "expect: {event: contact.answered, where: waited < 9}"),
            "condition",
        ),
        (ANSWER + ", pause: {when: contact.held, until: contact.resumed}", "how long there is differs"),
        (SHARE.replace("share(waited <= 20)", "p90(waited)").replace("80%", "20"), "only share(...)"),
        (SHARE.replace("waited <= 20", "waited <= 20 and waited > 1"), "its share is not a plain bound"),
        (SHARE.replace(">= 80%", "< 20%"), "only share(...) with a bound"),
        (LINE.replace("waiting > 3", "waiting > serving").replace("waiting <= 3", "waiting < 1"), "not a plain bound"),
        ("per: contact, when: transfer.completed, must: briefed", "how something is done"),
        ("per: contact, when: transfer.completed, at_most: 1", "what happens to a contact"),
        ("per: team, expect: meeting.held, every: week", "what happens each period"),
    ],
)
def test_what_is_not_about_staff_says_why(keys: str, why: str) -> None:
    """A standard that no number of people could keep by itself is left alone, with the reason."""
    found = target(keys)
    assert isinstance(found, Unfit)
    assert why in found.why


def test_the_calendar_names_the_clock() -> None:
    """Hours of the week are those of the standard's calendar."""
    sections = "calendars:\n  desk: {timezone: Europe/Warsaw, hours: {daily: ['08:00-16:00']}}"
    found = target(ANSWER + ", calendar: desk", sections)
    assert isinstance(found, Target)
    assert found.zone == ZoneInfo("Europe/Warsaw")
    assert fit(ANSWER).zone is None


# --- contacts -----------------------------------------------------------------------------------------------------

MORNING = """
    08:00 contact.waiting contact=a
    08:00:30 contact.answered contact=a agent=ann
    08:01 contact.waiting contact=b
    08:05:30 contact.closed contact=a agent=ann
    08:05:50 contact.answered contact=b agent=ann
    08:06 contact.waiting contact=c
    08:06:20 contact.abandoned contact=c
    08:07 contact.waiting contact=d
    08:09 contact.abandoned contact=d
    08:10:50 contact.closed contact=b agent=ann
    08:20 contact.answered contact=e agent=bob waited=0
    08:30 contact.closed contact=e agent=bob
"""


def contact_record(history: str, keys: str = ANSWER) -> Record:
    events = events_of(history, rulebook(rules(it=keys)))
    (record,) = contacts.records_of([e for e in events if type_of(e) in contacts.TYPES], fit(keys), UTC_ZONE)
    return record


def test_contacts_are_counted_as_they_came() -> None:
    """Who came, what was kept and broken, how long people waited, and how many gave up."""
    record = contact_record(MORNING)
    (day,) = record.days.values()
    assert (day.came(8), day.kept[8], day.broken[8]) == (5, 1, 2)
    assert (day.waited, day.gave_up) == (30 + 290 + 20 + 120, 2)
    assert not record.at_once


def test_work_holds_what_comes_after_a_contact() -> None:
    """Where the next caller was waiting already, the time up to the next answer is work; elsewhere its mean is."""
    (day,) = contact_record(MORNING).days.values()
    assert day.work[8] == [300 + 20, 300 + 20, 600 + 20]


def test_people_are_there_from_their_first_contact_to_their_last() -> None:
    """Ann is there for her two calls and between them, Bob for his; half an hour without a call is absence."""
    (day,) = contact_record(MORNING).days.values()
    assert day.there(32) == pytest.approx((620 + 0) / 900)
    assert day.there(33) == pytest.approx(600 / 900)
    assert day.there(34) == 0
    later = MORNING + "09:30 contact.answered contact=f agent=ann\n 09:45 contact.closed contact=f agent=ann"
    (day,) = contact_record(later).days.values()
    assert [day.there(slot) for slot in (34, 37, 38)] == [0, 0, 1]


def test_a_name_used_again_is_another_contact() -> None:
    """The same number later in the day is a new caller, and what never ended gives no length of work."""
    record = contact_record(
        """08:00 contact.waiting contact=a
        08:00:10 contact.answered contact=a agent=ann
        11:00 contact.waiting contact=a
        11:00:10 contact.answered contact=a agent=ann
        11:02 contact.closed contact=a"""
    )
    (day,) = record.days.values()
    assert (sum(day.arrivals), day.work[8], day.work[11]) == (2, [], [110])


STEPS = st.lists(
    st.tuples(
        st.integers(0, 200), st.sampled_from(["waiting", "answered", "abandoned", "closed"]), st.sampled_from("abc")
    ),
    max_size=12,
)


@given(STEPS)
def test_what_was_kept_is_what_the_judge_says(steps: list[tuple[int, str, str]]) -> None:
    """For callers who each come, are answered, give up and end at most once, the counts are those of the ledger."""
    seen: set[tuple[str, str]] = set()
    lines: list[str] = []
    waiting: set[str] = set()
    for at, kind, name in sorted(steps):
        fresh = (kind, name) not in seen and (kind == "waiting") != (name in waiting)
        if fresh:
            seen.add((kind, name))
            waiting.update(name if kind == "waiting" else ())
            lines.append(f"08:{at // 60:02}:{at % 60:02} contact.{kind} contact={name}")
    lines.append("09:00 contact.waiting contact=last")
    lines.append("09:00 contact.answered contact=last")
    history = "\n".join(lines)
    judged = Counter(one.kind for one in judge_all(rules(it=ANSWER), history).transitions)
    (day,) = contact_record(history).days.values()
    assert (sum(day.kept), sum(day.broken)) == (judged["kept"], judged["broken"])


def test_hours_are_those_of_the_wall() -> None:
    """A quarter past eight in Warsaw is the thirty-fourth quarter-hour there, in summer and in winter."""
    warsaw = ZoneInfo("Europe/Warsaw")
    for text in ("2026-01-15T08:15:30+01:00", "2026-07-15T08:15:30+02:00"):
        at = int(instant(text).timestamp()) * 1_000_000
        assert (wall(at, warsaw).slot, wall(at, warsaw).hour, wall(at, warsaw).seconds) == (33, 8, 29_730)
    start = int(instant("08:10").timestamp()) * 1_000_000
    pieces = slices(start, start + 1_200_000_000, UTC_ZONE)
    assert [(piece.wall.slot, piece.seconds) for piece in pieces] == [(32, 300), (33, 900)]


# --- looks at a line ----------------------------------------------------------------------------------------------


def line_records(history: str) -> list[Record]:
    found = fit(LINE)
    return polls.records_of(events_of(history, rulebook(rules(it=LINE))), found, UTC_ZONE)


def test_numbers_called_and_people_waiting_are_all_who_came() -> None:
    """Between two looks as many came as were called, more the growth of the line."""
    (record,) = line_records(
        """08:00 queue.length waiting=0 serving=2
        08:05 queue.length waiting=4 serving=2 last_called=A002
        08:10 queue.length waiting=6 serving=2 last_called=A005
        08:15 queue.length waiting=3 serving=3 last_called=A010"""
    )
    (day,) = record.days.values()
    assert day.came(8) == 13
    assert (day.busy[8], day.called[8]) == (2 * 600, 8)
    assert day.there(32) == 2
    assert day.kept[8] == pytest.approx(6 / 2 + 2 / 2)
    assert day.kept[8] + day.broken[8] == 13


def test_numbers_that_begin_anew_or_leap_are_no_crowd() -> None:
    """Yesterday's last number in the morning, a number called again, and another series make no people."""
    (record,) = line_records(
        """08:00 queue.length waiting=0 serving=1 last_called=A126
        08:05 queue.length waiting=0 serving=1 last_called=A001
        08:10 queue.length waiting=0 serving=1 last_called=A004
        08:15 queue.length waiting=0 serving=1 last_called=A003
        08:20 queue.length waiting=0 serving=1 last_called=P201
        08:25 queue.length waiting=0 serving=1 last_called=P203"""
    )
    (day,) = record.days.values()
    assert day.came(8) == pytest.approx(1 + 3 + 0 + 1 + 2)


def test_a_long_gap_between_looks_says_nothing() -> None:
    """What happened in an hour in which nobody looked is not guessed."""
    (record,) = line_records(
        "08:00 queue.length waiting=1 serving=2 last_called=A1\n 09:00 queue.length waiting=1 serving=2 last_called=A9"
    )
    (day,) = record.days.values()
    assert sum(day.arrivals) == 1
    assert sum(day.watched) == 0


def test_what_is_missing_is_named() -> None:
    """Without numbers nobody knows how many were served; without counters, nor who was there."""
    (record,) = line_records("08:00 queue.length waiting=1 serving=2\n 08:05 queue.length waiting=2 serving=2")
    assert record.gaps == ["work"]
    assert line_records("08:00 queue.length waiting=1\n 08:05 queue.length waiting=2") == []
    assert contact_record("08:00 contact.waiting contact=a\n 08:00:30 contact.answered contact=a").gaps == [
        "people",
        "work",
    ]
