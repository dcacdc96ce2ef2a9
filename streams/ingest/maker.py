"""A maker: what makes the events of one entry of a mapping, once the header of a table is known."""

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


class Clause(NamedTuple):
    """What decides which rows become an event: a condition as it was written, or nothing where all of them do.

    `place` is where the mapping says it, `columns` are those it looks at: header, and place in a row.
    """

    text: str
    place: str
    columns: tuple[tuple[str, int], ...]
    holds: Callable[[list[str]], bool]


@dataclass(frozen=True, slots=True)
class Maker:
    """Makes the events of one entry of the mapping's `events`.

    `time` is None for a row that has no such event. `build` takes the cells, the row's number and the time. `clock` has
    read the times, and `clause` says which rows are asked for.
    """

    event: str
    time: Callable[[Cells], datetime | None]
    clock: Clock
    clause: Clause
    seen: Callable[[Cells], Seen | None] | None
    build: Callable[[Cells, int, datetime], Event]
