"""Arrivals: the records of `events` made into events, in every form that the Kafka binding of CloudEvents has.

Structured (JSON), binary (attributes in `ce_*` headers), batch (a JSON array), and JSON lines. What cannot be read
becomes a letter that says where it stood: `topic/partition/offset#place`. Each event is stamped with when its record
was received, which no event may be far ahead of.
Read next: `streams/ingest/wire.py`, which reads the bytes.
"""

from __future__ import annotations

from operator import attrgetter
from typing import TYPE_CHECKING, Final

import msgspec

from standards.errors import EventError
from standards.judge.events import DERIVED_SOURCE
from streams.ingest.wire import (
    MOST_REFUSED,
    UNREADABLE,
    Refusal,
    TooManyRefusedError,
    bounded,
    encode,
    in_future,
    reserved,
)
from streams.kafka.intake.fastest_clock import FastestClock
from streams.kafka.records.facts import WORDS, Letter

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from standards.judge.events import Event
    from streams.ingest.wire import Reader
    from streams.kafka.clients.log import ConsumerRecord

    Headers = Sequence[tuple[str, bytes]]

TOGETHER: Final = 500
"""How many records are read by one call; a bad one among them costs a second look at these only."""
RAW: Final = 64 << 10
"""How much of what cannot be read goes along to the dead letters, in bytes."""

_AT: Final = attrgetter("at")
_SOURCE: Final = attrgetter("source")
_ITEMS: Final = msgspec.json.Decoder(list[msgspec.Raw])
_LINES: Final = ("application/x-ndjson", "application/jsonl", "application/ndjson")


class Arrivals:
    """Reads records. `stamps` says when records were received, `max_skew` how far ahead of that an event's time may be.

    In microseconds. With `by_events`, what is read counts as received when it happened. `clocks` hear what is read.
    """

    def __init__(
        self,
        reader: Reader,
        *,
        stamps: Callable[[Sequence[ConsumerRecord]], list[int]],
        max_skew: int,
        by_events: bool = False,
        clocks: FastestClock | None = None,
    ) -> None:
        self._reader = reader
        self._clocks = clocks or FastestClock()
        self._stamps = stamps
        self._max_skew = max_skew
        self._by_events = by_events

    def read(self, records: Sequence[ConsumerRecord], letters: list[Letter]) -> list[Event]:
        """Read one partition's records, in their order; what cannot be read is added to `letters`."""
        stamps = self._stamps(records)
        events: list[Event] = []
        for start in range(0, len(records), TOGETHER):
            some, received = records[start : start + TOGETHER], stamps[start : start + TOGETHER]
            found = self._together(some, received, letters)
            events += self._each(some, received, letters) if found is None else found
        if self._by_events:
            for event in events:
                event.received = event.at
        else:
            self._clocks.hear_all(events)
        return events

    def _together(
        self, records: Sequence[ConsumerRecord], stamps: list[int], letters: list[Letter]
    ) -> list[Event] | None:
        """Read records that hold one structured event each by one call, or give None if they are not all such."""
        if any(_is_special(headers) for headers in {record.headers for record in records}):
            return None
        values = [record.value for record in records if record.value]
        chunk = b"\n".join(values)
        if len(values) != len(records) or chunk.count(b"\n") != len(records) - 1:
            return None
        refusals: list[Refusal] = []
        events = self._reader.lines(chunk, refusals.append, first=0)
        if len(events) + len(refusals) != len(records) or any(r.raw.lstrip()[:1] == b"[" for r in refusals):
            return None
        if not self._all_admitted(events, min(stamps)):
            return None
        letters += [letter_of(records[refusal.place], refusal, 1, stamps[refusal.place]) for refusal in refusals]
        if refusals:
            gone = {refusal.place for refusal in refusals}
            stamps = [stamp for place, stamp in enumerate(stamps) if place not in gone]
        for event, stamp in zip(events, stamps, strict=True):
            event.received, event.place = stamp, -1
        return events

    def _each(self, records: Sequence[ConsumerRecord], stamps: Iterable[int], letters: list[Letter]) -> list[Event]:
        events: list[Event] = []
        for record, stamp in zip(records, stamps, strict=True):
            refusals: list[Refusal] = []
            found = self._read_one(record, refusals)
            if not self._all_admitted(found, stamp):
                found = self._admitted(_placed(found, refusals, record.value or b""), stamp, refusals)
            for event in found:
                event.received, event.place = stamp, -1
            events += found
            letters += [letter_of(record, refusal, refusal.place, stamp) for refusal in refusals]
        return events

    def _read_one(self, record: ConsumerRecord, refusals: list[Refusal]) -> list[Event]:
        """Read one record in whatever form it is."""
        value, headers = record.value or b"", record.headers
        kind = _content_type(headers)
        try:
            if any(name.startswith("ce_") for name, _ in headers):
                return [self._reader.binary(_attributes(headers), value)]
            text = value.strip()
            if not text:
                raise EventError("no-event", "the record is empty; send an event in it, or nothing")  # noqa: TRY301 - as the reader would
            if text.startswith(b"["):
                return self._read_batch(text, refusals)
            if kind in _LINES or b"\n" in text:
                return self._read_lines(value, refusals, sure=kind in _LINES)
            return [self._reader.one(text)]
        except TooManyRefusedError:
            first = refusals[0]
            many = f"{MOST_REFUSED:,} of its events or more cannot be read, so none of it counts"
            words = f"{many}; the first: {first.message}"
            refusals[:] = [Refusal(1, first.reason, words, _whole(headers, value))]
            return []
        except (EventError, UnicodeDecodeError) as error:
            reason = error.reason if isinstance(error, EventError) else "not-json"
            refusals.append(Refusal(1, reason, str(error), _whole(headers, value)))
            return []

    def _read_batch(self, text: bytes, refusals: list[Refusal]) -> list[Event]:
        """Read a JSON array; by one call where its events can be lines, as Kept's own event sink writes them."""
        try:
            lines = b"\n".join(_ITEMS.decode(text))
        except UNREADABLE as error:
            raise EventError("not-json", f"the record is not a JSON array of events: {error}") from None
        if not lines or b"\n" in text:
            return self._reader.batch(text, bounded(refusals))
        return self._reader.lines(lines, bounded(refusals))

    def _read_lines(self, value: bytes, refusals: list[Refusal], *, sure: bool) -> list[Event]:
        """Read JSON lines; what is not said to be lines may as well be one event that is printed over several."""
        if not sure and _is_json(value):
            return [self._reader.one(value)]
        return self._reader.lines(value, bounded(refusals))

    def places(self, records: Sequence[ConsumerRecord]) -> Iterator[tuple[Event, ConsumerRecord, int]]:
        """Give each event of some records once more, with its record and its place there, from 1."""
        for record in records:
            refusals: list[Refusal] = []
            for place, event in _placed(self._read_one(record, refusals), refusals, record.value or b""):
                yield event, record, place

    def _all_admitted(self, events: Sequence[Event], stamp: int) -> bool:
        """Say whether none is from the future or in Kept's own name; without a step of Python for each."""
        if not events:
            return True
        return max(map(_AT, events)) <= stamp + self._max_skew and DERIVED_SOURCE not in map(_SOURCE, events)

    def _admitted(self, placed: Iterable[tuple[int, Event]], stamp: int, refusals: list[Refusal]) -> list[Event]:
        admitted = []
        for place, event in placed:
            error = in_future(event, stamp, self._max_skew)
            if error is not None:
                self._clocks.hear(event.source, event.at, stamp)
            error = error or reserved(event)
            if error is None:
                admitted.append(event)
            else:
                refusals.append(Refusal(place, error.reason, str(error), encode(event)))
        refusals.sort(key=lambda refusal: refusal.place)
        return admitted


def letter_of(record: ConsumerRecord, refusal: Refusal, place: int, stamp: int) -> Letter:
    """Give the letter of an event that is refused, with the names that are in it."""
    return Letter(
        received=stamp,
        reason=refusal.reason,
        message=refusal.message[:WORDS],
        origin=f"{record.topic}/{record.partition}/{record.offset}#{place}",
        raw=refusal.raw[:RAW],
    )


def _placed(events: Sequence[Event], refusals: Sequence[Refusal], value: bytes) -> list[tuple[int, Event]]:
    """Give each event with its place in its record, from 1: those that were not refused, in order."""
    gone = {refusal.place for refusal in refusals}
    places = [place for place, line in enumerate(value.split(b"\n"), 1) if line.strip()]
    if value.lstrip().startswith(b"[") or len(places) != len(events) + len(gone):  # these are not lines
        places = list(range(1, len(events) + len(gone) + 1))
    return list(zip([place for place in places if place not in gone], events, strict=True))


def _is_special(headers: Headers) -> bool:
    return any(name.startswith("ce_") for name, _ in headers) or _content_type(headers) in _LINES


def _content_type(headers: Headers) -> str:
    for name, value in headers:
        if name.lower() == "content-type" and value:
            return value.decode("latin-1").partition(";")[0].strip().lower()
    return ""


def _attributes(headers: Headers) -> dict[str, str]:
    """Give the attributes as the HTTP binding names and quotes them, which is what the reader reads."""
    given = [(name, value or b"") for name, value in headers if name.startswith("ce_")]
    found = {f"ce-{name[3:]}": value.decode().replace("%", "%25") for name, value in given}
    kind = _content_type(headers)
    return found | ({"ce-datacontenttype": kind} if kind else {})


def _is_json(value: bytes) -> bool:
    try:
        msgspec.json.decode(value, type=msgspec.Raw)
    except UNREADABLE:
        return False
    return True


def _whole(headers: Headers, value: bytes) -> bytes:
    """Give all of a record that cannot be read: the binary form's attributes stand beside its value, if it is JSON."""
    attributes = {name[3:]: (text or b"").decode("utf-8", "replace") for name, text in headers if name[:3] == "ce_"}
    data = msgspec.Raw(value) if _is_json(value) else None
    return msgspec.json.encode({**attributes, "data": data}) if attributes else value
