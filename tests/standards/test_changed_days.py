"""Days of calendars that are changed while promises are open: closed today, open until noon, open after all."""

import pytest

from standards.calendar.changes import Change
from standards.judge.changed_days import MOST
from streams.runtime.position import Position
from streams.runtime.pump import SETTLE, Pump
from streams.runtime.share import Share
from tests.history import events_of, judge, judge_all, judge_live, rulebook, rules, told
from tests.standards.changed import CLOSED, DESK, TUESDAY, job


def test_a_desk_that_closes_early_owes_the_rest_another_day() -> None:
    """What has elapsed stays, and what is left is counted from the next opening on."""
    history = f"""
        10:00 job.asked contact=a
        12:00 {CLOSED} reason=snow
        +1d 12:00 nothing
    """
    assert judge(job(), history) == ["10:00:00 opened a", "12:00:00 moved a", "2026-03-03 10:00:00 broken a"]


def test_the_line_says_how_much_was_counted_and_why_it_moved() -> None:
    """Whoever reads the ledger finds the open time so far, the new deadline and the reason."""
    moved = judge_all(job(), f"10:00 job.asked contact=a\n12:00 {CLOSED}\n+1d 12:00 nothing").transitions[1]
    assert (moved.elapsed, moved.reason, moved.cause) == (2 * 3_600_000_000, "calendar-changed", None)


def test_hours_can_be_other_ones_and_be_taken_back() -> None:
    """A change names the day's shifts; the last one for a day wins, and `usual` is as it was."""
    history = f"""
        10:00 job.asked contact=a
        10:30 {CLOSED} open=08:00-11:00,15:00-18:00
        11:30 {CLOSED} open=usual
        +1d 12:00 nothing
    """
    assert judge(job(), history)[1:] == ["10:30:00 moved a", "11:30:00 moved a", "14:30:00 broken a"]


def test_what_is_broken_stays_broken() -> None:
    """Declared at 15:00 for a promise of 9:00 and four hours: broken at 13:00 stands."""
    history = f"09:00 job.asked contact=a\n15:00 {CLOSED}\n+1d 12:00 nothing"
    assert judge(job(), history) == ["09:00:00 opened a", "13:00:00 broken a"]


def test_a_change_at_the_deadline_comes_first() -> None:
    """As a following event does; but nothing is left then, so it is broken there."""
    history = f"09:00 job.asked contact=a\n13:00 {CLOSED}\n+1d 12:00 nothing"
    assert judge(job(), history) == ["09:00:00 opened a", "13:00:00 broken a"]


def test_a_day_to_come_is_closed_ahead() -> None:
    """Tuesday is closed on Monday: what would have ended then ends on Wednesday."""
    history = f"14:00 job.asked contact=a\n15:00 {TUESDAY}\n+3d 12:00 nothing"
    assert judge(job(), history) == ["14:00:00 opened a", "15:00:00 moved a", "2026-03-04 10:00:00 broken a"]


@pytest.mark.parametrize(
    ("within", "due"),
    [
        ("2 working days", "2026-03-05 14:00:00"),
        ("end of next working day", "2026-03-04 16:00:00"),
        ("end of working day", "16:00:00"),
    ],
)
def test_a_closed_day_is_no_working_day(within: str, due: str) -> None:
    """The days after the opening are counted as they are now; the opening's own stays what it was."""
    history = f"14:00 job.asked contact=a\n15:00 {TUESDAY}\n+5d 12:00 nothing"
    assert judge(job(within=within), history)[-1] == f"{due} broken a"


def test_the_end_of_a_day_that_closes_is_that_of_the_next() -> None:
    """Closed today at 15:00: what was owed by the end of the day is owed by the end of the next working day."""
    history = f"14:00 job.asked contact=a\n15:00 {CLOSED}\n+5d 12:00 nothing"
    assert judge(job(within="end of working day"), history)[-1] == "2026-03-03 16:00:00 broken a"


def test_what_opens_after_a_change_goes_by_it() -> None:
    """It opens with its deadline as it is, and nothing moves."""
    history = f"09:00 {CLOSED}\n10:00 job.asked contact=a\n+1d 13:00 nothing"
    assert judge(job(), history) == ["10:00:00 opened a", "2026-03-03 12:00:00 broken a"]


def test_warnings_go_along() -> None:
    """A share of the time is a share of the open time there is now; what was given is not given again."""
    history = f"10:00 job.asked contact=a\n11:00 {CLOSED}\n+1d 12:00 nothing"
    found = judge(job(warn="[50%]"), history)
    assert found[1:] == ["11:00:00 moved a", "2026-03-03 09:00:00 warned a", "2026-03-03 11:00:00 broken a"]


def test_what_was_done_goes_by_the_days_there_are_when_it_is_taken_back() -> None:
    """Tuesday was declared closed while it was done: its two working days end on Thursday, later by the pause."""
    text = job(within="2 working days", undo="{when: job.asked, within: 5h}")
    done = f"10:00 job.asked contact=a\n12:00 job.done contact=a\n13:00 {TUESDAY}"
    history = f"{done}\n14:00 job.asked contact=a\n+5d 00:00 nothing"
    assert judge(text, history)[-2:] == ["14:00:00 undone a", "2026-03-05 12:00:00 broken a"]


def test_a_calendar_that_the_event_chose_is_changed_for_those_alone() -> None:
    """Whoever goes by another calendar is not concerned."""
    text = job(calendar="{by: level, gold: always, else: desk}")
    history = f"10:00 job.asked contact=a\n10:00 job.asked contact=b level=gold\n12:00 {CLOSED}\n+1d 12:00 nothing"
    assert sorted(line for line in judge(text, history) if "opened" not in line) == [
        "12:00:00 moved a", "14:00:00 broken b", "2026-03-03 10:00:00 broken a",
    ]  # fmt: skip


def test_a_named_deadline_does_not_move() -> None:
    """`due` is what the event says, whenever the desk is open."""
    text = rules(
        DESK + "  job.set: {contact: text, at: time}\n",
        job="per: contact, when: job.set, expect: job.done, due: at, calendar: desk",
    )
    history = f"10:00 job.set contact=a at=2026-03-02T15:00:00Z\n12:00 {CLOSED}\n+1d 12:00 nothing"
    assert judge(text, history) == ["10:00:00 opened a", "15:00:00 broken a"]


def test_a_paused_clock_goes_on_by_the_hours_there_are() -> None:
    """While it stands, nothing moves; when it goes on, it goes by the day as it is then."""
    text = job(
        pause='{when: {event: job.asked, where: level == "wait"}, until: {event: job.asked, where: level == "go"}}'
    )
    history = f"""
        10:00 job.asked contact=a
        11:00 job.asked contact=a level=wait
        12:00 {CLOSED}
        13:00 job.asked contact=a level=go
        +1d 12:00 nothing
    """
    assert judge(text, history) == [
        "10:00:00 opened a", "11:00:00 paused a", "13:00:00 resumed a", "2026-03-03 11:00:00 broken a",
    ]  # fmt: skip


def test_only_what_happens_in_the_hours_of_the_day_counts() -> None:
    """`during` a desk that has closed, nothing opens; on a day that it opened specially, it does."""
    text = rules(DESK, job="per: contact, when: job.asked, expect: job.done, within: 1h, during: desk")
    sunday = 'calendar.changed calendar=desk by=lead date="2026-03-08" open=10:00-14:00'
    history = f"""
        10:00 {CLOSED}
        11:00 job.asked contact=a
        12:00 {sunday}
        +6d 11:00 job.asked contact=b
        +6d 14:00 job.asked contact=c
        +7d 07:00 nothing
    """
    assert judge(text, history) == ["2026-03-08 11:00:00 opened b", "2026-03-08 12:00:00 broken b"]


@pytest.mark.parametrize(
    ("said", "due"),
    [
        ('+5d 18:00 calendar.changed calendar=desk by=lead date="2026-03-07" open=10:00-14:00', "2026-03-09 10:00:00"),
        ('+7d 09:00 calendar.changed calendar=desk by=lead date="2026-03-08" open=10:00-12:00', "2026-03-09 10:00:00"),
        ('+5d 09:00 calendar.changed calendar=desk by=lead date="2026-03-07" open=10:00-14:00', "2026-03-07 10:00:00"),
    ],
)
def test_a_day_that_was_over_is_counted_as_it_was(said: str, due: str) -> None:
    """Saturday's hours said on Saturday evening, or Sunday's on Monday, make no working day of it."""
    history = f"+4d 10:00 job.asked contact=a\n{said}\n+9d 12:00 nothing"
    assert judge(job(within="1 working day"), history)[-1] == f"{due} broken a"


def test_what_is_so_already_changes_nothing() -> None:
    """A day that is said to be closed each minute is closed once."""
    outcome = judge_all(job(), f"10:00 job.asked contact=a\n11:00 {CLOSED}\n12:00 {CLOSED}\n13:00 nothing")
    assert (told(outcome.transitions), outcome.duplicates) == (["10:00:00 opened a", "11:00:00 moved a"], 1)


@pytest.mark.parametrize("first", [True, False])
def test_more_than_are_remembered_are_not_passed_over_in_silence(*, first: bool) -> None:
    """Whoever has no room for a change says so, also where somebody else reads the others."""
    book = rulebook(job())
    monday = events_of(f"09:00 {CLOSED}", book)[0]
    known = [Change(monday.at + number, "desk", 1, (), "desk", f"k{number}") for number in range(MOST)]
    pump = Pump(book, position=Position(changes=known), share=Share(None, first))
    assert [it.reason for it in pump.push([monday]).unused] == ["too-many-changes"]


def test_hours_that_are_over_when_they_are_said_are_none() -> None:
    """Open until noon, said at five past: what is owed by the end of the day is owed by the end of the next."""
    history = f"10:00 job.asked contact=a\n12:05 {CLOSED} open=08:00-12:00\n+5d 12:00 nothing"
    assert judge(job(within="end of working day"), history)[-1] == "2026-03-03 16:00:00 broken a"


def test_what_is_not_yet_judged_goes_by_the_change_after_a_restart() -> None:
    """A host that stopped before its time had come to the change lets it come about in its time, and says so then."""
    book = rulebook(job())
    first = Pump(book, settle=SETTLE)
    asked, longer = events_of(f"14:00 job.asked contact=a\n15:00 {CLOSED} open=08:00-20:00", book)
    for event in (asked, longer):
        event.received = event.at
        first.push([event], now=event.at)
    second = Pump(book, settle=SETTLE, position=first.position())
    second.adopt(first.cases())
    lines = second.push([], now=longer.at + second.grace).transitions
    assert told(lines) == ["15:00:00 moved a"]


@pytest.mark.parametrize(
    ("said", "reason"),
    [
        ('calendar=desk by=lead date="2026-03-02" open=08:00-12:00,11:00-13:00', "no-such-day"),
        ('calendar=desk by=lead date="2026-02-27"', "no-such-day"),
        ('calendar=desk by=lead date="2027-12-24"', "no-such-day"),
        ('calendar=desk by=till date="2026-03-02"', "not-allowed"),
        ('calendar=shop by=lead date="2026-03-02"', "no-such-day"),
        ('calendar=desk by=lead date="2026-02-30"', "no-such-day"),
        ('calendar=desk by=lead date="2026-03-02" open=noon', "no-such-day"),
    ],
)
def test_what_does_not_count_is_said(said: str, reason: str) -> None:
    """Who may not, which calendar there is not, which day and which hours cannot be read."""
    outcome = judge_all(job(), f"10:00 job.asked contact=a\n11:00 calendar.changed {said}\n15:00 nothing")
    assert told(outcome.transitions)[-1] == "14:00:00 broken a"
    assert [it.reason for it in outcome.unused] == [reason]


def test_said_twice_it_counts_once() -> None:
    """A repeat of the same event is inert, also where another one came between."""
    history = f"""
        10:00 job.asked contact=a
        11:00 {CLOSED} id=x
        11:30 {CLOSED} open=usual
        12:00 {CLOSED} id=x
        15:00 nothing
    """
    outcome = judge_all(job(), history)
    assert (told(outcome.transitions)[-1], outcome.duplicates) == ("14:30:00 broken a", 1)


def test_a_change_that_comes_late_is_judged_where_it_belongs() -> None:
    """Received within `settle`: what was told otherwise is corrected."""
    history = f"""
        10:00 job.asked contact=a
        14:00:30 nothing
        14:05 <- 13:58 {CLOSED}
        14:10 nothing
        +1d 08:10 nothing
    """
    outcome = judge_live(job(), history)
    assert told(outcome.transitions) == [
        "10:00:00 opened a", "14:00:00 broken a", "13:58:00 corrected open a", "2026-03-03 08:02:00 broken a",
    ]  # fmt: skip


def test_a_change_that_comes_too_late_holds_from_when_it_is_known() -> None:
    """Said at ten, received at noon: until noon the clock ran, and was told so."""
    history = f"10:00 job.asked contact=a\n12:00 <- 10:00 {CLOSED}\n12:10 nothing\n+1d 10:10 nothing"
    assert told(judge_live(job(), history).transitions) == [
        "10:00:00 opened a", "12:00:00 moved a", "2026-03-03 10:00:00 broken a",
    ]  # fmt: skip


def test_a_late_event_is_judged_by_what_was_known_then() -> None:
    """An event from before the change opens by the hours there were, and moves when they change."""
    history = f"12:00 {CLOSED}\n12:03 <- 11:58 job.asked contact=a\n13:00 nothing\n+1d 12:00 nothing"
    assert told(judge_live(job(), history).transitions) == [
        "11:58:00 opened a", "12:00:00 moved a", "2026-03-03 11:58:00 broken a",
    ]  # fmt: skip


def test_a_standard_can_listen_to_changes_itself() -> None:
    """The change is a happening like others: somebody has to put the sign up within the hour."""
    text = rules(
        DESK + "  sign.hung: {calendar: text}\n",
        sign="per: calendar, when: calendar.changed, expect: sign.hung, within: 1h",
    )
    assert judge(text, f"10:00 {CLOSED}\n12:00 nothing") == ["10:00:00 opened desk", "11:00:00 broken desk"]


def test_a_change_comes_about_at_its_time_whatever_was_done_meanwhile() -> None:
    """What is done before it, and what opens then, take no timer away from it."""
    done = "09:00 job.asked contact=a\n09:10 job.done contact=a\n09:20 job.asked contact=a\n09:30 job.done contact=a"
    assert judge(job(), f"{done}\n09:40 job.asked contact=a\n10:00 {CLOSED}")[4:] == [
        "09:40:00 opened a", "10:00:00 moved a",
    ]  # fmt: skip
