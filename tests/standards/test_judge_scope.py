"""Scopes, runs and what is taken back, where they meet each other: by example, beside those of `docs/language.md`."""

import pytest

from tests.history import judge, judge_all, judge_live, rules, told

OPENED = "per: ticket, when: ticket.opened, expect: ticket.completed, within: 4h"
UNDO = "undo: {when: ticket.reopened, within: 3d}"
SUPPORT = "while: {when: {event: ticket.moved, where: team == 'support'}, until: ticket.moved}"


def kinds(lines: list[str]) -> list[str]:
    return [" ".join(line.split()[:2]) for line in lines]


def test_what_ends_the_scope_by_being_done_keeps() -> None:
    """`while: not done already` is how people say "unless already": what is done in time keeps, and voids nothing."""
    done = "{when: ticket.reopened, until: ticket.completed}"
    book = rules(f"states: {{not-done: {done}}}", it=f"{OPENED}, while: not-done")
    history = "08:00 ticket.reopened\n08:01 ticket.opened\n09:00 ticket.completed\n16:00 nothing"
    assert kinds(judge(book, history)) == ["08:01:00 opened", "09:00:00 kept"]


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


def test_the_event_that_takes_back_opens_nothing() -> None:
    """What is owed again is owed once, also where each event opens a promise of its own."""
    rule = f"per: ticket, when: [ticket.opened, ticket.reopened], expect: ticket.completed, within: 4h, {UNDO}"
    history = "08:00 ticket.opened\n09:00 ticket.completed\n10:00 ticket.reopened"
    for again in ("each", "judged"):
        lines = kinds(judge(rules(it=f"{rule}, again: {again}"), history))
        assert lines == ["08:00:00 opened", "09:00:00 kept", "10:00:00 undone"]


def test_an_event_does_not_take_back_what_it_did() -> None:
    """Of two roles an event has the first: what keeps the promise does not take that back."""
    rule = "per: queue, when: register.opened, expect: queue.length, within: 1h, "
    rule += "undo: {when: queue.length, within: 3d}"
    history = "08:00 register.opened\n08:10 queue.length waiting=1\n08:20 queue.length waiting=2"
    assert kinds(judge(rules(it=rule), history)) == ["08:00:00 opened", "08:10:00 kept", "08:20:00 undone"]


def test_a_recurrence_begins_with_what_counts() -> None:
    """Out of scope nobody is named, whatever the event says."""
    rule = "per: ticket, expect: {event: ticket.queued, where: team == 'done'}, every: 2h, "
    history = "08:00 ticket.queued team=x\n11:00 nothing"
    assert judge(rules(it=rule + SUPPORT), history) == []


def test_a_need_that_is_over_does_not_come_with_the_state() -> None:
    """What was long and is short again before there is anything to owe, opens nothing."""
    rule = "per: queue, when: {event: queue.length, where: waiting > 3}, expect: register.closed, within: 1h, "
    history = "08:00 queue.length waiting=5\n08:10 queue.length waiting=1\n08:20 register.opened\n10:00 nothing"
    book = rules(it=f"{rule}while: {{when: register.opened}}")
    assert judge(book, history) == []


@pytest.mark.parametrize("gold", ["team == 'gold'", "team == 'gold', for: 5m"])
def test_a_need_that_another_type_spoke_of_comes_with_the_state(gold: str) -> None:
    """A ticket that comes to support is owed, also where a move to gold would have opened it as well."""
    when = f"when: [ticket.opened, {{event: ticket.moved, where: {gold}}}]"
    both = rules(it=f"{OPENED}, {SUPPORT}".replace("when: ticket.opened", when))
    assert kinds(judge(both, "08:00 ticket.opened\n09:00 ticket.moved team=support")) == ["09:00:00 opened"]


def test_a_state_that_ends_and_begins_at_one_instant_takes_nothing_away() -> None:
    """One need is one promise, with one id, however often its state flickers at one instant."""
    history = (
        "08:00 ticket.moved team=support\n08:10 ticket.opened\n08:10 ticket.moved team=x\n"
        "08:10 ticket.moved team=support\n13:00 nothing"
    )
    outcome = judge_all(rules(it=f"{OPENED}, {SUPPORT}"), history).transitions
    assert [(it.kind, it.after, it.ordinal) for it in outcome] == [
        ("opened", "open", 1), ("voided", "void", 2), ("corrected", "open", 3), ("broken", "broken", 4),
    ]  # fmt: skip
    assert len({it.promise.identify("it", it.key) for it in outcome}) == 1


def test_what_comes_too_late_while_its_clock_stands_still_is_unknown() -> None:
    """Nobody can say what its clock had counted when this became known: it is not broken on a guess later."""
    rule = f"{OPENED}, pause: {{when: ticket.waiting, until: ticket.resumed}}"
    history = "08:00 ticket.waiting\n20:00 nothing\n08:01 ticket.opened"
    assert [it.kind for it in judge_all(rules(it=rule), history).transitions] == ["opened", "paused", "lost"]


def test_what_has_lasted_before_its_state_is_known_is_looked_up() -> None:
    """Nobody knows whether support had it: it opens nothing, and stands where such events are looked up."""
    history = "08:00 ticket.queued team=hot\n09:00 nothing"
    wait = f"per: ticket, expect: ticket.completed, within: 4h, {SUPPORT}, "
    for last in ("", ", for: 5m"):
        outcome = judge_all(rules(it=f"{wait}when: {{event: ticket.queued, where: team == 'hot'{last}}}"), history)
        assert (outcome.transitions, [(it.reason, it.standard) for it in outcome.unused]) == ([], [("no-scope", "it")])


def test_what_has_lasted_opens_again_as_a_single_event_does() -> None:
    """After an exception the next event at which it is so opens one: with `for` no less than without."""
    history = (
        "08:00 queue.length waiting=5\n08:06 exception.granted standard=it subject=q1 by=lead reason=r\n"
        "08:07 queue.length waiting=6\n08:08 nothing"
    )
    for last, opened in (("", "08:00:00 opened"), (", for: 5m", "08:05:00 opened")):
        when = f"{{event: queue.length, where: waiting > 3{last}}}"
        rule = f"per: queue, when: {when}, expect: register.opened, within: 1h, again: judged"
        lines = kinds(judge(rules(it=rule), history))
        assert lines == [opened, "08:06:00 excused", "08:07:00 opened"]


def test_each_event_of_a_type_without_a_condition_is_a_rise() -> None:
    """Of several under `when`, one with a condition opens as it begins to be so, and one without each time."""
    long, some = "{event: queue.length, where: waiting > 3}", "register.closed"
    history = (
        "08:00 register.closed\n08:10 register.opened\n08:20 register.closed\n08:30 register.opened\n"
        "08:40 queue.length waiting=5\n08:50 queue.length waiting=6\n09:00 nothing"
    )
    for when in (f"[{long}, {some}]", f"[{some}, {long}]"):
        rule = f"per: queue, when: {when}, expect: register.opened, within: 1h, again: rise"
        lines = kinds(judge(rules(it=rule), history))
        assert lines == [
            "08:00:00 opened", "08:10:00 kept", "08:20:00 opened", "08:30:00 kept", "08:40:00 opened",
        ]  # fmt: skip


def test_what_begins_to_be_so_by_another_type_is_a_rise_of_its_own() -> None:
    """A long line opened one that was kept; the wait that grows after it opens the next, and its end ends no line."""
    when = "[{event: queue.length, where: waiting > 3}, {event: ticket.queued, where: team == 'hot'}]"
    rule = f"per: [], when: {when}, expect: register.opened, within: 1h, again: "
    history = (
        "08:00 queue.length waiting=5\n08:10 register.opened\n08:20 ticket.queued team=hot\n"
        "08:30 register.opened\n08:40 ticket.queued team=cold\n08:50 queue.length waiting=6\n09:00 nothing"
    )
    lines = kinds(judge(rules(it=rule + "rise"), history))
    assert lines == ["08:00:00 opened", "08:10:00 kept", "08:20:00 opened", "08:30:00 kept"]


def test_what_is_over_by_one_type_still_waits_by_another() -> None:
    """The line is long; that nobody is hot any more does not let the end of the rest pass by."""
    when = "[{event: queue.length, where: waiting > 3}, {event: ticket.queued, where: team == 'hot'}]"
    rule = f"per: [], when: {when}, expect: register.opened, within: 1h, again: done, rest: 30m"
    history = (
        "08:00 queue.length waiting=5\n08:10 register.opened\n08:15 ticket.queued team=hot\n"
        "08:20 queue.length waiting=6\n08:30 ticket.queued team=cold\n09:00 nothing"
    )
    assert kinds(judge(rules(it=rule), history)) == ["08:00:00 opened", "08:10:00 kept", "08:40:00 opened"]


def test_what_is_so_at_once_may_be_over_while_it_has_lasted() -> None:
    """Over ten at once, or over three for five minutes: a reading of five ends nothing, and one of two ends both."""
    when = "[{event: queue.length, where: waiting > 10}, {event: queue.length, where: waiting > 3, for: 5m}]"
    rule = f"per: queue, when: {when}, expect: register.opened, within: 1h, again: rise"
    history = (
        "08:00 queue.length waiting=12\n08:01 register.opened\n08:03 queue.length waiting=5\n"
        "08:06 register.opened\n08:07 queue.length waiting=6\n08:08 queue.length waiting=2\n"
        "08:09 queue.length waiting=4\n08:20 nothing"
    )
    assert kinds(judge(rules(it=rule), history)) == [
        "08:00:00 opened", "08:01:00 kept", "08:05:00 opened", "08:06:00 kept", "08:14:00 opened",
    ]  # fmt: skip


def test_what_waits_for_the_end_of_a_rest_came_in_its_hours() -> None:
    """The rest ends after closing; the line was long before it, so it is owed. What begins after closing is not."""
    week = 'calendars: {c: {timezone: UTC, hours: {mon: ["08:00-08:45"]}}}'
    when = "{event: queue.length, where: waiting > 3}"
    rule = f"per: [], when: {when}, expect: register.opened, within: 1h, again: done, rest: 40m, during: c"
    history = "08:00 queue.length waiting=5\n08:10 register.opened\n08:20 queue.length waiting=6\n09:00 nothing"
    assert kinds(judge(rules(week, it=rule), history))[2:] == ["08:50:00 opened"]
    opens = f"per: [], when: {when}, expect: register.closed, within: 1h, during: c, while: {{when: register.opened}}"
    begins = "08:20 queue.length waiting=6\n{} register.opened\n09:00 nothing"
    assert kinds(judge(rules(week, it=opens), begins.format("08:44"))) == ["08:44:00 opened"]
    assert judge(rules(week, it=opens), begins.format("08:45")) == []


@pytest.mark.parametrize(
    ("where", "said", "ends"),
    [
        ("team == 'ours'", "team=theirs", True),
        ("team == 'ours'", "", False),
        ("team != 'theirs'", "", False),
        ("team == 'ours' and urgent", "urgent=false", True),
        ("team == 'ours' or urgent", "urgent=false", False),
        ("not (team == 'theirs')", "", False),
        ("team is not missing", "", True),
        ("not (team == 'theirs' or not urgent)", "", False),
        ("not (team == 'theirs' or not urgent)", "team=theirs", True),
    ],
)
def test_an_event_that_does_not_say_so_ends_no_state(where: str, said: str, *, ends: bool) -> None:
    """A field that is missing neither begins nor ends a state; what is known without it does."""
    text = rules(
        f"""
events:
  job.moved: {{contact: text, team: text?, urgent: boolean?}}
  job.asked: {{contact: text}}
  job.done: {{contact: text}}
states:
  ours: {{when: {{event: job.moved, where: "{where}"}}}}
""",
        job="per: contact, when: job.asked, expect: job.done, within: 1h, while: ours",
    )
    history = (
        f"08:00 job.moved contact=a team=ours urgent=true\n08:10 job.asked contact=a\n08:20 job.moved contact=a {said}"
    )
    assert (judge(text, history)[-1] == "08:20:00 voided a") is ends
