"""Somebody's own page, looked up, and what they do on it: by the link in their own mail, or as who they say they are.

Only the link proves who it is. Whoever has signed in finds the forms that need no proof, and nothing about anybody.
Read next: `streams/board/mine.py`, `linked.py`.
"""

from __future__ import annotations

from http import HTTPStatus
from itertools import chain
from typing import TYPE_CHECKING, Final, NamedTuple

from aiohttp import web
from msgspec.structs import replace

from alerts.routing.actions import COACH_ASKED, REVIEWED, THANKED, VOTED
from alerts.words.later import later
from alerts.words.words import phrase
from standards.calendar.duration import DAY
from standards.judge.standard import clauses
from standards.practice.agreed import ASSESSED
from standards.practice.periods import begun_quarter
from standards.practice.practice import Practice
from streams.board import mine
from streams.board.statements import count_true
from streams.web.actions import action_event, check_open, take_in
from streams.web.board import seen_by
from streams.web.board.fields import SOURCE, needed, read_form, said_event
from streams.web.board.practising import NO_FORM, NO_REWARD, unknown
from streams.web.board.sent_before import DRAWN, sender_of
from streams.web.guard import OWN_TEAM, SESSION
from streams.web.operation import asked
from streams.web.problem import Problem

if TYPE_CHECKING:
    from collections.abc import Sequence

    from standards.judge.ledger import Plain
    from streams.board.mine import Mine
    from streams.board.shell import Shell
    from streams.web.board.board import Board
    from streams.web.board.fields import Given

SINCE: Final = 92 * DAY
"""For how long back thanks and reviews stand there."""
MOST: Final = 50
_ASKED: Final = phrase("You asked for a coach. Whoever leads sees it, and finds an hour with you.")
_VOTED: Final = phrase("Your vote is in, if it is your first this quarter. Nobody learns how you voted.")
_NO_NAME: Final = phrase("Nobody knows whose page this is: sign in with your name, or open the link in your own mail.")


class Person(NamedTuple):
    """Whose page it is, where its forms go, and whether a link proves it; then `until` is when that is over."""

    name: str
    path: str
    known: bool = False
    until: int = 0


class MinePages:
    """Answers them, for the board that they are part of."""

    def __init__(self, board: Board) -> None:
        self._board = board
        self._host = board.host
        self._sent = board.sent

    async def show(self, request: web.Request) -> web.Response:
        """Show who has signed in the forms of their own page."""
        return await self.page(request, self._signed_in(request))

    async def take(self, request: web.Request) -> web.Response:
        """Take in what who has signed in does on it."""
        try:
            return await self.do(request, self._signed_in(request), await read_form(request, self._board))
        except Problem as problem:
            return self._board.refusal(request, problem)

    async def page(self, request: web.Request, person: Person) -> web.Response:
        """Show somebody's page."""
        shell = self._board.shell(request)
        found = self._mine(person)
        if person.known:
            queries, since = self._host.read_model.practice, shell.now - SINCE
            thanks = await asked(queries.about, THANKED, person.name, since, MOST)
            reviews = await asked(queries.about, REVIEWED, person.name, since, MOST)
            found = replace(found, thanks=thanks, reviews=reviews)
        return self._board.answer(request, mine.draw(shell, found))

    async def do(self, request: web.Request, person: Person, given: Given) -> web.Response:
        """Do what a form of the page says. Raises Problem."""
        check_open(self._host)
        shell, found = self._board.shell(request), self._mine(person)
        given, once = {**given, "source": SOURCE}, str(person.until) if person.known else given.get(DRAWN, "")
        team = given.get("team", "")
        if team and team not in found.teams:
            raise Problem(HTTPStatus.BAD_REQUEST, later("You are not in the team {team}.", team=repr(team[:80])))
        match given.get(mine.DEED):
            case mine.ASSESS:
                drawn = await self._assess(sender_of(request), shell, found, given, person)
            case mine.COACH if found.coached:
                data = _of(person, team)
                await take_in(self._host, [said_event(self._host, COACH_ASKED, data, given, about=once)])
                drawn = mine.draw_noted(shell, found, _ASKED)
            case mine.VOTE if person.known:
                await self._vote(shell, found, person, given)
                drawn = mine.draw_noted(shell, found, _VOTED)
            case _:
                raise Problem(HTTPStatus.BAD_REQUEST, later("Nothing of this can be done here."))
        return self._board.answer(request, drawn)

    async def _assess(self, sender: str, shell: Shell, found: Mine, given: Given, person: Person) -> str:
        """Say what one's own answers come to, once for each form. That it was done is told; not what was answered."""
        name = given.get("form", "")
        if name not in found.forms:
            raise unknown(name, found.forms, *NO_FORM)
        form, about = found.forms[name], given.get(DRAWN) or str(person.until)
        count = count_true(form, given)
        data = {**_of(person, given.get("team", "")), "form": name}
        async with self._sent.knowing(sender, {DRAWN: given.get(DRAWN, ""), "form": name}) as before:
            if before:
                return mine.draw_shown_before(shell, found)
            await take_in(self._host, [said_event(self._host, ASSESSED, data, given, about=about)])
        return mine.draw_band(shell, found, form.band(count), count, len(form.statements))

    async def _vote(self, shell: Shell, found: Mine, person: Person, given: Given) -> None:
        """Take a vote in: its id is one for a person and a quarter, and made so that it tells of neither."""
        wanted, team = needed(given, "reward", phrase("Say which reward; then it can be done.")), given.get("team", "")
        if wanted not in found.rewards:
            raise unknown(wanted, found.rewards, *NO_REWARD)
        if self._host.names is None or not team:
            raise Problem(HTTPStatus.CONFLICT, later("Nobody can vote here."))
        mark = self._host.names.mark("vote", person.name, str(begun_quarter(shell.now, shell.zone)))
        data: dict[str, Plain] = {"team": team, "reward": wanted}
        await take_in(self._host, [action_event(self._host, VOTED, data, SOURCE, identity=[mark])])

    def _mine(self, person: Person) -> Mine:
        practice = self._host.practice or Practice()
        forms = {name: form for name, form in practice.forms.items() if form.kind == "self"}
        teams = self._teams(person, practice)
        heard = (clauses(each.shape).values() for each in self._host.rulebook.current.values())
        coached = any(COACH_ASKED in clause.events for clause in chain.from_iterable(heard))
        return mine.Mine(person.path, person.known, teams, forms, rewards=practice.rewards, coached=coached)

    def _teams(self, person: Person, practice: Practice) -> Sequence[str]:
        """Name the teams of the practice document in which the policy has somebody; the only one there is, at least."""
        people = self._host.people
        known = people.teams if people is not None else {}
        own = [
            name
            for name in practice.teams
            if name in known and any(it.person == person.name for it in known[name].members)
        ]
        return own or (list(practice.teams) if len(practice.teams) == 1 else [])

    def _signed_in(self, request: web.Request) -> Person:
        """Say who has signed in. Raises Problem for who gave no name."""
        session = request.get(SESSION)
        if session is None or not session.name:
            raise Problem(HTTPStatus.CONFLICT, later(_NO_NAME))
        if seen_by.own_team(request):
            request[OWN_TEAM] = True
        return Person(session.name, mine.PATH)


def _of(person: Person, team: str) -> dict[str, Plain]:
    return {"agent": person.name, **({"team": team} if team else {})}
