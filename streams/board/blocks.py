"""Blocks of Now: a card for one promise, or a group of promises of one standard at one site, that opens on a tap.

Read next: `items.py` for what they are made of, `offers.py` for their buttons, `now.py`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from alerts.words.words import phrase
from streams.board.having import shares_words
from streams.board.items import Group, Item
from streams.board.markup import Child, Html, el
from streams.board.offers import (
    actions,
    excuse,
    excuse_group,
    hand_over,
    hand_over_group,
    of_line,
    partly,
    take_group,
)
from streams.board.shell import promise_link

if TYPE_CHECKING:
    from alerts.words.words import Words
    from streams.board.wording import Wording


def block(shown: Item | Group, identity: str, wording: Wording, *, acts: bool) -> Html:
    """Draw a block."""
    wording = wording.in_zone(shown.zone)
    if isinstance(shown, Item):
        return _card(shown.told(wording, acts=acts), identity, wording, acts=acts)
    return _group(shown.told(wording, acts=acts), identity, wording, acts=acts)


def _card(item: Item, identity: str, wording: Wording, *, acts: bool) -> Html:
    words, since, note = wording.words, item.since(wording), item.note(wording)
    about = el("p", promise_link(words, item.id, item.place(wording), item.standard), class_="where")
    todo = (about, el("p", item.what, class_="what")) if item.urgent else (about,)
    counted = item.so_far(wording)
    rest = (
        el("p", counted, class_="joined") if counted else None,
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
    counted = group.so_far(wording)
    so_far = (" ", el("span", counted, class_="so-far")) if counted else None
    return el(
        "summary",
        el("span", _time(first, group.due, wording), class_="left count"),
        el("span", (el("b", group.place), " ") if group.site else None, names, so_far, class_="where"),
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
