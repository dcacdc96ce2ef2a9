"""Signing in to the board: whoever gives a token, and a name, gets a session; whoever guesses too often has to wait.

Read next: `streams/web/session.py`.
"""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING, Final
from urllib.parse import quote

from aiohttp import web

from alerts.words.words import phrase
from streams.board.markup import el
from streams.board.shell import field, form, hidden, page, your_name
from streams.web.board.fields import read_fields, read_form
from streams.web.guard import SESSION, see_other
from streams.web.guesses import WITHIN
from streams.web.naming import referred
from streams.web.problem import Problem
from streams.web.session import LONGEST_NAME

if TYPE_CHECKING:
    from streams.web.access import Access
    from streams.web.board.board import Board
    from streams.web.guesses import Guesses

_BODY: Final = 1 << 13
TEAM: Final = "/sign-in/team"
"""Where a frontliner says in which team they are: their token is one for all teams."""


class SignIn:
    """Answers those who come without a session."""

    def __init__(self, board: Board, access: Access, guesses: Guesses) -> None:
        self._board = board
        self._access = access
        self._guesses = guesses

    def routes(self) -> list[web.RouteDef]:
        """Give the routes for signing in and out."""
        return [
            web.get("/sign-in", self._show), web.post("/sign-in", self._enter), web.post("/sign-out", self._leave),
            web.get(TEAM, self._ask_team), web.post(TEAM, self._join),
        ]  # fmt: skip

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
        name = given.get("name", "").strip()[:LONGEST_NAME]
        if role != "viewer":  # who only looks on does nothing in their name, so it is kept nowhere
            name = await referred(self._board.host, name)
        session, teams = self._board.sessions.begin(role, name), self._teams()
        asks = role == "frontliner" and len(teams) > 1
        if role == "frontliner" and len(teams) == 1:
            session = self._board.sessions.of_team(session, teams[0])
        response = see_other(f"{TEAM}?next={quote(after)}" if asks else after)
        self._board.sessions.write(request, response, session)
        return response

    def _teams(self) -> list[str]:
        practice = self._board.host.practice
        return list(practice.teams) if practice is not None else []

    async def _ask_team(self, request: web.Request) -> web.Response:
        """Ask who has signed in as a frontliner for their team."""
        session, teams = request.get(SESSION), self._teams()
        if session is None or session.role != "frontliner" or session.team or not teams:
            return see_other(_ours(request.query.get("next", "/")))
        shell = self._board.shell(request)
        say = shell.words.say
        choice = el("select", (el("option", each, value=each) for each in teams), name="team")
        content = form(
            shell, TEAM, hidden("next", _ours(request.query.get("next", "/"))),
            field(say("Team"), "team", control=choice, hint=say("on its pages you read names, and take part")),
            el("button", say("Go on")), class_="door",
        )  # fmt: skip
        return self._board.answer(request, page(shell, say("Which team are you in?"), "", content))

    async def _join(self, request: web.Request) -> web.Response:
        """Have the session be of a team, once."""
        try:
            given = await read_form(request, self._board)
        except Problem as problem:
            return self._board.refusal(request, problem)
        response, session, sessions = see_other(_ours(given.get("next", "/"))), request[SESSION], self._board.sessions
        if not session.team and given.get("team") in self._teams():
            sessions.write(request, response, sessions.of_team(session, given["team"]))
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
        drawn = el(
            "form",
            hidden("next", after),
            field(say("Token"), "token", type="password", required=True, autocomplete="current-password"),
            your_name(shell.words, hint=say("it stands beside everything you do here")),
            el("button", say("Sign in")),
            method="post", action="/sign-in", class_="door",
        )  # fmt: skip
        said = el("p", say(trouble), class_="trouble", role="alert") if trouble else None
        response = self._board.answer(request, page(shell, say("Sign in"), "", said, drawn), status)
        if status == HTTPStatus.TOO_MANY_REQUESTS:
            response.headers["Retry-After"] = str(int(WITHIN))
        return response


def _ours(path: str) -> str:
    """Give a path that stays on this server; / instead of any other."""
    stays = path.startswith("/") and not path.startswith(("//", "/\\")) and path.isprintable()
    return path if stays else "/"
