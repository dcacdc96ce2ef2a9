"""Business time adds up, on ordinary days and on those on which the clock changes."""

from dataclasses import FrozenInstanceError
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from standards.calendar.duration import DAY, HOUR, MINUTE, SECOND
from standards.calendar.hours import Hours, Shift, parse_week

WARSAW = "Europe/Warsaw"
OFFICE = {"mon-fri": ["08:00-16:00"], "sat": ["09:00-13:00", "14:00-17:00"]}

# Around each change of the clock: by an hour, by half an hour, over midnight to the day before, and a day left out.
CHANGES = [
    (WARSAW, datetime(2026, 3, 29, tzinfo=UTC)),
    (WARSAW, datetime(2026, 10, 25, tzinfo=UTC)),
    ("America/New_York", datetime(2026, 3, 8, tzinfo=UTC)),
    ("America/New_York", datetime(2026, 11, 1, tzinfo=UTC)),
    ("Australia/Lord_Howe", datetime(2026, 4, 4, tzinfo=UTC)),
    ("Australia/Lord_Howe", datetime(2026, 10, 3, tzinfo=UTC)),
    ("Asia/Jerusalem", datetime(2026, 3, 27, tzinfo=UTC)),
    ("Asia/Jerusalem", datetime(2026, 10, 24, tzinfo=UTC)),
    ("America/St_Johns", datetime(2010, 11, 7, tzinfo=UTC)),
    ("America/Sao_Paulo", datetime(2018, 11, 4, tzinfo=UTC)),
    ("Pacific/Apia", datetime(2011, 12, 30, tzinfo=UTC)),
]

amounts = st.one_of(st.just(0), st.integers(0, 60 * HOUR), st.integers(0, 60).map(lambda hours: hours * HOUR))
quarters = st.one_of(st.integers(0, 95), st.integers(0, 14), st.integers(92, 95))  # most clocks change in the night
shifts = st.tuples(quarters, quarters).map(lambda at: Shift(at[0] * 15, (at[1] + 96 * (at[1] <= at[0])) * 15))


@st.composite
def calendars(draw: st.DrawFn) -> tuple[Hours, list[int]]:
    """Draw a calendar with a shift on Monday at least, and three instants, in order, around a change of its clock."""
    zone, change = draw(st.sampled_from(CHANGES))
    week = [draw(st.lists(shifts, min_size=int(day == 0), max_size=3)) for day in range(7)]
    closed = draw(st.sets(st.integers(-2, 2).map(lambda days: (change + timedelta(days=days)).date()), max_size=2))
    instants = st.one_of(
        st.integers(-60 * HOUR, 60 * HOUR), st.integers(-240, 240).map(lambda quarters: quarters * 15 * MINUTE)
    )
    middle = int(change.timestamp()) * SECOND
    drawn = sorted(middle + draw(instants) for _ in range(3))
    return Hours(zone, tuple(map(tuple, week)), closed.__contains__), drawn


def at(text: str, zone: str = WARSAW, fold: int = 0) -> int:
    """Return the instant of a local time such as `2026-03-29 08:00`."""
    local = datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone), fold=fold)
    return int(local.timestamp()) * SECOND


def hours(week: dict[str, list[str]], *holidays: str, zone: str = WARSAW) -> Hours:
    return Hours(zone, parse_week(week), {date.fromisoformat(day) for day in holidays}.__contains__)


def minutes_by_the_wall_clock(calendar: Hours, start: int, minutes: int) -> int:
    """Count open minutes by looking at the clock on the wall at each of them.

    The clock that was put back shows times again: it counts as standing still until they are over.
    """
    zone, shown, count = ZoneInfo(calendar.timezone), datetime(1, 1, 1), 0  # noqa: DTZ001 - a wall clock
    for step in range(-24 * 60, minutes):  # from a day before, to know what the clock has shown already
        moment = datetime.fromtimestamp(start // SECOND + step * 60, zone).replace(tzinfo=None)
        shown = max(shown, moment)
        count += step >= 0 and open_by_the_wall_clock(calendar, shown)
    return count


def open_by_the_wall_clock(calendar: Hours, shown: datetime) -> bool:
    for begun in (shown.date(), shown.date() - timedelta(days=1)):
        if calendar.is_holiday(begun):
            continue
        minute = (shown - datetime(begun.year, begun.month, begun.day)) // timedelta(minutes=1)  # noqa: DTZ001 - a wall clock
        if any(start <= minute < end for start, end in calendar.week[begun.weekday()]):
            return True
    return False


@given(calendars(), st.integers(0, 4 * 24 * 60))
def test_open_time_is_what_the_wall_clock_says(drawn: tuple[Hours, list[int]], minutes: int) -> None:
    """Walking the minutes and looking at the clock gives the same open time, whatever the clock does."""
    calendar, (instant, *_) = drawn
    start = instant // MINUTE * MINUTE
    assert calendar.between(start, start + minutes * MINUTE) == (
        minutes_by_the_wall_clock(calendar, start, minutes) * MINUTE
    )


@given(calendars(), amounts)
def test_what_is_added_has_passed(drawn: tuple[Hours, list[int]], amount: int) -> None:
    """Between a start and the end of an amount lies that amount, and one microsecond earlier it has not passed yet."""
    calendar, (start, *_) = drawn
    end = calendar.add(start, amount)
    assert end >= start
    assert calendar.between(start, end) == amount
    assert amount == 0 or calendar.between(start, end - 1) == amount - 1


@given(calendars(), amounts, amounts)
def test_adding_twice_is_adding_once(drawn: tuple[Hours, list[int]], one: int, other: int) -> None:
    """An amount can be added in parts: a pause that costs nothing moves no deadline."""
    calendar, (start, *_) = drawn
    assert calendar.add(calendar.add(start, one), other) == calendar.add(start, one + other)


@given(calendars(), amounts, amounts)
def test_more_is_never_sooner(drawn: tuple[Hours, list[int]], one: int, other: int) -> None:
    """A later start or a larger amount never ends earlier."""
    calendar, (early, late, _) = drawn
    less, more = sorted((one, other))
    assert calendar.add(early, less) <= calendar.add(early, more)
    assert calendar.add(early, more) <= calendar.add(late, more)


@given(calendars())
def test_open_time_can_be_split_anywhere(drawn: tuple[Hours, list[int]]) -> None:
    """The parts of a span have together the open time of the whole, and never more than real time."""
    calendar, (start, middle, end) = drawn
    assert calendar.between(start, middle) + calendar.between(middle, end) == calendar.between(start, end)
    assert 0 <= calendar.between(start, end) <= end - start
    assert calendar.between(end, start) == 0


@given(calendars())
def test_the_next_opening_is_the_first_open_moment(drawn: tuple[Hours, list[int]]) -> None:
    """Until the next opening nothing passes, from it on time does, and that is what being open means."""
    calendar, (now, *_) = drawn
    opening = calendar.opens_after(now)
    assert opening is not None
    assert calendar.between(now, opening) == 0
    assert calendar.is_open(opening)
    assert calendar.between(opening, opening + 1) == 1
    assert calendar.is_open(now) == (opening == now)


@pytest.mark.parametrize(
    ("start", "amount", "end"),
    [
        ("2026-06-01 09:00", 24 * HOUR, "2026-06-04 09:00"),  # Monday to Thursday
        ("2026-06-01 09:00", 7 * HOUR, "2026-06-01 16:00"),  # used up at closing time: not the next morning
        ("2026-06-01 20:00", 0, "2026-06-01 20:00"),
        ("2026-06-01 20:00", HOUR, "2026-06-02 09:00"),
        ("2026-06-05 15:00", 6 * HOUR, "2026-06-06 15:00"),  # over the lunch break of a Saturday
        ("2026-06-06 16:30", HOUR, "2026-06-08 08:30"),  # over Sunday
        ("2026-04-30 15:00", 2 * HOUR, "2026-05-02 10:00"),  # over the holiday
    ],
)
def test_deadlines_are_those_of_a_shop_calendar(start: str, amount: int, end: str) -> None:
    """Evenings, lunch breaks, Sundays and holidays do not count."""
    assert hours(OFFICE, "2026-05-01").add(at(start), amount) == at(end)


def test_a_shift_over_midnight_belongs_to_its_first_day() -> None:
    """A holiday closes the night that begins on it, and leaves the night before it open to its end."""
    nights = hours({"daily": ["22:00-06:00"]}, "2026-05-01")
    assert nights.is_open(at("2026-05-01 05:59"))
    assert not nights.is_open(at("2026-05-01 22:00"))
    assert not nights.is_open(at("2026-05-02 05:00"))
    assert nights.opens_after(at("2026-05-01 06:00")) == at("2026-05-02 22:00")


@pytest.mark.parametrize(
    ("shift", "day", "length"),
    [
        ("00:00-24:00", "2026-03-29", 23 * HOUR),
        ("00:00-24:00", "2026-10-25", 25 * HOUR),
        ("22:00-06:00", "2026-03-28", 7 * HOUR),
        ("22:00-06:00", "2026-10-24", 9 * HOUR),
        ("02:15-02:45", "2026-03-29", 0),  # the clock jumps over it
        ("02:30-04:00", "2026-03-29", HOUR),  # opens at the jump
        ("02:15-02:45", "2026-10-25", 30 * MINUTE),  # the first time the clock shows it, not the second
        ("02:30-04:00", "2026-10-25", 2 * HOUR + 30 * MINUTE),  # opens the first time
        ("01:00-02:30", "2026-10-25", HOUR + 30 * MINUTE),  # closes the first time
    ],
)
def test_shifts_follow_the_clock_on_the_wall(shift: str, day: str, length: int) -> None:
    """A shift across a change of the clock is as long as the staff really work."""
    only = hours({date.fromisoformat(day).strftime("%a").lower(): [shift]})
    assert only.between(at(f"{day} 00:00"), at(f"{day} 00:00") + 3 * DAY) == length


def test_a_shift_that_the_clock_jumps_over_is_no_opening() -> None:
    """The next opening is one at which someone is there: here a week later."""
    assert hours({"sun": ["02:15-02:45"]}).opens_after(at("2026-03-29 00:00")) == at("2026-04-05 02:15")


def test_overlapping_shifts_count_once() -> None:
    """A moment is open or not, however many shifts are in it, from the same day or from the night before."""
    twice = hours({"mon": ["08:00-12:00", "10:00-16:00", "22:00-06:00"], "tue": ["05:00-09:00"]})
    assert twice.between(at("2026-06-01 00:00"), at("2026-06-03 00:00")) == (8 + 11) * HOUR


def test_hours_that_never_open_are_named() -> None:
    """An end that does not come is an error with advice, not an endless search, and there is no next opening."""
    never = hours({})
    assert never.opens_after(0) is None
    with pytest.raises(ValueError, match="no opening within 400 days of 2026-06-01; add shifts"):
        never.add(at("2026-06-01 00:00"), 1)
    with pytest.raises(ValueError, match="does not end within 20 years"):
        hours({"mon": ["08:00-08:01"]}).add(0, 100 * DAY)
    with pytest.raises(ValueError, match="give zero or more"):
        never.add(0, -SECOND)


def test_hours_do_not_change() -> None:
    """A calendar that promises are judged by cannot be edited, and has seven days."""
    office = hours(OFFICE)
    with pytest.raises(FrozenInstanceError):
        office.timezone = "UTC"  # type: ignore[misc]
    with pytest.raises(ValueError, match="give the shifts of seven"):
        Hours("UTC", ((),) * 6, set[date]().__contains__)
