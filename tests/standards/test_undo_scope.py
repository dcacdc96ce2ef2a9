"""What is taken back where `while` says when there is anything to owe: before it is over, and meanwhile."""

import pytest

from tests.history import judge, rules
from tests.standards.test_judge_scope import OPENED, SUPPORT, UNDO, kinds

AWAY = "09:30 ticket.moved team=sales"
BACK = "11:00 ticket.moved team=support"


@pytest.mark.parametrize(
    ("meanwhile", "then"),
    [
        (f"{AWAY}\n10:00 ticket.reopened\n{BACK}", ["11:00:00 opened", "15:00:00 broken"]),
        (f"{AWAY}\n10:00 ticket.reopened\n10:30 ticket.completed\n{BACK}", []),
        (
            f"09:10 ticket.reopened\n{AWAY}\n{BACK}",
            ["09:10:00 undone", "09:30:00 voided", "11:00:00 opened", "15:00:00 broken"],
        ),
        (
            f"{AWAY}\n10:00 ticket.reopened\n10:30 ticket.completed\n{BACK}\n11:30 ticket.reopened",
            ["11:30:00 undone", "14:40:00 broken"],
        ),
        (
            f"{AWAY}\n10:00 ticket.reopened\n10:10 ticket.completed\n10:20 ticket.reopened\n{BACK}",
            ["11:00:00 opened", "15:00:00 broken"],
        ),
    ],
    ids=["it stands", "it was done meanwhile", "taken back before", "taken back twice, once here", "twice, elsewhere"],
)
def test_what_is_taken_back_stands_until_something_is_owed(meanwhile: str, then: list[str]) -> None:
    """Solved, moved away and reopened, in whatever order: when it comes back it is owed, unless it was done since."""
    history = f"""
        08:00 ticket.moved team=support
        08:10 ticket.opened
        09:00 ticket.completed
        {meanwhile}
        16:00 ticket.moved team=support
    """
    assert kinds(judge(rules(it=f"{OPENED}, {UNDO}, {SUPPORT}"), history)) == [
        "08:10:00 opened",
        "09:00:00 kept",
        *then,
    ]


@pytest.mark.parametrize(
    ("meanwhile", "due"),
    [
        ("09:10 ticket.moved team=sales\n09:40 ticket.opened priority=urgent\n09:45 ticket.reopened", "12:00:00"),
        (
            "08:30 ticket.moved priority=urgent team=support\n09:10 ticket.moved team=sales\n09:45 ticket.reopened",
            "12:00:00",
        ),
        ("09:10 ticket.moved team=sales\n09:45 ticket.reopened", "19:00:00"),
    ],
    ids=["a newer need", "what followed", "as it was"],
)
def test_what_stands_after_it_was_taken_back_is_what_was_said_last(meanwhile: str, due: str) -> None:
    """The newest need, by what followed it: it is not owed by what an older one said."""
    rule = OPENED.replace("within: 4h", "within: {by: priority, urgent: 1h, else: 8h}, follow: ticket.moved")
    before, after = meanwhile.split("\n", 1) if meanwhile.startswith("08") else ("", meanwhile)
    history = f"""
        08:00 ticket.moved team=support
        08:10 ticket.opened priority=low
        {before}
        09:00 ticket.completed
        {after}
        11:00 ticket.moved team=support
        20:00 ticket.moved team=support
    """
    own = "events: {ticket.moved: {priority: text?}}"
    lines = kinds(judge(rules(own, it=f"{rule}, {UNDO}, {SUPPORT}"), history))
    assert lines[-2:] == ["11:00:00 opened", f"{due} broken"]


def test_a_rest_does_not_hold_back_what_was_taken_back() -> None:
    """Nothing was done, so there is nothing to rest from: it is owed as soon as it can be."""
    rule = f"{OPENED}, {UNDO}, {SUPPORT}, again: done, rest: 10h"
    history = f"""
        08:00 ticket.moved team=support
        08:10 ticket.opened
        09:00 ticket.completed
        {AWAY}
        10:00 ticket.reopened
        {BACK}
    """
    assert kinds(judge(rules(it=rule), history))[-1] == "11:00:00 opened"
