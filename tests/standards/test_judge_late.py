"""Late evidence, duplicates and forgetting, by hand."""

import pytest

from tests.history import judge, judge_all, rules

ANSWER = "per: contact, when: contact.waiting, expect: contact.answered, within: 60s, unless: contact.abandoned"
WARM = "per: contact, when: transfer.completed, expect: transfer.briefed, within_last: 10m"
PULSE = "per: team, expect: meeting.held, every: 10m"


def kinds(told: list[str]) -> list[str]:
    return [line.split()[-2] if "corrected" not in line else " ".join(line.split()[-3:-1]) for line in told]


@pytest.mark.parametrize(("behind", "line"), [("08:01:09", "kept"), ("08:01:08.999999", "corrected kept")])
def test_a_second_behind_is_in_time(behind: str, line: str) -> None:
    """An event exactly `lateness` behind the newest is no late evidence; a microsecond more and it is."""
    slow = ANSWER.replace("60s", "69s")
    outcome = judge(rules(answer=slow), f"08:00 contact.waiting\n08:01:10 nothing\n{behind} contact.answered")
    assert kinds(outcome)[-1] == line.replace("corrected kept", "kept")
    known = judge_all(rules(answer=slow), f"08:00 contact.waiting\n08:01:10 nothing\n{behind} contact.answered")
    last = known.transitions[-1]
    assert (last.known > last.at) is (line != "kept")


def test_late_fulfilment_corrects_a_broken_promise() -> None:
    """An answer that was in time and came late makes the broken promise kept, at its own time, known since now."""
    history = "08:00 contact.waiting\n08:10 nothing\n08:00:30 contact.answered"
    outcome = judge_all(rules(answer=ANSWER), history)
    assert judge(rules(answer=ANSWER), history) == [
        "08:00:00 opened c1", "08:01:00 broken c1", "08:00:30 corrected kept c1",
    ]  # fmt: skip
    last = outcome.transitions[-1]
    assert (last.before, last.elapsed, last.known - last.at) == ("broken", 30_000_000, 569_000_000)


def test_late_evidence_after_the_deadline_is_a_late_fulfilment() -> None:
    """An answer after the deadline that came late is `fulfilled_late`, not a correction."""
    told = judge(rules(answer=ANSWER), "08:00 contact.waiting\n08:10 nothing\n08:05 contact.answered")
    assert kinds(told) == ["opened", "broken", "fulfilled_late"]


def test_late_evidence_settles_what_is_still_open() -> None:
    """What is open is kept or voided at the event's own time."""
    open_still = "08:00 contact.waiting\n08:00:50 nothing\n"
    assert judge(rules(answer=ANSWER), f"{open_still}08:00:10 contact.answered")[-1] == "08:00:10 kept c1"
    assert judge(rules(answer=ANSWER), f"{open_still}08:00:10 contact.abandoned")[-1] == "08:00:10 voided c1"


def test_a_verdict_can_be_corrected_between_kept_and_void_by_what_came_first() -> None:
    """Who hung up before the answer was not answered; who was answered before hanging up was."""
    kept = "08:00 contact.waiting\n08:00:20 contact.answered\n08:10 nothing\n"
    assert kinds(judge(rules(answer=ANSWER), f"{kept}08:00:10 contact.abandoned"))[-1] == "corrected void"
    assert kinds(judge(rules(answer=ANSWER), f"{kept}08:00:30 contact.abandoned")) == ["opened", "kept"]
    void = "08:00 contact.waiting\n08:00:20 contact.abandoned\n08:10 nothing\n"
    assert kinds(judge(rules(answer=ANSWER), f"{void}08:00:10 contact.answered"))[-1] == "corrected kept"


def test_late_evidence_opens_nothing_and_moves_no_edge() -> None:
    """A late line that was long opens no promise, and a late short one makes no new edge."""
    line = "per: [site, queue], when: {event: queue.length, where: waiting > 3}, expect: register.opened, within: 60s"
    only_late = "08:00 queue.length waiting=1\n08:10 nothing\n08:05 queue.length waiting=9"
    outcome = judge_all(rules(line=line), only_late)
    assert (outcome.transitions, [one.reason for one in outcome.unused]) == ([], ["late"])
    edge = "08:00 queue.length waiting=9\n08:10 nothing\n08:05 queue.length waiting=0\n08:11 queue.length waiting=9"
    assert kinds(judge(rules(line=line), edge)) == ["opened", "broken"]


def test_late_evidence_pauses_nothing() -> None:
    """A pause that came late leaves the deadline where it was."""
    paused = f"{ANSWER}, pause: {{when: contact.held, until: contact.resumed}}"
    history = "08:00 contact.waiting\n08:00:40 nothing\n08:00:10 contact.held\n08:02 nothing"
    outcome = judge_all(rules(answer=paused), history)
    assert [one.kind for one in outcome.transitions] == ["opened", "broken"]
    assert len(outcome.unused) == 1


def test_a_late_briefing_corrects_a_cold_transfer() -> None:
    """A briefing before the transfer that came after it makes the precedence kept; one outside its time does not."""
    cold = "08:20 transfer.completed\n08:30 nothing\n"
    assert kinds(judge(rules(warm=WARM), f"{cold}08:10 transfer.briefed"))[-1] == "corrected kept"
    assert kinds(judge(rules(warm=WARM), f"{cold}08:09:59.999999 transfer.briefed")) == ["opened", "broken"]
    assert kinds(judge(rules(warm=WARM), f"{cold}08:20:00.000001 transfer.briefed")) == ["opened", "broken"]


def test_a_late_briefing_serves_transfers_to_come() -> None:
    """A briefing that came late still precedes the next transfer."""
    history = "08:10 nothing\n08:05 transfer.briefed\n08:12 transfer.completed"
    assert kinds(judge(rules(warm=WARM), history)) == ["opened", "kept"]


def test_a_late_meeting_corrects_its_own_period() -> None:
    """A meeting within a broken period keeps that one, and not the one before or after."""
    history = "08:00 meeting.held\n08:45 nothing\n08:25 meeting.held"
    told = judge(rules(pulse=PULSE), history)
    assert told[-1] == "08:25:00 corrected kept north"
    periods = {one.promise.opened: one.after for one in judge_all(rules(pulse=PULSE), history).transitions}
    assert list(periods.values()) == ["kept", "broken", "kept", "broken", "open"]


@pytest.mark.parametrize(
    ("held", "period"), [("08:30", 1), ("08:30:00.000001", 2), ("08:20:00.000001", 1), ("08:20", 0)]
)
def test_a_late_meeting_at_a_bound_belongs_to_the_old_period(held: str, period: int) -> None:
    """Exactly at the end it corrects the period that ends there, a microsecond later the one that begins."""
    outcome = judge_all(rules(pulse=PULSE), f"08:00 meeting.held\n08:45 nothing\n{held} meeting.held")
    opened = [one.at for one in outcome.transitions if one.kind == "opened"][1:]
    (corrected,) = [one.promise.opened for one in outcome.transitions if one.kind == "corrected"]
    assert opened.index(corrected) == period


def test_a_correction_has_its_horizon() -> None:
    """Evidence within 24 hours of a verdict corrects it; a second later it is counted only."""
    wait = "08:00 contact.waiting\n08:00:40 contact.abandoned\n"
    day = judge(rules(answer=ANSWER), f"{wait}+1d 08:00:41 nothing\n08:00:30 contact.answered")
    assert kinds(day)[-1] == "corrected kept"
    more = judge_all(rules(answer=ANSWER), f"{wait}+1d 08:00:42 nothing\n08:00:30 contact.answered")
    assert ([one.kind for one in more.transitions], len(more.unused)) == (["opened", "voided"], 1)


def test_what_is_overdue_is_corrected_however_late() -> None:
    """While a broken promise is owed, evidence that it was done in time corrects it; once given up, it does not."""
    wait = "08:00 contact.waiting\n"
    week = judge(rules(answer=ANSWER), f"{wait}+7d 08:01 nothing\n08:00:30 contact.answered")
    assert kinds(week) == ["opened", "broken", "corrected kept"]
    more = judge_all(rules(answer=ANSWER), f"{wait}+7d 08:01:02 nothing\n08:00:30 contact.answered")
    assert ([one.kind for one in more.transitions], len(more.unused)) == (["opened", "broken", "given_up"], 1)


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
    """A repeat ten minutes after the event is inert; one that comes later is late evidence, and opens nothing."""
    each = rules(answer=f"{ANSWER}, again: each")
    wait = "08:00 contact.waiting id=a\n"
    within = judge_all(each, f"{wait}08:10 contact.closed\n08:00 contact.waiting id=a")
    assert (within.duplicates, [one.kind for one in within.transitions]) == (1, ["opened", "broken"])
    later = judge_all(each, f"{wait}08:20 contact.waiting\n08:00 contact.waiting id=a")
    assert (later.duplicates, [one.reason for one in later.unused]) == (0, ["late"])


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
    told = judge(rules(slow=slow), "08:00 complaint.received\n+40d 08:00 followup.completed")
    assert told == ["08:00:00 opened c1", "2026-04-11 08:00:00 kept c1"]
