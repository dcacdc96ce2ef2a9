"""Who is who when a subject is judged again: promises that come back, and events under ids that were used before."""

import pytest

from tests.history import judge_live, rules, told
from tests.standards.test_judging_again import ANSWER, LINE


def test_a_promise_that_was_withdrawn_and_is_owed_after_all_goes_on() -> None:
    """What comes late can take a promise away, and what comes later still give it back: its lines count on."""
    history = """
        08:00:00 queue.length waiting=1
        08:00:30 queue.length waiting=5
        08:00:40 register.opened
        08:03:00 <- 08:00:10 queue.length waiting=6
        08:04:00 <- 08:00:20 queue.length waiting=1
        08:05:00 <- 08:00:25 queue.length waiting=7
        08:06:00 <- 08:00:26 queue.length waiting=2
    """
    lines = judge_live(rules(line=LINE), history).transitions
    first = [line for line in lines if line.promise.id == lines[0].promise.id]
    assert [(line.kind, line.ordinal, line.before, line.after) for line in first] == [
        ("opened", 1, "new", "open"),
        ("kept", 2, "open", "kept"),
        ("withdrawn", 3, "kept", "withdrawn"),
        ("corrected", 4, "withdrawn", "kept"),
        ("withdrawn", 5, "kept", "withdrawn"),
        ("corrected", 6, "withdrawn", "kept"),
    ]
    assert len({line.id for line in lines}) == len(lines)


def test_what_comes_back_replaces_what_it_was_replaced_by() -> None:
    """The same need under its first id again: who was told of the other one is told nothing new."""
    six_less = """per: [site, queue], when: {event: queue.length, where: waiting > 3}, within: 10m, again: judged,
        expect: {event: queue.length, where: waiting == opening.waiting - 6}"""
    history = """
        08:00:00 queue.length waiting=9
        08:00:05 queue.length waiting=3
        08:00:20 queue.length waiting=2
        08:00:30 queue.length waiting=6
        08:00:40 queue.length waiting=0
        08:03:00 <- 08:00:10 queue.length waiting=7
        08:04:00 <- 07:59:50 queue.length waiting=8
    """
    lines = judge_live(rules(low=six_less), history).transitions
    six, seven = (
        next(line.promise.id for line in lines if line.promise.opening and line.promise.opening.data.waiting == waiting)
        for waiting in (6, 7)
    )
    theirs = [line for line in lines if line.promise.id in {six, seven} and line.known > lines[3].known]
    assert [(line.promise.id, line.kind, line.after, line.replaces, line.replaced_by) for line in theirs] == [
        (six, "withdrawn", "withdrawn", "", seven),
        (seven, "opened", "open", six, ""),
        (seven, "withdrawn", "withdrawn", "", six),
        (six, "corrected", "kept", seven, ""),
    ]


def test_an_id_of_yesterday_names_another_event_though_nothing_was_in_between() -> None:
    """A till that begins to count anew each morning loses nothing, however quiet its queue is."""
    outcome = judge_live(rules(answer=ANSWER), "08:00 contact.answered id=a\n09:00 contact.waiting id=a")
    assert told(outcome.transitions) == ["09:00:00 opened c1"]
    assert outcome.duplicates == 0


@pytest.mark.parametrize("between", ["", "\n08:12:30 <- 08:01:50 contact.answered id=a"])
def test_an_id_that_is_used_again_names_the_newer_event(between: str) -> None:
    """A sender that began to count anew sends another event under an old id: it counts once, however it is repeated."""
    history = f"""
        08:00 contact.waiting id=a
        08:12 contact.abandoned{between}
        08:12:40 contact.waiting id=a
        08:12:41 <- 08:12:40 contact.waiting id=a
        08:12:50 <- 08:12:39 contact.waiting id=a
    """
    outcome = judge_live(rules(answer=f"{ANSWER}, again: each"), history)
    opened = [line for line in told(outcome.transitions) if "opened" in line]
    assert opened == ["08:00:00 opened c1", "08:12:40 opened c1"]
    assert outcome.duplicates == 2
