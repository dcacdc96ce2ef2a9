"""Checks of opening hours: what a calendar makes of days, last minutes, nights, and of itself beside another."""

import pytest

from standards.compiler.spec import Source, load
from standards.errors import SpecError
from tests.standards.samples import TELL
from tests.standards.test_lint import LINE, found_in

MEAN = "when: queue.length, measure: mean(waiting), must: <= 3"


@pytest.mark.parametrize(
    ("hours", "rule", "warned"),
    [
        ("mon-fri: ['09:00-17:00']", f"{LINE}, within: 24h", ["days-of-hours"]),
        ("mon-fri: ['09:00-17:00']", f"{LINE}, within: 2d", ["days-of-hours"]),
        ("mon-fri: ['09:00-17:00']", f"{LINE}, within: 8h", []),
        ("mon-fri: ['09:00-17:00']", f"{LINE}, within: 40h", []),
        ("mon-fri: ['00:00-24:00']", f"{LINE}, within: 1d", []),  # a day is about a day there
        ("mon-fri: ['09:00-17:00']", "expect: meeting.held, every: 24h", ["days-of-hours"]),
        ("mon-fri: ['09:00-17:00']", "expect: meeting.held, every: 1d", []),  # a day by the wall
        ("mon-fri: ['09:00-23:59']", f"{LINE}, within: 1h", ["minute-short"]),
        ("mon-fri: ['09:00-23:58']", f"{LINE}, within: 1h", []),
        ("daily: ['22:00-06:00']", f"{MEAN}, over: 1d", ["shift-cut"]),
        ("daily: ['22:00-06:00']", f"{MEAN}, over: 30m", []),
        ("daily: ['22:00-06:00']", f"{MEAN}, over: shift", []),
        ("daily: ['22:00-06:00']", f"{MEAN}, over: 1d, step: 1h", []),
        ("daily: ['22:00-24:00']", f"{MEAN}, over: 1d", []),
        ("daily: ['09:00-12:00', '13:00-17:00']", f"{MEAN}, over: 2h, step: 10m", ["looks-back"]),
        ("daily: ['09:00-12:00', '13:00-17:00']", f"{MEAN}, over: 1h, step: 10m", []),
        ("daily: ['09:00-12:00', '13:00-17:00']", f"{MEAN}, over: 2h", []),
        ("daily: ['06:00-14:00', '14:00-22:00']", f"{MEAN}, over: 30m, step: 10m", []),  # there is no break
        ("mon: ['00:20-08:00'], sun: ['20:00-24:00']", f"{MEAN}, over: 30m, step: 10m", ["looks-back"]),
        ("daily: ['09:00-17:00']", f"{MEAN}, over: 2h, step: 10m", []),
        ("mon-fri: ['09:00-17:00']", f"{MEAN}, over: 7d", ["odd-window"]),
        ("mon-fri: ['09:00-17:00']", f"{MEAN}, over: 30d", ["odd-window"]),
        ("mon-fri: ['09:00-17:00']", f"{MEAN}, over: week", []),
        ("mon-fri: ['09:00-17:00']", f"{MEAN}, over: 7d, step: 1d", []),
        ("mon-fri: ['09:00-17:00']", "expect: meeting.held, every: day", ["due-at-midnight"]),
        ("mon-fri: ['09:00-17:00']", "expect: meeting.held, every: shift", []),
        ("mon-fri: ['09:00-17:00']", "expect: meeting.held, every: week", []),
        ("mon-fri: ['09:00-24:00']", "expect: meeting.held, every: day", []),
        ("daily: ['09:00-17:00']", f"{LINE}, within: 1h, during: c", ["same-hours"]),
        ("daily: ['09:00-17:00']", f"{LINE}, within: 1h, during: other", []),
        ("daily: ['09:00-17:00']", f"{LINE}, within: end of working day, during: c", []),  # it is that of this day
    ],
)
def test_hours_that_hardly_mean_what_is_meant(hours: str, rule: str, warned: list[str]) -> None:
    """Each is found where it is, and nothing near it."""
    more = f"calendars:\n  c: {{timezone: UTC, hours: {{{hours}}}}}"
    if "other" in rule:
        more += "\n  other: {timezone: UTC, hours: {daily: ['10:00-16:00']}}"
    per = "team" if "meeting" in rule else "site"
    assert found_in(f"per: {per}, calendar: c, {rule}", more=more) == warned


EARLY = 'early: {timezone: Europe/Warsaw, hours: {mon-fri: "00:00-11:00"}}'


@pytest.mark.parametrize(
    ("other", "warned"),
    [
        ('{timezone: Europe/Warsaw, hours: {mon-fri: "11:00-24:00", "sat,sun": "00:00-24:00"}}', False),
        ('{timezone: Europe/Warsaw, hours: {mon-fri: "10:00-24:00"}}', True),
        ('{timezone: Europe/Warsaw, hours: {mon-fri: "00:00-11:00"}, holidays: PL}', True),
        ('{timezone: Europe/Lisbon, hours: {mon-fri: "11:00-24:00"}}', True),  # an hour behind
        ("{timezone: Europe/Warsaw}", True),
    ],
)
@pytest.mark.parametrize(
    "rule",
    [
        "when: register.opened, expect: register.closed, within: LIMITm",
        "when: register.opened, at_most: LIMIT, within: 1d",
        "when: queue.length, measure: mean(waiting), over: 30m, must: <= LIMIT",
    ],
)
def test_hours_that_never_meet_have_no_moment_in_common(other: str, warned: bool, rule: str) -> None:
    """What only counts in other hours of the week is promised for another moment."""
    more = f"calendars:\n  {EARLY}\n  late: {other}"
    early, late = (
        f"per: site, {rule.replace('LIMIT', '30')}",
        f"per: site, {rule.replace('LIMIT', '60')}, aspect: quality",
    )
    assert found_in(f"{early}, during: early", f"{late}, during: late", more=more) == ["two-promises"] * warned
    assert found_in(f"{early}, during: late", f"{late}, during: early", more=more) == ["two-promises"] * warned
    assert found_in(f"{early}, during: early", late, more=more) == ["unused-calendar", "two-promises"]


@pytest.mark.parametrize(
    ("begins", "fix"),
    [("12:50", "write over: 50m or less, or over: shift without step"), ("12:15", "write over: shift without step")],
)
@pytest.mark.parametrize("key", ["calendar", "during"])
def test_a_window_that_does_not_look_back_fits_its_steps(begins: str, fix: str, key: str) -> None:
    """What is to be written is of several steps; where no such window is short enough, it is the shift."""
    more = f"calendars:\n  c: {{timezone: UTC, hours: {{daily: ['09:00-12:00', '{begins}-17:00']}}}}"
    rule = f"per: site, {key}: c, {MEAN}, over: 2h, step: 10m"
    text = f"kept: 1\n{more}\nstandards:\n  a: {{{TELL}, {rule}}}\n"
    (warning,) = (each for each in load([Source("a.yaml", text)]).warnings if each.id == "looks-back")
    whole = fix if key == "calendar" else fix.replace("over: shift", "calendar: c and over: shift")
    assert warning.fix.startswith(whole)


@pytest.mark.parametrize(
    ("rule", "warned"),
    [
        (f"{MEAN}, over: week", ["utc-days"]),
        (f"{MEAN}, over: 1d", ["utc-days"]),
        (f"{MEAN}, over: 30m, step: 10m", ["utc-days"]),
        (f"{MEAN}, over: 30m", []),
        (f"{MEAN}, over: 12h", ["utc-days"]),
        (f"{MEAN}, over: 50 events", []),
        (f"{MEAN}, over: week, calendar: town", []),
        (f"{MEAN}, over: week, during: town", []),
        ("expect: register.opened, every: month", ["utc-days"]),
        ("expect: register.opened, every: month, calendar: town", []),
        ("expect: register.opened, every: 7d", []),
    ],
)
def test_days_begin_where_a_calendar_says(rule: str, warned: list[str]) -> None:
    """Midnight is one of a place, and without a calendar it is that of Greenwich."""
    more = "calendars: {town: {timezone: Europe/Warsaw}}"
    found = found_in(f"per: site, {rule}", more=more)
    assert [each for each in found if each != "unused-calendar"] == warned


@pytest.mark.parametrize(
    ("measure", "beside", "warned"),
    [
        ("count(), must: '>= 3'", "", True),
        ("sum(waiting), must: '> 0'", "", True),
        ("count(), must: '<= 3'", "", False),
        ("mean(waiting), must: '>= 3'", "", False),  # of samples there are
        ("count(), must: '== 3'", "", True),
        ("count(), must: '>= 3'", "expect: queue.length, every: 7d, subjects: [{site: s1}]", False),
        ("count(), must: '>= 3'", "expect: queue.length, every: 7d", True),  # who was never heard of is not owed it
        ("count(), must: '>= 3'", "expect: register.opened, every: 7d", True),
    ],
)
def test_a_count_to_be_reached_has_something_beside_it(measure: str, beside: str, warned: bool) -> None:
    """A window without a sample is not judged, unless that one comes is owed by itself."""
    standards = [f"per: site, when: queue.length, over: 30m, measure: {measure}"]
    standards += [f"per: site, {beside}"] if beside else []
    assert ("empty-window" in found_in(*standards)) == warned


@pytest.mark.parametrize(
    ("scope", "subjects", "warned"),
    [
        ("{when: register.opened, until: register.closed}", "subjects: [{site: s1}], ", True),
        ("not shut", "subjects: [{site: s1}], ", False),
        ("shut", "subjects: [{site: s1}], ", True),
        ("{when: register.opened, until: register.closed}", "", False),
    ],
)
def test_who_is_owed_from_the_start_is_owed_by_then(scope: str, subjects: str, warned: bool) -> None:
    """What nobody has said is not so, and then a list of who is owed from the start owes nobody."""
    more = "states: {shut: {when: register.closed, until: register.opened}}"
    rule = f"per: site, expect: queue.length, {subjects}every: 8h, while: {scope}"
    assert ("not-yet-so" in found_in(rule, more=more)) == warned


@pytest.mark.parametrize(
    ("holidays", "later", "warned"),
    [
        (", holidays: ['2026-12-25']", "late", True),
        (", holidays: ['2026-12-25']", "not early", False),
        ("", "late", False),
        (", holidays: ['2026-12-25']", "noon", False),  # it leaves more than a holiday
        (", holidays: ['2026-12-25']", "whole", False),  # nothing is between the two
    ],
)
def test_two_standards_that_divide_the_week_leave_no_holiday(holidays: str, later: str, warned: bool) -> None:
    """What comes on a holiday of one of them, in its hours, would open neither."""
    more = f"""calendars:
  early: {{timezone: UTC, hours: {{daily: ['00:00-16:00']}}{holidays}}}
  late: {{timezone: UTC, hours: {{daily: ['16:00-24:00']}}}}
  noon: {{timezone: UTC, hours: {{daily: ['12:00-13:00']}}}}
  whole: {{timezone: UTC, hours: {{daily: ['00:00-24:00']}}}}"""
    rules = [
        f"per: site, {LINE}, within: {within}, during: {each}" for within, each in (("5m", "early"), ("9m", later))
    ]
    assert ("between-hours" in found_in(*rules, more=more)) == warned


def test_nothing_is_out_of_the_hours_of_what_never_closes() -> None:
    """`during: not` a calendar that is always open would owe nothing, ever."""
    rule = f"per: site, {LINE}, within: 5m, during: not town"
    text = f"kept: 1\ncalendars: {{town: {{timezone: UTC}}}}\nstandards:\n  a: {{{TELL}, {rule}}}\n"
    with pytest.raises(SpecError, match="town is always open"):
        load([Source("a.yaml", text)])


@pytest.mark.parametrize(
    ("rule", "warned"),
    [
        ("expect: register.opened, every: day, during: week", True),
        ("expect: register.opened, every: day, during: week, calendar: week", False),
        ("expect: register.opened, every: day, during: whole", False),
        ("expect: register.opened, every: shift, during: not week, calendar: week", True),
        (f"{MEAN}, over: shift, during: not week, calendar: week", True),
        (f"{MEAN}, over: day, during: not week, calendar: whole", False),
    ],
)
def test_what_is_owed_can_be_done_in_hours_that_count(rule: str, warned: bool) -> None:
    """A period or window in which nothing can count is found."""
    more = """calendars:
  week: {timezone: UTC, hours: {mon-fri: '08:00-16:00'}}
  whole: {timezone: UTC, hours: {daily: '08:00-20:00'}}"""
    assert ("never-counts" in found_in(f"per: site, {rule}", more=more)) == warned


@pytest.mark.parametrize(
    ("hours", "fix"),
    [
        ("'09:00-17:00'", "write every: shift, and it is due when each shift ends"),
        ("'09:00-12:00', '13:00-17:00'", "for once a day by closing"),
        ("'18:00-24:00', '09:00-12:00'", ""),  # it closes at midnight, whatever is written last
    ],
)
def test_a_day_is_due_by_closing_in_a_calendar_of_one_shift(hours: str, fix: str) -> None:
    """Where a day has two shifts, once in each is another promise, and the fix says so."""
    calendar = f"calendars: {{c: {{timezone: UTC, hours: {{daily: [{hours}]}}}}}}"
    rule = "per: team, expect: meeting.held, every: day, calendar: c"
    text = f"kept: 1\n{calendar}\nstandards:\n  a: {{{TELL}, {rule}}}\n"
    fixes = [each.fix for each in load([Source("a.yaml", text)]).warnings if each.id == "due-at-midnight"]
    assert [each.startswith(fix) for each in fixes] == [True] * bool(fix)


@pytest.mark.parametrize(
    ("every", "warn", "fits"),
    [
        ("shift", "7h", True),
        ("shift", "8h", False),
        ("day", "30h", False),
        ("month", "30d", True),
        ("week", "0s", False),
    ],
)
def test_a_warning_falls_into_its_period(every: str, warn: str, fits: bool) -> None:
    """One that would come with each opening, or not at all, is refused."""
    calendar = "calendars: {c: {timezone: UTC, hours: {mon-fri: '08:00-16:00'}}}"
    rule = f"per: team, expect: meeting.held, every: {every}, calendar: c, warn: {warn} before"
    source = Source("a.yaml", f"kept: 1\n{calendar}\nstandards:\n  a: {{{TELL}, {rule}}}\n")
    if fits:
        assert load([source]).standards
    else:
        with pytest.raises(SpecError, match="is not within the"):
            load([source])
