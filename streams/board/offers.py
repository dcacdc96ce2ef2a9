"""What is offered beside what is owed: to take it, to say that it is done, to excuse it, to hand it on or give it back.

All buttons belong to the one form `take` of the page; each carries what it is about in its value.
Read next: `blocks.py`, where they stand.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final
from urllib.parse import urlencode

from alerts.words.words import phrase
from standards.natural import same
from streams.board.markup import Html, el

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from alerts.words.words import Words
    from streams.board.items import Group, Item
    from streams.board.wording import Wording

TOGETHER: Final = 200
"""On how many promises one button acts at most: their ids stand in it."""
_SEPARATOR: Final = "."
"""What stands between the ids in a button's value; a form sends it as it is."""


def held_in(ids: Iterable[str]) -> str:
    """Write the ids that a button, or a tick, is about as its value."""
    return _SEPARATOR.join(ids)


def members(value: str) -> list[str]:
    """Read the ids in such a value."""
    return value.split(_SEPARATOR)


def partly(words: Words) -> str:
    """Say that a group is larger than what one button acts on."""
    return words.say(
        "One button acts on {count} promises at most: on those that are due first.", count=words.number(TOGETHER)
    )


def actions(item: Item, words: Words) -> Iterator[Html]:
    """Offer what is done in a moment."""
    whom = _whom(item)
    if item.takes:
        yield _button(words.say("I have it"), whom, "promise", item.id, "acknowledge", words=words)
    if item.does:
        yield _button(words.say("It is done"), whom, "promise", item.id, "done", words=words, plain=True)
    elif item.asks:
        said = words.say("It is done")
        label = words.say(_LABELLED, label=said, said=whom)
        yield el("a", said, href=f"/promises/{item.id}#done", class_="plain", aria_label=label)


def _whom(item: Item) -> str:
    """Name what is to be done, and about what, for who cannot see where a button stands."""
    return f"{item.what} {item.called or item.subject}".strip()


def take_group(group: Group, words: Words) -> Html:
    """Offer to take what nobody has of a group."""
    whom = f"{group.items[0].what} {group.place} {group.names(words)}"
    return _button(_take(group, words), whom, "group", held_in(group.free), "acknowledge", words=words)


def _take(group: Group, words: Words) -> str:
    """Say which of a group a button takes: all, what others left, or the first of many."""
    count = len(group.free)
    if group.partly:
        return words.how_many(count, "I have the first {count}", "I have the first {count}")
    if count < group.count:
        one = words.say("I have the other one")
        return one if count == 1 else words.how_many(count, "I have the other {count}", "I have the other {count}")
    return words.say("I have it") if count == 1 else words.how_many(count, "I have all {count}", "I have all {count}")


def excuse(item: Item, words: Words) -> Html | None:
    """Offer the reasons that the standard knows, each at one tap, and the way to say another one."""
    if not item.roles:
        return None
    label = words.say(
        "Excuse {standard} for {whom} for another reason", standard=item.standard, whom=item.called or item.subject
    )
    link = el("a", words.say("Another reason"), href=f"/promises/{item.id}#excuse", class_="plain", aria_label=label)
    return _excuses(item, words, words.say("Excuse"), {"promise": item.id}, item.called or item.subject, link)


def excuse_group(group: Group, words: Words) -> Html | None:
    """Offer to excuse all of a group for a reason that the standard knows."""
    first, count = group.items[0], len(group.held)
    if not first.roles or not first.reasons or not group.held:
        return None
    if group.partly:
        said = words.how_many(count, "Excuse the first {count}", "Excuse the first {count}")
    else:
        one = words.say("Excuse it")
        said = one if count == 1 else words.how_many(count, "Excuse all {count}", "Excuse all {count}")
    return _excuses(first, words, said, {"group": held_in(group.held)}, f"{group.place} {group.names(words)}")


def _excuses(item: Item, words: Words, title: str, about: dict[str, str], whom: str, more: Html | None = None) -> Html:  # noqa: PLR0913, PLR0917 - what one fold has
    """Draw the reasons once; those who may in another role as well find them again behind its name."""

    def of(role: str) -> tuple[Html, ...]:
        whose = words.say("Excuse {standard} for {whom}, as {role}", standard=item.standard, whom=whom, role=role)
        return tuple(
            _labelled(reason, words.say(_LABELLED, label=whose, said=reason), "grant",
                      urlencode({**about, "by": role, "reason": reason}), "excuse", plain=True)
            for reason in item.reasons
        )  # fmt: skip

    first, *others = item.roles
    as_first = el("span", words.say("as {role}:", role=first), class_="quiet")
    reasons = el("p", as_first, *of(first), class_="actions")
    folded = [
        el("details", el("summary", words.say("as {role}", role=role)), el("p", *of(role), class_="actions"),
           class_="excuse")
        for role in others
    ]  # fmt: skip
    label = words.say(
        _LABELLED, label=title, said=words.say("{standard} for {whom}", standard=item.standard, whom=whom)
    )
    summary = el("summary", title, aria_label=label)
    offered = (reasons, folded) if item.reasons else None
    return el("details", summary, offered, el("p", more, class_="actions") if more else None, class_="excuse")


def hand_over(item: Item, wording: Wording) -> Html | None:
    """Offer to hand on what somebody has and, to them alone, to give it back."""
    if not item.taken:
        return None
    words, about = wording.words, {"promise": item.id}
    label = words.say(_LABELLED, label=words.say("Hand it on to somebody else"), said=_whom(item))
    link = el("a", words.say("Somebody else"), href=f"/promises/{item.id}#hand-on", class_="plain", aria_label=label)
    mine = about if item.having.is_with(wording.name) else None
    return _hands(item, words, about, mine, _whom(item), link)


def hand_over_group(group: Group, wording: Wording) -> Html | None:
    """Offer to hand on what people have of a group and, to each of them, to give back what they have themselves."""
    if not group.had:
        return None
    words, own = wording.words, [each for each, holder in group.had.items() if same(holder, wording.name)]
    mine = {"group": held_in(own)} if own else None
    return _hands(group.items[0], words, {"group": held_in(group.had)}, mine, f"{group.place} {group.names(words)}")


def _give_back(about: dict[str, str], whom: str, words: Words) -> Html:
    return _button(words.say("Give it back"), whom, "hand", urlencode(about), "give-back", words=words, plain=True)


def _hands(  # noqa: PLR0913, PLR0917 - what one fold has
    item: Item, words: Words, about: dict[str, str], mine: dict[str, str] | None, whom: str, more: Html | None = None
) -> Html | None:
    if not (mine or item.others or more):
        return None
    back = el("p", _give_back(mine, whom, words), class_="actions") if mine else None
    buttons = (
        _labelled(to, words.say("Hand it on to {name}: {what}", name=to, what=whom), "hand",
                  urlencode({**about, "to": to}), "hand-on", plain=True)
        for to in item.others
    )  # fmt: skip
    title = words.say("Hand it on, or give it back") if mine else words.say("Hand it on")
    summary = el("summary", title, aria_label=words.say(_LABELLED, label=title, said=whom))
    to = el("p", el("span", words.say("Hand it on to:"), class_="quiet"), *buttons, more, class_="actions")
    return el("details", summary, to if item.others or more else None, back, class_="excuse")


def of_line(item: Item, wording: Wording) -> Iterator[Html]:
    """Offer what can be done about one of a group, in little room."""
    words = wording.words
    yield from actions(item, words)
    if item.taken:
        said, whom = words.say("Hand it on"), _whom(item)
        yield el("a", said, href=f"/promises/{item.id}#hand-on", class_="plain",
                 aria_label=words.say(_LABELLED, label=said, said=whom))  # fmt: skip
        if item.having.is_with(wording.name):
            yield _give_back({"promise": item.id}, whom, words)


_LABELLED: Final = phrase("{label}: {said}")


def _button(said: str, whom: str, name: str, value: str, act: str, *, words: Words, plain: bool = False) -> Html:  # noqa: PLR0913 - one button
    return _labelled(said, words.say(_LABELLED, label=said, said=whom), name, value, act, plain=plain)


def _labelled(said: str, label: str, name: str, value: str, act: str, *, plain: bool = False) -> Html:  # noqa: PLR0913 - one button
    return el("button", said, name=name, value=value, form="take", formaction=f"/acts/{act}",
              class_="plain" if plain else None, aria_label=label)  # fmt: skip
