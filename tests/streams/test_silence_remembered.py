"""Silences are remembered as long as a verdict can rest on them: also where verdicts wait longer than events settle."""

import pytest

from tests.history import judge_live, rules, told

FEEDS = "feeds: {phones: {events: [contact.answered, contact.closed], silent_after: 5m}}"
ANSWER = "per: contact, when: contact.waiting, expect: contact.answered, within: 10m"


@pytest.mark.parametrize("lateness", ["1s", "5m", "1h", "6h"])
def test_a_verdict_that_waits_knows_of_the_silence(lateness: str) -> None:
    """Nobody heard of the feed at the deadline: the promise is unknown, however much later that is said."""
    heard = "\n".join(
        f"{8 + minute // 60:02}:{minute % 60:02} contact.closed contact=c2" for minute in range(20, 500, 4)
    )
    history = f"""
        08:00 contact.closed contact=c2
        08:01 contact.waiting
        {heard}
    """
    lines = told(judge_live(rules(FEEDS, answer=f"{ANSWER}, lateness: {lateness}"), history).transitions)
    assert lines == ["08:01:00 opened c1", "08:11:00 lost c1"]
