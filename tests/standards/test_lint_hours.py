"""Checks of opening hours: what a calendar makes of days, last minutes, nights, and of itself beside another."""

import pytest

from standards.compiler.spec import Source, load
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
