"""What stands behind the links in messages: a page with the promise and one button. Opening it changes nothing.

Whoever has a link may do this one thing about this one promise, without signing in; one that is somebody's own leads to
their own page. A link that was changed, or is
over, says so and what else can be done; guessing counts like a wrong token.
Read next: `streams/delivery/links.py`.
"""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING, Final

from aiohttp import web

from alerts.words.later import later
from alerts.words.words import phrase
from streams.board.debriefs import debrief_fields
from streams.board.having import having_words, present
from streams.board.markup import Child, Html, el, sentence
from streams.board.offers import held_in
from streams.board.shell import Shell, excuse_fields, page, your_name
from streams.board.wording import OVERDUE
from streams.delivery.links import PATH
from streams.web.actions import check_open
from streams.web.board.fields import NAME, bounded, needed, read_fields
from streams.web.board.mine import MinePages, Person
from streams.web.guard import NAMES_PEOPLE, SESSION
from streams.web.guesses import too_many
from streams.web.naming import referred
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
TO_BOARD: Final = phrase("To the board")
_WORDS: Final = {
    "acknowledge": phrase("I have it"), "excuse": phrase("Excuse it"), "debrief": phrase("We have talked it over"),
}  # fmt: skip
"""What stands on the button."""
_BODY: Final = 1 << 15
_ASKED: Final = {
    "acknowledge": (), "excuse": ("by", "reason"),
    "debrief": ("cause", "next_step", "next_step_by", "team", "involved", "missed"),
}  # fmt: skip
"""What a form may say for each deed. Whom it is about is sealed in the link: nothing else of the form is heard."""


class Linked:
    """Answers the links."""

    def __init__(self, board: Board, acts: Acts, links: Links, guesses: Guesses) -> None:
        self._board, self._mine = board, MinePages(board)
        self._acts = acts
        self._links = links
        self._guesses = guesses

    def routes(self) -> list[web.RouteDef]:
        """Give the page, and where its form goes."""
        return [web.get(f"{PATH}{{link}}", self._show), web.post(f"{PATH}{{link}}", self._do)]

    async def _show(self, request: web.Request) -> web.Response:
        request.pop(SESSION, None)
        try:
            link = self._link(request)
            if link.deed == "mine":
                return await self._mine.page(request, _person(request, link))
            return await self._page(request, link)
        except Problem as problem:
            return self._board.refusal(request, problem, back=TO_BOARD)

    async def _do(self, request: web.Request) -> web.Response:
        request.pop(SESSION, None)
        try:
            link = self._link(request)
            check_open(self._board.host)
            given = bounded(await read_fields(request, _BODY))
            if link.deed == "mine":
                return await self._mine.do(request, _person(request, link), given)
            name = await referred(self._board.host, link.by or needed(given, "name", NAME))
            said = {field: given[field] for field in _ASKED[link.deed] if field in given}
            about = {"group": held_in((link.promise, *link.more))} if link.more else {"promise": link.promise}
            more = await self._acts.actions[link.deed]({**said, **about, "source": SOURCE}, name)
        except Problem as problem:
            return self._board.refusal(request, problem, back=TO_BOARD)
        shell = self._board.shell(request)
        thanks = shell.words.say("Thank you, {name}. It is noted, and stands with the promise.", name=name)
        beside = el("p", more.said(shell.words)) if more is not None else None
        drawn = page(shell, shell.words.say("Noted"), "", el("p", thanks, class_="calm"), beside)
        return self._board.answer(request, drawn)

    def _link(self, request: web.Request) -> Link:
        """Read the link of a request. Raises Problem for one that is not ours, or over."""
        link = self._links.read(request.match_info["link"])
        if link is None:
            if self._guesses.wrong(request):
                raise too_many(later("Too many links came from there that are not ours. Wait a minute."))
            words = later(
                "This link is not whole, or not from this Kept. Open it from the message, or sign in on the board."
            )
            raise Problem(HTTPStatus.FORBIDDEN, words)
        if link.until < self._board.host.wall():
            words = later("This link is over; it lasted a day. Sign in on the board to do it there.")
            raise Problem(HTTPStatus.GONE, words)
        request[NAMES_PEOPLE] = request[NAMES_PEOPLE] or bool(link.by)  # one that a machine was sent is for nobody
        return link

    async def _page(self, request: web.Request, link: Link) -> web.Response:
        host = self._board.host
        found = await asked(host.read_model.promise, link.promise)
        if found is None:
            raise Problem(HTTPStatus.NOT_FOUND, later("This promise is not known here."))
        row = found.row
        shell = self._board.shell(request).about(row.fields.get("site"))
        standard = host.rulebook.standards.get(row.revision) or host.rulebook.current.get(row.standard)
        standard = standard and standard.in_language(shell.words.language)
        owed, say = self._board.is_owed(row), shell.words.say
        others_owed = [it for it in await asked(host.read_model.owed.named, link.more) if self._board.is_owed(it)]
        acts = await asked(host.read_model.board.actions_on, [row.id])
        held = await asked(host.read_model.board.holdings, [row.id])
        has = having_words(present(acts, held.get(row.id)), shell) or say("Nobody has it yet.")
        due = sentence(shell.words, "due {time}", time=shell.clock(row.due)) if row.due >= 0 and owed else None
        word = say(OVERDUE) if owed and row.verdict is not None else shell.state(row.state)
        state = el("p", el("span", word, class_=f"state {row.state}"), " ", due)
        words = el("p", standard.promise if standard else row.standard, class_="words")
        title = say(
            "{label}: {said}",
            label=row.standard,
            said=shell.placed(row.subject, row.fields.get("site")) or say("everywhere"),
        )
        more = shell.words.how_many(
            len(link.more),
            "and {count} more promise in the same message",
            "and {count} more promises in the same message",
        )
        others = el("p", more) if link.more else None
        whose = el("p", has, class_="note") if owed else None
        form = _form(shell, link, standard, owed=owed, others=bool(others_owed))
        text = page(shell, title, "", words, state, whose, others, form)
        return self._board.answer(request, text)


def _person(request: web.Request, link: Link) -> Person:
    return Person(link.by, request.path, known=True, until=link.until)


def _form(shell: Shell, link: Link, standard: Standard | None, *, owed: bool, others: bool) -> Html:
    say = shell.words.say
    who = el("p", say("as {role}", role=link.by), class_="quiet") if link.by else your_name(shell.words)
    if link.deed == "acknowledge" and not (owed or others):
        return el("p", say("There is nothing to take on any more."), class_="calm")
    if link.deed == "debrief" and owed:
        return el("p", say("It is still owed: first it is done, then it is talked over."), class_="calm")
    asked_for: Child = None
    if link.deed == "excuse":
        asked_for = excuse_fields(shell, standard.granting if standard else ())
    elif link.deed == "debrief":
        asked_for = debrief_fields(shell)
    return el("form", who, asked_for, el("button", say(_WORDS[link.deed])), method="post", class_="door")
