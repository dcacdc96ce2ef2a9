"""Notes from shift to shift over HTTP: what the next one has to know, and the notes that were left before.

A note is an event, `shift.handed_over`, and kept for ever. Its id is made of the caller's Idempotency-Key where there
is one, so that a repeat is inert; the board's form has a key of its own.
Read next: `streams/board/handover.py`, which shows them.
"""

from __future__ import annotations

from difflib import get_close_matches
from http import HTTPStatus
from typing import TYPE_CHECKING, Final

from alerts.routing.actions import HANDED_OVER
from alerts.words.later import Either, later
from standards.errors import EventError
from standards.judge.events import moment
from streams.board.faults import UNTAKEN, unfit_event
from streams.web.actions import PROBLEMS, UNPROCESSABLE, action_event, key_of, known_sites, read_action, take_in
from streams.web.api.act_views import NoteAnswer, NoteItem, NotePage
from streams.web.forms import NotesQuery, ShiftNote
from streams.web.operation import Operation, asked, json_answer, read_query
from streams.web.problem import Problem

if TYPE_CHECKING:
    from aiohttp import web

    from alerts.routing.actions import Action
    from streams.host import Host

SOURCE: Final = "kept/api"
_BODY: Final = 1 << 16


class HandingOver:
    """Takes notes for the next shift in, and shows those that were left."""

    def __init__(self, host: Host) -> None:
        self._host = host

    def operations(self) -> list[Operation]:
        """Say what can be done."""
        listed, taken = {HTTPStatus.OK: NotePage}, {HTTPStatus.ACCEPTED: NoteAnswer}
        leave = "Leave a note for the next shift; it stands on the board until the next one."
        return [
            Operation("GET", "/v1/shift/notes", "List the notes from shift to shift, newest first.", self._list, listed,
                      query=NotesQuery),
            Operation("POST", "/v1/shift/notes", leave, self._leave, taken, PROBLEMS, body=ShiftNote),
        ]  # fmt: skip

    async def _list(self, request: web.Request) -> web.Response:
        query = read_query(request, NotesQuery)
        rows = await asked(self._host.read_model.shift.notes, query.site or "", query.limit, query.after)
        following = query.after + query.limit if len(rows) == query.limit else None
        return json_answer(NotePage(items=[_item(act) for act in rows], next=following))

    async def _leave(self, request: web.Request) -> web.Response:
        given = await read_action(request, self._host, ShiftNote, _BODY)
        answer = await self.take(given, key_of(request) or str(self._host.wall()), source=SOURCE)
        return json_answer(answer, HTTPStatus.ACCEPTED)

    async def take(self, given: ShiftNote, key: str, *, source: str) -> NoteAnswer:
        """Take a note in; the same one with the same key is inert. Raises Problem."""
        if given.site is not None:
            await self._check_site(given.site)
        data = given.model_dump(exclude_none=True)
        try:
            event = action_event(
                self._host, HANDED_OVER, data, source, identity=[HANDED_OVER, key, *sorted(data.items())]
            )
        except EventError as error:
            raise Problem(UNPROCESSABLE, str(error), told=unfit_event(error, UNTAKEN)) from None
        await take_in(self._host, [event])
        return NoteAnswer(event.id, given.note, given.by, given.site or "")

    async def _check_site(self, site: str) -> None:
        """Refuse a site that nobody knows, by a promise or the policy: nobody would look there for the note."""
        known = await known_sites(self._host)
        if site not in known:
            close = get_close_matches(site, known, 3, 0.5)
            words = later("Kept knows no site {site}. Without a site, a note is for everybody.", site=repr(site[:100]))
            if close:
                words = later(
                    "Kept knows no site {site}. Did you mean {close}? Without a site, a note is for everybody.",
                    site=repr(site[:100]), close=Either(close),
                )  # fmt: skip
            raise Problem(UNPROCESSABLE, words)


def _item(act: Action) -> NoteItem:
    return NoteItem(act.id, str(act.data.get("note") or ""), act.by, str(act.data.get("site") or ""), moment(act.at))
