"""A desk whose days are changed, for several tests: its calendar, what is said of it, and what is owed there."""

from tests.history import rules

DESK = """
calendars:
  desk: {timezone: UTC, hours: {mon-fri: ["08:00-16:00"]}, may_change: [lead]}
events:
  job.asked: {contact: text, level: text?, count: integer?}
  job.done: {contact: text}
"""
JOB = "per: contact, when: job.asked, expect: job.done"
CLOSED = 'calendar.changed calendar=desk by=lead date="2026-03-02"'
TUESDAY = 'calendar.changed calendar=desk by=lead date="2026-03-03"'


def job(**more: str) -> str:
    """A promise of four hours at a desk, or of what else is said."""
    keys = {"within": "4h", "calendar": "desk", **more}
    return rules(DESK, job=", ".join([JOB, *(f"{name}: {value}" for name, value in keys.items())]))


def by_days(lines: list[str]) -> list[str]:
    """Leave out the midnights."""
    return [line.replace(" 00:00:00", "") for line in lines]
