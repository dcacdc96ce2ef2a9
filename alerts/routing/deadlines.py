"""The deadlines of a message for several: since when the first of them is overdue, and when the next one is due.

Read next: `digest.py`, which puts them beside how many they are.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from alerts.policy.policy import UTC_ZONE
from standards.calendar.local_time import known_zone
from standards.natural import natural

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from alerts.routing.notice import Notice
    from alerts.words.words import Words
    from standards.judge.ledger import Line


def pressing(line: Line, made: Notice) -> int:
    """Give by when a promise is still to be met, or since when it is still to be made good: it may break sooner.

    In microseconds UTC; -1: neither, or its clock stands still.
    """
    if line.state.startswith("paused") or line.due < 0:
        return -1
    if made.looks_like == "warned":
        return line.due
    return min(line.due, line.at) if made.owed_until >= 0 else -1


def due_words(parts: Sequence[Notice], words: Words, now: int) -> Iterator[str]:
    """Say since when what is still owed is overdue, and when the first of the rest is due; read at an instant.

    Where it is not so of all of them alike, it says of which: there is where to go first.
    """
    owed = sorted((part for part in parts if part.presses >= 0), key=lambda part: (part.presses, natural(part.place)))
    overdue, coming = ([part for part in owed if (part.looks_like == "broken") is late] for late in (True, False))
    if overdue:
        first, since = overdue[0], _clock(overdue[0], parts, words, now)
        if overdue[-1].presses == first.presses:
            yield words.say("Overdue since {since}.", since=since)
        else:
            yield words.say("Overdue the longest: {place}, since {since}.", place=first.place, since=since)
    if coming:
        first, due = coming[0], _clock(coming[0], parts, words, now)
        if overdue:
            yield words.say("Next due: {place}, {due}.", place=first.place, due=due)
        elif coming[-1].presses == first.presses:
            yield words.say("Due {due}.", due=due)
        else:
            yield words.say("First due: {place}, {due}.", place=first.place, due=due)


def _clock(of: Notice, parts: Sequence[Notice], words: Words, now: int) -> str:
    """Tell the deadline of one of some notices as its own text does; with its zone where theirs are several."""
    named = of.names_zone or len({part.zone for part in parts}) > 1
    return clock_of(of, of.presses, words, now, named=named)


def clock_of(of: Notice, at: int, words: Words, now: int, *, named: bool = False) -> str:
    """Tell an instant in the zone of a notice, which another machine may have written: UTC, named, if it is unknown."""
    zone = known_zone(of.zone)
    return words.clock(at, zone or UTC_ZONE, now, named=named or zone is None)
