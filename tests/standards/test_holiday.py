"""Closed days come from a country, a list or a calendar file, and what cannot be read is refused with advice."""

import subprocess
import sys
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from standards.calendar.holiday import by_country, by_dates, by_ics


def ics(*lines: str) -> str:
    """Build a calendar of one event, as calendar programs write it."""
    content = [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "BEGIN:VEVENT",
        "SUMMARY:Closed",
        *lines,
        "END:VEVENT",
        "END:VCALENDAR",
    ]
    return "".join(f"{line}\r\n" for line in content)


def test_a_country_has_its_public_holidays() -> None:
    """Constitution Day is a holiday in Poland in every year asked for, in any order; the day before it is none."""
    closed = by_country("PL")
    assert [closed(date(year, 5, 3)) for year in (2030, 2024, 2026)] == [True, True, True]
    assert not closed(date(2026, 5, 2))


def test_a_part_of_a_country_adds_its_own() -> None:
    """Cesar Chavez Day is a holiday in California, not in all of the United States."""
    assert by_country("US-CA")(date(2026, 3, 31))
    assert not by_country("US")(date(2026, 3, 31))


@pytest.mark.parametrize(
    ("code", "advice"),
    [
        ("pl", "did you mean 'PL'"),
        ("POL", "did you mean 'PL'"),
        ("", "ISO 3166"),
        ("US-ca", "did you mean 'US-CA'"),
        ("US-", "did you mean 'US-"),
        ("PL-??", "did you mean 'PL-"),
        ("AQ-CA", "leave 'AQ' alone"),
    ],
)
def test_an_unknown_place_is_refused_with_advice(code: str, advice: str) -> None:
    """A code without known holidays says which one was probably meant."""
    with pytest.raises(ValueError, match=advice):
        by_country(code)


def test_the_library_is_loaded_only_for_countries() -> None:
    """A program that names no country does not pay for loading every country's holidays."""
    program = "import sys; from standards.calendar.holiday import by_dates; by_dates(['2026-12-25'])"
    program += "; sys.exit('holidays' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0


@given(st.sets(st.dates()), st.dates())
def test_a_list_closes_its_dates_and_no_others(dates: set[date], other: date) -> None:
    """A day is closed exactly when the list names it."""
    closed = by_dates([day.isoformat() for day in dates])
    assert all(map(closed, dates))
    assert closed(other) == (other in dates)


@pytest.mark.parametrize(
    ("text", "fix"),
    [
        ("20261225", "write 2026-12-25$"),
        ("25.12.2026", "write 2026-12-25$"),
        ("2026/12/25", "write 2026-12-25$"),
        *((text, "year, month and day like 2026-12-25$") for text in ("2026-13-01", "2026-02-29", "2026-W01-1", "")),
        ("03/04/2026", "year, month and day like 2026-12-25$"),
    ],
)
def test_a_date_that_is_none_is_refused(text: str, fix: str) -> None:
    """Only year, month and day of a real day are taken; one that can be meant in one way only is written out."""
    with pytest.raises(ValueError, match=fix):
        by_dates([text])


def test_the_end_of_an_event_is_open() -> None:
    """The day of DTEND is the first open one again, and lines that were folded are read whole."""
    closed = by_ics(ics("DTSTART;VALUE=DATE:2026\r\n 1224", "DTEND;VALUE=DATE:20261227"))
    days = [date(2026, 12, 23) + timedelta(days=step) for step in range(5)]
    assert [closed(day) for day in days] == [False, True, True, True, False]


@pytest.mark.parametrize(("lines", "days"), [((), 1), (("DURATION:P3D",), 3), (("DURATION:P1W",), 7)])
def test_an_event_without_end_lasts_its_duration(lines: tuple[str, ...], days: int) -> None:
    """A whole-day event lasts one day unless it says otherwise."""
    closed = by_ics(ics("DTSTART;VALUE=DATE:20260101", *lines))
    assert [closed(date(2026, 1, 1) + timedelta(days=step)) for step in range(8)].count(True) == days
    assert closed(date(2026, 1, 1))


@pytest.mark.parametrize(
    ("rule", "years"),
    [
        ("FREQ=YEARLY", [2024, 2025, 2026, 2027, 2028, 2029, 2030]),
        ("FREQ=YEARLY;INTERVAL=2", [2024, 2026, 2028, 2030]),
        ("FREQ=YEARLY;COUNT=3", [2024, 2025, 2026]),
        ("FREQ=YEARLY;UNTIL=20261225", [2024, 2025, 2026]),
        ("FREQ=YEARLY;UNTIL=20261224T230000Z", [2024, 2025]),
        ("FREQ=YEARLY;BYMONTH=12;BYMONTHDAY=25;WKST=MO;INTERVAL=3;COUNT=2", [2024, 2027]),
    ],
)
def test_a_yearly_event_comes_again(rule: str, years: list[int]) -> None:
    """A rule closes the day in its years and in no other."""
    closed = by_ics(ics("DTSTART;VALUE=DATE:20241225", f"RRULE:{rule}"))
    assert [year for year in range(2020, 2031) if closed(date(year, 12, 25))] == years


def test_a_leap_day_comes_in_leap_years() -> None:
    """29 February is skipped, not moved, and only the years that have it are counted."""
    closed = by_ics(ics("DTSTART;VALUE=DATE:20240229", "RRULE:FREQ=YEARLY;COUNT=2"))
    assert [closed(date(year, 2, 29)) for year in (2024, 2028, 2032)] == [True, True, False]
    assert not closed(date(2025, 2, 28))
    assert not closed(date(2025, 3, 1))


def test_a_yearly_event_goes_on_over_the_year_end() -> None:
    """Days after New Year belong to the closure that began before it."""
    closed = by_ics(ics("DTSTART;VALUE=DATE:20241231", "DTEND;VALUE=DATE:20250103", "RRULE:FREQ=YEARLY"))
    assert [closed(day) for day in (date(2024, 1, 1), date(2025, 1, 2), date(2026, 1, 2))] == [False, True, True]
    assert not closed(date(2026, 1, 3))


def test_only_what_holds_is_closed() -> None:
    """A cancelled event closes nothing, and neither does the clock-change rule of a time zone or an alarm."""
    zone = "BEGIN:VTIMEZONE\nBEGIN:STANDARD\nDTSTART:19961027T030000\nRRULE:FREQ=DAILY\nEND:STANDARD\nEND:VTIMEZONE\n"
    alarm = ("BEGIN:VALARM", "DURATION:PT15M", "END:VALARM")
    kept = zone + ics("DTSTART;VALUE=DATE:20260106", *alarm)
    closed = by_ics(kept + ics("DTSTART;VALUE=DATE:20260107", "STATUS:CANCELLED"))
    assert [closed(date(2026, 1, day)) for day in (6, 7)] == [True, False]


@pytest.mark.parametrize(
    ("lines", "advice"),
    [
        (("DTSTART:20261224T080000",), "line 5: the event 'Closed' has a time of day"),
        (("DTSTART;VALUE=DATE:20261324",), "line 5: .* is not a valid date"),
        (("STATUS:CONFIRMED",), "line 3: the event 'Closed' has no DTSTART"),
        (("DTSTART;VALUE=DATE:20261224", "DTEND;VALUE=DATE:20261224"), "DTEND is the day after the last"),
        (("DTSTART;VALUE=DATE:20261224", "DTEND;VALUE=DATE:20280101"), "1 to 366 days"),
        (("DTSTART;VALUE=DATE:20261224", "DURATION:PT8H"), "whole days or weeks"),
        (("DTSTART;VALUE=DATE:20261224", "RRULE:FREQ=MONTHLY"), "line 6: .* not read here"),
        (("DTSTART;VALUE=DATE:20261224", "RRULE:FREQ=YEARLY;BYDAY=4TH"), "not read here"),
        (("DTSTART;VALUE=DATE:20261224", "RRULE:FREQ=YEARLY;BYMONTH=11"), "not read here"),
        (("DTSTART;VALUE=DATE:20261224", "RRULE:FREQ=YEARLY;COUNT=0"), "not read here"),
        (("DTSTART;VALUE=DATE:20261224", "RRULE:FREQ=YEARLY;INTERVAL=0"), "not read here"),
        (("DTSTART;VALUE=DATE:20261224", "RRULE:FREQ=YEARLY;COUNT=2;UNTIL=20300101"), "not read here"),
        (("DTSTART;VALUE=DATE:20261224", "RRULE:FREQ=YEARLY;UNTIL=soon"), "'SOON' in RRULE"),
        (("DTSTART;VALUE=DATE:20261224", "EXDATE;VALUE=DATE:20261224"), "write each date as an event"),
        (("DTSTART;VALUE=DATE:20261224", "BEGIN:VALARM"), "cut short by END:VEVENT on line 7"),
    ],
)
def test_an_event_that_is_no_holiday_is_refused(lines: tuple[str, ...], advice: str) -> None:
    """Nothing is read as closed, or left out, by guessing: the refusal names the line and the way out."""
    with pytest.raises(ValueError, match=advice):
        by_ics(ics(*lines))


@pytest.mark.parametrize(
    ("text", "advice"),
    [
        ("", "no event was found"),
        ("<html>", "no event was found"),
        ("BEGIN:VEVENT\nDTSTART:20260101", "line 1: .* add END:VEVENT"),
        (" " * 1_000_001, "1,000,000 are read at most"),
        ("BEGIN:VEVENT\nDTSTART:20260101\nEND:VEVENT\n" * 10_001, "over 10,000 events"),
    ],
)
def test_a_text_that_is_no_sensible_calendar_is_refused(text: str, advice: str) -> None:
    """An empty, a foreign or an endless text is refused as a whole."""
    with pytest.raises(ValueError, match=advice):
        by_ics(text)
