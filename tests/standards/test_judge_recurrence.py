"""The recurrence shape, by hand: spans, open time, calendar periods across the clock change, and listed subjects."""

import json
from datetime import date, timedelta

import pytest

from standards.errors import SpecError
from tests.history import judge, judge_all, loaded, rules

OFFICE = """
calendars:
  office:
    timezone: Europe/Warsaw
    hours: {mon-fri: ["09:00-17:00"]}
  night:
    timezone: Europe/Warsaw
"""
PULSE = "per: team, expect: meeting.held, every: 10m"
HOUR = 3_600_000_000


def test_periods_follow_each_other_without_a_gap() -> None:
    """The first event opens and keeps; then each period starts where the last one ended."""
    history = """
        08:00 meeting.held
        08:12 meeting.held
        08:14 meeting.held          # this period is kept already
        08:30 nothing
    """
    assert judge(rules(pulse=PULSE), history) == [
        "08:00:00 opened north", "08:00:00 kept north",
        "08:10:00 opened north", "08:12:00 kept north",
        "08:20:00 opened north", "08:30:00 broken north", "08:30:00 opened north",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("held", "after"), [("08:20", ["08:20:00 kept", "08:20:00 opened"]),
                        ("08:20:00.000001", ["08:20:00 broken", "08:20:00 opened", "08:20:00.000001 kept"])]
)  # fmt: skip
def test_an_event_at_the_end_belongs_to_the_old_period(held: str, after: list[str]) -> None:
    """Exactly at the end it keeps the old period; a microsecond later it keeps the next."""
    told = judge(rules(pulse=PULSE), f"08:00 meeting.held\n{held} meeting.held")
    assert [line.removesuffix(" north") for line in told[3:]] == after


def test_the_first_event_opens_whatever_its_where() -> None:
    """A meeting of another kind names the team; it does not keep the promise."""
    weekly = "per: team, every: 10m, expect: {event: meeting.held, where: 'kind == \"weekly\"'}"
    history = "08:00 meeting.held kind=shift\n08:05 meeting.held kind=weekly\n08:06 nothing"
    assert judge(rules(weekly=weekly), history) == ["08:00:00 opened north", "08:05:00 kept north"]


def test_listed_subjects_are_owed_from_the_start() -> None:
    """A team that never met is owed from the first event of the input; a team that is not listed is owed nothing."""
    listed = "per: team, expect: meeting.held, every: 10m, subjects: [{team: north}, {team: south}]"
    history = "08:00 nothing\n08:01 meeting.held team=east\n08:05 meeting.held team=south\n08:10 nothing"
    assert sorted(judge(rules(listed=listed), history)) == [
        "08:00:00 opened north", "08:00:00 opened south", "08:05:00 kept south",
        "08:10:00 broken north", "08:10:00 opened north", "08:10:00 opened south",
    ]  # fmt: skip


def test_a_listed_subject_is_kept_from_the_opening_instant() -> None:
    """An event at the very start counts for the first period."""
    listed = "per: team, expect: meeting.held, every: 10m, subjects: [{team: north}]"
    assert judge(rules(listed=listed), "08:00 meeting.held")[:2] == ["08:00:00 opened north", "08:00:00 kept north"]


def test_a_calendar_makes_the_span_open_time() -> None:
    """Eight open hours from Friday noon end on Monday noon."""
    daily = "per: team, expect: meeting.held, every: 8h, calendar: office"
    history = "2026-03-06T12:00:00+01:00 meeting.held\n2026-03-09T20:00:00+01:00 nothing"
    told = judge(rules(OFFICE, daily=daily), history)
    assert told[2] == "2026-03-09 11:00:00 opened north"  # noon in Warsaw


@pytest.mark.parametrize(
    ("every", "held", "due"),
    [
        ("day", "2026-03-02T12:00:00+01:00", "23:00:00"),
        ("day", "2026-03-29T00:00:00+01:00", "2026-03-29 22:00:00"),  # 23 hours: the clock goes forward
        ("day", "2026-10-25T00:00:00+02:00", "2026-10-25 23:00:00"),  # 25 hours: the clock goes back
        ("week", "2026-03-27T12:00:00+01:00", "2026-03-29 22:00:00"),  # Monday, in summer time by then
        ("week", "2026-03-23T00:00:00+01:00", "2026-03-29 22:00:00"),  # Monday midnight begins a week
        ("month", "2026-03-31T23:59:59+02:00", "2026-03-31 22:00:00"),
        ("month", "2026-12-31T12:00:00+01:00", "2026-12-31 23:00:00"),
    ],
)
def test_calendar_periods_end_at_local_bounds(every: str, held: str, due: str) -> None:
    """Day, week and month end at the next local midnight, Monday, first of the month, on both clock changes too."""
    standard = f"per: team, expect: meeting.held, every: {every}, calendar: night"
    first = judge_all(rules(OFFICE, meet=standard), f"{held} meeting.held").transitions[0]
    told = judge(rules(OFFICE, meet=standard), f"{held} meeting.held\n2027-03-01T00:00:00Z nothing")
    assert told[2] == f"{due} opened north"
    assert first.due - first.at <= 31 * 24 * HOUR


def test_a_week_without_a_meeting_is_broken_at_its_end() -> None:
    """The periods of a silent year are broken one by one, at 52 Mondays."""
    weekly = "per: team, expect: meeting.held, every: week, calendar: night"
    told = judge(
        rules(OFFICE, meet=weekly), "2026-01-05T00:00:00+01:00 meeting.held\n2027-01-04T00:00:00+01:00 nothing"
    )
    broken = [line for line in told if "broken" in line]
    assert len(broken) == 51
    assert {line.split()[-3] for line in broken if " 2026-0" in f" {line}"} == {"23:00:00", "22:00:00"}


def test_a_recurrence_warns_before_its_end() -> None:
    """The ladder counts from the start of each period, and a kept one is not warned of."""
    history = "08:00 meeting.held\n08:20 nothing"
    told = judge(rules(pulse=f"{PULSE}, warn: 2m before"), history)
    assert told == [
        "08:00:00 opened north", "08:00:00 kept north",
        "08:10:00 opened north", "08:18:00 warned north", "08:20:00 broken north", "08:20:00 opened north",
    ]  # fmt: skip


def test_a_day_without_open_time_owes_nothing() -> None:
    """Friday's briefing is followed by Monday's; what happens while the office is closed keeps nothing."""
    daily = "per: team, expect: meeting.held, every: day, calendar: office"
    history = """
        2026-03-06T10:00:00+01:00 meeting.held
        2026-03-07T10:00:00+01:00 meeting.held
        2026-03-10T01:00:00+01:00 nothing
    """
    assert judge(rules(OFFICE, daily=daily), history) == [
        "2026-03-06 09:00:00 opened north", "2026-03-06 09:00:00 kept north",
        "2026-03-08 23:00:00 opened north", "2026-03-09 23:00:00 broken north", "2026-03-09 23:00:00 opened north",
    ]  # fmt: skip


def test_who_is_first_named_out_of_hours_is_owed_from_the_next_period_on() -> None:
    """The evening's rest of a day has no open time; what happens exactly at the end of the gap still belongs to it."""
    daily = "per: team, expect: meeting.held, every: day, calendar: office"
    history = """
        2026-03-06T18:00:00+01:00 meeting.held
        2026-03-09T00:00:00+01:00 meeting.held
        2026-03-09T12:00:00+01:00 meeting.held
    """
    assert judge(rules(OFFICE, daily=daily), history) == [
        "2026-03-08 23:00:00 opened north", "2026-03-09 11:00:00 kept north",
    ]  # fmt: skip


def test_two_weeks_are_two_weeks_with_a_calendar_too() -> None:
    """To the same time by the clock on the wall, though the clocks change and a week has forty open hours."""
    fortnightly = "per: team, expect: meeting.held, every: 2w, calendar: office, warn: 1d before"
    history = "2026-03-20T10:00:00+01:00 meeting.held\n2026-04-17T10:00:01+02:00 nothing"
    assert judge(rules(OFFICE, meet=fortnightly), history) == [
        "2026-03-20 09:00:00 opened north", "2026-03-20 09:00:00 kept north",
        "2026-04-03 08:00:00 opened north", "2026-04-16 08:00:00 warned north",
        "2026-04-17 08:00:00 broken north", "2026-04-17 08:00:00 opened north",
    ]  # fmt: skip


def test_days_of_a_team_that_works_mondays_go_by_without_a_promise() -> None:
    """Two days from Monday to Wednesday; the two from Wednesday on and those from Friday on have no open time."""
    mondays = 'calendars:\n  mondays: {timezone: Europe/Warsaw, hours: {mon: ["09:00-17:00"]}}'
    every = "per: team, expect: meeting.held, every: 2d, calendar: mondays"
    history = "2026-03-02T08:00:00+01:00 meeting.held\n2026-03-12T08:00:00+01:00 nothing"
    assert judge(rules(mondays, meet=every), history) == [
        "07:00:00 opened north", "07:00:00 kept north",
        "2026-03-08 07:00:00 opened north", "2026-03-10 07:00:00 broken north",
    ]  # fmt: skip


def test_a_calendar_that_closes_for_good_owes_nothing_for_good() -> None:
    """It is looked again after more than a year, and nothing is owed then either."""
    gone = ", ".join(f'"{day}"' for year in (2026, 2027, 2028) for day in all_days(year) if day >= "2026-03-03")
    closed = f'calendars:\n  it: {{timezone: UTC, hours: {{daily: ["09:00-17:00"]}}, holidays: [{gone}]}}'
    every = "per: team, expect: meeting.held, every: day, calendar: it"
    told = judge(rules(closed, meet=every), "2026-03-02T08:00:00Z meeting.held\n2028-12-31T08:00:00Z nothing")
    assert told == ["08:00:00 opened north", "08:00:00 kept north"]


def all_days(year: int) -> list[str]:
    first = date(year, 1, 1)
    return [day.isoformat() for number in range(366) if (day := first + timedelta(days=number)).year == year]


@pytest.mark.parametrize("every", ["day", "2w"])
def test_a_period_that_an_older_kept_opened_ends_by_the_rule_it_was_opened_under(every: str) -> None:
    """Its excerpt says nothing of an edition: a day out of hours is owed, and two weeks are 336 open hours."""
    text = rules(OFFICE, meet=f"per: team, expect: meeting.held, every: {every}, calendar: office")
    today = loaded(text).excerpt("meet")
    assert json.loads(today)["standards"]["meet"].pop("edition") == 2
    older = today.replace('"edition":2,', "")
    history = "2026-03-06T18:00:00+01:00 meeting.held team=north\n2026-05-08T18:00:00+02:00 nothing"
    told = judge(older, history)
    ends = {"day": "2026-03-06 23:00:00 opened north", "2w": "2026-05-05 15:00:00 opened north"}
    assert told[0] == "2026-03-06 17:00:00 opened north"
    assert next(line for line in told[2:] if "opened" in line) == ends[every]


def test_what_a_calendar_does_not_change_keeps_its_revision() -> None:
    """Hours and minutes count open time as they did, and without a calendar a day is as long as ever."""
    for keys in ("every: 8h, calendar: office", "every: 2w", "every: week", "every: week, calendar: night"):
        excerpt = loaded(rules(OFFICE, meet=f"per: team, expect: meeting.held, {keys}")).excerpt("meet")
        assert "edition" not in excerpt
    with pytest.raises(SpecError) as caught:
        loaded(rules(meet="per: team, expect: meeting.held, every: 1d, edition: 2"))
    assert [finding.id for finding in caught.value.findings] == ["misplaced-key"]
