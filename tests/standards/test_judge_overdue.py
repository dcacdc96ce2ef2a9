"""How long a broken promise is owed, by hand and to the instant: done late, not needed, excused, or given up."""

import pytest

from tests.history import judge, rules

ANSWER = "per: contact, when: contact.waiting, expect: contact.answered, within: 60s, unless: contact.abandoned"
LINE = """per: [site, queue], when: {event: queue.length, where: waiting > 3}, within: 60s,
    expect: register.opened, unless: {event: queue.length, where: waiting <= 3}"""
GRANT = "exception.granted standard=answer subject=c1 by=lead"


def test_the_need_for_what_is_overdue_can_end() -> None:
    """A caller who hangs up after the deadline ends the promise: broken still, and owed no more."""
    history = "08:00 contact.waiting\n08:05 contact.abandoned\n08:06 contact.waiting"
    assert judge(rules(answer=ANSWER), history)[1:] == [
        "08:01:00 broken c1", "08:05:00 ended c1", "08:06:00 opened c1",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("answered", "end"),
    [("09:00:59.999999", "09:00:59.999999 fulfilled_late c1"), ("09:01", "09:01:00 fulfilled_late c1"),
     ("09:01:00.000001", "09:01:00 given_up c1")],
)  # fmt: skip
def test_a_promise_is_given_up_owed_for_after_its_deadline(answered: str, end: str) -> None:
    """An hour by the clock on the wall after the deadline, and not before what happens exactly then."""
    told_of = judge(rules(answer=f"{ANSWER}, owed_for: 1h"), f"08:00 contact.waiting\n{answered} contact.answered")
    assert told_of[1:] == ["08:01:00 broken c1", end]


def test_after_a_promise_was_given_up_the_next_count_opens() -> None:
    """Nothing is owed any more, so the line that is still long is owed anew."""
    history = "08:00 queue.length waiting=5\n08:30 queue.length waiting=5\n08:31:00.000001 queue.length waiting=5"
    assert judge(rules(line=f"{LINE}, owed_for: 30m"), history)[1:] == [
        "08:01:00 broken s3/q1", "08:31:00 given_up s3/q1", "08:31:00.000001 opened s3/q1",
    ]  # fmt: skip


def test_several_overdue_end_each_at_its_own_time() -> None:
    """Of two that are owed an hour, the first is given up while the second is still owed."""
    history = "08:00 contact.waiting\n08:30 contact.waiting\n09:10 contact.answered"
    assert judge(rules(answer=f"{ANSWER}, again: judged, owed_for: 1h"), history) == [
        "08:00:00 opened c1", "08:01:00 broken c1", "08:30:00 opened c1", "08:31:00 broken c1",
        "09:01:00 given_up c1", "09:10:00 fulfilled_late c1",
    ]  # fmt: skip


def test_who_is_owed_is_not_forgotten() -> None:
    """A subject is remembered while anything is overdue, however short its memory."""
    history = "08:00 contact.waiting\n+5d 08:00 contact.answered"
    assert judge(rules(answer=f"{ANSWER}, forget_after: 24h"), history)[2:] == ["2026-03-07 08:00:00 fulfilled_late c1"]


def test_what_is_overdue_is_excused_after_days() -> None:
    """Three days after the deadline a grant still reaches it; then it is owed no more, and nothing opens yet."""
    history = f"08:00 contact.waiting\n+3d 08:00 {GRANT}\n+3d 09:00 contact.waiting\n+3d 10:00 contact.answered"
    assert judge(rules(answer=ANSWER), history)[1:] == [
        "08:01:00 broken c1", "2026-03-05 08:00:00 corrected excused c1",
    ]  # fmt: skip
