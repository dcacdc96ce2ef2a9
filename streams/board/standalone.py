"""A page that stands alone: one file that needs no server, no script and no other file, in the board's own style.

A policy in the page lets nothing else in: its one style is named there by its hash.
Read next: `markup.py`.
"""

from __future__ import annotations

from base64 import b64encode
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Final

from alerts.words.words import ENGLISH
from streams.board.markup import Html, document, el, join

if TYPE_CHECKING:
    from alerts.words.words import Words
    from streams.backtest.table import Table
    from streams.board.markup import Child

_BOARD: Final = Path(__file__).with_name("board.css")


def standalone(title: str, content: Child, *, style: Path | None = None, words: Words = ENGLISH) -> str:
    """Give a whole page; `style` is what it has beside the board's, a file of our own."""
    css = "".join(path.read_text(encoding="utf-8") for path in (_BOARD, style) if path is not None)
    hashed = b64encode(sha256(css.encode()).digest()).decode()
    policy = f"default-src 'none'; style-src 'sha256-{hashed}'; img-src data:; base-uri 'none'; form-action 'none'"
    body = el(
        "body",
        el("a", words.say("To the content"), href="#content", class_="skip"),
        el("header", el("h1", title), class_="top"),
        el("main", content, id="content", tabindex="-1"),
    )
    style_element = el("style", Html(css))  # our own files, whose signs mean what they mean in a style
    meta = el("meta", http_equiv="Content-Security-Policy", content=policy)
    return document(f"{title} – Kept", body, head=style_element, policy=meta, language=words.language)


def html_table(name: str, table: Table, *, cards: bool = False, words: bool = False) -> Html:
    """Give a table that can be scrolled sideways, with a name for who cannot see it.

    Of `cards`, each row becomes a card on a narrow screen, whose cells name their columns; of `words`, cells are wide.
    """
    kind = "words" if words else None
    head = el("tr", (el("th", column, scope="col", class_=kind) for column in table.head))
    rows = (
        el(
            "tr",
            el("th", row.name, scope="row"),
            (
                el("td", cell, class_=kind, data_of=column if cards else None)
                for column, cell in zip(table.head[1:], row.cells, strict=True)
            ),
            class_=" ".join(filter(None, ("card" if cards else "", row.kind))) or None,
        )
        for row in table.rows
    )
    shown = el("table", el("thead", head), el("tbody", rows))
    return el("div", shown, class_="scroll", tabindex=0, role="region", aria_label=name)


def legend(*keys: tuple[str, str]) -> Html:
    """Say what colours mean, each as (class, words)."""
    return el("ul", (el("li", words, class_=f"key {kind}") for kind, words in keys), class_="legend")


def paragraphs(*texts: str, kind: str = "said") -> Html:
    """Give paragraphs, without the empty ones."""
    return join(*(el("p", text, class_=kind) for text in texts if text))
