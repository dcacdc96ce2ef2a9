"""Signing in to the board: whoever gives a token, and a name, gets a session; whoever guesses too often has to wait.

Read next: `streams/web/session.py`.
"""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING, Final

from aiohttp import web

from alerts.words.words import phrase
from streams.board.markup import el
from streams.board.shell import field, hidden, page, your_name
from streams.web.board.fields import read_fields, read_form
from streams.web.guard import SESSION, see_other
from streams.web.guesses import WITHIN
from streams.web.naming import referred
from streams.web.problem import Problem
from streams.web.session import LONGEST_NAME

if TYPE_CHECKING:
    from streams.web.board.board import Board
    from streams.web.guard import Access
    from streams.web.guesses import Guesses

_BODY: Final = 1 << 13


class SignIn:
    """Answers those who come without a session."""

    def __init__(self, board: Board, access: Access, guesses: Guesses) -> None:
        self._board = board
        self._access = access
        self._guesses = guesses

    def routes(self) -> list[web.RouteDef]:
        """Give the routes for signing in and out."""
        return [web.get("/sign-in", self._show), web.post("/sign-in", self._enter), web.post("/sign-out", self._leave)]

    async def _show(self, request: web.Request) -> web.Response:
        if self._board.unguarded:
            return see_other("/")
        return self._draw(request, _ours(request.query.get("next", "/")))

    async def _enter(self, request: web.Request) -> web.Response:
        """Begin a session. Nothing proves yet where the form came from; the guard refuses foreign pages."""
        given = await read_fields(request, _BODY)
        after = _ours(given.get("next", "/"))
        role = self._access.role(given.get("token", ""))
        if role is None:
            if self._guesses.wrong(request):
                words = phrase("Too many wrong tokens came from there. Wait a minute, then try again.")
                return self._draw(request, after, words, HTTPStatus.TOO_MANY_REQUESTS)
            words = phrase("This is not a token of this server. Ask whoever runs Kept for it.")
            return self._draw(request, after, words, HTTPStatus.FORBIDDEN)
        response = see_other(after)
        name = await referred(self._board.host, given.get("name", "").strip()[:LONGEST_NAME])
        session = self._board.sessions.begin(role, name)
        self._board.sessions.write(request, response, session)
        return response

    async def _leave(self, request: web.Request) -> web.Response:
        try:
            await read_form(request, self._board)
        except Problem as problem:
            return self._board.refusal(request, problem)
        response = see_other("/sign-in")
        self._board.sessions.end(request, response)
        return response

    def _draw(
        self, request: web.Request, after: str, trouble: str = "", status: HTTPStatus = HTTPStatus.OK
    ) -> web.Response:
        request.pop(SESSION, None)
        shell = self._board.shell(request)
        say = shell.words.say
        form = el(
            "form",
            hidden("next", after),
            field(say("Token"), "token", type="password", required=True, autocomplete="current-password"),
            your_name(shell.words, hint=say("it stands beside everything you do here")),
            el("button", say("Sign in")),
            method="post", action="/sign-in", class_="door",
        )  # fmt: skip
        said = el("p", say(trouble), class_="trouble", role="alert") if trouble else None
        response = self._board.answer(request, page(shell, say("Sign in"), "", said, form), status)
        if status == HTTPStatus.TOO_MANY_REQUESTS:
            response.headers["Retry-After"] = str(int(WITHIN))
        return response


def _ours(path: str) -> str:
    """Give a path that stays on this server; / instead of any other."""
    stays = path.startswith("/") and not path.startswith(("//", "/\\")) and path.isprintable()
    return path if stays else "/"
