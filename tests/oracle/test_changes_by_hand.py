"""The oracle held against ledgers worked out by hand: days of a calendar that are changed.

Next: `test_oracle.py`, where it judges the judge.
"""

from datetime import UTC, datetime
from typing import Any

from tests.oracle.evaluate import evaluate
from tests.oracle.histories import document
from tests.oracle.opening_hours import utc

DESK = {"timezone": "UTC", "hours": {"mon-fri": ["08:00-16:00"]}, "may_change": "lead"}
CLOSED = {"calendar": "desk", "by": "lead"}
RANG, CHANGED = "call.rang", "calendar.changed"
Fact = tuple[int, int, str, dict[str, Any]]


def judged(standard: dict[str, Any], *facts: Fact) -> list[str]:
    """Judge one queue's events (day of March 2026, hour, type, data); the second of March is a Monday."""
    history = [
        {"id": str(place), "source": "shop", "type": kind, "time": utc(datetime(2026, 3, day, hour, tzinfo=UTC))}
        | {"data": {"queue": "a", "n": 2} | data}
        for place, (day, hour, kind, data) in enumerate(facts)
    ]
    one = {"per": ["queue"], "owner": "lead", "calendar": "desk"} | standard
    lines = evaluate(document({"first": one}, calendars={"desk": DESK}), history)
    lines.sort(key=lambda line: (line[3], line[4], int(line[6].split(".")[1])))
    return [f"{datetime.fromtimestamp(line[3] / 10**6, UTC):%d %H} {line[2]}" for line in lines]


def test_what_is_left_goes_by_the_day_as_it_is_now() -> None:
    """Two of four hours had elapsed when the day was closed by who may; what anybody else says counts for nothing."""
    answer = {"when": RANG, "expect": "call.taken", "within": "4h"}
    end: Fact = (3, 12, "clock.struck", {})
    closed = judged(answer, (2, 8, RANG, {}), (2, 10, CHANGED, CLOSED | {"date": "2026-03-02"}), end)
    assert closed == ["02 08 opened", "02 10 moved", "03 10 broken"]
    other = CLOSED | {"date": "2026-03-02", "by": "ann"}
    assert judged(answer, (2, 8, RANG, {}), (2, 10, CHANGED, other), end) == ["02 08 opened", "02 12 broken"]


def test_a_day_that_is_closed_is_no_working_day() -> None:
    """What was owed on Tuesday is owed on Wednesday; the day of the opening stays what it was."""
    answer = {"when": RANG, "expect": "call.taken", "within": "1 working day"}
    for date, told in (("2026-03-03", ["02 11 moved", "04 10 broken"]), ("2026-03-02", ["03 10 broken"])):
        changed = CHANGED, CLOSED | {"date": date}
        found = judged(answer, (2, 10, RANG, {}), (2, 11, *changed), (4, 12, "clock.struck", {}))
        assert found == ["02 10 opened", *told]


def test_a_period_without_open_time_left_is_void() -> None:
    """Said before Tuesday was open it owes nothing; said at ten, it is owed what it was."""
    daily = {"expect": {"event": RANG, "where": "n > 1"}, "every": "day"}
    for hour, told in ((7, ["03 07 voided", "04 00 opened"]), (10, ["04 00 broken", "04 00 opened"])):
        changed = CHANGED, CLOSED | {"date": "2026-03-03"}
        found = judged(daily, (2, 10, RANG, {}), (3, hour, *changed), (4, 12, "clock.struck", {}))
        assert found == ["02 10 opened", "02 10 kept", "03 00 opened", *told]


def test_a_shift_ends_as_its_day_does_now() -> None:
    """It is due when the desk closes; and one that begins when it is said to be open owes nothing."""
    each = {"expect": {"event": RANG, "where": "n > 2"}, "every": "shift"}
    first: Fact = (2, 9, RANG, {})
    changed = CLOSED | {"date": "2026-03-02"}
    early = judged(each, first, (2, 10, CHANGED, changed | {"open": "08:00-12:00"}), (2, 18, "clock.struck", {}))
    assert early == ["02 09 opened", "02 10 moved", "02 12 broken"]
    again = (2, 11, CHANGED, changed | {"open": "11:00-14:00"})
    assert judged(each, first, (2, 10, CHANGED, changed), again, (2, 18, "clock.struck", {})) == [
        "02 09 opened", "02 10 moved", "02 10 broken",
    ]  # fmt: skip
