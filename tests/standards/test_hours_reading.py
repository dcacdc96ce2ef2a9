"""Hours are read as authors write them, and local days, weeks, months and windows have their bounds at midnight."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from standards.calendar.duration import DAY, HOUR, MINUTE, SECOND
from standards.calendar.hours import (
    WEEKDAYS,
    Shift,
    parse_shifts,
    parse_week,
    zone,
)
from standards.calendar.local_time import Period, end_of_period, window_of

WARSAW = ZoneInfo("Europe/Warsaw")
ZONES = ["Europe/Warsaw", "America/New_York", "Australia/Lord_Howe", "Asia/Jerusalem", "America/Havana", "Pacific/Apia"]
MORNING = Shift(8 * 60, 12 * 60)

zones = st.sampled_from(ZONES).map(ZoneInfo)
instants = st.datetimes(datetime(2005, 1, 1), datetime(2035, 1, 1), timezones=st.just(UTC)).map(  # noqa: DTZ001 - the zone is beside it
    lambda moment: (moment - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(microseconds=1)
)
lengths = st.one_of(st.integers(MINUTE, DAY), st.integers(1, 60).map(lambda days: days * DAY))


def at(text: str, fold: int = 0) -> int:
    return int(datetime.fromisoformat(text).replace(tzinfo=WARSAW, fold=fold).timestamp()) * SECOND


@pytest.mark.parametrize(
    ("text", "shift"),
    [
        ("08:00-16:30", Shift(480, 990)),
        ("8:00-16:30", Shift(480, 990)),
        ("22:00-06:00", Shift(1320, 1800)),
        ("22:00-00:00", Shift(1320, 1440)),
        ("00:00-24:00", Shift(0, 1440)),
    ],
)
def test_a_shift_is_read(text: str, shift: Shift) -> None:
    """A shift has minutes from its first midnight, and one that ends earlier than it begins ends a day later."""
    assert parse_shifts(text) == shift


@pytest.mark.parametrize(
    ("text", "advice"),
    [
        ("8-16", "write 08:00-16:00"),
        ("08:60-16:00", "like 08:00-16:00"),
        ("24:00-06:00", "00:00 to 23:59, and 24:00 as an end"),
        ("08:00-24:01", "00:00 to 23:59, and 24:00 as an end"),
        ("08:00-08:00", "for the whole day write 00:00-24:00"),
    ],
)
def test_what_is_no_shift_is_refused_with_advice(text: str, advice: str) -> None:
    """Times that no day has, and shifts of no length, are not guessed at."""
    with pytest.raises(ValueError, match=advice):
        parse_shifts(text)


@pytest.mark.parametrize(
    ("key", "days"),
    [
        ("mon", "mon"),
        ("mon-fri", "mon tue wed thu fri"),
        ("sat-mon", "mon sat sun"),
        ("mon,wed,fri", "mon wed fri"),
        ("mon-tue, sun", "mon tue sun"),
        ("daily", "mon tue wed thu fri sat sun"),
    ],
)
def test_a_key_names_days(key: str, days: str) -> None:
    """The days that a key names have its shifts, and the others are closed."""
    week = parse_week({key: ["08:00-12:00"]})
    assert week == tuple((MORNING,) if day in days.split() else () for day in WEEKDAYS)


def test_a_week_is_put_together() -> None:
    """Each day has the shifts of the key that names it, split ones too, and may be closed in so many words."""
    week = parse_week({"mon-fri": ["08:00-12:00"], "sat": ["08:00-12:00", "13:00-14:00"], "sun": []})
    assert week == (*[(MORNING,)] * 5, (MORNING, Shift(780, 840)), ())


@pytest.mark.parametrize(
    ("keys", "advice"),
    [
        (["mon-fri", "fri"], "fri is named twice, in 'mon-fri' and 'fri'"),
        (["mon,mon"], "mon is named twice"),
        (["daily", "sun"], "sun is named twice"),
        (["Mon"], "write mon"),
        (["thurs"], "write thu"),
        (["mon-"], "'' in 'mon-' is not a day of the week"),
        (["weekdays"], "mon, tue, wed, thu, fri, sat, sun"),
    ],
)
def test_a_week_that_is_unclear_is_refused_with_advice(keys: list[str], advice: str) -> None:
    """A day named twice or not known at all is an error that says which."""
    with pytest.raises(ValueError, match=advice):
        parse_week({key: ["08:00-12:00"] for key in keys})


@pytest.mark.parametrize(
    ("name", "advice"),
    [
        ("Europe/Warszawa", "did you mean 'Europe/Warsaw'"),
        ("europe/warsaw", "did you mean 'Europe/Warsaw'"),
        ("Europe", "did you mean 'Europe/"),
        ("../Warsaw", "is not a known time zone"),
        ("", "an IANA name"),
        ("\0", "an IANA name"),
    ],
)
def test_an_unknown_zone_is_refused_with_advice(name: str, advice: str) -> None:
    """A name that hits nothing, a folder or something outside the zones is one and the same mistake."""
    with pytest.raises(ValueError, match=advice):
        zone(name)


@pytest.mark.parametrize(
    ("moment", "period", "end"),
    [
        ("2026-06-03 12:00", "day", "2026-06-04 00:00"),
        ("2026-06-03 12:00", "week", "2026-06-08 00:00"),
        ("2026-06-03 12:00", "month", "2026-07-01 00:00"),
        ("2026-06-08 00:00", "week", "2026-06-15 00:00"),
        ("2026-12-31 23:59", "month", "2027-01-01 00:00"),
        ("2026-01-31 00:00", "month", "2026-02-01 00:00"),
        ("2026-03-29 00:00", "day", "2026-03-30 00:00"),
    ],
)
def test_a_period_ends_at_the_next_bound(moment: str, period: Period, end: str) -> None:
    """The end is the first midnight of a new day, Monday or month after the moment, never the moment itself."""
    assert end_of_period(at(moment), period, WARSAW) == at(end)


@given(instants, zones)
def test_a_local_day_holds_its_moments(moment: int, zone: ZoneInfo) -> None:
    """Every moment lies in exactly one day, from its midnight to the next, however long that day is."""
    start, end = window_of(moment, DAY, zone)[0], end_of_period(moment, "day", zone)
    assert start <= moment < end
    assert window_of(end - 1, DAY, zone)[0] == start
    assert window_of(end, DAY, zone)[0] == end
    assert end - start in (23 * HOUR, 23.5 * HOUR, 24 * HOUR, 24.5 * HOUR, 25 * HOUR)


def test_a_day_that_has_begun_does_not_end_again() -> None:
    """Where the clock goes back over midnight, what it shows again of the old day belongs to the new one."""
    newfoundland = ZoneInfo("America/St_Johns")  # at 00:01 back to 23:01 of the day before
    again = int(datetime(2010, 11, 6, 23, 30, tzinfo=newfoundland, fold=1).timestamp()) * SECOND
    midnight = int(datetime(2010, 11, 7, tzinfo=newfoundland).timestamp()) * SECOND
    assert window_of(again, DAY, newfoundland)[0] == midnight < again
    assert end_of_period(again, "day", newfoundland) == midnight + 25 * HOUR


@given(instants, lengths, zones)
def test_windows_lie_side_by_side(moment: int, length: int, zone: ZoneInfo) -> None:
    """A moment is in its window, its window's moments agree on it, and the next one begins where it ends."""
    start, end = window_of(moment, length, zone)
    assert start <= moment < end
    assert window_of(start, length, zone) == window_of(end - 1, length, zone) == (start, end)
    assert window_of(end, length, zone)[0] == end


@given(instants, st.integers(MINUTE, DAY - 1), zones)
def test_short_windows_stay_in_their_day(moment: int, length: int, zone: ZoneInfo) -> None:
    """No window below a day is longer than asked for or goes over midnight."""
    start, end = window_of(moment, length, zone)
    assert end - start <= length
    assert window_of(end - 1, DAY, zone)[0] == window_of(start, DAY, zone)[0]


@pytest.mark.parametrize(
    ("moment", "length", "start", "end"),
    [
        ("2026-06-03 12:40", 30 * MINUTE, "2026-06-03 12:30", "2026-06-03 13:00"),
        ("2026-06-03 23:00", 5 * HOUR, "2026-06-03 20:00", "2026-06-04 00:00"),
        ("2026-10-25 12:00", DAY, "2026-10-25 00:00", "2026-10-26 00:00"),
        ("1970-01-09 00:00", 7 * DAY, "1970-01-08 00:00", "1970-01-15 00:00"),
        ("1969-12-31 12:00", 7 * DAY, "1969-12-25 00:00", "1970-01-01 00:00"),
    ],
)
def test_a_window_has_its_place(moment: str, length: int, start: str, end: str) -> None:
    """Windows below a day begin at midnight, windows of whole days on 1 January 1970."""
    assert window_of(at(moment), length, WARSAW) == (at(start), at(end))


@pytest.mark.parametrize("length", [0, -HOUR, DAY + 1, 36 * HOUR])
def test_a_window_that_fits_no_day_is_refused(length: int) -> None:
    """A length that is neither within a day nor of whole days has no bounds."""
    with pytest.raises(ValueError, match="take up to a day, or whole days"):
        window_of(0, length, WARSAW)
