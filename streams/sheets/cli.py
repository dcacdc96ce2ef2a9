"""The verb `kept sheet`: what people read, print or sign, made from standards and what stands beside them.

An edge: here arguments are read.
Read next: `text.py`, `privacy.py`, `lately.py`; `streams/board/handbook.py`, which makes the handbook.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Literal, assert_never

import typer

from streams import options

if TYPE_CHECKING:
    from collections.abc import Sequence

    from alerts.words.words import Words
    from streams.board.sheet import Sheet
    from streams.settings import Settings

Kind = Literal["handbook", "privacy", "day", "meeting"]
Which = Annotated[Kind, typer.Argument(help="Which sheet.")]
Paths = Annotated[list[str], typer.Argument(help="Standards, policy, practice, or folders of them.", metavar="PATH")]
Html = Annotated[
    str | None, typer.Option("--html", metavar="FILE", help="Write a page to print here.", callback=options.page_file)
]


Data = Annotated[
    str | None, typer.Option(metavar="FOLDER", help="For day and meeting: where kept run keeps all (KEPT_DATA).")
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


def sheet(kind: Which, paths: Paths, *, data: Data = None, html: Html = None, language: Language = "en") -> None:
    """Print a sheet for people.

    handbook: each promise with all that is said of it, and what everybody may do at once. privacy: what is known of
    people, where it is stored, for how long, and who sees it, to be signed. day: what broke today, what was learned,
    which next steps are still to be taken. meeting: moments of the week, first those that nobody has thanked for, what
    broke today, what people want to talk about.
    """
    from alerts.words.words import Words
    from streams.board.sheet import content
    from streams.board.standalone import standalone
    from streams.delivery.channel_settings import secret_of
    from streams.documents.documents import write_whole
    from streams.names.showing import showing_from
    from streams.settings import read_settings
    from streams.sheets.text import as_text

    words = Words(language)
    settings = read_settings(data=data) if kind in ("day", "meeting") else None
    if data is not None and settings is None:
        raise typer.BadParameter(f"the sheet {kind} is made of documents alone; leave out --data {data}")
    made = _made(kind, paths, words, settings)
    text = as_text(made) if html is None else standalone(made.title, content(made), words=words)
    if settings is not None:  # it is for the team, and names people
        with showing_from(settings.data, secret_of(settings.person_secret), words) as showing:
            text = text if showing is None else showing.text(text) if html is None else showing.html(text)
    if html is None:
        typer.echo(text)
    else:
        write_whole(html, text.encode())


def _made(kind: Kind, paths: Sequence[str], words: Words, settings: Settings | None) -> Sheet:
    from streams.board.handbook import handbook
    from streams.documents.documents import load_paths
    from streams.documents.rules import Rules, policy_in, practice_in
    from streams.sheets import lately
    from streams.sheets.privacy import Known, privacy
    from streams.version import installed_version

    loaded = load_paths(paths)
    match kind:
        case "handbook":
            return handbook(words, loaded.standards, practice_in(paths, loaded.standards))
        case "privacy":
            return privacy(words, Known(loaded.standards, loaded.vocabulary, installed_version()))
        case "day" | "meeting":
            assert settings is not None  # noqa: S101 - they are read for these two
            rules = Rules(loaded, policy_in(paths, loaded.standards), practice_in(paths, loaded.standards))
            found = lately.look(settings.data, rules, words, settings.zone)
            return lately.day(found) if kind == "day" else lately.meeting(found)
        case _:
            assert_never(kind)
