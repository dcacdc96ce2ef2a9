"""Counting a line that is only looked at now and then: how many wait, how many serve, which number was called last.

People who come are not seen, but they can be counted: whoever took a number has been called or waits, so the numbers
called plus those who wait are all who came. The last number is the digits at the end of `last_called` (`A034`); numbers
that go back a little are people called again; numbers that fall to less than half, or leap ahead, are another series.
Read next: `record.py`.
"""

from __future__ import annotations

import re
from itertools import pairwise
from operator import attrgetter
from typing import TYPE_CHECKING, NamedTuple

from standards.calendar.duration import MINUTE, SECOND
from standards.staffing.record import Key, Record, slices, wall

if TYPE_CHECKING:
    from collections.abc import Iterable
    from zoneinfo import ZoneInfo

    from standards.judge.events import Event
    from standards.staffing.target import Target

APART = 20 * MINUTE
"""Polls farther apart say nothing about the time between them."""
JUMP = 50
"""Nobody calls more between two looks: a number so far ahead is of another series, and counts as one."""
_NUMBER = re.compile(r"([0-9]{1,9})\s*\Z")


class Look(NamedTuple):
    """A line at one look: how many had come by then (`ever`) and been called, since the day's numbers began."""

    at: int
    waiting: int
    serving: int
    called: int
    ever: int


def records_of(events: Iterable[Event], target: Target, zone: ZoneInfo) -> list[Record]:
    """Count what a standard about a line needs, a record for each line. Polls without `serving` are passed over."""
    by_line: dict[Key, dict[int, list[Event]]] = {}
    for event in sorted(events, key=attrgetter("at")):
        if event.data.serving is not None:
            key = tuple(str(getattr(event.data, field)) for field in target.fields)
            by_line.setdefault(key, {}).setdefault(wall(event.at, zone).date, []).append(event)
    return [_record(key, days, target.most, zone) for key, days in sorted(by_line.items())]


def _record(key: Key, days: dict[int, list[Event]], most: int, zone: ZoneInfo) -> Record:
    record = Record(key, {})
    for date, events in days.items():
        looks = _looks(events)
        day, first = record.day(date), wall(looks[0].at, zone)
        day.arrivals[first.slot] += looks[0].waiting
        for before, after in pairwise(looks):
            if after.at - before.at <= APART:
                _between(record, (before, after), most, zone)
    return record


def _looks(events: list[Event]) -> list[Look]:
    """Follow one day's numbers; whoever was called before the first look is of no account."""
    looks: list[Look] = []
    number = called = ever = 0
    for event in events:
        found = _NUMBER.search(event.data.last_called or "")
        if found:
            number, more = _followed(number, int(found[1]))
            called += more if looks else 0
        ever = max(ever, called + event.data.waiting)
        looks.append(Look(event.at, event.data.waiting, event.data.serving, called, ever))
    return looks


def _followed(before: int, number: int) -> tuple[int, int]:
    """Give the number to go on from, and how many were called since the one before."""
    if before / 2 <= number <= before:
        return before, 0
    more = number - before if number > before else number
    return number, more if more <= JUMP else 1


def _between(record: Record, looks: tuple[Look, Look], most: int, zone: ZoneInfo) -> None:
    """Count what happened between two looks; people came evenly, and found the line as it was at the nearer look."""
    before, after = looks
    came = after.ever - before.ever
    length = (after.at - before.at) / SECOND
    short = ((before.waiting <= most) + (after.waiting <= most)) / 2
    for piece in slices(before.at, after.at, zone):
        day, share = record.day(piece.wall.date), piece.seconds / length
        slot, hour = piece.wall.slot, piece.wall.hour
        day.arrivals[slot] += came * share
        day.present[slot] += before.serving * piece.seconds
        day.watched[slot] += piece.seconds
        day.kept[hour] += came * share * short
        day.broken[hour] += came * share * (1 - short)
        if before.waiting and after.waiting and before.serving:
            day.busy[hour] += before.serving * piece.seconds
            day.called[hour] += (after.called - before.called) * share
