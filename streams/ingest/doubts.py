"""What is odd about a table though it could be read: an event that no row became, days that month and day make.

Both are slips in a mapping that make no error: the rows are read, and mean something else. Nothing is left out for it.
Read next: `table.py`, which asks; `columns.py`, which says what decides.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from typing import TYPE_CHECKING, Final

from streams.ingest.times import shown, swapped

if TYPE_CHECKING:
    from streams.ingest.makers import Maker

MAX_VALUES: Final = 5
"""How many values of a column are told, the most frequent first."""
MAX_COUNTED: Final = 1_000
"""How many different values of a column are counted."""
FEWEST_DAYS: Final = 3
"""Fewer days say nothing of how they follow each other."""
DENSER: Final = 5
"""How many times closer days must lie, read the other way round, before that is likely what was meant."""


class Unmet:
    """Watches the events that no row has become yet, by the place of their maker."""

    def __init__(self, makers: Sequence[Maker]) -> None:
        self._makers = makers
        self._values = {place: [Counter[str]() for _ in maker.clause.columns] for place, maker in enumerate(makers)}
        self._timeless: set[int] = set()

    def met(self, place: int) -> None:
        """Take note that a row became the event of a maker, or would have but for a fault of its own."""
        self._values.pop(place, None)

    def look(self, place: int, cells: list[str]) -> None:
        """Take note of a row that did not become the event of a maker."""
        counts = self._values.get(place)
        if counts is None:
            return
        clause = self._makers[place].clause
        if clause.holds(cells):
            self._timeless.add(place)
        for (_, index), count in zip(clause.columns, counts, strict=True):
            if len(count) < MAX_COUNTED or cells[index] in count:
                count[cells[index]] += 1

    def said(self, table: str, rows: int) -> Iterator[str]:
        """Say of each event that none of so many rows became what its columns hold."""
        for place, counts in self._values.items() if rows else ():
            event, clause = self._makers[place].event, self._makers[place].clause
            if not all(counts):
                continue  # no row could be read, which is told row by row
            why = f"{clause.text} never held" if clause.text else "none has a time for it"
            if clause.text and place in self._timeless:
                yield f"{table}: no row became {event} ({clause.place}): where {clause.text}, none has a time for it."
                continue
            held = " ".join(_held(name, count) for (name, _), count in zip(clause.columns, counts, strict=True))
            yield f"{table}: no row became {event} ({clause.place}): {why}. {held}".rstrip()


def _held(column: str, count: Counter[str]) -> str:
    most = [
        f"{shown(value) if value else 'empty'} {'once' if number == 1 else f'{number:,} times'}"
        for value, number in count.most_common(MAX_VALUES)
    ]
    more = len(count) - len(most)
    rest = f", and {more:,} other values" if more > 1 else ", and one other value" if more else ""
    return f"Column {column!r} is {', '.join(most)}{rest}."


def days_apart(table: str, makers: Iterable[Maker]) -> Iterator[str]:
    """Say where days lie far apart that would follow each other, were month and day read the other way round."""
    days: dict[str, set[date]] = {}
    for maker in makers:
        days.setdefault(maker.clock.pattern, set()).update(maker.clock.days)
    for pattern, read in days.items():
        other = _other_way(read) if swapped(pattern) != pattern else None
        if other is not None and DENSER * _span(other) <= _span(read):
            yield (
                f"{table}: read as {pattern}, its {len(read)} days are from {min(read)} to {max(read)}. Were day and"
                f' month the other way round, "{swapped(pattern)}", they would be from {min(other)} to {max(other)}.'
            )


def _other_way(days: set[date]) -> set[date] | None:
    if len(days) < FEWEST_DAYS or any(day.day > 12 for day in days):  # noqa: PLR2004 - no month has that number
        return None
    return {date(day.year, day.day, day.month) for day in days}


def _span(days: set[date]) -> int:
    return (max(days) - min(days)).days + 1
