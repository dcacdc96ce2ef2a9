"""Exceptions, by hand: who may grant, what a grant reaches, and what becomes of one that reaches nothing."""

import pytest

from tests.history import judge, judge_all, rules

ANSWER = "per: contact, when: contact.waiting, expect: contact.answered, within: 60s, may_excuse: [lead, floor]"
GRANT = "exception.granted standard=answer subject=c1"


def grants(history: str) -> tuple[list[str], list[str]]:
    outcome = judge_all(rules(answer=ANSWER), history)
    return [one.kind for one in outcome.transitions], [one.reason for one in outcome.unused]


@pytest.mark.parametrize("by", ["lead", "floor", "LEAD", "Floor"])
def test_who_may_excuses_what_is_open(by: str) -> None:
    """A grant by one who may, in whatever capitals, ends the open promise, and it breaks no more."""
    told = judge(rules(answer=ANSWER), f"08:00 contact.waiting\n08:00:30 {GRANT} by={by}\n08:05 nothing")
    assert told == ["08:00:00 opened c1", "08:00:30 excused c1"]


def test_who_may_not_excuses_nothing() -> None:
    """A grant by another is counted with its reason, and the promise breaks."""
    assert grants(f"08:00 contact.waiting\n08:00:30 {GRANT} by=eve\n08:05 nothing") == (
        ["opened", "broken"], ["not-allowed"],
    )  # fmt: skip


def test_the_owner_may_where_nobody_is_named() -> None:
    """Without `may_excuse` the owner may, and nobody else."""
    plain = ANSWER.partition(", may_excuse")[0]
    history = "08:00 contact.waiting\n08:00:30 exception.granted standard=answer subject=c1 by={}"
    assert judge(rules(answer=plain), history.format("lead"))[1:] == ["08:00:30 excused c1"]
    assert judge(rules(answer=plain), history.format("floor"))[1:] == []


def test_a_grant_corrects_the_last_failure() -> None:
    """With nothing open, the last broken promise is excused, once."""
    history = f"""
        08:00 contact.waiting
        08:02 contact.waiting
        08:10 {GRANT} by=lead
        08:11 {GRANT} by=lead
        08:12 {GRANT} by=lead
    """
    outcome = judge_all(rules(answer=f"{ANSWER}, again: judged"), history)
    corrected = [(one.promise.opened, one.after) for one in outcome.transitions if one.kind == "corrected"]
    opened = [one.at for one in outcome.transitions if one.kind == "opened"]
    assert corrected == [(opened[1], "excused"), (opened[0], "excused")]
    assert [one.reason for one in outcome.unused] == ["nothing-to-excuse"]


@pytest.mark.parametrize("granted", ["08:00:30", "08:10"])
def test_what_was_excused_holds_no_subject(granted: str) -> None:
    """Excused in time or overdue, it is owed no more: the subject is forgotten in its time, and owed anew."""
    keys = ANSWER.replace("60s", "3d" if granted == "08:00:30" else "60s") + ", forget_after: 1d"
    history = f"08:00 contact.waiting\n{granted} {GRANT} by=lead\n+1d {{}} contact.waiting"
    told = judge(rules(answer=keys), history.format("08:15"))
    assert told[-1] == "2026-03-03 08:15:00 opened c1"
    assert not any("opened" in one for one in judge(rules(answer=keys), history.format(granted))[1:])


def test_a_grant_leaves_what_was_kept() -> None:
    """A kept promise cannot be excused, and the grant says that it reached nothing."""
    assert grants(f"08:00 contact.waiting\n08:00:30 contact.answered\n08:01 {GRANT} by=lead") == (
        ["opened", "kept"], ["nothing-to-excuse"],
    )  # fmt: skip


@pytest.mark.parametrize(("granted", "reaches"), [("+7d 08:01:00", True), ("+7d 08:01:00.000001", False)])
def test_what_is_overdue_can_be_excused(granted: str, reaches: bool) -> None:
    """A grant corrects a broken promise for as long as it is owed, 7 days by default, by the grant's own time."""
    kinds, unused = grants(f"08:00 contact.waiting\n{granted} {GRANT} by=lead")
    assert ("corrected" in kinds, unused) == (reaches, [] if reaches else ["nothing-to-excuse"])


def test_a_grant_for_nobody_known_is_counted() -> None:
    """A grant for another subject, another standard, or before anything was owed reaches nothing and is counted."""
    for grant in (
        "exception.granted standard=answer subject=c2 by=lead", "exception.granted standard=other subject=c1 by=lead",
        "exception.granted standard=answer subject=c1/c2 by=lead", "exception.granted standard=answer subject= by=lead",
    ):  # fmt: skip
        assert grants(f"08:00 contact.waiting\n08:00:30 {grant}\n08:00:31 nothing") == (
            ["opened"],
            ["nothing-to-excuse"],
        )
    assert grants(f"07:00 {GRANT} by=lead\n08:00 contact.waiting") == (["opened"], ["nothing-to-excuse"])


def test_a_grant_can_name_one_promise() -> None:
    """With two open, a grant that names one excuses that one alone."""
    each = rules(answer=f"{ANSWER}, again: each")
    waits = "08:00 contact.waiting id=a\n08:00:01 contact.waiting id=b\n"
    first = judge_all(each, waits).transitions[0]
    name = first.promise.identify("answer", ("c1",))
    outcome = judge_all(each, f"{waits}08:00:30 {GRANT} by=lead promise={name}\n08:05 nothing")
    assert [(one.kind, one.promise.opened == first.at) for one in outcome.transitions[2:]] == [
        ("excused", True), ("broken", False),
    ]  # fmt: skip


def test_an_unnamed_grant_excuses_all_that_is_open() -> None:
    """With two open and no name, both are excused."""
    each = rules(answer=f"{ANSWER}, again: each")
    told = judge(each, f"08:00 contact.waiting\n08:00:01 contact.waiting\n08:00:30 {GRANT} by=lead")
    assert told[2:] == ["08:00:30 excused c1", "08:00:30 excused c1"]


def test_a_late_grant_excuses_at_its_own_time() -> None:
    """A grant that came late takes effect when it was given, and says since when it is known."""
    outcome = judge_all(rules(answer=ANSWER), f"08:00 contact.waiting\n08:05 nothing\n08:00:30 {GRANT} by=lead")
    last = outcome.transitions[-1]
    assert (last.kind, last.after, last.known - last.at) == ("corrected", "excused", 269_000_000)


def test_a_grant_of_before_the_opening_excuses_nothing() -> None:
    """A grant does not reach a promise that opened after it."""
    kinds, unused = grants(f"08:00 contact.waiting\n08:05 nothing\n07:59 {GRANT} by=lead")
    assert (kinds, unused) == (["opened", "broken"], ["nothing-to-excuse"])
    still_open = grants(f"08:00 contact.waiting\n08:00:50 nothing\n07:59 {GRANT} by=lead")
    assert still_open == (["opened"], ["nothing-to-excuse"])
