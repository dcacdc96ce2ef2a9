"""What is offered beside what is owed: to take it, to say that it is done, to excuse it, to hand it on or give it back.

All buttons belong to the one form `take` of the page; each carries what it is about in its value.
Read next: `blocks.py`, where they stand.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final
from urllib.parse import urlencode

from streams.board.markup import Html, el

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from streams.board.blocks import Group, Item

TOGETHER: Final = 200
"""On how many promises one button acts at most: their ids stand in it."""
PARTLY: Final = f"One button acts on {TOGETHER} promises at most: on those that are due first."
_SEPARATOR: Final = "."
"""What stands between the ids in a button's value; a form sends it as it is."""


def held_in(ids: Iterable[str]) -> str:
    """Write the ids that a button, or a tick, is about as its value."""
    return _SEPARATOR.join(ids)


def members(value: str) -> list[str]:
    """Read the ids in such a value."""
    return value.split(_SEPARATOR)


def actions(item: Item) -> Iterator[Html]:
    """Offer what is done in a moment."""
    if item.takes:
        yield _button("I have it", "promise", item.id, "acknowledge", label=f"I have it: {item.what} {item.subject}")
    if item.does:
        label = f"It is done: {item.what} {item.subject}"
        yield _button("It is done", "promise", item.id, "done", label=label, plain=True)


def take_group(group: Group) -> Html:
    """Offer to take what nobody has of a group."""
    words = f"I have {_which(group)}"
    label = f"{words}: {group.items[0].what} {group.site} {group.names}"
    return _button(words, "group", held_in(group.free), "acknowledge", label=label)


def _which(group: Group) -> str:
    """Say which of a group a button takes: all, what others left, or the first of many."""
    count = len(group.free)
    if group.partly:
        return f"the first {count:,}"
    if count < group.count:
        return f"the other {count:,}" if count > 1 else "the other one"
    return "it" if count == 1 else f"all {count:,}"


def excuse(item: Item) -> Html | None:
    """Offer the reasons that the standard knows, each at one tap, and the way to say another one."""
    if not item.roles:
        return None
    link = el("a", "Another reason", href=f"/promises/{item.id}#excuse", class_="plain",
              aria_label=f"Excuse {item.standard} for {item.subject} for another reason")  # fmt: skip
    return _excuses(item, "Excuse", {"promise": item.id}, item.subject, link)


def excuse_group(group: Group) -> Html | None:
    """Offer to excuse all of a group for a reason that the standard knows."""
    first = group.items[0]
    if not first.roles or not first.reasons or not group.held:
        return None
    count = len(group.held)
    which = "it" if count == 1 else f"the first {count:,}" if group.partly else f"all {count:,}"
    return _excuses(first, f"Excuse {which}", {"group": held_in(group.held)}, f"{group.site} {group.names}")


def _excuses(item: Item, words: str, about: dict[str, str], whom: str, more: Html | None = None) -> Html:
    """Draw the reasons once; those who may in another role as well find them again behind its name."""

    def of(role: str) -> tuple[Html, ...]:
        return tuple(
            _button(reason, "grant", urlencode({**about, "by": role, "reason": reason}), "excuse",
                    label=f"Excuse {item.standard} for {whom}, as {role}: {reason}", plain=True)
            for reason in item.reasons
        )  # fmt: skip

    first, *others = item.roles
    reasons = el("p", el("span", f"as {first}:", class_="quiet"), *of(first), class_="actions")
    folded = [
        el("details", el("summary", f"as {role}"), el("p", *of(role), class_="actions"), class_="excuse")
        for role in others
    ]
    summary = el("summary", words, aria_label=f"{words}: {item.standard} for {whom}")
    offered = (reasons, folded) if item.reasons else None
    return el("details", summary, offered, el("p", more, class_="actions") if more else None, class_="excuse")


def hand_over(item: Item) -> Html | None:
    """Offer to hand on, or to give back, what somebody has."""
    if not item.held:
        return None
    link = el("a", "Somebody else", href=f"/promises/{item.id}#hand-on", class_="plain",
              aria_label=f"Hand {item.what} {item.subject} on to somebody else")  # fmt: skip
    return _hands(item, {"promise": item.id}, f"{item.what} {item.subject}", link)


def hand_over_group(group: Group) -> Html | None:
    """Offer to hand on, or to give back, what people have of a group."""
    if not group.had:
        return None
    return _hands(group.items[0], {"group": held_in(group.had)}, f"{group.site} {group.names}")


def _hands(item: Item, about: dict[str, str], whom: str, more: Html | None = None) -> Html:
    back = _button("Give it back", "hand", urlencode(about), "give-back", label=f"Give it back: {whom}", plain=True)
    buttons = (
        _button(to, "hand", urlencode({**about, "to": to}), "hand-on", label=f"Hand it on to {to}: {whom}", plain=True)
        for to in item.others
    )
    summary = el("summary", "Hand it on, or give it back", aria_label=f"Hand it on, or give it back: {whom}")
    to = el("p", el("span", "Hand it on to:", class_="quiet"), *buttons, more, class_="actions")
    return el("details", summary, to if item.others or more else None, el("p", back, class_="actions"), class_="excuse")


def of_line(item: Item) -> Iterator[Html]:
    """Offer what can be done about one of a group, in little room."""
    yield from actions(item)
    if item.held:
        yield el("a", "Hand it on", href=f"/promises/{item.id}#hand-on", class_="plain",
                 aria_label=f"Hand it on: {item.what} {item.subject}")  # fmt: skip
        label = f"Give it back: {item.what} {item.subject}"
        yield _button("Give it back", "hand", urlencode({"promise": item.id}), "give-back", label=label, plain=True)


def _button(words: str, name: str, value: str, act: str, *, label: str, plain: bool = False) -> Html:  # noqa: PLR0913 - one button
    return el("button", words, name=name, value=value, form="take", formaction=f"/acts/{act}",
              class_="plain" if plain else None, aria_label=label)  # fmt: skip
