"""Searching: what is looked for is sent by a form, so that nobody's name comes to stand in an address.

Addresses are kept by browsers, proxies and their logs. A name that is known is led to by its reference there, and the
page has the name; words that find something name nobody, and stand there as they are; for all others a token does.
Every search leads to an address: so one can go back to it, load it anew, and follow its links.
Read next: `looked_for.py`; `streams/board/filters.py` and `streams/board/notices.py`, which have the forms.
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
        forms = {FIND: ("/", self._owed), FIND_NOTICES: (_NOTICES, self._notices)}
        return [
            *(web.post(path, self._sent(form)) for path, (_, form) in forms.items()),
            *(web.get(path, _leading(to)) for path, (to, _) in forms.items()),
        ]

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
        return see_other(replace(view, find=self._board.live.keep(request, view.q)).address())

    async def _notices(self, request: web.Request) -> web.Response:
        """Lead to what was not sent, and to whom."""
        given = bounded(await read_own(request, self._board))
        wanted = await self._lists.suppressed(request, given)
        people = self._host.people
        known = references_in(wanted.to) or self._host.names is None
        unknown = wanted.to and not (known or (people is not None and wanted.to in people.teams))
        to = {"find": self._board.live.keep(request, wanted.to)} if unknown else {"to": wanted.to}
        query = {name: value for name, value in ({"reason": wanted.reason} | to).items() if value}
        return see_other(f"{_NOTICES}?{urlencode(query)}#not-sent" if query else _NOTICES)


def _leading(to: str) -> Handler:
    """Lead to the page with the form who asks for where it is sent, by the address of an earlier visit, say."""

    async def lead(_: web.Request) -> web.StreamResponse:
        return see_other(to)

    return lead
