"""Working days: by hand, and held against a slow reckoning that looks at the clock once a minute."""

import json
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from standards.calendar.holiday import by_dates
from standards.calendar.hours import Hours, parse_week
from standards.calendar.working_days import WorkingDays, add, due, parse
from standards.judge.events import microseconds, moment
from tests.oracle.scales import CALENDARS, WEEKENDS
from tests.oracle.working_days import deadline

WARSAW = ZoneInfo("Europe/Warsaw")
DESK = {"mon-fri": ["08:00-18:00"]}
SHORT_SATURDAY = {"mon-fri": ["08:00-12:00", "12:30-18:00"], "sat": ["10:00-14:00"]}
NIGHTS = {"mon-fri": ["22:00-06:00"]}
FORMS = ("1 working day", "2 working days", "end of working day", "end of next working day", "end of 2 working days")
DAY = 86_400_000_000


def hours(week: dict[str, list[str]], *holidays: str) -> Hours:
    return Hours("Europe/Warsaw", parse_week(week), by_dates(holidays))


def ends(when: Hours, at: str, text: str) -> str:
    amount = parse(text)
    assert amount is not None
    found = add(when, microseconds(datetime.fromisoformat(at).replace(tzinfo=WARSAW)), amount)
    return moment(found).astimezone(WARSAW).strftime("%a %d %H:%M:%S")


@pytest.mark.parametrize(
    ("at", "text", "end"),
    [
        ("2026-03-06 16:00", "1 working day", "Mon 09 16:00:00"),
        ("2026-03-07 08:05", "1 working day", "Tue 10 08:00:00"),
        ("2026-03-06 16:00:01.5", "3 working days", "Wed 11 16:00:01"),
        ("2026-03-06 18:00", "1 working day", "Tue 10 08:00:00"),
        ("2026-03-07 08:05", "end of next working day", "Mon 09 18:00:00"),
        ("2026-03-06 19:00", "end of next working day", "Mon 09 18:00:00"),
        ("2026-03-09 07:00", "end of next working day", "Tue 10 18:00:00"),
        ("2026-03-09 07:00", "end of working day", "Mon 09 18:00:00"),
        ("2026-03-06 19:00", "end of working day", "Mon 09 18:00:00"),
        ("2026-03-06 17:59", "end of working day", "Fri 06 18:00:00"),
        ("2026-03-06 17:59", "end of 3 working days", "Wed 11 18:00:00"),
    ],
)
def test_a_week_of_the_desk(at: str, text: str, end: str) -> None:
    """The same clock time on a later working day, from the next opening where it is closed; or that day's end."""
    assert ends(hours(DESK), at, text) == end


@pytest.mark.parametrize(
    ("at", "text", "end"),
    [
        ("2026-03-06 09:00", "1 working day", "Sat 07 10:00:00"),
        ("2026-03-06 16:00", "1 working day", "Sat 07 14:00:00"),
        ("2026-03-07 12:15", "1 working day", "Mon 09 12:30:00"),
        ("2026-03-07 13:00", "end of 1 working day", "Mon 09 18:00:00"),
    ],
)
def test_a_time_outside_that_days_hours_is_the_next_opening_or_the_end(at: str, text: str, end: str) -> None:
    """Before it opens, or at lunch: when it opens again. After it has closed: its closing."""
    assert ends(hours(SHORT_SATURDAY), at, text) == end


@pytest.mark.parametrize(
    ("at", "text", "end"),
    [
        ("2026-03-03 02:00", "1 working day", "Wed 04 02:00:00"),
        ("2026-03-03 02:00", "end of working day", "Tue 03 06:00:00"),
        ("2026-03-03 02:00", "end of next working day", "Wed 04 06:00:00"),
        ("2026-03-07 02:00", "1 working day", "Tue 10 02:00:00"),
        ("2026-03-07 06:00", "1 working day", "Tue 10 22:00:00"),
    ],
)
def test_a_night_belongs_to_the_day_on_which_it_begins(at: str, text: str, end: str) -> None:
    """Two in the morning on Saturday is still Friday's working day."""
    assert ends(hours(NIGHTS), at, text) == end


def test_a_holiday_is_no_working_day() -> None:
    """Nor is a day whose only shift falls into a gap of the clock."""
    assert ends(hours(DESK, "2026-03-09"), "2026-03-06 16:00", "1 working day") == "Tue 10 16:00:00"
    assert ends(hours({"mon-sun": ["02:00-03:00"]}), "2026-03-28 02:30", "1 working day") == "Mon 30 02:30:00"


def test_the_clock_change_does_not_move_the_time_of_day() -> None:
    """Friday at 16:00 and Monday at 16:00 are 71 hours apart when the clock goes forward."""
    assert ends(hours(DESK), "2026-03-27 16:00", "1 working day") == "Mon 30 16:00:00"


def test_a_calendar_that_never_opens_stops_nobody() -> None:
    """What has no end raises, and for the judge is twenty years away."""
    closed = Hours("UTC", ((),) * 7, by_dates(()))
    with pytest.raises(ValueError, match="no opening"):
        add(closed, 0, WorkingDays(1))
    assert due(closed, 0, WorkingDays(1)) == 20 * 366 * DAY
    assert due(hours(DESK), 0, WorkingDays(9999)) == 20 * 366 * DAY


@pytest.mark.parametrize("text", [*FORMS, "end of 1 working day", "12 working days"])
def test_what_is_read_is_written_again(text: str) -> None:
    """Each form means what it says when it is written down and read again."""
    found = parse(text)
    assert found is not None
    assert parse(str(found)) == found


NEARLY = ("3 workdays", "2 business days", "end of day", "end of the working day", "working day")


@pytest.mark.parametrize("text", NEARLY)
def test_what_is_nearly_one_says_how_it_is_written(text: str) -> None:
    """Other words for the same are refused, with those that are understood."""
    with pytest.raises(ValueError, match="write 3 working days"):
        parse(text)


APART = [rules for rules in CALENDARS if rules["timezone"] == "Europe/Warsaw"]
"""Calendars of which no moment belongs to the shifts of two days: of those the slow reckoning knows nothing."""


@settings(max_examples=60, derandomize=True)
@given(st.sampled_from(APART), st.sampled_from(WEEKENDS), st.sampled_from(FORMS), st.data())
def test_the_fast_reckoning_is_the_slow_one(rules: Any, start: int, text: str, data: st.DataObject) -> None:  # noqa: ANN401 - a calendar
    """Whatever the calendar, the weekend on which the clocks change, and the second: both give one instant."""
    minute, rest = data.draw(st.integers(0, 5 * 24 * 60)), data.draw(st.sampled_from((0, 0, 1, 30_000_000, 59_999_999)))
    at = start + minute * 60_000_000 + rest
    week = parse_week(rules.get("hours", {"daily": ["00:00-24:00"]}))
    fast = Hours(rules["timezone"], week, by_dates(rules.get("holidays", ())))
    amount = parse(text)
    assert amount is not None
    found = add(fast, at, amount)
    assert found == deadline(json.dumps(rules, sort_keys=True), at, text, at + 15 * DAY)
    assert found >= at
