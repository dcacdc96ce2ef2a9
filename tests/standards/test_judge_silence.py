"""Dark feeds, by hand: a verdict that rests on an absence is unknown when nobody could have been heard."""

import pytest

from tests.history import judge, judge_all, judge_live, rules, told

FEED = """
feeds:
  phones: {events: [contact.answered, contact.abandoned], silent_after: 30s}
"""
TILLS = """
feeds:
  tills: {events: [register.opened, register.closed], per: [site], silent_after: 10m}
"""
ANSWER = "per: contact, when: contact.waiting, expect: contact.answered, within: 60s, unless: contact.abandoned"
LINE = "per: [site, queue], when: {event: queue.length, where: waiting > 3}, expect: register.opened, within: 60s"


def test_a_feed_never_heard_is_dark() -> None:
    """With a silent exchange nobody can say that a call was not answered."""
    lines = judge(rules(FEED, answer=ANSWER), "08:00 contact.waiting\n08:02 contact.waiting contact=c2")
    assert lines[1] == "08:01:00 lost c1"


@pytest.mark.parametrize(("heard", "verdict"), [("08:00:30", "broken"), ("08:00:29.999999", "lost")])
def test_exactly_silent_after_is_not_dark(heard: str, verdict: str) -> None:
    """A feed heard exactly `silent_after` before the deadline was there; a microsecond longer and it was dark."""
    history = f"08:00 contact.waiting\n{heard} contact.answered contact=c9\n08:02 nothing"
    assert judge(rules(FEED, answer=ANSWER), history)[1] == f"08:01:00 {verdict} c1"


def test_what_was_heard_later_does_not_light_the_past() -> None:
    """A feed that speaks again after the deadline was dark at it."""
    history = """
        08:00:00 contact.answered contact=c9
        08:00:10 contact.waiting
        08:01:11 contact.answered contact=c9
    """
    assert judge(rules(FEED, answer=ANSWER), history)[1] == "08:01:10 lost c1"


def test_what_was_heard_does_not_depend_on_the_batch() -> None:
    """One batch that holds the dark time and what follows it judges as event by event does."""
    history = """
        08:00:00 contact.answered contact=c9
        08:00:10 contact.waiting
        08:00:50 contact.answered contact=c9
        08:01:30 contact.waiting contact=c2
        08:04:00 contact.answered contact=c9
        08:09:00 nothing
    """
    text = rules(FEED, answer=ANSWER)
    assert judge(text, history)[1:] == ["08:01:10 broken c1", "08:01:30 opened c2", "08:02:30 lost c2"]
    assert judge(text, history, size=1) == judge(text, history)


def test_a_heartbeat_is_heard() -> None:
    """A feed that says it is alive is not dark."""
    history = "08:00 contact.waiting\n08:00:45 feed.heartbeat feed=phones\n08:02 nothing"
    assert judge(rules(FEED, answer=ANSWER), history)[1] == "08:01:00 broken c1"
    other = "08:00 contact.waiting\n08:00:45 feed.heartbeat feed=cameras\n08:02 nothing"
    assert judge(rules(FEED, answer=ANSWER), other)[1] == "08:01:00 lost c1"


def test_a_feed_is_heard_per_its_own_fields() -> None:
    """The tills of one shop do not speak for another; any line of the shop speaks for all its lines."""
    history = """
        08:00:00 register.closed site=s3 queue=q9
        08:00:10 queue.length site=s3 waiting=4
        08:00:10 queue.length site=s4 waiting=4
        08:05:00 nothing
    """
    assert sorted(judge(rules(TILLS, line=LINE), history))[2:] == ["08:01:10 broken s3/q1", "08:01:10 lost s4/q1"]


def test_an_answer_after_an_unknown_verdict_in_time_corrects_it() -> None:
    """What the dark feed delivers at last corrects the verdict."""
    history = "08:00 contact.waiting\n08:04 nothing\n08:05 <- 08:00:30 contact.answered"
    for size in (1, 2, 3):
        lines = told(judge_live(rules(FEED, answer=ANSWER), history, size=size).transitions)
        assert lines[1:] == ["08:01:00 lost c1", "08:00:30 corrected kept c1"]


def test_in_history_what_a_dark_feed_says_too_late_changes_nothing() -> None:
    """The verdict stays unknown: nobody can say in which order the others would have acted, had they known."""
    history = "08:00 contact.waiting\n08:05 nothing\n08:00:30 contact.answered"
    for size in (1, 2, 3):
        outcome = judge_all(rules(FEED, answer=ANSWER), history, size=size)
        assert told(outcome.transitions)[1:] == ["08:01:00 lost c1"]
        assert [one.reason for one in outcome.unused] == ["late"]


def test_an_old_gap_is_not_forgotten_within_a_batch() -> None:
    """A verdict in the dark is unknown even if the batch that brings it reaches weeks further."""
    history = """
        08:00:00 contact.answered contact=c9
        08:00:10 contact.waiting
        08:04:00 contact.answered contact=c9
        +10d 08:00 contact.answered contact=c9
        +11d 08:00 contact.answered contact=c9
    """
    text = rules(FEED, answer=ANSWER)
    assert judge(text, history, size=1)[1:] == ["08:01:10 lost c1"]
    assert judge(text, history) == judge(text, history, size=1)


def test_a_presence_is_never_unknown() -> None:
    """What was seen was seen: keeping, voiding and exceeding need no feed."""
    once = "per: contact, when: contact.answered, at_most: 0"
    history = "08:00 contact.waiting\n08:00:59 contact.answered"
    assert sorted(line.split()[1] for line in judge(rules(FEED, answer=ANSWER, once=once), history)) == [
        "broken", "kept", "opened", "opened",
    ]  # fmt: skip


def test_every_shape_that_rests_on_an_absence_can_be_unknown() -> None:
    """Precedence that found nothing, a bound about to be kept, a period's end, a window's end."""
    sections = """
feeds:
  brief: {events: [transfer.briefed], silent_after: 30s}
  calls: {events: [transfer.completed], silent_after: 30s}
  meets: {events: [meeting.held], silent_after: 30s}
"""
    shapes = {
        "warm": "per: contact, when: transfer.completed, expect: transfer.briefed, within_last: 10m",
        "rare": "per: contact, when: transfer.completed, at_most: 3, within: 10m",
        "meet": "per: team, expect: meeting.held, every: 10m",
        "mean": "per: [], when: transfer.completed, measure: count(), over: 30m, must: '>= 1'",
    }
    history = "08:00 transfer.completed\n08:00 meeting.held\n08:31 nothing"
    outcome = judge_all(rules(sections, **shapes), history)
    lost = {(one.standard.id, one.at - outcome.transitions[0].at) for one in outcome.transitions if one.kind == "lost"}
    minute = 60_000_000
    assert {name for name, _ in lost} == set(shapes)
    assert {("warm", 0), ("rare", 10 * minute), ("meet", 20 * minute), ("meet", 30 * minute)} < lost
