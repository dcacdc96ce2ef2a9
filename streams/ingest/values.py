"""What takes values from the cells of a row: one cell, several joined, a time that follows another one.

Read next: `columns.py`, which finds the cells; `cells.py`, which reads their texts.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Any, Final

from standards.errors import EventError
from streams.ingest.cells import Reader
from streams.ingest.makers import Cells, Get
from streams.ingest.times import Clock

MAX_ID: Final = 512
"""Characters of the longest id that an event can have."""


def joined(indexes: list[int], missing: Sequence[str]) -> Callable[[Cells], str | None]:
    """Give what joins columns by a blank; None where one of them is empty or says that there is no value."""
    none = frozenset(["", *missing])
    if len(indexes) == 1:  # as almost always; made for speed
        (index,) = indexes
        return lambda cells: None if (cell := cells[index]) in none else cell

    def get(cells: Cells) -> str | None:
        taken = [cells[index] for index in indexes]
        return " ".join(taken) if none.isdisjoint(taken) else None

    return get


def value_of(text: Callable[[Cells], str | None], read: Reader, named: str) -> Get:
    """Give what reads a text as a value; a fault says of which column."""

    def get(cells: Cells) -> Any:  # noqa: ANN401 - of the field's type
        found = text(cells)
        try:
            return None if found is None else read(found)
        except EventError as error:
            raise EventError(error.reason, f"column {named!r}: {error}", found=error.found) from None

    return get


def following(
    text: Callable[[Cells], str | None], before: Sequence[Callable[[Cells], str | None]], clock: Clock, named: str
) -> Callable[[Cells], datetime | None]:
    """Give what reads a time that follows others of its row, first to last: those that it has."""

    def get(cells: Cells) -> datetime | None:
        found = text(cells)
        if found is None:
            return None
        time: datetime | None = None
        try:
            for days, each in enumerate((*(earlier(cells) for earlier in before), found)):
                if each is not None:
                    time = clock(each) if time is None else clock.following(each, time, days)
        except EventError as error:
            raise EventError(error.reason, f"column {named!r}: {error}", found=error.found) from None
        return time

    return get


def moved(at: Callable[[Cells], datetime | None], by: Callable[[Cells], float | None], sign: int) -> Get:
    """Give what moves a time by seconds, on (1) or back (-1); where there are none of them, there is no such event."""

    def get(cells: Cells) -> datetime | None:
        time, seconds = at(cells), by(cells)
        if time is None or seconds is None:
            return None
        try:
            return time + timedelta(seconds=sign * seconds)
        except OverflowError:
            found = f"{seconds:g} seconds"
            raise EventError("time", f"{found} lead out of all dates; see to the length", found=found) from None

    return get


def checked_id(found: str | None) -> str:
    """Give the id that a template made. Raises EventError for none, and for one that is too long."""
    if found is None or len(found) > MAX_ID:
        what = "has an empty column" if found is None else f"is longer than {MAX_ID} characters"
        raise EventError("id", f"the event's id {what}; leave id out of the mapping, or choose other columns")
    return found
