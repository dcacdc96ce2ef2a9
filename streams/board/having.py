"""Who has a promise: who took it, since when, from whom; to whom it was handed on, who gave it back, or had it.

Read next: `blocks.py` and `story.py`, which show it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import msgspec

from alerts.routing.actions import ACKNOWLEDGED, DONE, EXCUSED, GIVEN_BACK, HANDED_ON
from alerts.words.words import phrase
from standards.natural import by_person, same

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from alerts.routing.actions import Action
    from streams.board.wording import Wording
    from streams.storage.holdings import Holding
    from streams.storage.rows import NoticeRow

ACTS: Final = (ACKNOWLEDGED, HANDED_ON, GIVEN_BACK)
"""The acts that say who has a promise."""
HAS: Final = phrase("{name} has {count} of {of}.")
OTHERS_HAVE: Final = phrase("Others have {count} of {of}.")
NAMED: Final = 3
"""How many of those who have some of a group are named."""


class Having(msgspec.Struct, frozen=True):
    """How it stands `since` an instant (microseconds UTC): a `holder` has it, or nobody.

    `giver` handed it on to the holder or, where there is none, gave it back. `offered` is to whom it was handed on and
    who has not taken it yet; meanwhile nobody can be sure that anybody has it. `untaken` is who did not take it in
    time. `lapsed` had it until then: their time with it, or their shift, is over. The holder is asked whether they
    still have it, up to `asked_until`, or else -1.
    """

    holder: str = ""
    since: int = -1
    giver: str = ""
    offered: str = ""
    lapsed: str = ""
    asked_until: int = -1
    untaken: str = ""

    @property
    def taken(self) -> bool:
        """Say whether somebody has it, for sure."""
        return bool(self.holder) and not self.offered

    def is_with(self, name: str) -> bool:
        """Say whether somebody has it, or was handed it: then it is theirs to give back."""
        return any(each and same(each, name) for each in (self.holder, self.offered))

    @property
    def can_be_taken(self) -> bool:
        """Say whether it is for somebody to take: also for who is asked whether they still have it."""
        return not self.taken or self.asked_until >= 0


_NOBODY: Final = Having()


def having(acts: Iterable[Action], found: Having = _NOBODY) -> Having:
    """Say who has a promise, by what people did about it, oldest first, since it was `found` to stand so."""
    for act in acts:
        if act.type == ACKNOWLEDGED:
            handed = same(found.offered, act.by)
            again = same(found.holder, act.by) and not found.offered and found.asked_until < 0
            found = found if again else Having(act.by, act.at, found.giver if handed else "")
        elif act.type == HANDED_ON:
            found = Having(found.holder, act.at, act.by, str(act.data.get("to") or "?"))
        elif act.type == GIVEN_BACK and found.is_with(act.by):
            found = Having(giver=act.by, since=act.at)
    return found


def present(acts: Iterable[Action], holding: Holding | None) -> Having:
    """Say who has a promise now: as the routers say and, where they have not heard of it yet, by what people did since.

    Nothing else decides: what was done up to when they heard of it last is in their word. Acts are oldest first.
    """
    if holding is None:
        return having(acts)
    word = Having(
        holding.holder, holding.since, holding.giver, holding.offered, holding.lapsed, holding.asked_until,
        holding.untaken,
    )  # fmt: skip
    return having((act for act in acts if act.at > holding.heard), word)


def by_promise(acts: Iterable[Action], holdings: Mapping[str, Holding]) -> dict[str, Having]:
    """Say of each promise who has it, by what people did about several, oldest first, and by the routers' word."""
    apart: dict[str, list[Action]] = {promise: [] for promise in holdings}
    for act in acts:
        if act.type in ACTS:
            apart.setdefault(act.promise, []).append(act)
    return {promise: present(mine, holdings.get(promise)) for promise, mine in apart.items()}


def having_words(found: Having, wording: Wording) -> str:
    """Say it in a sentence; nothing where nobody ever had it."""
    if found.since < 0:
        return ""
    say, when = wording.words.say, wording.hour(found.since)
    if found.lapsed:
        return say("{name} had it until {time}; nobody has it now.", name=found.lapsed, time=when)
    if found.untaken:
        words = phrase("{giver} handed it on to {to}, who had not taken it by {time}; nobody has it now.")
        return say(words, giver=found.giver, to=found.untaken, time=when)
    if found.asked_until >= 0:
        words = phrase("{name} has it, since {time}, and is asked whether they still do: others are told at {until}.")
        return say(words, name=found.holder, time=when, until=wording.hour(found.asked_until))
    if found.offered:
        words = phrase("{giver} handed it on to {to} at {time}; {to} has not taken it yet.")
        return say(words, giver=found.giver, to=found.offered, time=when)
    if not found.holder:
        return say("{giver} gave it back at {time}; nobody has it now.", giver=found.giver, time=when)
    if found.giver:
        words = phrase("{name} has it, since {time}; {giver} handed it on.")
        return say(words, name=found.holder, time=when, giver=found.giver)
    return say("{name} has it, since {time}.", name=found.holder, time=when)


def asked_words(found: Having, acts: Iterable[Action], notices: Iterable[NoticeRow], wording: Wording) -> str:
    """Say when whoever it was handed on to was told so, as far as the notices show it; else nothing.

    `acts` are oldest first. A notice that has reached no channel has told nobody.
    """
    to = found.offered or found.untaken
    handed = [act.at for act in acts if act.type == HANDED_ON and same(str(act.data.get("to") or ""), to)]
    if not to or not handed:
        return ""
    theirs = [row for row in notices if same(row.notice.to, to) and row.notice.decided >= handed[-1]]
    told = [row.notice.decided for row in theirs if any(each.state == "delivered" for each in row.deliveries)]
    if told:
        return wording.words.say("{to} was told so at {time}.", to=to, time=wording.hour(min(told)))
    return wording.words.say("The message to {to} has not gone out.", to=to) if theirs else ""


class Shares(msgspec.Struct, frozen=True):
    """Who has how many of `count` promises: the first of those who have any, and how many `others` have.

    `whole` is how one person has the only one, or since when all of them.
    """

    count: int = 0
    holders: tuple[tuple[str, int], ...] = ()
    others: int = 0
    whole: Having = Having()


def shares(promises: Sequence[str], havings: Mapping[str, Having], count: int) -> Shares:
    """Find who has how many of a group of `count` promises."""
    taken = [found for each in promises if (found := havings.get(each)) is not None and found.taken]
    holders = by_person(found.holder for found in taken)
    named = holders.most_common(NAMED)
    whole = taken[0] if len(holders) == 1 and len(taken) == count else Having()
    return Shares(count, tuple(named), len(taken) - sum(mine for _, mine in named), whole)


def shares_words(found: Shares, wording: Wording) -> str:
    """Say it; nothing where nobody has any."""
    say, number, whole = wording.words.say, wording.number, found.whole
    if whole.taken and found.count == 1:
        return having_words(whole, wording)
    if whole.taken:
        words = phrase("{name} has all {count}, since {time}.")
        return say(words, name=whole.holder, count=number(found.count), time=wording.hour(whole.since))
    of = number(found.count)
    said = [say(HAS, name=name, count=number(mine), of=of) for name, mine in found.holders]
    if found.others:
        said.append(say(OTHERS_HAVE, count=number(found.others), of=of))
    return " ".join(said)


class Noted(msgspec.Struct, frozen=True):
    """What somebody did about a promise that is owed, beside having it: said that it is done, or asked to excuse it."""

    done: bool
    by: str
    role: str
    at: int


def noted(act: Action) -> Noted | None:
    """Read it from an act; nothing from one that does not concern that."""
    if act.type not in (DONE, EXCUSED):
        return None
    person = str(act.data.get("person") or "")
    apart = person if person and not same(person, act.by) else ""
    return Noted(act.type == DONE, apart or act.by, act.by if apart else "", act.at)


def noted_words(found: Noted, wording: Wording) -> str:
    """Say it in a sentence."""
    values = {"name": found.by, "role": found.role, "time": wording.hour(found.at)}
    if found.done:
        return wording.words.say("{name} says it is done, at {time}; it is being judged.", **values)
    if found.role:
        words = phrase("{name}, as {role}, asked for an exception at {time}; it is being judged.")
        return wording.words.say(words, **values)
    return wording.words.say("{name} asked for an exception at {time}; it is being judged.", **values)
