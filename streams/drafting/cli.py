"""The verb `kept new`: a standard of one's own, begun from a pack by answering four questions.

An edge: here arguments and answers are read.
Read next: `making.py`.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer

from standards.calendar.hours import did_you_mean

if TYPE_CHECKING:
    from collections.abc import Sequence

    from standards.stories.draft import Words
    from streams.drafting.making import Pack

QUESTIONS: Final = {
    "what": "What is to be done?",
    "how": "How is it done?",
    "exceptions": "When need it not be kept, and who says so?",
    "why": "Why does it matter to them?",
}

File = Annotated[Path, typer.Argument(help="The file to write: shop.yaml.", metavar="FILE")]
From = Annotated[str | None, typer.Option("--from", metavar="ID", help="Which standard of the packs to begin with.")]
Name = Annotated[str | None, typer.Option("--name", metavar="ID", help="What yours is called; else as in the pack.")]
Promise = Annotated[str, typer.Option(metavar="TEXT", help="The promise, in your customers' words.")]
What = Annotated[str, typer.Option(metavar="TEXT", help=f"{QUESTIONS['what']} Given, it is not asked.")]
How = Annotated[str, typer.Option(metavar="TEXT", help=QUESTIONS["how"])]
Exceptions = Annotated[str, typer.Option("--when-not", metavar="TEXT", help=QUESTIONS["exceptions"])]
Why = Annotated[str, typer.Option(metavar="TEXT", help=QUESTIONS["why"])]


def register(app: typer.Typer) -> None:
    """Add the verb to the command line."""
    app.command("new", epilog="Example: kept new shop.yaml --from no-wait")(new)


def new(
    file: File, *, from_: From = None, name: Name = None, promise: Promise = "", what: What = "", how: How = "",
    exceptions: Exceptions = "", why: Why = "",
) -> None:  # fmt: skip
    """Begin a standard of your own from one of the packs.

    Asks what is to be done, how, when not, and why; an empty answer keeps the pack's words. Writes the standard, its
    stories beside it, and what an editor completes by. No file that is there is changed.
    """
    from standards.compiler.namespace import NAME
    from standards.stories.draft import Words
    from streams.drafting.making import Draft, packs, standards_in

    said = Words(promise=promise, what=what, how=how, exceptions=exceptions, why=why)
    stories = file.with_name(f"{file.stem}-stories.yaml")
    _check(file, stories)
    if name and not NAME.fullmatch(name):
        raise typer.BadParameter(f"{name!r} is not a valid name; write lower case words joined by -, such as no-wait")
    found = list(packs())
    wanted = from_ or _asked_which(found)
    pack = _pack_of(found, wanted)
    draft = Draft(pack, wanted, name or wanted, standards_in(file.parent))
    if draft.namesake:
        raise typer.BadParameter(f"{draft.namesake} has a standard {name or wanted} already; give yours a --name")
    files, warnings = draft.write(_asked(pack.words(wanted), said), file, stories)
    for path in files:
        typer.echo(path)
    for warning in warnings:
        typer.echo(f"\n{warning.render()}", err=True)
    typer.echo(f"\nNext: kept check {file.parent}, and kept test {file.parent}", err=True)


def _check(file: Path, stories: Path) -> None:
    if file.suffix not in (".yaml", ".yml"):
        raise typer.BadParameter(f"{file} is not a valid name for a standards file; end it in .yaml")
    if not file.parent.is_dir():
        raise typer.BadParameter(f"there is no folder {file.parent}; make it first")
    for each in (file, stories):
        if each.exists():
            raise typer.BadParameter(f"{each} is there already; choose another name: files in a folder go together")


def _asked_which(packs: Sequence[Pack]) -> str:
    """Show all promises, and ask for one until there is one of that name or number."""
    names: list[str] = []
    for pack in packs:
        typer.echo(pack.name.replace("_", " "), err=True)
        for name, promise in pack.promises().items():
            names.append(name)
            typer.echo(f"  {len(names):2}  {name:28} {promise}", err=True)
    while True:
        found = _answer("\nWhich promise is nearest to yours? Its name or number:")
        if found in names:
            return found
        if found.isdecimal() and 0 < int(found) <= len(names):
            return names[int(found) - 1]
        unknown = _unknown(names, found)
        more = "" if unknown.endswith("?") else f"; write a name as it stands above, or a number from 1 to {len(names)}"
        typer.echo(f"{unknown}{more}", err=True)


def _pack_of(packs: Sequence[Pack], wanted: str) -> Pack:
    for pack in packs:
        if wanted in pack.promises():
            return pack
    unknown = _unknown([name for pack in packs for name in pack.promises()], wanted)
    raise typer.BadParameter(unknown if unknown.endswith("?") else f"{unknown}; without --from all of them are shown")


def _unknown(names: Sequence[str], wanted: str) -> str:
    fix = did_you_mean(wanted, names)
    return f"no pack has a standard {wanted!r}{f'; {fix}' if fix else ''}"


def _asked(usual: Words, said: Words) -> Words:
    """Ask for the words that were not given; an empty answer keeps the usual ones."""
    import msgspec

    open_questions = [key for key in QUESTIONS if key not in said.given()]
    if open_questions:
        typer.echo(f"\n{said.promise or usual.promise}\nAnswer in your own words; Enter keeps what is shown.", err=True)
    return msgspec.structs.replace(
        said, **{key: _answer(f"\n{QUESTIONS[key]}\n  {usual.given()[key]}") for key in open_questions}
    )


def _answer(question: str) -> str:
    """Ask, and read one line. Raises typer.Abort where nobody answers."""
    typer.echo(f"{question}\n> ", nl=False, err=True)
    line = sys.stdin.readline()
    if not line:
        raise typer.Abort
    return line.strip()
