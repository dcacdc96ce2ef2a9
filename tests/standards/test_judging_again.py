"""A live subject is judged again when an event comes late: what was told is set right, and nothing is lost."""

import pytest

from standards.judge.events import Event
from standards.judge.promise import VERDICTS, Transition
from tests.history import judge_live, rules, shown, told

ANSWER = "per: contact, when: contact.waiting, expect: contact.answered, within: 60s, unless: contact.abandoned"
LINE = """per: [site, queue], when: {event: queue.length, where: waiting > 3}, within: 60s, again: rise,
    expect: register.opened, unless: {event: queue.length, where: waiting <= 3}"""
WARM = "per: contact, when: transfer.completed, expect: transfer.briefed, within_last: 10m"
PULSE = "per: team, expect: meeting.held, every: 10m"


def live(text: str, history: str, **how: int) -> list[str]:
    return told(judge_live(text, history, **how).transitions)


def test_an_answer_that_comes_late_makes_the_broken_promise_kept() -> None:
    """The correction stands at the answer's own time, and was known when the answer was received."""
    outcome = judge_live(rules(answer=ANSWER), "08:00 contact.waiting\n08:05 <- 08:00:30 contact.answered")
    assert told(outcome.transitions) == ["08:00:00 opened c1", "08:01:00 broken c1", "08:00:30 corrected kept c1"]
    last = outcome.transitions[-1]
    assert (last.before, last.elapsed, shown(last.known)) == ("broken", 30_000_000, "08:05:00")


def test_what_opens_comes_late_and_is_owed_all_the_same() -> None:
    """A wait that is heard of three minutes late opens its promise at its own time, and breaks at its deadline."""
    outcome = judge_live(rules(answer=ANSWER), "08:03 <- 08:00 contact.waiting")
    assert told(outcome.transitions) == ["08:00:00 opened c1", "08:01:00 broken c1"]
    assert {shown(line.known) for line in outcome.transitions} == {"08:03:00"}


def test_nothing_is_said_twice() -> None:
    """A late event that changes nothing of what was told adds no line."""
    history = "08:00 contact.waiting\n08:00:20 contact.answered\n08:05 <- 08:00:40 contact.abandoned"
    assert live(rules(answer=ANSWER), history) == ["08:00:00 opened c1", "08:00:20 kept c1"]


def test_kept_becomes_void_when_the_need_had_gone_before() -> None:
    """Who hung up before the answer was not answered, whenever that is heard."""
    history = "08:00 contact.waiting\n08:00:20 contact.answered\n08:05 <- 08:00:10 contact.abandoned"
    assert live(rules(answer=ANSWER), history)[-1] == "08:00:10 corrected void c1"


def test_a_promise_that_was_never_owed_is_withdrawn() -> None:
    """The line was long before already, as comes out later: there was no rise, so there was no promise."""
    history = """
        08:00:00 queue.length waiting=1
        08:00:30 queue.length waiting=5
        08:00:40 register.opened
        08:03:00 <- 08:00:10 queue.length waiting=6
    """
    lines = judge_live(rules(line=LINE), history).transitions
    assert told(lines) == [
        "08:00:30 opened s3/q1", "08:00:40 kept s3/q1", "08:03:00 withdrawn s3/q1", "08:00:10 opened s3/q1",
        "08:00:40 kept s3/q1",
    ]  # fmt: skip
    withdrawn, opened = lines[2], lines[3]
    assert (withdrawn.replaced_by, opened.replaces) == (opened.promise.id, withdrawn.promise.id)
    assert VERDICTS[withdrawn.after] == "withdrawn"


def test_a_kept_promise_can_turn_out_broken() -> None:
    """A window whose slow calls were recorded after its end is judged by all of them."""
    level = "per: queue, when: contact.answered, measure: share(waited <= 20), over: 30m, must: '>= 80%'"
    history = """
        08:01:00 contact.answered queue=q1 waited=5
        08:31:00 <- 08:20:00 contact.answered queue=q1 waited=90
    """
    lines = ["08:01:00 opened q1", "08:30:00 kept q1", "08:30:00 corrected broken q1"]
    assert live(rules(level=level), history) == lines


def test_a_corrected_promise_is_open_again() -> None:
    """The answer was that of a later wait: the earlier one is owed, and its clock runs."""
    slow = """per: [site, queue], when: {event: queue.length, where: waiting > 3}, within: 1h, again: rise,
        expect: {event: queue.length, where: waiting < opening.waiting}"""
    history = """
        08:00:20 queue.length waiting=6
        08:00:40 queue.length waiting=5
        08:03:00 <- 08:00:10 queue.length waiting=4
    """
    lines = live(rules(slow=slow), history)
    assert lines[:2] == ["08:00:20 opened s3/q1", "08:00:40 kept s3/q1"]
    assert lines[2:] == ["08:03:00 withdrawn s3/q1", "08:00:10 opened s3/q1"]


def test_late_pauses_move_the_deadline() -> None:
    """A pause that is heard of late stops the clock all the same."""
    paused = f"{ANSWER}, pause: {{when: contact.held, until: contact.resumed}}"
    history = (
        "08:00 contact.waiting\n08:02 <- 08:00:10 contact.held\n08:02:30 <- 08:00:40 contact.resumed\n08:03 nothing"
    )
    lines = live(rules(answer=paused), history)
    assert lines[:3] == ["08:00:00 opened c1", "08:01:00 broken c1", "08:00:10 corrected paused c1"]
    assert lines[3:] == ["08:00:40 resumed c1", "08:01:30 broken c1"]


def test_a_late_briefing_makes_the_transfer_warm() -> None:
    """What came before is judged to have come before, however late it is told."""
    history = "08:20 transfer.completed\n08:25 <- 08:15 transfer.briefed"
    assert live(rules(warm=WARM), history)[-1] == "08:20:00 corrected kept c1"


def test_a_late_meeting_keeps_its_own_period() -> None:
    """The period it was held in is kept, and no other."""
    lines = live(rules(pulse=PULSE), "08:00 meeting.held\n08:25 <- 08:15 meeting.held")
    assert [line for line in lines if "corrected" in line] == ["08:15:00 corrected kept north"]


@pytest.mark.parametrize(("received", "kind"), [("08:10:00", "opened"), ("08:10:00.000001", "lost")])
def test_what_comes_after_it_has_settled_is_never_broken_on_a_guess(received: str, kind: str) -> None:
    """Ten minutes after a later event was received, an earlier one opens what is due ahead; what was due is unknown."""
    each = rules(answer=f"{ANSWER}, again: each")
    history = f"08:00 contact.waiting\n08:00:05 contact.answered\n{received} <- 07:59:59 contact.waiting"
    lines = judge_live(each, history).transitions
    found = [line for line in lines if line.promise.opened < lines[0].promise.opened]
    assert [line.kind for line in found][:2] == (["opened", "kept"] if kind == "opened" else ["opened", "lost"])
    assert [line.reason for line in found][-1] == ("" if kind == "opened" else "came-too-late")


def test_a_repeat_is_inert_however_late() -> None:
    """An event that comes again after hours, and was judged since, is the same event."""
    history = "08:00 contact.waiting id=a\n12:00 contact.closed\n12:00 <- 08:00 contact.waiting id=a"
    outcome = judge_live(rules(answer=ANSWER), history)
    assert ([line.kind for line in outcome.transitions], outcome.duplicates) == (["opened", "broken"], 1)


def test_a_grant_excuses_what_it_excused() -> None:
    """Judged again, a grant without a name reaches the promise that it reached when it was accepted."""
    history = """
        08:00 contact.waiting
        08:02 exception.granted standard=answer subject=c1 by=lead
        08:03 <- 08:01:30 contact.waiting
    """
    lines = judge_live(rules(answer=f"{ANSWER}, again: each, may_excuse: [lead]"), history).transitions
    excused = [line for line in lines if line.after == "excused"]
    assert [shown(line.promise.opened) for line in excused] == ["08:00:00"]


@pytest.mark.parametrize("size", [1, 2, 3, 7])
def test_lines_depend_on_what_was_received_and_not_on_batches(size: int) -> None:
    """Whatever the host took together, the ledger is the same, with when each line was known."""
    history = """
        08:00 contact.waiting
        08:00:30 contact.waiting contact=c2
        08:04 <- 08:00:40 contact.answered contact=c2
        08:04 <- 08:00:50 contact.answered
        08:04:01 <- 08:00:10 contact.abandoned
        08:06 contact.waiting
        08:09 nothing
    """
    assert _lines(judge_live(rules(answer=ANSWER), history, size=size).transitions) == _lines(
        judge_live(rules(answer=ANSWER), history).transitions
    )


@pytest.mark.parametrize("size", [1, 700, 5_000])
def test_the_newest_two_thousand_have_room_whatever_the_batches(size: int) -> None:
    """Of a subject too busy to remember, the same events settle early however many were taken together; they count."""
    busy = [f"08:{number // 5 // 60:02}:{number / 5 % 60:04.1f} contact.answered" for number in range(2_600)]
    late = [
        "08:08:45 <- 08:01:59.8 contact.answered",  # the last event that has settled happened then
        "08:08:46 <- 08:01:59.9 contact.waiting",
        "08:08:47 <- 08:01:59.9 contact.answered",  # now it was that one
        "08:08:48 <- 08:02:00 contact.answered",
    ]
    outcome = judge_live(rules(answer=f"{ANSWER}, again: each"), "\n".join([*busy, *late]), size=size)
    assert told(outcome.transitions) == ["08:01:59.900000 opened c1", "08:02:00 kept c1"]
    assert {one.event.id: one.reason for one in outcome.unused} == dict.fromkeys(("2600", "2602"), "too-old-to-tell")
    assert outcome.settled_early == 602


def _lines(transitions: list[Transition[Event]]) -> list[tuple[str, int, int, str]]:
    return sorted((line.id, line.at, line.known, line.after) for line in transitions)


@pytest.mark.parametrize(
    ("history", "effect"),
    [
        ("08:00 contact.waiting\n08:00:20 contact.answered\n08:05 <- 08:00:40 contact.abandoned", "in-place"),
        ("08:03 <- 08:00 contact.waiting", "added"),
        ("08:00 contact.waiting\n08:05 <- 08:00:30 contact.answered", "corrected"),
        ("08:00 contact.waiting\n09:00 contact.waiting contact=c1\n09:30 <- 08:59:30 contact.answered",
         "came-too-late"),
        ("08:00 contact.waiting\n08:00:20 contact.answered\n09:00 contact.abandoned\n09:30 <- 08:01 contact.answered",
         "changed-nothing"),
    ],
)  # fmt: skip
def test_what_a_late_event_came_to_is_told(history: str, effect: str) -> None:
    """Each late event is counted by what it came to: nothing new, what was missing, what was wrong, or too late."""
    assert [late.effect for late in judge_live(rules(answer=ANSWER), history).late] == [effect]
