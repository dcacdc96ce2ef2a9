"""Scopes, runs and what is taken back, where they meet each other: by example, beside those of `docs/language.md`."""

from tests.history import judge, judge_all, judge_live, rules, told

OPENED = "per: ticket, when: ticket.opened, expect: ticket.completed, within: 4h"
UNDO = "undo: {when: ticket.reopened, within: 3d}"
SUPPORT = "while: {when: {event: ticket.moved, where: team == 'support'}, until: ticket.moved}"


def kinds(lines: list[str]) -> list[str]:
    return [" ".join(line.split()[:2]) for line in lines]


def test_what_was_done_late_and_excused_is_not_taken_back() -> None:
    """An exception ends it: what was done late, and is excused since, is not overdue again."""
    history = (
        "08:00 ticket.opened\n13:00 ticket.completed\n13:30 exception.granted standard=it subject=t1 by=lead reason=r\n"
        "14:00 ticket.reopened"
    )
    lines = judge(rules(it=f"{OPENED}, {UNDO}"), history)
    assert [line for line in kinds(lines) if "undone" in line] == []
    assert "corrected" in lines[-1]


def test_what_was_done_is_judged_again_with_what_came_late() -> None:
    """The late word of an earlier opening finds what was done, and what was taken back since."""
    history = "09:00 ticket.opened\n09:02 ticket.completed\n09:04 ticket.reopened\n09:05 <- 08:59 ticket.opened"
    lines = told(judge_live(rules(it=f"{OPENED}, {UNDO}"), history).transitions)
    assert kinds(lines)[:3] == ["09:00:00 opened", "09:02:00 kept", "09:04:00 undone"]
    assert sorted(kinds(lines)[3:]) == [
        "08:59:00 opened", "09:02:00 kept", "09:04:00 undone", "09:05:00 withdrawn",
    ]  # fmt: skip


def test_nothing_is_taken_back_where_nothing_is_owed() -> None:
    """A ticket that has left support is not owed by support again, though it was not done."""
    history = (
        "08:00 ticket.moved team=support\n08:00 ticket.opened\n09:00 ticket.completed\n10:00 ticket.moved team=sales\n"
        "11:00 ticket.reopened\n16:00 nothing"
    )
    assert kinds(judge(rules(it=f"{OPENED}, {SUPPORT}, {UNDO}"), history)) == ["08:00:00 opened", "09:00:00 kept"]


def test_what_nobody_would_wait_for_any_more_is_not_taken_back() -> None:
    """Done late, and reopened when it would have been given up: it stays done."""
    history = "08:00 ticket.opened\n13:00 ticket.completed\n15:00 ticket.reopened"
    lines = kinds(judge(rules(it=f"{OPENED}, {UNDO}, owed_for: 2h"), history))
    assert lines == ["08:00:00 opened", "12:00:00 broken", "13:00:00 fulfilled_late"]


def test_what_comes_too_late_passes_by_the_scope_as_well() -> None:
    """Out of scope it opens nothing, however late it comes."""
    book = rules(it=f"{OPENED}, {SUPPORT}")
    late = "08:00 ticket.moved team=sales\n08:10 nothing\n08:01 ticket.opened"
    assert judge_all(book, late).transitions == []
    assert [one.kind for one in judge_all(book, late.replace("sales", "support")).transitions][:1] == ["opened"]


def test_done_after_a_while_nothing_stands_any_more() -> None:
    """What `expect` has ended after it lasted does not come back with the state."""
    done = "expect: {event: ticket.queued, where: team == 'done', for: 5m}"
    rule = f"per: ticket, when: ticket.opened, within: 4h, {SUPPORT}, {done}"
    history = (
        "08:00 ticket.moved team=support\n08:00 ticket.opened\n08:10 ticket.queued team=done\n"
        "09:00 ticket.moved team=x\n10:00 ticket.moved team=support\n15:00 nothing"
    )
    assert kinds(judge(rules(it=rule), history)) == ["08:00:00 opened", "08:15:00 kept"]
