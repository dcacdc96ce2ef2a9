"""What comes when all around it has settled still opens, ends and excuses; it never breaks a promise on a guess."""

import pytest

from tests.history import judge_live, rules, told
from tests.standards.test_judging_again import ANSWER, live


@pytest.mark.parametrize(
    "late",
    [
        "08:00:45 contact.answered id=late",
        "08:00:45 contact.waiting id=late",
        "08:00:45 exception.granted standard=answer subject=c1 by=lead id=late",
    ],
)
def test_what_comes_too_late_settles_nothing_else(late: str) -> None:
    """What has its place still finds it after an event of the subject that has none: only its own promises differ."""
    each = rules(answer=f"{ANSWER}, again: each")
    waits = "\n".join(f"08:0{at // 60}:{at % 60:02} contact.waiting id=w{at}" for at in range(0, 100, 10))
    before, after = "08:20 contact.waiting id=third", "08:20:40 <- 08:20:20 contact.answered id=in-time\n08:30 nothing"
    with_it, without = (
        judge_live(each, f"{waits}\n{before}\n08:20:30{middle}\n{after}").transitions
        for middle in (f" <- {late}", " nothing")
    )
    own = {line.promise.id for line in with_it if line.cause is not None and line.cause.id == "late"}
    rest = [line for line in with_it if line.promise.id not in own]
    assert own
    assert told(rest) == told(line for line in without if line.promise.id not in own)
    assert "08:20:20 kept c1" in told(rest)


@pytest.mark.parametrize(("kind", "verdict"), [("answered", "kept"), ("abandoned", "voided")])
def test_what_comes_too_late_and_was_in_time_ends_what_is_on_the_clock(kind: str, verdict: str) -> None:
    """Nobody waits for a deadline, and breaks a promise there, that is known to have been kept."""
    each = rules(answer=f"{ANSWER.replace('60s', '2h')}, again: each")
    history = f"08:00 contact.waiting\n08:20 contact.waiting id=second\n08:40 <- 08:10 contact.{kind}\n10:10 nothing"
    assert live(each, history) == ["08:00:00 opened c1", "08:20:00 opened c1", f"08:10:00 {verdict} c1"]


def test_what_came_too_late_keeps_its_effect_when_another_finds_its_place() -> None:
    """Two answers are heard of: the one that has no place keeps the first promise, the other one the last."""
    history = """
        08:00:00 contact.waiting
        08:10:00 contact.waiting id=second
        08:20:00 contact.waiting id=third
        08:22:00 <- 08:00:30 contact.answered
        08:23:00 <- 08:20:30 contact.answered
    """
    assert live(rules(answer=f"{ANSWER}, again: each"), history)[-4:] == [
        "08:21:00 broken c1", "08:00:30 corrected kept c1", "08:20:30 fulfilled_late c1", "08:20:30 corrected kept c1",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("late", "line"),
    [
        ("08:00:30 contact.answered", "08:00:30 corrected kept c1"),
        ("08:01:00 contact.answered", "08:01:00 corrected kept c1"),
        ("08:01:00.5 contact.answered", "08:01:00.500000 fulfilled_late c1"),
        ("08:00:30 contact.abandoned", "08:00:30 corrected void c1"),
        ("08:01:00.5 contact.abandoned", "08:01:00.500000 ended c1"),
    ],
)
def test_what_was_in_time_is_not_called_late(late: str, line: str) -> None:
    """What comes too late ends what is overdue, and what it shows to have been in time is set right."""
    history = f"08:00 contact.waiting\n08:02 contact.waiting id=second\n08:20 <- {late}"
    outcome = judge_live(rules(answer=f"{ANSWER}, again: each"), history)
    assert [effect.effect for effect in outcome.late] == ["came-too-late"]
    assert told(outcome.transitions)[-1] == line


def test_what_comes_too_late_and_is_due_ahead_is_on_the_clock() -> None:
    """A deadline that lies ahead holds, whenever its opening was heard of."""
    slow = rules(answer=ANSWER.replace("60s", "2h"))
    history = "08:00 contact.closed contact=c1\n08:00 contact.answered\n09:00 <- 07:59 contact.waiting\n10:00 nothing"
    assert live(slow, history)[-2:] == ["07:59:00 opened c1", "09:59:00 broken c1"]


@pytest.mark.parametrize(("within", "becomes"), [("60s", "08:06:20 lost c1"), ("2h", ""), ("1h", "09:05:20 lost c1")])
def test_what_would_have_waited_for_the_end_of_a_rest_is_never_broken_on_a_guess(within: str, becomes: str) -> None:
    """It opens where the rest ended: on the clock if it is due ahead, unknown if it was due before this was known."""
    rested = f"per: contact, when: contact.waiting, expect: contact.answered, within: {within}, rest: 5m"
    history = """
        08:00 contact.waiting
        08:00:20 contact.answered
        09:00 contact.answered
        09:30 <- 08:01 contact.waiting
    """
    lines = live(rules(answer=rested), history)
    assert lines[:2] == ["08:00:00 opened c1", "08:00:20 kept c1"]
    assert lines[2:] == ["08:05:20 opened c1", *([becomes] if becomes else [])]


def test_what_is_too_old_to_tell_from_a_repeat_does_nothing() -> None:
    """An event older than all identities that are remembered is put where people can look it up."""
    each = rules(answer=f"{ANSWER}, again: each")
    waits = "\n".join(f"09:{at // 60:02}:{at % 60:02} contact.waiting" for at in range(0, 3000, 2))
    outcome = judge_live(each, f"{waits}\n09:59 <- 08:00 contact.waiting", size=100)
    assert [one.reason for one in outcome.unused] == ["too-old-to-tell"]


def test_what_a_late_event_without_a_place_did_is_not_undone() -> None:
    """A promise that such an event opened stays owed when another late event lets its subject be judged again."""
    slow = rules(answer=ANSWER.replace("60s", "2h"))
    history = """
        08:00 contact.closed
        08:00 contact.waiting contact=other
        08:00 contact.answered
        08:20 <- 07:59 contact.waiting
        08:22 <- 08:15 contact.held
        10:30 nothing
    """
    lines = [line for line in live(slow, history) if line.endswith("c1")]
    assert lines == ["07:59:00 opened c1", "09:59:00 broken c1"]


def test_what_opened_too_late_and_is_owed_already_is_withdrawn_and_can_come_back() -> None:
    """Another late event shows that it was owed already, a third one that it was not: it is one promise all along."""
    calls = "\n".join(f"{7 + at // 30:02}:{2 * (at % 30):02} contact.answered id=a{at}" for at in range(40))
    history = f"""
        {calls}
        08:40 <- 08:10 contact.waiting id=late
        08:41 <- 08:35 contact.waiting
        08:42 <- 08:35:30 contact.answered
    """
    assert live(rules(answer=f"{ANSWER}, again: done"), history) == [
        "08:10:00 opened c1", "08:11:00 lost c1", "08:41:00 withdrawn c1", "08:35:00 opened c1", "08:36:00 broken c1",
        "08:35:30 corrected kept c1", "08:11:00 corrected unknown c1",
    ]  # fmt: skip


@pytest.mark.parametrize("size", [1, 2, 20])
def test_an_event_is_no_older_when_more_comes_at_once(size: int) -> None:
    """What promises said since is not remembered before an event that was received earlier, in the same batch."""
    broken = "{event: promise.broken, where: standard == 'answer'}"
    talk = f"per: contact, when: {broken}, expect: contact.closed, within: 1m"
    waits = [f"{8 + at // 6:02}:{at % 6}0 contact.waiting id=w{at}" for at in range(8)]
    history = "\n".join([*waits[:3], "08:25 <- 08:05 contact.closed", *waits[3:]])
    outcome = judge_live(rules(answer=f"{ANSWER}, again: each", talk=talk), history, size=size)
    assert [effect.effect for effect in outcome.late] == ["came-too-late"]
    assert "08:05:00 fulfilled_late c1" in told(outcome.transitions)


def test_a_deadline_that_passed_before_the_opening_was_heard_of_is_unknown() -> None:
    """Due a second before it was received, within the time that is waited for events: nothing says how it went."""
    slow = rules(answer=ANSWER.replace("60s", "59m59s"))
    history = "08:00 contact.closed contact=c1\n08:00 contact.answered\n09:00 <- 08:00 contact.waiting\n10:00 nothing"
    assert live(slow, history)[-2:] == ["08:00:00 opened c1", "08:59:59 lost c1"]
