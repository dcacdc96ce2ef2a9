"""The verb `kept new`: a standard of one's own, begun from a pack by answering four questions, or without one by more.

An edge: here arguments and answers are read.
Read next: `making.py`.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final, TypeVar

import typer

from standards.calendar.hours import did_you_mean

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from standards.errors import Finding
    from standards.stories.draft import Words
    from standards.stories.own_rule import Said
    from streams.drafting.making import Pack
    from streams.drafting.own import Events

T = TypeVar("T")
RULE: Final = {
    "promise": "What do you promise, in your customers' words?",
    "when": "When is it owed? An event, and on what condition: queue.length where waiting > 3",
    "expect": "What must follow? An event: register.opened",
    "within": "By when? A length of time: 60s, 4h, 2d",
    "hours": "On which days, and when, does the time run? mon-fri 08:00-16:00, sat 09:00-13:00; Enter: always",
    "zone": "Where? The time zone of these hours: Europe/Warsaw",
    "owner": "Who answers for it? Enter: team-lead",
}
OWNER: Final = "team-lead"
QUESTIONS: Final = {
    "what": "What is to be done?",
    "how": "How is it done?",
    "exceptions": "When need it not be kept, and who says so?",
    "why": "Why does it matter to them?",
}

File = Annotated[Path, typer.Argument(help="The file to write: shop.yaml.", metavar="FILE")]
From = Annotated[
    str | None, typer.Option("--from", metavar="ID", help="Which standard of the packs to begin with: name or number.")
]
When = Annotated[str, typer.Option(metavar="EVENT", help="Without a pack: what opens it, as in EVENT where CONDITION.")]
Expect = Annotated[str, typer.Option(metavar="EVENT", help="Without a pack: what must follow.")]
Within = Annotated[str, typer.Option(metavar="TIME", help="Without a pack: by when.")]
Hours = Annotated[str, typer.Option(metavar="DAYS", help="Without a pack: mon-fri 08:00-16:00; else always.")]
Zone = Annotated[str, typer.Option(metavar="ZONE", help="Without a pack: where these hours are: Europe/Warsaw.")]
Owner = Annotated[str, typer.Option(metavar="NAME", help="Without a pack: who answers for it.")]
Name = Annotated[str | None, typer.Option("--name", metavar="ID", help="What yours is called; else as in the pack.")]
Promise = Annotated[str, typer.Option(metavar="TEXT", help="The promise, in your customers' words.")]
What = Annotated[str, typer.Option(metavar="TEXT", help=f"{QUESTIONS['what']} Given, it is not asked.")]
How = Annotated[str, typer.Option(metavar="TEXT", help=QUESTIONS["how"])]
Exceptions = Annotated[str, typer.Option("--when-not", metavar="TEXT", help=QUESTIONS["exceptions"])]
Why = Annotated[str, typer.Option(metavar="TEXT", help=QUESTIONS["why"])]


def register(app: typer.Typer) -> None:
    """Add the verb to the command line."""
    app.command("new", epilog="Example: kept new shop.yaml --from no-wait")(new)
    app.command("map", epilog="Example: kept map calls.csv > calls.yaml")(map_)


def new(
    file: File, *, from_: From = None, name: Name = None, promise: Promise = "", what: What = "", how: How = "",
    exceptions: Exceptions = "", why: Why = "", when: When = "", expect: Expect = "", within: Within = "",
    hours: Hours = "", zone: Zone = "", owner: Owner = "",
) -> None:  # fmt: skip
    """Begin a standard of your own, from one of the packs or without.

    From a pack it asks what is to be done, how, when not, and why; an empty answer keeps the pack's words. Without one,
    with --when or where none of the promises is near yours, it asks too what opens it, what must follow, by when, on
    which days and where. Writes the standard, its stories beside it, and what an editor completes by. No file that is
    there is changed.
    """
    from standards.documents.sections import NAME
    from standards.stories.draft import Words
    from streams.drafting.making import Draft, documents_in, packs

    said = Words(promise=promise, what=what, how=how, exceptions=exceptions, why=why)
    stories = file.with_name(f"{file.stem}-stories.yaml")
    _check(file, stories)
    if name and not NAME.fullmatch(name):
        raise typer.BadParameter(f"{name!r} is not a valid name; write lower case words joined by -, such as no-wait")
    found = list(packs())
    own = {"when": when, "expect": expect, "within": within, "hours": hours, "zone": zone, "owner": owner}
    wanted = "" if when and not from_ else _by_number(found, from_) or _asked_which(found)
    if not wanted:
        _own(file, stories, {**own, "promise": promise}, name, said)
        return
    if any(own.values()):
        raise typer.BadParameter(f"{wanted} says itself when it is owed; leave --when out, and what is with it")
    pack = _pack_of(found, wanted)
    draft = Draft(pack, wanted, name or wanted, documents_in(file.parent))
    if draft.namesake:
        raise typer.BadParameter(f"{draft.namesake} has a standard {name or wanted} already; give yours a --name")
    _tell(*draft.write(_asked(pack.words(wanted), said), file, stories), file)


def map_(
    file: Annotated[str, typer.Argument(metavar="FILE", help="An export: a table, a workbook, JSON.")],
) -> None:
    """Draft a mapping for a file.

    Reads the first rows, and says what it takes for times, ids, lengths and states. What it cannot know is a question,
    in the draft and beside it. The draft is tried on the file at once; it is yours to go on with.
    """
    from streams.drafting.head import head_of
    from streams.drafting.mapping_draft import draft
    from streams.drafting.trying import tried

    made = draft(file, head_of(file))
    typer.echo(made.text, nl=False)
    for line in tried(file, made.text):
        typer.echo(line, err=True)
    for number, question in enumerate(made.questions, 1):
        typer.echo(f"? {number}. {question}", err=True)
    typer.echo(
        "Next: answer these in the file, and try it: kept backtest STANDARDS --events FILE --map DRAFT", err=True
    )


def _tell(files: Sequence[Path], warnings: Sequence[Finding], file: Path) -> None:
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


def _own(file: Path, stories: Path, given: dict[str, str], name: str | None, words: Words) -> None:
    """Ask for a rule without a pack, and write it."""
    import msgspec

    from standards.stories.own_rule import OwnRule
    from streams.drafting.making import documents_in
    from streams.drafting.own import events_beside, namesake, write_own

    beside = documents_in(file.parent)
    events = events_beside(beside)
    promise = given["promise"] or _asked_for("promise", lambda text: text or _refused("a promise has words"))
    when = _clause("when", given["when"], events)
    expect = _clause("expect", given["expect"], events, when)
    within = _length(given["within"])
    hours = given["hours"] or ("" if given["when"] else _answer(f"\n{RULE['hours']}"))
    zone = (given["zone"] or _asked_for("zone", _zone_name)) if hours else ""
    owner = given["owner"] or ("" if given["when"] else _answer(f"\n{RULE['owner']}")) or OWNER
    named = name or f"{expect.event.replace('.', '-').replace('_', '-')}-in-{within}"
    if there := namesake(named, beside):
        raise typer.BadParameter(f"{there} has a standard {named} already; give yours a --name")
    asked = [key for key in QUESTIONS if key not in words.given()]
    said = msgspec.structs.replace(words, promise=promise, **{key: _answer(f"\n{QUESTIONS[key]}") for key in asked})
    rule = OwnRule(named, said, owner, when, expect, within, hours, zone)
    _tell(*write_own(rule, beside, file, stories), file)


def _clause(key: str, given: str, events: Events, opening: Said | None = None) -> Said:
    if not given:
        return _asked_for(key, lambda text: events.read(text, opening))
    try:
        return events.read(given, opening)
    except ValueError as error:
        raise typer.BadParameter(f"--{key}: {error}") from None


def _length(given: str) -> str:
    from standards.calendar.duration import parse

    def read(text: str) -> str:
        parse(text)
        return text

    if not given:
        return _asked_for("within", read)
    try:
        return read(given)
    except ValueError as error:
        raise typer.BadParameter(f"--within: {error}") from None


def _zone_name(text: str) -> str:
    from standards.calendar.hours import zone

    return zone(text).key


def _refused(found: str) -> str:
    raise ValueError(found)


def _asked_for(key: str, read: Callable[[str], T]) -> T:
    """Ask until there is an answer that can be read."""
    while True:
        try:
            return read(_answer(f"\n{RULE[key]}"))
        except ValueError as error:
            typer.echo(str(error), err=True)


def _by_number(packs: Sequence[Pack], wanted: str | None) -> str | None:
    """Give the name of a promise that was named by its number in the list."""
    names = [name for pack in packs for name in pack.promises()]
    if wanted and wanted.isdecimal() and 0 < int(wanted) <= len(names):
        return names[int(wanted) - 1]
    return wanted


def _asked_which(packs: Sequence[Pack]) -> str:
    """Show all promises, and ask for one until there is one of that name or number; empty where none is near."""
    names: list[str] = []
    for pack in packs:
        typer.echo(pack.name.replace("_", " "), err=True)
        for name, promise in pack.promises().items():
            names.append(name)
            typer.echo(f"  {len(names):2}  {name:28} {promise}", err=True)
    while True:
        found = _answer("\nWhich promise is nearest to yours? Its name or number; 0 if none is:")
        if found == "0":
            return ""
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
