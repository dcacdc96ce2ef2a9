"""Blocks of Now: a card for one promise, or a group of promises of one standard at one site, that opens on a tap.

Read next: `offers.py` for their buttons, `now.py`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final

import msgspec
from msgspec.structs import replace

from alerts.words.words import phrase
from standards.natural import natural, runs
from streams.board.having import Having, Noted, Shares, having_words, noted_words, shares_words
from streams.board.markup import Child, Html, el
from streams.board.offers import (
    TOGETHER,
    actions,
    excuse,
    excuse_group,
    hand_over,
    hand_over_group,
    of_line,
    partly,
    take_group,
)
from streams.board.reasons import reasons
from streams.board.shell import promise_link
from streams.live.joined import Joined, joined_words
from streams.storage.rows import Sort

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

    from alerts.words.words import Words
    from standards.judge.promise import State
    from streams.board.view import View
    from streams.board.wording import Wording

URGENT: Final[tuple[Sort, Sort]] = ("overdue", "warned")
"""The sorts that need a hand."""
ACTED_ON: Final[tuple[Sort, ...]] = (*URGENT, "unknown")
"""The sorts that somebody can do something about where they stand."""
_AUTHORS: Final = frozenset({"promise", "what", "how"})
"""What of an item its standard's author wrote."""
_NAMED: Final = 3
"""How many of a group are named on its line."""


class Item(msgspec.Struct, frozen=True):
    """A promise that is owed. `due`, `opened` and `settled` are microseconds UTC; `noted` is what people did about it.

    `joined` is what came since that would have opened another one; `stands`: it says how things stand.
    `takes`: one may still say that one has it; `does`: that it is done. `roles` may excuse it, mostly for `reasons`.
    Who has it may give it back, or hand it on to one of the `others`. People say `called` for the subject, and `part`
    for it at its site. Times are told in the `zone` of the site, where it has one.
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
    state: State = "open"
    settled: int = -1
    joined: Joined = Joined()
    stands: bool = False
    having: Having = Having()
    noted: tuple[Noted, ...] = ()
    takes: bool = False
    does: bool = False
    roles: tuple[str, ...] = ()
    reasons: tuple[str, ...] = ()
    others: tuple[str, ...] = ()
    translations: Mapping[str, Mapping[str, str]] = {}
    called: str = ""
    part: str = ""
    zone: ZoneInfo | None = None

    def in_language(self, language: str) -> Item:
        """Give it with its author's words in a language, as far as there are any in it."""
        said = self.translations.get(language, {})
        words: dict[str, Any] = {name: text for name, text in said.items() if name in _AUTHORS}
        if "exceptions" in said:
            words["reasons"] = reasons(said["exceptions"])
        return replace(self, **words) if words else self

    @property
    def taken(self) -> bool:
        """Say whether somebody has it."""
        return self.having.taken

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

    def name(self, words: Words) -> str:
        """Give what it is called at its site."""
        if self.subject and self.subject == self.site:
            return self.standard
        return self.part or self.subject.removeprefix(f"{self.site}/") or words.say("everywhere")

    def note(self, wording: Wording) -> str:
        """Say who has it, and what people did about it."""
        return " ".join(filter(None, (having_words(self.having, wording), *self._noted(wording))))

    def _noted(self, wording: Wording) -> list[str]:
        return [noted_words(each, wording) for each in self.noted]

    def since(self, wording: Wording) -> str:
        """Say what came since it was made; nothing of one that needs no hand."""
        if not self.urgent:
            return ""
        return joined_words(self.joined, wording.hour(self.joined.at), stands=self.stands, words=wording.words)


class Group(msgspec.Struct, frozen=True):
    """Promises of one sort, standard and site: how many there are, the first deadline of them, and the first `items`.

    `view` is that of them alone. `held` are the ids of those that its buttons act on, the most urgent ones: `free` are
    those that nobody has, `had` those that somebody has, each with who, and `shares` who has how many. `whole`: that
    is what the page is about, so the group stands open.
    """

    site: str
    standard: str
    count: int
    due: int
    items: tuple[Item, ...]
    view: View
    held: tuple[str, ...] = ()
    free: tuple[str, ...] = ()
    had: Mapping[str, str] = {}
    shares: Shares = Shares()
    whole: bool = False
    called: str = ""

    @property
    def zone(self) -> ZoneInfo | None:
        """The zone of its site, where it has one."""
        return self.items[0].zone

    @property
    def place(self) -> str:
        """What its site is called."""
        return self.called or self.site

    @property
    def taken(self) -> bool:
        """Say whether somebody has each of them."""
        return len(self.had) == self.count

    @property
    def partly(self) -> bool:
        """Say whether there are more of them than one button acts on."""
        return self.count > TOGETHER

    def names(self, words: Words) -> str:
        """Name them, those that follow each other as one; of many, the first, and how many more there are."""
        called = [item.name(words) for item in self.items]
        if len(self.items) == self.count and len(runs(called)) <= _NAMED:
            return ", ".join(words.named(called))
        named = sorted(called[:_NAMED], key=natural)
        more = self.count - len(named)
        first = ", ".join(named)
        return (
            words.how_many(more, "{names} and {count} more", "{names} and {count} more", names=first) if more else first
        )


def block(shown: Item | Group, identity: str, wording: Wording, *, acts: bool) -> Html:
    """Draw a block."""
    language = wording.words.language
    wording = wording.in_zone(shown.zone)
    if isinstance(shown, Item):
        return _card(shown.in_language(language), identity, wording, acts=acts)
    items = tuple(item.in_language(language) for item in shown.items)
    return _group(replace(shown, items=items), identity, wording, acts=acts)


def _card(item: Item, identity: str, wording: Wording, *, acts: bool) -> Html:
    words, since, note = wording.words, item.since(wording), item.note(wording)
    about = el("p", promise_link(words, item.id, item.called or item.subject, item.standard), class_="where")
    todo = (el("p", item.what, class_="what"), about) if item.urgent else (about,)
    rest = (
        el("p", since, class_="joined") if since else None,
        el("p", item.promise, class_="promise"),
        el("p", item.how, class_="how") if item.urgent and item.how else None,
        el("p", note, class_="note") if note else None,
    )
    buttons = (
        el("div", *actions(item, words), class_="actions") if item.urgent else None,
        excuse(item, words),
        hand_over(item, wording) if item.urgent else None,
    )
    content = el("div", todo, rest, buttons if acts and item.excusable else None, class_="about")
    return el("li", _left(item, wording), content, id=identity, **_timed(item, item.taken))


def _group(group: Group, identity: str, wording: Wording, *, acts: bool) -> Html:
    first, words = group.items[0], wording.words
    more = group.count > len(group.items) and not group.whole
    body = el(
        "div",
        el("p", first.promise, class_="promise"),
        el("p", first.how, class_="how") if first.urgent and first.how else None,
        el("ol", (_line(item, wording, acts=acts) for item in group.items), class_="lines"),
        el("p", el("a", _every(group, words), href=group.view.address())) if more else None,
        el("p", partly(words), class_="quiet") if acts and first.excusable and group.partly else None,
        excuse_group(group, words) if acts and first.excusable else None,
        hand_over_group(group, wording) if acts and first.urgent else None,
        class_="about",
    )
    takes = acts and first.urgent and group.free and any(item.takes for item in group.items)
    whose = el("div", take_group(group, words), class_="actions") if takes else None
    return el("li", el("details", _summary(group, first, wording), body, open=group.whole), whose, id=identity,
              **_timed(first, group.taken, kind="group"))  # fmt: skip


def _every(group: Group, words: Words) -> str:
    values = {"count": words.number(group.count), "standard": group.standard, "site": group.place}
    said = phrase("All {count}, with {standard} at {site}") if group.site else phrase("All {count}, with {standard}")
    return words.say(said, **values)


def _summary(group: Group, first: Item, wording: Wording) -> Html:
    """Draw the one line of a group."""
    what = first.what if first.urgent and first.what else first.promise
    said, names = shares_words(group.shares, wording), group.names(wording.words)
    shares = el("span", said, class_="note") if said else None
    return el(
        "summary",
        el("span", _time(first, group.due, wording), class_="left count"),
        el("span", (el("b", group.place), " ") if group.site else None, names, class_="where"),
        el("span", what or group.standard, shares, class_="what"),
        el("span", wording.number(group.count), class_="number") if group.count > 1 else None,
    )


def _line(item: Item, wording: Wording, *, acts: bool) -> Html:
    """Draw one promise of a group."""
    link = el("a", item.name(wording.words), href=f"/promises/{item.id}", class_="subject")
    time = el("span", _time(item, item.due, wording), class_="count")
    said = " ".join(filter(None, (item.since(wording), item.note(wording))))
    note = el("span", said, class_="note") if said else None
    buttons = el("span", *of_line(item, wording), class_="actions") if acts and item.urgent else None
    return el("li", time, link, note, buttons, id=f"p-{item.id}", **_timed(item, item.taken))


def _timed(item: Item, taken: bool, kind: str = "") -> dict[str, str | int | None]:  # noqa: FBT001 - it is data
    due = item.due // 1000 if item.timed else None
    return {"class_": " ".join(filter(None, (kind, item.sort, "taken" if taken else ""))), "data_due": due,
            "data_opened": item.opened // 1000}  # fmt: skip


def _left(item: Item, wording: Wording) -> Html:
    if not item.timed:
        return el("p", _time(item, item.due, wording), class_="left")
    spent: Child = None
    if item.sort != "overdue":
        share = max(0, min(1000, (item.due - wording.now) * 1000 // max(1, item.due - item.opened)))
        spent = el("progress", max=1000, value=share, aria_hidden="true")
    return el("p", el("span", _time(item, item.due, wording), class_="count"), spent, class_="left")


def _time(item: Item, due: int, wording: Wording) -> str:
    """Say how long there is still or, where no clock runs, how it stands."""
    if item.sort == "unknown":
        return wording.words.say("unknown since {time}", time=wording.hour(item.settled))
    if not item.timed:
        return wording.state(item.state)
    return wording.time_over(due) if item.sort == "overdue" else wording.time_left(due)
