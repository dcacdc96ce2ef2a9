"""What people do for each other, as the board's forms say it: a moment that is shared, thanks, a reward, an exception.

Only what was earned is rewarded: a kept promise or a moment of the last four weeks, once, and never one's own.
Read next: `board_acts.py`, whose forms these are.
"""

from __future__ import annotations

import os
from difflib import get_close_matches
from http import HTTPStatus
from typing import TYPE_CHECKING, Final

from alerts.routing.actions import MADE, PROPOSED, REVIEWED, REWARDED, SHARED, THANKED
from alerts.words.later import later
from alerts.words.words import phrase
from standards.judge.standard import SCENARIO
from standards.natural import natural, same
from standards.practice.practice import Whose
from streams.board.rewards import MOMENT, PROMISE
from streams.board.statements import count_true
from streams.board.thanks import COLLEAGUE, LEAD
from streams.names.references import ERASED
from streams.web.actions import identity_of, take_in
from streams.web.board.fields import needed, no_promise, said_event
from streams.web.board.one_at_a_time import OneAtATime
from streams.web.board.practised import MONTH
from streams.web.forms import Grant
from streams.web.operation import asked
from streams.web.problem import Problem
from streams.web.session import may

if TYPE_CHECKING:
    from collections.abc import Iterable

    from alerts.words.later import Later
    from standards.judge.ledger import Plain
    from standards.practice.practice import Practice, Reward
    from streams.host import Host
    from streams.storage.rows import PromiseRow
    from streams.web.api.grants import Grants
    from streams.web.board.fields import Given

_WHOM: Final = phrase("Say whom it is about; then it can be done.")
_NOT_EARNED: Final = phrase("What is rewarded was kept in the last four weeks, and is no follow-through.")
NO_TEAM: Final = phrase("There is no team {name}."), phrase("There is no team {name}. Did you mean {close}?")
NO_SCENARIO: Final = (
    phrase("There is no scenario {name}."), phrase("There is no scenario {name}. Did you mean {close}?"),
)  # fmt: skip
NO_REWARD: Final = phrase("There is no reward {name}."), phrase("There is no reward {name}. Did you mean {close}?")
NO_FORM: Final = phrase("There is no form {name}."), phrase("There is no form {name}. Did you mean {close}?")
LONGEST_REWARD: Final = 200
_AGAIN: Final = phrase("Somebody was rewarded for it already.")


class Practising:
    """Takes them in, each once for the page as it was `drawn`. All of it raises Problem where that cannot be."""

    def __init__(self, host: Host, grants: Grants) -> None:
        self._host, self._grants, self._alone = host, grants, OneAtATime()

    async def share(self, given: Given, name: str) -> None:
        """Take a moment in; the same words from the same page are the same moment, from a later one another."""
        team, agent = self._team(given), needed(given, "agent", _WHOM)
        note = needed(given, "note", phrase("Say what happened; then it can be done."))
        drawn = given.get("drawn") or os.urandom(8).hex()
        number = identity_of(self._host, [SHARED, team, agent, note, name, drawn])
        data: dict[str, Plain] = {MOMENT: number, "team": team, "agent": agent, "by": name, "note": note}
        await self._submit(SHARED, data | _ticked(given, "unasked"), given)

    async def thank(self, given: Given, name: str) -> None:
        """Take thanks in. Thanks to oneself are stored, and keep no promise."""
        data: dict[str, Plain] = {"agent": needed(given, "agent", _WHOM), "by": name}
        data |= {key: given[key] for key in ("reason", MOMENT) if given.get(key)}
        data |= {"team": self._team(given)} if given.get("team") else {}
        if given.get("giver") == LEAD and not may(given["role"], "supervisor"):
            raise Problem(HTTPStatus.FORBIDDEN, later("Only who supervises thanks as the one who leads."))
        if given.get("giver") in (COLLEAGUE, LEAD):
            data["giver"] = given["giver"]
        await self._submit(THANKED, data | _ticked(given, "public"), given)

    async def propose(self, given: Given, name: str) -> None:  # noqa: ARG002 - nobody needs to know who wished for it
        """Take in what somebody would like to see among the rewards; it is on the list of the team, and of nobody."""
        wanted = needed(given, "reward", phrase("Say which reward; then it can be done."))[:LONGEST_REWARD]
        data: dict[str, Plain] = {"team": self._team(given), "reward": wanted}
        await self._submit(PROPOSED, data | ({"note": given["note"]} if given.get("note") else {}), given)

    async def review(self, given: Given, name: str) -> None:
        """Take in how many questions of a form were answered with yes about somebody's work; not which."""
        forms = {each: form for each, form in self._practice().forms.items() if form.kind == "review"}
        wanted, agent = given.get("form", ""), needed(given, "agent", _WHOM)
        if wanted not in forms:
            raise unknown(wanted, forms, *NO_FORM)
        if same(agent, name):
            raise Problem(HTTPStatus.CONFLICT, later("Nobody reviews their own work; ask a colleague to do it."))
        form = forms[wanted]
        data: dict[str, Plain] = {"agent": agent, "by": name, "team": self._team(given), "form": wanted}
        data |= {"yes": count_true(form, given), "of": len(form.statements)}
        await self._submit(REVIEWED, data, given)

    async def reward(self, given: Given, name: str) -> None:
        """Take a reward in, for one kept promise or one moment."""
        practice, team = self._practice(), self._team(given)
        wanted = needed(given, "reward", phrase("Say which reward; then it can be done."))
        if wanted not in practice.rewards:
            raise unknown(wanted, practice.rewards, *NO_REWARD)
        kind, _, number = needed(given, "for", phrase("Say what it is for; then it can be done.")).partition(" ")
        if kind not in (PROMISE, MOMENT):
            raise Problem(HTTPStatus.BAD_REQUEST, later("A reward is for a kept promise, or for a moment."))
        agent, reward = given.get("agent", ""), practice.rewards[wanted]
        async with self._alone.having([f"{kind} {number}"]):  # so that two who give one at once do not both
            if kind == PROMISE:
                await self._check_kept(number, reward, team)
            else:
                agent = await self._check_moment(number, agent, team)
            _check_other(needed({"agent": agent}, "agent", _WHOM), name)
            data: dict[str, Plain] = {"team": team, "agent": agent, "by": name, "reward": wanted, "value": reward.value}
            await self._submit(REWARDED, data | {kind: number}, given)

    async def make_exception(self, given: Given, name: str) -> Later | None:
        """Take in that somebody did what a scenario lets everybody do; the door excuses the promise that they name."""
        scenarios, team = self._practice().scenarios, self._team(given)
        wanted = needed(given, "scenario", phrase("Say which scenario; then it can be done."))
        if wanted not in scenarios:
            raise unknown(wanted, scenarios, *NO_SCENARIO)
        data: dict[str, Plain] = {"scenario": wanted, "team": team, "by": name}
        data |= {key: given[key] for key in ("promise", "note") if given.get(key)}
        number, scenario = given.get("promise", ""), scenarios[wanted]
        if not number:
            await self._submit(MADE, data, given)
            return None
        found = await asked(self._host.read_model.promise, number)
        if found is None:
            raise Problem(HTTPStatus.NOT_FOUND, no_promise(number))
        if given.get("role") == "frontliner" and not self._whose(team).has(found.row.fields):
            raise Problem(HTTPStatus.FORBIDDEN, later("This promise is not one of your team {team}.", team=team))
        if found.row.standard not in scenario.excuses:
            words = later("This scenario does not excuse promises of {standard}.", standard=found.row.standard)
            raise Problem(HTTPStatus.CONFLICT, words)
        await self._grants.check(Grant(promise=number, by=f"{SCENARIO}{wanted}", person=name, reason=scenario.when))
        about: dict[str, Plain] = {"standard": found.row.standard, "subject": found.row.subject}
        await self._submit(MADE, data | about, given)
        return later("The promise that it was about is excused by that.")

    async def _check_kept(self, number: str, reward: Reward, team: str) -> None:
        """Refuse a promise that nobody can be rewarded for, or not with this."""
        found = await asked(self._host.read_model.promise, number)
        if found is None:
            raise Problem(HTTPStatus.NOT_FOUND, no_promise(number))
        row, past = found.row, self._host.wall() - MONTH
        if not (_is_earned(row, past) and self._whose(team).has(row.fields)):
            raise Problem(HTTPStatus.CONFLICT, later(_NOT_EARNED))
        if row.standard not in reward.standards:
            words = later("{reward} is not for promises of {standard}.", reward=reward.title, standard=row.standard)
            raise Problem(HTTPStatus.CONFLICT, words)
        acts = await asked(self._host.read_model.board.actions_on, [row.id])
        if any(act.type == REWARDED for act in acts):
            raise Problem(HTTPStatus.CONFLICT, later(_AGAIN))

    async def _check_moment(self, number: str, agent: str, team: str) -> str:
        """Refuse a moment that nobody told of, was rewarded, or is another one's; give whose it is, if it says so."""
        queries, whose, since = self._host.read_model.practice, self._whose(team), self._host.wall() - MONTH
        mine = await asked(queries.of_moment, SHARED, number, whose, since)
        if mine is None:
            raise Problem(HTTPStatus.NOT_FOUND, later("There is no such moment of the last four weeks."))
        if await asked(queries.of_moment, REWARDED, number, whose, since):
            raise Problem(HTTPStatus.CONFLICT, later(_AGAIN))
        whose_it_is = str(mine.data.get("agent") or agent)
        if agent and not same(agent, whose_it_is):
            words = later("This moment is {name}'s, so nobody else is rewarded for it.", name=whose_it_is)
            raise Problem(HTTPStatus.CONFLICT, words)
        return whose_it_is

    def _practice(self) -> Practice:
        practice = self._host.practice
        if practice is None:
            raise Problem(HTTPStatus.CONFLICT, later("There is no practice document, so nothing is agreed on."))
        return practice

    def _whose(self, team: str) -> Whose:
        return Whose(team, self._practice().teams[team].site)

    def _team(self, given: Given) -> str:
        team = needed(given, "team", phrase("Say which team; then it can be done."))
        teams = self._practice().teams
        if team not in teams:
            raise unknown(team, teams, *NO_TEAM)
        return team

    async def _submit(self, kind: str, data: dict[str, Plain], given: Given) -> None:
        await take_in(self._host, [said_event(self._host, kind, data, given, about=given.get("drawn", ""))])


def _check_other(agent: str, name: str) -> None:
    """Refuse to reward somebody who is not there any more, or oneself."""
    if agent == ERASED:
        raise Problem(HTTPStatus.CONFLICT, later("Who left and was erased here cannot be rewarded any more."))
    if same(agent, name):
        raise Problem(HTTPStatus.CONFLICT, later("Nobody rewards themselves; ask a colleague to do it."))


def _is_earned(row: PromiseRow, past: int) -> bool:
    return row.verdict == "kept" and row.settled >= past and row.aspect != "follow-through"


def _ticked(given: Given, name: str) -> dict[str, Plain]:
    return {name: True} if given.get(name) else {}


def unknown(name: str, known: Iterable[str], plainly: str, close: str) -> Problem:
    """Say that there is none of a name, and what is spelled most like it."""
    found = get_close_matches(name, sorted(known, key=natural), 1, 0.5)
    said: Later = later(plainly, name=repr(name[:80]))
    if found:
        said = later(close, name=repr(name[:80]), close=found[0])
    return Problem(HTTPStatus.BAD_REQUEST, said)
