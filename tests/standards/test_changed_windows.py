"""Days that are changed, of what is owed in periods and measured in windows."""

import pytest

from tests.history import judge, judge_live, rules, told
from tests.standards.changed import CLOSED, DESK, TUESDAY, by_days


def test_a_day_that_is_closed_owes_no_period() -> None:
    """The daily round of a day that is closed ahead is void, and the next day's is owed."""
    text = rules(DESK, round="per: contact, expect: job.done, every: day, calendar: desk")
    history = f"10:00 job.done contact=a\n12:00 {TUESDAY}\n+3d 12:00 nothing"
    assert by_days(judge(text, history)) == [
        "10:00:00 opened a", "10:00:00 kept a", "2026-03-04 opened a", "2026-03-05 broken a", "2026-03-05 opened a",
    ]  # fmt: skip


def test_a_period_that_has_begun_is_void_when_its_day_is_closed() -> None:
    """Before the desk has opened; once it was open, it is owed what it was."""
    text = rules(DESK, round="per: contact, expect: job.done, every: day, calendar: desk")
    early = by_days(judge(text, f"10:00 job.done contact=a\n+1d 07:00 {TUESDAY}\n+2d 12:00 nothing"))
    late = by_days(judge(text, f"10:00 job.done contact=a\n+1d 09:00 {TUESDAY}\n+2d 12:00 nothing"))
    assert early[2:] == ["2026-03-03 opened a", "2026-03-03 07:00:00 voided a", "2026-03-04 opened a"]
    assert late[2:] == ["2026-03-03 opened a", "2026-03-04 broken a", "2026-03-04 opened a"]


def test_a_day_that_opens_specially_owes_its_period() -> None:
    """Saturday is said on Friday to be open: the round is owed on Saturday."""
    text = rules(DESK, round="per: contact, expect: job.done, every: day, calendar: desk")
    saturday = 'calendar.changed calendar=desk by=lead date="2026-03-07" open=10:00-14:00'
    lines = by_days(judge(text, f"+4d 10:00 job.done contact=a\n+4d 12:00 {saturday}\n+8d 01:00 nothing"))
    assert lines[2:4] == ["2026-03-07 opened a", "2026-03-08 broken a"]


ROUND = rules(DESK, round="per: contact, expect: job.done, every: shift, calendar: desk")
"""Each shift of the desk has its round."""


def test_a_shift_that_is_closed_ahead_owes_no_round() -> None:
    """The next one is owed when the desk opens on the day after."""
    lines = by_days(judge(ROUND, f"10:00 job.done contact=a\n12:00 {TUESDAY}\n+2d 17:00 nothing"))
    assert lines[2:] == ["2026-03-04 08:00:00 opened a", "2026-03-04 16:00:00 broken a"]


def test_a_round_is_due_when_the_desk_closes_early_or_late() -> None:
    """Said while the desk is open; what is closed from then on is due at once."""
    for open_, due in ((" open=08:00-12:00", "12:00:00"), ("", "10:00:00"), (" open=08:00-18:00", "18:00:00")):
        lines = judge(ROUND, f"10:00 job.done contact=a\n+1d 10:00 {TUESDAY}{open_}\n+1d 19:00 nothing")
        assert lines[3:] == ["2026-03-03 10:00:00 moved a", f"2026-03-03 {due} broken a"]


@pytest.mark.parametrize(("said", "opens"), [("09:00", "2026-03-07 10:00:00"), ("11:00", "2026-03-09 08:00:00")])
def test_a_shift_that_opens_specially_is_owed_if_it_is_said_before(said: str, opens: str) -> None:
    """A shift that had begun when it was said is owed nothing."""
    saturday = 'calendar.changed calendar=desk by=lead date="2026-03-07" open=10:00-14:00'
    lines = judge(ROUND, f"+4d 10:00 job.done contact=a\n+5d {said} {saturday}\n+7d 09:00 nothing")
    assert lines[2] == f"{opens} opened a"


def test_a_shift_that_begins_as_another_day_is_changed_is_owed() -> None:
    """Tuesday is closed at the very instant at which Monday's shift begins, as it always does."""
    lines = judge(ROUND, f"07:00 job.done contact=a\n08:00 {TUESDAY}\n17:00 nothing")
    assert lines == ["08:00:00 opened a", "16:00:00 broken a"]


def test_a_round_is_warned_of_by_the_hours_there_are() -> None:
    """A warning that lies behind by then comes at once, unless it is due at once; one that is ahead again, again."""
    text = ROUND.replace("calendar: desk}", "calendar: desk, warn: 2h before}")
    for hour, open_, told_ in (
        ("11", " open=08:00-12:00", ["11:00:00 moved a", "11:00:00 warned a", "12:00:00 broken a"]),
        ("11", "", ["11:00:00 moved a", "11:00:00 broken a"]),
        (
            "15",
            " open=08:00-18:00",
            ["14:00:00 warned a", "15:00:00 moved a", "16:00:00 warned a", "18:00:00 broken a"],
        ),
    ):
        lines = judge(text, f"10:00 job.done contact=a\n+1d {hour}:00 {TUESDAY}{open_}\n+1d 19:00 nothing")
        assert [line.removeprefix("2026-03-03 ") for line in lines[3:]] == told_


def test_open_hours_between_two_times_of_something_go_along() -> None:
    """Each eight hours of open time: what is left of them is counted from the next opening."""
    text = rules(DESK, round="per: contact, expect: job.done, every: 8h, calendar: desk")
    lines = judge(text, f"10:00 job.done contact=a\n+1d 09:00 {TUESDAY}\n+3d 12:00 nothing")
    assert lines[2:] == [
        "2026-03-04 09:00:00 opened a", "2026-03-05 09:00:00 broken a", "2026-03-05 09:00:00 opened a",
    ]  # fmt: skip


def test_a_level_leaves_out_what_comes_after_the_desk_has_closed() -> None:
    """What is measured out of hours is no sample, and a shift ends when the desk closes."""
    text = rules(
        DESK, calm="per: contact, when: job.asked, measure: max(count), over: shift, must: <= 3, calendar: desk"
    )
    history = f"09:00 job.asked contact=a count=1\n11:00 {CLOSED}\n12:00 job.asked contact=a count=9\n13:00 nothing"
    assert judge(text, history) == ["09:00:00 opened a", "11:00:00 moved a", "11:00:00.000001 kept a"]


def test_a_window_that_was_excused_goes_by_the_day_too() -> None:
    """Nothing is measured in it any more; the next one opens with the next shift that there is."""
    text = rules(
        DESK,
        calm="per: contact, when: job.asked, measure: max(count), over: shift, must: <= 3, calendar: desk, "
        "may_excuse: [lead]",
    )
    history = f"""
        09:00 job.asked contact=a count=9
        10:00 exception.granted standard=calm subject=a by=lead
        11:00 {CLOSED} open=08:00-12:00,15:00-18:00
        13:00 job.asked contact=a count=1
        15:30 job.asked contact=a count=1
        19:00 nothing
    """
    assert judge(text, history)[2:] == ["10:00:00 excused a", "15:30:00 opened a", "18:00:00 kept a"]


@pytest.mark.parametrize("closed", ["10:30", "10:33"])
def test_a_window_that_rolls_ends_with_the_shift(closed: str) -> None:
    """Whether or not a step ends at that instant."""
    text = rules(
        DESK, calm="per: contact, when: job.asked, measure: count(), over: 30m, step: 10m, must: <= 3, calendar: desk"
    )
    lines = judge(text, f"10:05 job.asked contact=a\n{closed} {CLOSED}\n15:00 nothing")
    assert lines == ["10:05:00 opened a", f"{closed}:00 moved a", f"{closed}:00.000001 kept a"]


def test_a_change_that_comes_late_comes_about_once() -> None:
    """A subject is judged again by it, and goes on from there: what is left of eight hours is not counted twice."""
    text = rules(DESK, round="per: contact, expect: job.done, every: 8h, calendar: desk")
    history = f"""
        08:00 job.done contact=a
        09:01 <- 09:00 {CLOSED}
        09:02 <- 09:00:30 {TUESDAY} open=10:00-14:00
        +3d 12:00 nothing
    """
    lines = told(judge_live(text, history).transitions)
    assert lines[2] == "2026-03-04 11:00:00 opened a"
