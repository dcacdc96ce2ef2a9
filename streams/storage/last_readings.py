"""The last readings among events: how many wait in each line, for the board, which looks through no events.

Read next: `readings.py`, which says what a reading is. The writer of an embedded host stores them with their batch
(`store_writer.py`); a worker publishes them with its progress (`streams/kafka/worker/partition.py`).
"""

from __future__ import annotations

from operator import attrgetter
from typing import TYPE_CHECKING, Final

from standards.judge.rulebook import subject_text
from streams.storage.readings import Reading, kinds

if TYPE_CHECKING:
    from collections.abc import Iterable

    from standards.judge.events import Event
    from standards.judge.rulebook import Rulebook


AT_ONCE: Final = 500
"""How many a worker publishes at once; the others come with the next."""


class LastReadings:
    """Those that have changed since they were last asked for, and so many of them at most; None: all."""

    def __init__(self, rulebook: Rulebook, most: int | None = None) -> None:
        self._most = most
        wanted = kinds(rulebook.vocabulary)
        self._kinds = {cls: wanted[name] for name, cls in rulebook.classes.items() if name in wanted}
        self._places = {cls: attrgetter("site", *kind.names) for cls, kind in self._kinds.items()}
        self._last: dict[tuple[type[Event], tuple[object, ...]], Event] = {}

    def take(self, events: Iterable[Event]) -> None:
        """Note the readings among some events: this is done for each event, so what they say is read when asked for."""
        for event in events:
            cls = type(event)
            place = self._places.get(cls)
            if place is not None:
                key = cls, place(event.data)
                known = self._last.get(key)
                if known is None or known.at <= event.at:
                    self._last[key] = event

    def changed(self) -> list[Reading]:
        """Give them, as many as may be given at once; the others come with the next."""
        given = list(self._last.items())[: self._most]
        for key, _ in given:
            del self._last[key]
        return [self._reading(event, place) for (_, place), event in given]

    def _reading(self, event: Event, place: tuple[object, ...]) -> Reading:
        what, (site, *names) = self._kinds[type(event)].what, place
        return Reading(str(site), subject_text(tuple(names)), what, getattr(event.data, what), event.at)
