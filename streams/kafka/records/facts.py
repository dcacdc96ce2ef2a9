"""What travels between the Kafka processes: the records of each topic, and which partition a subject belongs to.

Records that only Kept reads are MessagePack (`facts`); all others are JSON, or JSON lines, for whoever looks at them.
Read next: `streams/kafka/worker/partition.py`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, Generic, TypeVar
from zlib import crc32

import msgspec

from alerts.routing.actions import ROUTED, Action
from alerts.routing.notice import Notice, Reason, Withheld
from standards.errors import StateError
from standards.judge.events import Event, type_of, union_of
from standards.judge.ledger import Line
from standards.judge.rulebook import subject_text
from streams.ingest.wire import UNREADABLE
from streams.runtime.feeds import FeedStanding
from streams.storage.readings import Reading

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from standards.judge.rulebook import Key

T = TypeVar("T")

HeardAt = tuple[str, tuple[str | int, ...], list[int]]
"""A feed, the key that it was heard for, and when: microseconds UTC."""


class Facts(msgspec.Struct, Generic[T], array_like=True):
    """One record of `facts`. All instants are microseconds UTC, or -1.

    From the ticker: `wall` is the instant up to which all is in `facts` that was in `events` then, `lows` are the
    instants that the strata have reached for sure, the lowest stratum's first. No other record moves time.
    From the intake: `events`, each with its stamp; `hearings`, which are what feeds were heard; `wall`, its clock.
    Where records of `events` were deleted before they were read, `gap` holds two stamps between which facts are
    missing; such a record goes to all partitions.
    From a worker: `events` are promises' own events, for standards that hear them; nothing else is set.
    Events of earlier versions have no stamps: then `wall` is the stamp of all. In their records `newest` is the latest
    event time that partition `origin` of `events`, one of `origins`, had come to, which moved time too. `stamps` is
    what some said of their events beside them; nobody reads it any more, and no field may take its place.
    """

    wall: int = -1
    lows: list[int] = []
    origin: int = -1
    origins: int = 0
    newest: int = -1
    hearings: list[HeardAt] = []
    events: list[T] = []
    stamps: list[int] = []
    gap: list[int] = []


class FactsCodec:
    """Writes and reads the records of `facts`, with the event classes of one rulebook."""

    def __init__(self, classes: Mapping[str, type[Event]]) -> None:
        union: Any = union_of(classes.values())
        self._whole: msgspec.msgpack.Decoder[Facts[Event]] = msgspec.msgpack.Decoder(Facts[union])
        self._loose: msgspec.msgpack.Decoder[Facts[Any]] = msgspec.msgpack.Decoder(Facts[msgspec.Raw])
        self._event: msgspec.msgpack.Decoder[Event] = msgspec.msgpack.Decoder(union)
        self._encoder = msgspec.msgpack.Encoder()

    def encode(self, facts: Facts[Event]) -> bytes:
        """Write a record."""
        return self._encoder.encode(facts)

    def decode(self, raw: bytes) -> Facts[Event]:
        """Read a record, without the events that this rulebook does not know. Raises StateError for other bytes.

        Where some are left out, the `place` of the others is where they stand among all of them.
        """
        try:
            return self._whole.decode(raw)
        except UNREADABLE:
            pass
        try:
            loose = self._loose.decode(raw)
        except UNREADABLE as error:
            raise StateError(f"this is not a record of facts: {error}; only Kept may write to its topics") from None
        events = []
        for index, each in enumerate(loose.events):
            try:
                event = self._event.decode(each)
            except UNREADABLE:
                continue
            event.place = index
            events.append(event)
        return msgspec.structs.replace(loose, events=events)


class Telling(msgspec.Struct, omit_defaults=True):
    """One record of `tellings`: what one flush found worth telling, and why each line is or is not, by its id.

    `lines` are those that the notices tell of, `renamed` those of known trouble that goes on under another id:
    machines have to know it, so `renames` are their notices.
    """

    notices: list[Notice] = []
    reasons: dict[str, Reason] = {}
    lines: list[Line] = []
    renamed: list[Line] = []
    renames: list[Notice] = []


class Told(msgspec.Struct, omit_defaults=True):
    """One record of `notices`: what is to be delivered, why lines were told or not, by id, and what was withheld."""

    notices: list[Notice] = []
    reasons: dict[str, Reason] = {}
    withheld: list[Withheld] = []


class PersonsAct(msgspec.Struct, omit_defaults=True):
    """One record of `acts`: what somebody did. Earlier versions wrote apart, as `act`, what the routers hear of."""

    row: Action
    act: Action | None = None

    @property
    def routed(self) -> Action | None:
        """What the router hears of, if it does."""
        return self.row if self.row.type in ROUTED and self.act is None else self.act


WORDS: Final = 2_000
"""How long a letter's message may be: it may quote what the sender wrote."""


class Letter(msgspec.Struct, tag_field="kind", tag="refused", omit_defaults=True):
    """One record of `dead-letters`: what could not be read, and where it came from: `topic/partition/offset#place`."""

    received: int
    reason: str
    message: str
    origin: str
    raw: bytes = b""


class Late(msgspec.Struct, tag_field="kind", tag="unused", omit_defaults=True):
    """One record of `dead-letters`: an event that changed nothing, and why. Instants: microseconds UTC."""

    received: int
    reason: str
    type: str
    source: str
    id: str
    at: int

    @classmethod
    def of(cls, event: Event, reason: str, wall: int) -> Late:
        """Name an event; `wall` is the clock in microseconds UTC."""
        return cls(wall, reason, type_of(event), event.source, event.id, event.at)


DeadLetters = list[Letter | Late]
"""What a record of `dead-letters` holds, as JSON."""


class Progress(msgspec.Struct, omit_defaults=True):
    """One record of `progress`: what one partition of `facts` has judged, published and remembered.

    `lows` are the instants that its strata have reached, `offset` the last record of `facts` that was applied. That of
    partition 0 says how the feeds stand: they are heard alike in all of them. `feeds` are those that were silent
    longest, and `silent` counts by feed for how many of all its keys it was silent at `wall`; an older worker's record
    does not say. `readings` are the last ones of each line since the record before, for whoever wants to know how many
    wait there.
    """

    partition: int
    lows: list[int]
    newest: int = -1
    offset: int = -1
    wall: int = -1
    problems: list[str] = []
    feeds: list[FeedStanding] = []
    silent: dict[str, int] | None = None
    readings: list[Reading] = []


class Revision(msgspec.Struct, omit_defaults=True):
    """One record of `revisions`: the text by which promises of this revision are judged to their end."""

    revision: str
    standard: str
    excerpt: str
    loaded_at: int


def partition_of(key: Key, partitions: int) -> int:
    """Say which partition a subject's facts go to: by the checksum of its text, the same on every machine."""
    return crc32(subject_text(key).encode()) % partitions


def lines(values: Sequence[msgspec.Struct]) -> bytes:
    """Write values as JSON lines."""
    return msgspec.json.Encoder().encode_lines(values)
