"""How time runs in random histories: in seconds, over the hours of a weekend, or in days; and when anybody is there.

Knows: spans, starts and calendars. Must not know: standards. Read next: `histories.py`.
"""

from dataclasses import dataclass
from datetime import UTC, datetime

from tests.oracle.opening_hours import utc

SECOND = 10**6
HALF_HOUR = 1800 * SECOND


@dataclass(frozen=True)
class Scale:
    """How time runs: the spans of promises, the step between events, and where histories begin (microseconds)."""

    spans: tuple[str, ...]
    windows: tuple[str, ...]
    step: int
    lasting: tuple[str, ...]
    starts: tuple[int, ...]
    periods: tuple[str, ...] = ()
    days: tuple[str, ...] = ()
    rolling: tuple[str, ...] = ()
    calendar: bool = False
    forget_after: tuple[str, ...] = ()


def _at(year: int, month: int, day: int, hour: int) -> int:
    return utc(datetime(year, month, day, hour, tzinfo=UTC))


NOON = _at(2025, 6, 4, 12)
SECONDS = Scale(
    ("2s", "3s", "4s", "6s", "10s"),
    ("2s", "5s", "10s"),
    SECOND // 2,
    ("500ms", "1s", "2s", "3s"),
    (NOON,),
    rolling=("2s by 1s", "6s by 2s", "10s by 5s"),
)
WEEKENDS = (
    _at(2025, 3, 28, 14),
    _at(2025, 3, 29, 20),
    _at(2025, 10, 24, 14),
    _at(2025, 10, 25, 20),
    _at(2025, 5, 1, 4),
)
HOURS = Scale(
    ("30m", "1h", "4h", "8h", "20h"),
    ("30m", "1h", "1d", "day", "week"),
    HALF_HOUR,
    ("30m", "1h", "2h"),
    WEEKENDS,
    ("day",),
    ("1d", "2d"),
    calendar=True,
)
DAYS = Scale(
    ("2s", "1h", "1d"),
    ("1h", "1d", "week", "month"),
    24 * HALF_HOUR,
    ("1h", "12h", "1d"),
    WEEKENDS,
    ("day", "week", "month"),
    forget_after=("1d", "2d"),
    rolling=("1d by 12h", "8h by 4h"),
)

CALENDARS = (
    {"timezone": "Europe/Warsaw"},
    {"timezone": "Europe/Warsaw", "hours": {"mon-fri": ["08:00-16:00"], "sat": ["09:00-13:00", "14:00-17:00"]}},
    {"timezone": "Europe/Warsaw", "hours": {"mon-sun": ["22:00-06:00"]}},
    {"timezone": "Europe/Warsaw", "hours": {"fri-sun": ["06:00-14:00", "14:00-22:00", "22:00-06:00"]}},
    {"timezone": "America/New_York", "hours": {"fri": ["09:30-17:30"], "sat-sun": ["00:00-12:00", "20:00-04:00"]}},
    {
        "timezone": "Europe/Warsaw",
        "hours": {"mon-fri": ["08:00-12:00", "12:30-16:00"], "sun": ["10:00-14:00"]},
        "holidays": ["2025-05-01", "2025-03-31", "2025-10-27"],
    },
)

NEW_HOURS = (
    None,
    None,
    "usual",
    "08:00-12:00",
    "10:00-18:30",
    "06:00-14:00, 14:00-20:00",
    "00:00-24:00",
    "22:00-06:00",
    "09:00-10:00, 15:30-17:00",
    "09:00-12:00, 11:00-15:00",
    "noon",
)
"""What is said of a day: closed, as always, other hours, and what cannot be read."""

MEASURES = (
    ("mean(n)", ">= 1.5"),
    ("mean(x)", "measure > 1"),
    ("sum(x)", "<= 2"),
    ("min(n)", "> 0"),
    ("max(x)", "< 3"),
    ("count()", "<= 2"),
    ("share(ok)", ">= 60%"),
    ("share(n > 1)", "measure < 50%"),
    ("p90(n)", "<= 2"),
)
"""What is measured, and where it must be."""
