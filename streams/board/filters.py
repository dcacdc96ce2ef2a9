"""The form above what is owed: what to look for, and whose. It works without a script; with one, the device remembers.

Read next: `view.py`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import msgspec

from streams.board.markup import Html, el
from streams.board.shell import Shell, field, form, hidden
from streams.board.view import NOWHERE, PARTS

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from alerts.words.words import Words
    from streams.board.view import View
    from streams.board.wording import Wording

FIND: Final = "/find"
"""Where it is sent: what is looked for may be a name, and does not stand in an address then."""


class Choices(msgspec.Struct, frozen=True):
    """What can be chosen; `roles` may excuse something. `whose`: somebody's own promises could be shown."""

    sites: Sequence[str] = ()
    standards: Sequence[str] = ()
    owners: Sequence[str] = ()
    teams: Sequence[str] = ()
    roles: Sequence[str] = ()
    whose: bool = False


def filter_bar(shell: Shell, view: View, choices: Choices) -> Html:
    """Draw the form, closed unless it narrows something; what it narrows stands on its line."""
    words = shell.words
    fields = (
        field(words.say("Look for"), "q", type="search", value=view.q or None, maxlength=200),
        _choice(words, words.say("Site"), "site", view.site, {each: shell.called_site(each) for each in choices.sites}),
        _choice(words, words.say("Standard"), "standard", view.standard, dict.fromkeys(choices.standards)),
        _choice(words, words.say("Answered for by"), "owner", view.owner, dict.fromkeys(choices.owners)),
        _choice(words, words.say("Team"), "team", view.team, dict.fromkeys(choices.teams)),
        _mine(words, view) if choices.whose else None,
        hidden("part", view.part) if view.part else None,
        el("button", words.say("Show"), class_="plain"),
    )
    sent = form(shell, FIND, *fields, id="narrow", class_="narrow", role="search")
    every = el("a", words.say("Show everything"), href="/?all", class_="plain", id="everything")
    said = ", ".join(_said(shell, view))
    line = el("summary", words.say("Shown: {what}", what=said) if said else words.say("Search and filter"))
    narrowed = el("p", every, class_="actions") if said else None
    return el("div", el("details", line, sent, class_="filter"), narrowed, class_="filters")


def _choice(words: Words, label: str, name: str, chosen: str, options: Mapping[str, str | None]) -> Html | None:
    """Offer a choice where there is one; `options` are called otherwise than they are where that is said."""
    if len(options) < 2 and not chosen:  # noqa: PLR2004 - of one there is nothing to choose
        return None
    known = options if not chosen else {**options, **({} if chosen in options else {chosen: None})}
    every = el("option", words.say("any"), value="")
    drawn = (el("option", said or value, value=value, selected=value == chosen) for value, said in known.items())
    return field(label, name, control=el("select", every, drawn, name=name))


def place(wording: Wording, site: str) -> str:
    """Name a site that is looked at: what has none is looked at as well."""
    return wording.words.say("no site") if site == NOWHERE else wording.called_site(site)


def _mine(words: Words, view: View) -> Html:
    box = el("input", type="checkbox", name="mine", value="1", checked=bool(view.mine))
    return el("label", box, el("span", words.say("Mine: what I was told of or have taken")), class_="tick")


def _said(wording: Wording, view: View) -> Iterator[str]:
    words = wording.words
    if view.part in PARTS:
        yield words.say(PARTS[view.part])
    if view.q:
        yield words.say("“{text}”", text=view.q)
    mine = words.say("mine") if view.mine else ""
    yield from filter(None, (place(wording, view.site), view.standard, view.owner, view.team, mine))
