"""What makes events of the cells of a row.

Read next: `columns.py`, which makes the makers for the header of a table.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from standards.judge.events import Event
from streams.ingest.times import Clock

Cells = list[str]
Get = Callable[[Cells], Any]
"""Takes a value from the cells of a row; None where there is none. Raises EventError."""


class Seen(NamedTuple):
    """What a row says to `changed`: the key, and the value of the column that may have changed."""

    key: tuple[str, ...]
    value: str


class Moment(NamedTuple):
    """Of which columns a time is: those that are read, those of a time that it follows, one added, one taken off."""

    columns: tuple[str, ...]
    after: tuple[str, ...] = ()
    plus: str = ""
    minus: str = ""


class Clause(NamedTuple):
    """Which rows become an event: a condition as it was written, or nothing where all of them do.

    `place` is where the mapping says it, `columns` are those it looks at: header, and place in a row.
    """

    text: str
    place: str
    columns: tuple[tuple[str, int], ...]
    holds: Callable[[Cells], bool]


@dataclass(frozen=True, slots=True)
class Maker:
    """Makes the events of one entry of `events`; `time`, which `clock` reads, is None for a row without the event.

    `moment` says of which columns the time is. `build` takes the cells, what the row is called in ids (its number in a
    table), and the time.
    """

    event: str
    time: Callable[[Cells], datetime | None]
    moment: Moment
    clock: Clock
    clause: Clause
    seen: Callable[[Cells], Seen | None] | None
    build: Callable[[Cells, int | str, datetime], Event]


class Bound(NamedTuple):
    """What makes the events of a table's rows; `thing` says which one a row is about, None where each has its own."""

    makers: list[Maker]
    thing: Callable[[Cells], tuple[str, ...] | None]
