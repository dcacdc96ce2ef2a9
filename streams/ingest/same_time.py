"""The order of a table's events that have the same time.

Between different things, events go as the mapping lists them: who leaves goes before who enters. What happens to one
and the same thing goes as it goes elsewhere in the table: a call that was answered in the second in which it came was
not answered before it came.
Read next: `table.py`, which asks.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from itertools import groupby, permutations
from operator import itemgetter
from typing import TYPE_CHECKING, Final, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterator, Sequence

    from streams.ingest.makers import Moment

SURE: Final = 0.9
"""The share of things to which two events happen at different times that must agree on which of them comes first."""
_AT = itemgetter(0)


class Stamp(NamedTuple):
    """When an event is (microseconds UTC), the place of its kind in the mapping's list, and its own in the table."""

    at: int
    position: int
    place: int


Rank = tuple[int, int]
"""What events of one time are sorted by: the place in the mapping's list, and the step behind all that stand there."""


class SameTime:
    """Learns from a table what comes first in the life of a thing, and ranks events of one time by it.

    `events` are the kinds of events as the mapping lists them, each with the columns of its time: those that have them
    in common happen together because the mapping says so.
    """

    def __init__(self, events: Sequence[tuple[str, Moment]]) -> None:
        self._events = [event for event, _ in events]
        self._moments = [moment for _, moment in events]
        self._before: Counter[tuple[int, int]] = Counter()
        self._unsure: Counter[tuple[int, int]] = Counter()
        self._lives: defaultdict[Hashable, list[Stamp]] = defaultdict(list)
        self._tied: list[list[Stamp]] = []

    def take(self, found: list[Stamp], thing: Hashable = None) -> None:
        """Take note of the events of a row. Rows of one `thing` are one life; without it each row is one of its own."""
        if thing is not None:
            self._lives[thing] += found
        elif len(found) > 1:
            self._learn(found)

    def ranks(self) -> dict[int, Rank]:
        """Give the ranks of the events that have one of their own, by their places; all others go as they are listed.

        To be asked once, when all rows were taken.
        """
        for life in self._lives.values():
            self._learn(life)
        return {place: rank for together in self._tied for place, rank in self._ranked(together)}

    def in_order(self, life: list[Stamp]) -> Iterator[Stamp]:
        """Put the events of one thing in order, by what the lives before it show and its own."""
        self._tied.clear()
        self._learn(life)
        for _, together in groupby(sorted(life, key=_AT), key=_AT):
            yield from self._in_order(list(together))

    def said(self, table: str) -> Iterator[str]:
        """Say of which events of one thing at one time it is not known which came first."""
        for (first, second), count in sorted(self._unsure.items()):
            one, other = self._events[first], self._events[second]
            ahead, behind = self._before[first, second], self._before[second, first]
            elsewhere = (
                f"elsewhere {one} comes first {_times(ahead)} and {other} {_times(behind)}"
                if ahead or behind
                else "nowhere else do both happen to the same one"
            )
            yield (
                f"{table}: {one} and {other} of the same one have the same time {_times(count)}, and {elsewhere}. They "
                f"stand as the mapping lists them, {one} first: see to the order under events."
            )

    def past_midnight(self, table: str) -> Iterator[str]:
        """Say of which events, that take their day from one column, a few come before what else comes before them."""
        for (second, first), count in sorted(self._before.items()):
            one, other = self._moments[first], self._moments[second]
            one_day = len(one.columns) > 1 and len(other.columns) > 1 and one.columns[0] == other.columns[0]
            if one_day and not other.after and self._first(first, second):
                late, early = self._events[second], self._events[first]
                yield (
                    f"{table}: {late} comes before {early} {_times(count)}, and after it "
                    f"{_times(self._before[first, second])}; both have their day from {one.columns[0]!r}. Where it "
                    f"goes on past midnight, write after: [{', '.join(one.columns)}] beside the time of {late}."
                )

    def _learn(self, life: list[Stamp]) -> None:
        begun: dict[int, int] = {}
        for at, position, _ in sorted(life):
            begun.setdefault(position, at)
        if len(begun) > 1:
            self._before.update(pair for pair in permutations(begun, 2) if begun[pair[0]] < begun[pair[1]])
            by_time = groupby(sorted(life, key=_AT), key=_AT)
            self._tied += [together for _, each in by_time if len(together := list(each)) > 1]

    def _ranked(self, together: Sequence[Stamp]) -> Iterator[tuple[int, Rank]]:
        """Rank events of one thing at one time: each behind all that its life puts before it."""
        rank: Rank = (-1, 0)
        for stamp in self._in_order(together):
            rank = (stamp.position, 0) if stamp.position > rank[0] else (rank[0], rank[1] + 1)
            yield stamp.place, rank

    def _in_order(self, together: Sequence[Stamp]) -> Iterator[Stamp]:
        """Put events in the order of a life, and take note of the pairs of which no life says which comes first."""
        kinds = sorted({stamp.position for stamp in together})
        self._unsure.update(
            (one, other)
            for at, one in enumerate(kinds)
            for other in kinds[at + 1 :]
            if self._moments[one] != self._moments[other]
            and not self._first(one, other)
            and not self._first(other, one)
        )
        place = {kind: at for at, kind in enumerate(self._kinds_in_order(kinds))}
        yield from sorted(together, key=lambda stamp: place[stamp.position])

    def _kinds_in_order(self, kinds: Sequence[int]) -> Iterator[int]:
        """Put kinds of events in the order of a life; where they go round in a circle, as they are listed."""
        waiting = list(kinds)
        while waiting:
            free = (kind for kind in waiting if not any(self._first(other, kind) for other in waiting))
            taken = next(free, waiting[0])
            waiting.remove(taken)
            yield taken

    def _first(self, one: int, other: int) -> bool:
        """Say whether one kind of event comes before another wherever both happen at different times, or nearly so."""
        ahead, behind = self._before[one, other], self._before[other, one]
        return ahead > 0 and ahead >= SURE * (ahead + behind)


def _times(count: int) -> str:
    return "once" if count == 1 else f"{count:,} times" if count else "never"
