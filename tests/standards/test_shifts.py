"""Shifts as they are written, and days by the clock on the wall, also where the clocks change."""

from datetime import UTC, datetime

import pytest

from standards.calendar.hours import Hours, parse_week, zone
from standards.calendar.shifts import days_after, meet, overlaps, shift_at

WARSAW = zone("Europe/Warsaw")


def at(text: str) -> int:
    return int(datetime.fromisoformat(text).timestamp()) * 1_000_000


def told(instant: int) -> str:
    return datetime.fromtimestamp(instant // 1_000_000, UTC).astimezone(WARSAW).isoformat()


@pytest.mark.parametrize(
    ("since", "days", "until"),
    [
        ("2026-03-27T10:00:00+01:00", 2, "2026-03-29T10:00:00+02:00"),  # 47 hours
        ("2026-10-24T10:00:00+02:00", 1, "2026-10-25T10:00:00+01:00"),  # 25 hours
        ("2026-03-28T02:30:00+01:00", 1, "2026-03-29T03:00:00+02:00"),  # there is no half past two
        ("2026-10-24T02:30:00+02:00", 1, "2026-10-25T02:30:00+02:00"),  # there are two
        ("2026-10-25T02:30:00+01:00", 1, "2026-10-26T02:30:00+01:00"),
    ],
)
def test_a_day_later_is_the_same_time_by_the_wall(since: str, days: int, until: str) -> None:
    """A time that is jumped over is at the jump, and one that is shown twice is the first of the two."""
    assert told(days_after(at(since), days, WARSAW)) == until


@pytest.mark.parametrize(
    ("instant", "shift"),
    [
        ("2026-03-30T13:59:59+02:00", ("2026-03-30T06:00:00+02:00", "2026-03-30T14:00:00+02:00")),
        ("2026-03-30T14:00:00+02:00", ("2026-03-30T14:00:00+02:00", "2026-03-30T22:00:00+02:00")),
        ("2026-03-30T05:59:59+02:00", None),
        ("2026-03-30T22:00:00+02:00", None),
        ("2026-03-29T04:00:00+02:00", ("2026-03-28T22:00:00+01:00", "2026-03-29T06:00:00+02:00")),  # seven hours
        ("2026-04-05T04:00:00+02:00", None),  # the Saturday before it is a holiday
    ],
)
def test_an_instant_lies_in_the_shift_that_has_begun(instant: str, shift: tuple[str, str] | None) -> None:
    """Adjacent shifts are apart; a night is of the day on which it begins, a holiday too."""
    week = parse_week({"mon-fri": ["06:00-14:00", "14:00-22:00"], "sat": ["22:00-06:00"]})
    hours = Hours("Europe/Warsaw", week, lambda day: day.isoformat() == "2026-04-04")
    found = shift_at(hours, at(instant))
    assert (found and (told(found[0]), told(found[1]))) == shift


@pytest.mark.parametrize(
    ("week", "overlap"),
    [
        ({"daily": ["06:00-14:00", "14:00-22:00", "22:00-06:00"]}, False),
        ({"mon": ["06:00-14:00", "13:59-22:00"]}, True),
        ({"sun": ["22:00-06:00"], "mon": ["05:00-13:00"]}, True),
        ({"sun": ["22:00-06:00"], "mon": ["06:00-13:00"]}, False),
        ({}, False),
    ],
)
def test_shifts_of_a_week_overlap_or_not(week: dict[str, list[str]], *, overlap: bool) -> None:
    """Also over midnight, and from one week to the next."""
    assert overlaps(parse_week(week)) is overlap


@pytest.mark.parametrize(
    ("one", "other", "both"),
    [
        ({"mon-fri": ["00:00-11:00"]}, {"mon-fri": ["11:00-24:00"], "sat,sun": ["00:00-24:00"]}, False),
        ({"mon-fri": ["00:00-11:00"]}, {"fri": ["10:59-12:00"]}, True),
        ({"mon": ["08:00-16:00"]}, {"tue": ["08:00-16:00"]}, False),
        ({"mon": ["22:00-06:00"]}, {"tue": ["06:00-08:00"]}, False),
        ({"mon": ["22:00-06:00"]}, {"tue": ["05:00-08:00"]}, True),
        ({"sun": ["22:00-06:00"]}, {"mon": ["05:00-08:00"]}, True),
        ({"sun": ["22:00-06:00"]}, {"mon": ["06:00-08:00"]}, False),
        ({"daily": ["06:00-14:00"]}, {}, False),
    ],
)
def test_weeks_have_open_time_in_common_or_not(
    one: dict[str, list[str]], other: dict[str, list[str]], *, both: bool
) -> None:
    """Also over midnight, and from one week to the next; a shift does not hold its end."""
    assert meet(parse_week(one), parse_week(other)) is both
    assert meet(parse_week(other), parse_week(one)) is both
