"""Searching: what is looked for is sent by a form, so that nobody's name comes to stand in an address.

Addresses are kept by browsers, proxies and their logs. A name that is known is led to by its reference there, and the
page has the name; words that find something name nobody, and stand there as they are; all others are answered at once.
Read next: `streams/board/filters.py` and `streams/board/notices.py`, which have the forms.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final
from urllib.parse import urlencode

from aiohttp import web
from msgspec.structs import replace

from streams.board.filters import FIND
from streams.board.notices import FIND_NOTICES
from streams.board.view import View
from streams.names.references import references_in
from streams.web.board.board_live import name_of
from streams.web.board.board_looks import Look
from streams.web.board.fields import bounded, read_own
from streams.web.board.lists import Lists
from streams.web.guard import ROLE, see_other
from streams.web.naming import known_in
from streams.web.operation import asked
from streams.web.problem import Problem
from streams.web.session import may

if TYPE_CHECKING:
    from aiohttp.typedefs import Handler

    from streams.host import Host
    from streams.web.board.board import Board

_NOTICES: Final = "/notices"


class Searching:
    """Answers the forms, for the board that they are part of."""

    def __init__(self, board: Board) -> None:
        self._board, self._lists = board, Lists(board)
        self._host: Host = board.host

    def routes(self) -> list[web.RouteDef]:
        """Give where they are sent."""
        return [web.post(FIND, self._sent(self._owed)), web.post(FIND_NOTICES, self._sent(self._notices))]

    def _sent(self, form: Handler) -> Handler:
        async def take(request: web.Request) -> web.StreamResponse:
            try:
                return await form(request)
            except Problem as problem:
                return self._board.refusal(request, problem)

        return self._board.counted(take)

    async def _owed(self, request: web.Request) -> web.Response:
        """Lead to what is owed, as far as it was asked for."""
        view, acts = View.of(bounded(await read_own(request, self._board))), may(request[ROLE], "supervisor")
        known = replace(view, q=await known_in(self._host, view.q)) if acts else view
        if not view.q or references_in(known.q) or self._host.names is None:
            return see_other(known.address())
        look = Look(self._host, view, name_of(request), acts=acts)
        if any((await asked(look.counts)).values()):
            return see_other(view.address())
        return await self._board.owed(request, replace(view, unsaid=True))

    async def _notices(self, request: web.Request) -> web.Response:
        """Lead to what was not sent, and to whom."""
        given = bounded(await read_own(request, self._board))
        wanted = await self._lists.suppressed(request, given)
        people = self._host.people
        known = references_in(wanted.to) or self._host.names is None
        if wanted.to and not (known or (people is not None and wanted.to in people.teams)):
            return await self._lists.notices(request, wanted)
        query = {name: value for name, value in (("reason", wanted.reason), ("to", wanted.to)) if value}
        return see_other(f"{_NOTICES}?{urlencode(query)}#not-sent" if query else _NOTICES)
