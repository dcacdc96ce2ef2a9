"""The intake: `POST /v1/events`, in all the forms that people send CloudEvents in.

202 is said only when everything is durable. What cannot be read is answered with its place and reason and goes to the
dead letters; the rest of the request is kept, and the answer says how much that was. This is the hot path: nothing here
is checked twice, nor one by one where it can be checked together.
Read next: `streams/ingest/wire.py`, which reads them.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator, Mapping
from http import HTTPStatus
from operator import attrgetter
from time import perf_counter
from typing import TYPE_CHECKING, Final

import msgspec
from aiohttp import web

from standards.errors import EventError
from standards.judge.events import type_of
from streams.ingest.wire import (
    MADE_HERE,
    MAX_SKEW,
    UNREADABLE,
    Refusal,
    TooManyRefusedError,
    bounded,
    in_future,
    is_own,
    reserved,
)
from streams.web.actions import SENDING, check_open
from streams.web.api.views import IntakeAnswer, RefusedItem
from streams.web.body import PATIENCE, check_type, read_body
from streams.web.forms import NoQuery
from streams.web.operation import Operation, json_answer, read_query
from streams.web.problem import Problem

if TYPE_CHECKING:
    from standards.judge.events import Event
    from streams.host import EventSink
    from streams.ingest.wire import Reader

ONE: Final = "application/cloudevents+json"
BATCH: Final = "application/cloudevents-batch+json"
LINES: Final = ("application/x-ndjson", "application/jsonl", "application/ndjson")
BINARY: Final = "application/json"
KNOWN: Final = (ONE, BATCH, *LINES)


class Limits(msgspec.Struct, frozen=True):
    """What one request may be: `body` in bytes, unpacked; `max_skew` in microseconds ahead of the host's clock.

    `patience` is how long its body may take to come, in seconds.
    """

    body: int = 4 << 20
    max_skew: int = MAX_SKEW
    patience: float = PATIENCE


AT_ONCE: Final = 1 << 18
"""How many bytes of JSON lines are read before others have their turn."""
_SOURCE = attrgetter("source")


class _Named(msgspec.Struct):
    id: str = ""


class Intake:
    """Takes events in by HTTP. `timed` is told how long each request took, in seconds."""

    def __init__(self, sink: EventSink, timed: Callable[[float], None], limits: Limits) -> None:
        self._sink = sink
        self._timed = timed
        self._limits = limits

    def operations(self) -> list[Operation]:
        """Say what can be done."""
        answers = {HTTPStatus.ACCEPTED: IntakeAnswer}
        return [Operation("POST", "/v1/events", "Take events in.", self._receive, answers, SENDING, body="events")]

    async def _receive(self, request: web.Request) -> web.Response:
        began = perf_counter()
        read_query(request, NoQuery)
        check_open(self._sink)
        form = _form(request)
        body = await read_body(request, self._limits.body, self._limits.patience)
        refusals: list[Refusal] = []
        try:
            events = await self._read(form, request, body, refusals)
        except TooManyRefusedError:
            await self._sink.submit((), refusals)
            words = (
                f"{len(refusals)} events of this request cannot be read, so the rest was not looked at and nothing was "
                "kept; mend the sender and send it again"
            )
            raise _refused(words, 0, refusals) from None
        unread = len(refusals)
        if events or refusals:
            turned_away = await self._sink.submit(events, refusals)
            if turned_away:
                refusals = _in_place(turned_away, refusals, form, _whole(form, request, body))
        self._timed(perf_counter() - began)
        return _answer(len(events) + unread - len(refusals), refusals, unread)

    async def _read(self, form: str, request: web.Request, body: bytes, refusals: list[Refusal]) -> list[Event]:
        reader, refuse = self._sink.reader, bounded(refusals)
        try:
            if form == BATCH:
                events = reader.batch(body, refuse)
            elif form == ONE:
                events = [reader.one(body)]
            elif form == BINARY:
                events = [reader.binary(request.headers, body)]
            else:
                events = await _lines(reader, body, refuse)
        except EventError as unreadable:
            refuse(Refusal(1, unreadable.reason, str(unreadable), _whole(form, request, body)))
            return []
        wall, max_skew = self._sink.wall(), self._limits.max_skew
        newest = max((event.at for event in events), default=0)
        own = any(map(is_own, set(map(_SOURCE, events)))) or not MADE_HERE.keys().isdisjoint(map(type_of, events))
        if newest <= wall + max_skew and not own:
            return events
        gone, present = {refusal.place for refusal in refusals}, []
        pieces = [piece for piece in _pieces(form, _whole(form, request, body)) if piece[0] not in gone]
        for event, (place, raw) in zip(events, pieces, strict=True):
            error = in_future(event, wall, max_skew) or reserved(event, is_own)
            if error is None:
                present.append(event)
            else:
                refuse(Refusal(place, error.reason, str(error), raw))
        refusals.sort(key=lambda refusal: refusal.place)
        return present


async def _lines(reader: Reader, body: bytes, refuse: Callable[[Refusal], None]) -> list[Event]:
    """Read JSON lines some at a time, and let others have their turn in between."""
    events: list[Event] = []
    begin, first = 0, 1
    while begin < len(body):
        end = begin + AT_ONCE
        if end < len(body):  # up to the last line that ends by then or, where none does, to the end of this one
            end = body.rfind(b"\n", begin, end) + 1 or body.find(b"\n", end) + 1 or len(body)
        chunk = body[begin:end]
        events += reader.lines(chunk, refuse, first=first)
        begin, first = end, first + chunk.count(b"\n")
        await asyncio.sleep(0)
    return events


def _form(request: web.Request) -> str:
    """Tell the form by its content type; the binary form is told by its headers."""
    if request.content_type == BINARY and any(name.lower().startswith("ce-") for name in request.headers):
        return BINARY
    check_type(request, KNOWN, f"or {BINARY} with the attributes in ce-* headers")
    return request.content_type


def _pieces(form: str, body: bytes) -> Iterator[tuple[int, bytes]]:
    """Give what was sent piece by piece, each with its place, as the reader counts them."""
    if form in (ONE, BINARY):
        pieces = [body]
    elif form == BATCH:
        pieces = [bytes(raw) for raw in msgspec.json.decode(body, type=list[msgspec.Raw])]
    else:
        pieces = body.split(b"\n")
    return ((place, raw) for place, raw in enumerate(pieces, 1) if raw.strip())


def _whole(form: str, request: web.Request, body: bytes) -> bytes:
    """Give all that was sent, as it goes to the dead letters: the binary form's attributes stand beside its body."""
    if form != BINARY:
        return body
    named = ((name[3:].lower(), value) for name, value in request.headers.items() if name.lower().startswith("ce-"))
    attributes = {_shown(name): _shown(value) for name, value in named}
    return msgspec.json.encode({**attributes, "data": body.decode("utf-8", "replace")})


def _shown(header: str) -> str:
    """Give a header as text: what is not UTF-8 in it stands as the sign for that."""
    return header.encode("utf-8", "surrogateescape").decode("utf-8", "replace")


def _id(raw: bytes) -> str:
    try:
        return msgspec.json.decode(raw, type=_Named).id[:512]
    except UNREADABLE:
        return ""


def _in_place(turned_away: Mapping[int, Refusal], refusals: list[Refusal], form: str, body: bytes) -> list[Refusal]:
    """Give all refusals in order: those of events that were read by where they stood, beside those that were not."""
    unread = {refusal.place for refusal in refusals}
    places = [place for place, _ in _pieces(form, body) if place not in unread]
    found = (msgspec.structs.replace(refusal, place=places[at]) for at, refusal in turned_away.items())
    return sorted([*refusals, *found], key=attrgetter("place"))


def _answer(accepted: int, refusals: list[Refusal], unread: int) -> web.Response:
    if not refusals:
        return json_answer(IntakeAnswer(accepted, []), HTTPStatus.ACCEPTED)
    kept = f"the other {accepted} were kept" if accepted else "nothing else was sent"
    why = "cannot be read" if unread == len(refusals) else "were refused"
    words = f"{len(refusals)} of {len(refusals) + accepted} events {why} and are in the dead letters; {kept}"
    raise _refused(words, accepted, refusals)


def _refused(words: str, accepted: int, refusals: list[Refusal]) -> Problem:
    refused = [RefusedItem(each.place, each.reason, each.message, _id(each.raw)) for each in refusals]
    return Problem(HTTPStatus.BAD_REQUEST, words, members={"accepted": accepted, "refused": refused})
