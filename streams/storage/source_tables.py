"""The senders' clocks, stored by half-hours, so that a restart does not lose what is known of them.

Read next: `streams/runtime/source_clocks.py`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from standards.judge.case import Effect
from standards.judge.standard import DAY
from streams.runtime.source_clocks import STRETCH, SourceClock

if TYPE_CHECKING:
    from collections.abc import Sequence

    from streams.storage.sqlite import Database, Row

SOURCE = "source, since, ahead, behind, refused, late"
"""The columns of `source_clocks` that `source_clock` takes."""

_SOURCE = f"INSERT OR REPLACE INTO source_clocks ({SOURCE}) VALUES (?,?,?,?,?,?)"  # noqa: S608 - fixed names

_late = msgspec.json.Decoder(dict[Effect, int]).decode


def book_sources(database: Database, clocks: Sequence[SourceClock]) -> None:
    """Write, inside a transaction, how some senders' clocks stand; what is older than a day goes."""
    database.put("DELETE FROM source_clocks WHERE since < ?", [(it.since - DAY,) for it in clocks[:1]])
    rows = [(it.source, it.since, it.ahead, it.behind, it.refused, msgspec.json.encode(it.late)) for it in clocks]
    database.put(_SOURCE, rows)


def read_sources(database: Database, at: int) -> list[SourceClock]:
    """Give the clocks of the stretch in which an instant lies, in microseconds UTC."""
    sql = f"SELECT {SOURCE} FROM source_clocks WHERE since = ?"  # noqa: S608 - fixed names
    return [source_clock(row) for row in database.all(sql, [at - at % STRETCH])]


def forget_later(database: Database, now: int) -> None:
    """Forget, inside a transaction, the stretches that begin after `now`: a clock was ahead, and went back."""
    database.put("DELETE FROM source_clocks WHERE since > ?", [(now,)])


def source_clock(row: Row) -> SourceClock:
    """Make a clock of the columns of SOURCE."""
    source, since, ahead, behind, refused, late = row
    return SourceClock(source, since, ahead, behind, refused, _late(late))
