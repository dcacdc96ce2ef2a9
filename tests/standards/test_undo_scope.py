"""What is taken back where `while` says when there is anything to owe: before it is over, and meanwhile."""

import pytest

from tests.history import judge, judge_live, rules, told
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


@pytest.mark.parametrize("size", [1, 4_096])
def test_what_was_taken_back_joins_only_the_promise_that_goes_on(size: int) -> None:
    """Away and back after it was taken back, the same event opens what is owed anew, however much comes at once."""
    rule = OPENED.replace("when: ticket.opened", "when: [ticket.opened, ticket.reopened]")
    history = f"""
        08:00 ticket.moved team=support
        08:10 ticket.opened
        09:00 ticket.completed
        09:10 ticket.reopened
        {AWAY}
        {BACK}
        16:00 ticket.moved team=support
    """
    lines = kinds(judge(rules(it=f"{rule}, {UNDO}, {SUPPORT}"), history, size=size))
    assert lines[2:] == ["09:10:00 undone", "09:30:00 voided", "11:00:00 opened", "15:00:00 broken"]


def test_a_late_event_that_changes_nothing_withdraws_nothing() -> None:
    """Judged again, what stands opens as it did the first time."""
    rule = OPENED.replace("when: ticket.opened", "when: [ticket.opened, ticket.reopened]")
    history = """
        08:00 ticket.moved team=support
        08:10 ticket.opened
        09:00 ticket.completed
        09:01 ticket.reopened
        09:02 ticket.moved team=sales
        09:03 ticket.moved team=support
        09:05 <- 09:04 ticket.moved team=support
        13:30 ticket.moved team=support
    """
    lines = kinds(told(judge_live(rules(it=f"{rule}, {UNDO}, {SUPPORT}"), history).transitions))
    assert lines[-2:] == ["09:03:00 opened", "13:03:00 broken"]


def test_what_takes_one_promise_back_opens_another() -> None:
    """A standard joins to its own promise what has taken it back, and to no other one's."""
    answered = f"per: ticket, when: ticket.reopened, expect: ticket.replied, within: 1h, {UNDO}"
    history = "08:00 ticket.opened\n09:00 ticket.completed\n10:00 ticket.reopened\n12:00 ticket.replied"
    lines = judge(rules(a=f"{OPENED}, {UNDO}", b=answered), history)
    assert [line for line in lines if "11:00:00 broken" in line]


def test_all_at_one_instant_is_one_promise() -> None:
    """Opened, done, moved away, taken back and moved here at once: it goes on under its id."""
    steps = ["opened", "completed", "moved team=sales", "reopened", "moved team=support"]
    at_once = "\n".join(f"08:10 ticket.{step}" for step in steps)
    history = f"08:00 ticket.moved team=support\n{at_once}\n13:00 ticket.moved team=support"
    lines = judge_live(rules(it=f"{OPENED}, {UNDO}, {SUPPORT}"), history).transitions
    assert len({line.id for line in lines}) == len(lines)
    assert kinds(told(lines)) == ["08:10:00 opened", "08:10:00 kept", "08:10:00 corrected", "12:10:00 broken"]


@pytest.mark.parametrize("ended", ["09:30 ticket.completed\n09:40 ticket.reopened", ""], ids=["done late", "overdue"])
def test_what_followed_holds_after_it_was_overdue(ended: str) -> None:
    """Made urgent, broken, moved away and back: an hour, as it was made urgent."""
    rule = OPENED.replace("within: 4h", "within: {by: priority, urgent: 1h, else: 8h}, follow: ticket.moved")
    history = f"""
        08:00 ticket.moved team=support
        08:10 ticket.opened priority=low
        08:30 ticket.moved team=support priority=urgent
        {ended}
        10:00 ticket.moved team=sales
        {BACK}
        20:00 ticket.moved team=support
    """
    own = "events: {ticket.moved: {priority: text?}}"
    lines = kinds(judge(rules(own, it=f"{rule}, {UNDO}, {SUPPORT}"), history))
    assert lines[-2:] == ["11:00:00 opened", "12:00:00 broken"]
