"""Blocks of Now: a card for one promise, or a group of promises of one standard at one site, that opens on a tap.

Read next: `offers.py` for their buttons, `now.py`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import msgspec

from standards.natural import in_runs, natural
from streams.board.markup import Child, Html, el
from streams.board.offers import (
    PARTLY,
    TOGETHER,
    actions,
    excuse,
    excuse_group,
    hand_over,
    hand_over_group,
    of_line,
    take_group,
)
from streams.board.shell import promise_link
from streams.board.wording import time_left, time_over
from streams.storage.rows import Sort

if TYPE_CHECKING:
    from streams.board.view import View

URGENT: Final[tuple[Sort, Sort]] = ("overdue", "warned")
"""The sorts that need a hand."""
ACTED_ON: Final[tuple[Sort, ...]] = (*URGENT, "unknown")
"""The sorts that somebody can do something about where they stand."""
_NAMED: Final = 3
"""How many of a group are named on its line."""


class Item(msgspec.Struct, frozen=True):
    """A promise that is owed. `due` and `opened` are microseconds UTC; `note` says who has it.

    `joined` says what came since that would have opened another one.

    `takes`: one may still say that one has it; `does`: that it is done. `roles` may excuse it, mostly for `reasons`.
    `held`: somebody has it, who may give it back, or hand it on to one of the `others`.
    """

    id: str
    sort: Sort
    due: int
    opened: int
    subject: str
    standard: str
    site: str = ""
    promise: str = ""
    what: str = ""
    how: str = ""
    state: str = ""
    joined: str = ""
    note: str = ""
    taken: bool = False
    takes: bool = False
    does: bool = False
    roles: tuple[str, ...] = ()
    reasons: tuple[str, ...] = ()
    held: bool = False
    others: tuple[str, ...] = ()

    @property
    def urgent(self) -> bool:
        """Say whether it needs a hand."""
        return self.sort in URGENT

    @property
    def excusable(self) -> bool:
        """Say whether one may ask for an exception where it stands."""
        return self.sort in ACTED_ON

    @property
    def timed(self) -> bool:
        """Say whether a clock of it runs, or has run out."""
        return self.sort not in ("paused", "unknown")

    @property
    def name(self) -> str:
        """Give what it is called at its site."""
        if self.subject and self.subject == self.site:
            return self.standard
        return self.subject.removeprefix(f"{self.site}/") or "everywhere"


class Group(msgspec.Struct, frozen=True):
    """Promises of one sort, standard and site: how many there are, the first deadline of them, and the first `items`.

    `view` is that of them alone. `held` are the ids of those that its buttons act on, the most urgent ones: `free` are
    those that nobody has, `had` those that somebody has, and `shares` says who. `whole`: that is what the page is
    about, so the group stands open.
    """

    site: str
    standard: str
    count: int
    due: int
    items: tuple[Item, ...]
    view: View
    held: tuple[str, ...] = ()
    free: tuple[str, ...] = ()
    had: tuple[str, ...] = ()
    shares: str = ""
    whole: bool = False

    @property
    def taken(self) -> bool:
        """Say whether somebody has each of them."""
        return len(self.had) == self.count

    @property
    def partly(self) -> bool:
        """Say whether there are more of them than one button acts on."""
        return self.count > TOGETHER

    @property
    def names(self) -> str:
        """Name them, those that follow each other as one; of many, the first, and how many more there are."""
        runs = in_runs(item.name for item in self.items)
        if len(self.items) == self.count and len(runs) <= _NAMED:
            return ", ".join(runs)
        named = sorted((item.name for item in self.items[:_NAMED]), key=natural)
        more = self.count - len(named)
        return ", ".join(named) + (f" and {more:,} more" if more else "")


def block(shown: Item | Group, identity: str, now: int, *, acts: bool) -> Html:
    """Draw a block."""
    if isinstance(shown, Item):
        return _card(shown, identity, now, acts=acts)
    return _group(shown, identity, now, acts=acts)


def _card(item: Item, identity: str, now: int, *, acts: bool) -> Html:
    about = el("p", promise_link(item.id, item.subject, item.standard), class_="where")
    todo = (el("p", item.what, class_="what"), about) if item.urgent else (about,)
    rest = (
        el("p", item.joined, class_="joined") if item.joined and item.urgent else None,
        el("p", item.promise, class_="promise"),
        el("p", item.how, class_="how") if item.urgent and item.how else None,
        el("p", item.note, class_="note") if item.note else None,
    )
    buttons = (
        el("div", *actions(item), class_="actions") if item.urgent else None,
        excuse(item),
        hand_over(item) if item.urgent else None,
    )
    content = el("div", todo, rest, buttons if acts and item.excusable else None, class_="about")
    return el("li", _left(item, now), content, id=identity, **_timed(item, item.taken))


def _group(group: Group, identity: str, now: int, *, acts: bool) -> Html:
    first = group.items[0]
    every = f"All {group.count:,}, with {group.standard} at {group.site or 'no site'}"
    more = group.count > len(group.items) and not group.whole
    body = el(
        "div",
        el("p", first.promise, class_="promise"),
        el("p", first.how, class_="how") if first.urgent and first.how else None,
        el("ol", (_line(item, now, acts=acts) for item in group.items), class_="lines"),
        el("p", el("a", every, href=group.view.address())) if more else None,
        el("p", PARTLY, class_="quiet") if acts and first.excusable and group.partly else None,
        excuse_group(group) if acts and first.excusable else None,
        hand_over_group(group) if acts and first.urgent else None,
        class_="about",
    )
    takes = acts and first.urgent and group.free and any(item.takes for item in group.items)
    whose = el("div", take_group(group), class_="actions") if takes else None
    return el("li", el("details", _summary(group, first, now), body, open=group.whole), whose, id=identity,
              **_timed(first, group.taken, kind="group"))  # fmt: skip


def _summary(group: Group, first: Item, now: int) -> Html:
    """Draw the one line of a group."""
    what = first.what if first.urgent and first.what else first.promise
    shares = el("span", group.shares, class_="note") if group.shares else None
    return el(
        "summary",
        el("span", _time(first, group.due, now) if first.timed else first.state, class_="left count"),
        el("span", (el("b", group.site), " ") if group.site else None, group.names, class_="where"),
        el("span", what or group.standard, shares, class_="what"),
        el("span", f"{group.count:,}", class_="number") if group.count > 1 else None,
    )


def _line(item: Item, now: int, *, acts: bool) -> Html:
    """Draw one promise of a group."""
    link = el("a", item.name, href=f"/promises/{item.id}", class_="subject")
    time = el("span", _time(item, item.due, now) if item.timed else item.state, class_="count")
    said = " ".join(filter(None, (item.joined if item.urgent else "", item.note)))
    note = el("span", said, class_="note") if said else None
    buttons = el("span", *of_line(item), class_="actions") if acts and item.urgent else None
    return el("li", time, link, note, buttons, id=f"p-{item.id}", **_timed(item, item.taken))


def _timed(item: Item, taken: bool, kind: str = "") -> dict[str, str | int | None]:  # noqa: FBT001 - it is data
    due = item.due // 1000 if item.timed else None
    return {"class_": " ".join(filter(None, (kind, item.sort, "taken" if taken else ""))), "data_due": due,
            "data_opened": item.opened // 1000}  # fmt: skip


def _left(item: Item, now: int) -> Html:
    if not item.timed:
        return el("p", item.state, class_="left")
    spent: Child = None
    if item.sort != "overdue":
        share = max(0, min(1000, (item.due - now) * 1000 // max(1, item.due - item.opened)))
        spent = el("progress", max=1000, value=share, aria_hidden="true")
    return el("p", el("span", _time(item, item.due, now), class_="count"), spent, class_="left")


def _time(item: Item, due: int, now: int) -> str:
    return time_over(due, now) if item.sort == "overdue" else time_left(due, now)
