"""The verb `kept sheet`: what people read, print or sign, made from standards and the documents beside them.

An edge: here arguments are read.
Read next: `text.py`, `privacy.py`; `streams/board/handbook.py`, which makes the handbook.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Literal

import typer

from streams import options

if TYPE_CHECKING:
    from collections.abc import Sequence

    from alerts.words.words import Words
    from streams.board.sheet import Sheet

Kind = Literal["handbook", "privacy"]
Which = Annotated[Kind, typer.Argument(help="Which sheet.")]
Paths = Annotated[list[str], typer.Argument(help="Standards, practice, or folders of them.", metavar="PATH")]
Html = Annotated[
    str | None, typer.Option("--html", metavar="FILE", help="Write a page to print here.", callback=options.page_file)
]


def _known(language: str) -> str:
    from alerts.words.words import LANGUAGES

    if language not in LANGUAGES:
        raise typer.BadParameter(f"{language} is not a language that Kept has; give one of: {', '.join(LANGUAGES)}")
    return language


Language = Annotated[str, typer.Option(metavar="NAME", help="In which language: en, de or pl.", callback=_known)]


def register(app: typer.Typer) -> None:
    """Add the verb to the command line."""
    app.command("sheet", epilog="Example: kept sheet handbook standards/ --html handbook.html")(sheet)


def sheet(kind: Which, paths: Paths, *, html: Html = None, language: Language = "en") -> None:
    """Print a sheet for people.

    handbook: each promise with all that is said of it, and what everybody may do at once. privacy: what is known of
    people, where it is stored, for how long, and who sees it, to be signed.
    """
    from alerts.words.words import Words
    from streams.board.sheet import content
    from streams.board.standalone import standalone
    from streams.documents.documents import write_whole
    from streams.sheets.text import as_text

    words = Words(language)
    made = _made(kind, paths, words)
    if html is None:
        typer.echo(as_text(made))
    else:
        write_whole(html, standalone(made.title, content(made), words=words).encode())


def _made(kind: Kind, paths: Sequence[str], words: Words) -> Sheet:
    from streams.board.handbook import handbook
    from streams.documents.documents import load_paths
    from streams.documents.rules import practice_in
    from streams.sheets.privacy import Known, privacy
    from streams.version import installed_version

    loaded = load_paths(paths)
    practice = practice_in(paths, loaded.standards)
    if kind == "handbook":
        return handbook(words, loaded.standards, practice)
    return privacy(words, Known(loaded.standards, loaded.vocabulary, installed_version()))
