"""Repeats of events whose sender's clock is fast: their place is their stamp, and a repeat comes with another stamp."""

import pytest

from tests.history import judge_live, rules, told

ASKED = rules(answer="per: contact, when: contact.waiting, expect: contact.answered, within: 1m, again: judged")


@pytest.mark.parametrize(
    "after",
    [
        "08:25 contact.answered",
        "08:11 contact.answered\n08:22 contact.answered\n08:26 contact.answered",
    ],
    ids=["remembered", "forgotten"],
)
@pytest.mark.parametrize("claimed", ["08:14:50", "08:10:00.000001", "08:10"])
def test_an_event_from_ahead_is_one_event_however_late_it_is_sent_again(after: str, claimed: str) -> None:
    """Its answer got lost, and its sender tries again after an hour: what it opened is not opened a second time."""
    history = f"""
        08:00 contact.answered
        08:10 <- {claimed} contact.waiting id=fast
        08:10:30 contact.answered
        {after}
        09:10 <- {claimed} contact.waiting id=fast
        09:30 contact.answered
    """
    outcome = judge_live(ASKED, history)
    assert told(outcome.transitions) == ["08:10:00 opened c1", "08:10:30 kept c1"]
    assert outcome.duplicates + len(outcome.unused) == 1


def test_an_event_from_ahead_is_known_among_those_that_are_judged_again() -> None:
    """Its identity is forgotten after so many others, but not the event: a repeat does not take a place beside it."""
    others = "\n".join(f"08:10:{1 + n // 50:02}.{n % 50:02} contact.answered" for n in range(1_999))
    history = f"""
        08:10 <- 08:14 contact.waiting id=fast
        {others}
        08:20 <- 08:14 contact.waiting id=fast
        08:25 contact.answered
    """
    outcome = judge_live(ASKED, history)
    assert told(outcome.transitions) == ["08:10:00 opened c1", "08:10:01 kept c1"]
    assert outcome.duplicates == 1
