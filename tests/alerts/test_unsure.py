"""A message for several of which nobody can say how they went claims no reason for one that is another's."""

from __future__ import annotations

from msgspec.structs import replace

from standards.judge.ledger import Line
from tests.alerts.playing import Floor, line

ALONE = "kept: 1\npeople: {ann: {}}\nroutes: [{tell: ann}]\n"


def lost(promise: str, *silent: str, of: str = "no-wait", reason: str = "feed-dark") -> Line:
    return replace(line(60, "lost", promise, of=of), silent=silent, reason=reason)


def told(*lines: Line) -> list[str]:
    floor = Floor(ALONE)
    floor.go(60, list(lines))
    (notice,) = floor.notices
    assert set(notice.speaks_for) == {each.promise for each in lines}
    return notice.text.split("\n")


def test_the_same_feed_is_said_once() -> None:
    """Of five that rest on one silent feed, the message names it, and where it is the same."""
    text = told(*(lost(f"q{n}", "tills") for n in range(1, 6)))
    assert text[0].startswith("s1, q1: Look after the feed tills.")
    assert text[1:] == ["The same for 4 more: q2 to q5."]


def test_another_feed_is_named_where_it_was_that_one() -> None:
    """Those that rest on others, were heard of too late, or lost their events, stand beside their own reasons."""
    text = told(
        *(lost(f"q{n}", "tills") for n in range(1, 6)), lost("q6", "counters"), lost("q7", "counters"),
        lost("q8", "tills", "counters"), lost("q9", reason="came-too-late"), lost("x", "counters", of="greeting"),
    )  # fmt: skip
    assert text[1:] == [
        "The same for 4 more: q2 to q5.",
        "Of 5 more nobody can say either, but for another reason:",
        "- q6, q7, x: counters",
        "- q8: tills and counters",
        "- q9: heard of too late",
    ]


def test_few_are_told_by_their_reasons_too() -> None:
    """Two of one standard with two feeds: the second is not called the same."""
    assert told(lost("q1", "tills"), lost("q2", "counters"))[1:] == [
        "Of 1 more nobody can say either, but for another reason:", "- q2: counters",
    ]  # fmt: skip
