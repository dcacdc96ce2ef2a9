"""The last readings among events: how many wait in each line, for the board, which looks through no events.

Read next: `readings.py`, which says what a reading is. The writer of an embedded host stores them with their batch
(`store_writer.py`); a worker publishes them with its progress (`streams/kafka/worker/partition.py`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from streams.storage.readings import Reading, kinds, reading_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from standards.judge.events import Event
    from standards.judge.rulebook import Rulebook


class LastReadings:
    """Those that have changed since they were last asked for."""

    def __init__(self, rulebook: Rulebook) -> None:
        wanted = kinds(rulebook.vocabulary)
        self._kinds = {cls: wanted[name] for name, cls in rulebook.classes.items() if name in wanted}
        self._last: dict[tuple[str, str, str], Reading] = {}

    def take(self, events: Iterable[Event]) -> None:
        """Note the readings among some events."""
        for event in events:
            kind = self._kinds.get(type(event))
            if kind is not None:
                made = reading_of(kind, event.at, _fields_of(event))
                known = self._last.get(made.key)
                if known is None or known.at <= made.at:
                    self._last[made.key] = made

    def changed(self, most: int | None = None) -> list[Reading]:
        """Give them, or so many of them at most; the others come with the next."""
        given = list(self._last.items())[:most]
        for key, _ in given:
            del self._last[key]
        return [reading for _, reading in given]


def _fields_of(event: Event) -> Callable[[str], object]:
    """Give what gives a field of an event, or None."""
    data = event.data
    return lambda name: getattr(data, name, None)
