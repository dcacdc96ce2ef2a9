"""Admission: which of the events that came are taken in, at which instant they count, and with which names.

Read next: `streams/names/door.py`, `streams/ingest/agreement.py`; `engine.py`, which judges what is taken.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from standards.errors import EventError
from standards.judge.events import type_of
from streams.ingest.agreement import gone
from streams.ingest.wire import Refusal, encode, in_future, reserved

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from standards.judge.events import Event
    from streams.ingest.agreement import Agreed, Agreement
    from streams.ingest.wire import Reader
    from streams.names.door import Door
    from streams.runtime.source_clocks import SourceClocks


class Admission:
    """Admits events of the vocabulary of a reader; `max_skew`, in microseconds, is how far ahead they may be.

    `sources` hear of what each sender's clock says. Without a `door` names stay as they are. `turned_away` says why
    events were refused, by the ids of their objects, until somebody takes that.
    """

    def __init__(
        self, reader: Reader, sources: SourceClocks, door: Door | None, max_skew: int, agreement: Agreement
    ) -> None:
        self.sources, self._agreement = sources, agreement
        self._reader, self._door, self._max_skew = reader, door, max_skew
        self._types = set(reader.classes.values())
        self.turned_away: dict[int, Refusal] = {}
        self._as_sent: dict[int, int] = {}

    def admitted(self, events: Sequence[Event], refused: list[Refusal], wall: int) -> Agreed:
        """Refuse events from too far ahead, in Kept's own name or against what was agreed; read earlier ones again.

        No event happens after it was received: one whose time is a little ahead of its stamp happened at its stamp.
        """
        self._as_sent = {}
        if not self._types.issuperset(map(type, events)):
            events = list(self._read_again(events, refused))
        admitted = []
        for event in events:
            received = event.received = event.received or wall
            error = in_future(event, received, self._max_skew) or reserved(event)
            if error is not None:
                self._refuse(event, Refusal(0, error.reason, str(error), encode(event)), refused)
                continue
            self.sources.hear(event.source, event.at, received)
            event.at = min(event.at, received)
            admitted.append(event)
        strangers, objections = list[Refusal](), list[Refusal]()
        inside = admitted if self._door is None else self._door.let_in(admitted, strangers)
        agreed = self._agreement.held(inside, objections)
        for came, went, why in ((admitted, inside, strangers), (inside, agreed.events, objections)):
            for event, refusal in gone(came, went, why):
                self._refuse(event, refusal, refused)
        return agreed

    def _refuse(self, event: Event, refusal: Refusal, refused: list[Refusal]) -> None:
        refused.append(refusal)
        self.turned_away[self._as_sent.get(id(event), id(event))] = refusal

    def _read_again(self, events: Iterable[Event], refused: list[Refusal]) -> Iterable[Event]:
        for event in events:
            if type(event) in self._types:
                yield event
                continue
            raw = encode(event)
            try:
                again = self._reader.one(raw)
                again.received = event.received
                self._as_sent[id(again)] = id(event)
                yield again
            except EventError as error:
                self._refuse(event, Refusal(0, error.reason, f"{type_of(event)}: {error}", raw), refused)
