"""Exports: events and the ledger as they are stored, page by page, or as one stream of lines or of a table's rows.

People are references in them, whoever asks: what is given can be judged again anywhere, and names nobody.
Read next: `streams/exports/giving.py`.
"""

from __future__ import annotations

import asyncio
import re
from http import HTTPStatus
from typing import TYPE_CHECKING, Final

import msgspec
import structlog
from aiohttp import web

from standards.errors import StateError
from standards.judge.events import iso, microseconds, moment
from standards.judge.ledger import Line
from streams.exports import giving
from streams.storage.export_queries import Asked, Place, page_of
from streams.web.api.export_views import EventItem, EventPage, LedgerPage
from streams.web.forms import EventsQuery, LedgerQuery
from streams.web.given_out import note
from streams.web.naming import AS_STORED
from streams.web.operation import CSV, LINES, Operation, asked, form_of, json_answer, read_query
from streams.web.problem import Problem

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator

    from streams.exports.giving import Form
    from streams.host import Host
    from streams.storage.export_queries import Extent

FORMS: Final[dict[str, Form]] = {LINES: "lines", CSV: "table"}
"""What else than a page of JSON can be asked for."""
_OK: Final = HTTPStatus.OK
_PLACE: Final = re.compile(r"(\d{1,18})\.(\d{1,9})", re.ASCII)

log = structlog.get_logger("kept")
_event = msgspec.json.Decoder(EventItem).decode
_line = msgspec.json.Decoder(Line).decode


class Exports:
    """Gives out what is stored."""

    def __init__(self, host: Host) -> None:
        self._host = host

    def operations(self) -> list[Operation]:
        """Say what can be got out."""
        return [
            Operation("GET", "/v1/events", "Give the stored events, as they were received.", self._events,
                      {_OK: EventPage}, (HTTPStatus.NOT_FOUND,), EventsQuery, texts=tuple(FORMS)),
            Operation("GET", "/v1/ledger", "Give the lines of the ledger, as they were written.", self._ledger,
                      {_OK: LedgerPage}, query=LedgerQuery, texts=tuple(FORMS)),
        ]  # fmt: skip

    async def _events(self, request: web.Request) -> web.Response:
        query = read_query(request, EventsQuery)
        if not self._host.keeps_events:
            words = "events are not kept here but in their topic of Kafka; docs/kafka.md says how to read them"
            raise Problem(HTTPStatus.NOT_FOUND, words)
        wanted, queries = _wanted(query, query.type or ""), self._host.read_model.exports
        _note(request, "events", wanted, query.after)
        extent, start = await asked(queries.extent), _place(query.after)
        if (form := form_of(request, FORMS)) is not None:
            rows = giving.events(queries, wanted, FORMS[form], start, last=extent.last)
            return _streamed(rows, form, _headers(extent))
        found, behind = await asked(page_of, queries.events(wanted, start, last=extent.last), query.limit)
        request[AS_STORED] = True
        items, since, until = [_event(text) for text in found], extent.since, extent.until
        return json_answer(EventPage(items, _cursor(behind), None if since is None else moment(since),
                                     None if until < 0 else moment(until)))  # fmt: skip

    async def _ledger(self, request: web.Request) -> web.Response:
        query = read_query(request, LedgerQuery)
        wanted, queries, start = _wanted(query), self._host.read_model.exports, _place(query.after)
        _note(request, "ledger", wanted, query.after)
        last = await asked(queries.last_line)
        if (form := form_of(request, FORMS)) is not None:
            return _streamed(giving.ledger(queries, wanted, FORMS[form], start, last=last), form, {})
        found, behind = await asked(page_of, queries.ledger(wanted, start, last=last), query.limit)
        request[AS_STORED] = True
        return json_answer(LedgerPage([_line(text) for text in found], _cursor(behind)))


def _note(request: web.Request, what: str, wanted: Asked, after: str) -> None:
    """Say in the log what is given out: single answers of people can be counted in it."""
    since, until = (iso(at) if at not in Asked()[:2] else "" for at in wanted[:2])
    note(request, what, type=wanted.type, since=since, until=until, after=after)


def _wanted(query: LedgerQuery, kind: str = "") -> Asked:
    since, until = (None if time is None else microseconds(time) for time in (query.since, query.until))
    everything = Asked()
    return Asked(everything.since if since is None else since, everything.until if until is None else until, kind)


def _place(after: str) -> Place:
    found = _PLACE.fullmatch(after) if after else None
    if after and found is None:
        words = "`after` is not the `next` of any page; leave it out to begin anew"
        raise Problem(HTTPStatus.BAD_REQUEST, words)
    return Place() if found is None else Place(int(found[1]), int(found[2]))


def _cursor(place: Place | None) -> str | None:
    return None if place is None else f"{place.row}.{place.at}"


def _headers(extent: Extent) -> dict[str, str]:
    instants = {"Kept-Whole-Since": extent.since, "Kept-Judged-Until": extent.until}
    return {name: iso(at) for name, at in instants.items() if at is not None and at >= 0}


def _streamed(rows: Iterator[bytes], form: str, headers: dict[str, str]) -> web.Response:
    """Answer with rows as they are read: whoever reads slowly holds nobody up, and nothing is held for them."""
    return web.Response(body=_chunks(giving.in_chunks(rows)), content_type=form, charset="utf-8", headers=headers)


async def _chunks(chunks: Iterator[bytes]) -> AsyncIterator[bytes]:
    try:
        while (chunk := await asyncio.to_thread(next, chunks, None)) is not None:
            yield chunk
    except StateError as error:  # the connection is closed without an end, so that nobody takes it for whole
        log.error("the store failed", why=str(error))  # noqa: TRY400 - nobody has to look for a defect
        raise
