"""Events on the wire: CloudEvents 1.0 as bytes, in all the forms that people send, made into typed values.

Knows: JSON lines, and the structured, batch and binary forms of the CloudEvents JSON and HTTP bindings. What cannot be
read becomes an `EventError` or a `Refusal` with a stable reason and a place; it is never passed over.
Must not know: sockets, files, standards. Read next: `streams/runtime/pump.py` for what happens to what was read.
"""

from __future__ import annotations

import re
from datetime import datetime
from difflib import get_close_matches
from typing import TYPE_CHECKING, Annotated, Final
from urllib.parse import unquote

import msgspec

from standards.calendar.duration import spoken
from standards.errors import EventError
from standards.judge.events import DERIVED_SOURCE, EPOCH, Event, microseconds, type_of, union_of
from standards.judge.fitting import Fitting
from standards.judge.promise import NEVER

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

MAX_EVENT = 1 << 20
"""The longest event that is read, in bytes."""
MOST_REFUSED = 1_000
"""How many events of one request or record may be refused before the rest of it is not looked at."""
MAX_SKEW = 300_000_000
"""How far an event's time may be ahead of this machine's clock where nobody set it otherwise, in microseconds."""

MADE_HERE: Final = {"person.erased": f"{DERIVED_SOURCE}/erasing"}
"""The types of events that only Kept makes beside `promise.*`, each with the source that it has then."""
FROM_THE_FUTURE: Final = "from-the-future"
"""Why an event is refused whose time is too far ahead."""

UNREADABLE = (msgspec.DecodeError, UnicodeDecodeError, RecursionError)
"""What the decoder raises for bytes that are not an event; RecursionError is for brackets without end."""


class Refusal(msgspec.Struct, frozen=True):
    """One event that could not be read: where it stood (line or place in the batch, from 1), why, and the raw text."""

    place: int
    reason: str
    message: str
    raw: bytes = b""


class _Envelope(msgspec.Struct):
    type: str = ""


class Reader:
    """Reads events of the types in `classes` (name -> class, as the rulebook has them).

    Events with a time after `latest` (microseconds UTC) are refused: history does not come from the future.
    """

    def __init__(self, classes: Mapping[str, type[Event]], *, latest: int = NEVER) -> None:
        self.latest = latest
        self.classes = {name: cls for name, cls in classes.items() if not name.startswith("promise.")}
        self._decoder: msgspec.json.Decoder[Event] = msgspec.json.Decoder(union_of(self.classes.values()))
        self._fitting = Fitting(self.classes.values())
        self._envelope = msgspec.json.Decoder(_Envelope)
        self._raw = msgspec.json.Decoder(msgspec.Raw)
        self._raw_list = msgspec.json.Decoder(list[msgspec.Raw])

    def lines(self, chunk: bytes, refuse: Callable[[Refusal], None], *, first: int = 1, count: int = 0) -> list[Event]:
        """Read JSON lines; `first` is the number of the first, `count` how many they are, where that is known.

        Blank lines are nothing.
        """
        if chunk.isspace():
            return []
        try:
            events = self._decoder.decode_lines(chunk)
        except UNREADABLE:
            return self._each(chunk.split(b"\n"), refuse, first)
        lines = count or chunk.count(b"\n") + (not chunk.endswith(b"\n"))
        whole = len(events) == lines and stamp(events, self.latest)  # two on a line, or one over two, is a fault
        if not whole or not self._fitting.all_fit(events, plain=_is_plain(chunk)):
            return self._each(chunk.split(b"\n"), refuse, first)
        return events

    def batch(self, body: bytes, refuse: Callable[[Refusal], None]) -> list[Event]:
        """Read a CloudEvents batch: a JSON array of events. Raises EventError when it is not an array."""
        try:
            items = self._raw_list.decode(body)
        except UNREADABLE as error:
            raise EventError(
                "not-json", f"the body is not a JSON array of events: {why_not_json(error, body)}"
            ) from None
        return self._each(map(bytes, items), refuse, 1)

    def one(self, raw: bytes) -> Event:
        """Read one structured event. Raises EventError."""
        if len(raw) > MAX_EVENT:
            raise EventError("too-large", f"the event is longer than {MAX_EVENT} bytes; send less data in it")
        try:
            event = self._decoder.decode(raw)
        except UNREADABLE as error:
            raise self._explain(raw, error) from None
        stamp([event])
        early = in_future(event, self.latest, 0)
        if early is not None:
            raise early
        return self._fitting.checked(event)

    def binary(self, headers: Mapping[str, str], body: bytes) -> Event:
        """Read an event of the binary form: attributes in `ce-*` headers, data in the body. Raises EventError."""
        attributes = {
            name[3:].lower(): unquote(value) for name, value in headers.items() if name.lower().startswith("ce-")
        }
        attributes.pop("data", None)
        try:
            data = self._raw.decode(body or b"{}")  # one whole value: what follows it could pass for an attribute
            raw = msgspec.json.encode({**attributes, "data": data})
        except UnicodeEncodeError:
            raise EventError("bad-event", "a ce- header is not UTF-8; percent-encode what is not ASCII") from None
        except (msgspec.MsgspecError, *UNREADABLE) as error:
            raise EventError("not-json", f"the data is not JSON: {why_not_json(error, body)}") from None
        return self.one(raw)

    def _each(self, raws: Iterable[bytes], refuse: Callable[[Refusal], None], first: int) -> list[Event]:
        events = []
        for place, raw in enumerate(raws, first):
            if not raw.strip():
                continue
            try:
                events.append(self.one(raw))
            except EventError as error:
                refuse(Refusal(place, error.reason, str(error), raw))
        return events

    def _explain(self, raw: bytes, error: Exception) -> EventError:
        """Say what is wrong with an event that did not decode, in the producer's terms."""
        try:
            name = self._envelope.decode(raw).type
        except msgspec.ValidationError:
            name = ""
        except UNREADABLE as broken:
            return EventError("not-json", f"not JSON: {why_not_json(broken, raw)}")
        if isinstance(error, UnicodeDecodeError | RecursionError):
            return EventError("not-json", f"not JSON: {error}")
        if not name:
            return EventError("bad-event", "an event is a JSON object with id, source, type, time and data")
        if name.startswith("promise."):
            return EventError("reserved-type", f"{name} is made by Kept itself and is not taken from outside")
        if name not in self.classes:
            close = get_close_matches(name, self.classes, 1)
            hint = f"did you mean {close[0]}?" if close else "declare it under `events` in the standards file"
            return EventError("unknown-type", f"no event type {name!r} in the vocabulary; {hint}")
        return EventError("bad-field", _plain(str(error)))


_ADVICE = {
    "timezone component": "time has no offset; write it like 2026-01-31T08:00:00Z",
    "RFC3339": "time is not a date and time; write it like 2026-01-31T08:00:00Z",
    "Invalid enum value": "specversion is not 1.0",
}
_WORDS = {
    "int": "a whole number", "float": "a number", "str": "text", "bool": "true or false", "object": "an object",
    "array": "a list", "datetime": "a date and time", "null": "nothing",
}  # fmt: skip
_EXPECTED = re.compile(r"Expected `([^`]+)`, got `([^`]+)`")
_LENGTH = re.compile(r"Expected `str` of length ([<>]=) (\d+)")
_HALF = re.compile(
    rb"\\u[dD][89abAB][0-9a-fA-F]{2}(?!\\u[dD][c-fC-F])|(?<!\\u[dD][89abAB][0-9a-fA-F]{2})\\u[dD][c-fC-F][0-9a-fA-F]{2}"
)
_MISSING = re.compile(r"Object missing required field `([^`]+)`")


def _is_plain(raw: bytes) -> bool:
    """Say whether no text in JSON can have a control character: escaped, DEL, or of the second set (RFC 8259, 7)."""
    return not (b"\\" in raw or b"\x7f" in raw or b"\xc2" in raw)


def why_not_json(error: Exception, raw: bytes) -> str:
    """Say why bytes are not JSON: of half a character, which JSON writes in two (RFC 8259, 7), in our own words."""
    half = _HALF.search(raw) if any(word in str(error) for word in ("surrogate", "truncated", "escape")) else None
    if half is None:
        return str(error)
    return f"{half[0].decode()} is half a character; write its other half behind it, or the character itself"


def _plain(message: str) -> str:
    """Put a decoder's finding into the producer's words: where it is, what was found, what was expected."""
    finding, _, path = message.partition(" - at `$.")
    path = path.rstrip("`")
    for sign, words in _ADVICE.items():
        if sign in finding:
            return words if path in ("", "time", "specversion") else f"{path}: {words}"
    if match := _EXPECTED.search(finding):
        wanted = " or ".join(_WORDS.get(name, name) for name in match[1].split(" | ") if name != "null")
        return f"{path or 'the event'} is {_WORDS.get(match[2], match[2])}, where {wanted} is expected"
    if match := _LENGTH.search(finding):
        return f"{path} is empty" if match[1] == ">=" else f"{path} is longer than {match[2]} characters"
    if "Expected `int` <=" in finding or "Expected `int` >=" in finding:
        return f"{path} is too large a number"
    if match := _MISSING.search(finding):
        return f"{path or 'the event'} has no {match[1]}"
    return f"{path}: {finding}" if path else finding


def stamp(events: list[Event], latest: int = NEVER) -> bool:
    """Set `at` on freshly decoded events, and say whether all are of 1970 to `latest` (microseconds UTC).

    In the hot path, and therefore one loop without a call for each, and no division of spans, which is dearer.
    """
    epoch, in_time = EPOCH, True
    for event in events:
        since = event.time - epoch
        event.at = at = since.days * 86_400_000_000 + since.seconds * 1_000_000 + since.microseconds
        if not 0 <= at <= latest:
            in_time = False
    return in_time


def encode(event: Event) -> bytes:
    """Write an event as structured CloudEvents JSON; reading it back gives the same event."""
    return msgspec.json.encode(event)


class _Claim(msgspec.Struct):
    source: str
    time: Annotated[datetime, msgspec.Meta(tz=True)]


def claim_of(raw: bytes) -> tuple[str, int] | None:
    """Give the source of a refused event and the time that it claimed, in microseconds UTC; None: it cannot be told."""
    try:
        claim = msgspec.json.decode(raw, type=_Claim)
        return claim.source, microseconds(claim.time)
    except (*UNREADABLE, ValueError, OverflowError):
        return None


class TooManyRefusedError(Exception):
    """So much of what was sent together is refused that the rest is not looked at."""


def bounded(refusals: list[Refusal]) -> Callable[[Refusal], None]:
    """Give what adds to refusals, up to a bound. Raises TooManyRefusedError there."""

    def refuse(refusal: Refusal) -> None:
        refusals.append(refusal)
        if len(refusals) >= MOST_REFUSED:
            raise TooManyRefusedError

    return refuse


def is_own(source: str) -> bool:
    """Say whether a source is Kept's own, which nobody else may use by HTTP."""
    return source == DERIVED_SOURCE or source.startswith(f"{DERIVED_SOURCE}/")


def reserved(event: Event, is_ours: Callable[[str], bool] = DERIVED_SOURCE.__eq__) -> EventError | None:
    """Say that an event claims to come from Kept itself, or is one that only Kept makes."""
    maker = MADE_HERE.get(type_of(event))
    if maker and event.source != maker:
        return EventError("reserved-type", f"{type_of(event)} is made by Kept itself and is not taken from outside")
    if not is_ours(event.source):
        return None
    return EventError("reserved-source", f"the source {event.source!r} is Kept's own; let the sender use its own name")


def in_future(event: Event, wall: int, max_skew: int) -> EventError | None:
    """Say that an event claims a time that cannot be: before 1970, or too far ahead of the wall clock."""
    if event.at < 0:
        return EventError("bad-field", "time is before 1970; check the sender's clock")
    ahead = event.at - wall
    if ahead <= max_skew:
        return None
    return EventError(FROM_THE_FUTURE, f"time is {spoken(ahead)} ahead of this machine's clock; check the sender's")
