"""Who has what is owed: taken, handed on to somebody, given back; one promise, or several at once.

The id of each such event is made of what it says and of what was done before by somebody else, so sending a form twice
changes nothing, and taking again what was given back is heard. What somebody else has by now, as an older page does not
show, stays with them: whoever presses reads who it is.
Read next: `streams/board/having.py`, which says who has it.
"""

from __future__ import annotations

from difflib import get_close_matches
from functools import reduce
from http import HTTPStatus
from typing import TYPE_CHECKING, Final
from urllib.parse import parse_qsl

from alerts.routing.actions import ACKNOWLEDGED, GIVEN_BACK, HANDED_ON
from alerts.words.later import Later, later, later_many
from alerts.words.words import phrase
from standards.natural import by_person, natural, same
from streams.board.having import ACTS, HAS, NAMED, OTHERS_HAVE, by_promise, present
from streams.board.offers import members
from streams.web.actions import take_in
from streams.web.board.fields import needed, said_event
from streams.web.board.one_at_a_time import OneAtATime
from streams.web.operation import asked
from streams.web.problem import Problem

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from alerts.routing.actions import Action
    from streams.board.having import Having
    from streams.host import Host
    from streams.storage.holdings import Holding
    from streams.storage.rows import PromiseRow
    from streams.web.board.chosen import Chosen
    from streams.web.board.fields import Given

_HAND: Final = ("promise", "group", "to")
"""What a button for a known person says at one tap; whatever else stands in its value is not heard."""


class Taking:
    """Takes in who has what, and says for how many of those that were shown it was, where it was not for all.

    All of it raises Problem where that cannot be.
    """

    def __init__(self, host: Host, chosen: Chosen) -> None:
        self._host = host
        self._chosen = chosen
        self._alone = OneAtATime()

    async def acknowledge(self, given: Given, name: str) -> Later | None:
        """Take one promise on, or all of a group that were there when it was drawn, but for what others have by now.

        Of two who press at once the first has it. Raises Problem where others have all of it.
        """
        self._check_known(ACKNOWLEDGED)
        promises, said = await self._chosen.one_or_group(given)
        async with self._alone.having(each.id for each in promises):
            free = await self._not_with_others(promises, name)
            if free:
                await self._submit(ACKNOWLEDGED, free, {"by": name}, given)
            with_others = _names(promises, by_promise(*await self._done(promises)), name)
        _check_left(with_others, len(promises))
        shown = len(dict.fromkeys(members(given["group"]))) if given.get("group") else len(promises)
        return _went(len(promises) - len(with_others), with_others, said, shown)

    async def _not_with_others(self, promises: Sequence[PromiseRow], name: str) -> list[PromiseRow]:
        """Give those of some promises that nobody else has: their page may be older than who has it."""
        found = by_promise(*await self._done(promises))
        return [each for each in promises if not _is_with_another(found.get(each.id), name)]

    async def hand_on(self, given: Given, name: str) -> Later | None:
        """Hand one promise, or several, on to somebody, who is told."""
        self._check_known(HANDED_ON)
        given = _pressed(given)
        to = self._known(needed(given, "to", phrase("Say to whom; then it can be done.")))
        if same(to, name):
            raise Problem(
                HTTPStatus.CONFLICT,
                later("You cannot hand it on to yourself. Press “{button}”.", button=later("I have it")),
            )
        promises, said = await self._chosen.one_or_group(given)
        await self._submit(HANDED_ON, promises, {"by": name, "to": to}, given)
        return said

    async def give_back(self, given: Given, name: str) -> Later | None:
        """Give one promise, or several, back that somebody of this name has: the others are told anew.

        What is with somebody else stays with them. Raises Problem where that is all of it, or nobody has it.
        """
        self._check_known(GIVEN_BACK)
        given = _pressed(given)
        promises, said = await self._chosen.one_or_group(given)
        acts, holdings = await self._done(promises)
        found = by_promise(acts, holdings)
        mine = {promise for promise, having in found.items() if having.is_with(name)}
        had = [each for each in promises if each.id in mine or _given_back_by(name, each.id, acts)]
        others = [found[each.id] for each in promises if each not in had and each.id in found]
        with_others = [each.offered or each.holder for each in others if each.holder or each.offered]
        if not had and not with_others:
            raise Problem(HTTPStatus.CONFLICT, later("Nobody has it, so it cannot be given back."))
        _check_left(with_others, len(with_others) + len(had))
        await self._submit(GIVEN_BACK, had, {"by": name}, given)
        return _all_of([*_whose(with_others, len(promises)), said])

    def _check_known(self, kind: str) -> None:
        if kind not in self._host.rulebook.classes:
            raise Problem(HTTPStatus.CONFLICT, later("The vocabulary has no {kind}.", kind=kind))

    def _known(self, to: str) -> str:
        """Give somebody's name as the policy has it; without a policy, everybody is known."""
        people = self._host.people
        if people is None:
            return to
        found = people.known_as(to)
        if found not in people.people:
            raise Problem(HTTPStatus.BAD_REQUEST, _nobody(to, sorted(people.people, key=natural)))
        return found

    async def _done(self, promises: Sequence[PromiseRow]) -> tuple[list[Action], dict[str, Holding]]:
        """Look up what people did about some promises, and what the routers have made of it, by the promise."""
        ids, queries = [each.id for each in promises], self._host.read_model.board
        return await asked(queries.actions_on, ids), await asked(queries.holdings, ids)

    async def _submit(self, kind: str, promises: Sequence[PromiseRow], data: dict[str, str], given: Given) -> None:
        acts, holdings = await self._done(promises)
        befores = (_before(each.id, kind, data, acts, holdings.get(each.id)) for each in promises)
        events = [
            said_event(self._host, kind, {"promise": each.id, **data}, given, about=about)
            for each, about in zip(promises, befores, strict=True)
        ]
        await take_in(self._host, events)


def _is_with_another(found: Having | None, name: str) -> bool:
    return found is not None and not found.can_be_taken and not same(found.holder, name)


def _names(promises: Sequence[PromiseRow], found: Mapping[str, Having], name: str) -> list[str]:
    """Name who has each of some promises that somebody else has."""
    return [found[each.id].holder for each in promises if _is_with_another(found.get(each.id), name)]


def _check_left(holders: Sequence[str], count: int) -> None:
    """Refuse what somebody else has by now. Raises Problem where that is all of so many."""
    if holders and len(holders) == count:
        names = ", ".join(sorted(set(holders), key=natural))
        raise Problem(HTTPStatus.CONFLICT, later("It is with somebody else now: {names}.", names=names))


def _went(mine: int, holders: Sequence[str], over: Later | None, shown: int) -> Later | None:
    """Say of those that were shown how many whoever pressed has, who has others, and how many are over; not of all."""
    if not holders and over is None:
        return None
    yours = later_many(mine, "{count} of {of} is yours now.", "{count} of {of} are yours now.", of=shown)
    return _all_of([yours, *_whose(holders, shown), over])


def _whose(holders: Sequence[str], of: int) -> list[Later]:
    """Say who has how many of so many: those who have most by name, what others have together."""
    counted = by_person(holders).most_common()
    said = [later(HAS, name=name, count=count, of=of) for name, count in counted[:NAMED]]
    others = sum(count for _, count in counted[NAMED:])
    return [*said, later(OTHERS_HAVE, count=others, of=of)] if others else said


def _all_of(said: Sequence[Later | None]) -> Later | None:
    """Say some things, one after the other, as far as there are."""
    found = [each for each in said if each is not None]
    return reduce(lambda one, other: later("{one} {other}", one=one, other=other), found) if found else None


def _nobody(to: str, known: Sequence[str]) -> Later:
    """Say that the policy has nobody of that name, and who comes closest, or whom it has."""
    close = get_close_matches(to, known, 1)
    if close:
        return later("The policy knows nobody called {name}; did you mean {close}?", name=repr(to[:80]), close=close[0])
    return later("The policy knows nobody called {name}; there is {names}", name=repr(to[:80]), names=", ".join(known))


def _pressed(given: Given) -> Given:
    """Give what a form says, with what stands in the button that was pressed."""
    pressed = dict(parse_qsl(given.get("hand", "")))
    return {**given, **{name: pressed[name] for name in _HAND if name in pressed}}


def _given_back_by(name: str, promise: str, acts: Sequence[Action]) -> bool:
    """Say whether somebody was the last to do something about it, and gave it back: the same form came again."""
    mine = [act for act in acts if act.promise == promise and act.type in ACTS]
    return bool(mine) and mine[-1].type == GIVEN_BACK and same(mine[-1].by, name)


def _before(promise: str, kind: str, data: dict[str, str], acts: Sequence[Action], holding: Holding | None) -> str:
    """Name what came on a promise before this, which may have been sent already; nothing where there is none.

    That is the last act, or what the routers made of it since: that nobody has it any more, or who has it is asked.
    """
    mine = [act for act in acts if act.promise == promise and act.type in ACTS]
    found = present(mine, holding)
    over = found.lapsed or found.untaken
    if over or found.asked_until >= 0:
        return f"lapsed {found.since}" if over else f"asked {found.asked_until}"
    for act in reversed(mine):
        alike = act.type == kind and all(act.data.get(key) == value for key, value in data.items())
        if not alike:
            return act.name
    return ""
