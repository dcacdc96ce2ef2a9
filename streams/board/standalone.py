"""A page that stands alone: one file that needs no server, no script and no other file, in the board's own style.

A policy in the page lets nothing else in: its one style is named there by its hash. Read next: `markup.py`.
"""

from __future__ import annotations

from base64 import b64encode
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Final

from streams.board.markup import Html, el, join

if TYPE_CHECKING:
    from streams.board.markup import Child

_BOARD: Final = Path(__file__).with_name("board.css")


def standalone(title: str, content: Child, *, style: Path) -> str:
    """Give a whole page; `style` is what it has beside the board's, a file of our own."""
    css = "".join(path.read_text(encoding="utf-8") for path in (_BOARD, style))
    hashed = b64encode(sha256(css.encode()).digest()).decode()
    policy = f"default-src 'none'; style-src 'sha256-{hashed}'; img-src data:; base-uri 'none'; form-action 'none'"
    head = (
        el("meta", charset="utf-8"),
        el("meta", http_equiv="Content-Security-Policy", content=policy),
        el("meta", name="viewport", content="width=device-width, initial-scale=1"),
        el("meta", name="color-scheme", content="light dark"),
        el("title", f"{title} – Kept"),
        el("style", Html(css)),  # our own files, whose signs mean what they mean in a style
    )
    body = (
        el("a", "To the content", href="#content", class_="skip"),
        el("header", el("h1", title), class_="top"),
        el("main", content, id="content", tabindex="-1"),
    )
    return f"<!doctype html>\n{el('html', el('head', *head), el('body', *body), lang='en')}\n"


def scrolled_table(name: str, head: Child, rows: Child) -> Html:
    """Give a table that can be scrolled sideways, with a name for who cannot see it; `head` and `rows` are rows."""
    table = el("table", el("thead", head), el("tbody", rows))
    return el("div", table, class_="scroll", tabindex=0, role="region", aria_label=name)


def legend(*keys: tuple[str, str]) -> Html:
    """Say what colours mean, each as (class, words)."""
    return el("ul", (el("li", words, class_=f"key {kind}") for kind, words in keys), class_="legend")


def paragraphs(*texts: str, kind: str = "said") -> Html:
    """Give paragraphs, without the empty ones."""
    return join(*(el("p", text, class_=kind) for text in texts if text))
