"""The response shape, by hand: openings, deadlines, warnings and what comes after the deadline."""

import pytest

from tests.history import judge, judge_all, rules

ANSWER = "per: contact, when: contact.waiting, expect: contact.answered, within: 60s, unless: contact.abandoned"
LINE = """per: [site, queue], when: {event: queue.length, where: waiting > 3}, within: 60s,
    expect: register.opened, unless: {event: queue.length, where: waiting <= 3}"""


@pytest.mark.parametrize(
    ("answered", "verdict"),
    [
        ("08:00:00.000001", "08:00:00.000001 kept c1"),
        ("08:00:59.999999", "08:00:59.999999 kept c1"),
        ("08:01:00", "08:01:00 kept c1"),
        ("08:01:00.000001", "08:01:00 broken c1"),
    ],
)
def test_the_deadline_itself_is_in_time(answered: str, verdict: str) -> None:
    """Exactly at the deadline is kept, one microsecond later is broken, and broken at the deadline."""
    ledger = judge(rules(answer=ANSWER), f"08:00 contact.waiting\n{answered} contact.answered")
    assert ledger[:2] == ["08:00:00 opened c1", verdict]


def test_events_of_one_instant_are_judged_as_they_arrived() -> None:
    """An answer that arrived before the wait of the same instant is none; one that arrived after it is."""
    before = "08:00 contact.answered\n08:00 contact.waiting\n08:02 nothing"
    after = "08:00 contact.waiting\n08:00 contact.answered\n08:02 nothing"
    assert judge(rules(answer=ANSWER), before) == ["08:00:00 opened c1", "08:01:00 broken c1"]
    assert judge(rules(answer=ANSWER), after) == ["08:00:00 opened c1", "08:00:00 kept c1"]


def test_time_stops_at_the_newest_event() -> None:
    """What is due at the newest event is broken; what is due a microsecond later stays open."""
    assert judge(rules(answer=ANSWER), "08:00 contact.waiting\n08:01 nothing")[1:] == ["08:01:00 broken c1"]
    assert judge(rules(answer=ANSWER), "08:00 contact.waiting\n08:00:59.999999 nothing")[1:] == []


def test_what_fulfils_and_voids_fulfils() -> None:
    """An event that is both the expected one and the need's end keeps the promise."""
    both = "per: contact, when: contact.waiting, expect: contact.answered, unless: contact.answered, within: 60s"
    assert judge(rules(both=both), "08:00 contact.waiting\n08:00:10 contact.answered")[1:] == ["08:00:10 kept c1"]


def test_the_opening_event_settles_nothing() -> None:
    """An event of the expected kind that opens a promise does not keep that one."""
    again = "per: contact, when: contact.waiting, expect: contact.waiting, within: 60s"
    told = judge(rules(again=again), "08:00 contact.waiting\n08:00:30 contact.waiting")
    assert told == ["08:00:00 opened c1", "08:00:30 kept c1", "08:00:30 opened c1"]


def test_with_again_rise_only_a_rise_opens() -> None:
    """With `again: rise` a line that stays long opens once; after it was short, it opens again."""
    history = """
        08:00:00 queue.length waiting=4
        08:00:10 queue.length waiting=9
        08:00:20 register.opened            # kept, and the line is still long: no new edge
        08:00:30 queue.length waiting=5
        08:00:40 queue.length waiting=3
        08:00:50 queue.length waiting=4
    """
    assert judge(rules(line=f"{LINE}, again: rise"), history) == [
        "08:00:00 opened s3/q1", "08:00:20 kept s3/q1", "08:00:50 opened s3/q1",
    ]  # fmt: skip


def test_a_rise_while_a_promise_is_open_is_used_up() -> None:
    """With `again: rise` a second rise under an open promise opens nothing, then or when that promise is settled."""
    no_void = (
        "per: [site, queue], when: {event: queue.length, where: waiting > 3}, expect: register.opened, within: 60s,"
        "again: rise"
    )
    history = """
        08:00:00 queue.length waiting=4
        08:00:10 queue.length waiting=0
        08:00:20 queue.length waiting=4
        08:00:30 register.opened
        08:00:40 queue.length waiting=4
        08:01:50 nothing
    """
    assert judge(rules(line=no_void), history) == ["08:00:00 opened s3/q1", "08:00:30 kept s3/q1"]


def test_subjects_do_not_hear_each_other() -> None:
    """A register that opens for one line keeps no promise to another."""
    history = """
        08:00:00 queue.length queue=q1 waiting=4
        08:00:00 queue.length queue=q2 waiting=4
        08:00:10 register.opened queue=q2
        08:02:00 nothing
    """
    assert sorted(judge(rules(line=LINE), history)) == [
        "08:00:00 opened s3/q1", "08:00:00 opened s3/q2", "08:00:10 kept s3/q2", "08:01:00 broken s3/q1",
    ]  # fmt: skip


def test_a_broken_promise_frees_the_way_for_the_next() -> None:
    """With `again: judged` the next event after a verdict opens a promise of its own."""
    told = judge(
        rules(answer=f"{ANSWER}, again: judged"),
        "08:00 contact.waiting\n08:01:00.000001 contact.waiting\n08:03 nothing",
    )
    assert [line.split()[1] for line in told] == ["opened", "broken", "opened", "broken"]


def test_an_event_at_the_deadline_joins() -> None:
    """A clock rings after the events of its instant, so an event at the deadline finds the promise still open."""
    told = judge(
        rules(answer=f"{ANSWER}, again: judged"), "08:00 contact.waiting\n08:01 contact.waiting\n08:03 nothing"
    )
    assert told == ["08:00:00 opened c1", "08:01:00 broken c1"]


def test_again_each_owes_one_promise_per_event() -> None:
    """With `again: each` every event opens, and one answer keeps all that are open."""
    each = f"{ANSWER}, again: each"
    history = """
        08:00:00 contact.waiting
        08:00:30 contact.waiting
        08:01:10 contact.answered
    """
    assert judge(rules(answer=each), history) == [
        "08:00:00 opened c1", "08:00:30 opened c1", "08:01:00 broken c1",
        "08:01:10 fulfilled_late c1", "08:01:10 kept c1",
    ]  # fmt: skip


def test_again_each_needs_no_rise() -> None:
    """With `again: each` a condition that goes on holding opens each time."""
    told = judge(
        rules(line=f"{LINE}, again: each"),
        "08:00 queue.length waiting=4\n08:00:01 queue.length waiting=5\n08:00:02 queue.length waiting=1",
    )
    assert [line.split()[1] for line in told] == ["opened", "opened", "voided", "voided"]


def test_a_condition_can_look_back_at_the_opening() -> None:
    """`opening.serving` is what the event that opened the promise said, not what came between."""
    more = """per: [site, queue], when: {event: queue.length, where: waiting > 3}, within: 10m,
        expect: {event: queue.length, where: serving > opening.serving}"""
    history = """
        08:00 queue.length waiting=4 serving=2
        08:01 queue.length waiting=4 serving=1
        08:02 queue.length waiting=4 serving=2      # more than a minute ago, not more than at the opening
        08:03 queue.length waiting=4 serving=3      # four still wait: the next promise, which looks back at three
    """
    assert judge(rules(more=more), history)[1:] == ["08:03:00 kept s3/q1", "08:03:00 opened s3/q1"]


def test_missing_values_hold_nowhere() -> None:
    """A condition on a value that an event does not have is false, in the opening as well."""
    more = """per: [site, queue], when: {event: queue.length, where: waiting > 3}, within: 10m,
        expect: {event: queue.length, where: serving > opening.serving}"""
    history = "08:00 queue.length waiting=4\n08:01 queue.length waiting=4 serving=9\n08:10 nothing"
    assert judge(rules(more=more), history)[1:] == ["08:10:00 broken s3/q1"]


def test_each_step_of_the_ladder_warns_once() -> None:
    """`50%` and `15s before` are two warnings at their own instants, in the order of time."""
    ladder = f"{ANSWER}, warn: [15s before, 50%]"
    told = judge(rules(answer=ladder), "08:00 contact.waiting\n08:02 nothing")
    assert told[1:] == ["08:00:30 warned c1", "08:00:45 warned c1", "08:01:00 broken c1"]


def test_a_warning_at_the_instant_of_the_answer_is_not_given() -> None:
    """Clocks ring after the events of their instant: who answers exactly then is not warned."""
    told = judge(
        rules(answer=f"{ANSWER}, warn: 50%"), "08:00 contact.waiting\n08:00:30 contact.answered\n09:00 nothing"
    )
    assert told[1:] == ["08:00:30 kept c1"]


def test_a_warned_promise_can_be_kept() -> None:
    """A warning is no verdict."""
    told = judge(rules(answer=f"{ANSWER}, warn: 50%"), "08:00 contact.waiting\n08:01 contact.answered")
    assert told[1:] == ["08:00:30 warned c1", "08:01:00 kept c1"]


def test_a_late_answer_is_told_once() -> None:
    """The first answer after the deadline adds `fulfilled_late`; the verdict stays, and the next answer is nothing."""
    history = "08:00 contact.waiting\n08:05 contact.answered\n08:06 contact.answered"
    assert judge(rules(answer=ANSWER), history)[1:] == ["08:01:00 broken c1", "08:05:00 fulfilled_late c1"]


def test_after_the_need_went_away_no_answer_is_late() -> None:
    """`unless` after the deadline ends what is overdue: no answer is waited for any more."""
    history = "08:00 contact.waiting\n08:05 contact.abandoned\n08:06 contact.answered"
    assert judge(rules(answer=ANSWER), history)[1:] == ["08:01:00 broken c1", "08:05:00 ended c1"]


@pytest.mark.parametrize(
    ("answered", "end"),
    [
        ("+7d 08:01:00", "2026-03-09 08:01:00 fulfilled_late c1"),
        ("+7d 08:01:00.000001", "2026-03-09 08:01:00 given_up c1"),
    ],
)
def test_an_answer_is_late_for_a_week(answered: str, end: str) -> None:
    """Up to 7 days after the deadline an answer still counts as late; then the promise is given up."""
    told = judge(rules(answer=ANSWER), f"08:00 contact.waiting\n{answered} contact.answered")
    assert told[1:] == ["08:01:00 broken c1", end]


def test_one_answer_can_be_late_and_in_time() -> None:
    """With `again: judged` the answer to the second wait is also the late answer to the first."""
    history = "08:00 contact.waiting\n08:02 contact.waiting\n08:02:30 contact.answered"
    assert judge(rules(answer=f"{ANSWER}, again: judged"), history) == [
        "08:00:00 opened c1", "08:01:00 broken c1", "08:02:00 opened c1",
        "08:02:30 fulfilled_late c1", "08:02:30 kept c1",
    ]  # fmt: skip


def test_each_line_has_its_own_id_and_clock() -> None:
    """The lines of a promise are numbered from 1, and `elapsed` is the time on its clock."""
    outcome = judge_all(rules(answer=f"{ANSWER}, warn: 50%"), "08:00 contact.waiting\n08:00:40 contact.answered")
    (promise,) = {one.id.partition(".")[0] for one in outcome.transitions}
    assert [one.id for one in outcome.transitions] == [f"{promise}.1", f"{promise}.2", f"{promise}.3"]
    assert [one.elapsed for one in outcome.transitions] == [0, 30_000_000, 40_000_000]
