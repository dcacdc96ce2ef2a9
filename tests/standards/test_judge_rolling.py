"""A level whose window rolls, by hand: one promise a day or shift, judged at each step."""

import pytest

from standards.errors import SpecError
from tests.history import judge, judge_live, loaded, rules

CALENDARS = """
calendars:
  shifts: {timezone: UTC, hours: {mon-fri: ["06:00-14:00", "14:00-22:00"]}}
  short: {timezone: UTC, hours: {mon-fri: ["08:10-08:50"]}}
  double: {timezone: UTC, hours: {daily: ["22:00-06:00", "05:00-13:00"]}}
"""
QUICK = "per: [], when: contact.answered, measure: mean(waited), over: 30m, step: 10m, must: '<= 20'"


def answers(*given: tuple[str, float]) -> str:
    return "\n".join(f"{at} contact.answered waited={waited}" for at, waited in given) + "\n"


def test_a_day_whose_steps_all_hold_is_kept_at_its_end() -> None:
    """It opens with its first sample; what comes later than the window reaches is judged by itself."""
    history = answers(("08:00", 10), ("12:00", 20)) + "+1d 01:00 nothing"
    assert judge(rules(quick=QUICK), history) == ["08:00:00 opened ", "2026-03-03 00:00:00 kept "]


def test_it_breaks_at_the_first_step_that_does_not_hold_and_the_next_opens_at_the_first_that_does() -> None:
    """Twelve and thirty-six are too long together until the thirty-six is half an hour ago; that day ends kept."""
    history = answers(("08:01", 12), ("08:12", 36), ("08:41", 12)) + "+1d 01:00 nothing"
    assert judge(rules(quick=QUICK), history) == [
        "08:01:00 opened ", "08:12:00 warned ", "08:20:00 broken ",
        "08:50:00 opened ", "2026-03-03 00:00:00 kept ",
    ]  # fmt: skip


def test_what_goes_on_badly_is_one_broken_promise_a_day() -> None:
    """No step holds again: nothing is owed for the rest of the day, and the next day is a day of its own."""
    bad = answers(*((f"{hour:02}:00", 60) for hour in range(8, 12)), ("+1d 08:00", 60))
    assert judge(rules(quick=QUICK), f"{bad}+1d 09:00 nothing") == [
        "08:00:00 opened ", "08:00:00 warned ", "08:10:00 broken ",
        "2026-03-03 08:00:00 opened ", "2026-03-03 08:00:00 warned ", "2026-03-03 08:10:00 broken ",
    ]  # fmt: skip


def test_a_step_holds_its_windows_start_and_not_its_end() -> None:
    """What happens exactly at the end of a step is the next one's, and half an hour later it is out."""
    on_the_step = answers(("08:00", 10), ("08:10", 60), ("08:39", 10)) + "08:45 nothing"
    assert judge(rules(quick=QUICK), on_the_step) == [
        "08:00:00 opened ", "08:10:00 warned ", "08:20:00 broken ",
    ]  # fmt: skip
    before_it = answers(("08:09:59.999999", 60), ("08:39", 10)) + "08:45 nothing"
    assert judge(rules(quick=QUICK), before_it)[2:] == ["08:10:00 broken ", "08:40:00 opened "]


def test_a_step_with_too_few_samples_says_nothing_and_a_day_of_such_steps_is_void() -> None:
    """Two bad answers in half an hour are too few to tell, however often they are looked at."""
    few = f"{QUICK}, at_least: 3"
    assert judge(rules(quick=few), answers(("08:00", 99), ("08:01", 99)) + "+1d 01:00 nothing") == [
        "08:00:00 opened ", "2026-03-03 00:00:00 voided ",
    ]  # fmt: skip
    again = answers(("08:00", 99), ("08:01", 99), ("10:00", 1), ("10:01", 1), ("10:02", 1))
    assert judge(rules(quick=few), f"{again}+1d 01:00 nothing")[-1] == "2026-03-03 00:00:00 kept "


def test_the_window_looks_back_over_midnight() -> None:
    """A long wait before midnight is in the first windows of the day, which opens with its own first sample."""
    history = answers(("23:55", 60), ("+1d 00:05", 10)) + "+1d 01:00 nothing"
    assert judge(rules(quick=QUICK), history) == [
        "23:55:00 opened ", "23:55:00 warned ", "2026-03-03 00:00:00 broken ",
        "2026-03-03 00:05:00 opened ", "2026-03-03 00:05:00 warned ", "2026-03-03 00:10:00 broken ",
        "2026-03-03 00:30:00 opened ",
    ]  # fmt: skip


def test_with_a_calendar_each_shift_has_a_promise_and_steps_of_its_own() -> None:
    """The steps go from the shift's beginning, the last ends with it, and what is out of hours counts for nothing."""
    history = answers(("07:00", 10), ("14:00", 10), ("23:00", 99)) + "+1d 01:00 nothing"
    assert judge(rules(CALENDARS, quick=f"{QUICK}, calendar: shifts"), history) == [
        "07:00:00 opened ", "14:00:00 kept ", "14:00:00 opened ", "22:00:00 kept ",
    ]  # fmt: skip
    short = f"{QUICK}, calendar: short".replace("10m", "15m")
    assert judge(rules(CALENDARS, quick=short), answers(("08:24", 99)) + "10:00 nothing")[-1] == "08:25:00 broken "
    assert judge(rules(CALENDARS, quick=short), answers(("08:41", 99)) + "10:00 nothing")[-1] == "08:50:00 broken "


def test_an_excused_day_stays_closed() -> None:
    """Nothing opens any more on it, however it goes; the next day is owed again."""
    grant = '08:05 exception.granted standard=quick subject="" by=lead'
    history = answers(("08:00", 10)) + f"{grant}\n" + answers(("08:11", 99), ("09:00", 1), ("+1d 08:00", 1))
    told = judge(rules(quick=QUICK), f"{history}+1d 09:00 nothing")
    assert told == ["08:00:00 opened ", "08:05:00 excused ", "2026-03-03 08:00:00 opened "]


@pytest.mark.parametrize(
    ("measure", "holds", "fails"),
    [("p90(waited)", "<= 1", "< 1"), ("max(waited)", "<= 20", "< 20"), ("min(waited)", ">= 1", "> 1"),
     ("sum(waited)", "<= 29", "< 29"), ("count()", "<= 10", "< 10"), ("mean(waited)", "<= 2.9", "< 2.9")],
)  # fmt: skip
def test_every_measure_is_taken_of_the_steps_together(measure: str, holds: str, fails: str) -> None:
    """Nine of one and one of twenty, over three steps; the one step at which all ten are there tells."""
    minutes = (1, 2, 10, 11, 12, 20, 21, 22, 23)
    spread = answers(("08:00", 20), *((f"08:{minute:02}", 1) for minute in minutes)) + "+1d 01:00 nothing"
    ten = QUICK.replace("mean(waited)", measure) + ", at_least: 10"
    assert judge(rules(quick=ten.replace("<= 20", holds)), spread)[-1] == "2026-03-03 00:00:00 kept "
    assert judge(rules(quick=ten.replace("<= 20", fails)), spread)[-1] == "08:30:00 broken "


def test_what_rounding_takes_does_not_add_up_over_steps() -> None:
    """Thirty answers of a tenth of a second have a mean of a tenth of a second, whatever the steps."""
    tenths = answers(*((f"08:{minute:02}", 0.1) for minute in range(30))) + "+1d 01:00 nothing"
    for bound in ("<= 0.1", ">= 0.1"):
        assert judge(rules(quick=QUICK.replace("<= 20", bound)), tenths)[-1] == "2026-03-03 00:00:00 kept "


def test_what_comes_late_takes_its_place_in_its_step() -> None:
    """A good answer that is heard of nine minutes late takes its step's break back."""
    history = "08:01 contact.answered waited=30\n08:11 nothing\n08:11 <- 08:02 contact.answered waited=1\n08:12 nothing"
    told = [line.kind for line in judge_live(rules(quick=QUICK), history).transitions]
    assert told == ["opened", "warned", "broken", "corrected"]


@pytest.mark.parametrize(
    ("keys", "check", "fix"),
    [
        ("over: 30m, step: 7m", "bad-duration", "take one that does: 5m"),
        ("over: 30m, step: 20m", "bad-duration", "such as 5m for 30m"),
        ("over: 30m, step: 30m", "bad-duration", "such as 5m for 30m"),
        ("over: 24h, step: 1s", "bad-duration", "or more"),
        ("over: 50 events, step: 5m", "misplaced-key", "leave step out"),
        ("over: shift, step: 5m, calendar: shifts", "misplaced-key", "leave step out"),
        ("over: 30m, step: 5m, calendar: double", "wrong-value", "let each begin"),
    ],
)
def test_a_step_that_does_not_fit_is_an_error(keys: str, check: str, fix: str) -> None:
    """With what would mend it."""
    with pytest.raises(SpecError) as caught:
        loaded(rules(CALENDARS, it=f"per: [], when: queue.length, measure: mean(waiting), must: '< 9', {keys}"))
    (found,) = [finding for finding in caught.value.findings if finding.level == "error"]
    assert (found.id, fix in found.fix) == (check, True), found


def test_a_subject_is_remembered_as_long_as_its_window_looks_back() -> None:
    """Ten days, where a week is the rule."""
    weekly = "per: [], when: queue.length, measure: mean(waiting), must: '< 9', over: 10d, step: 1d"
    (standard,) = loaded(rules(it=weekly)).standards
    assert standard.forget_after == 10 * 86_400_000_000
