"""The laws of changed days: however late they become known, and by an account that is made minute by minute.

Knows: what must not matter to a verdict, and how a desk's hours are counted by hand. Must not know: the judge.
"""

from __future__ import annotations

from datetime import timedelta
from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from standards.judge.events import Event, moment
from streams.runtime.pump import Pump
from tests.history import events_of, rulebook, rules

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from standards.judge.promise import Transition

DOCUMENT = rules(
    """
calendars:
  desk: {timezone: UTC, hours: {mon-fri: ["08:00-12:00", "13:00-16:00"]}, may_change: [lead]}
events:
  job.asked: {contact: text}
  job.done: {contact: text}
  job.held: {contact: text}
""",
    hours="per: contact, when: job.asked, expect: job.done, within: 4h, calendar: desk, warn: [50%]",
    days="per: contact, when: job.asked, expect: job.done, within: 1 working day, calendar: desk",
    held="per: contact, when: job.asked, expect: job.done, within: 2h, calendar: desk, during: desk, "
    "pause: {when: job.held, until: job.asked}",
    daily="per: contact, expect: job.done, every: day, calendar: desk",
    often="per: contact, expect: job.done, every: 6h, calendar: desk",
    shift="per: contact, when: job.asked, measure: count(), over: shift, must: <= 1, calendar: desk",
    rolling="per: contact, when: job.asked, measure: count(), over: 1h, step: 20m, must: <= 1, calendar: desk",
)
BOOK = rulebook(DOCUMENT)
MINUTE = 60_000_000
SETTLE = 240 * MINUTE
WEEK = 5 * 24 * 60
SHIFTS = {"": (), "10:00-14:00": ((600, 840),), "08:00-10:00,11:00-20:00": ((480, 600), (660, 1200))}
USUAL = ((480, 720), (780, 960))
_BEGIN = 1_772_409_600_000_000  # Monday, 2 March 2026


class Said(NamedTuple):
    """A change that was said in a minute of the week, about one of its days (0 is Monday)."""

    minute: int
    day: int
    hours: str


@st.composite
def weeks(draw: st.DrawFn) -> tuple[list[Event], list[Said]]:
    """Draw a week of jobs and of changes, no two in one minute; gives its events in the order of their times."""
    minutes = draw(st.lists(st.integers(0, WEEK - 1), min_size=4, max_size=24, unique=True))
    lines, changes = [], []
    for minute in sorted(minutes):
        at = f"+{minute // 1440}d {minute // 60 % 24:02}:{minute % 60:02}"
        if draw(st.integers(0, 2)) == 0:
            said = Said(minute, draw(st.integers(0, 6)), draw(st.sampled_from((*SHIFTS, "usual"))))
            date = (moment(_BEGIN) + timedelta(days=said.day)).date()
            hours = f"open={said.hours}" if said.hours else ""
            lines.append(f'{at} calendar.changed calendar=desk by=lead date="{date}" {hours}')
            changes.append(said)
        else:
            kind = draw(st.sampled_from(("job.asked", "job.asked", "job.done", "job.held")))
            lines.append(f"{at} {kind} contact={draw(st.sampled_from('ab'))}")
    return events_of("\n".join(lines), BOOK), changes


def last_standings(transitions: Iterable[Transition[Event]]) -> dict[str, tuple[str, int]]:
    """Fold lines by their ordinals: how each promise stands in the end, and when it was due."""
    found: dict[str, tuple[int, str, int]] = {}
    for it in transitions:
        name = it.promise.identify(it.standard.id, it.key)
        if it.ordinal >= found.get(name, (-1, "", -1))[0]:
            found[name] = it.ordinal, it.after, it.due if it.after in ("open", "warned") else -1
    return {name: (after, due) for name, (_, after, due) in found.items() if after != "withdrawn"}


def in_order(events: Sequence[Event]) -> list[Transition[Event]]:
    """Judge a week in the order of its times, to the end of the one after."""
    pump = Pump(BOOK)
    first, second = pump.push(events), pump.push(events_of("+12d 00:00 nothing", BOOK))
    return [*first.transitions, *second.transitions, *pump.finish().transitions]


@given(weeks(), st.data())
def test_late_changes_end_as_those_that_came_in_time(week: tuple[list[Event], list[Said]], data: st.DataObject) -> None:
    """Whatever comes within `settle`, changes too, and however it is batched: in the end all is as in order."""
    events, _ = week
    delays = st.sampled_from((0, 0, 0, 1, 20, 239))
    arrivals = sorted(
        (msgspec.structs.replace(each, received=each.at + data.draw(delays) * MINUTE) for each in events),
        key=lambda each: each.received,
    )
    pump, size, lines = Pump(BOOK, settle=SETTLE), data.draw(st.sampled_from((1, 2, 5, 100))), []
    for start in range(0, len(arrivals), size):
        batch = arrivals[start : start + size]
        lines += pump.push(batch, now=batch[-1].received).transitions
    lines += pump.push([], now=_BEGIN + 12 * 1440 * MINUTE + pump.grace).transitions
    assert last_standings(lines) == last_standings(in_order(events))


def test_what_is_said_again_holds_against_what_comes_late() -> None:
    """Open, open again, and a "closed" from between the two, that comes last: the day is open, as in order."""
    said = '+0d {} calendar.changed calendar=desk by=lead date="2026-03-03" {}'
    opened = "open=10:00-14:00"
    changes = [said.format("00:00", opened), said.format("01:28", ""), said.format("05:26", opened)]
    events = events_of("\n".join([*changes, "+1d 10:00 job.asked contact=a"]), BOOK)
    delays = (0, 239, 0, 0)
    arrivals = [
        msgspec.structs.replace(it, received=it.at + late * MINUTE) for it, late in zip(events, delays, strict=True)
    ]
    pump, lines = Pump(BOOK, settle=SETTLE), []
    for each in sorted(arrivals, key=lambda it: it.received):
        lines += pump.push([each], now=each.received).transitions
    lines += pump.push([], now=_BEGIN + 12 * 1440 * MINUTE + pump.grace).transitions
    assert last_standings(lines) == last_standings(in_order(events))
    assert last_standings(lines)


@given(weeks(), st.data())
def test_no_line_depends_on_batches(week: tuple[list[Event], list[Said]], data: st.DataObject) -> None:
    """One by one or many at once, with changes that come late: the same lines, known at the same instants."""
    delays = st.sampled_from((0, 0, 0, 1, 20, 239))
    arrivals = sorted(
        (msgspec.structs.replace(each, received=each.at + data.draw(delays) * MINUTE) for each in week[0]),
        key=lambda each: each.received,
    )
    cuts = sorted(data.draw(st.sets(st.integers(1, len(arrivals)))))
    assert lines_of(arrivals, cuts) == lines_of(arrivals, list(range(1, len(arrivals))))


def lines_of(arrivals: Sequence[Event], cuts: Sequence[int]) -> list[tuple[object, ...]]:
    """Judge arrivals live, in batches that end at some places; gives all there is of each line."""
    pump, lines = Pump(BOOK, settle=SETTLE), []
    for start, end in pairwise([0, *cuts, len(arrivals)]):
        batch = [msgspec.structs.replace(each) for each in arrivals[start:end]]
        lines += pump.push(batch, now=batch[-1].received).transitions if batch else []
    lines += pump.push([], now=_BEGIN + 12 * 1440 * MINUTE + pump.grace).transitions
    return sorted((it.id, it.at, it.known, it.kind, it.after, it.due, it.elapsed) for it in lines)


def is_open(minute: int, changes: Sequence[Said]) -> bool:
    """Say whether the desk is open in a minute of the week: by the last that was said of its day until then."""
    day, clock = divmod(minute, 1440)
    said = [each.hours for each in changes if each.day == day and each.minute <= minute]
    usual = USUAL if day % 7 < 5 else ()
    shifts = SHIFTS.get(said[-1], usual) if said else usual
    return any(begin <= clock < end for begin, end in shifts)


@given(weeks())
def test_open_time_is_what_is_counted_minute_by_minute(week: tuple[list[Event], list[Said]]) -> None:
    """Four hours of open time are over when 240 minutes were open, each by what was said until then."""
    events, changes = week
    for it in in_order(events):
        if it.standard.id == "hours" and it.kind in ("kept", "broken"):
            opened, until = ((at - _BEGIN) // MINUTE for at in (it.promise.opened, it.at))
            counted = sum(is_open(minute, changes) for minute in range(opened, until))
            assert it.elapsed == counted * MINUTE
            assert (counted == 240 and is_open(until - 1, changes)) if it.kind == "broken" else counted <= 240
