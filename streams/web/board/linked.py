"""What stands behind the links in messages: a page with the promise and one button. Opening it changes nothing.

Whoever has a link may do this one thing about this one promise, without signing in. A link that was changed, or is
over, says so and what else can be done; guessing counts like a wrong token.
Read next: `streams/delivery/links.py`.
"""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING, Final

from aiohttp import web

from streams.board.debriefs import debrief_fields
from streams.board.markup import Child, Html, el
from streams.board.shell import excuse_fields, page, your_name
from streams.board.wording import OVERDUE, STATES, how_many
from streams.delivery.links import PATH, WORDS
from streams.web.actions import check_open
from streams.web.board.fields import bounded, needed, read_fields
from streams.web.guard import SESSION
from streams.web.guesses import too_many
from streams.web.operation import asked
from streams.web.problem import Problem

if TYPE_CHECKING:
    from standards.judge.standard import Standard
    from streams.delivery.links import Link, Links
    from streams.web.board.board import Board
    from streams.web.board.board_acts import Acts
    from streams.web.guesses import Guesses

SOURCE: Final = "kept/link"
"""The `source` of the events made here."""
_BODY: Final = 1 << 15
_ASKED: Final = {
    "acknowledge": (), "excuse": ("by", "reason"), "debrief": ("cause", "next_step", "team", "involved", "missed"),
}  # fmt: skip
"""What a form may say for each deed. Whom it is about is sealed in the link: nothing else of the form is heard."""


class Linked:
    """Answers the links."""

    def __init__(self, board: Board, acts: Acts, links: Links, guesses: Guesses) -> None:
        self._board = board
        self._acts = acts
        self._links = links
        self._guesses = guesses

    def routes(self) -> list[web.RouteDef]:
        """Give the page, and where its form goes."""
        return [web.get(f"{PATH}{{link}}", self._show), web.post(f"{PATH}{{link}}", self._do)]

    async def _show(self, request: web.Request) -> web.Response:
        request.pop(SESSION, None)
        try:
            return await self._page(request, self._link(request))
        except Problem as problem:
            return self._board.refusal(request, problem, back="To the board")

    async def _do(self, request: web.Request) -> web.Response:
        request.pop(SESSION, None)
        try:
            link = self._link(request)
            check_open(self._board.host)
            given = bounded(await read_fields(request, _BODY))
            name = link.by or needed(given, "name", "your name")
            said = {field: given[field] for field in _ASKED[link.deed] if field in given}
            for promise in await self._open_of(link):
                await self._acts.actions[link.deed]({**said, "promise": promise, "source": SOURCE}, name)
        except Problem as problem:
            return self._board.refusal(request, problem, back="To the board")
        thanks = el("p", f"Thank you, {name}. It is noted, and stands with the promise.", class_="calm")
        return self._board.answer(request, page(self._board.shell(request), "Done", "", thanks))

    async def _open_of(self, link: Link) -> list[str]:
        """Give the promises that a link is for: of several, those that are still owed."""
        if not link.more:
            return [link.promise]
        found = [await asked(self._board.host.read_model.promise, each) for each in (link.promise, *link.more)]
        return [each.row.id for each in found if each is not None and self._board.is_owed(each.row)]

    def _link(self, request: web.Request) -> Link:
        """Read the link of a request. Raises Problem for one that is not ours, or over."""
        link = self._links.read(request.match_info["link"])
        if link is None:
            if self._guesses.wrong(request):
                raise too_many("Too many links came from there that are not ours. Wait a minute.")
            words = "This link is not whole, or not from this Kept. Open it from the message, or sign in on the board."
            raise Problem(HTTPStatus.FORBIDDEN, words)
        if link.until < self._board.host.wall():
            raise Problem(HTTPStatus.GONE, "This link is over; it lasted a day. Sign in on the board to do it there.")
        return link

    async def _page(self, request: web.Request, link: Link) -> web.Response:
        host = self._board.host
        found = await asked(host.read_model.promise, link.promise)
        if found is None:
            raise Problem(HTTPStatus.NOT_FOUND, "This promise is not known here.")
        row, shell = found.row, self._board.shell(request)
        standard = host.rulebook.standards.get(row.revision) or host.rulebook.current.get(row.standard)
        owed = self._board.is_owed(row)
        due = ("due ", shell.clock(row.due)) if row.due >= 0 and owed else ()
        word = OVERDUE if owed and row.verdict is not None else STATES[row.state]
        state = el("p", el("span", word, class_=f"state {row.state}"), " ", *due)
        words = el("p", standard.promise if standard else row.standard, class_="words")
        title = f"{row.standard}: {row.subject or 'everywhere'}"
        others = el("p", f"and {how_many(len(link.more), 'more promise')} in the same message") if link.more else None
        text = page(shell, title, "", words, state, others, _form(link, standard, owed=owed))
        return self._board.answer(request, text)


def _form(link: Link, standard: Standard | None, *, owed: bool) -> Html:
    who = el("p", f"as {link.by}", class_="quiet") if link.by else your_name()
    if link.deed == "acknowledge" and not owed and not link.more:
        return el("p", "There is nothing to take on any more.", class_="calm")
    asked_for: Child = None
    if link.deed == "excuse":
        asked_for = excuse_fields(standard.may_excuse if standard else ())
    elif link.deed == "debrief":
        asked_for = debrief_fields()
    return el("form", who, asked_for, el("button", WORDS[link.deed]), method="post", class_="door")
