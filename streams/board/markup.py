"""HTML, made of elements: one function, that escapes whatever is not HTML already.

The standard library escapes, and a type tells HTML from text, so that nothing is marked as safe by hand. Addresses are
refused unless they stay on this server, and so are handlers of events.
Read next: `shell.py`.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from html import escape
from typing import TYPE_CHECKING, Final

from alerts.words.words import filled

if TYPE_CHECKING:
    from alerts.words.words import Words

EMPTY: Final = frozenset({"br", "circle", "hr", "input", "line", "link", "meta", "path", "rect"})
"""Elements that have no content: HTML's own, and those of SVG that are drawn here."""
_ADDRESSES: Final = frozenset({"action", "formaction", "href", "src"})


class Html(str):
    """Text that is HTML already: made by `el` or `join` only."""

    __slots__ = ()


Child = str | int | Iterable["Child"] | None
"""What an element may hold: HTML as it is, text to be escaped, several of them, or nothing."""


def el(tag: str, /, *children: Child, **attributes: str | int | bool | None) -> Html:
    """Make an element. `class_` is the attribute class, `data_due` is data-due; True stands alone, None is left out."""
    written = "".join(_attribute(key.rstrip("_").replace("_", "-"), value) for key, value in attributes.items())
    if tag in EMPTY:
        return Html(f"<{tag}{written}/>")
    return Html(f"<{tag}{written}>{join(*children)}</{tag}>")


def join(*children: Child) -> Html:
    """Give several parts one after another."""
    return Html("".join(map(_child, children)))


def sentence(words: Words, message: str, /, **values: Child) -> Html:
    """Say a whole sentence in which elements stand, such as a time or a link, by their names."""
    return Html(filled(escape(words.translated(message)), {name: _child(value) for name, value in values.items()}))


def section(title: str, *content: Child, **attributes: str | int | bool | None) -> Html:
    """Make a section that begins with its title."""
    return el("section", el("h2", title), *content, **attributes)


def listed(rows: Sequence[Html], kind: str, calm: str = "") -> Html:
    """List rows; where there are none, say `calm`."""
    return el("ul", rows, class_=kind) if rows else el("p", calm, class_="calm")


def facts(pairs: Iterable[tuple[str, Child]], kind: str) -> Html:
    """List names, each with what belongs to it."""
    return el("dl", (el("div", el("dt", name), el("dd", value)) for name, value in pairs), class_=kind)


def document(title: str, body: Html, *, head: Child, policy: Html | None = None, language: str = "en") -> str:
    """Make a whole page. `head` is what its looks need, `policy` what says that nothing else may be loaded."""
    found = (
        el("meta", charset="utf-8"),
        policy,
        el("meta", name="viewport", content="width=device-width, initial-scale=1"),
        el("meta", name="color-scheme", content="light dark"),
        el("title", title, id="page-title"),
        head,
    )
    return f"<!doctype html>\n{el('html', el('head', *found), body, lang=language)}\n"


def _child(child: Child) -> str:
    if child is None:
        return ""
    if isinstance(child, Html):
        return child
    if isinstance(child, str | int):
        return escape(str(child))
    return "".join(map(_child, child))


def _attribute(name: str, value: str | int | bool | None) -> str:  # noqa: FBT001 - an attribute is there or not
    if value is None or value is False:
        return ""
    if value is True:
        return f" {name}"
    if name in {"style", "srcdoc"} or name.startswith("on"):
        raise ValueError(f"{name} is not written here: styles are in board.css, and what happens in board.js")
    if name in _ADDRESSES and not _stays_here(str(value)):
        raise ValueError(f"{value!r} is not an address on this server; begin it with one / or #")
    return f' {name}="{escape(str(value))}"'


def _stays_here(address: str) -> bool:
    return address.startswith("#") or (address.startswith("/") and not address.startswith(("//", "/\\")))
