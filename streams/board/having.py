"""Who has a promise: who took it, since when, from whom; to whom it was handed on, who gave it back, or had it.

Read next: `blocks.py` and `story.py`, which show it.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Final

import msgspec

from alerts.routing.actions import ACKNOWLEDGED, GIVEN_BACK, HANDED_ON
from standards.natural import same
from streams.board.wording import hour_and_minute

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import tzinfo

    from alerts.routing.actions import Action
    from streams.storage.holdings import Holding

ACTS: Final = (ACKNOWLEDGED, HANDED_ON, GIVEN_BACK)
"""The acts that say who has a promise."""
_NAMED: Final = 3
"""How many of those who have some of a group are named."""


class Having(msgspec.Struct, frozen=True):
    """How it stands `since` an instant (microseconds UTC): a `holder` has it, or nobody.

    `giver` handed it on to the holder or, where there is none, gave it back. `offered` is to whom it was handed on and
    who has not taken it yet; meanwhile nobody can be sure that anybody has it. `lapsed` had it until then: their time
    with it, or their shift, is over. The holder is asked whether they still have it, up to `asked_until`, or else -1.
    """

    holder: str = ""
    since: int = -1
    giver: str = ""
    offered: str = ""
    lapsed: str = ""
    asked_until: int = -1

    @property
    def taken(self) -> bool:
        """Say whether somebody has it, for sure."""
        return bool(self.holder) and not self.offered

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
            found = Having(found.holder, act.at, act.by, str(act.data.get("to") or "somebody"))
        elif act.type == GIVEN_BACK:
            found = Having(giver=act.by, since=act.at)
    return found


def present(acts: Iterable[Action], holding: Holding | None) -> Having:
    """Say who has a promise now: by what people did, oldest first, and what the routers have made of that since.

    What was done after the routers' last word is not known to them yet.
    """
    if holding is None:
        return having(acts)
    known: list[Action] = []
    later: list[Action] = []
    for act in acts:
        (known if act.at <= holding.since else later).append(act)
    return having(later, _at(having(known), holding))


def _at(done: Having, holding: Holding) -> Having:
    """Say how it stands by the routers' word, where `done` is what people did until then."""
    if not holding.holder:
        ends = done.holder or done.offered
        return Having(lapsed=done.holder or done.giver, since=holding.since) if ends else done
    if done.offered or not same(done.holder, holding.holder):
        return Having(holding.holder, holding.since, asked_until=holding.asked_until)
    return msgspec.structs.replace(done, asked_until=holding.asked_until)


def by_promise(acts: Iterable[Action], holdings: Mapping[str, Holding]) -> dict[str, Having]:
    """Say of each promise who has it, by what people did about several, oldest first, and by the routers' word."""
    apart: dict[str, list[Action]] = {promise: [] for promise in holdings}
    for act in acts:
        if act.type in ACTS:
            apart.setdefault(act.promise, []).append(act)
    return {promise: present(mine, holdings.get(promise)) for promise, mine in apart.items()}


def having_words(found: Having, zone: tzinfo) -> str:
    """Say it in a sentence; nothing where nobody ever had it."""
    if found.since < 0:
        return ""
    when = hour_and_minute(found.since, zone)
    if found.lapsed:
        return f"{found.lapsed} had it until {when}; nobody has it now."
    if found.asked_until >= 0:
        until = hour_and_minute(found.asked_until, zone)
        return f"{found.holder} has it, since {when}, and is asked whether they still do: others are told at {until}."
    if found.offered:
        return f"{found.giver} handed it on to {found.offered} at {when}; {found.offered} has not taken it yet."
    if not found.holder:
        return f"{found.giver} gave it back at {when}; nobody has it now."
    if found.giver:
        return f"{found.holder} has it, since {when}; {found.giver} handed it on."
    return f"{found.holder} has it, since {when}."


def shares_words(promises: Sequence[str], havings: Mapping[str, Having], count: int, zone: tzinfo) -> str:
    """Say of a group of `count` promises who has how many; nothing where nobody has any."""
    taken = [found for each in promises if (found := havings.get(each)) is not None and found.taken]
    holders = Counter(found.holder for found in taken)
    if len(holders) == 1 and len(taken) == count == 1:
        return having_words(taken[0], zone)
    if len(holders) == 1 and len(taken) == count:
        return f"{taken[0].holder} has all {count:,}, since {hour_and_minute(taken[0].since, zone)}."
    said = [f"{name} has {mine:,} of {count:,}." for name, mine in holders.most_common(_NAMED)]
    others = sum(holders.values()) - sum(mine for _, mine in holders.most_common(_NAMED))
    return " ".join([*said, *([f"Others have {others:,} of {count:,}."] if others else [])])
