"""The log of a case in rows: a few events as they are, and of many their places in `facts`.

A busy case logs most of what it hears, and a backlog has many events for each row. They are in `facts` for much longer
than a case needs them, and are read again there when a partition is taken up.
Read next: `journal.py`, `renewal.py`; `streams/kafka/records/places.py`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import msgspec

from streams.kafka.records.rows import unpack
from streams.storage.cases.case_past import stamp

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from standards.judge.events import Event
    from streams.kafka.records.rows import Row

FEW: Final = 16
"""So many events of a row are written as they are."""

_read_raws = msgspec.msgpack.Decoder(list[msgspec.Raw]).decode


def split(events: Sequence[Event]) -> tuple[Sequence[Event], list[int]]:
    """Divide what is to be written of a log into events, and the places of the others."""
    if len(events) <= FEW:
        return events, []
    return [event for event in events if event.place < 0], [event.place for event in events if event.place >= 0]


class RowLogs:
    """Reads logs. `facts` are the events that rows name, by their places."""

    def __init__(self, decode: Callable[[msgspec.Raw], Event], facts: Mapping[int, Event]) -> None:
        self._gone = 0
        self._decode = decode
        self._facts = facts

    def since(self, rows: Iterable[Row], time: int) -> list[Event]:
        """Give the events after an instant, from the rows of a case. Raises one of UNREADABLE."""
        raws = (raw for row in rows if row.log for raw in _read_raws(unpack(row.log)))
        events = [self._decode(raw) for raw in raws if stamp(raw) > time]
        for event in events:
            event.place = -1  # the topic can be another one since it was written
        return events + [event for event in self._named(rows) if event.at > time]

    def problems(self, number: int) -> list[str]:
        """Say what could not be read in a partition."""
        if not self._gone:
            return []
        found = f"{self._gone} subjects of partition {number} rest on facts that Kafka has no longer"
        return [f"{found}: what happened before now and comes late finds no place there; keep facts for two days"]

    def _named(self, rows: Iterable[Row]) -> list[Event]:
        try:
            return [self._facts[place] for row in rows for place in row.places]
        except KeyError:
            self._gone += 1
            raise msgspec.DecodeError("an event that is judged by again is no longer in facts") from None
