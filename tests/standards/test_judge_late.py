"""Late evidence, duplicates and forgetting, by hand."""

import pytest

from tests.history import judge, judge_all, judge_live, rules, shown, told

ANSWER = "per: contact, when: contact.waiting, expect: contact.answered, within: 60s, unless: contact.abandoned"
WARM = "per: contact, when: transfer.completed, expect: transfer.briefed, within_last: 10m"
PULSE = "per: team, expect: meeting.held, every: 10m"
LINE = "per: [site, queue], when: {event: queue.length, where: waiting > 3}, expect: register.opened, within: 60s"


def kinds(lines: list[str]) -> list[str]:
    return [line.split()[-2] if "corrected" not in line else " ".join(line.split()[-3:-1]) for line in lines]


def live(text: str, history: str) -> list[str]:
    return told(judge_live(text, history).transitions)


@pytest.mark.parametrize(("behind", "line", "unused"), [("08:01:09", "kept", 0), ("08:01:08.999999", "broken", 1)])
def test_a_second_behind_is_in_time(behind: str, line: str, unused: int) -> None:
    """In history an event exactly `lateness` behind the newest is in time; a microsecond more and it is too late."""
    slow = ANSWER.replace("60s", "69s")
    outcome = judge_all(rules(answer=slow), f"08:00 contact.waiting\n08:01:10 nothing\n{behind} contact.answered")
    assert [one.kind for one in outcome.transitions] == ["opened", line]
    assert [one.reason for one in outcome.unused] == ["late"] * unused
    assert [one.known - one.at for one in outcome.transitions] == [0, 0]


@pytest.mark.parametrize(("received", "late"), [("08:01:00.999999", False), ("08:01:01", True)])
def test_two_seconds_behind_is_late(received: str, *, late: bool) -> None:
    """In a live host an event is in time if it is received less than `grace` after it happened."""
    outcome = judge_live(rules(answer=ANSWER), f"08:00 contact.waiting\n{received} <- 08:00:59 contact.answered")
    last = outcome.transitions[-1]
    assert told([last]) == ["08:00:59 kept c1"]
    assert shown(last.known) == (received if late else "08:00:59")


def test_late_fulfilment_corrects_a_broken_promise() -> None:
    """An answer that was in time and came late makes the broken promise kept, at its own time, known since now."""
    outcome = judge_live(rules(answer=ANSWER), "08:00 contact.waiting\n08:10 <- 08:00:30 contact.answered")
    assert told(outcome.transitions) == ["08:00:00 opened c1", "08:01:00 broken c1", "08:00:30 corrected kept c1"]
    last = outcome.transitions[-1]
    assert (last.before, last.elapsed, last.known - last.at) == ("broken", 30_000_000, 570_000_000)


def test_late_fulfilment_corrects_nothing_in_history() -> None:
    """What is sorted badly is judged as it comes: the answer ends what is overdue, and the promise stays broken."""
    outcome = judge_all(rules(answer=ANSWER), "08:00 contact.waiting\n08:10 nothing\n08:00:30 contact.answered")
    assert told(outcome.transitions) == ["08:00:00 opened c1", "08:01:00 broken c1", "08:00:30 fulfilled_late c1"]
    last = outcome.transitions[-1]
    assert (last.after, last.known - last.at) == ("late", 569_000_000)


def test_late_evidence_after_the_deadline_is_a_late_fulfilment() -> None:
    """An answer after the deadline that came late is `fulfilled_late`, not a correction; live and in history."""
    told_ = judge(rules(answer=ANSWER), "08:00 contact.waiting\n08:10 nothing\n08:05 contact.answered")
    assert kinds(told_) == ["opened", "broken", "fulfilled_late"]
    assert live(rules(answer=ANSWER), "08:00 contact.waiting\n08:10 <- 08:05 contact.answered") == told_


def test_what_happened_before_a_promise_was_made_does_not_end_it() -> None:
    """An answer from before the wait leaves the promise overdue, however late it is told; at its instant it ends it."""
    late = "08:00 contact.waiting\n08:10 nothing\n{} contact.answered"
    before = judge_all(rules(answer=ANSWER), late.format("07:59:59.999999"))
    assert [one.kind for one in before.transitions] == ["opened", "broken"]
    assert [one.reason for one in before.unused] == ["late"]
    assert kinds(judge(rules(answer=ANSWER), late.format("08:00"))) == ["opened", "broken", "fulfilled_late"]


def test_late_evidence_settles_what_is_still_open() -> None:
    """What is open is kept or voided at the event's own time."""
    open_still = "08:00 contact.waiting\n08:00:50 <- 08:00:10 "
    assert live(rules(answer=ANSWER), f"{open_still}contact.answered") == ["08:00:00 opened c1", "08:00:10 kept c1"]
    assert live(rules(answer=ANSWER), f"{open_still}contact.abandoned")[1:] == ["08:00:10 voided c1"]


def test_a_verdict_can_be_corrected_between_kept_and_void_by_what_came_first() -> None:
    """Who hung up before the answer was not answered; who was answered before hanging up was."""
    kept = "08:00 contact.waiting\n08:00:20 contact.answered\n08:10 <- "
    assert kinds(live(rules(answer=ANSWER), f"{kept}08:00:10 contact.abandoned"))[-1] == "corrected void"
    assert kinds(live(rules(answer=ANSWER), f"{kept}08:00:30 contact.abandoned")) == ["opened", "kept"]
    void = "08:00 contact.waiting\n08:00:20 contact.abandoned\n08:10 <- "
    assert kinds(live(rules(answer=ANSWER), f"{void}08:00:10 contact.answered"))[-1] == "corrected kept"
    assert kinds(live(rules(answer=ANSWER), f"{void}08:00:30 contact.answered")) == ["opened", "voided"]


def test_late_evidence_opens_what_it_would_have_and_moves_the_edge() -> None:
    """A late line that was long opens its promise, and a late short one makes a new edge of the next long one."""
    line = rules(line=f"{LINE}, again: rise")
    outcome = judge_live(line, "08:00 queue.length waiting=1\n08:10 <- 08:05 queue.length waiting=9")
    assert told(outcome.transitions) == ["08:05:00 opened s3/q1", "08:06:00 broken s3/q1"]
    assert ([shown(one.known) for one in outcome.transitions], outcome.unused) == (["08:10:00"] * 2, [])
    edge = "08:00 queue.length waiting=9\n08:10 <- 08:05 queue.length waiting=0\n08:11 queue.length waiting=9"
    assert live(line, edge) == ["08:00:00 opened s3/q1", "08:01:00 broken s3/q1", "08:11:00 opened s3/q1"]


def test_in_history_late_evidence_opens_what_is_due_ahead_and_guesses_at_nothing() -> None:
    """What was due before it was known is unknown; what is due ahead is on the clock; a short line moves no edge."""
    past = judge_all(rules(line=LINE), "08:00 queue.length waiting=1\n08:10 nothing\n08:05 queue.length waiting=9")
    assert told(past.transitions) == ["08:05:00 opened s3/q1", "08:06:00 lost s3/q1"]
    assert [one.reason for one in past.transitions] == ["", "came-too-late"]
    assert [shown(one.known) for one in past.transitions] == ["08:09:59"] * 2
    ahead = "08:00 queue.length waiting=1\n08:10 nothing\n08:09:30 queue.length waiting=9\n08:15 nothing"
    assert judge(rules(line=LINE), ahead) == ["08:09:30 opened s3/q1", "08:10:30 broken s3/q1"]
    edge = "08:00 queue.length waiting=9\n08:10 nothing\n08:05 queue.length waiting=0\n08:11 queue.length waiting=9"
    outcome = judge_all(rules(line=f"{LINE}, again: rise"), edge)
    assert ([one.kind for one in outcome.transitions], len(outcome.unused)) == (["opened", "broken"], 1)


def test_in_history_late_evidence_pauses_nothing() -> None:
    """A pause that came late leaves the deadline where it was; in a live host it moves it."""
    paused = f"{ANSWER}, pause: {{when: contact.held, until: contact.resumed}}"
    history = "08:00 contact.waiting\n08:00:40 nothing\n08:00:10 contact.held\n08:02 nothing"
    outcome = judge_all(rules(answer=paused), history)
    assert [one.kind for one in outcome.transitions] == ["opened", "broken"]
    assert len(outcome.unused) == 1
    held = "08:00 contact.waiting\n08:00:40 <- 08:00:10 contact.held\n08:02 nothing"
    assert live(rules(answer=paused), held) == ["08:00:00 opened c1", "08:00:10 paused c1"]


def test_a_late_briefing_corrects_a_cold_transfer() -> None:
    """A briefing before the transfer that came after it makes the precedence kept; one outside its time does not."""
    cold = "08:20 transfer.completed\n08:30 <- "
    assert kinds(live(rules(warm=WARM), f"{cold}08:10 transfer.briefed"))[-1] == "corrected kept"
    assert kinds(live(rules(warm=WARM), f"{cold}08:09:59.999999 transfer.briefed")) == ["opened", "broken"]
    assert kinds(live(rules(warm=WARM), f"{cold}08:20:00.000001 transfer.briefed")) == ["opened", "broken"]
    outcome = judge_all(rules(warm=WARM), "08:20 transfer.completed\n08:30 nothing\n08:10 transfer.briefed")
    assert ([one.kind for one in outcome.transitions], len(outcome.unused)) == (["opened", "broken"], 1)


def test_a_late_briefing_serves_transfers_to_come() -> None:
    """A briefing that came late still precedes the next transfer; in history it serves nobody."""
    assert kinds(live(rules(warm=WARM), "08:10 <- 08:05 transfer.briefed\n08:12 transfer.completed")) == [
        "opened", "kept",
    ]  # fmt: skip
    outcome = judge_all(rules(warm=WARM), "08:10 nothing\n08:05 transfer.briefed\n08:12 transfer.completed")
    assert ([one.kind for one in outcome.transitions], len(outcome.unused)) == (["opened", "broken"], 1)


def test_a_late_meeting_corrects_its_own_period() -> None:
    """A meeting within a broken period keeps that one, and not the one before or after."""
    history = "08:00 meeting.held\n08:45 <- 08:25 meeting.held"
    outcome = judge_live(rules(pulse=PULSE), history)
    assert told(outcome.transitions)[-1] == "08:25:00 corrected kept north"
    periods = {one.promise.opened: one.after for one in outcome.transitions}
    assert list(periods.values()) == ["kept", "broken", "kept", "broken", "open"]


@pytest.mark.parametrize(
    ("held", "period"), [("08:30", 1), ("08:30:00.000001", 2), ("08:20:00.000001", 1), ("08:20", 0)]
)
def test_a_late_meeting_at_a_bound_belongs_to_the_old_period(held: str, period: int) -> None:
    """Exactly at the end it corrects the period that ends there, a microsecond later the one that begins."""
    outcome = judge_live(rules(pulse=PULSE), f"08:00 meeting.held\n08:45 <- {held} meeting.held")
    opened = [one.at for one in outcome.transitions if one.kind == "opened"][1:]
    (corrected,) = [one.promise.opened for one in outcome.transitions if one.kind == "corrected"]
    assert opened.index(corrected) == period


@pytest.mark.parametrize(("received", "kind"), [("08:10:40", "corrected kept"), ("08:10:40.000001", "voided")])
def test_a_correction_has_its_horizon(received: str, kind: str) -> None:
    """Evidence up to ten minutes after a later event was received corrects; a microsecond more and it only counts."""
    wait = "08:00 contact.waiting\n08:00:40 contact.abandoned\n"
    outcome = judge_live(rules(answer=ANSWER), f"{wait}{received} <- 08:00:30 contact.answered")
    assert kinds(told(outcome.transitions))[-1] == kind
    assert [one.reason for one in outcome.unused] == ([] if kind == "corrected kept" else ["late"])


@pytest.mark.parametrize(
    ("received", "lines"),
    [
        ("+7d 08:01", ["opened", "broken", "corrected kept"]),
        ("+7d 08:01:02.000001", ["opened", "broken", "given_up", "corrected kept"]),
    ],
)
def test_what_is_overdue_is_corrected_however_late(received: str, lines: list[str]) -> None:
    """Where nothing came after it, evidence that it was done in time corrects, even what was given up a moment ago."""
    history = f"08:00 contact.waiting\n{received} <- 08:00:30 contact.answered"
    assert kinds(live(rules(answer=ANSWER), history)) == lines


def test_the_second_event_of_an_identity_is_inert() -> None:
    """The same source and id again is no second event, whatever its time and type say."""
    each = f"{ANSWER}, again: each"
    history = "08:00 contact.waiting id=a\n08:00:10 contact.waiting id=a\n08:00:20 contact.answered id=a\n08:03 nothing"
    outcome = judge_all(rules(answer=each), history)
    assert ([one.kind for one in outcome.transitions], outcome.duplicates) == (["opened", "broken"], 2)


def test_ids_of_two_sources_are_two_events() -> None:
    """Another source may use the same id."""
    history = "08:00 contact.waiting id=a source=x\n08:00:10 contact.answered id=a source=y"
    assert kinds(judge(rules(answer=ANSWER), history)) == ["opened", "kept"]


def test_a_repeat_is_known_for_ten_minutes() -> None:
    """A repeat ten minutes after the event is inert, and later too while it has the same time; else it is another."""
    each = rules(answer=f"{ANSWER}, again: each")
    wait = "08:00 contact.waiting id=a\n"
    within = judge_all(each, f"{wait}08:10 contact.closed\n08:00 contact.waiting id=a")
    assert (within.duplicates, [one.kind for one in within.transitions]) == (1, ["opened", "broken"])
    later = judge_all(each, f"{wait}08:20 contact.waiting\n08:00 contact.waiting id=a")
    assert (later.duplicates, [one.kind for one in later.transitions]) == (1, ["opened", "broken", "opened"])
    other = judge_all(each, f"{wait}08:20 contact.waiting\n08:00:01 contact.waiting id=a")
    assert (other.duplicates, told(other.transitions)[-3:-1]) == (0, ["08:00:01 opened c1", "08:01:01 lost c1"])


def test_a_thousand_events_within_the_horizon_are_all_known() -> None:
    """However many events a subject has in ten minutes, at least its last 1,000 are told apart from repeats."""
    each = rules(answer=f"{ANSWER}, again: each")
    waits = [f"08:00:00.{number:06} contact.waiting id=n{number}" for number in range(3000)]
    outcome = judge_all(each, "\n".join([*waits, *waits[-1000:]]), size=500)
    assert outcome.duplicates == 1000
    assert sum(one.kind == "opened" for one in outcome.transitions) == 3000


def test_a_subject_is_forgotten_after_its_time() -> None:
    """A day after its last event a subject that owes nothing is new again; exactly a day after it is not yet."""
    line = """per: [site, queue], when: {event: queue.length, where: waiting > 3}, expect: register.opened, within: 60s,
        forget_after: 24h, again: rise"""
    start = "08:00 queue.length waiting=9\n08:00:10 register.opened\n"
    known = judge(rules(line=line), f"{start}+1d 08:00:10 queue.length waiting=9")
    assert kinds(known) == ["opened", "kept"]
    new = judge(rules(line=line), f"{start}+1d 08:00:10.000001 queue.length waiting=9")
    assert kinds(new) == ["opened", "kept", "opened"]


def test_what_is_owed_is_not_forgotten() -> None:
    """An open promise is remembered however long it takes, and the state holds nothing of who owes nothing."""
    slow = "per: contact, when: complaint.received, expect: followup.completed, within: 60d, forget_after: 24h"
    lines = judge(rules(slow=slow), "08:00 complaint.received\n+40d 08:00 followup.completed")
    assert lines == ["08:00:00 opened c1", "2026-04-11 08:00:00 kept c1"]
