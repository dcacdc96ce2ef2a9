"""The form above what is owed: what to look for, and whose. It works without a script; with one, the device remembers.

Read next: `view.py`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from streams.board.markup import Html, el
from streams.board.shell import field, hidden
from streams.board.view import PARTS

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from streams.board.view import View


class Choices(msgspec.Struct, frozen=True):
    """What can be chosen; `roles` may excuse something. `whose`: somebody's own promises could be shown."""

    sites: Sequence[str] = ()
    standards: Sequence[str] = ()
    owners: Sequence[str] = ()
    teams: Sequence[str] = ()
    roles: Sequence[str] = ()
    whose: bool = False


def filter_bar(view: View, choices: Choices) -> Html:
    """Draw the form, closed unless it narrows something; what it narrows stands on its line."""
    fields = (
        field("Look for", "q", type="search", value=view.q or None, maxlength=200),
        _choice("Site", "site", view.site, choices.sites),
        _choice("Standard", "standard", view.standard, choices.standards),
        _choice("Answered for by", "owner", view.owner, choices.owners),
        _choice("Team", "team", view.team, choices.teams),
        _mine(view) if choices.whose else None,
        hidden("part", view.part) if view.part else None,
        el("button", "Show", class_="plain"),
    )
    form = el("form", *fields, method="get", action="/", id="narrow", class_="narrow", role="search")
    every = el("a", "Show everything", href="/?all", class_="plain", id="everything")
    said = ", ".join(_said(view))
    line = el("summary", f"Shown: {said}" if said else "Search and filter")
    narrowed = el("p", every, class_="actions") if said else None
    return el("div", el("details", line, form, class_="filter"), narrowed, class_="filters")


def _choice(label: str, name: str, chosen: str, options: Sequence[str]) -> Html | None:
    """Offer a choice where there is one."""
    if len(options) < 2 and not chosen:  # noqa: PLR2004 - of one there is nothing to choose
        return None
    known = options if not chosen or chosen in options else (*options, chosen)
    every = el("option", "any", value="")
    drawn = (el("option", option, value=option, selected=option == chosen) for option in known)
    return field(label, name, control=el("select", every, drawn, name=name))


def _mine(view: View) -> Html:
    box = el("input", type="checkbox", name="mine", value="1", checked=bool(view.mine))
    return el("label", box, el("span", "Mine: what I was told of or have taken"), class_="tick")


def _said(view: View) -> Iterator[str]:
    if view.part in PARTS:
        yield PARTS[view.part]
    if view.q:
        yield f"“{view.q}”"
    yield from filter(None, (view.site, view.standard, view.owner, view.team, "mine" if view.mine else ""))
