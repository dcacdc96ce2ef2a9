"""When days, weeks, months and quarters begin by the clock on the wall. Instants are microseconds UTC.

Read next: `practice.py`, whose goals are counted over them.
"""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from standards.calendar.duration import DAY
from standards.judge.events import microseconds, moment

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

    from standards.practice.practice import GoalPeriod


def begun(period: GoalPeriod, now: int, zone: ZoneInfo) -> int:
    """Give when the day, the week (on a Monday) or the month of an instant began in a zone."""
    day = moment(now).astimezone(zone).date()
    back = {"day": 0, "week": day.weekday(), "month": day.day - 1}[period]
    first = day.fromordinal(day.toordinal() - back)
    return microseconds(datetime(first.year, first.month, first.day, tzinfo=zone))


def begun_quarter(now: int, zone: ZoneInfo) -> int:
    """Give when the quarter of an instant began in a zone."""
    day = moment(now).astimezone(zone).date()
    return microseconds(datetime(day.year, (day.month - 1) // 3 * 3 + 1, 1, tzinfo=zone))


def next_month(now: int, zone: ZoneInfo) -> int:
    """Give when the month after that of an instant begins in a zone."""
    return begun("month", begun("month", now, zone) + 32 * DAY, zone)


def next_quarter(now: int, zone: ZoneInfo) -> int:
    """Give when the quarter after that of an instant begins in a zone."""
    return begun_quarter(begun_quarter(now, zone) + 95 * DAY, zone)


def months_before(now: int, zone: ZoneInfo, count: int) -> list[int]:
    """Give when so many months that are over began in a zone, oldest first, and last when this one did."""
    found = [begun("month", now, zone)]
    while len(found) <= count:
        found.append(begun("month", found[-1] - DAY, zone))
    return found[::-1]
