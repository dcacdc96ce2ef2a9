"""A sheet of paper: what people read, pass on or sign, made once and drawn here as HTML; in a handbook, say.

Knows: titles, names and what belongs to them. Must not know: what any sheet is about.
Read next: `handbook.py`, which makes one; `streams/sheets/text.py`, which writes one as text.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from streams.board.markup import Html, el, facts, join, section

if TYPE_CHECKING:
    from collections.abc import Sequence

Said = str | tuple[str, ...]
"""A text, or several that are listed."""


class Entry(NamedTuple):
    """One thing: its title, what it is called in files, what is said of it by name; `done` is a page's form for it."""

    title: str
    facts: Sequence[tuple[str, Said]]
    name: str = ""
    done: Html | None = None


class Part(NamedTuple):
    """A part under a title: paragraphs, then things, then points that are listed."""

    title: str
    said: Sequence[str] = ()
    entries: Sequence[Entry] = ()
    points: Sequence[str] = ()


class Sheet(NamedTuple):
    """A whole sheet: its title, what comes first, its parts, and who signs it, each with a line of their own."""

    title: str
    lead: str
    parts: Sequence[Part]
    signed: Sequence[str] = ()


def content(sheet: Sheet) -> Html:
    """Draw all of a sheet but its title."""
    lines = (el("li", el("span", name)) for name in sheet.signed)
    signed = el("ul", lines, class_="signed") if sheet.signed else None
    return join(el("p", sheet.lead, class_="lead"), map(_part, sheet.parts), signed)


def _part(part: Part) -> Html:
    said = (el("p", text, class_="said") for text in part.said)
    entries = el("ul", map(_entry, part.entries), class_="cards sheet") if part.entries else None
    points = el("ul", (el("li", point) for point in part.points), class_="points") if part.points else None
    return section(part.title, said, entries, points)


def _entry(entry: Entry) -> Html:
    name = el("p", entry.name, class_="standard") if entry.name and entry.name != entry.title else None
    told = facts(((label, _said(said)) for label, said in entry.facts), "advice")
    return el("li", el("h3", entry.title), name, told if entry.facts else None, entry.done)


def _said(said: Said) -> Html:
    if isinstance(said, str):
        return el("span", said, class_="said")
    return el("ul", (el("li", each) for each in said), class_="points")
