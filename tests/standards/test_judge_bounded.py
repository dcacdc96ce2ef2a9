"""The bounded shape, by hand: counts in a stretch of time, over a life, and up to an end."""

import pytest

from tests.history import judge, rules

ONCE = "per: contact, forget_after: 60d, when: transfer.completed, at_most: 1"
UNTIL = f"{ONCE}, until: contact.closed"
HOURLY = "per: contact, when: transfer.completed, at_most: 2, within: 1h"


def test_over_a_life_it_breaks_once() -> None:
    """The second transfer breaks the promise; the third breaks nothing more."""
    history = "08:00 transfer.completed\n08:01 transfer.completed\n08:02 transfer.completed\n09:00 nothing"
    assert judge(rules(once=ONCE), history) == ["08:00:00 opened c1", "08:01:00 broken c1"]


def test_at_most_none_breaks_at_the_first() -> None:
    """`at_most: 0` is a promise that something never happens."""
    never = "per: contact, when: transfer.completed, at_most: 0"
    assert judge(rules(never=never), "08:00 transfer.completed") == ["08:00:00 opened c1", "08:00:00 broken c1"]


def test_until_keeps_it_and_the_count_starts_anew() -> None:
    """Closing the contact keeps the promise; what comes after counts from one."""
    history = """
        08:00 transfer.completed
        08:10 contact.closed
        08:20 transfer.completed
        08:30 transfer.completed
        08:40 contact.closed        # broken already: nothing to keep
        08:50 transfer.completed
    """
    assert judge(rules(once=UNTIL), history) == [
        "08:00:00 opened c1", "08:10:00 kept c1", "08:20:00 opened c1", "08:30:00 broken c1", "08:50:00 opened c1",
    ]  # fmt: skip


def test_until_without_a_count_is_nothing() -> None:
    """An end of what never began opens and keeps nothing."""
    assert judge(rules(once=UNTIL), "08:00 contact.closed\n08:01 contact.closed") == []


@pytest.mark.parametrize(("third", "verdict"), [("09:00", "broken"), ("09:00:00.000001", "")])
def test_an_event_counts_up_to_and_including_its_time(third: str, verdict: str) -> None:
    """Exactly `within` after the first the third is one too many; a microsecond later it is the second."""
    told = judge(
        rules(hourly=HOURLY), f"08:00 transfer.completed\n08:30 transfer.completed\n{third} transfer.completed"
    )
    assert [line.split()[1] for line in told] == ["opened", *([verdict] if verdict else [])]


def test_kept_when_all_have_stopped_counting() -> None:
    """The promise is kept at the last event's time plus `within`, and the next event opens another."""
    history = "08:00 transfer.completed\n08:30 transfer.completed\n10:00 transfer.completed"
    assert judge(rules(hourly=HOURLY), history) == ["08:00:00 opened c1", "09:30:00 kept c1", "10:00:00 opened c1"]


def test_it_arms_again_when_the_count_has_fallen_back() -> None:
    """After a break nothing opens above the bound; then the next event opens, and breaks if it exceeds again."""
    history = """
        08:00 transfer.completed
        08:10 transfer.completed
        08:20 transfer.completed    # three in an hour: broken
        08:30 transfer.completed    # still above: silent
        09:25 transfer.completed    # 08:30 and this count: fallen back, opens
        09:26 transfer.completed    # three again: broken
    """
    assert judge(rules(hourly=HOURLY), history) == [
        "08:00:00 opened c1", "08:20:00 broken c1", "09:25:00 opened c1", "09:26:00 broken c1",
    ]  # fmt: skip


def test_it_can_open_and_break_at_one_event() -> None:
    """With the bound still full, the next event opens a promise and breaks it at once."""
    history = """
        08:00 transfer.completed
        08:50 transfer.completed
        08:55 transfer.completed    # broken
        09:10 transfer.completed    # the first has gone: two count, so this one opens and is the third
    """
    told = judge(rules(hourly=HOURLY), history)
    assert told == ["08:00:00 opened c1", "08:55:00 broken c1", "09:10:00 opened c1", "09:10:00 broken c1"]


def test_after_a_break_it_closes_without_a_verdict() -> None:
    """A broken count that runs out keeps nothing."""
    history = "08:00 transfer.completed\n08:01 transfer.completed\n08:02 transfer.completed\n12:00 nothing"
    assert [line.split()[1] for line in judge(rules(hourly=HOURLY), history)] == ["opened", "broken"]


def test_after_an_excuse_nothing_opens_until_none_counts() -> None:
    """An excused count stays excused while any of its events still counts."""
    history = """
        08:00 transfer.completed
        08:10 exception.granted standard=hourly subject=c1 by=lead
        08:50 transfer.completed
        09:45 transfer.completed
        09:50 transfer.completed
        12:00 transfer.completed
    """
    assert judge(rules(hourly=HOURLY), history) == ["08:00:00 opened c1", "08:10:00 excused c1", "12:00:00 opened c1"]


def test_broken_promises_can_be_counted() -> None:
    """A count over promises heard: the third broken promise within a day calls for coaching."""
    answer = "per: contact, carry: [team], when: contact.waiting, expect: contact.answered, within: 60s"
    coach = "per: team, when: {event: promise.broken, where: 'standard == \"answer\"'}, at_most: 2, within: 1d"
    waits = "\n".join(f"08:0{n} contact.waiting contact=c{n} team=north" for n in range(4))
    told = judge(rules(answer=answer, coach=coach), f"{waits}\n08:30 nothing")
    assert [line for line in told if line.endswith("north")] == ["08:01:00 opened north", "08:03:00 broken north"]
