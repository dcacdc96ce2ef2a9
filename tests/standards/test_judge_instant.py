"""Precedence and universality, by hand: the two shapes whose verdict falls at the event."""

import pytest

from tests.history import judge, rules

WARM = "per: contact, when: transfer.completed, expect: transfer.briefed, within_last: 10m"
SAME = """per: contact, when: transfer.completed, within_last: 10m,
    expect: {event: transfer.briefed, where: to_agent == opening.to_agent}"""
BRIEFED = "per: contact, when: transfer.completed, must: briefed"


@pytest.mark.parametrize(
    ("moved", "verdict"),
    [("08:00", "kept"), ("08:09:59.999999", "kept"), ("08:10", "kept"), ("08:10:00.000001", "broken")],
)
def test_exactly_within_last_is_still_before(moved: str, verdict: str) -> None:
    """A briefing counts from its own instant up to and including `within_last` after it."""
    told = judge(rules(warm=WARM), f"08:00 transfer.briefed\n{moved} transfer.completed")
    assert [line.split()[1] for line in told] == ["opened", verdict]


def test_a_briefing_after_the_transfer_is_none() -> None:
    """Told at the same instant but arrived after, or later: the transfer was cold."""
    for briefed in ("08:00", "08:00:01"):
        told = judge(rules(warm=WARM), f"08:00 transfer.completed\n{briefed} transfer.briefed")
        assert told == ["08:00:00 opened c1", "08:00:00 broken c1"]


def test_one_briefing_serves_every_transfer_in_its_time() -> None:
    """A briefing is not used up."""
    history = """
        08:00 transfer.briefed
        08:05 transfer.completed
        08:10 transfer.completed
        08:11 transfer.completed
    """
    assert [line.split()[1] for line in judge(rules(warm=WARM), history)][1::2] == ["kept", "kept", "broken"]


def test_a_newer_briefing_takes_over() -> None:
    """The newest briefing counts, not the first."""
    history = "08:00 transfer.briefed\n08:09 transfer.briefed\n08:15 transfer.completed"
    assert judge(rules(warm=WARM), history)[-1] == "08:15:00 kept c1"


def test_a_briefing_of_somebody_else_is_not_this_one() -> None:
    """`opening.` in `expect` is the transfer: the one who received must have been the one briefed."""
    history = """
        08:00 transfer.briefed to_agent=bo
        08:01 transfer.briefed to_agent=cy
        08:02 transfer.completed to_agent=bo
        08:03 transfer.completed to_agent=di
    """
    assert [line.split()[1] for line in judge(rules(same=SAME), history)][1::2] == ["kept", "broken"]


def test_a_briefing_for_another_contact_does_not_count() -> None:
    """Precedence looks at its own subject only."""
    told = judge(rules(warm=WARM), "08:00 transfer.briefed contact=c2\n08:01 transfer.completed")
    assert told == ["08:01:00 opened c1", "08:01:00 broken c1"]


def test_every_event_is_judged_by_itself() -> None:
    """Universality gives one verdict an event, whatever came before; a missing value does not satisfy it."""
    history = """
        08:00 transfer.completed briefed=true
        08:01 transfer.completed briefed=false
        08:02 transfer.completed
        08:02 transfer.completed briefed=true
    """
    verdicts = [line.split()[1] for line in judge(rules(briefed=BRIEFED), history)][1::2]
    assert verdicts == ["kept", "broken", "broken", "kept"]


def test_only_what_when_asks_about_is_judged() -> None:
    """An event that `when` leaves out opens nothing."""
    some = "per: contact, when: {event: transfer.completed, where: 'team == \"north\"'}, must: briefed"
    history = "08:00 transfer.completed team=south briefed=false\n08:01 transfer.completed team=north briefed=true"
    assert judge(rules(some=some), history) == ["08:01:00 opened c1", "08:01:00 kept c1"]
