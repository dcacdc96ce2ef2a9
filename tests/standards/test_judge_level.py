"""The level shape, by hand: windows of time and of events, every measure, and windows that say too little."""

import pytest

from standards.errors import SpecError
from tests.history import judge, judge_all, judge_live, loaded, rules, told

WARSAW = """
calendars:
  warsaw: {timezone: Europe/Warsaw}
"""
QUICK = "per: [], when: contact.answered, measure: share(waited <= 20), over: 30m, must: '>= 80%', at_least: 3"


def answers(*waited: float, at: str = "08:00") -> str:
    return "\n".join(f"{at}:{second:02} contact.answered waited={value}" for second, value in enumerate(waited)) + "\n"


def test_a_window_is_judged_at_its_end() -> None:
    """Four of five in twenty seconds keep the half hour, at its last microsecond's end."""
    assert judge(rules(quick=QUICK), answers(1, 2, 3, 99, 20) + "08:30 nothing") == [
        "08:00:00 opened ", "08:00:03 warned ", "08:30:00 kept ",
    ]  # fmt: skip
    lines = judge(rules(quick=QUICK), answers(1, 2, 30, 99) + "08:30 nothing")
    assert [line.split()[1] for line in lines] == ["opened", "warned", "broken"]


OFFERED = """per: [], when: [contact.answered, {event: contact.abandoned, where: waited >= 5}], over: 30m,
    measure: share(event == "contact.answered" and waited <= 20), must: ">= 80%", at_least: 5"""


@pytest.mark.parametrize("window", ["", ", step: 10m"])
def test_a_measure_of_several_events_can_ask_which_it_is(window: str) -> None:
    """Four who were answered and one who hung up are 80 %, two who hung up are too many, one who misdialled is none."""
    heard = answers(1, 2, 3, 4)
    one = "08:05:00 contact.abandoned contact=a waited=4.9\n08:06:00 contact.abandoned contact=b waited=5\n"
    other = "08:07:00 contact.abandoned contact=c waited=30\n"
    kinds = [
        [line.split()[1] for line in judge(rules(offered=OFFERED + window), heard + more + "08:30 nothing")]
        for more in (one, one + other)
    ]
    assert kinds == [
        ["opened"] if window else ["opened", "kept"],
        ["opened", "warned", "broken"],
    ]


def test_a_measure_of_one_type_has_nothing_to_ask() -> None:
    """Which event it is, is a slip where there is only one, or where a number is measured."""
    for measure, when in (
        ('share(event == "contact.answered")', "contact.answered"),
        ("mean(event)", "[contact.answered, contact.abandoned]"),
    ):
        with pytest.raises(SpecError):
            loaded(rules(it=f"per: [], when: {when}, measure: '{measure}', over: 30m, must: '>= 1'"))


def test_a_sample_at_the_bound_opens_the_next_window() -> None:
    """A window has its start and not its end."""
    history = answers(1, 2, 3) + "08:29:59.999999 contact.answered waited=4\n08:30:00 contact.answered waited=99"
    lines = judge(rules(quick=QUICK), history)
    assert lines == ["08:00:00 opened ", "08:30:00 kept ", "08:30:00 opened "]


def test_too_few_samples_are_void() -> None:
    """Two answers say nothing about a half hour, good or bad, and warn of nothing."""
    lines = judge(rules(quick=QUICK), answers(99, 99) + "08:30 nothing")
    assert [line.split()[1] for line in lines] == ["opened", "voided"]


def test_without_a_sample_there_is_no_window() -> None:
    """A quiet half hour leaves no line."""
    lines = judge(rules(quick=QUICK), answers(1, 1, 1) + answers(1, 1, 1, at="09:10") + "10:00 nothing")
    assert [line for line in lines if "08:3" in line] == ["08:30:00 kept "]
    assert len(lines) == 4


def test_a_missing_value_is_no_sample() -> None:
    """An answer that does not say how long it took opens the window and does not count."""
    mean = "per: [], when: contact.answered, measure: mean(waited), over: 30m, must: '<= 20'"
    lines = judge(rules(mean=mean), "08:00 contact.answered\n08:30 nothing")
    assert [line.split()[1] for line in lines] == ["opened", "voided"]
    three = "per: [], when: contact.answered, measure: mean(waited), over: 2 events, must: '<= 20'"
    history = "08:00 contact.answered waited=10\n08:01 contact.answered\n08:02 contact.answered waited=30"
    assert judge(rules(three=three), history)[-1] == "08:02:00 kept "


def test_a_running_measure_that_is_out_warns_once() -> None:
    """One warning a window, at the first event after which enough samples are out."""
    lines = judge(rules(quick=QUICK), answers(99, 99, 99, 1, 99) + "08:30 nothing")
    assert [line.split()[1] for line in lines] == ["opened", "warned", "broken"]
    assert lines[1] == "08:00:02 warned "


def test_windows_of_events_are_judged_at_the_last_one() -> None:
    """Each two answers are a promise; the third opens the next."""
    pairs = "per: contact, when: survey.answered, measure: mean(score), over: 2 events, must: '>= 4'"
    history = """
        08:00 survey.answered score=3
        08:01 survey.answered score=5
        09:00 survey.answered score=4
        +3d 09:00 survey.answered score=3
    """
    assert [line.split()[-2] for line in judge(rules(pairs=pairs), history)] == [
        "opened", "warned", "kept", "opened", "broken",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("measure", "must", "kept"),
    [
        ("sum(waited)", "<= 10", True), ("sum(waited)", "< 10", False),
        ("min(waited)", ">= 1", True), ("min(waited)", "> 1", False),
        ("max(waited)", "<= 4", True), ("max(waited)", "< 4", False),
        ("mean(waited)", "<= 2.5", True), ("mean(waited)", "< 2.5", False),
        ("count()", ">= 4", True), ("count()", "> 4", False),
        ("p50(waited)", "<= 2", True), ("p50(waited)", "< 2", False),
        ("p90(waited)", "<= 4", True), ("p90(waited)", "< 4", False),
        ("share(waited > 2)", ">= 50%", True), ("share(waited > 2)", "> 50%", False),
    ],
)  # fmt: skip
def test_each_measure_at_its_bound(measure: str, must: str, kept: bool) -> None:
    """Over 3, 1, 4 and 2 each measure is what arithmetic says, exactly at the threshold."""
    standard = f"per: [], when: contact.answered, measure: {measure}, over: 30m, must: '{must}'"
    lines = judge(rules(level=standard), answers(3, 1, 4, 2) + "08:30 nothing")
    assert lines[-1] == f"08:30:00 {'kept' if kept else 'broken'} "


@pytest.mark.parametrize(
    ("first", "end"),
    [
        ("2026-03-29T01:59:00+01:00", "2026-03-29 01:00:00"),  # then it is three o'clock
        ("2026-03-29T03:10:00+02:00", "2026-03-29 02:00:00"),
        ("2026-10-25T02:30:00+02:00", "2026-10-25 01:00:00"),  # the hour between two and three, the first time
        ("2026-10-25T02:30:00+01:00", "2026-10-25 02:00:00"),  # and the second
    ],
)
def test_windows_are_aligned_to_the_wall_clock_on_both_clock_changes(first: str, end: str) -> None:
    """An hour's window ends at the next full hour of Warsaw."""
    hourly = "per: [], when: contact.answered, measure: count(), over: 1h, must: '>= 1', calendar: warsaw"
    lines = judge(rules(WARSAW, hourly=hourly), f"{first} contact.answered\n2026-12-01T00:00:00Z nothing")
    assert lines[-1] == f"{end} kept "


def test_a_late_sample_is_taken_into_an_open_window() -> None:
    """A sample behind the watermark counts in its window, open or over; what comes when that has settled does not."""
    mean = "per: [], when: contact.answered, measure: mean(waited), over: 30m, must: '<= 20'"
    start = "08:00 contact.answered waited=30\n08:10 contact.answered waited=30\n"
    late = "08:05 contact.answered waited=0\n"

    def live(history: str) -> list[str]:
        return told(judge_live(rules(mean=mean), history).transitions)

    assert live(f"{start}08:20 <- {late}08:30 nothing")[-1] == "08:30:00 kept "
    over = f"{start}08:30 contact.answered waited=9\n08:40 <- 08:25 contact.answered waited=0\n08:41 nothing"
    assert [line for line in live(over) if line.startswith("08:30")] == [
        "08:30:00 broken ", "08:30:00 opened ", "08:30:00 corrected kept ",
    ]  # fmt: skip
    assert live(f"{start}08:40 <- {late}08:50 nothing")[-1] == "08:30:00 broken "
    outcome = judge_all(rules(mean=mean), f"{start}08:20 nothing\n{late}08:30 nothing")
    assert (told(outcome.transitions)[-1], len(outcome.unused)) == ("08:30:00 broken ", 1)


def test_an_excused_window_stays_closed_to_its_end() -> None:
    """Samples after the grant open nothing until the next window."""
    history = answers(99, 99, 99) + "08:10 exception.granted standard=quick subject= by=lead\n"
    history += answers(99, 99, 99, at="08:20") + answers(1, 1, 1, at="08:30") + "09:00 nothing"
    lines = judge(rules(quick=QUICK), history)
    assert [line.split()[1] for line in lines] == ["opened", "warned", "excused", "opened", "kept"]


OFFICE = """
calendars:
  office: {timezone: UTC, hours: {mon-fri: ["08:00-12:00", "12:00-16:00"]}}
  nights: {timezone: UTC, hours: {mon: ["22:00-06:00"]}, holidays: ["2026-03-09"]}
"""
DAILY = "per: [], when: contact.answered, measure: mean(waited), over: 1d, must: '<= 20', calendar: office"


def test_only_samples_within_the_hours_count() -> None:
    """What is exactly at the opening is in them, what is exactly at the closing is not."""
    history = """
        07:59 contact.answered waited=99
        08:00 contact.answered waited=20
        16:00 contact.answered waited=99
        +1d 00:00 nothing
    """
    assert judge(rules(OFFICE, daily=DAILY), history) == ["08:00:00 opened ", "2026-03-03 00:00:00 kept "]


def test_a_window_without_open_time_owes_nothing() -> None:
    """A call that is answered on Saturday leaves no line, neither broken nor void; nor does one count among three."""
    saturday = "+5d 10:00 contact.answered waited=99\n+7d 09:00 nothing"
    assert judge(rules(OFFICE, daily=DAILY), saturday) == []
    events = DAILY.replace("1d", "2 events")
    history = f"+4d 09:00 contact.answered waited=1\n{saturday}\n+7d 09:01 contact.answered waited=1"
    assert [line.split()[-1] for line in judge(rules(OFFICE, daily=events), history)] == ["opened", "kept"]


def test_each_shift_is_a_window_and_adjacent_ones_are_apart() -> None:
    """The noon of one is the beginning of the next; what is out of hours is in none."""
    history = """
        08:00 contact.answered waited=1
        11:59 contact.answered waited=1
        12:00 contact.answered waited=99
        17:00 contact.answered waited=1
        18:00 nothing
    """
    assert judge(rules(OFFICE, daily=DAILY.replace("1d", "shift")), history) == [
        "08:00:00 opened ", "12:00:00 kept ",
        "12:00:00 opened ", "12:00:00 warned ", "16:00:00 broken ",
    ]  # fmt: skip


def test_a_night_shift_is_of_the_day_on_which_it_begins() -> None:
    """Tuesday's small hours are Monday's shift; after a Monday that is a holiday there is none."""
    nightly = DAILY.replace("1d", "shift").replace("office", "nights")
    history = """
        23:00 contact.answered waited=1
        +1d 05:59 contact.answered waited=1
        +1d 06:00 contact.answered waited=1
        +1d 23:00 contact.answered waited=1
        +8d 05:00 contact.answered waited=1
        +9d 00:00 nothing
    """
    assert judge(rules(OFFICE, nightly=nightly), history) == ["23:00:00 opened ", "2026-03-03 06:00:00 kept "]


def test_a_window_that_an_older_kept_opened_ends_by_the_rule_it_was_opened_under() -> None:
    """Its excerpt has no edition: there the calendar gave a window its zone, and no hours."""
    older = loaded(rules(OFFICE, daily=DAILY)).excerpt("daily").replace('"edition":2,', "")
    told = judge(older, "+5d 10:00 contact.answered waited=99\n+7d 09:00 nothing")
    assert [line.split()[2] for line in told] == ["opened", "warned", "broken"]


@pytest.mark.parametrize(
    ("calendar", "fix"),
    [
        ("", "name a calendar with hours"),
        ("calendar: always", "name a calendar with hours"),
        ("calendar: double", "let each begin when the one before it ends"),
    ],
)
def test_a_shift_needs_a_calendar_that_has_them_apart(calendar: str, fix: str) -> None:
    """No calendar, one that is always open, and one in which a sample would lie in two shifts."""
    double = 'hours: {daily: ["22:00-06:00", "05:00-13:00"]}'
    known = f"calendars:\n  always: {{timezone: UTC}}\n  double: {{timezone: UTC, {double}}}"
    with pytest.raises(SpecError) as caught:
        loaded(
            rules(
                known, it=f"per: [], when: queue.length, measure: mean(waiting), over: shift, must: '< 9', {calendar}"
            )
        )
    (found,) = [finding for finding in caught.value.findings if finding.level == "error"]
    assert found.id == "wrong-value"
    assert fix in found.fix
