"""Lengths of time are read as written, written as read, and refused with advice."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from standards.calendar.duration import DAY, HOUR, LONGEST, MILLISECOND, MINUTE, SECOND, WEEK, describe, parse, spoken


@pytest.mark.parametrize(
    ("text", "us"),
    [
        ("60s", 60 * SECOND),
        ("90m", 90 * MINUTE),
        ("24h", 24 * HOUR),
        ("7d", 7 * DAY),
        ("2w", 2 * WEEK),
        ("500ms", 500 * MILLISECOND),
        ("1h30m", 90 * MINUTE),
        ("1w2d3h4m5s6ms", WEEK + 2 * DAY + 3 * HOUR + 4 * MINUTE + 5 * SECOND + 6 * MILLISECOND),
        ("0s", 0),
    ],
)
def test_whole_numbers_with_units_are_read(text: str, us: int) -> None:
    """A length is the sum of its parts, in microseconds."""
    assert parse(text) == us


@pytest.mark.parametrize(
    ("text", "advice"),
    [
        ("", "write a number with a unit"),
        ("60", "write 60s, 60m or 60h"),
        ("1.5h", "write 1h30m$"),
        ("1.5x", "write whole numbers"),
        ("5min", "write 5m$"),
        ("1 minute", "write 1m$"),
        ("2 working hours", "write 2h, and under calendar: whose hours count"),
        ("4 weeks", "write 4w$"),
        ("24 hours", "write 24h$"),
        ("5M", "write 5m$"),
        ("5y", "the units are w, d, h, m, s and ms"),
        ("30m1h", "the largest first"),
        ("1h2h", "each unit once"),
        ("1h 30m", "no spaces"),
        ("-5s", "write a number with a unit"),
        ("\u0661s", "write a number with a unit"),
        ("5µs", "write a number with a unit"),
        ("101000d", "write a shorter time"),
        (f"{'9' * 5000}d", "write a shorter time"),
    ],
)
def test_other_texts_are_refused_with_advice(text: str, advice: str) -> None:
    """What is not a length is refused, and the refusal says what would be one."""
    with pytest.raises(ValueError, match=advice):
        parse(text)


@given(st.integers(0, LONGEST // MILLISECOND))
def test_a_described_length_reads_back(milliseconds: int) -> None:
    """Whole milliseconds come back from their description unchanged."""
    assert parse(describe(milliseconds * MILLISECOND)) == milliseconds * MILLISECOND


@pytest.mark.parametrize(
    ("us", "text"),
    [
        (0, "0s"),
        (90 * MINUTE, "1h30m"),
        (DAY, "1d"),
        (10 * DAY, "10d"),
        (2 * WEEK, "2w"),
        (10 * DAY + 5 * MINUTE, "10d5m"),
        (SECOND + 999, "1s"),
        (999, "0s"),
        (-90 * MINUTE, "-1h30m"),
    ],
)
def test_descriptions_are_short(us: int, text: str) -> None:
    """The largest units come first, weeks only when nothing is left over, and nothing below a millisecond."""
    assert describe(us) == text


@pytest.mark.parametrize(
    ("us", "text"),
    [
        (0, "0 s"),
        (999 * MILLISECOND, "0 s"),
        (40 * SECOND, "40 s"),
        (80 * SECOND, "1 min 20 s"),
        (MINUTE + SECOND - 1, "1 min"),
        (2 * HOUR + 5 * MINUTE + 59 * SECOND, "2 h 5 min"),
        (HOUR + 30 * SECOND, "1 h"),
        (DAY + 3 * HOUR, "1 day 3 h"),
        (DAY + 59 * MINUTE, "1 day"),
        (3 * DAY, "3 days"),
        (-80 * SECOND, "-1 min 20 s"),
    ],
)
def test_spoken_lengths_have_two_neighbouring_units(us: int, text: str) -> None:
    """A message names at most two units, and never more time than there is."""
    assert spoken(us) == text
